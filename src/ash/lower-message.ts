/**
 * Loads of the message, in network order, each behind a check that the verifier can prove it by, or behind none where what is known
 * suffices. An offset x that varies is compared with what is left behind it:
 *
 *   v_bltii octets, size, fault        unless so many are known to be there
 *   v_subii t, octets, size
 *   v_bgtu  x, t, fault
 */
import { OCTETS, type Register } from "../vcode/insn.js";
import { type Context, OCTETS_LEFT, PACKET, type Val } from "./lower-context.js";
import { atLeast, bounded, type Known, reaching } from "./lower-known.js";
import { mostOf, type Sum, sumOf } from "./lower-range.js";
import { MEMORY, OPPOSITE } from "./lower-types.js";
import type { Comparison, Expr } from "./tree.js";

type Load = Extract<Expr, { kind: "message-load" }>;

/** A length is a signed word. */
const MOST_OCTETS = 0x7fff_ffff;

export function messageLoad(cx: Context, expr: Load, want: Register | undefined): Val {
  if (expr.type === "reference" || expr.type === "outcome" || expr.type === "void") throw new Error("ash: no load");
  const memory = MEMORY[expr.type];
  const size = OCTETS[memory];
  const constant = cx.constant(expr.offset);
  if (constant !== undefined) {
    const offset = Number(constant) >>> 0;
    const site = cx.whole.site();
    if (offset + size > MOST_OCTETS) cx.fails("message");
    else if (cx.whole.isChecked(site)) checkOctets(cx, offset + size);
    else needOctets(cx, offset + size);
    const rd = cx.result(expr.type, want);
    cx.sites.set(cx.asm.length, site);
    cx.asm.ldn(memory, rd.reg, PACKET, offset | 0);
    return rd;
  }
  const offset = cx.inRegister(expr.offset);
  checkOffset(cx, expr.offset, offset.reg, size);
  cx.free(offset);
  const rd = cx.result(expr.type, want);
  cx.asm.ld("network", memory, rd.reg, PACKET, { reg: offset.reg });
  return rd;
}

/** From here on the message has so many octets. */
function needOctets(cx: Context, octets: number): void {
  if (cx.known !== undefined && cx.known.octets < octets) checkOctets(cx, octets);
}

function checkOctets(cx: Context, octets: number): void {
  cx.asm.bri("blt", "i", OCTETS_LEFT, octets, cx.fault("message"));
  cx.learn((known) => atLeast(known, octets));
}

function checkOffset(cx: Context, expr: Expr, offset: Register, size: number): void {
  const site = cx.whole.site();
  const sum = sumOf(cx, expr);
  if (cx.known !== undefined && (cx.whole.isChecked(site) || !isCovered(cx.known, sum, mostOf(cx, expr), size))) {
    compareOffset(cx, offset, size);
  }
  if (sum?.register !== undefined && sum.addend >= 0) {
    const { register, addend } = sum;
    cx.learn((known) => reaching(known, register, addend + size));
  }
  cx.sites.set(cx.asm.length, site);
}

function isCovered(known: Known, sum: Sum | undefined, most: number, size: number): boolean {
  if (most + size <= known.octets) return true;
  if (sum?.register === undefined || sum.addend < 0) return false;
  return (known.reach.get(sum.register) ?? 0) >= sum.addend + size;
}

function compareOffset(cx: Context, offset: Register, size: number): void {
  const fault = cx.fault("message");
  if (size === 1) {
    cx.asm.br("bge", "u", offset, OCTETS_LEFT, fault);
    return;
  }
  needOctets(cx, size);
  const last = cx.asm.getreg("u");
  cx.asm.alui("sub", "i", last, OCTETS_LEFT, size);
  cx.asm.br("bgt", "u", offset, last, fault);
  cx.asm.putreg(last);
}

type Compare = Extract<Expr, { kind: "compare" }>;

/** What a comparison of unsigned words that came out so says about the message's length, and about locals. */
export function learned(cx: Context, { op, of, left, right }: Compare, holds: boolean, known: Known): Known {
  if (of !== "u8" && of !== "u16" && of !== "u32") return known;
  const [x, y] = [sumOf(cx, left), sumOf(cx, right)];
  if (x === undefined || y === undefined) return known;
  return ordered(known, x, holds ? op : OPPOSITE[op], y);
}

function ordered(known: Known, x: Sum, op: Comparison, y: Sum): Known {
  switch (op) {
    case "lt":
      return atMost(known, x, 1, y);
    case "le":
      return atMost(known, x, 0, y);
    case "gt":
      return atMost(known, y, 1, x);
    case "ge":
      return atMost(known, y, 0, x);
    case "eq":
      return atMost(atMost(known, x, 0, y), y, 0, x);
    case "ne":
      return known;
  }
}

/** small + gap <= great. */
function atMost(known: Known, small: Sum, gap: number, great: Sum): Known {
  if (great.register === OCTETS_LEFT) {
    // octets - k wraps where there are fewer.
    if (great.addend > 0 || known.octets < -great.addend || small.addend < 0) return known;
    const reach = small.addend + gap - great.addend;
    if (small.register === undefined) return reach <= MOST_OCTETS ? atLeast(known, reach) : known;
    return small.register === OCTETS_LEFT ? known : reaching(known, small.register, reach);
  }
  if (great.register !== undefined || small.register === undefined || small.addend !== 0) return known;
  return bounded(known, small.register, Math.max(great.addend - gap + 1, 0));
}
