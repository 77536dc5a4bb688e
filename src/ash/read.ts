/** The text's top: imports, constants and state, functions, and the one that is exported. Everything else is refused by name. */
import type { Complaints } from "./complaints.js";
import { childOf, childrenOf, isSet, literalOf, type Node, needed, textOf } from "./node.js";
import { declaredBy, readDeclarations, readFunction } from "./read-statement.js";
import { Reader } from "./reader.js";
import { REFUSED } from "./refused.js";
import type { Declaration, FunctionText, Import, Name, Text } from "./syntax.js";

const MODULE = "exonet/ash";
const IMPORT_HINT = `import { pass, type Message } from "${MODULE}"`;

interface Collected {
  readonly imports: Import[];
  readonly constants: Declaration[];
  readonly functions: FunctionText[];
  readonly wrong: Name[];
}

export function read(program: Node, complaints: Complaints): Text {
  const reader = new Reader(complaints);
  const text: Collected = { imports: [], constants: [], functions: [], wrong: [] };
  for (const node of childrenOf(program, "body")) readTop(reader, node, text);
  return text;
}

function readTop(reader: Reader, node: Node, text: Collected): void {
  switch (node.type) {
    case "ImportDeclaration":
      return readImport(reader, node, text);
    case "VariableDeclaration":
      return readConstants(reader, node, text);
    case "FunctionDeclaration":
      return addFunction(reader, node, false, text);
    case "ExportDefaultDeclaration":
      return readDefault(reader, node, text);
    case "ExportNamedDeclaration":
      return readExport(reader, node, text);
    default:
      text.wrong.push(...declaredBy(node));
      return refuseTop(reader, node);
  }
}

function refuseTop(reader: Reader, node: Node): void {
  if (REFUSED.has(node.type) && node.type !== "ForOfStatement" && node.type !== "ForInStatement")
    return reader.refuseNode(node);
  const expression = childOf(node, "expression");
  if (expression !== undefined && /^(Await|Yield|New|TaggedTemplate)Expression$/.test(expression.type)) {
    return reader.refuseNode(expression);
  }
  if (expression?.type === "Literal" && typeof literalOf(expression) === "string") {
    const hint = "leave it out: it is strict anyway";
    return reader.refuse(node, { code: "E_STRING", what: "a directive", hint });
  }
  const hint = "put it into the exported function, which runs on each message";
  reader.complaints.add("E_TOP_LEVEL", node, "at the top are constants, state, pipes and functions only", hint);
}

function addFunction(reader: Reader, node: Node, exported: boolean, text: Collected): void {
  text.functions.push(readFunction(reader, node, exported));
}

function readDefault(reader: Reader, node: Node, text: Collected): void {
  const declaration = needed(node, "declaration");
  const { complaints } = reader;
  if (text.functions.some(({ exported }) => exported)) {
    complaints.add(
      "E_EXPORT",
      node,
      "a handler exports one function, and has one already",
      "make it a function without export",
    );
    if (declaration.type === "FunctionDeclaration") {
      const second = complaints.muted(() => readFunction(reader, declaration, false));
      if (second.name !== undefined) text.wrong.push(second.name);
    }
    return;
  }
  if (declaration.type === "FunctionDeclaration") return addFunction(reader, declaration, true, text);
  if (declaration.type === "ClassDeclaration") reader.refuseNode(declaration);
  else {
    const hint = "export default function NAME(message: Message) { … }";
    complaints.add("E_ENTRY", declaration, "what a handler exports is a function with a name", hint);
  }
  const { start, end } = node;
  const body = [{ kind: "wrong", names: [], start, end } as const];
  text.functions.push({
    name: undefined,
    exported: true,
    parameters: [],
    wrong: [],
    result: undefined,
    body,
    start,
    end,
  });
}

