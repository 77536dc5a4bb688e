/** Internet checksums (RFC 1071, RFC 1624) and octets in the other order, by arithmetic. */
import type { Register } from "../vcode/insn.js";
import type { Context, Val } from "./lower-context.js";
import type { Expr } from "./tree.js";

/** Adds the carries in, in place: of any word what is left has at most 17 bits. */
export function foldOnce(cx: Context, sum: Register): void {
  const high = cx.asm.getreg("u");
  cx.asm.alui("rsh", "u", high, sum, 16);
  cx.asm.alui("and", "u", sum, sum, 0xffff);
  cx.asm.alu("add", "u", sum, sum, high);
  cx.asm.putreg(high);
}

export function fold16(cx: Context, operand: Expr, want: Register | undefined): Val {
  const sum = copied(cx, operand);
  foldOnce(cx, sum);
  foldOnce(cx, sum);
  return delivered(cx, sum, want);
}

/** The word in a register that may be changed. */
function copied(cx: Context, operand: Expr): Register {
  const value = cx.inRegister(operand);
  if (value.temporary) return value.reg;
  const copy = cx.asm.getreg("u");
  cx.asm.mov("u", copy, value.reg);
  return copy;
}

function delivered(cx: Context, from: Register, want: Register | undefined): Val {
  if (want === undefined) return { reg: from, temporary: true };
  cx.asm.mov("u", want, from);
  cx.asm.putreg(from);
  return { reg: want, temporary: false };
}

/** HC' = ~(~HC + ~m + m'), of the words of 16 bits of m; constants among them are summed here. */
export function computePatch(cx: Context, expr: Extract<Expr, { kind: "patch" }>, want: Register | undefined): Val {
  const sum = copied(cx, expr.checksum);
  const before = partOf(cx, expr.before, expr.width);
  const after = partOf(cx, expr.after, expr.width);
  cx.asm.alui("xor", "u", sum, sum, 0xffff);
  const constant = addPart(cx, sum, before, true) + addPart(cx, sum, after, false);
  if (constant > 0) cx.asm.alui("add", "u", sum, sum, constant);
  foldOnce(cx, sum);
  foldOnce(cx, sum);
  cx.asm.alui("xor", "u", sum, sum, 0xffff);
  return delivered(cx, sum, want);
}

/** A constant, or a register that may be changed. */
interface Part {
  readonly constant: number | undefined;
  readonly word: Register;
  readonly width: 2 | 4;
}

function partOf(cx: Context, expr: Expr, width: 2 | 4): Part {
  const constant = cx.constant(expr);
  if (constant !== undefined) return { constant: Number(constant), word: 0, width };
  return { constant: undefined, word: copied(cx, expr), width };
}

/** Adds it, or its complement, to the sum, or gives it back where it is constant. */
function addPart(cx: Context, sum: Register, { constant, word, width }: Part, complement: boolean): number {
  const mask = width === 4 ? 0xffff_ffff : 0xffff;
  if (constant !== undefined) {
    const known = ((complement ? ~constant : constant) & mask) >>> 0;
    return (known & 0xffff) + (known >>> 16);
  }
  if (complement) cx.asm.alui("xor", "u", word, word, mask);
  if (width === 4) addHalves(cx, sum, word);
  else cx.asm.alu("add", "u", sum, sum, word);
  cx.asm.putreg(word);
  return 0;
}

/** Adds both words of 16 bits; `word` is lost. */
function addHalves(cx: Context, sum: Register, word: Register): void {
  const low = cx.asm.getreg("u");
  cx.asm.alui("and", "u", low, word, 0xffff);
  cx.asm.alui("rsh", "u", word, word, 16);
  cx.asm.alu("add", "u", sum, sum, low);
  cx.asm.alu("add", "u", sum, sum, word);
  cx.asm.putreg(low);
}

export function swapOctets(cx: Context, operand: Expr, width: 2 | 4, want: Register | undefined): Val {
  const value = cx.inRegister(operand);
  const swapped = cx.asm.getreg("u");
  if (width === 4) swapWord(cx, swapped, value.reg);
  else {
    swapHalves(cx, swapped, value.reg);
    cx.asm.alui("and", "u", swapped, swapped, 0xffff);
  }
  cx.free(value);
  return delivered(cx, swapped, want);
}

/** rd = rs with the octets of each 16 bits in the other order; rd may be rs. */
export function swapHalves(cx: Context, rd: Register, rs: Register): void {
  const high = cx.asm.getreg("u");
  cx.asm.alui("rsh", "u", high, rs, 8);
  cx.asm.alui("and", "u", high, high, 0x00ff_00ff);
  cx.asm.alui("and", "u", rd, rs, 0x00ff_00ff);
  cx.asm.alui("lsh", "u", rd, rd, 8);
  cx.asm.alu("or", "u", rd, rd, high);
  cx.asm.putreg(high);
}

/** rd = rs with its octets in the other order; rd may be rs. */
export function swapWord(cx: Context, rd: Register, rs: Register): void {
  swapHalves(cx, rd, rs);
  const high = cx.asm.getreg("u");
  cx.asm.alui("rsh", "u", high, rd, 16);
  cx.asm.alui("lsh", "u", rd, rd, 16);
  cx.asm.alu("or", "u", rd, rd, high);
  cx.asm.putreg(high);
}
