/** A wire as profiles have it, in files and over HTTP. */

/** A wire between two ports, or from a port to itself (a hairpin). What is not said is 0. */
export interface ProfileWire {
  readonly name: string;
  readonly kind: "wire";
  readonly delayNs?: number;
  /** Bits a second; 0: any number. */
  readonly rate?: number;
  /** Probabilities, 0 to 1. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
  readonly seed?: number;
  readonly hairpin?: boolean;
  /** LINKTYPE_ number; Ethernet, unless said otherwise. */
  readonly linkType?: number;
  /** Path; else the caller's. */
  readonly owner?: string;
}
