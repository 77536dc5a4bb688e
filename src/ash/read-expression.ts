/** Expressions of acorn's tree → expressions of the language. */
import { childOf, childrenOf, isSet, literalOf, type Node, needed, textOf } from "./node.js";
import { type Reader, readBinding, readType } from "./reader.js";
import { REFUSED_OPERATORS } from "./refused.js";
import {
  BINARY_OPERATORS,
  type BinaryOperator,
  COMPARISONS,
  type ComparisonOperator,
  type Expression,
  type FieldText,
  type Parameter,
} from "./syntax.js";

export function readExpression(reader: Reader, node: Node): Expression {
  if (isStray(node)) {
    reader.complaints.add("E_SYNTAX", node, `"${reader.complaints.quote(node)}" is no expression`);
    return wrong(node);
  }
  return reader.within(node, () => READERS[node.type]?.(reader, node) ?? refused(reader, node)) ?? wrong(node);
}

/** What the parser took for a parameter, as in f(x?) and f(x: u32), and left so where it was none. */
function isStray(node: Node): boolean {
  const chained = node.type === "CallExpression" || node.type === "MemberExpression" || node.type === "ChainExpression";
  if (isSet(node, "optional") && !chained) return true;
  return node.type === "TSTypeCastExpression" || (node.type === "Identifier" && isSet(node, "typeAnnotation"));
}

type ExpressionReader = (reader: Reader, node: Node) => Expression;

const READERS: Readonly<Record<string, ExpressionReader>> = {
  Identifier: readName,
  Literal: readLiteral,
  MemberExpression: readMember,
  CallExpression: readCall,
  UnaryExpression: readUnary,
  BinaryExpression: readBinary,
  LogicalExpression: readLogical,
  ConditionalExpression: readConditional,
  ObjectExpression: readObject,
  ArrowFunctionExpression: refuseArrow,
  TSNonNullExpression: readNonNull,
};

export function wrong({ start, end }: Node): Expression {
  return { kind: "wrong", start, end };
}

function refused(reader: Reader, node: Node): Expression {
  reader.refuseNode(node);
  return wrong(node);
}

function readName(_reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const name = textOf(node, "name") ?? "";
  return name === "undefined" ? { kind: "undefined", start, end } : { kind: "name", name, start, end };
}

function readLiteral(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const value = literalOf(node);
  if (typeof value === "boolean") return { kind: "boolean", value, start, end };
  if (typeof value === "bigint") return { kind: "number", value, big: true, start, end };
  if (typeof value === "string") return { kind: "string", value, start, end };
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return { kind: "number", value: BigInt(value), big: false, start, end };
    complainOfNumber(reader, node, value);
  } else if (value === null && !isSet(node, "regex")) {
    reader.complaints.add(
      "E_NULL",
      node,
      "null is not part of the language",
      "write 0, or compare what find gives with undefined",
    );
  } else {
    reader.refuse(node, { code: "E_STRING", what: "a regular expression", hint: "compare octets with numbers" });
  }
  return wrong(node);
}

function complainOfNumber({ complaints }: Reader, node: Node, value: number): void {
  const text = complaints.quote(node);
  if (!Number.isInteger(value)) {
    const [below, above] = [Math.floor(value), Math.ceil(value)];
    const nearest = Number.isSafeInteger(above) ? `numbers are whole: write ${below} or ${above}` : "numbers are whole";
    return complaints.add("E_LITERAL", node, `${text} is not whole`, nearest);
  }
  const digits = /^[\d_]+$|^0[xob][\da-f_]+$/i.test(text);
  const hint = digits ? `write ${text}n, which has 64 bits` : "write all its digits, and n behind them: it has 64 bits";
  complaints.add("E_LITERAL", node, `${text} is beyond what a number tells exactly`, hint);
}

function readMember(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const property = needed(node, "property");
  const object = readExpression(reader, needed(node, "object"));
  if (isSet(node, "computed")) return { kind: "index", object, index: readExpression(reader, property), start, end };
  if (property.type !== "Identifier") return refused(reader, property);
  const name = { name: textOf(property, "name") ?? "", start: property.start, end: property.end };
  return { kind: "member", object, name, start, end };
}

/** `!` behind an index says nothing, and may be there for those whose TypeScript suspects every index. */
function readNonNull(reader: Reader, node: Node): Expression {
  const inner = needed(node, "expression");
  if (inner.type === "MemberExpression" && isSet(inner, "computed")) return readExpression(reader, inner);
  reader.refuse(node, {
    code: "E_ASSERTION",
    what: "! but after an index",
    hint: "compare with undefined first: if (flow !== undefined) { … }",
  });
  return wrong(node);
}

function readCall(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const generic = childOf(node, "typeArguments") ?? childOf(node, "typeParameters");
  if (generic !== undefined)
    reader.refuse(generic, { code: "E_GENERIC", what: "a type argument", hint: "leave it out" });
  const callee = readExpression(reader, needed(node, "callee"));
  const given = childrenOf(node, "arguments");
  const piped = callee.kind === "name";
  const args = given.map((arg) => (isArrow(arg) ? readArrow(reader, arg, piped) : readExpression(reader, arg)));
  if (given.some(({ type }) => type === "SpreadElement")) return wrong(node);
  return { kind: "call", callee, args, start, end };
}

