/**
 * The primitives that VCODE may call, and the tables that they read. A primitive is trusted code of
 * ours: targets expand it in line, the interpreter calls it. None of them can fault: what a table
 * does not hold is answered with 0.
 *
 * Tables (32-bit words unless said otherwise); a node is a number from 1, 0 is none:
 *   record   by node, RECORD_WORDS each: claim, tap, parent, step
 *            claim: id of the node's best claim or 0
 *            tap: id of its only tap, 0 for none, or minus the index of the first link of a list
 *            parent: the node that it is a child of
 *            step: the node's child by its first move, or 0
 *   key      by node, doubles: rank of the claim, greater wins
 *   present  by node: bit i is set where alternative i of its block exists for this node
 *   link     pairs (tap, next link or 0), from index 1; the tap's id is negative where it may occur at
 *            other nodes too
 *   dispatch open addressing, SLOT_WORDS each: value, child; child 0 = free slot. The number of slots is
 *            a power of two; after them comes one word, the multiplier. A slot is sought from `slotOf` on,
 *            slot by slot, round the end, until it is free, or has the value and a child whose parent is
 *            the node: so the slot need not hold the node, and more of them fit a cache.
 */

export type PrimitiveName = "leaf" | "probe" | "step" | "present";

/** `table`: an immediate below the program's number of tables. */
export type ParameterKind = "word" | "table";

export interface Primitive {
  readonly parameters: readonly ParameterKind[];
  readonly result: boolean;
}

export const PRIMITIVES: Readonly<Record<PrimitiveName, Primitive>> = {
  /** leaf(node): the filters that end at this node match. */
  leaf: { parameters: ["word"], result: false },
  /** probe(table, node, value): child under that key, or 0. */
  probe: { parameters: ["table", "word", "word"], result: true },
  /** step(node): child by the node's first move, or 0. */
  step: { parameters: ["word"], result: true },
  /** present(node): its alternatives as bits. */
  present: { parameters: ["word"], result: true },
};

export const RECORD_WORDS = 4;
export const RecordWord = { claim: 0, tap: 1, parent: 2, step: 3 } as const;
export const LINK_WORDS = 2;
export const SLOT_WORDS = 2;
export const SlotWord = { value: 0, child: 1 } as const;

/** Spreads node numbers before they meet the value (2^32 divided by the golden ratio). */
export const NODE_MULTIPLIER = 0x9e3779b1 | 0;

/** Slots of a dispatch table of this many words. */
export function slotsOf(words: number): number {
  return (words - 1) / SLOT_WORDS;
}

/** How far the product is shifted, so that a slot number is left; at least 8 slots. */
export function shiftOf(slots: number): number {
  return Math.clz32(slots) + 1;
}

export function slotOf(node: number, value: number, multiplier: number, shift: number): number {
  return Math.imul(value ^ Math.imul(node, NODE_MULTIPLIER), multiplier) >>> shift;
}

/** The tables as a target sees them. They may be replaced between runs, never during one. */
export interface Tables {
  record: Int32Array;
  key: Float64Array;
  present: Int32Array;
  link: Int32Array;
  readonly dispatch: Int32Array[];
}

/** What one batch of frames is judged with: where verdicts go, and what was there before. */
export interface BatchEnvironment {
  readonly view: DataView;
  readonly tables: Tables;
  /** By row: id of the winning claim, or 0. */
  readonly winner: Int32Array;
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps: Int32Array;
  /** A batch stops before a row where fewer than this many places are left in `taps`. */
  readonly tapReserve: number;
  /** By id: number of the last row that listed it; belongs to the target. */
  readonly seen: Float64Array;
}

/** Judges rows [from, to); the row at which it stopped. */
export type BatchRun = (address: Int32Array, captured: Int32Array, from: number, to: number) => number;
