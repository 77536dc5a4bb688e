/** Loads of fields, each one instruction, so that every use of a field sees the same octets. Facts are in registers already. */
import type { MemoryType, Order, Register } from "../vcode/insn.js";
import type { Assembler } from "../vcode/vcode.js";
import { type Fact, fullMask, type Width } from "./atom.js";
import { rawValue } from "./raw.js";
import type { Field } from "./trie.js";

export const MEMORY: Readonly<Record<Width, MemoryType>> = { 8: "uc", 16: "us", 32: "u" };

/** Where the octets lie that fields count from, and the facts that the program asks for. */
export interface Source {
  readonly base: Register;
  readonly facts: Facts;
}

export type Facts = Readonly<Partial<Record<Fact, Register>>>;

/** The field's bits in a new register; in host order they are those of the swapped value. */
export function load(v: Assembler, field: Field, order: Order, { base, facts }: Source): Register {
  const { of, offset, width, mask } = field;
  const value = v.getreg("u");
  if (of === undefined) v.ld(order, MEMORY[width], value, base, { imm: offset });
  else v.mov("u", value, registerOf(facts, of));
  if (mask !== fullMask(width)) v.alui("and", "u", value, value, order === "host" ? rawValue(field, mask) : mask | 0);
  return value;
}

/** Throws where the program's traits do not ask for the fact. */
export function registerOf(facts: Facts, of: Fact): Register {
  const register = facts[of];
  if (register === undefined) throw new Error(`gen: a program that was not planned to ask for ${of}`);
  return register;
}

/** Octets of its region that the field needs. */
export function octetsOf({ kind, of, offset, width, least }: Field): number {
  if (kind === "residual" || of !== undefined) return 0;
  return kind === "length" ? least : offset + width / 8;
}
