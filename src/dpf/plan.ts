/**
 * The plan: which code handles which nodes of the trie.
 *
 *   block   code for one node (static: its number is a constant) or for all nodes below one hash dispatch
 *           (shared: the number is in a register)
 *   chain   alternative of a static block: few values, compared with constants, each with a block of its own
 *   hash    a dispatch table over (node, value); all children share one block
 *   step    the first move of a shared block: the child is in the node's record, no hash is needed
 *
 * So 10,000 filters of one form are a handful of blocks, and one more of them is a change of tables. A
 * change that no table can express is *structural*: the plan is then made anew, from the trie.
 */
import { RECORD_WORDS, RecordWord } from "../vcode/primitive.js";
import { DispatchTable } from "./hash.js";
import { writeClaim, writeTaps } from "./leaf.js";
import { LoggedTable, type TableArray, type TablePatch } from "./tables.js";
import { alternativeOf, endsHere, type Field, type Node, type Trie } from "./trie.js";

/** Up to so many values of one node are compared one after the other (4 compared: 9.3 ns a row; 5 hashed: 10.8). */
export const CHAIN_MAX = 4;
/** A dispatch stays a hash until its values are as few as this, so that a filter to and fro costs nothing. */
export const CHAIN_AGAIN = 2;
/** Nodes that get code of their own, so that code stays small; beyond, dispatches are hashes whatever they hold. */
export const STATIC_NODES = 4096;
/** Room for nodes to come, so that a patch need not tell a table whole at once. */
const SLACK = 1 / 8;
/** Alternatives whose presence is kept in a word; those beyond are probed without asking. */
export const PRESENT_BITS = 31;

export type Branching =
  | { readonly form: "chain"; readonly field: Field; readonly cases: Map<number, Block> }
  | {
      readonly form: "hash";
      readonly field: Field;
      readonly table: number;
      readonly child: Block;
      readonly bit: number;
    }
  | { readonly form: "step"; readonly field: Field; readonly child: Block };

export interface Block {
  /** The node's number, where it is one for ever. */
  readonly constant: number | undefined;
  readonly branchings: Branching[];
  /** Filters end at some of its nodes. */
  readonly leaf: boolean;
  /** Live nodes. */
  nodes: number;
}

export class Plan {
  readonly record: LoggedTable<Int32Array>;
  readonly key: LoggedTable<Float64Array>;
  readonly present: LoggedTable<Int32Array>;
  readonly link = LoggedTable.ofWords(2);
  readonly dispatch: DispatchTable[] = [];
  readonly root: Block;
  readonly freeLinks: number[] = [];
  nextLink = 1;
  #static = 0;
  /** The tables cannot express the trie any more. */
  structural = false;

  constructor(trie: Trie) {
    const room = trie.numbers + Math.ceil(trie.numbers * SLACK);
    this.record = LoggedTable.ofWords(RECORD_WORDS * room);
    this.key = LoggedTable.ofDoubles(room);
    this.present = LoggedTable.ofWords(room);
    this.root = this.#one(trie.root);
  }

  // --- making it ---

  /** A static block. */
  #one(node: Node): Block {
    this.#static++;
    const block: Block = { constant: node.number, branchings: [], leaf: endsHere(node), nodes: 1 };
    this.#place(node, block);
    let stepped = false;
    for (const { field, children } of node.alternatives) {
      const chain = this.#static < STATIC_NODES && (field.kind !== "test" || children.size <= CHAIN_MAX);
      if (chain) {
        const cases = new Map([...children].map(([value, child]) => [value, this.#one(child)]));
        block.branchings.push({ form: "chain", field, cases });
      } else {
        block.branchings.push(this.#shared(block, field, [...children.values()], stepped));
        stepped ||= field.kind !== "test";
      }
    }
    return block;
  }

  /** A dispatch, or a step, to `children`, and the block that they share. */
  #shared(block: Block, field: Field, children: readonly Node[], stepped: boolean): Branching {
    const child = this.#many(children);
    if (field.kind !== "test" && !stepped) {
      for (const node of children) this.#setStep(node, node.number);
      return { form: "step", field, child };
    }
    const dispatch = new DispatchTable(children.length);
    const table = this.dispatch.push(dispatch) - 1;
    for (const node of children) dispatch.insert(node.parent?.number ?? 0, node.step?.value ?? 0, node.number);
    return { form: "hash", field, table, child, bit: block.branchings.length };
  }

  /** A shared block: its branchings are the union of what its nodes look at. */
  #many(nodes: readonly Node[]): Block {
    const block: Block = { constant: undefined, branchings: [], leaf: nodes.some(endsHere), nodes: nodes.length };
    const below = new Map<Field, Node[]>();
    for (const node of nodes) {
      this.#place(node, block);
      for (const { field, children } of node.alternatives) {
        const list = below.get(field);
        if (list) for (const child of children.values()) list.push(child);
        else below.set(field, [...children.values()]);
      }
    }
    let stepped = false;
    for (const [field, children] of below) {
      block.branchings.push(this.#shared(block, field, children, stepped));
      stepped ||= field.kind !== "test";
    }
    for (const node of nodes) this.#writePresent(node);
    return block;
  }

  #place(node: Node, block: Block): void {
    node.block = block;
    this.#setParent(node);
    writeClaim(this, node);
    writeTaps(this, node);
  }

  #setParent(node: Node): void {
    this.record.set(RECORD_WORDS * node.number + RecordWord.parent, node.parent?.number ?? 0);
  }

