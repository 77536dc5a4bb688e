/**
 * The plan: which code handles which nodes of the trie (branching.ts), and the tables that it reads
 * (layout.ts). So 10,000 filters of one form are a handful of blocks, and one more of them is a change of tables.
 * A change that no table can express is *structural*: the plan is then made anew, from the trie.
 */
import {
  type Block,
  type Branching,
  type Case,
  type DispatchPlace,
  isStatic,
  PRESENT_BITS,
  staticForm,
  type TablePlace,
  WIDE_MIN,
} from "./branching.js";
import type { Children } from "./children.js";
import { Entries } from "./entries.js";
import { DispatchTable } from "./hash.js";
import { DETAIL_WORDS, DetailWord, LINK_WORDS, RECORD_WORDS, smallShape, wideShape } from "./layout.js";
import { writeClaim, writeTaps } from "./leaf.js";
import { MAX_CODE, MAX_TABLE_OCTETS } from "./limits.js";
import { nearestPriority } from "./nearest.js";
import { LIST_MAX, SpanLists } from "./span-lists.js";
import { SpanTrees } from "./span-tree.js";
import { LoggedTable, type TablePatch } from "./tables.js";
import { mostLeaves, type Traits } from "./traits.js";
import { alternativeOf, endsHere, type Field, type Key, type Node, type Trie } from "./trie.js";
import { Upkeep } from "./upkeep.js";
import { codeOf } from "./ways.js";

/** Nodes that get code of their own, so that code stays small; beyond, dispatches are tables whatever they hold. */
const STATIC_NODES = 4096;
/** Room for nodes to come, so that a patch need not tell a table whole at once. */
const SLACK = 1 / 8;

/** Which alternatives of a block use its nodes' records and presence bits. */
interface Taken {
  record: boolean;
  bits: number;
}

/** Thrown by a plan that would be too large; without static blocks there is another. */
class CodeFull extends Error {}

/**
 * The plan of a trie. A static block for each of a few values repeats what lies below them; where that comes to too much,
 * code or tables, all but the root's is shared: then the code is as ways.ts has it.
 */
export function planOf(trie: Trie, heat: boolean): Plan {
  try {
    const plan = new Plan(trie, heat);
    if (plan.octets <= MAX_TABLE_OCTETS || plan.isShared) return plan;
  } catch (error) {
    if (!(error instanceof CodeFull)) throw error;
  }
  return new Plan(trie, heat, false);
}

export class Plan {
  readonly record: LoggedTable;
  readonly detail: LoggedTable;
  readonly link = new LoggedTable(LINK_WORDS);
  readonly entries = new Entries();
  readonly lists = new SpanLists(this.entries);
  readonly numbered: (DispatchTable | SpanTrees)[] = [];
  readonly root: Block;
  readonly freeLinks: number[] = [];
  nextLink = 1;
  readonly traits: Traits;
  readonly #freeRecords: number[] = [];
  #nextRecord = 1;
  readonly #heat: boolean;
  readonly #mayBeStatic: boolean;
  /** Number of static blocks. */
  #static = 0;
  /** As ways.ts counts it. */
  #code = 0;
  readonly #upkeep = new Upkeep(this);

  /**
   * `heat`: nodes are counted, so each has a record of its own. `mayBeStatic`: blocks for single nodes are worth their code;
   * throws a CodeFull where they come to more than a program may have.
   */
  constructor(trie: Trie, heat: boolean, mayBeStatic = true) {
    this.#heat = heat;
    this.#mayBeStatic = mayBeStatic;
    const room = 1 + trie.nodes + Math.ceil(trie.nodes * SLACK);
    this.record = new LoggedTable(RECORD_WORDS * room);
    this.detail = new LoggedTable(DETAIL_WORDS * room);
    const asks = { wire: trie.asks("wire"), link: trie.asks("link") };
    this.traits = { taps: trie.taps > 0, claims: trie.claims > 0, several: false, ...asks };
    this.root = this.#one(trie.root);
    this.traits = { ...this.traits, several: mostLeaves(this.root) > 1 };
  }

  // --- making it ---

