/** Expressions → what they stand for. `wanted`: the type that the place wants, for literals that could have several. */
import { MAX_FRAME_OCTETS } from "../vcode/handler.js";
import { binary, complemented, negated } from "./arithmetic.js";
import type { Body } from "./body.js";
import { checkCall } from "./check-call.js";
import { choice, outcomeChoice } from "./choice.js";
import { compare } from "./comparison.js";
import { endingsInExpressions } from "./endings.js";
import { holding, mustHold, ownerOf, stillHeld } from "./holding.js";
import { both, either, type Narrowing, opposite, referencePath, TELLS_NOTHING, truth } from "./known.js";
import { SCALAR_OCTETS } from "./layout.js";
import { described, indexed, locatedOf, type Meaning, typeOf, WRONG } from "./meaning.js";
import { checkMember, presentAggregate } from "./member.js";
import { computed, literalType, widens } from "./scalar.js";
import type { Expression } from "./syntax.js";
import type { Expr, Outcome, Scalar, Span } from "./tree.js";
import { complainOfNoValue, constant, landed, numberOf, scalarOf } from "./value.js";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

export function check(body: Body, expression: Expression, wanted?: Scalar): Meaning {
  const { complaints } = body.unit;
  switch (expression.kind) {
    case "wrong":
      return WRONG;
    case "number":
      return { kind: "exact", value: expression.value, big: expression.big };
    case "one":
      return { kind: "exact", value: 1n, big: wanted === "u64" || wanted === "i64" };
    case "boolean":
      return { kind: "value", type: "bool", expr: constant("bool", expression.value ? 1n : 0n, expression) };
    case "undefined":
      return { kind: "undefined" };
    case "name":
      return checkName(body, expression);
    case "member":
      return checkMember(body, check(body, expression.object), expression);
    case "index":
      return checkIndex(body, expression);
    case "call":
      return checkCall(body, expression, wanted);
    case "unary":
      return checkUnary(body, expression, wanted);
    case "binary":
      return checkBinary(body, expression, wanted);
    case "compare":
      return checkCompare(body, expression);
    case "logical":
      return checkLogical(body, expression);
    case "conditional":
      return checkConditional(body, expression, wanted);
    case "object":
      complaints.add(
        "E_OBJECT",
        expression,
        "an object stands only as fields of a shape or as a key",
        "declare a record at the top",
      );
      return WRONG;
    case "string":
      complaints.add("E_STRING", expression, "strings are not part of the language", "compare octets with numbers");
      return WRONG;
    case "arrow":
      complaints.add(
        "E_CLOSURE",
        expression,
        "an arrow function stands only in map and fold",
        "write a function at the top",
      );
      return WRONG;
  }
}

function checkName(body: Body, expression: Of<"name">): Meaning {
  const { start, end } = expression;
  const meaning = body.lookup(expression.name, expression);
  if (meaning.kind === "builtin" && (meaning.name === "pass" || meaning.name === "consume")) {
    return { kind: "outcome", outcome: { kind: meaning.name, start, end } };
  }
  if (body.standing !== "pipe") return meaning;
  switch (meaning.kind) {
    case "exact":
    case "value":
    case "local":
    case "builtin":
    case "wrong":
      return meaning;
    default: {
      const message = `a pipe's function knows its words and constants only, and "${expression.name}" is ${described(meaning)}`;
      body.unit.complaints.add("E_PIPE", expression, message, "compute it before, or after the pipeline has run");
      return WRONG;
    }
  }
}

/** A condition and what it tells; the expression is undefined after a complaint. */
export function checkCondition(
  body: Body,
  expression: Expression,
): { readonly expr: Expr | undefined; readonly narrowing: Narrowing } {
  const { complaints } = body.unit;
  const meaning = check(body, expression);
  if (meaning.kind === "value" && meaning.type === "bool") {
    return { expr: meaning.expr, narrowing: meaning.narrowing ?? TELLS_NOTHING };
  }
  const reference = meaning.kind === "held" || meaning.kind === "entry";
  const number = meaning.kind === "exact" || meaning.kind === "octet" || meaning.kind === "outcome";
  const type = typeOf(meaning);
  if (reference || number || (type !== undefined && type !== "bool")) {
    const hint = reference ? "compare it: flow !== undefined" : "compare it: x !== 0";
    complaints.add("E_CONDITION", expression, `a condition is a boolean, and this is ${described(meaning)}`, hint);
    return {
      expr: undefined,
      narrowing: meaning.kind === "held" ? truth(referencePath(meaning.local)) : TELLS_NOTHING,
    };
  }
  return { expr: scalarOf(complaints, meaning, expression)?.expr, narrowing: TELLS_NOTHING };
}

