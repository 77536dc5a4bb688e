/** The filters of a pass, compiled for frames of one link type. */
import type { Filter } from "../dpf/atom.js";
import { MAX_ROWS } from "../dpf/batch-layout.js";
import { Demux, tapCapacityFor } from "../dpf/demux.js";
import { Classifier } from "../dpf/dpf.js";
import type { Target } from "../dpf/target.js";
import type { ProgramUpdate } from "../dpf/update.js";
import { stretchFor, tableRoomOf } from "../dpf/wasm-engine.js";
import type { PhysicalMemory } from "../machine/memory.js";

/** Rows that are judged at once, at most. */
export const JUDGED_ROWS = MAX_ROWS;

/** What the compile side made, and what it needs of the machine's memory. */
export interface LinkProgram {
  readonly target: Target;
  readonly update: ProgramUpdate;
  readonly octets: number;
}

/** What decides between claims that match, beside their filters. */
export interface ClaimRank {
  readonly priority: number;
  /** Smaller of what is older. */
  readonly age: number;
}

/**
 * Filter i of the list gets the id i + 1; without ranks, of claims that are otherwise equal the first wins. Throws
 * ClassifierFull.
 */
export function programFor(
  filters: readonly Filter[],
  mode: "claim" | "tap",
  target: Target,
  ranks: readonly ClaimRank[] = [],
): LinkProgram {
  const classifier = new Classifier(target);
  for (const [index, filter] of filters.entries()) {
    const { priority, age } = ranks[index] ?? { priority: 0, age: index };
    classifier.insert(index + 1, filter, mode, priority, age);
  }
  const update = classifier.update();
  const tables = update.kind === "program" ? update.tables : [];
  const octets = target === "wasm" ? stretchFor(tapCapacityFor(JUDGED_ROWS), tableRoomOf(tables)) : 0;
  return { target, update, octets };
}

/** A demux of its own in `[from, from + octets)` of the memory, which must be free. */
export function judgeOf({ update, octets }: LinkProgram, memory: PhysicalMemory, from: number): Demux {
  const buffer = memory.memory.buffer;
  const machine = { memory: memory.memory, from, to: from + octets };
  const demux = new Demux(octets > 0 ? { buffer, machine } : { buffer }, JUDGED_ROWS);
  demux.install(update);
  return demux;
}
