/**
 * The instruction set, after VCODE (PLDI'96): an idealised load/store machine with typed registers.
 *
 *   program     = lambda { lambda }                       the first is the entry; calls go to later ones only
 *   lambda      = "v_lambda" parameters { insn } "v_end"
 *   insn        = v_set{t} rd, imm                        rd = imm
 *               | v_mov{t} rd, rs
 *               | v_{alu}{t} rd, rs1, rs2 | v_{alu}{t}i rd, rs1, imm
 *               | v_{unary}{t} rd, rs
 *               | v_cv{t}2{c} rd, rs                      conversion
 *               | v_ld{o}{m} rd, base, rs | v_ld{o}{m}i rd, base, imm
 *               | v_st{o}{m} rs, base, rs2 | v_st{o}{m}i rs, base, imm
 *               | v_ldv{o}{m} rd, base, rs | v_ldv{o}{m}i rd, base, imm         virtual: base is a word (image.ts)
 *               | v_stv{o}{m} rs, base, rs2 | v_stv{o}{m}i rs, base, imm
 *               | v_{alu}oi rd, rs1, rs2 | v_{alu}oii rd, rs1, imm              add, sub or mul, trapping on overflow
 *               | v_{br}{t} rs1, rs2, label | v_{br}{t}i rs1, imm, label
 *               | v_jv label | label ":"
 *               | v_jt rs, [label, …], label              to the rs-th label; beyond them, to the last operand
 *               | v_scall{r} [rd,] primitive, args        declared, trusted code of ours
 *               | v_call{r} [rd,] lambda, args            one of this program's own
 *               | v_fuel imm                              pays for what follows; a fault where too little is left
 *               | v_ret{r} [rs] | v_ret{r}i imm
 *   alu         = add | sub | mul | div | mod | and | or | xor | lsh | rsh
 *   unary       = com | not | neg                         complement, logical not (1 where 0), negation
 *   br          = blt | ble | bgt | bge | beq | bne
 *   o           = "" | "n"                                host order, or network order
 *
 *   t   type                     set  alu  unary  br   mov
 *   i   signed word              yes  all  all    all  yes      rsh keeps the sign
 *   u   unsigned word            yes  all  all    all  yes      rsh shifts in zeros
 *   l   signed long              yes  all  all    all  yes      rsh keeps the sign
 *   ul  unsigned long            yes  all  all    all  yes      rsh shifts in zeros
 *   p   address in a region      -    add  -      -    yes      v_addp rd, rs1 (p), rs2 (word); v_addpi with a constant
 *
 *   m   memory type: c uc s us i u = 8, 8, 16, 16, 32, 32 bits, from and into a word register; l ul = 64 bits,
 *       from and into a long register; c and s extend the sign, uc and us extend with zeros
 *   c   of a conversion: any of t but p, or c uc s us from a word: its low bits, extended
 *   r   result: v none, or any of t but p
 *
 * A word has 32 bits, a long 64; the type says how an instruction looks at it, so each takes registers of
 * either sign. Arithmetic is modulo 2^32 or 2^64; the count of a shift is taken modulo the width; of a long
 * shift the count is a long. Division rounds towards 0; x / 0 is 0 and x mod 0 is x; the quotient that does
 * not fit (-2^31 / -1) wraps, its remainder is 0. Conversions from words extend by the sign of the type that is
 * named first, to words drop bits. Host order is little-endian on every machine. Loads and stores need no alignment.
 * Images alone (image.ts) have the virtual loads and stores, which must be aligned, and the arithmetic of signed words
 * whose result must fit: they trap, as v_fuel does there.
 * Names are those of the paper; the `n` of v_ldn says network order, which the paper's has not.
 */
import type { PrimitiveName } from "./primitive.js";

type WordType = "i" | "u";
type LongType = "l" | "ul";
/** What values have. */
export type ValueType = WordType | LongType;
export type Type = ValueType | "p";
export type SmallType = "c" | "uc" | "s" | "us";
export type MemoryType = SmallType | ValueType;

export const VALUE_TYPES = ["i", "u", "l", "ul"] as const;
export const SMALL_TYPES = ["c", "uc", "s", "us"] as const;
export const MEMORY_TYPES = [...SMALL_TYPES, ...VALUE_TYPES] as const;

export const ALU = ["add", "sub", "mul", "div", "mod", "and", "or", "xor", "lsh", "rsh"] as const;
export type Alu = (typeof ALU)[number];

/** What has a form that traps where the signed word overflows. */
export const OVERFLOWING = ["add", "sub", "mul"] as const;
export type Overflowing = (typeof OVERFLOWING)[number];

export const UNARY = ["com", "not", "neg"] as const;
export type Unary = (typeof UNARY)[number];