  /** A static block. */
  #one(node: Node): Block {
    this.#static++;
    this.#spend(node);
    this.number(node, false);
    const block: Block = { constant: node.record, branchings: [], leaf: endsHere(node), nodes: 1 };
    this.place(node, block);
    const taken = { record: false, bits: 0 };
    for (const { field, children } of node.alternatives) {
      const form = this.roomForStatic ? staticForm(field, [...children.keys()]) : undefined;
      if (form === undefined) block.branchings.push(this.#shared(node, field, [...children.values()], taken));
      else block.branchings.push({ form, field, cases: this.#cases(children) });
    }
    return block;
  }

  #spend(node: Node | undefined): void {
    this.#code += codeOf(node?.step?.field);
    if (this.#mayBeStatic && this.#code > MAX_CODE) throw new CodeFull();
  }

  #cases(children: Children): Map<Key, Case> {
    return new Map([...children].map(([key, node]) => [key, { node, block: this.#one(node) }]));
  }

  /** A shared block: its branchings are the union of what its nodes look at. */
  #many(nodes: readonly Node[], shares: boolean): Block {
    this.#spend(nodes[0]);
    const block: Block = { constant: undefined, branchings: [], leaf: nodes.some(endsHere), nodes: nodes.length };
    const below = new Map<Field, Node[]>();
    for (const node of nodes) {
      this.number(node, shares);
      this.place(node, block);
      for (const { field, children } of node.alternatives) {
        const list = below.get(field);
        if (list) for (const child of children.values()) list.push(child);
        else below.set(field, [...children.values()]);
      }
    }
    const taken = { record: false, bits: 0 };
    for (const [field, children] of below) {
      const mayShare = below.size === 1 && !block.leaf && !this.#heat;
      block.branchings.push(
        (mayShare && this.#sharing(field, children)) || this.#shared(undefined, field, children, taken),
      );
    }
    for (const node of nodes) this.writePresent(node);
    return block;
  }

  /**
   * All that a block does, whose nodes have one child each: where the child asks nothing of the record that its parent
   * asks, they have one, so that a packet needs fewer lines of the cache.
   */
  #sharing(field: Field, children: readonly Node[]): Branching | undefined {
    if (isMove(field)) return { form: "alias", field, child: this.#many(children, true), bit: undefined };
    const isEnd = ({ alternatives }: Node) => alternatives.length === 0;
    if (field.kind !== "test" || mostOf(children) > 1 || !children.every(isEnd)) return undefined;
    const branching = {
      form: "match",
      field,
      child: this.#many(children, true),
      bit: undefined,
      shares: true,
    } as const;
    for (const child of children) this.#upkeep.link(branching, child);
    return branching;
  }

  /** A branching whose children share a block. `owner`: the one node whose children they are, where its block is static. */
  #shared(owner: Node | undefined, field: Field, children: readonly Node[], taken: Taken): Branching {
    const branching = this.#branching(owner, field, children, taken);
    for (const child of children) this.#upkeep.link(branching, child);
    return branching;
  }

  #branching(owner: Node | undefined, field: Field, children: readonly Node[], taken: Taken): Branching {
    const child = this.#many(children, false);
    const own = owner !== undefined;
    const most = mostOf(children);
    if (field.kind === "test" && !own && most === 1 && !taken.record) {
      taken.record = true;
      return { form: "match", field, child, bit: undefined, shares: false };
    }
    const bit = own || taken.bits === PRESENT_BITS ? undefined : taken.bits++;
    if (field.kind === "test") return { form: "hash", field, child, bit, own, at: this.#dispatch(children.length) };
    if (owner !== undefined && field.kind === "span") return this.#ownTree(owner, field, child, children);
    const at = this.#placeFor(taken, children.length);
    if (field.kind === "span" && most > LIST_MAX) return this.#trees(field, child, children, bit, at);
    if (field.kind === "span") return { form: "list", field, child, bit, at, lists: new Map() };
    return { form: "goto", field, child, bit, at };
  }

  #ownTree(owner: Node, field: Field, child: Block, children: readonly Node[]): Branching {
    const isWide = children.length >= WIDE_MIN || field.width < 32;
    const shape = isWide ? wideShape(field.width) : smallShape(field.width);
    const { spans, table } = this.#spans(shape);
    const tree = spans.create();
    const { root } = tree;
    const trees = new Map([[owner, tree]]);
    const nearest = this.#nearest(children);
    return { form: "tree", field, child, bit: undefined, at: undefined, root, table, shape, spans, trees, nearest };
  }

  #trees(field: Field, child: Block, children: readonly Node[], bit: number | undefined, at: TablePlace): Branching {
    const shape = smallShape(field.width);
    const { spans, table } = this.#spans(shape);
    const nearest = this.#nearest(children);
    return { form: "tree", field, child, bit, at, root: 0, table, shape, spans, trees: new Map(), nearest };
  }

  /** Where nodes are counted all that a frame passes are; where filters tap all of them are listed. */
  #nearest(children: readonly Node[]): number | undefined {
    return this.#heat || this.traits.taps ? undefined : nearestPriority(children);
  }

  #spans(shape: number): { spans: SpanTrees; table: number } {
    const spans = new SpanTrees(shape, this.entries);
    return { spans, table: this.numbered.push(spans) - 1 };
  }

