/**
 * The tables of a merged program, as primitives read them: 32-bit words in host order. A node goes here by the number
 * of its record (Node.record in trie.ts), from 1, 0 is none; a node that needs no record of its own has its parent's.
 * Every target has the same words; the interpreter's reading of them is interp-demux.ts.
 *
 *   record   by node, RECORD_WORDS each: what nearly every packet asks
 *            claim    id of the node's best claim, or 0
 *            tap      id of its only tap, 0 for none, or minus the index of the first link of a list
 *            step     the child by its first move, the only child of a match, the first entry of a list or the
 *                     root of a tree; or 0
 *            value    what a match wants
 *   detail   by node, DETAIL_WORDS each: what is asked where that does not suffice
 *            parent   the node that it is a child of
 *            present  bit i is set where alternative i of its block exists for this node
 *            rank     a double: rank of the claim, greater wins
 *   link     pairs (tap, next link or 0), from index 1; the tap's id is negative where it may occur at
 *            other nodes too
 *   entry    by entry, from index 1, ENTRY_WORDS each: child, next entry or 0, low, size: it contains the values
 *            x with x - low <= size, as unsigned words
 *   dispatch open addressing, SLOT_WORDS each: value, child; child 0 = free slot. The number of slots is a power of two;
 *            MAX_WAY slots more lie behind them, so that a search never goes round; then come two words, the
 *            multiplier and the longest way from where an entry is sought to where it lies. A slot is sought from
 *            `slotOf` on, slot by slot, until one has the value (and, in a table of many nodes, a child whose parent
 *            is the node), or the longest way is gone: so the slot need not hold the node, and more of them fit a cache.
 *   tree     slots, TREE_WORDS each: entry, bounds. A slot for each value of the field's first bits, as many as the
 *            tree's shape says. Where bounds is 0 the entry is the first of those that contain the value; else bounds
 *            is the word at which a list lies: a count, then so many pairs (least value, entry), ascending; the last
 *            pair whose value is not greater has the entry. Words are counted from the table's beginning.
 */
import type { Width } from "./atom.js";

export const RECORD_WORDS = 4;
export const RecordWord = { claim: 0, tap: 1, step: 2, value: 3 } as const;
export const DETAIL_WORDS = 4;
export const DetailWord = { parent: 0, present: 1, rank: 2 } as const;
export const RANK_STEP = DETAIL_WORDS / 2;
export const RANK_AT = DetailWord.rank / 2;
export const LINK_WORDS = 2;
export const ENTRY_WORDS = 4;
export const EntryWord = { child: 0, next: 1, low: 2, size: 3 } as const;
export const SLOT_WORDS = 2;
export const SlotWord = { value: 0, child: 1 } as const;
export const TREE_WORDS = 2;
export const TreeWord = { entry: 0, bounds: 1 } as const;

/** The longest way in a dispatch table. */
export const MAX_WAY = 32;
/** Words behind the slots of a dispatch table. */
const TAIL = 2;

/** Spreads node numbers (2^32 divided by the golden ratio). */
export const NODE_MULTIPLIER = 0x9e3779b1 | 0;

/** Words of a dispatch table of that many slots. */
export function wordsFor(slots: number): number {
  return SLOT_WORDS * (slots + MAX_WAY) + TAIL;
}

/** Slots of a dispatch table of that many words. */
export function slotsOf(words: number): number {
  return (words - TAIL) / SLOT_WORDS - MAX_WAY;
}

/** How far the product is shifted, so that a slot number is left; at least 8 slots. */
export function shiftOf(slots: number): number {
  return Math.clz32(slots) + 1;
}

/**
 * `node`: 0 in a table that belongs to one node. The node is added to the product and not to what is multiplied: else an
 * author who can guess nodes would choose values that meet whatever the multiplier is.
 */
export function slotOf(node: number, value: number, multiplier: number, shift: number): number {
  return (Math.imul(value, multiplier) + Math.imul(node, NODE_MULTIPLIER)) >>> shift;
}

/** Of a tree: bits of its field, and how many of them, from the top, name a slot. */
export interface Shape {
  readonly width: Width;
  readonly bits: number;
}

/** By number, as `span` is told: for each width of a field one of many slots, then one of a single slot. */
export const SHAPES: readonly Shape[] = [
  { width: 8, bits: 8 },
  { width: 16, bits: 8 },
  { width: 32, bits: 16 },
  { width: 8, bits: 0 },
  { width: 16, bits: 0 },
  { width: 32, bits: 0 },
];

/** Of the shape that a program or a plan names; throws where there is none. */
export function shapeOf(number: number): Shape {
  const shape = SHAPES[number];
  if (shape === undefined) throw new RangeError(`layout: no tree has shape ${number}`);
  return shape;
}

/** For the tree of one node. */
export function wideShape(width: Width): number {
  return width === 8 ? 0 : width === 16 ? 1 : 2;
}

/** For few intervals, or the trees of many nodes. */
export function smallShape(width: Width): number {
  return wideShape(width) + 3;
}

/** The tables as a target sees them. They may be replaced between runs, never during one. */
export interface Tables {
  record: Int32Array;
  detail: Int32Array;
  /** The detail's words as doubles: a node's rank stands at RANK_AT + RANK_STEP × node. */
  rank: Float64Array;
  link: Int32Array;
  entry: Int32Array;
  /** Dispatch tables and trees. */
  readonly numbered: Int32Array[];
}
