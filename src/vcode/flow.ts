/**
 * Control flow of one lambda: basic blocks, the ways between them, who dominates whom, and loops.
 *
 * A block is a run of instructions that is entered at its first and left at its last only: it begins at
 * instruction 0, at a label, or behind a branch. Block 0 is the entry. A branch to a label that is nowhere, and the end of
 * the lambda, lead to no block; whoever must not allow them looks for himself (the verifier does).
 *
 * Dominators, after Cooper, Harvey and Kennedy (A Simple, Fast Dominance Algorithm): one walk in reverse
 * postorder that intersects what is known of the predecessors. Two departures. Retreating edges are left out of the
 * walk, so one is enough: where each of them leads to a block that dominates its source, leaving them out changes
 * nothing, since any way that takes one has passed its target before and may be cut short; where one does not, the graph is
 * irreducible. And the two fingers of the intersection climb by jumps over the tree (Myers' skew-binary ancestors),
 * since thousands of branches to one far label made them climb for a second.
 */
import type { Insn, Label, Lambda } from "./insn.js";

export interface Edge {
  readonly from: number;
  readonly to: number;
}

export interface Flow {
  /** By block: its instructions are [start, end) of the lambda; labels stand at its beginning. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** By instruction: its block. */
  readonly blockOf: Int32Array;
  /** By label: its block, or -1 where it is not placed. */
  readonly blockAt: Int32Array;
  /** By block, each once: of a branch the block where it falls through comes last. */
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
  /** Blocks that can be reached, in reverse postorder: every forward edge leads from earlier to later. */
  readonly order: Int32Array;
  /** By block: its place in `order`, -1 where no way leads to it. */
  readonly rank: Int32Array;
  /** By block: its immediate dominator, the entry's is itself; -1 where no way leads. Of a reducible graph only. */
  readonly dominator: Int32Array;
  /** By block: how many dominate it. */
  readonly level: Int32Array;
  /** Edges that lead back to a loop's head. */
  readonly back: readonly Edge[];
  /** By block: 1 where a back edge leads to it. */
  readonly head: Uint8Array;
  /** An edge that goes back to a block that does not dominate its source, where there is one. */
  readonly irreducible: Edge | undefined;
}

/**
 * Time grows with instructions and edges, and hardly more. Never throws on a lambda of the right shape. A block has at
 * most `longest` instructions: straight code beyond that goes on in the next block.
 */
export function flowOf(lambda: Lambda, longest = Number.POSITIVE_INFINITY): Flow {
  const { start, end, blockOf } = cut(lambda.insns, longest);
  const blockAt = new Int32Array(Math.max(lambda.labels, 0)).fill(-1);
  lambda.insns.forEach((insn, index) => {
    if (insn.op === "label" && blockAt[insn.label] === -1) blockAt[insn.label] = blockOf[index]!;
  });
  const successors = Array.from(start, (_, block) => successorsOf(lambda.insns, end[block]! - 1, block, blockAt));
  const predecessors: number[][] = successors.map(() => []);
  successors.forEach((targets, block) => {
    for (const target of targets) predecessors[target]!.push(block);
  });
  const order = reversePostorder(successors);
  const rank = new Int32Array(start.length).fill(-1);
  order.forEach((block, index) => {
    rank[block] = index;
  });
  const tree = dominators(order, rank, predecessors);
  const graph = { start, end, blockOf, blockAt, successors, predecessors, order, rank };
  return { ...graph, dominator: tree.dominator, level: tree.level, ...loops(order, rank, successors, tree) };
}

/** Whether instructions end a block: those after which control need not go on with the next. */
function isTerminator(insn: Insn): boolean {
  return insn.op === "br" || insn.op === "bri" || insn.op === "j" || insn.op === "jt" || insn.op === "ret";
}

function cut(insns: readonly Insn[], longest: number): Pick<Flow, "start" | "end" | "blockOf"> {
  const starts: number[] = [];
  const blockOf = new Int32Array(insns.length);
  let fresh = true;
  insns.forEach((insn, index) => {
    const label = insn.op === "label" && insns[index - 1]?.op !== "label";
    if (fresh || label || index - starts.at(-1)! >= longest) starts.push(index);
    fresh = isTerminator(insn);
    blockOf[index] = starts.length - 1;
  });
  return {
    start: Int32Array.from(starts),
    end: Int32Array.from([...starts.slice(1), insns.length].slice(0, starts.length)),
    blockOf,
  };
}