export const BRANCH = ["blt", "ble", "bgt", "bge", "beq", "bne"] as const;
export type Branch = (typeof BRANCH)[number];
/** What holds where the other does not. */
export const INVERSE: Readonly<Record<Branch, Branch>> = {
  blt: "bge",
  ble: "bgt",
  bgt: "ble",
  bge: "blt",
  beq: "bne",
  bne: "beq",
};

export const ORDERS = ["host", "network"] as const;
export type Order = (typeof ORDERS)[number];

export const OCTETS: Readonly<Record<MemoryType, number>> = { c: 1, uc: 1, s: 2, us: 2, i: 4, u: 4, l: 8, ul: 8 };

/** Index of a register in its lambda; parameters come first. */
export type Register = number;
export type Label = number;

/** A word as an int32; a long as a bigint within int64. */
export type Immediate = number | bigint;

/** An argument of a call, or an offset: a register or a constant. */
export type Operand = { readonly reg: Register } | { readonly imm: Immediate };

export type Insn =
  | { readonly op: "set"; readonly type: ValueType; readonly rd: Register; readonly imm: Immediate }
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
      readonly imm: Immediate;
    }
  | {
      readonly op: "unary";
      readonly unary: Unary;
      readonly type: ValueType;
      readonly rd: Register;
      readonly rs: Register;
    }
  | {
      readonly op: "cv";
      readonly from: ValueType;
      readonly to: ValueType | SmallType;
      readonly rd: Register;
      readonly rs: Register;
    }
  | {
      readonly op: "ld";
      readonly order: Order;
      readonly memory: MemoryType;
      readonly rd: Register;
      readonly base: Register;
      readonly offset: Operand;
    }
  | {
      readonly op: "st";
      readonly order: Order;
      readonly memory: MemoryType;
      readonly rs: Register;
      readonly base: Register;
      readonly offset: Operand;
    }
  | {
      readonly op: "ldv";
      readonly order: Order;
      readonly memory: MemoryType;
      readonly rd: Register;
      readonly base: Register;
      readonly offset: Operand;
    }
  | {
      readonly op: "stv";
      readonly order: Order;
      readonly memory: MemoryType;
      readonly rs: Register;
      readonly base: Register;
      readonly offset: Operand;
    }
  | {
      readonly op: "aluo";
      readonly alu: Overflowing;
      readonly rd: Register;
      readonly rs1: Register;
      readonly second: Operand;
    }
  | {
      readonly op: "br";
      readonly branch: Branch;
      readonly type: ValueType;
      readonly rs1: Register;
      readonly rs2: Register;
      readonly label: Label;
    }
  | {
      readonly op: "bri";
      readonly branch: Branch;
      readonly type: ValueType;
      readonly rs1: Register;
      readonly imm: Immediate;
      readonly label: Label;
    }
  | { readonly op: "j"; readonly label: Label }
  | { readonly op: "jt"; readonly rs: Register; readonly labels: readonly Label[]; readonly other: Label }
  | { readonly op: "label"; readonly label: Label }
  | {
      readonly op: "scall";
      readonly primitive: PrimitiveName;
      readonly rd?: Register;
      readonly args: readonly Operand[];
    }
  | { readonly op: "call"; readonly lambda: number; readonly rd?: Register; readonly args: readonly Operand[] }
  | { readonly op: "fuel"; readonly units: number }
  | { readonly op: "ret"; readonly value?: Operand };

/** What only images have. */
export type ImageInsn = Extract<Insn, { op: "ldv" | "stv" | "aluo" }>;

/** Where addresses point: base and limit within one memory, kept apart by checks alone (DESIGN.md, Trust). */
export const REGIONS = ["packet", "environment", "tables"] as const;
export type Region = (typeof REGIONS)[number];

/**
 * One function. Its parameters begin with a pair for each of its regions: an address in it (p), and a signed
 * word (i) that counts the octets left there, never negative. The other parameters are values.
 */
export interface Lambda {
  readonly regions: readonly Region[];
  readonly parameters: number;
  /** Type of each register, parameters first. */
  readonly registers: readonly Type[];
  /** What v_ret gives back; undefined: nothing. */
  readonly result: ValueType | undefined;
  readonly labels: number;
  readonly insns: readonly Insn[];
}

/** Plain data: it may be sent from one thread to another. */
export interface Program {
  readonly lambdas: readonly Lambda[];
  /** Dispatch tables that probes may name: [0, tables). */
  readonly tables: number;
}

/** Instructions of all lambdas; labels are none. */
export function instructionsOf({ lambdas }: Program): number {
  return lambdas.reduce((sum, { insns }) => sum + insns.filter(({ op }) => op !== "label").length, 0);
}

/** Limits of what the verifier looks at. */
export const MAX_LAMBDAS = 65_536;
export const MAX_INSNS = 1 << 20;
export const MAX_REGISTERS = 32_768;
export const MAX_TABLES = 1 << 20;
export const MAX_JUMP_TABLE = 65_536;
/** Units that one v_fuel may pay. */
export const MAX_FUEL = 1 << 20;