function checkIndex(body: Body, { object, index, start, end }: Of<"index">): Meaning {
  const { complaints } = body.unit;
  const of = check(body, object);
  if (of.kind === "frame") {
    mustHold(body, of.hold, object);
    const offset = holding(body, "frame", object, () => checkOffset(body, index, MAX_FRAME_OCTETS, "the frame"));
    return offset === undefined ? WRONG : { kind: "octet", offset };
  }
  const aggregate = presentAggregate(body, of, object);
  if (aggregate === undefined) {
    if (of.kind === "wrong" || of.kind === "aggregate" || of.kind === "entry" || of.kind === "held") {
      check(body, index);
      return WRONG;
    }
    complaints.add("E_MEMBER", { start, end }, `${described(of)} has no elements`, "only arrays and the frame have");
    return WRONG;
  }
  if (aggregate.of.kind === "record") {
    complaints.add("E_MEMBER", index, "a record has no elements", "name a field of it");
    return WRONG;
  }
  const { of: inner } = aggregate;
  const owner = ownerOf(body, locatedOf(aggregate));
  const what = `an array of ${inner.count}`;
  const offset = holding(body, owner, object, () => checkOffset(body, index, inner.count, what));
  if (offset === undefined) return WRONG;
  return element(aggregate, offset, { start, end });
}

function element(
  aggregate: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>,
  index: Expr,
  { start, end }: Span,
): Meaning {
  const { of } = aggregate;
  if (of.kind === "record") return WRONG;
  const stride = of.kind === "list" ? SCALAR_OCTETS[of.of] : of.shape.octets;
  const located = indexed(locatedOf(aggregate), index, of.count, stride);
  if (of.kind === "places") return { kind: "aggregate", located, of: { kind: "record", shape: of.shape } };
  return { kind: "place", place: { type: of.of, ...located, start, end }, mask: 0n };
}

/** An index below `count`, as u32; a constant one is known to be. */
function checkOffset(body: Body, index: Expression, count: number, what: string): Expr | undefined {
  const meaning = check(body, index, "u32");
  const exact = meaning.kind === "exact" && !meaning.big ? meaning.value : undefined;
  const expr = exact !== undefined && exact < 0n ? undefined : landed(body.unit.complaints, meaning, "u32", index);
  const known = exact ?? (expr && numberOf(expr));
  if (known === undefined || (known >= 0n && known < BigInt(count))) return expr;
  body.unit.complaints.add("E_INDEX", index, `${known} is beyond ${what}`, `write 0 … ${count - 1}`);
  return undefined;
}

function checkUnary(body: Body, { op, operand, start, end }: Of<"unary">, wanted: Scalar | undefined): Meaning {
  const { complaints } = body.unit;
  if (op === "!") {
    const { expr, narrowing } = checkCondition(body, operand);
    if (expr === undefined) return WRONG;
    return { kind: "value", type: "bool", expr: negation(expr, { start, end }), narrowing: opposite(narrowing) };
  }
  const meaning = check(body, operand, wanted);
  return op === "-"
    ? negated(complaints, meaning, operand, { start, end })
    : complemented(complaints, meaning, operand, { start, end });
}

function negation(operand: Expr, { start, end }: Span): Expr {
  const known = numberOf(operand);
  if (known !== undefined) return constant("bool", 1n - known, { start, end });
  return { kind: "not", type: "bool", operand, start, end };
}

/** Both sides, in the order in which they stand, except that a choice between literals learns first what the other side is. */
function checkSides(body: Body, left: Expression, right: Expression, wanted: Scalar | undefined): [Meaning, Meaning] {
  const turned = left.kind === "conditional" && right.kind !== "conditional";
  if (turned && endingsInExpressions(body.unit, [left, right]).size === 0) {
    const second = check(body, right, wanted);
    return [check(body, left, typeOf(second) ?? wanted), second];
  }
  const first = check(body, left, wanted);
  return [first, check(body, right, typeOf(first) ?? wanted)];
}

function checkBinary(body: Body, expression: Of<"binary">, wanted: Scalar | undefined): Meaning {
  const { op, left, right, start, end } = expression;
  const [first, second] = checkSides(body, left, right, wanted);
  return binary(body.unit.complaints, op, { left: first, right: second, spans: [left, right], wanted, start, end });
}

function checkCompare(body: Body, { op, left, right, start, end }: Of<"compare">): Meaning {
  const [first, second] = checkSides(body, left, right, undefined);
  return compare(body, op, { left: first, right: second, spans: [left, right], wanted: undefined, start, end });
}

