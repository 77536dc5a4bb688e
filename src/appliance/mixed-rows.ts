/**
 * Rows of several link types in one stretch: those of one type are gathered, judged together, and what is said of
 * them is put back in their places, so that whoever looks at the verdicts sees rows in the order of the file.
 */
import type { Verdicts } from "../dpf/batch.js";
import type { Demux } from "../dpf/demux.js";
import type { Descriptors } from "../machine/descriptor.js";

/** Rows at a time, and places for their taps: one row's always fit, as there are fewer ids. */
const MOST_ROWS = 4096;
const MOST_TAPS = 1 << 20;

export class MixedRows implements Verdicts {
  readonly winner: Int32Array;
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps = new Int32Array(MOST_TAPS);
  readonly #rows: Descriptors;
  readonly #atOnce: number;
  /** Rows of one type: where they stand, and their columns side by side. */
  readonly #row = new Int32Array(MOST_ROWS);
  readonly #frames = {
    address: new Int32Array(MOST_ROWS),
    captured: new Int32Array(MOST_ROWS),
    wire: new Uint32Array(MOST_ROWS),
    linkType: new Uint16Array(MOST_ROWS),
  };
  #used = 0;

  /** `filters`: how many a row may match. */
  constructor(rows: Descriptors, filters: number) {
    this.#rows = rows;
    this.#atOnce = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_TAPS / Math.max(filters, 1))));
    this.winner = new Int32Array(rows.capacity);
    this.tapStart = new Int32Array(rows.capacity);
    this.tapCount = new Int32Array(rows.capacity);
  }

  /** Judges rows from `from` on with each one's own demux; the row at which it stopped. */
  run(from: number, to: number, judgeOf: (linkType: number) => Demux): number {
    const end = Math.min(to, from + this.#atOnce);
    const types = new Set(this.#rows.linkType.subarray(from, end));
    this.#used = 0;
    for (const type of types) this.#judge(this.#gather(from, end, type), judgeOf(type));
    return end;
  }

  #gather(from: number, to: number, type: number): number {
    const { linkType, address, captured, wire } = this.#rows;
    let count = 0;
    for (let row = from; row < to; row++) {
      if (linkType[row] !== type) continue;
      this.#row[count] = row;
      this.#frames.address[count] = address[row]!;
      this.#frames.captured[count] = captured[row]!;
      this.#frames.wire[count] = wire[row]!;
      this.#frames.linkType[count] = type;
      count++;
    }
    return count;
  }

  #judge(count: number, demux: Demux): void {
    for (let at = 0; at < count; ) {
      const end = demux.run(this.#frames, at, count);
      for (; at < end; at++) this.#put(this.#row[at]!, at, demux);
    }
  }

  #put(row: number, at: number, demux: Demux): void {
    const [start, count] = [demux.tapStart[at]!, demux.tapCount[at]!];
    this.winner[row] = demux.winner[at]!;
    this.tapStart[row] = this.#used;
    this.tapCount[row] = count;
    for (let tap = 0; tap < count; tap++) this.taps[this.#used++] = demux.taps[start + tap]!;
  }
}
