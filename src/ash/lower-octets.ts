/**
 * Octets in state, buffers and the frame: numbers in network order at any offset, in one access where it is known to be aligned, else in
 * as few as are. A buffer's length is a constant; the frame's is a word in state.
 */
import type { MemoryType, Register } from "../vcode/insn.js";
import { FRAME_AT } from "./layout.js";
import { alignmentAt, frameOf, type Width, widthsOf } from "./lower-align.js";
import type { Context, Val } from "./lower-context.js";
import { withFrame } from "./lower-known.js";
import { type Address, addressOf } from "./lower-place.js";
import { mostOf } from "./lower-range.js";
import type { Residue } from "./lower-residue.js";
import { isLongType, smallOf, viewOf } from "./lower-types.js";
import type { Expr, Octets } from "./tree.js";

/** Where so many octets of a buffer or the frame lie, checked. */
interface Stretch {
  readonly address: Address;
  /** Of the address. */
  readonly alignment: Residue;
}

export function octetsAddress(cx: Context, octets: Octets): Address {
  if (octets.kind === "buffer") return addressOf(cx, octets);
  const offset = frameOf(cx.whole.handler.layout) + FRAME_AT;
  return { base: { reg: cx.stateRegister(), temporary: false }, offset };
}

/** The length of a buffer, which is a constant, or of the frame, in a register. */
export function octetsLength(cx: Context, octets: Octets, want?: Register): Val {
  if (octets.kind === "buffer") return { imm: octets.length };
  const length = cx.result("u32", want);
  cx.asm.ldv("host", "u", length.reg, cx.stateRegister(), { imm: frameOf(cx.whole.handler.layout) });
  return length;
}

function stretchOf(cx: Context, octets: Octets, offset: Expr, size: number): Stretch {
  const alignment = alignmentAt(cx.whole.handler.layout, octets, offset, cx.residues);
  const address = octetsAddress(cx, octets);
  const constant = cx.constant(offset);
  if (constant !== undefined) {
    const at = Number(constant) >>> 0;
    needRoom(cx, octets, at + size);
    return { address: { ...address, offset: (address.offset + at) | 0 }, alignment };
  }
  const at = cx.inRegister(offset);
  checkVaried(cx, octets, at.reg, mostOf(cx, offset), size);
  cx.free(at);
  cx.free(address.base);
  const sum = cx.asm.getreg("u");
  cx.asm.alu("add", "u", sum, address.base.reg, at.reg);
  return { address: { base: { reg: sum, temporary: true }, offset: address.offset }, alignment };
}

/** It has so many octets, else a fault. */
export function needRoom(cx: Context, octets: Octets, end: number): void {
  if (octets.kind === "buffer") {
    if (end > octets.length) cx.fails("index");
    return;
  }
  if (cx.known === undefined || end <= cx.known.frame) return;
  if (end > 0x7fff_ffff) return cx.fails("index");
  const length = cx.held(octetsLength(cx, octets), "u32");
  cx.asm.bri("blt", "u", length.reg, end, cx.fault("index"));
  cx.free(length);
  cx.learn((known) => withFrame(known, end));
}

function checkVaried(cx: Context, octets: Octets, at: Register, most: number, size: number): void {
  if (octets.kind === "buffer") {
    if (size > octets.length) cx.fails("index");
    else if (most + size > octets.length) cx.asm.bri("bgt", "u", at, octets.length - size, cx.fault("index"));
    return;
  }
  if (cx.known === undefined || most + size <= cx.known.frame) return;
  const last = cx.held(octetsLength(cx, octets), "u32");
  if (cx.known.frame < size) cx.asm.bri("blt", "u", last.reg, size, cx.fault("index"));
  cx.learn((known) => withFrame(known, Math.max(known.frame, size)));
  if (size > 1) {
    cx.asm.alui("sub", "u", last.reg, last.reg, size);
    cx.asm.br("bgt", "u", at, last.reg, cx.fault("index"));
  } else cx.asm.br("bge", "u", at, last.reg, cx.fault("index"));
  cx.free(last);
}

const UNSIGNED: Readonly<Record<Width, MemoryType>> = { 1: "uc", 2: "us", 4: "u", 8: "ul" };
const SIZES: Readonly<Record<string, Width>> = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8 };

