/** Statements and functions of acorn's tree → those of the language. */
import { childOf, childrenOf, isSet, type Node, needed, textOf } from "./node.js";
import { isBinaryOperator, readExpression, readParameter, wrong } from "./read-expression.js";
import { type Reader, readBinding, readType } from "./reader.js";
import { REFUSED_OPERATORS } from "./refused.js";
import type { Declaration, FunctionText, Name, Statement } from "./syntax.js";

type StatementReader = (reader: Reader, node: Node) => readonly Statement[];

const READERS: Readonly<Record<string, StatementReader>> = {
  VariableDeclaration: readVariables,
  ExpressionStatement: (reader, node) => [readEffect(reader, needed(node, "expression"), node)],
  BlockStatement: readBlock,
  IfStatement: readIf,
  ForStatement: readFor,
  WhileStatement: readWhile,
  DoWhileStatement: readWhile,
  SwitchStatement: readSwitch,
  BreakStatement: readJump,
  ContinueStatement: readJump,
  ReturnStatement: readReturn,
};

/** One statement is several where it declares several names. */
function readStatement(reader: Reader, node: Node): readonly Statement[] {
  return reader.within(node, () => READERS[node.type]?.(reader, node) ?? refused(reader, node)) ?? [];
}

function refused(reader: Reader, node: Node): readonly Statement[] {
  reader.refuseNode(node);
  return [{ kind: "wrong", names: declaredBy(node), start: node.start, end: node.end }];
}

/** The name that a refused declaration would have declared. */
export function declaredBy(node: Node): readonly Name[] {
  const id = childOf(node, "id");
  if (id?.type !== "Identifier") return [];
  return [{ name: textOf(id, "name") ?? "", start: id.start, end: id.end }];
}

/** The names in a pattern. */
function namesIn(node: Node): readonly Name[] {
  if (node.type === "Identifier") return [{ name: textOf(node, "name") ?? "", start: node.start, end: node.end }];
  const inner = ["elements", "properties"].flatMap((field) => childrenOf(node, field));
  const single = ["value", "argument", "left"].flatMap((field) => childOf(node, field) ?? []);
  return [...inner, ...single].flatMap(namesIn);
}

/** Statements that stand where a block may stand. */
function readBody(reader: Reader, node: Node): readonly Statement[] {
  if (node.type === "BlockStatement") return childrenOf(node, "body").flatMap((inner) => readStatement(reader, inner));
  return readStatement(reader, node);
}

function readBlock(reader: Reader, node: Node): readonly Statement[] {
  return [{ kind: "block", body: readBody(reader, node), start: node.start, end: node.end }];
}

function readVariables(reader: Reader, node: Node): readonly Statement[] {
  return readDeclarations(reader, node).map((declaration): Statement => {
    const { start, end } = declaration;
    if ("names" in declaration) return { kind: "wrong", names: declaration.names, start, end };
    return { kind: "declare", declaration, start, end };
  });
}

export interface WrongDeclaration {
  readonly names: readonly Name[];
  readonly start: number;
  readonly end: number;
}

/** The declarations of const or let; those of var too, after a complaint. */
export function readDeclarations(reader: Reader, node: Node): readonly (Declaration | WrongDeclaration)[] {
  const kind = textOf(node, "kind") ?? "";
  const { start } = node;
  if (isSet(node, "declare")) {
    reader.refuse(node, { code: "E_TYPE_DECLARATION", what: "declare", hint: "give it a value: const n = 53;" });
  } else if (kind === "var") {
    reader.complaints.add("E_VAR", { start, end: start + 3 }, "var is not part of the language", "write const or let");
  } else if (kind !== "const" && kind !== "let") {
    reader.complaints.add(
      "E_SYNTAX",
      { start, end: start + kind.length },
      `${kind} is not part of the language`,
      "write const or let",
    );
  }
  const refusedAlready = isSet(node, "declare");
  return childrenOf(node, "declarations").map((declarator) => readDeclarator(reader, declarator, kind, refusedAlready));
}

function readDeclarator(
  reader: Reader,
  node: Node,
  kind: string,
  refusedAlready: boolean,
): Declaration | WrongDeclaration {
  const id = needed(node, "id");
  const { start, end } = node;
  const name = readBinding(reader, id);
  if (name === undefined || refusedAlready) return { names: namesIn(id), start, end };
  if (isSet(node, "definite")) {
    reader.refuse(id, { code: "E_ASSERTION", what: "! behind a name", hint: "give it a value: let n = 0;" });
    return { names: [name], start, end };
  }
  const init = childOf(node, "init");
  const type = readType(reader, id, "typeAnnotation");
  return { constant: kind === "const", name, type, value: init && readExpression(reader, init), start, end };
}

