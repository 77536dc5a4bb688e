/**
 * Forward branches as nested blocks: each label becomes a block that ends where the label stands, and a
 * branch leaves that block. A block opens before the first branch to its label; where that would cut
 * through another block, it opens where that one does. Every program whose branches go forward can be
 * written so.
 */
import type { Label, Lambda } from "./insn.js";

export interface Blocks {
  /** By instruction: labels whose blocks open before it, outermost first. */
  readonly opens: ReadonlyMap<number, readonly Label[]>;
  /** Labels that are branched to; the others need no block. */
  readonly used: ReadonlySet<Label>;
  /** How deep blocks nest. */
  readonly depth: number;
}

interface Block {
  readonly label: Label;
  open: number;
  readonly close: number;
}

export function blocksOf(lambda: Lambda): Blocks {
  const first = new Map<Label, number>();
  const blocks: Block[] = [];
  lambda.insns.forEach((insn, index) => {
    if (insn.op === "br" || insn.op === "bri" || insn.op === "j") {
      if (!first.has(insn.label)) first.set(insn.label, index);
    } else if (insn.op === "label") {
      const open = first.get(insn.label);
      if (open !== undefined) blocks.push({ label: insn.label, open, close: index });
    }
  });
  nest(blocks);
  const opens = new Map<number, Label[]>();
  // Later labels first: of two blocks that open at one place, the one that closes later is outside.
  for (const block of blocks.toReversed()) {
    const at = opens.get(block.open);
    if (at) at.push(block.label);
    else opens.set(block.open, [block.label]);
  }
  return { opens, used: new Set(first.keys()), depth: depthOf(blocks) };
}

/** `blocks` are in the order in which they close; widens those that would cross one that closed before. */
function nest(blocks: readonly Block[]): void {
  const closed: Block[] = [];
  for (const block of blocks) {
    for (let last = closed.at(-1); last !== undefined && last.close > block.open; last = closed.at(-1)) {
      block.open = Math.min(block.open, last.open);
      closed.pop();
    }
    closed.push(block);
  }
}

function depthOf(blocks: readonly Block[]): number {
  const ends = blocks.flatMap((block) => [
    { at: block.open, change: 1 },
    { at: block.close, change: -1 },
  ]);
  ends.sort((a, b) => a.at - b.at || a.change - b.change);
  let depth = 0;
  let deepest = 0;
  for (const { change } of ends) {
    depth += change;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
