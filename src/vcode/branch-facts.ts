/** What a comparison says about the two values that were compared. */
import type { Facts } from "./facts.js";
import { type Branch, INVERSE } from "./insn.js";
import type { Value, Values } from "./values.js";

export interface Comparison {
  readonly branch: Branch;
  /** Whether it came out so. */
  readonly holds: boolean;
  readonly unsigned: boolean;
}

export function compareKnown(facts: Facts, values: Values, comparison: Comparison, x: Value, y: Value): void {
  const { branch, holds, unsigned } = comparison;
  switch (holds ? branch : INVERSE[branch]) {
    case "blt":
      return less(facts, unsigned, x, 1, y);
    case "ble":
      return less(facts, unsigned, x, 0, y);
    case "bgt":
      return less(facts, unsigned, y, 1, x);
    case "bge":
      return less(facts, unsigned, y, 0, x);
    case "beq":
      // Equal words are equal whichever way one looks at them.
      for (const view of [true, false]) {
        less(facts, view, x, 0, y);
        less(facts, view, y, 0, x);
      }
      return;
    case "bne":
      if (values.isConstant(y)) unlike(facts, x, facts.bounds(y).lo);
      if (values.isConstant(x)) unlike(facts, y, facts.bounds(x).lo);
  }
}

/** x + gap <= y. */
function less(facts: Facts, unsigned: boolean, x: Value, gap: 0 | 1, y: Value): void {
  const [small, great] = unsigned ? [facts.unsigned(x), facts.unsigned(y)] : [facts.bounds(x), facts.bounds(y)];
  facts.restrict(x, small.lo, great.hi - gap);
  facts.restrict(y, small.lo + gap, great.hi);
  // Of signed words that are not negative: so neither is y, and both are the same as unsigned ones.
  if (unsigned || small.lo >= 0) facts.relate(x, gap, y);
}

function unlike(facts: Facts, x: Value, word: number): void {
  const { lo, hi } = facts.bounds(x);
  if (lo === word) facts.restrict(x, lo + 1, hi);
  else if (hi === word) facts.restrict(x, lo, hi - 1);
}
