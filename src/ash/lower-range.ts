/** How large a word can be, and of what it is the sum, from its expression and what is known where it stands. */
import type { Register } from "../vcode/insn.js";
import type { Context } from "./lower-context.js";
import { isLongType, mostOfType, viewOf } from "./lower-types.js";
import type { Expr } from "./tree.js";

const MOST_WORD = 0xffff_ffff;
const MOST_SIGNED = 0x7fff_ffff;

/** The most that the word is, as an unsigned one. */
export function mostOf(cx: Context, expr: Expr): number {
  const constant = cx.constant(expr);
  if (constant !== undefined) return Number(constant) >>> 0;
  return Math.min(mostOfType(expr.type), mostMade(cx, expr));
}

function mostMade(cx: Context, expr: Expr): number {
  switch (expr.kind) {
    case "local": {
      const value = cx.locals.get(expr.local);
      const below = value !== undefined && "reg" in value ? cx.known?.below.get(value.reg) : undefined;
      return below === undefined ? MOST_WORD : below - 1;
    }
    case "message":
      return expr.field === "length" ? MOST_SIGNED : MOST_WORD;
    case "convert":
      return mostConverted(cx, expr);
    case "choose":
      return Math.max(mostOf(cx, expr.then), mostOf(cx, expr.otherwise));
    case "arithmetic":
      return mostComputed(cx, expr);
    default:
      return MOST_WORD;
  }
}

/** What is cut to a small signed type may come out negative. */
function mostConverted(cx: Context, { type, operand }: Extract<Expr, { kind: "convert" }>): number {
  if (isLongType(operand.type)) return MOST_WORD;
  const most = mostOf(cx, operand);
  return most > mostFitting(type) && viewOf(type) === "i" ? MOST_WORD : most;
}

/** The most that a word may be, as an unsigned one, to be the same in that type. */
export function mostFitting(type: Expr["type"]): number {
  if (type === "i8") return 0x7f;
  return type === "i16" ? 0x7fff : mostOfType(type);
}

/** Words that wrap may be anything. */
function mostComputed(cx: Context, { op, type, left, right }: Extract<Expr, { kind: "arithmetic" }>): number {
  if (isLongType(type)) return MOST_WORD;
  const [x, y] = [mostOf(cx, left), mostOf(cx, right)];
  const constant = cx.constant(right);
  const by = constant === undefined ? undefined : Number(constant) >>> 0;
  const signed = type === "i32" && (x > MOST_SIGNED || y > MOST_SIGNED);
  switch (op) {
    case "and":
      return Math.min(x, y);
    case "or":
    case "xor":
      return 2 ** (32 - Math.clz32(Math.max(x, y))) - 1;
    case "add":
      return whole(x + y);
    case "mul":
      return whole(x * y);
    case "shl":
      return by === undefined ? MOST_WORD : whole(x * 2 ** (by & 31));
    case "shr":
      return by === undefined || signed ? MOST_WORD : Math.floor(x / 2 ** (by & 31));
    case "div":
      return by === undefined || by === 0 || signed ? MOST_WORD : Math.floor(x / by);
    case "mod":
      return by === undefined || by === 0 || signed ? MOST_WORD : Math.min(x, by - 1);
    case "sub":
      return MOST_WORD;
  }
}

function whole(most: number): number {
  return most > MOST_WORD ? MOST_WORD : most;
}

/** A register and a constant, or a constant alone. */
export interface Sum {
  readonly register: Register | undefined;
  readonly addend: number;
}

/**
 * Undefined where it is neither. It is right modulo 2^32, a constant alone as an unsigned word, what is added to a register as a signed one;
 * whether it wraps the verifier is asked.
 */
export function sumOf(cx: Context, expr: Expr): Sum | undefined {
  const simple = cx.simple(expr);
  if (simple !== undefined) {
    return "imm" in simple ? sum(undefined, Number(simple.imm)) : sum(simple.reg, 0);
  }
  if (expr.kind === "convert" && expr.type === "u32" && mostOfType(expr.operand.type) < MOST_WORD) {
    return sumOf(cx, expr.operand);
  }
  if (expr.kind !== "arithmetic" || expr.type !== "u32") return undefined;
  if (expr.op !== "add" && expr.op !== "sub") return undefined;
  const [left, right] = [sumOf(cx, expr.left), sumOf(cx, expr.right)];
  if (left === undefined || right === undefined) return undefined;
  if (expr.op === "sub") {
    return right.register === undefined ? sum(left.register, left.addend - right.addend) : undefined;
  }
  if (left.register !== undefined && right.register !== undefined) return undefined;
  return sum(left.register ?? right.register, left.addend + right.addend);
}

function sum(register: Register | undefined, addend: number): Sum {
  return { register, addend: register === undefined ? addend >>> 0 : addend | 0 };
}
