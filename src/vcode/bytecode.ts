/**
 * About how many octets of V8 bytecode the JavaScript of an instruction takes: beyond some 60 KB V8 stops optimising
 * a function, and it then runs twenty times slower. Within a third of what Node 20 prints (`--print-bytecode`) for functions
 * of more than a few hundred instructions, whose operands are mostly wide.
 */
import { isLong } from "./compute.js";
import type { Alu, Insn } from "./insn.js";
import { mayTrap } from "./registers.js";

/** What one function of ours may have. */
export const MAX_BYTECODE = 30_000;
/** The loop over rows, or a function's locals. */
export const FRAME_BYTECODE = 280;
/** A call of a piece, with its exits and the registers that go with it. */
export const CALL_BYTECODE = 80;
/** What registers that a piece shares, and calls that others leave to it, may take of it. */
export const TRANSFER_BYTECODE = 3000;

const WORD: Readonly<Record<Insn["op"], number>> = {
  set: 5,
  mov: 4,
  alu: 12,
  alui: 14,
  unary: 10,
  cv: 12,
  ld: 40,
  st: 40,
  ldv: 308,
  stv: 308,
  aluo: 47,
  br: 14,
  bri: 15,
  j: 3,
  jt: 20,
  label: 0,
  scall: 0,
  call: 20,
  fuel: 42,
  ret: 6,
};
/** Beyond that: Math.imul is looked up and called; unsigned division shifts first; a remainder asks for 0. */
const ALU: Readonly<Partial<Record<Alu, number>>> = { mul: 14, div: 8, mod: 20 };
/** Both sides of an unsigned order are shifted. */
const UNSIGNED_ORDER = 14;
/** BigInt.asIntN is looked up and called. */
const LONG = 20;
const CASE = 8;
const MOST_CASES = 256;
/** Octets of bytecode by character of what a primitive is expanded to. */
const BY_CHARACTER = 0.8;

/** Each register that is passed where an image traps, and the call. */
const SAVED = 4;
const TRAP = 21;

/** `expansion`: text of a primitive's call; `saved`: registers that are saved where an image traps. */
export function bytecodeOf(insn: Insn, expansion = "", saved = 0): number {
  const trap = saved > 0 && mayTrap(insn) ? TRAP + SAVED * saved : 0;
  return WORD[insn.op] + beyond(insn) + trap + Math.ceil(BY_CHARACTER * expansion.length);
}

function beyond(insn: Insn): number {
  switch (insn.op) {
    case "alu":
    case "alui":
      return (ALU[insn.alu] ?? 0) + (isLong(insn.type) ? LONG : 0);
    case "br":
    case "bri": {
      if (isLong(insn.type)) return LONG;
      return insn.type === "u" && insn.branch !== "beq" && insn.branch !== "bne" ? UNSIGNED_ORDER : 0;
    }
    case "cv":
      return isLong(insn.from) === isLong(insn.to) ? 0 : LONG;
    case "unary":
      return isLong(insn.type) ? LONG : 0;
    case "jt":
      return CASE * Math.min(new Set(insn.labels).size, MOST_CASES);
    case "call":
      return 4 * insn.args.length;
    default:
      return 0;
  }
}
