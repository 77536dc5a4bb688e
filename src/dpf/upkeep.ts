/**
 * Keeps a plan's tables in step with its trie: a node that comes is linked to its parent, one that goes is unlinked,
 * each in the way of the branching that leads to it. What no table can express makes the plan structural.
 */
import {
  type Block,
  type Branching,
  CHAIN_AGAIN,
  isStatic,
  type SharedBranching,
  type TablePlace,
  WIDE_AGAIN,
} from "./branching.js";
import { DETAIL_WORDS, DetailWord, RECORD_WORDS, RecordWord, shapeOf } from "./layout.js";
import { breaksNearest } from "./nearest.js";
import type { Plan } from "./plan.js";
import { rawOf } from "./raw.js";
import { LIST_MAX } from "./span-lists.js";
import { alternativeOf, endsHere, intervalsOf, type Node, type Step } from "./trie.js";

type Of<F extends SharedBranching["form"]> = Extract<SharedBranching, { form: F }>;

export class Upkeep {
  readonly #plan: Plan;
  structural = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  added(node: Node): void {
    if (this.structural) return;
    const branching = branchingTo(node);
    if (branching === undefined || isStatic(branching) || !this.#hasRoom(branching, node)) {
      this.structural = true;
      return;
    }
    this.#plan.number(node, shares(branching));
    branching.child.nodes++;
    this.#plan.place(node, branching.child);
    this.link(branching, node);
    if (node.parent) this.#plan.writePresent(node.parent);
  }

  removed(node: Node): void {
    if (this.structural) return;
    const { parent } = node;
    const branching = branchingTo(node);
    if (parent === undefined || branching === undefined || isStatic(branching) || --branching.child.nodes === 0) {
      this.structural = true;
      return;
    }
    this.#unlink(branching, node);
    const left = (alternativeOf(parent, branching.field)?.children.size ?? 0) - 1;
    const isOwn = parent.block?.constant !== undefined;
    if (isOwn && left <= CHAIN_AGAIN && this.#plan.roomForStatic) this.structural = true;
    if (left === 0 && branching.bit !== undefined) this.#clearPresent(parent, branching.bit);
    if (!shares(branching)) this.#plan.free(node.record);
  }

  leafChanged(node: Node): void {
    const { traits } = this.#plan;
    if (node.block?.leaf === false && endsHere(node)) this.structural = true;
    if (breaksNearest(branchingTo(node), node)) this.structural = true;
    if ((!traits.taps && node.taps.size > 0) || (!traits.claims && node.claims.length > 0)) this.structural = true;
  }

  /** The parent leads to `node`, as the branching says. */
  link(branching: Branching, node: Node): void {
    const { parent, step } = node;
    if (isStatic(branching) || parent === undefined || step === undefined) return;
    switch (branching.form) {
      case "alias":
        return;
      case "hash":
        return branching.at.dispatch.insert(branching.own ? 0 : parent.record, rawOf(step), node.record);
      case "match":
        this.#setRecord(parent, RecordWord.value, rawOf(step));
        return this.#setRecord(parent, RecordWord.step, node.record);
      case "goto":
        return this.#point(branching.at, parent, node.record);
      case "list":
        return this.#linkList(branching, parent, step, node.record);
      case "tree":
        return this.#linkTree(branching, parent, step, node.record);
    }
  }

  #unlink(branching: SharedBranching, node: Node): void {
    const { parent, step } = node;
    if (parent === undefined || step === undefined) return;
    switch (branching.form) {
      case "alias":
        return;
      case "hash":
        return branching.at.dispatch.delete(branching.own ? 0 : parent.record, rawOf(step));
      case "match":
        this.#setRecord(parent, RecordWord.value, 0);
        return this.#setRecord(parent, RecordWord.step, 0);
      case "goto":
        return this.#point(branching.at, parent, 0);
      case "list":
        return this.#unlinkList(branching, parent, step, node.record);
      case "tree":
        return this.#unlinkTree(branching, parent, step, node.record);
    }
  }

  #linkList({ lists, at }: Of<"list">, parent: Node, step: Step, child: number): void {
    for (const interval of intervalsOf(step)) {
      const list = lists.get(parent);
      if (list) this.#plan.lists.insert(list, interval, child);
      else {
        const made = this.#plan.lists.create(interval, child);
        lists.set(parent, made);
        this.#point(at, parent, made.head);
      }
    }
  }

  #unlinkList({ lists, at }: Of<"list">, parent: Node, step: Step, child: number): void {
    for (const interval of intervalsOf(step)) {
      const list = lists.get(parent);
      if (list === undefined || this.#plan.lists.remove(list, interval, child)) continue;
      lists.delete(parent);
      this.#point(at, parent, 0);
    }
  }

  #linkTree({ trees, spans, at }: Of<"tree">, parent: Node, step: Step, child: number): void {
    const tree = trees.get(parent) ?? spans.create();
    if (!trees.has(parent)) {
      trees.set(parent, tree);
      if (at !== undefined) this.#point(at, parent, tree.root);
    }
    for (const interval of intervalsOf(step)) spans.insert(tree, interval, child);
  }

  #unlinkTree({ trees, spans, at }: Of<"tree">, parent: Node, step: Step, child: number): void {
    const tree = trees.get(parent);
    if (tree === undefined) return;
    for (const interval of intervalsOf(step)) spans.remove(tree, interval, child);
    if (at === undefined || tree.all.kids.length > 0) return;
    spans.free(tree);
    trees.delete(parent);
    this.#point(at, parent, 0);
  }

  /** 0: nowhere. */
  #point(at: TablePlace, parent: Node, to: number): void {
    if (at === "record") return this.#setRecord(parent, RecordWord.step, to);
    if (to === 0) at.dispatch.delete(0, parent.record);
    else at.dispatch.insert(0, parent.record, to);
  }

  #hasRoom(branching: SharedBranching, { parent, step }: Node): boolean {
    if (parent === undefined || step === undefined) return false;
    const children = alternativeOf(parent, branching.field)?.children.size ?? 0;
    if (branching.form === "match") return children === 1;
    if (branching.form === "list") {
      return (branching.lists.get(parent)?.count ?? 0) + intervalsOf(step).length <= LIST_MAX;
    }
    const isSmall = branching.form === "tree" && branching.at === undefined && shapeOf(branching.shape).bits === 0;
    return !isSmall || children <= WIDE_AGAIN;
  }

  #clearPresent(parent: Node, bit: number): void {
    const at = DETAIL_WORDS * parent.record + DetailWord.present;
    this.#plan.detail.set(at, this.#plan.detail.get(at) & ~(1 << bit));
  }

  #setRecord(node: Node, word: number, value: number): void {
    this.#plan.record.set(RECORD_WORDS * node.record + word, value);
  }
}

/** Have parent and child one record? */
function shares(branching: SharedBranching): boolean {
  return branching.form === "alias" || (branching.form === "match" && branching.shares);
}

/** How the plan leads to `node`, whose parent has a place in it. */
function branchingTo(node: Node): Branching | undefined {
  const block: Block | undefined = node.parent?.block;
  return block?.branchings.find(({ field }) => field === node.step?.field);
}
