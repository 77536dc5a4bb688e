/** Loads of fields, each one instruction, so that every use of a field sees the same octets. */
import type { MemoryType, Order, Register } from "../vcode/insn.js";
import type { Assembler } from "../vcode/vcode.js";
import { fullMask, type Width } from "./atom.js";
import { swapped } from "./raw.js";
import type { Field } from "./trie.js";

export const MEMORY: Readonly<Record<Width, MemoryType>> = { 8: "uc", 16: "us", 32: "u" };

/** The field's bits in a new register; in host order they are those of the swapped value. */
export function load(v: Assembler, { offset, width, mask }: Field, order: Order, base: Register): Register {
  const value = v.getreg("u");
  v.ld(order, MEMORY[width], value, base, { imm: offset });
  if (mask !== fullMask(width)) v.alui("and", "u", value, value, order === "host" ? swapped(mask, width) : mask | 0);
  return value;
}

/** Octets of its region that the field needs. */
export function octetsOf({ kind, offset, width, least }: Field): number {
  if (kind === "residual") return 0;
  return kind === "length" ? least : offset + width / 8;
}
