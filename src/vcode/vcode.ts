/**
 * The assembler: v_lambda … v_end. Instructions are appended one at a time; nothing is checked here
 * beyond the shape of the calls, since the verifier looks at every program before any target does.
 *
 *   const v = new Assembler(["p", "i"]);
 *   const t = v.getreg("u");
 *   const out = v.genlabel();
 *   v.bri("blt", "i", 1, 14, out);        v_bltii left, 14, out
 *   v.ldn("us", t, 0, 12);                v_ldnusi t, packet, 12
 *   v.label(out); v.ret();
 *   const lambda = v.end();
 *
 * Where a constant is an operand of an instruction with a type, it is brought into range: modulo 2^32 for
 * words, as a bigint modulo 2^64 for longs. Constants among the arguments of calls stay as they are.
 */
import { isLong, long } from "./compute.js";
import type {
  Alu,
  Branch,
  Immediate,
  Insn,
  Label,
  Lambda,
  MemoryType,
  Operand,
  Order,
  Overflowing,
  Region,
  Register,
  SmallType,
  Type,
  Unary,
  ValueType,
} from "./insn.js";
import type { PrimitiveName } from "./primitive.js";

export interface LambdaOptions {
  /** For which the parameters begin with pairs; the packet alone unless told. */
  readonly regions?: readonly Region[];
  readonly result?: ValueType;
}

export class Assembler {
  readonly #regions: readonly Region[];
  readonly #result: ValueType | undefined;
  readonly #parameters: number;
  readonly #registers: Type[];
  readonly #free: Record<Type, Register[]> = { i: [], u: [], l: [], ul: [], p: [] };
  readonly #insns: Insn[] = [];
  #labels = 0;

  /** `parameters`: types of the registers 0, 1, … that the caller fills. */
  constructor(parameters: readonly Type[], options: LambdaOptions = {}) {
    this.#regions = options.regions ?? ["packet"];
    this.#result = options.result;
    this.#parameters = parameters.length;
    this.#registers = [...parameters];
  }

  /** Instructions so far, labels among them: the index of the next one. */
  get length(): number {
    return this.#insns.length;
  }

  /** A register of that type; one that was put back before any new one. */
  getreg(type: Type): Register {
    return this.#free[type].pop() ?? this.#registers.push(type) - 1;
  }

  /** The register's value is not needed any more. */
  putreg(register: Register): void {
    const type = this.#registers[register];
    if (type !== undefined) this.#free[type].push(register);
  }

  genlabel(): Label {
    return this.#labels++;
  }

  label(label: Label): void {
    this.#insns.push({ op: "label", label });
  }

  set(type: ValueType, rd: Register, imm: Immediate): void {
    this.#insns.push({ op: "set", type, rd, imm: constant(type, imm) });
  }

  mov(type: Type, rd: Register, rs: Register): void {
    this.#insns.push({ op: "mov", type, rd, rs });
  }

  alu(alu: Alu, type: Type, rd: Register, rs1: Register, rs2: Register): void {
    this.#insns.push({ op: "alu", alu, type, rd, rs1, rs2 });
  }

  alui(alu: Alu, type: Type, rd: Register, rs1: Register, imm: Immediate): void {
    this.#insns.push({ op: "alui", alu, type, rd, rs1, imm: constant(type, imm) });
  }

  unary(unary: Unary, type: ValueType, rd: Register, rs: Register): void {
    this.#insns.push({ op: "unary", unary, type, rd, rs });
  }

  /** v_cv{from}2{to}. */
  cv(from: ValueType, to: ValueType | SmallType, rd: Register, rs: Register): void {
    this.#insns.push({ op: "cv", from, to, rd, rs });
  }

  ld(order: Order, memory: MemoryType, rd: Register, base: Register, offset: Operand): void {
    this.#insns.push({ op: "ld", order, memory, rd, base, offset });
  }

  /** Network order and a constant offset, as headers have it. */
  ldn(memory: MemoryType, rd: Register, base: Register, offset: number): void {
    this.ld("network", memory, rd, base, { imm: offset });
  }

  st(order: Order, memory: MemoryType, rs: Register, base: Register, offset: Operand): void {
    this.#insns.push({ op: "st", order, memory, rs, base, offset });
  }

  /** Of an image: `base` is a word, a virtual address. */
  ldv(order: Order, memory: MemoryType, rd: Register, base: Register, offset: Operand): void {
    this.#insns.push({ op: "ldv", order, memory, rd, base, offset });
  }

  stv(order: Order, memory: MemoryType, rs: Register, base: Register, offset: Operand): void {
    this.#insns.push({ op: "stv", order, memory, rs, base, offset });
  }

  /** Of an image: traps where the signed result does not fit. */
  aluo(alu: Overflowing, rd: Register, rs1: Register, second: Operand): void {
    const operand = "reg" in second ? second : { imm: constant("i", second.imm) };
    this.#insns.push({ op: "aluo", alu, rd, rs1, second: operand });
  }

  br(branch: Branch, type: ValueType, rs1: Register, rs2: Register, label: Label): void {
    this.#insns.push({ op: "br", branch, type, rs1, rs2, label });
  }

  bri(branch: Branch, type: ValueType, rs1: Register, imm: Immediate, label: Label): void {
    this.#insns.push({ op: "bri", branch, type, rs1, imm: constant(type, imm), label });
  }

  j(label: Label): void {
    this.#insns.push({ op: "j", label });
  }

  jt(rs: Register, labels: readonly Label[], other: Label): void {
    this.#insns.push({ op: "jt", rs, labels: [...labels], other });
  }

  scalli(rd: Register, primitive: PrimitiveName, ...args: Operand[]): void {
    this.#insns.push({ op: "scall", primitive, rd, args });
  }

  scallv(primitive: PrimitiveName, ...args: Operand[]): void {
    this.#insns.push({ op: "scall", primitive, args });
  }

  /** A call whose result goes to `rd`. */
  call(rd: Register, lambda: number, ...args: Operand[]): void {
    this.#insns.push({ op: "call", lambda, rd, args });
  }

  callv(lambda: number, ...args: Operand[]): void {
    this.#insns.push({ op: "call", lambda, args });
  }

  fuel(units: number): void {
    this.#insns.push({ op: "fuel", units });
  }

  ret(value?: Operand): void {
    this.#insns.push(value === undefined ? { op: "ret" } : { op: "ret", value });
  }

  end(): Lambda {
    return {
      regions: this.#regions,
      parameters: this.#parameters,
      registers: this.#registers,
      result: this.#result,
      labels: this.#labels,
      insns: this.#insns,
    };
  }
}

function constant(type: Type, imm: Immediate): Immediate {
  if (isLong(type)) return long(imm);
  return typeof imm === "bigint" ? Number(BigInt.asIntN(32, imm)) : imm | 0;
}
