/** Trees by hand, as the checker would make them: short names for what tests write often. */

import type { CompiledHandler } from "../../src/ash/ash.js";
import { type ItemKind, type Layout, LayoutBuilder, shapeOf } from "../../src/ash/layout.js";
import { type LoweringResult, lowerHandler } from "../../src/ash/lower.js";
import type {
  Arithmetic,
  Comparison,
  Expr,
  Func,
  Handler,
  Local,
  Octets,
  Outcome,
  Pipe,
  Pipeline,
  Place,
  PlaceStep,
  Scalar,
  Stmt,
} from "../../src/ash/tree.js";

export const AT = { start: 0, end: 0 };

export function place(at: number) {
  return { start: at, end: at };
}

export function num(value: number | bigint, type: Scalar = typeof value === "bigint" ? "u64" : "u32"): Expr {
  return { ...AT, kind: "constant", type, value };
}

export function local(number: number, type: Local["type"] = "u32"): Expr {
  return { ...AT, kind: "local", type, local: number };
}

export function math(op: Arithmetic, left: Expr, right: Expr, type: Scalar = scalarOf(left)): Expr {
  const wide = type === "u8" || type === "u16" ? "u32" : type;
  return { ...AT, kind: "arithmetic", type: wide, op, left, right };
}

function scalarOf({ type }: Expr): Scalar {
  if (type === "reference" || type === "outcome" || type === "void") throw new Error("no scalar");
  return type;
}

export function compare(op: Comparison, left: Expr, right: Expr): Expr {
  const of = left.type === "outcome" || left.type === "void" ? "u32" : left.type;
  return { ...AT, kind: "compare", type: "bool", op, of, left, right };
}

export function convert(type: Scalar, operand: Expr): Expr {
  return { ...AT, kind: "convert", type, operand };
}

export function both(left: Expr, right: Expr): Expr {
  return { ...AT, kind: "and", type: "bool", left, right };
}

export function either(left: Expr, right: Expr): Expr {
  return { ...AT, kind: "or", type: "bool", left, right };
}

export function not(operand: Expr): Expr {
  return { ...AT, kind: "not", type: "bool", operand };
}

export function choose(condition: Expr, then: Expr, otherwise: Expr): Expr {
  return { ...AT, kind: "choose", type: then.type, condition, then, otherwise }; // oxlint-disable-line unicorn/no-thenable
}

export const length: Expr = { ...AT, kind: "message", type: "u32", field: "length" };

export function loaded(type: Scalar, offset: Expr | number): Expr {
  return { ...AT, kind: "message-load", type, offset: typeof offset === "number" ? num(offset) : offset };
}

export function at(type: Scalar, offset: number, ...steps: readonly PlaceStep[]): Place {
  return { ...AT, type, base: { kind: "state", offset }, steps };
}

export function through(type: Scalar, reference: number, offset = 0): Place {
  return { ...AT, type, base: { kind: "reference", local: reference }, steps: [{ kind: "offset", offset }] };
}

export function index(expr: Expr, count: number, stride: number): PlaceStep {
  return { kind: "index", index: expr, count, stride };
}

export function load(from: Place): Expr {
  return { ...AT, kind: "load", type: from.type, place: from };
}

export function buffer(offset: number, octets: number): Octets {
  return { kind: "buffer", base: { kind: "state", offset }, steps: [], length: octets };
}

export const FRAME: Octets = { kind: "frame" };

// --- statements ---

export function let_(number: number, value: Expr): Stmt {
  return { ...AT, kind: "let", local: number, value };
}

export function assign(number: number, value: Expr): Stmt {
  return { ...AT, kind: "assign-local", local: number, value };
}

export function store(to: Place, value: Expr): Stmt {
  return { ...AT, kind: "store", place: to, value };
}

/** to += value. */
export function increase(to: Place, value: Expr): Stmt {
  const wide = math("add", { ...AT, kind: "held", type: to.type }, value, to.type);
  return store(to, wide.type === to.type ? wide : convert(to.type, wide));
}

export function run(call: Expr): Stmt {
  return { ...AT, kind: "do", call };
}

export function if_(condition: Expr, then: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt {
  return { ...AT, kind: "if", condition, then, otherwise }; // oxlint-disable-line unicorn/no-thenable
}

export function while_(condition: Expr | undefined, body: readonly Stmt[], update: readonly Stmt[] = []): Stmt {
  return { ...AT, kind: "loop", first: true, condition, update, body };
}

export function give(value: Expr | Outcome | undefined): Stmt {
  return { ...AT, kind: "return", value };
}

export const PASSES: Stmt = give({ ...AT, kind: "pass" });
export const CONSUMES: Stmt = give({ ...AT, kind: "consume" });

// --- handlers ---

export function locals(...types: readonly Local["type"][]): Local[] {
  return types.map((type, number) => ({ name: `x${number}`, type }));
}

export function entry(body: readonly Stmt[], types: readonly Local["type"][] = []): Func {
  return { ...AT, name: "entry", parameters: 0, message: true, locals: locals(...types), result: "outcome", body };
}

export interface Parts {
  readonly layout?: Layout;
  readonly functions?: readonly Func[];
  readonly pipes?: readonly Pipe[];
  readonly pipelines?: readonly Pipeline[];
}

/** The first function is the entry. */
export function handler(functions: readonly Func[], parts: Parts = {}): Handler {
  const { layout = stateOf(), pipes = [], pipelines = [] } = parts;
  return { layout, functions, entry: 0, pipes, pipelines };
}

export function stateOf(...kinds: readonly ItemKind[]): Layout {
  const builder = new LayoutBuilder();
  for (const [number, kind] of kinds.entries()) builder.add(`item${number}`, kind);
  return builder.end();
}

export function record(...types: readonly Scalar[]): ItemKind {
  const fields = types.map((type, number) => ({ name: `f${number}`, type, count: undefined }));
  return { kind: "record", shape: shapeOf(fields) };
}

export function lowered(tree: Handler): CompiledHandler {
  const result: LoweringResult = lowerHandler(tree);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.handler;
}
