/** Operators on numbers: in which type they compute, and what of them is known when the handler is checked. */
import type { Complaints } from "./complaints.js";
import { type Meaning, WRONG } from "./meaning.js";
import { computed, literalType, SCALARS, wrapped } from "./scalar.js";
import type { BinaryOperator } from "./syntax.js";
import type { Arithmetic, Expr, Scalar, Span } from "./tree.js";
import { constant, landed, numberOf, operandOf, paired } from "./value.js";

const OPERATIONS: Readonly<Record<BinaryOperator, Arithmetic>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>": "shr",
  ">>>": "shr",
};

/** Constants beyond this are no part of any number that fits. */
const MOST_EXACT = 1n << 128n;

/** Two meanings, each with its place, and the place of the operation; `wanted` is the type that it lands in, if any is known. */
export interface Operands extends Span {
  readonly left: Meaning;
  readonly right: Meaning;
  readonly spans: readonly [Span, Span];
  readonly wanted: Scalar | undefined;
}

export function binary(complaints: Complaints, op: BinaryOperator, operands: Operands): Meaning {
  const { left, right } = operands;
  if (left.kind === "wrong" || right.kind === "wrong") return WRONG;
  const shift = op === "<<" || op === ">>" || op === ">>>";
  if (left.kind === "exact" && right.kind === "exact" && left.big === right.big) {
    return exact(complaints, op, left, right, operands);
  }
  return shift ? shifted(complaints, op, operands) : computedBy(complaints, op, operands);
}

function computedBy(complaints: Complaints, op: BinaryOperator, operands: Operands): Meaning {
  const { left, right, spans, start, end } = operands;
  const pair = paired(complaints, left, right, spans, { start, end });
  if (pair === undefined) return WRONG;
  if ((op === "/" || op === "%") && numberOf(pair.right) === 0n) {
    complaints.add("E_DIVISION", spans[1], "a division by 0", "x / 0 would be 0, x % 0 would be x: write that");
    return WRONG;
  }
  return result(OPERATIONS[op], pair.type, pair.left, pair.right, operands);
}

function result(op: Arithmetic, type: Scalar, left: Expr, right: Expr, { start, end }: Span): Meaning {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) {
    return { kind: "value", type, expr: constant(type, wrapped(type, calculated(op, a, b)), { start, end }) };
  }
  return { kind: "value", type, expr: { kind: "arithmetic", type, op, left, right, start, end } };
}

/** The right side of a division is not 0, that of a shift is below the width. */
function calculated(op: Arithmetic, a: bigint, b: bigint): bigint {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "mod":
      return a % b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << b;
    case "shr":
      return a >> b;
  }
}

function exact(
  complaints: Complaints,
  op: BinaryOperator,
  left: Extract<Meaning, { kind: "exact" }>,
  right: Extract<Meaning, { kind: "exact" }>,
  { spans, start, end }: Operands,
): Meaning {
  const span = { start, end };
  if ((op === "/" || op === "%") && right.value === 0n) {
    complaints.add("E_DIVISION", spans[1], "a division by 0", "write another number");
    return WRONG;
  }
  if (op === "<<" || op === ">>" || op === ">>>") {
    if (!rightKindOfShift(complaints, op, left.big ? "u64" : left.value < 0n ? "i32" : undefined, span)) return WRONG;
    if (!inWidth(complaints, right.value, left.big ? 64n : 32n, spans[1])) return WRONG;
  }
  const value = calculated(OPERATIONS[op], left.value, right.value);
  if (value < MOST_EXACT && value > -MOST_EXACT)
    return { kind: "exact", value, big: left.big, bits: bitwise(op) && (left.bits === true || right.bits === true) };
  complaints.add("E_LITERAL", span, "this constant fits no type", "write a number that does");
  return WRONG;
}

function bitwise(op: BinaryOperator): boolean {
  return op === "&" || op === "|" || op === "^";
}

function inWidth(complaints: Complaints, count: bigint, width: bigint, span: Span): boolean {
  if (count >= 0n && count < width) return true;
  complaints.add("E_SHIFT_RANGE", span, `a shift by ${count} of ${width} bits`, `shift by 0 … ${width - 1n}`);
  return false;
}

