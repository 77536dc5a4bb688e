/** Members: fields of places, of the message and of the frame, and methods, which stand for themselves until they are called. */
import type { Body } from "./body.js";
import { mustHold } from "./holding.js";
import { complainedPath, knowing, referencePath } from "./known.js";
import { described, locatedOf, type Meaning, moved, WRONG } from "./meaning.js";
import type { Expression } from "./syntax.js";
import type { Expr, Scalar, Span } from "./tree.js";
import { constant } from "./value.js";

type MemberExpression = Extract<Expression, { kind: "member" }>;
type MessageField = Extract<Expr, { kind: "message" }>["field"];

const MESSAGE_FIELDS: ReadonlyMap<string, { readonly field: MessageField; readonly type: Scalar }> = new Map([
  ["length", { field: "length", type: "u32" }],
  ["wire", { field: "wire", type: "u32" }],
  ["time", { field: "time", type: "u64" }],
  ["port", { field: "port", type: "u32" }],
  ["link", { field: "link", type: "u32" }],
  ["number", { field: "number", type: "u32" }],
]);

const MESSAGE_METHODS = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "vector"] as const;
const OCTETS_METHODS = ["u16", "u32", "u64", "setU16", "setU32", "setU64"] as const;
const FRAME_METHODS = [...OCTETS_METHODS, "swap", "copy", "resize", "send"] as const;
const TABLE_METHODS = ["find", "enter", "delete"] as const;
const PIPELINE_METHODS = ["run", "read"] as const;

export function checkMember(body: Body, of: Meaning, expression: MemberExpression): Meaning {
  switch (of.kind) {
    case "wrong":
      return WRONG;
    case "message":
      return messageMember(body, expression);
    case "frame":
      mustHold(body, of.hold, expression.object);
      return frameMember(body, of, expression);
    case "table":
      return tableMember(body, of, expression);
    case "pipe":
      return pipeMember(body, of.pipe, expression);
    case "pipeline":
      return method(body, of, expression, PIPELINE_METHODS);
    case "aggregate":
    case "entry":
    case "held":
      return placeMember(body, of, expression);
    case "new-frame":
      body.unit.complaints.add(
        "E_REFERENCE",
        expression.object,
        "a frame that no name holds",
        "const out = reply(message);",
      );
      return WRONG;
    default:
      return missing(body, of, expression, []);
  }
}

function missing(body: Body, of: Meaning, { name }: MemberExpression, there: readonly string[]): Meaning {
  const hint = there.length > 0 ? `it has ${there.join(", ")}` : undefined;
  body.unit.complaints.add("E_MEMBER", name, `${described(of)} has no "${name.name}"`, hint);
  return WRONG;
}

function method(
  body: Body,
  of: Meaning,
  expression: MemberExpression,
  there: readonly string[],
  fields: readonly string[] = [],
): Meaning {
  const { name } = expression.name;
  return there.includes(name) ? { kind: "method", of, name } : missing(body, of, expression, [...fields, ...there]);
}

function messageMember(body: Body, expression: MemberExpression): Meaning {
  const { start, end, name } = expression;
  const found = MESSAGE_FIELDS.get(name.name);
  if (found === undefined)
    return method(body, { kind: "message" }, expression, MESSAGE_METHODS, [...MESSAGE_FIELDS.keys()]);
  const { field, type } = found;
  return { kind: "value", type, expr: { kind: "message", type, field, start, end } };
}

function frameMember(body: Body, of: Meaning, expression: MemberExpression): Meaning {
  const { start, end, name } = expression;
  if (name.name !== "length") return method(body, of, expression, FRAME_METHODS, ["length"]);
  return {
    kind: "value",
    type: "u32",
    expr: { kind: "octets-length", type: "u32", octets: { kind: "frame" }, start, end },
  };
}

function tableMember(body: Body, of: Extract<Meaning, { kind: "table" }>, expression: MemberExpression): Meaning {
  const { start, end, name } = expression;
  if (name.name === "size") {
    return { kind: "value", type: "u32", expr: { kind: "table-size", type: "u32", table: of.item, start, end } };
  }
  if (name.name === "capacity") return wholeNumber(of.table.capacity, expression);
  return method(body, of, expression, TABLE_METHODS, ["size", "capacity"]);
}

function wholeNumber(value: number, span: Span): Meaning {
  return { kind: "value", type: "u32", expr: constant("u32", BigInt(value), span) };
}

function pipeMember(body: Body, pipe: number, expression: MemberExpression): Meaning {
  const draft = body.unit.pipes[pipe];
  const state = draft?.state;
  if (draft === undefined || state?.member !== expression.name.name) {
    return missing(body, { kind: "pipe", pipe }, expression, state ? [state.member] : []);
  }
  const { start, end } = expression;
  const place = { type: state.of, base: { kind: "state", offset: draft.offset }, steps: [], start, end } as const;
  return { kind: "place", place, mask: state.mask };
}

function placeMember(
  body: Body,
  of: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>,
  expression: MemberExpression,
): Meaning {
  const present = presentAggregate(body, of, expression.object);
  if (present === undefined) return WRONG;
  const { of: inner } = present;
  const { start, end, name } = expression;
  if (inner.kind === "record") {
    const field = inner.shape.fields.find((one) => one.name === name.name);
    if (field === undefined) {
      return missing(
        body,
        of,
        expression,
        inner.shape.fields.map((one) => one.name),
      );
    }
    const located = moved(locatedOf(present), field.offset);
    if (field.count !== undefined) {
      return { kind: "aggregate", located, of: { kind: "list", of: field.type, count: field.count } };
    }
    return { kind: "place", place: { type: field.type, ...located, start, end }, mask: 0n };
  }
  if (name.name === "length") return wholeNumber(inner.count, expression);
  const octets = inner.kind === "list" && inner.of === "u8";
  return method(body, present, expression, octets ? OCTETS_METHODS : [], ["length"]);
}

function isThere({ known }: Body, local: number): boolean {
  return known.get(referencePath(local)) === 1n || known.has(complainedPath(local));
}

/** A place that is there: of what may be undefined, complains unless it is known not to be, or somebody complained already. */
export function presentAggregate(
  body: Body,
  of: Meaning,
  span: Span,
): Extract<Meaning, { kind: "aggregate" | "entry" | "held" }> | undefined {
  if (of.kind === "aggregate") return of;
  if (of.kind !== "entry" && of.kind !== "held") return undefined;
  if (!of.maybe || (of.kind === "held" && isThere(body, of.local))) {
    if (of.kind === "held") mustHold(body, body.holding.get(of.local), span);
    return of;
  }
  const quoted = body.unit.complaints.quote(span);
  const hint =
    of.kind === "held" ? `if (${quoted} !== undefined) { … }` : "hold it by a const, and compare that with undefined";
  if (of.kind === "held") body.known = knowing(body.known, complainedPath(of.local), 1n);
  body.unit.complaints.add("E_UNDEFINED", span, `"${quoted}" may be undefined here`, hint);
  return undefined;
}