function sizeOf(type: Expr["type"]): Width {
  return SIZES[type] ?? 1;
}

export function octetsLoad(cx: Context, expr: Extract<Expr, { kind: "octets-load" }>, want: Register | undefined): Val {
  const size = sizeOf(expr.type);
  const { address, alignment } = stretchOf(cx, expr.octets, expr.offset, size);
  const widths = widthsOf(alignment, size);
  cx.free(address.base);
  const one = widths.length === 1;
  const rd = one ? cx.result(expr.type, want) : resultBeside(cx, expr.type, want, address.base.reg);
  const load = (to: Register, at: number, width: Width) =>
    cx.asm.ldv("network", UNSIGNED[width], to, address.base.reg, { imm: (address.offset + at) | 0 });
  if (one) load(rd.reg, 0, size);
  else joined(cx, expr.type, rd.reg, widths, load, address.base.reg);
  const small = smallOf(expr.type);
  if (small === "c" || small === "s") cx.asm.cv("i", small, rd.reg, rd.reg);
  return rd;
}

/** What several loads from that base are put together in. */
function resultBeside(cx: Context, type: Expr["type"], want: Register | undefined, base: Register) {
  if (want !== undefined && want !== base) return { reg: want, temporary: false };
  return { reg: otherThan(cx, type, base), temporary: true };
}

/** A free register that is not that one. */
function otherThan(cx: Context, type: Expr["type"], not: Register): Register {
  const first = cx.temporary(type);
  if (first !== not) return first;
  const second = cx.temporary(type);
  cx.asm.putreg(first);
  return second;
}

/** Pieces of so many octets after one another, the first on top. */
function joined(
  cx: Context,
  type: Expr["type"],
  rd: Register,
  widths: readonly Width[],
  load: (to: Register, at: number, width: Width) => void,
  not: Register,
): void {
  const long = isLongType(type);
  const view = long ? "ul" : "u";
  const word = otherThan(cx, "u32", not);
  const wide = long ? cx.temporary(type) : word;
  let at = 0;
  for (const width of widths) {
    const first = at === 0;
    load(first && !long ? rd : word, at, width);
    at += width;
    if (long) cx.asm.cv("u", "ul", first ? rd : wide, word);
    if (first) continue;
    cx.asm.alui("lsh", view, rd, rd, long ? BigInt(8 * width) : 8 * width);
    cx.asm.alu("or", view, rd, rd, wide);
  }
  cx.asm.putreg(word);
  if (long) cx.asm.putreg(wide);
}

export function octetsStore(cx: Context, expr: Extract<Expr, { kind: "octets-store" }>): void {
  const { address, alignment } = stretchOf(cx, expr.octets, expr.offset, expr.width);
  const widths = widthsOf(alignment, expr.width);
  const value = cx.inRegister(expr.value);
  const store = (from: Register, at: number, width: Width) =>
    cx.asm.stv("network", UNSIGNED[width], from, address.base.reg, { imm: (address.offset + at) | 0 });
  if (widths.length === 1) store(value.reg, 0, expr.width);
  else split(cx, expr.value.type, value.reg, widths, store);
  cx.free(value);
  cx.free(address.base);
}

function split(
  cx: Context,
  type: Expr["type"],
  value: Register,
  widths: readonly Width[],
  store: (from: Register, at: number, width: Width) => void,
): void {
  const word = cx.asm.getreg("u");
  const long = isLongType(type);
  const shifted = cx.temporary(type);
  let left = widths.reduce((sum, width) => sum + width, 0);
  let at = 0;
  for (const width of widths) {
    left -= width;
    const bits = 8 * left;
    if (bits === 0 && !long) store(value, at, width);
    else {
      if (bits > 0) cx.asm.alui("rsh", long ? "ul" : "u", shifted, value, long ? BigInt(bits) : bits);
      if (long) cx.asm.cv(viewOf("u64"), "u", word, bits > 0 ? shifted : value);
      store(long ? word : shifted, at, width);
    }
    at += width;
  }
  cx.asm.putreg(word);
  cx.asm.putreg(shifted);
}
