/**
 * CRC-32 (IEEE 802.3) without a table, which the state would have to hold, and each octet to wait for: what a word does to the register is the
 * exclusive-or of what each of its bits does, and those are constants. So a word is 32 times four instructions of which only the last waits
 * for the one before.
 */
import type { Register } from "../vcode/insn.js";
import type { Context } from "./lower-context.js";

/** Reflected. */
const POLYNOMIAL = 0xedb8_8320;

/** The register after so many zero bits. */
function advanced(register: number, bits: number): number {
  let crc = register;
  for (let bit = 0; bit < bits; bit++) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
  return crc;
}

const OF_WORD: readonly number[] = Array.from({ length: 32 }, (_, bit) => advanced(2 ** bit, 32));
const OF_OCTET: readonly number[] = Array.from({ length: 8 }, (_, bit) => advanced(2 ** bit, 8));

function turned(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** The same for a register and words whose octets are in the other order. */
const OF_TURNED: readonly number[] = Array.from({ length: 32 }, (_, bit) =>
  turned(OF_WORD[8 * (3 - (bit >>> 3)) + (bit & 7)] ?? 0),
);

/** `reflected`: the word's first octet is the low one. */
export function crcWord(cx: Context, crc: Register, word: Register, reflected: boolean): void {
  const mixed = cx.asm.getreg("u");
  cx.asm.alu("xor", "u", mixed, crc, word);
  cx.asm.set("u", crc, 0);
  gather(cx, crc, mixed, reflected ? OF_WORD : OF_TURNED);
  cx.asm.putreg(mixed);
}

/** The octet that ends so many bits from the word's end; the register is reflected. */
export function crcOctet(cx: Context, crc: Register, word: Register, shift: number): void {
  const mixed = cx.asm.getreg("u");
  if (shift > 0) cx.asm.alui("rsh", "u", mixed, word, shift);
  cx.asm.alu("xor", "u", mixed, shift > 0 ? mixed : word, crc);
  cx.asm.alui("rsh", "u", crc, crc, 8);
  gather(cx, crc, mixed, OF_OCTET);
  cx.asm.putreg(mixed);
}

/** crc ^= what each bit that is set does. */
function gather(cx: Context, crc: Register, bits: Register, effects: readonly number[]): void {
  const part = cx.asm.getreg("u");
  for (const [bit, effect] of effects.entries()) {
    // All bits are the one that is asked for.
    if (bit < 31) cx.asm.alui("lsh", "u", part, bits, 31 - bit);
    cx.asm.alui("rsh", "i", part, bit < 31 ? part : bits, 31);
    cx.asm.alui("and", "u", part, part, effect);
    cx.asm.alu("xor", "u", crc, crc, part);
  }
  cx.asm.putreg(part);
}
