/** What TypeScript has and handlers have not: by acorn's type of node, how to complain of it. */
import type { HandlerErrorCode } from "./diagnostic.js";

export interface Refusal {
  readonly code: HandlerErrorCode;
  /** The construct, as the subject of a sentence. */
  readonly what: string;
  readonly hint: string;
}

/** What several constructs have in common, whose names differ. */
type Kind = Omit<Refusal, "what">;

const CLASS: Refusal = { code: "E_CLASS", what: "a class", hint: "write functions, and keep state in records" };
const CLOSURE: Kind = {
  code: "E_CLOSURE",
  hint: "write a function at the top, with what it needs as parameters",
};
const ASYNC: Kind = {
  code: "E_ASYNC",
  hint: "a handler runs to its end at once: leave it out",
};
const EXCEPTION: Kind = {
  code: "E_EXCEPTION",
  hint: "return pass, or what tells that it failed",
};
const NEW: Kind = {
  code: "E_NEW",
  hint: "keep state in a record, array or table at the top",
};
const STRING: Kind = {
  code: "E_STRING",
  hint: "compare octets with numbers: message.u8(54) === 0x47",
};
const SPREAD: Kind = { code: "E_SPREAD", hint: "write each one by itself" };
const PATTERN: Refusal = {
  code: "E_DESTRUCTURING",
  what: "destructuring",
  hint: "declare each name by itself: const a = flow.a",
};
const OPTIONAL: Kind = {
  code: "E_OPTIONAL",
  hint: "compare with undefined first: if (flow !== undefined) { … }",
};
const LABEL: Refusal = { code: "E_LABEL", what: "a label", hint: "make the inner loop a function, and return from it" };
const FOR: Kind = { code: "E_FOR", hint: "write for (let i = 0; i < n; i++)" };
const DECLARATION: Kind = {
  code: "E_TYPE_DECLARATION",
  hint: "write the types of exonet/ash, and shapes by shape({ … })",
};
const ASSERTION: Refusal = {
  code: "E_ASSERTION",
  what: "an assertion of a type",
  hint: "convert by u32(x), u64(x), …",
};
const GENERIC: Refusal = { code: "E_GENERIC", what: "a type argument", hint: "leave it out" };
const STATEMENT: Kind = { code: "E_STATEMENT", hint: "leave it out" };
const EXPORT: Refusal = {
  code: "E_EXPORT",
  what: "this export",
  hint: "export one function: export default function NAME(message: Message)",
};
const IMPORT: Refusal = { code: "E_IMPORT", what: "this import", hint: 'import { pass, u32 } from "exonet/ash"' };
const OPERATOR: Kind = { code: "E_OPERATOR", hint: "write it as statements" };

export const REFUSED: ReadonlyMap<string, Refusal> = new Map([
  ["ClassDeclaration", CLASS],
  ["ClassExpression", CLASS],
  ["TSAbstractClassDeclaration", CLASS],
  ["FunctionExpression", { ...CLOSURE, what: "a function inside an expression" }],
  ["FunctionDeclaration", { ...CLOSURE, what: "a function inside another one" }],
  ["AwaitExpression", { ...ASYNC, what: "await" }],
  ["YieldExpression", { ...ASYNC, what: "yield" }],
  ["TryStatement", { ...EXCEPTION, what: "try" }],
  ["ThrowStatement", { ...EXCEPTION, what: "throw" }],
  ["NewExpression", { ...NEW, what: "new" }],
  ["ThisExpression", { ...NEW, what: "this" }],
  ["Super", { ...NEW, what: "super" }],
  ["TemplateLiteral", { ...STRING, what: "a template" }],
  ["TaggedTemplateExpression", { ...STRING, what: "a tagged template" }],
  ["ArrayExpression", { code: "E_ARRAY_LITERAL", what: "an array literal", hint: "write array(u32, n) at the top" }],
  ["SpreadElement", { ...SPREAD, what: "spread" }],
  ["RestElement", { ...SPREAD, what: "rest" }],
  ["ArrayPattern", PATTERN],
  ["ObjectPattern", PATTERN],
  ["ChainExpression", { ...OPTIONAL, what: "?." }],
  ["LabeledStatement", LABEL],
  ["ForInStatement", { ...FOR, what: "for in" }],
  ["ForOfStatement", { ...FOR, what: "for of" }],
  ["TSInterfaceDeclaration", { ...DECLARATION, what: "an interface" }],
  ["TSTypeAliasDeclaration", { ...DECLARATION, what: "a type alias" }],
  ["TSEnumDeclaration", { ...DECLARATION, what: "an enum" }],
  ["TSModuleDeclaration", { ...DECLARATION, what: "a namespace" }],
  ["TSDeclareFunction", { ...DECLARATION, what: "a function without a body" }],
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
  ["??", { ...OPTIONAL, what: "??" }],
  ["**=", { ...OPERATOR, what: "**=", hint: "multiply, or shift: x = 1 << n" }],
  ["&&=", { ...OPERATOR, what: "&&=", hint: "write if (a) a = b;" }],
  ["||=", { ...OPERATOR, what: "||=", hint: "write if (!a) a = b;" }],
  ["??=", { ...OPERATOR, what: "??=", hint: "write if (a === undefined) …" }],
]);
