/** From what an expression stands for to a value of a type: literals land, narrow ones become wide, the rest is told what it lacks. */
import type { Complaints } from "./complaints.js";
import { described, type Meaning } from "./meaning.js";
import { type Computed, computed, holds, literalType, SCALARS, widens, wrapped } from "./scalar.js";
import type { Expr, Scalar, Span } from "./tree.js";

export interface Value {
  readonly expr: Expr;
  readonly type: Scalar;
}

/** A constant of a type that holds it. */
export function constant(type: Scalar, value: bigint, { start, end }: Span): Expr {
  return { kind: "constant", type, value: SCALARS[type].kind === "long" ? value : Number(value), start, end };
}

/** The number that an expression is known to be. */
export function numberOf(expr: Expr): bigint | undefined {
  return expr.kind === "constant" ? BigInt(expr.value) : undefined;
}

/** The low bits of a value, as a type has them. */
export function converted(expr: Expr, type: Scalar, { start, end }: Span): Expr {
  if (expr.type === type) return expr;
  const known = numberOf(expr);
  if (known !== undefined) return constant(type, wrapped(type, known), { start, end });
  return { kind: "convert", type, operand: expr, start, end };
}

/** The value that a meaning is, of a type of its own; undefined, after a complaint, where it is none. */
export function scalarOf(complaints: Complaints, meaning: Meaning, span: Span): Value | undefined {
  const { start, end } = span;
  switch (meaning.kind) {
    case "value":
      return meaning;
    case "exact":
      return literal(complaints, meaning.value, literalType(meaning.value, meaning.big), span);
    case "local":
      return { expr: { kind: "local", type: meaning.type, local: meaning.local, start, end }, type: meaning.type };
    case "place": {
      const { type } = meaning.place;
      const load: Expr = { kind: "load", type, place: meaning.place, start, end };
      return { expr: masked(load, meaning.mask, span), type };
    }
    case "octet": {
      const { offset } = meaning;
      return { expr: { kind: "octets-load", type: "u8", octets: { kind: "frame" }, offset, start, end }, type: "u8" };
    }
    default:
      complainOfNoValue(complaints, meaning, span);
      return undefined;
  }
}

/** A number as arithmetic computes with it; `own` is the type that it has by itself. */
export interface Operand {
  readonly expr: Expr;
  readonly type: Computed;
  readonly own: Scalar;
}

/** Undefined after a complaint, with the hint where it is a boolean. */
export function operandOf(complaints: Complaints, meaning: Meaning, span: Span, hint: string): Operand | undefined {
  const value = scalarOf(complaints, meaning, span);
  if (value === undefined) return undefined;
  const type = computed(value.type);
  if (type !== undefined) return { expr: converted(value.expr, type, span), type, own: value.type };
  complaints.add("E_TYPE", span, "a number is needed, and this is bool", hint);
  return undefined;
}

/** A word exclusive-or what an xor pipe begins with. */
export function masked(expr: Expr, mask: bigint, { start, end }: Span): Expr {
  if (mask === 0n) return expr;
  const right = constant("u32", mask, { start, end });
  return { kind: "arithmetic", type: "u32", op: "xor", left: expr, right, start, end };
}

/** Complains of what is no scalar. */
export function complainOfNoValue(complaints: Complaints, meaning: Meaning, span: Span): void {
  const what = described(meaning);
  switch (meaning.kind) {
    case "wrong":
    case "later":
      return;
    case "undefined":
      return complaints.add(
        "E_NULL",
        span,
        "undefined stands only in comparisons",
        "flow === undefined, of what find gives",
      );
    case "function":
    case "method":
    case "builtin":
      return complaints.add(
        "E_CALL",
        span,
        `"${complaints.quote(span)}" is a function, and is not called`,
        "write ( ) behind it",
      );
    case "outcome":
      return complaints.add("E_TYPE", span, "an outcome is returned, and is no value", "return it");
    case "nothing":
    case "type":
    case "shape":
      return complaints.add("E_TYPE", span, `${what} is no value`, "a number or a boolean is needed here");
    default:
      return complaints.add(
        "E_REFERENCE",
        span,
        `${what} stands where a value is needed`,
        "name a field of it, or an element",
      );
  }
}

function literal(complaints: Complaints, value: bigint, type: Scalar, span: Span): Value | undefined {
  if (holds(type, value)) return { expr: constant(type, value, span), type };
  const { least, most } = SCALARS[type];
  complaints.add(
    "E_LITERAL",
    span,
    `${value} does not fit ${type}: ${least} … ${most}`,
    `write a number that does, or ${type}(…) for its low bits`,
  );
  return undefined;
}

/** A value of the type, which the meaning has or becomes by itself; undefined after a complaint. */
export function landed(complaints: Complaints, meaning: Meaning, type: Scalar, span: Span): Expr | undefined {
  if (meaning.kind === "exact") {
    const { kind } = SCALARS[type];
    if (kind !== (meaning.big ? "long" : "word")) {
      complaints.add(
        "E_TYPE",
        span,
        `${type} is needed, and this is a ${meaning.big ? "bigint" : "number"}`,
        exactHint(meaning, type),
      );
      return undefined;
    }
    const bits = meaning.bits === true && (type === "u32" || type === "u64");
    return literal(complaints, bits ? asBits(type, meaning.value) : meaning.value, type, span)?.expr;
  }
  const value = scalarOf(complaints, meaning, span);
  if (value === undefined) return undefined;
  if (widens(value.type, type)) return converted(value.expr, type, span);
  const variable = meaning.kind === "local" && meaning.variable === true;
  complainOfLanding(complaints, value.type, type, span, variable);
  return undefined;
}

