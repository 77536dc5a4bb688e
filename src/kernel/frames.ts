/**
 * Frames that a capability is about, as a filter in words (dpf/packed.ts): what is sent under it must match. Which of two
 * filters is the narrower is answered exactly or not at all (dpf/relation.ts); what is not known is no.
 */
import { atomsOf, type Filter } from "../dpf/atom.js";
import { ATOM_WORDS, unpackFilter, wordsOf } from "../dpf/packed.js";
import { prepare } from "../dpf/prepared.js";
import { relate } from "../dpf/relation.js";
import { checkFilter } from "../dpf/wellformed.js";
import { CAPABILITY_FRAME_ATOMS } from "./limits.js";

const NO_WORDS = "these are not the words of a filter";
/** Steps (dpf/relation.ts) that one comparison may cost: it is made between two batches. */
const FRAMES_WORK = 10_000;
/** A conjunction has an atom, or is the only one. */
const MOST_WORDS = (1 + ATOM_WORDS) * CAPABILITY_FRAME_ATOMS;

/** Undefined where a capability cannot carry it. */
export function framesOf(filter: Filter): readonly number[] | undefined {
  const words = wordsOf(filter);
  return words !== undefined && framesProblem(words) === undefined ? words : undefined;
}

/** The filter that was put into words, of which there is nothing wrong. */
export function filterOfFrames(frames: readonly number[]): Filter {
  return unpackFilter({ words: Float64Array.from(frames), residual: undefined });
}

/** What is wrong with them, in words. Any numbers may come in. */
export function framesProblem(frames: readonly number[]): string | undefined {
  // A count that lies would make atoms of nothing.
  if (frames.length > MOST_WORDS || frames.some((word) => !(Math.abs(word) <= 0xffffffff))) return NO_WORDS;
  if (!countsAreTrue(frames)) return NO_WORDS;
  const filter = filterOfFrames(frames);
  const problem = checkFilter(filter, () => "frames have no residual");
  if (problem !== undefined) return problem;
  if (atomsOf(filter) > CAPABILITY_FRAME_ATOMS) return `at most ${CAPABILITY_FRAME_ATOMS} atoms`;
  return sameWords(frames, wordsOf(filter) ?? []) ? undefined : NO_WORDS;
}

function sameWords(frames: readonly number[], others: readonly number[]): boolean {
  return frames.length === others.length && frames.every((word, at) => word === others[at]);
}

function countsAreTrue(frames: readonly number[]): boolean {
  let at = 0;
  while (at < frames.length) {
    const count = frames[at] ?? 0;
    if (!Number.isInteger(count) || count < 0 || count > frames.length) return false;
    at += 1 + ATOM_WORDS * count;
  }
  return at === frames.length;
}

/** Is every frame of the first known to be one of the second (undefined: all frames)? Both are well formed. */
export function areNarrower(frames: readonly number[], than: readonly number[] | undefined): boolean {
  if (than === undefined || sameWords(frames, than)) return true;
  const { relation } = relate(prepare(filterOfFrames(frames)), prepare(filterOfFrames(than)), FRAMES_WORK);
  return relation === "inside" || relation === "identical";
}