  /** In the nodes' records where nothing else of the block is there, else in a dispatch table. */
  #placeFor(taken: Taken, count: number): TablePlace {
    if (taken.record) return this.#dispatch(count);
    taken.record = true;
    return "record";
  }

  #dispatch(count: number): DispatchPlace {
    const dispatch = new DispatchTable(count);
    return { table: this.numbered.push(dispatch) - 1, dispatch };
  }

  // --- keeping it ---

  /** The tables cannot express the trie any more. */
  get structural(): boolean {
    return this.#upkeep.structural;
  }

  /** No block is static but the root's. */
  get isShared(): boolean {
    return this.#static === 1;
  }

  get roomForStatic(): boolean {
    return this.#mayBeStatic && this.#static < STATIC_NODES;
  }

  /** A node was added below one that is in the plan. */
  added(node: Node): void {
    this.#upkeep.added(node);
  }

  /** `node` goes: it has no children any more, and its parent still knows it. */
  removed(node: Node): void {
    this.#upkeep.removed(node);
  }

  /** Filters began or ceased to end at `node`. */
  leafChanged(node: Node): void {
    this.#upkeep.leafChanged(node);
  }

  /** Gives the node a record: its parent's where the two share. */
  number(node: Node, shares: boolean): void {
    if (shares) {
      node.record = node.parent?.record ?? 0;
      return;
    }
    node.record = this.#freeRecords.pop() ?? this.#nextRecord++;
    this.record.reserve(RECORD_WORDS * (node.record + 1));
    this.detail.reserve(DETAIL_WORDS * (node.record + 1));
    this.detail.set(DETAIL_WORDS * node.record + DetailWord.parent, node.parent?.record ?? 0);
  }

  /** Nobody has the record any more. */
  free(record: number): void {
    for (let word = 0; word < RECORD_WORDS; word++) this.record.set(RECORD_WORDS * record + word, 0);
    for (let word = 0; word < DETAIL_WORDS; word++) this.detail.set(DETAIL_WORDS * record + word, 0);
    this.#freeRecords.push(record);
  }

  /** `node`, which has its record, is handled by `block` from now on. */
  place(node: Node, block: Block): void {
    node.block = block;
    writeClaim(this, node);
    writeTaps(this, node);
  }

  writePresent(node: Node): void {
    if (node.block?.branchings.every((branching) => isStatic(branching) || branching.bit === undefined)) return;
    let bits = 0;
    for (const branching of node.block?.branchings ?? []) {
      if (isStatic(branching) || branching.bit === undefined) continue;
      if (alternativeOf(node, branching.field)) bits |= 1 << branching.bit;
    }
    this.detail.set(DETAIL_WORDS * node.record + DetailWord.present, bits);
  }

  // --- telling it ---

  get #tables(): LoggedTable[] {
    return [this.record, this.detail, this.link, this.entries.table, ...this.numbered.map(({ table }) => table)];
  }

  get octets(): number {
    return this.#tables.reduce((sum, table) => sum + table.octets, 0);
  }

  /** Copies of all tables, in order of their numbers. */
  copies(): Int32Array[] {
    return this.#tables.map((table) => {
      table.settle();
      return table.copy();
    });
  }

  patches(): TablePatch[] {
    return this.#tables.flatMap((table, number) => table.take(number) ?? []);
  }
}

/** Whatever leads to one child only. */
function isMove({ kind }: Field): boolean {
  return kind === "move" || kind === "length" || kind === "residual";
}

/** The most children that one parent has among these. */
function mostOf(children: readonly Node[]): number {
  const counts = new Map<Node, number>();
  let most = 0;
  for (const { parent } of children) {
    if (parent === undefined) continue;
    const count = (counts.get(parent) ?? 0) + 1;
    counts.set(parent, count);
    if (count > most) most = count;
  }
  return most;
}
