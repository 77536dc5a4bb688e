/** What TypeScript has and handlers have not: by acorn's type of node, how to complain of it. */
import type { HandlerErrorCode } from "./diagnostic.js";

export interface Refusal {
  readonly code: HandlerErrorCode;
  /** The construct, as the subject of a sentence. */
  readonly what: string;
  readonly hint: string;
}

const CLASS: Refusal = { code: "E_CLASS", what: "a class", hint: "write functions, and keep state in records" };
const CLOSURE: Refusal = {
  code: "E_CLOSURE",
  what: "a function inside an expression or another function",
  hint: "write a function at the top, with what it needs as parameters",
};
const ASYNC: Refusal = {
  code: "E_ASYNC",
  what: "await, async or yield",
  hint: "a handler runs to its end at once: leave it out",
};
const EXCEPTION: Refusal = {
  code: "E_EXCEPTION",
  what: "try or throw",
  hint: "return pass, or what tells that it failed",
};
const NEW: Refusal = {
  code: "E_NEW",
  what: "new, this or super",
  hint: "keep state in a record, array or table at the top",
};
const STRING: Refusal = {
  code: "E_STRING",
  what: "a string, template or regular expression",
  hint: "compare octets with numbers: message.u8(54) === 0x47",
};
const SPREAD: Refusal = { code: "E_SPREAD", what: "spread or rest", hint: "write each one by itself" };
const PATTERN: Refusal = {
  code: "E_DESTRUCTURING",
  what: "destructuring",
  hint: "declare each name by itself: const a = flow.a",
};
const OPTIONAL: Refusal = {
  code: "E_OPTIONAL",
  what: "?. or ??",
  hint: "compare with undefined first: if (flow !== undefined) { … }",
};
const LABEL: Refusal = { code: "E_LABEL", what: "a label", hint: "make the inner loop a function, and return from it" };
const FOR: Refusal = { code: "E_FOR", what: "for of or for in", hint: "write for (let i = 0; i < n; i++)" };
const DECLARATION: Refusal = {
  code: "E_TYPE_DECLARATION",
  what: "an interface, type alias, enum, namespace, declare or decorator",
  hint: "write the types of exonet/ash, and shapes by shape({ … })",
};
const ASSERTION: Refusal = {
  code: "E_ASSERTION",
  what: "an assertion of a type",
  hint: "convert by u32(x), u64(x), …",
};
const GENERIC: Refusal = { code: "E_GENERIC", what: "type parameters or arguments", hint: "leave them out" };
const STATEMENT: Refusal = { code: "E_STATEMENT", what: "this statement", hint: "leave it out" };
const EXPORT: Refusal = {
  code: "E_EXPORT",
  what: "this export",
  hint: "export one function: export default function NAME(message: Message)",
};
const IMPORT: Refusal = { code: "E_IMPORT", what: "this import", hint: 'import { pass, u32 } from "exonet/ash"' };
const OPERATOR: Refusal = { code: "E_OPERATOR", what: "this operator", hint: "write it as statements" };

export const REFUSED: ReadonlyMap<string, Refusal> = new Map([
  ["ClassDeclaration", CLASS],
  ["ClassExpression", CLASS],
  ["TSAbstractClassDeclaration", CLASS],
  ["FunctionExpression", CLOSURE],
  ["FunctionDeclaration", CLOSURE],
  ["AwaitExpression", ASYNC],
  ["YieldExpression", ASYNC],
  ["TryStatement", EXCEPTION],
  ["ThrowStatement", EXCEPTION],
  ["NewExpression", NEW],
  ["ThisExpression", NEW],
  ["Super", NEW],
  ["MetaProperty", NEW],
  ["TemplateLiteral", STRING],
  ["TaggedTemplateExpression", STRING],
  ["ArrayExpression", { code: "E_ARRAY_LITERAL", what: "an array literal", hint: "write array(u32, n) at the top" }],
  ["SpreadElement", SPREAD],
  ["RestElement", SPREAD],
  ["ArrayPattern", PATTERN],
  ["ObjectPattern", PATTERN],
  ["ChainExpression", OPTIONAL],
  ["LabeledStatement", LABEL],
  ["ForInStatement", FOR],
  ["ForOfStatement", FOR],
  ["TSInterfaceDeclaration", DECLARATION],
  ["TSTypeAliasDeclaration", DECLARATION],
  ["TSEnumDeclaration", DECLARATION],
  ["TSModuleDeclaration", DECLARATION],
  ["TSDeclareFunction", DECLARATION],
  ["TSImportEqualsDeclaration", IMPORT],
  ["ImportExpression", IMPORT],
  ["ImportDeclaration", IMPORT],
  ["TSAsExpression", ASSERTION],
  ["TSSatisfiesExpression", ASSERTION],
  ["TSTypeAssertion", ASSERTION],
  ["TSNonNullExpression", ASSERTION],
  ["TSInstantiationExpression", GENERIC],
  ["DebuggerStatement", { ...STATEMENT, what: "debugger" }],
  ["EmptyStatement", { ...STATEMENT, what: "an empty statement" }],
  ["WithStatement", { ...STATEMENT, what: "with" }],
  ["ExportNamedDeclaration", EXPORT],
  ["ExportAllDeclaration", EXPORT],
  ["ExportDefaultDeclaration", EXPORT],
  ["TSExportAssignment", EXPORT],
  ["TSNamespaceExportDeclaration", EXPORT],
  ["SequenceExpression", { ...OPERATOR, what: "the comma" }],
  [
    "AssignmentExpression",
    {
      code: "E_EXPRESSION",
      what: "an assignment inside an expression",
      hint: "make it a statement of its own, before this one",
    },
  ],
  [
    "UpdateExpression",
    {
      code: "E_EXPRESSION",
      what: "++ or -- inside an expression",
      hint: "make it a statement of its own, before or after this one",
    },
  ],
]);

/** Of operators, by how they are written. */
export const REFUSED_OPERATORS: ReadonlyMap<string, Refusal> = new Map([
  ["==", { code: "E_EQUALITY", what: "==", hint: "write ===" }],
  ["!=", { code: "E_EQUALITY", what: "!=", hint: "write !==" }],
  ["**", { ...OPERATOR, what: "**", hint: "multiply, or shift: 1 << n" }],
  ["in", { ...OPERATOR, what: "in", hint: "look a key up: flows.find(key) !== undefined" }],
  ["instanceof", { ...OPERATOR, what: "instanceof", hint: "leave it out: types are known" }],
  ["typeof", { ...OPERATOR, what: "typeof", hint: "leave it out: types are known" }],
  ["delete", { ...OPERATOR, what: "delete", hint: "write flows.delete(key), or store 0" }],
  ["void", { ...OPERATOR, what: "void", hint: "leave it out" }],
  ["+", { ...OPERATOR, what: "+ before a number", hint: "leave it out, or convert: u32(x)" }],
  ["??", OPTIONAL],
  ["**=", { ...OPERATOR, what: "**=", hint: "multiply, or shift: x = 1 << n" }],
  ["&&=", { ...OPERATOR, what: "&&=", hint: "write if (a) a = b;" }],
  ["||=", { ...OPERATOR, what: "||=", hint: "write if (!a) a = b;" }],
  ["??=", { ...OPERATOR, what: "??=", hint: "write if (a === undefined) …" }],
]);
