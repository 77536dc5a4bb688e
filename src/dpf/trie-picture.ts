/**
 * What is told of the merged trie to whoever draws it: plain data, types only. Nodes and dispatches alternate:
 * a node looks at fields, one dispatch each; a dispatch leads to a node for each value. What is not told is
 * folded: it is counted where it hangs, and can be asked for by the id of that place.
 */
import type { DispatchKind } from "./trie-view.js";

export interface TriePicture {
  readonly generation: number;
  readonly totals: TrieTotals;
  /** From the root down to the place that was asked for, which is the last. */
  readonly path: readonly TriePlace[];
  /** Values of a dispatch that was asked for which come before those that are told. */
  readonly before: number;
  /** Fields that are looked at here, left to right in the order of evaluation; regions count the moves before. */
  readonly columns: readonly TrieColumn[];
  /** Parents first; the first is the place that was asked for. */
  readonly nodes: readonly TriePoint[];
}

export interface TrieTotals {
  readonly nodes: number;
  readonly filters: number;
  /** Octets of all tables. */
  readonly tables: number;
  readonly target: string;
  /** Of the program as it was last generated; null before. */
  readonly build: {
    readonly instructions: number;
    /** Of what was generated for its targets. */
    readonly octets: number;
    readonly functions: number;
    readonly milliseconds: number;
  } | null;
}

/** `17` is a node, `17.0` its first dispatch. Ids hold as long as the trie does not change there. */
export interface TriePlace {
  readonly id: string;
  readonly text: string;
}

export interface TrieColumn {
  readonly field: string;
  readonly region: number;
}

export type TriePoint = TrieNodePoint | TrieDispatchPoint;

interface Point {
  readonly id: string;
  readonly parent: string | null;
  /** All children; where some are not told, `folded`. */
  readonly children: number;
  readonly folded: boolean;
  /** Ends of filters here and below, those that are folded included. */
  readonly ends: number;
}

export interface TrieNodePoint extends Point {
  readonly kind: "node";
  /** Number of the node's record, for heat. */
  readonly node: number;
  /** The value by which it is reached; "" where nothing is compared. */
  readonly value: string;
  /** Bindings that end here, claims first; those beyond FILTERS_TOLD are only counted. */
  readonly filters: readonly number[];
  readonly filterCount: number;
  /** How often it was entered; null where that is not counted. */
  readonly reached: number | null;
}

export interface TrieDispatchPoint extends Point {
  readonly kind: DispatchKind;
  readonly field: string;
  /** Its place in `columns`. */
  readonly column: number;
}
