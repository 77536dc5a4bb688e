/**
 * Header layouts as data. A header's file holds one table of its fields; accessors take their
 * offsets from it, and a test holds them to its widths.
 */
export interface Field {
  /** With its protocol in front: `tcp.destinationPort`. */
  readonly name: string;
  /** The octet of the header in which the field begins. */
  readonly offset: number;
  /** How wide it is; fields of more than 32 bits are addresses. */
  readonly bits: number;
  /** Bits of that first octet that come before the field. */
  readonly skip: number;
}

export function field(name: string, offset: number, bits: number, skip = 0): Field {
  return { name, offset, bits, skip };
}
