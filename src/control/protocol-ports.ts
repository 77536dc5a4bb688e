/** What is told of ports that frames are sent to. */

export interface Port {
  readonly name: string;
  readonly kind: "wire" | "file";
  readonly linkType: number;
  /** Of a wire: what it does to frames. */
  readonly options: {
    readonly delayNs: number;
    /** Bits a second; 0: any number. */
    readonly rate: number;
    readonly loss: number;
    readonly duplicate: number;
    readonly reorder: number;
    readonly corrupt: number;
    readonly seed: number;
  } | null;
  readonly ends: readonly PortEnd[];
  /** Of a file that is written no more: why. */
  readonly error: string | null;
}

export interface PortEnd {
  readonly port: number;
  /** Frames that were sent to it, their octets, and those that were refused, by cause. */
  readonly sent: number;
  readonly sentOctets: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly inFlight: number;
  /** Of a file: frames that are in it. */
  readonly written: number | null;
  /** Of a wire: what became of frames sent to this end. sent + duplicated = arrived + lost + dropped + inFlight. */
  readonly wire: {
    readonly sent: number;
    readonly sentOctets: number;
    readonly arrived: number;
    readonly arrivedOctets: number;
    readonly lost: number;
    readonly duplicated: number;
    readonly reordered: number;
    readonly corrupted: number;
    readonly dropped: Readonly<Record<string, number>>;
  } | null;
}
