/** Comparisons: of numbers, of booleans, and of what may be undefined with undefined, which tells something of it. */
import type { Operands } from "./arithmetic.js";
import type { Body } from "./body.js";
import { type Narrowing, opposite, referencePath, TELLS_NOTHING, truth } from "./known.js";
import { type Meaning, typeOf, WRONG } from "./meaning.js";
import type { ComparisonOperator } from "./syntax.js";
import type { Comparison, Expr, Span } from "./tree.js";
import { constant, numberOf, paired, scalarOf } from "./value.js";

const COMPARISON: Readonly<Record<ComparisonOperator, Comparison>> = {
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
  "===": "eq",
  "!==": "ne",
};

export function compare(body: Body, op: ComparisonOperator, operands: Operands): Meaning {
  const { left, right, spans, start, end } = operands;
  const { complaints } = body.unit;
  if (left.kind === "wrong" || right.kind === "wrong") return WRONG;
  if (left.kind === "undefined") return withUndefined(body, op, right, operands, spans[1]);
  if (right.kind === "undefined") return withUndefined(body, op, left, operands, spans[0]);
  if (isBoolean(left) || isBoolean(right)) return booleans(body, op, operands);
  const pair = paired(complaints, left, right, spans, { start, end });
  if (pair === undefined) return WRONG;
  const known = decided(op, numberOf(pair.left), numberOf(pair.right));
  if (known === undefined) {
    const expr: Expr = {
      kind: "compare",
      type: "bool",
      op: COMPARISON[op],
      of: pair.type,
      left: pair.left,
      right: pair.right,
      start,
      end,
    };
    return { kind: "value", type: "bool", expr };
  }
  if (left.kind === "exact" && right.kind === "exact" && left.value !== right.value && isEquality(op)) {
    return redundant(
      body,
      { start, end },
      "two constants are compared that differ",
      `it is always ${known}: leave it out`,
    );
  }
  return { kind: "value", type: "bool", expr: constant("bool", known ? 1n : 0n, { start, end }) };
}

function isEquality(op: ComparisonOperator): boolean {
  return op === "===" || op === "!==";
}

function redundant(body: Body, span: Span, message: string, hint: string): Meaning {
  body.unit.complaints.add("E_REDUNDANT", span, message, hint);
  return WRONG;
}

function decided(op: ComparisonOperator, a: bigint | undefined, b: bigint | undefined): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  switch (op) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "===":
      return a === b;
    case "!==":
      return a !== b;
  }
}

function isBoolean(meaning: Meaning): boolean {
  return typeOf(meaning) === "bool";
}

function booleans(body: Body, op: ComparisonOperator, operands: Operands): Meaning {
  const { left, right, spans, start, end } = operands;
  const { complaints } = body.unit;
  for (const side of [0, 1] as const) {
    const meaning = side === 0 ? left : right;
    if (isBoolean(meaning)) continue;
    if (meaning.kind === "exact" || scalarOf(complaints, meaning, spans[side]) !== undefined) {
      complaints.add("E_TYPE", spans[side], "a boolean is needed, and this is a number", "compare it: x !== 0");
    }
    return WRONG;
  }
  const [a, b] = [scalarOf(complaints, left, spans[0]), scalarOf(complaints, right, spans[1])];
  if (a === undefined || b === undefined) return WRONG;
  if (!isEquality(op)) {
    complaints.add("E_TYPE", { start, end }, `${op} compares numbers, and these are booleans`, "write === or !==");
    return WRONG;
  }
  if (numberOf(a.expr) !== undefined && numberOf(b.expr) !== undefined) {
    return redundant(body, { start, end }, "two constants are compared", "its answer is known: leave it out");
  }
  const expr: Expr = {
    kind: "compare",
    type: "bool",
    op: COMPARISON[op],
    of: "bool",
    left: a.expr,
    right: b.expr,
    start,
    end,
  };
  return { kind: "value", type: "bool", expr };
}

function withUndefined(
  body: Body,
  op: ComparisonOperator,
  other: Meaning,
  { start, end }: Operands,
  span: Span,
): Meaning {
  const whole = { start, end };
  if (!isEquality(op)) {
    body.unit.complaints.add("E_NULL", whole, `undefined is compared by ${op}`, "write === or !==");
    return WRONG;
  }
  const known = other.kind === "held" ? body.known.get(referencePath(other.local)) : undefined;
  if (known !== undefined) {
    return redundant(body, whole, `it is known here to be ${known === 1n ? "an entry" : "undefined"}`, "leave it out");
  }
  if ((other.kind !== "held" && other.kind !== "entry") || !other.maybe) {
    return redundant(body, whole, "this is never undefined: only what find gives may be", "leave it out");
  }
  const left: Expr =
    other.kind === "held"
      ? { kind: "local", type: "reference", local: other.local, start: span.start, end: span.end }
      : other.expr;
  const right: Expr = { kind: "constant", type: "reference", value: 0, start, end };
  const expr: Expr = { kind: "compare", type: "bool", op: COMPARISON[op], of: "reference", left, right, start, end };
  return { kind: "value", type: "bool", expr, narrowing: narrowingOf(op, other) };
}

function narrowingOf(op: ComparisonOperator, other: Meaning): Narrowing {
  if (other.kind !== "held") return TELLS_NOTHING;
  const there = truth(referencePath(other.local));
  return op === "===" ? opposite(there) : there;
}
