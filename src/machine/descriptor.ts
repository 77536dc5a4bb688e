/**
 * Frame descriptors: columns in memory that the machine shares with nobody, no objects. A capture
 * writes them when it walks a segment; demux and kernel read them. A frame is (address, captured
 * length): its octets stay in physical memory where they were received.
 */

export class Descriptors {
  readonly capacity: number;
  /** How many rows are filled; rows [0, count) are valid. */
  count = 0;
  /** Physical address of the frame's first octet. */
  readonly address: Int32Array;
  /** Octets captured: `address + captured` lies inside the segment. */
  readonly captured: Int32Array;
  /** Octets the frame had on the wire. */
  readonly wire: Uint32Array;
  /** Time in ns since 1970 as an unsigned 64-bit number, saturated; 0 where the record has none. */
  readonly timeLow: Uint32Array;
  readonly timeHigh: Uint32Array;
  /** LINKTYPE_ number, below 65,536. */
  readonly linkType: Uint16Array;
  /** The port on which the frame arrived. */
  readonly port: Uint8Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.address = new Int32Array(capacity);
    this.captured = new Int32Array(capacity);
    this.wire = new Uint32Array(capacity);
    this.timeLow = new Uint32Array(capacity);
    this.timeHigh = new Uint32Array(capacity);
    this.linkType = new Uint16Array(capacity);
    this.port = new Uint8Array(capacity);
  }
}

/**
 * `more`: rows were described (perhaps 0), call again. `later`: no octets have come yet (a stream).
 * `end`: nothing follows; rows may still have been described by this call.
 */
export type FillResult = "more" | "later" | "end";

/** Damage found in a capture: octet offset in the (gunzipped) file, and what is wrong there. */
export interface Damage {
  readonly offset: number;
  readonly reason: string;
}

/** What the NIC reads frames from. A capture is one; the kernel and the NIC know no file format. */
export interface FrameSource {
  /**
   * Reads on into physical memory `[address, limit)` and describes every whole frame that lies
   * there, from row 0 of `into`, whose capacity must be at least `(limit - address) / 16`.
   * `address` is a multiple of 4. All of the stretch is judged before it returns.
   */
  fill(address: number, limit: number, into: Descriptors): FillResult;
  /** What was wrong so far, in file order. */
  readonly damage: readonly Damage[];
  /** A header was found that makes this a capture. */
  readonly readable: boolean;
  /** Octets of the (gunzipped) file that were read so far. */
  readonly octets: number;
  close(): void;
}