/** The low bits of what is negative only for ~; what has more bits than the type stays as it is. */
function asBits(type: Scalar, value: bigint): bigint {
  return value < 0n && value >= -SCALARS[type].most - 1n ? wrapped(type, value) : value;
}

function exactHint({ value, big }: Extract<Meaning, { kind: "exact" }>, type: Scalar): string {
  if (type === "bool") return value === 0n ? "write false" : "write true";
  return big ? `write ${value}` : `write ${value}n`;
}

/** `variable`: it is a let, whose type could be another one. */
function complainOfLanding(complaints: Complaints, from: Scalar, to: Scalar, span: Span, variable: boolean): void {
  const a = SCALARS[from];
  const b = SCALARS[to];
  const message = `${to} is needed, and this is ${from}`;
  const hint = `convert: ${to}(${complaints.quote(span)})`;
  if (a.kind !== b.kind) return complaints.add("E_TYPE", span, message, to === "bool" ? "compare it: x !== 0" : hint);
  if (a.bits <= b.bits) return complaints.add("E_MIXED", span, message, hint);
  const declared = `, or declare it as one: let ${complaints.quote(span)}: ${to} = 0`;
  complaints.add("E_NARROW", span, message, variable ? `${hint}${declared}` : hint);
}

/** What two meanings are in an operation of both: of one type, u32, i32, u64 or i64. Undefined after a complaint. */
export function paired(
  complaints: Complaints,
  left: Meaning,
  right: Meaning,
  spans: readonly [Span, Span],
  whole: Span,
): { readonly type: Computed; readonly left: Expr; readonly right: Expr } | undefined {
  const a = left.kind === "exact" ? undefined : scalarOf(complaints, left, spans[0]);
  const b = right.kind === "exact" ? undefined : scalarOf(complaints, right, spans[1]);
  if ((a === undefined && left.kind !== "exact") || (b === undefined && right.kind !== "exact")) return undefined;
  const type = pairedType(complaints, left, right, [a, b], spans, whole);
  if (type === undefined) return undefined;
  const first = a === undefined ? landed(complaints, left, type, spans[0]) : converted(a.expr, type, spans[0]);
  const second = b === undefined ? landed(complaints, right, type, spans[1]) : converted(b.expr, type, spans[1]);
  return first && second && { type, left: first, right: second };
}

function pairedType(
  complaints: Complaints,
  left: Meaning,
  right: Meaning,
  values: readonly [Value | undefined, Value | undefined],
  spans: readonly [Span, Span],
  whole: Span,
): Computed | undefined {
  for (const side of [0, 1] as const) {
    const value = values[side];
    if (value?.type !== "bool") continue;
    complaints.add("E_TYPE", spans[side], "a number is needed, and this is bool", "convert: u32(x)");
    return undefined;
  }
  const [a, b] = values;
  const type =
    a && b
      ? common(a.type, b.type)
      : a
        ? withLiteral(a.type, right)
        : b
          ? withLiteral(b.type, left)
          : literals(left, right);
  if (type === undefined) {
    const names = [named(left, a), named(right, b)];
    complaints.add("E_MIXED", whole, `${names[0]} and ${names[1]} do not mix`, mixedHint(left, right, values));
  }
  return type;
}

function common(a: Scalar, b: Scalar): Computed | undefined {
  const [first, second] = [computed(a), computed(b)];
  if (first === undefined || second === undefined) return undefined;
  if (first === second || widens(b, first)) return first;
  return widens(a, second) ? second : undefined;
}

/** A literal is taken for signed where it is negative, and the other one can be. */
function withLiteral(type: Scalar, other: Meaning): Computed | undefined {
  if (other.kind !== "exact" || (SCALARS[type].kind === "long") !== other.big) return undefined;
  const own = computed(type);
  return other.value < 0n && other.bits !== true && own === "u32" && widens(type, "i32") ? "i32" : own;
}

function literals(left: Meaning, right: Meaning): Computed | undefined {
  if (left.kind !== "exact" || right.kind !== "exact" || left.big !== right.big) return undefined;
  return literalType(left.value < right.value ? left.value : right.value, left.big);
}

function named(meaning: Meaning, value: Value | undefined): string {
  if (value !== undefined) return value.type;
  return meaning.kind === "exact" && meaning.big ? "a bigint" : "a number";
}

function mixedHint(left: Meaning, right: Meaning, values: readonly [Value | undefined, Value | undefined]): string {
  const exact = left.kind === "exact" ? left : right.kind === "exact" ? right : undefined;
  const type = (values[0] ?? values[1])?.type ?? "u32";
  if (exact !== undefined && (left.kind !== "exact" || right.kind !== "exact")) return exactHint(exact, type);
  return `convert one of them: ${type}(x)`;
}
