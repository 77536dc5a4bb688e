/**
 * What a plan is made of: blocks of code, and in each a branching for every field that it looks at.
 *
 *   block   code for one node (static: its number is a constant) or for all nodes below one dispatch
 *           (shared: the number is in a register)
 *
 * In a static block, with constants in the code and a block for each child:
 *   chain   children one after the other: few values, few intervals, or what has one child only
 *   search  values by halves
 *   jump    values that lie close together, as a jump table
 *
 * With tables, all children sharing one block, so that one more is a change of data:
 *   hash    values: a table for the one node of a static block, or over (node, value)
 *   match   values, where each node of a shared block has one child: it lies in the node's record
 *   goto    what has one child only, in a shared block
 *   alias   the same, where that is all the block does: the child has its parent's record, and nothing is looked up
 *   list    intervals, a few for each node of a shared block
 *   tree    intervals, by prefixes; `nearest`: only the longest that contains the value is looked at, since the others
 *           could not win (nearest.ts)
 */
import type { DispatchTable } from "./hash.js";
import type { List } from "./span-lists.js";
import type { SpanTrees, Tree } from "./span-tree.js";
import type { Field, Key, Node } from "./trie.js";

/** Up to so many values of one node are compared one after the other, and so many intervals. */
const CHAIN_MAX = 4;
/** Of fields wider than an octet only so many: their values come as they like, and a branch that is guessed wrong costs more than a table. */
const WIDE_CHAIN_MAX = 2;
/** A dispatch stays a table until its children are as few as this, so that a filter to and fro costs nothing. */
export const CHAIN_AGAIN = 2;
/** Up to so many values are sought by halves. */
const SEARCH_MAX = 8;
/** Up to so many values, at least half of those between the least and the greatest, are a jump table. */
const JUMP_MAX = 16;
/** A tree of one node that has more intervals begins with a block of 65,536 slots, where its field has 32 bits. */
export const WIDE_MIN = 256;
/** One that was planned small is planned anew when it has more than this. */
export const WIDE_AGAIN = 1024;

/** Where the child of a node lies, the first entry of its list, or the root of its tree: a table has it by node. */
export type TablePlace = "record" | DispatchPlace;

export interface DispatchPlace {
  readonly table: number;
  readonly dispatch: DispatchTable;
}

interface Shared {
  readonly field: Field;
  readonly child: Block;
  /** Which bit of a node's `present` says that it has it; beyond PRESENT_BITS it is looked up without asking. */
  readonly bit: number | undefined;
}

export type Branching =
  | { readonly form: "chain" | "search" | "jump"; readonly field: Field; readonly cases: ReadonlyMap<Key, Case> }
  | (Shared & { readonly form: "hash"; readonly at: DispatchPlace; readonly own: boolean })
  | (Shared & { readonly form: "match"; readonly shares: boolean })
  | (Shared & { readonly form: "alias" })
  | (Shared & { readonly form: "goto"; readonly at: TablePlace })
  | (Shared & { readonly form: "list"; readonly at: TablePlace; readonly lists: Map<Node, List> })
  | (Shared & {
      readonly form: "tree";
      /** Undefined: the tree of a static block, whose root is `root`. */
      readonly at: TablePlace | undefined;
      readonly root: number;
      readonly table: number;
      readonly shape: number;
      readonly spans: SpanTrees;
      readonly trees: Map<Node, Tree>;
      /** The priority that all claims have at whose children, where only the nearest of them matters. */
      readonly nearest: number | undefined;
    });

export type Form = Branching["form"];
export type SharedBranching = Exclude<Branching, { form: "chain" | "search" | "jump" }>;

export interface Case {
  readonly node: Node;
  readonly block: Block;
}

export interface Block {
  /** The node's number, where it is one for ever. */
  readonly constant: number | undefined;
  readonly branchings: Branching[];
  /** Filters end at some of its nodes. */
  readonly leaf: boolean;
  /** Live nodes. */
  nodes: number;
}

export function isStatic(branching: Branching): branching is Exclude<Branching, SharedBranching> {
  return branching.form === "chain" || branching.form === "search" || branching.form === "jump";
}

/** Alternatives whose presence is kept in a word. */
export const PRESENT_BITS = 31;

/** Blocks of the children. */
export function childrenOf(branching: Branching): Block[] {
  return isStatic(branching) ? [...branching.cases.values()].map(({ block }) => block) : [branching.child];
}

/** How a static block looks for values. */
export function staticForm(field: Field, keys: readonly Key[]): "chain" | "search" | "jump" | undefined {
  if (field.kind === "test" && field.width > 8) return keys.length <= WIDE_CHAIN_MAX ? "chain" : undefined;
  if (field.kind === "test" && keys.length > CHAIN_MAX) {
    const values = keys.map(Number);
    const width = Math.max(...values) - Math.min(...values) + 1;
    if (values.length <= JUMP_MAX && width <= 2 * values.length) return "jump";
    return values.length <= SEARCH_MAX ? "search" : undefined;
  }
  return keys.length <= CHAIN_MAX ? "chain" : undefined;
}