function successorsOf(insns: readonly Insn[], last: number, block: number, blockAt: Int32Array): number[] {
  const insn = insns[last]!;
  const next = last + 1 < insns.length ? [block + 1] : [];
  const at = (label: Label) => {
    const target = blockAt[label];
    return target === undefined || target < 0 ? [] : [target];
  };
  switch (insn.op) {
    case "br":
    case "bri":
      return unique([...at(insn.label), ...next]);
    case "j":
      return at(insn.label);
    case "jt":
      return unique([...insn.labels.flatMap(at), ...at(insn.other)]);
    case "ret":
      return [];
    default:
      return next;
  }
}

function unique(blocks: readonly number[]): number[] {
  return [...new Set(blocks)];
}

/** A depth-first walk without recursion: graphs may be as deep as they are long. */
function reversePostorder(successors: readonly (readonly number[])[]): Int32Array {
  const seen = new Uint8Array(successors.length);
  const next = new Int32Array(successors.length);
  const post: number[] = [];
  const stack: number[] = [];
  const enter = (block: number) => {
    seen[block] = 1;
    stack.push(block);
  };
  if (successors.length > 0) enter(0);
  while (stack.length > 0) {
    const block = stack.at(-1)!;
    const target = successors[block]![next[block]!++];
    if (target === undefined) {
      post.push(block);
      stack.pop();
    } else if (seen[target] === 0) enter(target);
  }
  return Int32Array.from(post.reverse());
}

interface Tree {
  readonly dominator: Int32Array;
  readonly level: Int32Array;
  /** By block: a dominator further up; so chosen that any ancestor is a few jumps away. */
  readonly jump: Int32Array;
}

function dominators(order: Int32Array, rank: Int32Array, predecessors: Flow["predecessors"]): Tree {
  const tree = {
    dominator: new Int32Array(rank.length).fill(-1),
    level: new Int32Array(rank.length),
    jump: new Int32Array(rank.length),
  };
  for (const block of order) {
    let parent = -1;
    for (const from of predecessors[block]!) {
      // Unreachable, or retreating.
      if (rank[from]! < 0 || rank[from]! >= rank[block]!) continue;
      parent = parent < 0 ? from : intersect(tree, parent, from);
    }
    // Only the entry is reached by no forward edge.
    hang(tree, block, parent < 0 ? block : parent);
  }
  return tree;
}

function hang({ dominator, level, jump }: Tree, block: number, parent: number): void {
  dominator[block] = parent;
  if (parent === block) {
    jump[block] = block;
    return;
  }
  level[block] = level[parent]! + 1;
  const over = jump[parent]!;
  const even = level[parent]! - level[over]! === level[over]! - level[jump[over]!]!;
  jump[block] = even ? jump[over]! : parent;
}

/** The deepest block that dominates both. */
function intersect(tree: Tree, a: number, b: number): number {
  const { dominator, level, jump } = tree;
  let one = level[a]! > level[b]! ? climb(tree, a, level[b]!) : a;
  let two = level[b]! > level[a]! ? climb(tree, b, level[a]!) : b;
  while (one !== two) {
    // Blocks of one level have jumps of one length.
    const further = jump[one] !== jump[two];
    one = further ? jump[one]! : dominator[one]!;
    two = further ? jump[two]! : dominator[two]!;
  }
  return one;
}

/** The dominator of `block` at that level. */
function climb({ dominator, level, jump }: Tree, block: number, to: number): number {
  let at = block;
  while (level[at]! > to) at = level[jump[at]!]! >= to ? jump[at]! : dominator[at]!;
  return at;
}

function loops(
  order: Int32Array,
  rank: Int32Array,
  successors: Flow["successors"],
  tree: Tree,
): Pick<Flow, "back" | "head" | "irreducible"> {
  const back: Edge[] = [];
  const head = new Uint8Array(rank.length);
  let irreducible: Edge | undefined;
  for (const from of order) {
    for (const to of successors[from]!) {
      if (rank[to]! > rank[from]!) continue;
      const above = tree.level[to]! <= tree.level[from]! && climb(tree, from, tree.level[to]!) === to;
      if (above) {
        back.push({ from, to });
        head[to] = 1;
      } else irreducible ??= { from, to };
    }
  }
  return { back, head, irreducible };
}
