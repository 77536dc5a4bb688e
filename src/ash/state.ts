/** What is declared at the top by record, array, table and shape. */
import { type Call, counted } from "./arguments.js";
import type { Body } from "./body.js";
import { type Field, type Shape, shapeOf } from "./layout.js";
import { MAX_COUNT, MAX_FIELDS } from "./limits.js";
import { described, type Meaning, WRONG } from "./meaning.js";
import { isScalarName } from "./scalar.js";
import type { Declaration, Expression, FieldText } from "./syntax.js";
import type { Scalar } from "./tree.js";
import { landed, numberOf, scalarOf } from "./value.js";

export function makeState(body: Body, maker: string, call: Call, declaration: Declaration): Meaning {
  switch (maker) {
    case "shape":
      return makeShape(body, call);
    case "record":
      return makeRecord(body, call, declaration);
    case "array":
      return makeArray(body, call, declaration);
    default:
      return makeTable(body, call, declaration);
  }
}

function makeShape(body: Body, call: Call): Meaning {
  const [fields] = call.args;
  if (!counted(body, call, 1) || fields === undefined) return WRONG;
  const shape = readFields(body, fields);
  return shape ? { kind: "shape", shape } : WRONG;
}

function makeRecord(body: Body, call: Call, { name }: Declaration): Meaning {
  const [fields] = call.args;
  if (!counted(body, call, 1) || fields === undefined) return WRONG;
  const shape = fields.kind === "object" ? readFields(body, fields) : readShape(body, fields);
  if (shape === undefined) return WRONG;
  const { offset } = body.unit.addItem(name.name, { kind: "record", shape }, name);
  return { kind: "aggregate", located: { base: { kind: "state", offset }, steps: [] }, of: { kind: "record", shape } };
}

function makeArray(body: Body, call: Call, { name }: Declaration): Meaning {
  const [of, length] = call.args;
  if (!counted(body, call, 2) || of === undefined || length === undefined) return WRONG;
  const element = elementOf(body, of);
  const count = readCount(body, length, "a length");
  if (element === undefined || count === undefined) return WRONG;
  const located = (offset: number) => ({ base: { kind: "state", offset }, steps: [] }) as const;
  if (typeof element === "string") {
    const { offset } = body.unit.addItem(name.name, { kind: "array", of: element, count }, name);
    return { kind: "aggregate", located: located(offset), of: { kind: "list", of: element, count } };
  }
  const { offset } = body.unit.addItem(name.name, { kind: "places", shape: element, count }, name);
  return { kind: "aggregate", located: located(offset), of: { kind: "places", shape: element, count } };
}

function elementOf(body: Body, of: Expression): Scalar | Shape | undefined {
  if (of.kind !== "name") return readShape(body, of);
  const meaning = body.lookup(of.name, of);
  if (meaning.kind === "builtin" && isScalarName(meaning.name)) return meaning.name;
  return shapeIn(body, meaning, of);
}

function makeTable(body: Body, call: Call, { name }: Declaration): Meaning {
  const [key, value, capacity] = call.args;
  if (!counted(body, call, 3) || key === undefined || value === undefined || capacity === undefined) return WRONG;
  const keys = readKey(body, key);
  const shape = readShape(body, value);
  const count = readCount(body, capacity, "a capacity");
  if (keys === undefined || shape === undefined || count === undefined) return WRONG;
  const item = body.unit.addItem(name.name, { kind: "table", key: keys.shape, value: shape, capacity: count }, name);
  if (item.kind !== "table") return WRONG;
  return { kind: "table", item: body.unit.items.length - 1, table: item, scalar: keys.scalar };
}

function readKey(body: Body, key: Expression): { readonly shape: Shape; readonly scalar: boolean } | undefined {
  const meaning = key.kind === "name" ? body.lookup(key.name, key) : undefined;
  if (meaning?.kind === "wrong") return undefined;
  if (meaning?.kind === "builtin" && isScalarName(meaning.name)) {
    return { shape: shapeOf([{ name: "key", type: meaning.name, count: undefined }]), scalar: true };
  }
  const isShape = meaning?.kind === "shape" || shapeCall(body, key) !== undefined;
  const { complaints } = body.unit;
  if (!isShape) {
    const message = "a table's key is a scalar or a shape of scalars";
    complaints.add("E_KEY", key, message, "write u32, or shape({ source: u32, … })");
    return undefined;
  }
  const shape = readShape(body, key);
  const list = shape?.fields.find(({ count }) => count !== undefined);
  if (list !== undefined) {
    complaints.add(
      "E_KEY",
      key,
      `the key's field "${list.name}" is an array`,
      "make it scalars: u64, u64 for 16 octets",
    );
    return undefined;
  }
  return shape && { shape, scalar: false };
}

/** The call of shape that an expression is. */
function shapeCall(body: Body, expression: Expression): Call | undefined {
  if (expression.kind !== "call" || expression.callee.kind !== "name") return undefined;
  const callee = body.lookup(expression.callee.name, expression.callee);
  return callee.kind === "builtin" && callee.name === "shape" ? expression : undefined;
}

