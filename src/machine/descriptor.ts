/**
 * Frame descriptors: columns in memory that the machine shares with nobody, no objects. A capture
 * writes them when it walks a segment; demux and kernel read them. A frame is (address, captured
 * length): its octets stay in physical memory where they were received.
 */
import type { PhysicalMemory } from "./memory.js";

/** Columns of 32 bits that may lie in physical memory, in the order in which they lie there. */
export const PLACED_COLUMNS = { address: 0, captured: 1, wire: 2, timeLow: 3, timeHigh: 4 } as const;
const PLACED = 5;
/** Beyond a column, so that the same rows of different ones do not meet in one set of the cache. */
const BETWEEN_COLUMNS = 320;

/** Where such columns lie, for code that writes them by address. */
export interface Placed {
  readonly memory: PhysicalMemory;
  /** Of the first column. */
  readonly address: number;
  /** Octets from one column to the next. */
  readonly pitch: number;
}

/** Octets of physical memory that columns for `capacity` rows need. */
export function placedOctets(capacity: number): number {
  return PLACED * pitchOf(capacity);
}

function pitchOf(capacity: number): number {
  return 4 * capacity + BETWEEN_COLUMNS;
}

export class Descriptors {
  readonly capacity: number;
  /** Undefined where no column is in memory that anybody else could see. */
  readonly placed: Placed | undefined;
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
  /** How many answers in a row led to it: 0 of what comes out of a capture, which does not write this column. */
  readonly hops: Uint8Array;

  /**
   * `memory`, `at`: columns of 32 bits lie there, for whoever has a memory that no environment sees: such rows are
   * walked faster. The address is a multiple of 4, and `placedOctets(capacity)` octets are theirs.
   */
  constructor(capacity: number, memory?: PhysicalMemory, at = 0) {
    this.capacity = capacity;
    const pitch = pitchOf(capacity);
    this.placed = memory && { memory, address: at, pitch };
    const column = (number: number): [ArrayBufferLike, number, number] =>
      memory === undefined
        ? [new ArrayBuffer(4 * capacity), 0, capacity]
        : [memory.memory.buffer, at + number * pitch, capacity];
    this.address = new Int32Array(...column(PLACED_COLUMNS.address));
    this.captured = new Int32Array(...column(PLACED_COLUMNS.captured));
    this.wire = new Uint32Array(...column(PLACED_COLUMNS.wire));
    this.timeLow = new Uint32Array(...column(PLACED_COLUMNS.timeLow));
    this.timeHigh = new Uint32Array(...column(PLACED_COLUMNS.timeHigh));
    this.linkType = new Uint16Array(capacity);
    this.port = new Uint8Array(capacity);
    this.hops = new Uint8Array(capacity);
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
