/** Complaints about a handler: a closed list of codes, each with its place and what to write instead. */

export const HANDLER_ERRORS = {
  // The text
  E_TOO_LONG: "the text is longer than the limit",
  E_SYNTAX: "it is no TypeScript",
  E_NESTING: "it nests too deep",
  // What TypeScript has and handlers have not
  E_VAR: "var: write const or let",
  E_CLASS: "classes",
  E_CLOSURE: "functions inside functions, and arrow functions but those of map and fold",
  E_ASYNC: "async, await, generators and yield",
  E_EXCEPTION: "try and throw",
  E_NEW: "new, this and super",
  E_STRING: "strings, templates and regular expressions",
  E_NULL: "null, and undefined but in a comparison with what may be it",
  E_OBJECT: "objects but as the fields of a shape or the key of a table",
  E_ARRAY_LITERAL: "array literals: write array(u32, n) at the top",
  E_SPREAD: "spread and rest",
  E_DESTRUCTURING: "destructuring",
  E_OPTIONAL: "?. and ??",
  E_OPERATOR: "typeof, in, instanceof, delete, void, the comma, ** and assignments by && || ??",
  E_EQUALITY: "== and !=: write === and !==",
  E_LABEL: "labels",
  E_FOR: "for of and for in: write for (let i = 0; i < n; i++)",
  E_STATEMENT: "with, debugger and empty statements",
  E_TYPE_DECLARATION: "interfaces, type aliases, enums, namespaces, declare and decorators",
  E_GENERIC: "type parameters and arguments",
  E_ASSERTION: "as, satisfies, casts, @ts-expect-error, and ! but after an index: convert by u32(x)",
  E_IMPORT: "imports but of names from exonet/ash, and references to files",
  E_EXPORT: "exports but of one default function",
  E_PARAMETER: "optional, default and rest parameters",
  E_TOP_LEVEL: "statements at the top but constants, state, pipes and functions",
  E_EXPRESSION: "an assignment, or ++ and --, inside an expression",
  // Names
  E_NAME: "a name that stands for nothing here",
  E_NAME_TWICE: "a name that is declared already",
  E_TYPE_NAME: "a type that a handler has not: i8 … u64, bool or boolean, Message, Outcome, void",
  E_MEMBER: "a member that this has not",
  // Types
  E_TYPE: "another type is needed here",
  E_MIXED: "numbers and bigints, or signed and unsigned ones, in one operation",
  E_NARROW: "it may not fit: convert",
  E_LITERAL: "a number that is not whole, or does not fit its type",
  E_CONDITION: "a condition that is no boolean",
  E_SHIFT: ">> of an unsigned number, or >>> of a signed one",
  E_SHIFT_RANGE: "a shift by as many bits as there are, or more, or by less than none",
  E_DIVISION: "a division by the constant 0",
  E_NEGATIVE: "the negative of an unsigned number",
  E_CONSTANT: "an assignment to what is constant",
  E_CALL: "a call of what is no function, or a function that is not called",
  E_ARGUMENTS: "too many arguments, or too few",
  E_INITIAL: "a declaration without a value",
  E_EFFECT: "an expression whose value nobody uses",
  E_UNDEFINED: "it may be undefined here: compare it with undefined first",
  E_REFERENCE: "a place in state, a message or a frame where a value is needed",
  E_REDUNDANT:
    "a comparison whose answer is known: with undefined of what never is, or with a constant, as a case is, of what is another one",
  // Ways
  E_RETURN: "a way to the end without a return",
  E_UNREACHABLE: "a statement, or a value, that is never come to",
  E_BREAK: "break or continue outside of what it could end",
  E_FALLTHROUGH: "a case that goes on into the next one",
  E_CASE: "a case that is no constant of the subject's type",
  E_CASE_TWICE: "a case, or a default, that is there already",
  E_RECURSION: "a function that calls itself, by itself or by way of others",
  E_ENTRY: "export default function NAME(message: Message), with pass, consume or passTo(k) as its result",
  // State
  E_STATE_PLACE: "state and pipes are declared by a const at the top",
  E_SHAPE: "a field that is no scalar and no array of scalars, a shape without fields, or what is no shape",
  E_CAPACITY: "a length or a capacity that is no constant from 1 on, or beyond the limit",
  E_KEY: "a key with other fields than its table's, or a table's key that is no scalar and no shape of scalars",
  E_STATE_SIZE: "more octets of state than a handler may have",
  E_INDEX: "a constant index or offset beyond what there is",
  E_PIPE: "a pipe that is none, or comes twice in one pipeline",
  // Limits
  E_TOO_MANY: "more functions, locals, parameters, items or pipes than the limit",
  E_TOO_COMPLEX: "more code than a handler may have, or a loop in which more changes than is followed",
  E_FUEL: "a way without loops that needs more fuel than any budget",
} as const;

export type HandlerErrorCode = keyof typeof HANDLER_ERRORS;

/** Lines and columns count from 1, columns and lengths in UTF-16 units. */
export interface HandlerError {
  readonly code: HandlerErrorCode;
  readonly message: string;
  /** What to write instead, where that can be said. */
  readonly hint: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Errors beyond this many are not told. */
export const MAX_HANDLER_ERRORS = 20;
/** UTF-16 units of a text. */
export const MAX_HANDLER_TEXT = 64 * 1024;
export const MAX_HANDLER_NESTING = 100;