/** An expression that is a statement: an assignment, a step, or a call. */
function readEffect(reader: Reader, node: Node, { start, end }: Node): Statement {
  if (node.type === "UpdateExpression") {
    const target = readExpression(reader, needed(node, "argument"));
    const op = textOf(node, "operator") === "++" ? "+" : "-";
    return { kind: "assign", target, op, value: { kind: "one", start: node.start, end: node.end }, start, end };
  }
  if (node.type !== "AssignmentExpression") {
    return { kind: "expression", expression: readExpression(reader, node), start, end };
  }
  const operator = textOf(node, "operator") ?? "=";
  const op = operator === "=" ? undefined : operator.slice(0, -1);
  if (op !== undefined && !isBinaryOperator(op)) {
    const refusal = REFUSED_OPERATORS.get(operator);
    if (refusal !== undefined) reader.refuse(node, refusal);
    return { kind: "expression", expression: wrong(node), start, end };
  }
  const left = needed(node, "left");
  if (left.type === "ArrayPattern" || left.type === "ObjectPattern") {
    reader.refuseNode(left);
    return { kind: "wrong", names: [], start, end };
  }
  const target = readExpression(reader, left);
  return { kind: "assign", target, op, value: readExpression(reader, needed(node, "right")), start, end };
}

function readIf(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const condition = readExpression(reader, needed(node, "test"));
  const chosen = readBody(reader, needed(node, "consequent"));
  const alternate = childOf(node, "alternate");
  return [{ kind: "if", condition, chosen, otherwise: alternate ? readBody(reader, alternate) : [], start, end }];
}

function readWhile(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const condition = readExpression(reader, needed(node, "test"));
  const body = readBody(reader, needed(node, "body"));
  return [
    { kind: "loop", first: node.type === "WhileStatement", initial: [], condition, update: [], body, start, end },
  ];
}

function readFor(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const init = childOf(node, "init");
  const test = childOf(node, "test");
  const step = childOf(node, "update");
  const initial =
    init?.type === "VariableDeclaration" ? readVariables(reader, init) : init ? [readEffect(reader, init, init)] : [];
  const condition = test && readExpression(reader, test);
  const update = step ? [readEffect(reader, step, step)] : [];
  const body = readBody(reader, needed(node, "body"));
  return [{ kind: "loop", first: true, initial, condition, update, body, start, end }];
}

function readSwitch(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const subject = readExpression(reader, needed(node, "discriminant"));
  const cases = childrenOf(node, "cases").map((arm) => {
    const test = childOf(arm, "test");
    const body = childrenOf(arm, "consequent").flatMap((inner) => readStatement(reader, inner));
    return { test: test && readExpression(reader, test), body, start: arm.start, end: arm.end };
  });
  return [{ kind: "switch", subject, cases, start, end }];
}

function readJump(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const label = childOf(node, "label");
  if (label !== undefined) {
    reader.refuse(label, {
      code: "E_LABEL",
      what: "a label",
      hint: "make the inner loop a function, and return from it",
    });
    return [];
  }
  return [{ kind: node.type === "BreakStatement" ? "break" : "continue", start, end }];
}

function readReturn(reader: Reader, node: Node): readonly Statement[] {
  const { start, end } = node;
  const value = childOf(node, "argument");
  return [{ kind: "return", value: value && readExpression(reader, value), start, end }];
}

/** A function at the top. */
export function readFunction(reader: Reader, node: Node, exported: boolean): FunctionText {
  const { start, end } = node;
  const id = childOf(node, "id");
  if (isSet(node, "async") || isSet(node, "generator")) {
    const what = isSet(node, "async") ? "async" : "a generator";
    reader.refuse(id ?? node, { code: "E_ASYNC", what, hint: "a handler runs to its end at once: write function" });
  }
  const generic = childOf(node, "typeParameters");
  if (generic !== undefined) {
    reader.refuse(generic, {
      code: "E_GENERIC",
      what: "a type parameter",
      hint: "write the types that it is called with",
    });
  }
  const written = childrenOf(node, "params");
  const read = written.map((parameter) => readParameter(reader, parameter));
  const parameters = read.filter((parameter) => parameter !== undefined);
  const refusedNames = written.filter((_, k) => read[k] === undefined).flatMap(namesIn);
  const wrong = parameters.length < written.length ? refusedNames : undefined;
  const result = readType(reader, node, "returnType");
  const body = childrenOf(needed(node, "body"), "body").flatMap((inner) => readStatement(reader, inner));
  return { name: id && readBinding(reader, id), exported, parameters, wrong, result, body, start, end };
}