function readUnary(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const op = textOf(node, "operator");
  if (op === "-" || op === "~" || op === "!") {
    const operand = reader.nested(node, () => readExpression(reader, needed(node, "argument")));
    return operand ? { kind: "unary", op, operand, start, end } : wrong(node);
  }
  return refusedOperator(reader, node, op ?? "");
}

function refusedOperator(reader: Reader, node: Node, op: string): Expression {
  const refusal = REFUSED_OPERATORS.get(op);
  if (refusal === undefined) return refused(reader, node);
  reader.refuse(node, refusal);
  return wrong(node);
}

export function isBinaryOperator(op: string): op is BinaryOperator {
  return BINARY_OPERATORS.some((known) => known === op);
}

function isComparison(op: string): op is ComparisonOperator {
  return COMPARISONS.some((known) => known === op);
}

function readBinary(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const op = textOf(node, "operator") ?? "";
  if (!isBinaryOperator(op) && !isComparison(op)) return refusedOperator(reader, node, op);
  const left = readExpression(reader, needed(node, "left"));
  const right = readExpression(reader, needed(node, "right"));
  return isBinaryOperator(op)
    ? { kind: "binary", op, left, right, start, end }
    : { kind: "compare", op, left, right, start, end };
}

function readLogical(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const op = textOf(node, "operator") ?? "";
  if (op !== "&&" && op !== "||") return refusedOperator(reader, node, op);
  const left = readExpression(reader, needed(node, "left"));
  return { kind: "logical", op, left, right: readExpression(reader, needed(node, "right")), start, end };
}

function readConditional(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const condition = readExpression(reader, needed(node, "test"));
  const chosen = readExpression(reader, needed(node, "consequent"));
  const otherwise = readExpression(reader, needed(node, "alternate"));
  return { kind: "conditional", condition, chosen, otherwise, start, end };
}

function readObject(reader: Reader, node: Node): Expression {
  const { start, end } = node;
  const fields = childrenOf(node, "properties").map((property) => readField(reader, property));
  const whole = fields.filter((field) => field !== undefined);
  return whole.length === fields.length ? { kind: "object", fields: whole, start, end } : wrong(node);
}

function readField(reader: Reader, property: Node): FieldText | undefined {
  if (property.type !== "Property") return void reader.refuseNode(property);
  const key = needed(property, "key");
  const plain = key.type === "Identifier" && textOf(property, "kind") === "init";
  if (!plain || isSet(property, "computed") || isSet(property, "method")) {
    const hint = "write { name: u32, … }";
    const code = isSet(property, "method") || textOf(property, "kind") !== "init" ? "E_CLOSURE" : "E_OBJECT";
    return void reader.complaints.add(code, property, "a field has a name and a value, nothing else", hint);
  }
  const name = { name: textOf(key, "name") ?? "", start: key.start, end: key.end };
  return { name, value: readExpression(reader, needed(property, "value")) };
}

function isArrow({ type }: Node): boolean {
  return type === "ArrowFunctionExpression";
}

function refuseArrow(reader: Reader, node: Node): Expression {
  if (isSet(node, "async")) return readArrow(reader, node, true);
  const hint = "write a function at the top";
  reader.complaints.add("E_CLOSURE", node, "an arrow function stands only in map and fold", hint);
  return wrong(node);
}

/** As what map and fold are given. `piped`: it may be that; else whoever it is given to is complained of, or it is itself, by the checker. */
function readArrow(reader: Reader, node: Node, piped: boolean): Expression {
  const { start, end } = node;
  const body = needed(node, "body");
  if (isSet(node, "async")) {
    reader.refuse(node, { code: "E_ASYNC", what: "async", hint: "a handler runs to its end at once" });
    return wrong(node);
  }
  if (!piped) return { kind: "arrow", parameters: [], body: wrong(body), start, end };
  if (body.type === "BlockStatement") {
    reader.complaints.add(
      "E_CLOSURE",
      node,
      "a function with a body stands only at the top",
      "a pipe's function is one expression: (word) => word ^ 1",
    );
    return wrong(node);
  }
  const generic = childOf(node, "typeParameters");
  if (generic !== undefined) {
    reader.refuse(generic, { code: "E_GENERIC", what: "a type parameter", hint: "a pipe's function has none" });
    return wrong(node);
  }
  const parameters = childrenOf(node, "params").map((parameter) => readParameter(reader, parameter));
  const whole = parameters.filter((parameter) => parameter !== undefined);
  if (whole.length < parameters.length) return wrong(node);
  return { kind: "arrow", parameters: whole, body: readExpression(reader, body), start, end };
}

/** A parameter: a name and its type; undefined where something else was there. */
export function readParameter(reader: Reader, node: Node): Parameter | undefined {
  if (node.type === "RestElement" || node.type === "AssignmentPattern" || isSet(node, "optional")) {
    const what = node.type === "RestElement" ? "a rest parameter" : "an optional or default parameter";
    reader.refuse(node, {
      code: "E_PARAMETER",
      what,
      hint: "write each parameter as name: u32, and give it at each call",
    });
    return undefined;
  }
  if (node.type === "TSParameterProperty") return void reader.refuseNode(node);
  const name = readBinding(reader, node);
  return name && { name, type: readType(reader, node, "typeAnnotation") };
}
