/**
 * Where the blocks of a pcapng stretch lie, for whoever writes them on as they are: those of frames by row, and all
 * others in file order, each with the row that it comes before. Valid until the next stretch is read.
 */

/** Octets of the smallest block: type and two lengths. */
const SMALLEST_BLOCK = 12;

export class Blocks {
  /** By row of the descriptors: address and octets of the block that the frame came in. */
  readonly frameAddress: Int32Array;
  readonly frameOctets: Int32Array;
  /** How many other blocks there are. */
  count = 0;
  readonly address: Int32Array;
  readonly octets: Int32Array;
  /** The block comes before the frame of this row. */
  readonly row: Int32Array;

  /** For stretches of at most `octets` octets. */
  constructor(octets: number) {
    const capacity = Math.ceil(octets / SMALLEST_BLOCK);
    this.frameAddress = new Int32Array(capacity);
    this.frameOctets = new Int32Array(capacity);
    this.address = new Int32Array(capacity);
    this.octets = new Int32Array(capacity);
    this.row = new Int32Array(capacity);
  }

  frame(row: number, address: number, octets: number): void {
    this.frameAddress[row] = address;
    this.frameOctets[row] = octets;
  }

  other(row: number, address: number, octets: number): void {
    this.address[this.count] = address;
    this.octets[this.count] = octets;
    this.row[this.count] = row;
    this.count++;
  }
}
