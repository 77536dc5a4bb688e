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
  const value = cx.inRegister(operand);
  const sum = cx.asm.getreg("u");
  cx.asm.mov("u", sum, value.reg);
  cx.free(value);
  foldOnce(cx, sum);
  foldOnce(cx, sum);
  return delivered(cx, sum, want);
}

function delivered(cx: Context, from: Register, want: Register | undefined): Val {
  if (want === undefined) return { reg: from, temporary: true };
  cx.asm.mov("u", want, from);
  cx.asm.putreg(from);
  return { reg: want, temporary: false };
}

/** HC' = ~(~HC + ~m + m'), of the words of 16 bits of m. */
export function computePatch(cx: Context, expr: Extract<Expr, { kind: "patch" }>, want: Register | undefined): Val {
  const [checksum, before, after] = [expr.checksum, expr.before, expr.after].map((each) => cx.inRegister(each));
  const [sum, part] = [cx.asm.getreg("u"), cx.asm.getreg("u")];
  if (checksum === undefined || before === undefined || after === undefined) throw new Error("ash: no patch");
  const add = (word: Register) => cx.asm.alu("add", "u", sum, sum, word);
  cx.asm.alui("xor", "u", sum, checksum.reg, 0xffff);
  cx.asm.unary("com", "u", part, before.reg);
  if (expr.width === 4) {
    addHalves(cx, sum, part);
    cx.asm.mov("u", part, after.reg);
    addHalves(cx, sum, part);
  } else {
    cx.asm.alui("and", "u", part, part, 0xffff);
    add(part);
    add(after.reg);
  }
  cx.asm.putreg(part);
  for (const value of [checksum, before, after]) cx.free(value);
  foldOnce(cx, sum);
  foldOnce(cx, sum);
  cx.asm.alui("xor", "u", sum, sum, 0xffff);
  return delivered(cx, sum, want);
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