/** `type` is undefined where both ways of shifting right are the same. */
function rightKindOfShift(complaints: Complaints, op: BinaryOperator, type: Scalar | undefined, span: Span): boolean {
  if (op === "<<" || type === undefined) return true;
  const { kind, signed } = SCALARS[type];
  const right = kind === "long" || signed ? ">>" : ">>>";
  if (op === right) return true;
  const what = kind === "long" ? "bigints" : signed ? "signed numbers" : "unsigned numbers";
  complaints.add("E_SHIFT", span, `${op} does not shift ${what}`, `write ${right}`);
  return false;
}

function shifted(complaints: Complaints, op: BinaryOperator, operands: Operands): Meaning {
  const { left, right, spans, wanted, start, end } = operands;
  const subject = shiftedSide(complaints, left, wanted, spans[0]);
  if (subject === undefined) return WRONG;
  const { type, expr } = subject;
  if (!rightKindOfShift(complaints, op, type, { start, end })) return WRONG;
  const count = countOf(complaints, right, type, spans[1], { start, end });
  if (count === undefined) return WRONG;
  const known = numberOf(count);
  if (known !== undefined && !inWidth(complaints, known, BigInt(SCALARS[type].bits), spans[1])) return WRONG;
  return result(OPERATIONS[op], type, expr, count, operands);
}

function shiftedSide(complaints: Complaints, left: Meaning, wanted: Scalar | undefined, span: Span) {
  const own = left.kind === "exact" ? literalWanted(left, wanted) : undefined;
  const landedAs = own && landed(complaints, left, own, span);
  if (own !== undefined) return landedAs && { type: own, expr: landedAs };
  return operandOf(complaints, left, span, "convert: u32(x)");
}

function literalWanted({ value, big }: Extract<Meaning, { kind: "exact" }>, wanted: Scalar | undefined): Scalar {
  const type = wanted && computed(wanted);
  return type !== undefined && (SCALARS[type].kind === "long") === big ? type : literalType(value, big);
}

/** The count of a shift, as u32 or u64. */
function countOf(complaints: Complaints, right: Meaning, type: Scalar, span: Span, whole: Span): Expr | undefined {
  const { kind, bits } = SCALARS[type];
  const wanted = kind === "long" ? "u64" : "u32";
  if (right.kind === "exact") {
    if (right.big === (kind === "long")) {
      return inWidth(complaints, right.value, BigInt(bits), span) ? constant(wanted, right.value, span) : undefined;
    }
    const hint = right.big ? `write ${right.value}` : `write ${right.value}n`;
    complaints.add("E_MIXED", whole, `${type} is shifted by a ${right.big ? "bigint" : "number"}`, hint);
    return undefined;
  }
  const count = operandOf(complaints, right, span, "convert: u32(x)");
  if (count === undefined || count.type === wanted) return count?.expr;
  const message = `${type} is shifted by ${wanted}, and this is ${count.own}`;
  complaints.add("E_MIXED", whole, message, `convert: ${wanted}(x)`);
  return undefined;
}

export function negated(complaints: Complaints, meaning: Meaning, inner: Span, { start, end }: Span): Meaning {
  if (meaning.kind === "exact") return { kind: "exact", value: -meaning.value, big: meaning.big };
  const operand = operandOf(complaints, meaning, inner, "convert: i32(x)");
  if (operand === undefined) return WRONG;
  const { type, own, expr } = operand;
  if (!SCALARS[type].signed) {
    const signed = type === "u64" ? "i64" : "i32";
    const message = `the negative of ${own}, which is unsigned`;
    complaints.add("E_NEGATIVE", { start, end }, message, `convert: -${signed}(x)`);
    return WRONG;
  }
  const known = numberOf(expr);
  if (known !== undefined) return { kind: "value", type, expr: constant(type, wrapped(type, -known), { start, end }) };
  return { kind: "value", type, expr: { kind: "negate", type, operand: expr, start, end } };
}

export function complemented(complaints: Complaints, meaning: Meaning, inner: Span, { start, end }: Span): Meaning {
  if (meaning.kind === "exact") return { kind: "exact", value: ~meaning.value, big: meaning.big, bits: true };
  const operand = operandOf(complaints, meaning, inner, "write ! before a boolean");
  if (operand === undefined) return WRONG;
  const { type, expr } = operand;
  const known = numberOf(expr);
  if (known !== undefined) return { kind: "value", type, expr: constant(type, wrapped(type, ~known), { start, end }) };
  return { kind: "value", type, expr: { kind: "complement", type, operand: expr, start, end } };
}
