/** One batch of frames: what a target is given, and what it answers with. */
import type { Tables } from "./layout.js";
import { MAX_ID } from "./limits.js";

/** Where verdicts go. */
export interface Verdicts {
  /** By row: id of the claim that wins the frame, 0 where nobody claims it. */
  readonly winner: Int32Array;
  /** By row: the frame's taps are `taps[tapStart … tapStart + tapCount)`, each once, in no particular order. */
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps: Int32Array;
}

/** Verdicts may lie where a library OS could write: whatever is read of them is made something that can be. */
export function claimOf(winner: Verdicts["winner"], row: number): number {
  return winner[row]! & MAX_ID;
}

export function tapOf({ taps }: Verdicts, tap: number): number {
  return taps[tap]! & MAX_ID;
}

/** A row's taps are those from this one on … */
export function firstTap({ tapStart, taps }: Verdicts, row: number): number {
  return Math.min(tapStart[row]! >>> 0, taps.length);
}

/** … up to this one, without it. */
export function endOfTaps({ tapCount, taps }: Verdicts, row: number, first: number): number {
  return first + Math.min(tapCount[row]! >>> 0, taps.length - first);
}

/** Where the rows end, before `to`, that are like this one: claimed by the same, and without taps. */
export function endOfAlike({ winner, tapCount }: Verdicts, row: number, to: number): number {
  const claim = winner[row]! & MAX_ID;
  let end = row + 1;
  while (end < to && tapCount[end] === 0 && (winner[end]! & MAX_ID) === claim) end++;
  return end;
}

/** What the JavaScript target and the interpreter judge a batch with, and what was there before. */
export interface BatchEnvironment extends Verdicts {
  readonly view: DataView;
  readonly tables: Tables;
  /** A batch stops before a row where fewer than this many places are left in `taps`. */
  readonly tapReserve: number;
  /** By id: number of the last row that listed it; belongs to the target. */
  readonly seen: Float64Array;
  /** By node: how often it was reached, where that is counted. */
  readonly heat: { counts: Float64Array };
}

/** Where frames are, and what else descriptors say of them: columns by row. */
export interface Frames {
  readonly address: Int32Array;
  readonly captured: Int32Array;
  /** Octets on the wire. */
  readonly wire: Uint32Array;
  /** LINKTYPE_ numbers. */
  readonly linkType: Uint16Array;
}

/** Judges rows [from, to); the row at which it stopped. Facts are read where the program's traits ask for them. */
export type BatchRun = (
  address: Int32Array,
  captured: Int32Array,
  from: number,
  to: number,
  wire: Uint32Array,
  linkType: Uint16Array,
) => number;

/**
 * A program with more tables than this fetches each where it is probed, as one with several functions does. Fetching
 * many ahead was ruinous: with 1,500 of them a row took 676 µs, not 9, in JavaScript.
 */
export const MAX_HOISTED = 16;

/**
 * Fuel of a frame: more than any way through a merged program, whose loops follow chains of entries, can pay; and little enough that a
 * chain that somebody made to go round is found out within a second.
 */
export const FRAME_FUEL = 1 << 26;