/** A shape by name, or by a call of shape; undefined after a complaint. */
function readShape(body: Body, expression: Expression): Shape | undefined {
  if (expression.kind === "wrong") return undefined;
  if (expression.kind === "name") return shapeIn(body, body.lookup(expression.name, expression), expression);
  const call = shapeCall(body, expression);
  if (call !== undefined) {
    const meaning = makeShape(body, call);
    return meaning.kind === "shape" ? meaning.shape : undefined;
  }
  const hint = expression.kind === "object" ? "write shape({ … })" : "const Flow = shape({ packets: u64 });";
  body.unit.complaints.add("E_SHAPE", expression, "a shape is needed here", hint);
  return undefined;
}

function shapeIn(body: Body, meaning: Meaning, expression: Expression): Shape | undefined {
  if (meaning.kind === "shape") return meaning.shape;
  if (meaning.kind === "builtin" && isScalarName(meaning.name)) {
    const hint = `wrap it in a shape: shape({ n: ${meaning.name} })`;
    body.unit.complaints.add("E_SHAPE", expression, `a shape is needed, and ${meaning.name} is a scalar`, hint);
  } else if (meaning.kind !== "wrong") {
    const hint = "const Flow = shape({ packets: u64 });";
    body.unit.complaints.add("E_SHAPE", expression, `a shape is needed, and this is ${described(meaning)}`, hint);
  }
  return undefined;
}

function readFields(body: Body, expression: Expression): Shape | undefined {
  const { complaints } = body.unit;
  if (expression.kind === "wrong") return undefined;
  if (expression.kind !== "object") {
    if (expression.kind === "name" && body.lookup(expression.name, expression).kind === "wrong") return undefined;
    complaints.add("E_SHAPE", expression, "fields are needed here", "write { packets: u64, … }");
    return undefined;
  }
  if (expression.fields.length === 0) {
    complaints.add("E_SHAPE", expression, "a shape has at least one field", "write { packets: u64 }");
    return undefined;
  }
  if (expression.fields.length > MAX_FIELDS) {
    complaints.add("E_TOO_MANY", expression, `a shape has at most ${MAX_FIELDS} fields`, "make an array of some");
    return undefined;
  }
  const seen = new Set<string>();
  for (const { name } of expression.fields) {
    if (seen.has(name.name))
      complaints.add("E_NAME_TWICE", name, `there is a field "${name.name}" already`, "choose another name");
    seen.add(name.name);
  }
  const fields = expression.fields.map((field) => readField(body, field));
  const whole = fields.filter((field) => field !== undefined);
  return whole.length === fields.length && seen.size === fields.length ? shapeOf(whole) : undefined;
}

function readField(body: Body, { name, value }: FieldText): Omit<Field, "offset"> | undefined {
  const { complaints } = body.unit;
  if (value.kind === "wrong") return undefined;
  if (value.kind === "name") {
    const meaning = body.lookup(value.name, value);
    if (meaning.kind === "builtin" && isScalarName(meaning.name)) {
      return { name: name.name, type: meaning.name, count: undefined };
    }
    if (meaning.kind === "wrong") return undefined;
  }
  const list = arrayField(body, value);
  if (list === "wrong") return undefined;
  if (list !== undefined) return { name: name.name, ...list };
  const hint = "write one of i8 … u64, bool, or array(u8, 6)";
  complaints.add("E_SHAPE", value, `the field "${name.name}" is no scalar and no array of scalars`, hint);
  return undefined;
}

function arrayField(
  body: Body,
  value: Expression,
): { readonly type: Scalar; readonly count: number } | "wrong" | undefined {
  if (value.kind !== "call" || value.callee.kind !== "name") return undefined;
  const callee = body.lookup(value.callee.name, value.callee);
  if (callee.kind === "wrong") return "wrong";
  if (callee.kind !== "builtin" || callee.name !== "array") return undefined;
  const [of, length] = value.args;
  if (!counted(body, value, 2) || of === undefined || length === undefined) return "wrong";
  const meaning = of.kind === "name" ? body.lookup(of.name, of) : undefined;
  const count = readCount(body, length, "a length");
  if (meaning?.kind === "wrong" || of.kind === "wrong") return "wrong";
  if (meaning?.kind !== "builtin" || !isScalarName(meaning.name)) {
    body.unit.complaints.add("E_SHAPE", of, "an array in a shape is of scalars", "write array(u8, 6)");
    return "wrong";
  }
  return count === undefined ? "wrong" : { type: meaning.name, count };
}

/** A length or a capacity; undefined after a complaint. */
function readCount(body: Body, expression: Expression, what: string): number | undefined {
  const { complaints } = body.unit;
  const meaning = body.check(expression, "u32");
  if (meaning.kind === "wrong") return undefined;
  if (meaning.kind === "exact" && !meaning.big) return countIn(body, meaning.value, expression, what);
  const value =
    meaning.kind === "exact"
      ? landed(complaints, meaning, "u32", expression)
      : scalarOf(complaints, meaning, expression)?.expr;
  if (value === undefined) return undefined;
  const known = numberOf(value);
  if (known !== undefined && landed(complaints, meaning, "u32", expression) === undefined) return undefined;
  if (known !== undefined) return countIn(body, known, expression, what);
  complaints.add("E_CAPACITY", expression, `${what} is a constant`, "write a number");
  return undefined;
}

function countIn(body: Body, value: bigint, expression: Expression, what: string): number | undefined {
  if (value >= 1n && value <= MAX_COUNT) return Number(value);
  body.unit.complaints.add(
    "E_CAPACITY",
    expression,
    `${what} is 1 to ${MAX_COUNT}, and this is ${value}`,
    "write a number in between",
  );
  return undefined;
}