  #setStep(child: Node, number: number): void {
    this.record.set(RECORD_WORDS * (child.parent?.number ?? 0) + RecordWord.step, number);
  }

  #writePresent(node: Node): void {
    let bits = 0;
    for (const branching of node.block?.branchings ?? []) {
      if (branching.form === "hash" && branching.bit < PRESENT_BITS && alternativeOf(node, branching.field))
        bits |= 1 << branching.bit;
    }
    this.present.set(node.number, bits);
  }

  // --- keeping it ---

  added(node: Node): void {
    if (this.structural) return;
    const branching = this.#branchingTo(node);
    if (branching === undefined || branching.form === "chain") {
      this.structural = true;
      return;
    }
    this.record.reserve(RECORD_WORDS * (node.number + 1));
    this.key.reserve(node.number + 1);
    this.present.reserve(node.number + 1);
    node.block = branching.child;
    branching.child.nodes++;
    this.#setParent(node);
    if (branching.form === "step") this.#setStep(node, node.number);
    else this.dispatch[branching.table]?.insert(node.parent?.number ?? 0, node.step?.value ?? 0, node.number);
    if (node.parent) this.#writePresent(node.parent);
  }

  /** `node` goes: it has no children any more, and its parent still knows it. */
  removed(node: Node): void {
    if (this.structural) return;
    const branching = this.#branchingTo(node);
    if (branching === undefined || branching.form === "chain" || --branching.child.nodes === 0) {
      this.structural = true;
      return;
    }
    if (branching.form === "step") this.#setStep(node, 0);
    else this.#unhash(node, branching);
    for (let word = 0; word < RECORD_WORDS; word++) this.record.set(RECORD_WORDS * node.number + word, 0);
    this.present.set(node.number, 0);
  }

  #unhash(node: Node, branching: Extract<Branching, { form: "hash" }>): void {
    const parent = node.parent;
    const dispatch = this.dispatch[branching.table];
    dispatch?.delete(parent?.number ?? 0, node.step?.value ?? 0);
    if (parent?.block?.constant !== undefined && (dispatch?.count ?? 0) <= CHAIN_AGAIN && this.#static < STATIC_NODES)
      this.structural = true;
    else if (
      parent &&
      branching.bit < PRESENT_BITS &&
      (alternativeOf(parent, branching.field)?.children.size ?? 0) <= 1
    ) {
      this.present.set(parent.number, this.present.get(parent.number) & ~(1 << branching.bit));
    }
  }

  /** Filters began or ceased to end at `node`. */
  leafChanged(node: Node): void {
    if (node.block?.leaf === false && endsHere(node)) this.structural = true;
  }

  #branchingTo(node: Node): Branching | undefined {
    return node.parent?.block?.branchings.find(({ field }) => field === node.step?.field);
  }

  // --- telling it ---

  get #tables(): LoggedTable<Int32Array | Float64Array>[] {
    const { record, key, present, link } = this;
    return [record, key, present, link, ...this.dispatch.map(({ table }) => table)];
  }

  get octets(): number {
    return this.#tables.reduce((sum, table) => sum + table.octets, 0);
  }

  /** Copies of all tables, in order of their numbers. */
  copies(): TableArray[] {
    return this.#tables.map((table) => {
      table.settle();
      return table.copy();
    });
  }

  patches(): TablePatch[] {
    return this.#tables.flatMap((table, number) => table.take(number) ?? []);
  }
}
