/**
 * The instruction set, after VCODE (PLDI'96): an idealised load/store machine with typed registers.
 * First cut: 32-bit words and pointers; the rest of the paper's table has its place here.
 *
 *   program     = lambda { lambda }                       the first is the entry; calls go to later ones only
 *   lambda      = "v_lambda" parameters { insn } "v_end"
 *   insn        = v_set{t} rd, imm                        rd = imm
 *               | v_mov{t} rd, rs
 *               | v_{alu}{t} rd, rs1, rs2 | v_{alu}{t}i rd, rs1, imm
 *               | v_ldn{m}i rd, base, imm                 network order, from the packet
 *               | v_{br}{t} rs1, rs2, label | v_{br}{t}i rs1, imm, label
 *               | v_jv label | label ":"
 *               | v_scalli rd, primitive, args | v_scallv primitive, args
 *               | v_callv lambda, args                    one of this program's own, with no result
 *               | v_retv
 *   alu         = add | sub | mul | and | or | xor | lsh | rsh
 *   br          = blt | ble | bgt | bge | beq | bne
 *
 *   t   type                     alu          br     set mov
 *   i   signed word              all          all    yes      rsh keeps the sign
 *   u   unsigned word            all          all    yes      rsh shifts in zeros
 *   p   address in the packet    add only     -      mov      v_addp rd, rs1 (p), rs2 (word)
 *
 *   m   memory type: uc = 8, us = 16, u = 32 bits, unsigned, into a word register
 *
 * A word is 32 bits; i and u say how an instruction looks at it, so each takes registers of either.
 * Arithmetic is modulo 2^32; the count of a shift is taken modulo 32. Names are those of the paper; the
 * `n` of v_ldn says network order, where the paper's v_ld is the host's.
 */
import type { PrimitiveName } from "./primitive.js";

export type WordType = "i" | "u";
export type Type = WordType | "p";
export type MemoryType = "uc" | "us" | "u";

export const ALU = ["add", "sub", "mul", "and", "or", "xor", "lsh", "rsh"] as const;
export type Alu = (typeof ALU)[number];

export const BRANCH = ["blt", "ble", "bgt", "bge", "beq", "bne"] as const;
export type Branch = (typeof BRANCH)[number];

export const OCTETS: Readonly<Record<MemoryType, number>> = { uc: 1, us: 2, u: 4 };

/** Index of a register in its lambda; parameters come first. */
export type Register = number;
export type Label = number;

/** An argument of a call: a register or a constant. */
export type Operand = { readonly reg: Register } | { readonly imm: number };

export type Insn =
  | { readonly op: "set"; readonly type: WordType; readonly rd: Register; readonly imm: number }
  | { readonly op: "mov"; readonly type: Type; readonly rd: Register; readonly rs: Register }
  | {
      readonly op: "alu";
      readonly alu: Alu;
      readonly type: Type;
      readonly rd: Register;
      readonly rs1: Register;
      readonly rs2: Register;
    }
  | {
      readonly op: "alui";
      readonly alu: Alu;
      readonly type: Type;
      readonly rd: Register;
      readonly rs1: Register;
      readonly imm: number;
    }
  | {
      readonly op: "ldn";
      readonly memory: MemoryType;
      readonly rd: Register;
      readonly base: Register;
      readonly offset: number;
    }
  | {
      readonly op: "br";
      readonly branch: Branch;
      readonly type: WordType;
      readonly rs1: Register;
      readonly rs2: Register;
      readonly label: Label;
    }
  | {
      readonly op: "bri";
      readonly branch: Branch;
      readonly type: WordType;
      readonly rs1: Register;
      readonly imm: number;
      readonly label: Label;
    }
  | { readonly op: "j"; readonly label: Label }
  | { readonly op: "label"; readonly label: Label }
  | {
      readonly op: "scall";
      readonly primitive: PrimitiveName;
      readonly rd?: Register;
      readonly args: readonly Operand[];
    }
  | { readonly op: "call"; readonly lambda: number; readonly args: readonly Operand[] }
  | { readonly op: "ret" };

/**
 * One function. Its first two parameters are the packet: register 0 (p) is an address in it, register 1
 * (i) the octets left there, never negative. The other parameters are words.
 */
export interface Lambda {
  readonly parameters: number;
  /** Type of each register, parameters first. */
  readonly registers: readonly Type[];
  readonly labels: number;
  readonly insns: readonly Insn[];
}

/** Plain data: it may be sent from one thread to another. */
export interface Program {
  readonly lambdas: readonly Lambda[];
  /** Dispatch tables that probes may name: [0, tables). */
  readonly tables: number;
}

/** Limits of what the verifier looks at. */
export const MAX_LAMBDAS = 65_536;
export const MAX_INSNS = 1 << 20;
export const MAX_REGISTERS = 32_768;
export const MAX_TABLES = 1 << 20;