function checkLogical(body: Body, { op, left, right, start, end }: Of<"logical">): Meaning {
  const first = checkCondition(body, left);
  const known = op === "&&" ? first.narrowing.yes : first.narrowing.no;
  const second = body.knowing(known, () => checkCondition(body, right));
  if (first.expr === undefined || second.expr === undefined) return WRONG;
  const [a, b] = [first.narrowing, second.narrowing];
  const narrowing =
    op === "&&"
      ? { yes: both(a.yes, b.yes), no: either(a.no, b.no) }
      : { yes: either(a.yes, b.yes), no: both(a.no, b.no) };
  const decided = numberOf(first.expr);
  if (decided !== undefined) {
    const expr = (decided === 1n) === (op === "&&") ? second.expr : first.expr;
    return { kind: "value", type: "bool", expr, narrowing };
  }
  const kind = op === "&&" ? "and" : "or";
  const expr: Expr = { kind, type: "bool", left: first.expr, right: second.expr, start, end };
  return { kind: "value", type: "bool", expr, narrowing };
}

function checkConditional(body: Body, expression: Of<"conditional">, wanted: Scalar | undefined): Meaning {
  const { condition, chosen, otherwise, start, end } = expression;
  const { complaints } = body.unit;
  const { expr, narrowing } = checkCondition(body, condition);
  const before = body.known;
  const first = body.knowing(narrowing.yes, () => check(body, chosen, wanted));
  const behindFirst = body.known;
  body.known = before;
  const second = body.knowing(narrowing.no, () => check(body, otherwise, wanted));
  body.known = stillHeld(body.known, behindFirst);
  if (first.kind === "wrong" || second.kind === "wrong" || expr === undefined) return WRONG;
  if (first.kind === "outcome" || second.kind === "outcome") {
    const a = outcomeOf(body, first, chosen);
    const b = outcomeOf(body, second, otherwise);
    return a && b ? { kind: "outcome", outcome: outcomeChoice(expr, a, b, { start, end }) } : WRONG;
  }
  const type = choiceType(body, [first, second], [chosen, otherwise], wanted);
  if (type === undefined) return WRONG;
  const a = landed(complaints, first, type, chosen);
  const b = landed(complaints, second, type, otherwise);
  const decided = numberOf(expr);
  if (a && b && decided !== undefined) return { kind: "value", type, expr: decided === 1n ? a : b };
  return a && b ? { kind: "value", type, expr: choice(type, expr, a, b, { start, end }) } : WRONG;
}

function choiceType(
  body: Body,
  [first, second]: readonly [Meaning, Meaning],
  spans: readonly [Span, Span],
  wanted: Scalar | undefined,
): Scalar | undefined {
  const { complaints } = body.unit;
  if (first.kind === "exact" && second.kind === "exact") {
    if (wanted !== undefined && wanted !== "bool") return wanted;
    const least = first.value < second.value ? first.value : second.value;
    return literalType(least, first.big);
  }
  const a = first.kind === "exact" ? undefined : scalarOf(complaints, first, spans[0])?.type;
  const b = second.kind === "exact" ? undefined : scalarOf(complaints, second, spans[1])?.type;
  if (a === undefined || b === undefined) {
    const other = a ?? b;
    if ((a === undefined && first.kind !== "exact") || (b === undefined && second.kind !== "exact")) return undefined;
    return other && (wanted !== undefined && widens(other, wanted) ? wanted : other);
  }
  if (widens(a, b)) return b;
  return widens(b, a) ? a : (wider(a, b) ?? b);
}

/** The type of both that arithmetic would have; where there is none, the second one lacks what the first one has. */
function wider(a: Scalar, b: Scalar): Scalar | undefined {
  return [computed(a), computed(b)].find((type) => type !== undefined && widens(a, type) && widens(b, type));
}

/** An outcome; undefined after a complaint. */
export function outcomeOf(body: Body, meaning: Meaning, span: Span): Outcome | undefined {
  if (meaning.kind === "outcome") return meaning.outcome;
  const { complaints } = body.unit;
  if (isScalar(meaning) || meaning.kind === "nothing") {
    const hint = "return pass, consume or passTo(k)";
    complaints.add("E_TYPE", span, `an outcome is needed, and this is ${described(meaning)}`, hint);
  } else complainOfNoValue(complaints, meaning, span);
  return undefined;
}

function isScalar({ kind }: Meaning): boolean {
  return kind === "value" || kind === "local" || kind === "place" || kind === "exact" || kind === "octet";
}
