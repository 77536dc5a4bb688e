/** Trees by hand, for those that test without a checker: nothing in them has a place in a text. */

import type { Layout } from "../../src/ash/layout.js";
import type {
  Arithmetic,
  Comparison,
  Expr,
  Func,
  Handler,
  Outcome,
  Pipe,
  Place,
  PlaceStep,
  Scalar,
  Stmt,
} from "../../src/ash/tree.js";
import { type Evaluation, evaluate } from "./evaluate.js";

export const NOWHERE = { start: 0, end: 0 };

// --- expressions ---

export const constant = (type: Scalar, value: number | bigint): Expr => ({ ...NOWHERE, kind: "constant", type, value });
export const word = (value: number) => constant("u32", value);
export const local = (type: Scalar | "reference", number: number): Expr => ({
  ...NOWHERE,
  kind: "local",
  type,
  local: number,
});
export const held = (type: Scalar): Expr => ({ ...NOWHERE, kind: "held", type });
export const load = (place: Place): Expr => ({ ...NOWHERE, kind: "load", type: place.type, place });
export const compute = (type: Scalar, left: Expr, op: Arithmetic, right: Expr): Expr => ({
  ...NOWHERE,
  kind: "arithmetic",
  type,
  op,
  left,
  right,
});
export const compared = (of: Scalar | "reference", left: Expr, op: Comparison, right: Expr): Expr => ({
  ...NOWHERE,
  kind: "compare",
  type: "bool",
  op,
  of,
  left,
  right,
});
export const both = (kind: "and" | "or", left: Expr, right: Expr): Expr => ({
  ...NOWHERE,
  kind,
  type: "bool",
  left,
  right,
});
export const converted = (type: Scalar, operand: Expr): Expr => ({ ...NOWHERE, kind: "convert", type, operand });
export const called = (type: Scalar | "outcome" | "void", func: number, ...args: readonly Expr[]): Expr => ({
  ...NOWHERE,
  kind: "call",
  type,
  func,
  message: false,
  args,
});
export const loaded = (type: Scalar, offset: number): Expr => ({
  ...NOWHERE,
  kind: "message-load",
  type,
  offset: word(offset),
});

// --- places and statements ---

export const place = (type: Scalar, offset: number, ...steps: readonly PlaceStep[]): Place => ({
  ...NOWHERE,
  type,
  base: { kind: "state", offset },
  steps,
});
export const at = (index: Expr, count: number, stride: number): PlaceStep => ({ kind: "index", index, count, stride });
export const store = (to: Place, value: Expr): Stmt => ({ ...NOWHERE, kind: "store", place: to, value });
export const set = (number: number, value: Expr): Stmt => ({ ...NOWHERE, kind: "let", local: number, value });
export const doing = (call: Expr): Stmt => ({ ...NOWHERE, kind: "do", call });
// The tree's own name for it; nobody awaits one.
/* oxlint-disable unicorn/no-thenable */
export const when = (condition: Expr, then: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt => ({
  ...NOWHERE,
  kind: "if",
  condition,
  then,
  otherwise,
});
export const chosen = (condition: Expr, then: Outcome, otherwise: Outcome): Outcome => ({
  ...NOWHERE,
  kind: "outcome-choice",
  condition,
  then,
  otherwise,
});
/* oxlint-enable unicorn/no-thenable */
export const leave = (kind: "break" | "continue"): Stmt => ({ ...NOWHERE, kind });
export const give = (value: Expr | Outcome | undefined): Stmt => ({ ...NOWHERE, kind: "return", value });
export const CONSUMED: Outcome = { ...NOWHERE, kind: "consume" };
export const PASSED: Outcome = { ...NOWHERE, kind: "pass" };

// --- handlers ---

export const func = (result: Func["result"], parameters: number, body: readonly Stmt[]): Func => ({
  ...NOWHERE,
  name: "by hand",
  parameters,
  message: false,
  locals: [],
  result,
  body,
});

/** The first function is the entry. */
export function handlerOf(
  layout: Layout,
  functions: readonly Func[],
  pipes: readonly Pipe[] = [],
  pipelines: readonly (readonly number[])[] = [],
): Handler {
  return { layout, functions, entry: 0, pipes, pipelines: pipelines.map((of) => ({ name: "by hand", pipes: of })) };
}

/** Port 3, link type 1, the seventh of its epoch, at a time of both words, on a longer wire. */
export const WORDS: readonly number[] = [99, 5, -1, 3, 1, 7, 0];

export function run(handler: Handler, state: Uint8Array, octets = new Uint8Array(0), statements = 10_000): Evaluation {
  return evaluate(
    handler,
    state,
    { octets, words: WORDS },
    { sent: (n) => n === 0, transferred: (n) => n > 0 },
    statements,
  );
}