function readExport(reader: Reader, node: Node, text: Collected): void {
  const declaration = childOf(node, "declaration");
  const type = declaration?.type ?? "";
  if (declaration === undefined || (type !== "FunctionDeclaration" && type !== "VariableDeclaration")) {
    if (declaration !== undefined) {
      text.wrong.push(...declaredBy(declaration));
      return reader.refuseNode(declaration);
    }
    return reader.refuseNode(node);
  }
  if (!childrenOf(declaration, "declarations").some(isClosure)) {
    reader.complaints.add(
      "E_EXPORT",
      { start: node.start, end: node.start + "export".length },
      "a handler exports its one default function, nothing else",
      type === "FunctionDeclaration" ? "write export default, or leave export out" : "leave export out",
    );
  }
  readTop(reader, declaration, text);
}

/** Whether it is refused for what it declares, exported or not. */
function isClosure(declarator: Node): boolean {
  const type = childOf(declarator, "init")?.type;
  return type === "ArrowFunctionExpression" || type === "FunctionExpression";
}

function readConstants(reader: Reader, node: Node, text: Collected): void {
  if (textOf(node, "kind") === "let" && !isSet(node, "declare")) {
    const names = childrenOf(node, "declarations").flatMap(declaredBy);
    const stateful = childrenOf(node, "declarations").some((declarator) => declaresState(declarator));
    text.wrong.push(...names);
    if (stateful) {
      return reader.complaints.add("E_STATE_PLACE", node, "state and pipes are declared by const", "write const");
    }
    const hint = "keep it in state: const seen = record({ packets: u64 });";
    return reader.complaints.add("E_TOP_LEVEL", node, "let at the top is not part of the language", hint);
  }
  for (const declaration of readDeclarations(reader, node)) {
    if ("names" in declaration) text.wrong.push(...declaration.names);
    else text.constants.push(declaration);
  }
}

const STATEFUL = ["record", "array", "table", "shape", "pipeline", "checksum", "crc32", "xor", "map", "fold", "copy"];

function declaresState(declarator: Node): boolean {
  const init = childOf(declarator, "init");
  const callee = init?.type === "CallExpression" ? childOf(init, "callee") : undefined;
  return callee !== undefined && STATEFUL.includes(textOf(callee, "name") ?? "");
}

function readImport(reader: Reader, node: Node, text: Collected): void {
  const source = needed(node, "source");
  const { complaints } = reader;
  const specifiers = childrenOf(node, "specifiers");
  const locals = specifiers.flatMap((specifier) => nameOf(childOf(specifier, "local")));
  if (literalOf(source) !== MODULE) {
    text.wrong.push(...locals);
    complaints.add("E_IMPORT", source, `a handler imports from "${MODULE}" only`, IMPORT_HINT);
    return;
  }
  if (childrenOf(node, "attributes").length > 0) {
    text.wrong.push(...locals);
    complaints.add("E_IMPORT", node, "import attributes are not part of the language", IMPORT_HINT);
    return;
  }
  const typeOnly = textOf(node, "importKind") === "type";
  if (specifiers.length === 0 && !typeOnly) complaints.add("E_IMPORT", node, "an import of no name", IMPORT_HINT);
  for (const specifier of specifiers) readSpecifier(reader, specifier, typeOnly, text);
}

function readSpecifier(reader: Reader, specifier: Node, typeOnly: boolean, text: Collected): void {
  const { start, end } = specifier;
  const [local] = nameOf(childOf(specifier, "local"));
  const imported = childOf(specifier, "imported");
  if (local === undefined) return;
  if (specifier.type !== "ImportSpecifier" || imported?.type !== "Identifier") {
    text.wrong.push(local);
    reader.complaints.add("E_IMPORT", specifier, "names are imported one by one", IMPORT_HINT);
    return;
  }
  const only = typeOnly || textOf(specifier, "importKind") === "type";
  text.imports.push({ imported: textOf(imported, "name") ?? "", local, typeOnly: only, start, end });
}

function nameOf(node: Node | undefined): readonly Name[] {
  if (node?.type !== "Identifier") return [];
  return [{ name: textOf(node, "name") ?? "", start: node.start, end: node.end }];
}
