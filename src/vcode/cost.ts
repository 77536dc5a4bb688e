/**
 * Simulated cycles: what each executed VCODE instruction takes on a machine like the MIPS R3000, the papers' own (25 MHz:
 * 40 ns a cycle), when a one-pass generator like VCODE's expands it. Each figure comes from that machine's manual
 * and is counted in its instructions; none is fitted to a table of the papers that it will be compared with.
 * Caches always hit: the papers' filters and packets fit the 64 KB of a DECstation's.
 *
 *   one cycle an instruction; what a load reads may not be used by the next, so it takes another (a delay slot)
 *   the slot behind a branch is filled from the way that falls through, and so is lost where the branch is taken
 *   the slot behind a jump or return stays empty
 *   mult 12 cycles and div 35, each with one more to fetch the result
 *   a constant within 16 bits is part of the instruction; one with 16 low zeros needs lui, any other lui and ori
 *   the machine is big-endian (it runs in either order, and packets are): network order is its own
 *   alignment is not known: a word is read by lwl and lwr, half a word octet by octet
 *   a long is two words
 *
 * Virtual addresses are translated by the machine itself, and aligned: a lh or lw; add and sub trap for nothing
 *
 * Primitives cost what the caller who expands them says.
 */
import { isLong, isUnsigned } from "./compute.js";
import { type Alu, type Immediate, type Insn, type MemoryType, OCTETS, type Operand, type Order } from "./insn.js";

export const NANOSECONDS_A_CYCLE = 40;

/** What a branch that is taken costs beyond `cyclesOf`. */
export const TAKEN = 1;

const LOAD_DELAY = 1;
const MULT = 12 + 1;
const DIV = 35 + 1;
/** sltu, branch, sll, lui, addu, lw with its slot, jr with its slot. */
const JUMP_TABLE = 9;
/** jal with its slot; sw and lw of the return address around it. */
const CALL = 5;
const RET = 2;
/** addiu and bltz, with its slot unused. */
const FUEL = 3;
/** A routine of 64 steps: shift both words (4), compare (3), subtract (3), count and branch (2). */
const LONG_DIV = 64 * 12;
/** Three products and the sums of their words. */
const LONG_MUL = 3 * MULT + 2;
/** By a register: which side of 32 it is (2), four shifts and an or, two moves. */
const LONG_SHIFT = 9;

/** Cycles of one execution; a taken branch costs TAKEN more. */
export function cyclesOf(insn: Insn): number {
  switch (insn.op) {
    case "label":
      return 0;
    case "set":
      return isLong(insn.type) ? longConstant(insn.imm) : constant(insn.imm);
    case "mov":
      return isLong(insn.type) ? 2 : 1;
    case "alu":
      return isLong(insn.type) ? longAlu(insn.alu) : wordAlu(insn.alu);
    case "alui":
      return aluImmediate(insn);
    case "unary":
      return isLong(insn.type) ? LONG_UNARY[insn.unary] : 1;
    case "cv":
      return conversion(insn);
    case "ld":
      return loading(insn.memory, insn.order) + LOAD_DELAY + address(insn.offset);
    case "st":
      return storing(insn.memory, insn.order) + address(insn.offset);
    case "ldv":
      return aligned(insn.memory, insn.order) + LOAD_DELAY + address(insn.offset);
    case "stv":
      return aligned(insn.memory, insn.order) + address(insn.offset);
    case "aluo":
      return overflowing(insn);
    case "br":
      return isLong(insn.type) ? LONG_BRANCH : insn.branch === "beq" || insn.branch === "bne" ? 1 : 2;
    case "bri":
      return branchImmediate(insn);
    case "j":
      return 2;
    case "jt":
      return JUMP_TABLE;
    case "scall":
      return 0;
    case "call":
      return CALL + insn.args.length;
    case "fuel":
      return FUEL;
    case "ret":
      return RET + (insn.value === undefined ? 0 : 1);
  }
}

/** nor twice; or, sltiu and a zero; two subtractions with a borrow. */
const LONG_UNARY = { com: 2, not: 3, neg: 4 };
/** Compare the upper words, branch, compare the lower, branch. */
const LONG_BRANCH = 4;

