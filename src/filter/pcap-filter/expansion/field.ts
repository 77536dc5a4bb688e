/** Fields that a word names and compares: `vpi > 3`, `sio (3 or 5)`. */
import type { Primitive, Relation } from "../ast.js";
import type { Comparison, Predicate, Value } from "../predicate.js";
import { compare, not, or } from "./compose.js";
import type { Scope } from "./scope.js";

export type Special = Extract<Primitive, { readonly kind: "special" }>;

const RELATIONS: Record<Relation, { readonly operator: Comparison; readonly holds: boolean }> = {
  "=": { operator: "==", holds: true },
  // libpcap turns comparisons of order around, but not this one.
  "!=": { operator: "==", holds: true },
  ">": { operator: ">", holds: true },
  "<=": { operator: ">", holds: false },
  ">=": { operator: ">=", holds: true },
  "<": { operator: ">=", holds: false },
};

/** The operands are alternatives; what is compared is made from each. */
export function field(scope: Scope, of: Special, load: () => Value, coded: (operand: number) => number): Predicate {
  const { operator, holds } = RELATIONS[of.operator ?? "="];
  const tests = of.operands.map((operand) => {
    const test = compare(load(), operator, coded(Number(operand)));
    return holds ? test : not(test);
  });
  return tests.length === 0 ? scope.refuse("E_SYNTAX", `\`${of.word}\` wants a number`) : or(...tests);
}
