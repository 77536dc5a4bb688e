/**
 * A tree for people: one line for each node, what belongs to it two spaces further in.
 *
 *   chain
 *     identity: tcp port 80
 *     and not
 *       relation !=
 *         arithmetic
 *           load ip, 1 octet at
 *             0
 *           & 15
 *         5
 *
 * Chains and arithmetic without parentheses are flat: their lines are evaluated from top to bottom.
 */
import type { Arithmetic, Expression } from "./ast.js";
import { printPrimitive } from "./print.js";

interface Line {
  readonly depth: number;
  readonly text: string;
}

export function printTree(expression: Expression): string {
  return [...lines(expression, 0, "")].map(({ depth, text }) => `${"  ".repeat(depth)}${text}\n`).join("");
}

/** `before`: the operator that joins it to the line above. */
function* lines(expression: Expression, depth: number, before: string): Generator<Line> {
  switch (expression.kind) {
    case "chain":
      yield { depth, text: `${before}chain` };
      yield* lines(expression.first, depth + 1, "");
      for (const { operator, term } of expression.rest) yield* lines(term, depth + 1, `${operator} `);
      return;
    case "not":
      yield { depth, text: `${before}not` };
      yield* lines(expression.of, depth + 1, "");
      return;
    case "relation":
      yield { depth, text: `${before}relation ${expression.operator}` };
      yield* arithmeticLines(expression.left, depth + 1, "");
      yield* arithmeticLines(expression.right, depth + 1, "");
      return;
    default:
      yield { depth, text: `${before}${expression.kind}: ${printPrimitive(expression)}` };
  }
}

function* arithmeticLines(of: Arithmetic, depth: number, before: string): Generator<Line> {
  switch (of.kind) {
    case "number":
      yield { depth, text: `${before}${of.value}` };
      return;
    case "len":
      yield { depth, text: `${before}len` };
      return;
    case "load":
      yield { depth, text: `${before}load ${of.word}, ${of.size} octet${of.size === 1 ? "" : "s"} at` };
      yield* arithmeticLines(of.offset, depth + 1, "");
      return;
    case "negate":
      yield { depth, text: `${before}minus` };
      yield* arithmeticLines(of.of, depth + 1, "");
      return;
    case "binary":
      yield { depth, text: `${before}arithmetic` };
      yield* operatorLines(of, depth + 1);
  }
}

/** The left side's left side and so on first. */
function* operatorLines(of: Extract<Arithmetic, { kind: "binary" }>, depth: number): Generator<Line> {
  const behind: { readonly operator: string; readonly right: Arithmetic }[] = [];
  let left: Arithmetic = of;
  for (; left.kind === "binary"; left = left.left) behind.push(left);
  yield* arithmeticLines(left, depth, "");
  for (const { operator, right } of behind.reverse()) yield* arithmeticLines(right, depth, `${operator} `);
}