/** A constant in a register. */
function constant(value: Immediate): number {
  if (value === 0 || value === 0n) return 1;
  const number = Number(value);
  // addiu, ori, lui alone.
  if ((number >= -0x8000 && number <= 0xffff) || (number & 0xffff) === 0) return 1;
  return 2;
}

function longConstant(value: Immediate): number {
  return constant(Number(BigInt(value) >> 32n)) + constant(Number(BigInt.asIntN(32, BigInt(value))));
}

function wordAlu(alu: Alu): number {
  if (alu === "mul") return MULT;
  return alu === "div" || alu === "mod" ? DIV : 1;
}

function longAlu(alu: Alu): number {
  switch (alu) {
    case "add":
    case "sub":
      return 4;
    case "mul":
      return LONG_MUL;
    case "div":
    case "mod":
      return LONG_DIV;
    case "lsh":
    case "rsh":
      return LONG_SHIFT;
    default:
      return 2;
  }
}

function aluImmediate({ alu, type, imm }: Extract<Insn, { op: "alui" }>): number {
  if (isLong(type)) return alu === "lsh" || alu === "rsh" ? 4 : 2 + longAlu(alu);
  if (alu === "lsh" || alu === "rsh") return 1;
  const number = Number(imm);
  // addiu extends the sign; andi, ori and xori extend with zeros.
  const signed = alu === "add" || alu === "sub";
  const logical = alu === "and" || alu === "or" || alu === "xor";
  const short = (signed && number > -0x8000 && number < 0x8000) || (logical && number >= 0 && number <= 0xffff);
  return short ? 1 : constant(imm) + wordAlu(alu);
}

function conversion({ to }: Extract<Insn, { op: "cv" }>): number {
  if (isLong(to)) return 2;
  // sll and sra; else andi, or a move.
  return to === "c" || to === "s" ? 2 : 1;
}

/** lbu; two lbu, sll, or; lwl and lwr; in the other order four lbu, three sll, three or. */
function loading(memory: MemoryType, order: Order): number {
  if (OCTETS[memory] <= 2) return OCTETS[memory] === 1 ? 1 : 4;
  return (order === "network" ? 2 : 10) * (OCTETS[memory] / 4);
}

/** sb; sb, srl, sb; swl and swr; in the other order four sb and three srl. */
function storing(memory: MemoryType, order: Order): number {
  if (OCTETS[memory] <= 2) return OCTETS[memory] === 1 ? 1 : 3;
  return (order === "network" ? 2 : 7) * (OCTETS[memory] / 4);
}

/** One access; in the other order srl, andi, sll, or for half a word, and for a word two more of each. */
function aligned(memory: MemoryType, order: Order): number {
  const swap = order === "network" ? 0 : OCTETS[memory] === 2 ? 4 : OCTETS[memory] > 2 ? 9 : 0;
  return OCTETS[memory] === 8 ? 2 * (1 + swap) : 1 + swap;
}

/** mult; mfhi, mflo, sra of the lower word, branch where they differ. */
function overflowing({ alu, second }: Extract<Insn, { op: "aluo" }>): number {
  const operand = "imm" in second && !isShort(Number(second.imm)) ? constant(second.imm) : 0;
  return operand + (alu === "mul" ? MULT + 3 : 1);
}

function isShort(value: number): boolean {
  return value > -0x8000 && value < 0x8000;
}

/** addu, or a displacement within 16 bits. */
function address(offset: Operand): number {
  if ("reg" in offset) return 1;
  return Number(offset.imm) < 0x8000 - 8 ? 0 : constant(offset.imm) + 1;
}

function branchImmediate({ branch, type, imm }: Extract<Insn, { op: "bri" }>): number {
  if (isLong(type)) return 2 + LONG_BRANCH;
  if (branch === "beq" || branch === "bne") return Number(imm) === 0 ? 1 : constant(imm) + 1;
  // bltz and its kin; slti with the constant in it.
  if (Number(imm) === 0 && !isUnsigned(type)) return 1;
  const number = Number(imm);
  return number > -0x8000 && number < 0x7fff ? 2 : constant(imm) + 2;
}
