/**
 * How engines are compared: each is warmed up; then, in every round, each makes one pass after the other, so that
 * what drifts hits all alike; ratios are formed within a round. What is shown is the median over the rounds.
 */

import type { Segment, Traffic } from "./bench-traffic.js";
import { median } from "./figure.js";

export const ROUNDS = 9;
/** A pass of a slow engine is over fewer frames: about so long, but never over fewer than LEAST_FRAMES. */
const PASS_MS = 40;
const LEAST_FRAMES = 512;
const WARM_MS = 150;
const NS = 1e6;

export interface Contestant {
  readonly name: string;
  /** ns that it judged the first `frames` frames for; each segment lies in the cache before the clock runs. */
  time(frames: number): number | Promise<number>;
}

/** One whose verdicts can be asked. */
export interface Judge extends Contestant {
  /** Winners of the first `frames` frames, then of the odd ones. */
  verdicts(frames: number): Int32Array | Promise<Int32Array>;
}

/** An engine in this process: `judge` judges the first rows of a segment and leaves its verdicts in `winner`. */
export class Local implements Judge {
  readonly name: string;
  readonly #traffic: Traffic;
  readonly #judge: (segment: Segment, rows: number) => void;
  readonly #winner: Int32Array;
  /** What was read to fill the cache; kept so that reading it is not for nothing. */
  touched = 0;

  constructor(
    name: string,
    traffic: Traffic,
    judge: (segment: Segment, rows: number) => void,
    winner: Int32Array = new Int32Array(),
  ) {
    this.name = name;
    this.#traffic = traffic;
    this.#judge = judge;
    this.#winner = winner;
  }

  time(frames: number): number {
    let spent = 0;
    this.#traffic.each(frames, (segment, rows) => {
      this.touched ^= this.#traffic.touch(segment, rows);
      const began = performance.now();
      this.#judge(segment, rows);
      spent += performance.now() - began;
    });
    return spent * NS;
  }

  verdicts(frames: number): Int32Array {
    const { odd } = this.#traffic;
    const verdicts = new Int32Array(frames + odd.frames.count);
    let at = 0;
    const judge = (segment: Segment, rows: number) => {
      this.#judge(segment, rows);
      verdicts.set(this.#winner.subarray(0, rows), at);
      at += rows;
    };
    this.#traffic.each(frames, judge);
    judge(odd, odd.frames.count);
    return verdicts;
  }
}

/** A contestant that is warm, and the number of frames of its passes. */
export interface Entry {
  readonly contestant: Contestant;
  readonly frames: number;
}

/** `most`: frames that there are. */
export async function warmUp(contestant: Contestant, most: number): Promise<Entry> {
  let frames = Math.min(most, LEAST_FRAMES);
  let spent = await contestant.time(frames);
  for (const began = performance.now(); performance.now() - began < WARM_MS; ) {
    const fit = Math.floor((PASS_MS * NS * frames) / Math.max(spent, 1));
    frames = Math.min(most, Math.max(LEAST_FRAMES, fit));
    spent = await contestant.time(frames);
  }
  return { contestant, frames };
}

/** ns a frame, by round. */
export type Times = ReadonlyMap<Contestant, readonly number[]>;

export async function contest(entries: readonly Entry[], rounds = ROUNDS): Promise<Times> {
  const times = new Map(entries.map(({ contestant }): [Contestant, number[]] => [contestant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { contestant, frames } of entries) {
      times.get(contestant)?.push((await contestant.time(frames)) / frames);
    }
  }
  return times;
}

export function timeOf(times: Times, contestant: Contestant): number {
  return median(times.get(contestant) ?? []);
}

/** How many times as long as `other` it took, round by round; the median. */
export function ratioOf(times: Times, contestant: Contestant, other: Contestant): number {
  const others = times.get(other) ?? [];
  return median((times.get(contestant) ?? []).map((time, round) => time / (others[round] ?? Number.NaN)));
}

/** What a judge is held against. */
export interface Expectation {
  readonly traffic: Traffic;
  /** Winner of each frame that is timed, then of the odd ones. */
  readonly expected: Int32Array;
}

/** Throws where a judge says of one of the first frames, or of an odd one, what is not expected. */
export async function checkVerdicts(judge: Judge, frames: number, { traffic, expected }: Expectation): Promise<void> {
  const verdicts = await judge.verdicts(frames);
  const all = traffic.frames;
  if (verdicts.length !== frames + traffic.odd.frames.count) {
    throw new Error(`bench: ${judge.name} gives ${verdicts.length} verdicts on ${frames} frames and the odd ones`);
  }
  verdicts.forEach((verdict, at) => {
    const frame = at < frames ? at : all + at - frames;
    if (verdict === expected[frame]) return;
    const place = at < frames ? `frame ${frame}` : `odd frame ${at - frames}`;
    throw new Error(`bench: ${judge.name} gives ${place} to ${verdict}, and not to ${expected[frame]}`);
  });
}
