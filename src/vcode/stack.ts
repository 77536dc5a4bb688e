/** What a program takes of the stack that it runs on. Calls go to later lambdas only, so that there is a longest chain of them. */
import type { Program } from "./insn.js";

/** A frame's own, in registers. */
const FRAME = 8;

/** Registers of the lambdas on the longest chain of calls, with a few for each frame. */
export function stackOf({ lambdas }: Program): number {
  const below: number[] = [];
  for (let number = lambdas.length - 1; number >= 0; number--) {
    const lambda = lambdas[number];
    let deepest = 0;
    for (const insn of lambda?.insns ?? []) {
      if (insn.op === "call") deepest = Math.max(deepest, below[insn.lambda] ?? 0);
    }
    below[number] = deepest + FRAME + (lambda?.registers.length ?? 0);
  }
  return below[0] ?? 0;
}
