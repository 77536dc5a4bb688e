/**
 * Text → acorn's tree, or a complaint. Whatever the text, nothing is thrown: its length and its brackets are bounded first, and what still
 * nests too deep for the parser's stack is E_NESTING.
 */
import type { Complaints } from "./complaints.js";
import { type HandlerErrorCode, MAX_HANDLER_NESTING, MAX_HANDLER_TEXT } from "./diagnostic.js";
import { HandlerParser } from "./handler-parser.js";
import { isNode, type Node } from "./node.js";

/** What the parser can say of what handlers have not, before there is a tree to find it in. */
const REFUSED: readonly (readonly [RegExp, HandlerErrorCode, string, string])[] = [
  [/'with' in strict/, "E_STATEMENT", "with is not part of the language", "name the record before each of its fields"],
  [/'super'/, "E_NEW", "super is not part of the language", "keep state in a record"],
  [/'new\.target'/, "E_NEW", "new.target is not part of the language", "keep state in a record"],
  [/(keyword|use) 'await'/, "E_ASYNC", "await is not part of the language: a handler does not wait", "compute it now"],
  [/(keyword|use) 'yield'/, "E_ASYNC", "yield is not part of the language: a handler does not wait", "compute it now"],
  [
    /^Unsyntactic (break|continue)/,
    "E_LABEL",
    "a label is not part of the language",
    "break and continue without a label",
  ],
  [/^Logical expressions and coalesce/, "E_OPTIONAL", "?? is not part of the language", "write a ? b : c"],
  [/template/i, "E_STRING", "a template is not part of the language", "octets are compared one by one"],
  [
    /regular expression/i,
    "E_STRING",
    "a regular expression is not part of the language",
    "octets are compared one by one",
  ],
  [
    /^Expected ",", got "=>"|decorator/i,
    "E_TYPE_DECLARATION",
    "a decorator is not part of the language",
    "leave it out",
  ],
];

export function parse(text: string, complaints: Complaints): Node | undefined {
  if (text.length > MAX_HANDLER_TEXT) {
    const end = MAX_HANDLER_TEXT + 1;
    complaints.add(
      "E_TOO_LONG",
      { start: end - 1, end },
      `the text has ${text.length} characters, at most ${MAX_HANDLER_TEXT} are read`,
    );
    return undefined;
  }
  const deep = tooDeep(text);
  if (deep !== undefined) {
    complaints.add(
      "E_NESTING",
      { start: deep, end: deep + 1 },
      `brackets nest more than ${MAX_HANDLER_NESTING} deep`,
      "give parts of it names",
    );
    return undefined;
  }
  try {
    const tree: unknown = HandlerParser.parse(text, {
      ecmaVersion: 2023,
      sourceType: "module",
      allowReturnOutsideFunction: true,
      allowSuperOutsideMethod: true,
    });
    return isNode(tree) ? tree : undefined;
  } catch (error) {
    complainOf(error, text, complaints);
    return undefined;
  }
}

function complainOf(error: unknown, text: string, complaints: Complaints): void {
  const pos = error instanceof SyntaxError && "pos" in error && typeof error.pos === "number" ? error.pos : 0;
  const start = Math.min(Math.max(pos, 0), Math.max(text.length - 1, 0));
  const span = { start, end: start + tokenAt(text, start).length };
  const message = error instanceof Error ? error.message : "it cannot be read";
  if (error instanceof RangeError || /stack space/.test(message)) {
    return complaints.add("E_NESTING", span, "it nests too deep to be read", "give parts of it names");
  }
  const refused = REFUSED.find(([pattern]) => pattern.test(message));
  if (refused !== undefined) return complaints.add(refused[1], span, refused[2], refused[3]);
  if (!(error instanceof SyntaxError)) return complaints.add("E_SYNTAX", span, "it cannot be read");
  // One that says what is expected is its own hint.
  const hint = / is expected/.test(message) ? undefined : "something is missing before it, or it is one too many";
  complaints.add("E_SYNTAX", span, lowered(message), hint);
}

function lowered(message: string): string {
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`;
}

function tokenAt(text: string, start: number): string {
  const word = /[\w$]+|[^\n]/uy;
  word.lastIndex = start;
  return word.exec(text)?.[0] ?? " ";
}

/** What stands outside of brackets' business, then the signs that are looked for. */
const SIGNS = /\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[([{@]|[)\]}]/g;

/** Offset of the first decorator of a text that could be read: the parser takes them where TypeScript would not. */
export function decoratorIn(text: string): number | undefined {
  for (const { 0: found, index } of text.matchAll(SIGNS)) if (found === "@") return index;
  return undefined;
}

/** Where a comment asks TypeScript to read another file, or to find a mistake. */
export function directiveIn(
  text: string,
): { readonly start: number; readonly kind: "reference" | "mistake" } | undefined {
  for (const { 0: found, index: start } of text.matchAll(SIGNS)) {
    if (/^\/\/\/\s*</.test(found)) return { start, kind: "reference" };
    if (/^\/[/*]/.test(found) && /^[\s/*]*@ts-expect-error/m.test(found)) return { start, kind: "mistake" };
  }
  return undefined;
}

/**
 * Offset of the first bracket that nests too deep; what stands in comments and strings is none. Their ends may be missing: what was looked at is
 * not looked at again.
 */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(SIGNS)) {
    if ("([{".includes(found)) depth++;
    else if (")]}".includes(found)) depth--;
    if (depth > MAX_HANDLER_NESTING) return index;
  }
  return undefined;
}
