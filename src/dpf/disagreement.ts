/** Frames on which a target and its shadow gave different verdicts: there should be none, ever. */
import type { FrameFacts } from "./atom.js";
import type { Verdicts } from "./batch.js";

export interface Disagreement extends FrameFacts {
  readonly row: number;
  /** A copy, at most DISAGREEMENT_OCTETS of it. */
  readonly octets: Uint8Array;
  readonly target: Verdict;
  readonly shadow: Verdict;
}

export type DisputedFrame = Pick<Disagreement, "octets" | "wire" | "link">;

export interface Verdict {
  readonly winner: number;
  /** Ascending. */
  readonly taps: readonly number[];
}

export const DISAGREEMENT_OCTETS = 256;

export class Comparison {
  #count = 0;
  #compared = 0;
  #first: Disagreement | null = null;

  /** Since the beginning; it only grows. */
  get count(): number {
    return this.#count;
  }

  /** Rows that were compared, since the beginning. */
  get compared(): number {
    return this.#compared;
  }

  /** The first since this shadow runs; null where there was none. */
  get first(): Disagreement | null {
    return this.#first;
  }

  /** Another shadow. */
  begin(): void {
    this.#first = null;
  }

  /** Do the two say the same of the row? */
  agree(target: Verdicts, shadow: Verdicts, row: number): boolean {
    this.#compared++;
    const count = target.tapCount[row] ?? 0;
    if (target.winner[row] !== shadow.winner[row] || count !== shadow.tapCount[row]) return false;
    if (count === 0) return true;
    const theirs = tapsOf(shadow, row);
    return tapsOf(target, row).every((id, index) => id === theirs[index]);
  }

  /** `frame` is asked for the first only. */
  add(row: number, frame: () => DisputedFrame, target: Verdicts, shadow: Verdicts): void {
    this.#count++;
    this.#first ??= { row, ...frame(), target: verdictOf(target, row), shadow: verdictOf(shadow, row) };
  }
}

function verdictOf(verdicts: Verdicts, row: number): Verdict {
  return { winner: verdicts.winner[row] ?? 0, taps: [...tapsOf(verdicts, row)] };
}

function tapsOf({ taps, tapStart, tapCount }: Verdicts, row: number): Int32Array {
  const start = tapStart[row] ?? 0;
  return taps.slice(start, start + (tapCount[row] ?? 0)).sort();
}
