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
 */
import type { Alu, Branch, Insn, Label, Lambda, MemoryType, Operand, Register, Type, WordType } from "./insn.js";
import type { PrimitiveName } from "./primitive.js";

export class Assembler {
  readonly #parameters: number;
  readonly #registers: Type[];
  readonly #free: Record<Type, Register[]> = { i: [], u: [], p: [] };
  readonly #insns: Insn[] = [];
  #labels = 0;

  /** `parameters`: types of the registers 0, 1, … that the caller fills. */
  constructor(parameters: readonly Type[]) {
    this.#parameters = parameters.length;
    this.#registers = [...parameters];
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

  set(type: WordType, rd: Register, imm: number): void {
    this.#insns.push({ op: "set", type, rd, imm: imm | 0 });
  }

  mov(type: Type, rd: Register, rs: Register): void {
    this.#insns.push({ op: "mov", type, rd, rs });
  }

  alu(alu: Alu, type: Type, rd: Register, rs1: Register, rs2: Register): void {
    this.#insns.push({ op: "alu", alu, type, rd, rs1, rs2 });
  }

  alui(alu: Alu, type: Type, rd: Register, rs1: Register, imm: number): void {
    this.#insns.push({ op: "alui", alu, type, rd, rs1, imm: imm | 0 });
  }

  ldn(memory: MemoryType, rd: Register, base: Register, offset: number): void {
    this.#insns.push({ op: "ldn", memory, rd, base, offset });
  }

  br(branch: Branch, type: WordType, rs1: Register, rs2: Register, label: Label): void {
    this.#insns.push({ op: "br", branch, type, rs1, rs2, label });
  }

  bri(branch: Branch, type: WordType, rs1: Register, imm: number, label: Label): void {
    this.#insns.push({ op: "bri", branch, type, rs1, imm: imm | 0, label });
  }

  j(label: Label): void {
    this.#insns.push({ op: "j", label });
  }

  scalli(rd: Register, primitive: PrimitiveName, ...args: Operand[]): void {
    this.#insns.push({ op: "scall", primitive, rd, args });
  }

  scallv(primitive: PrimitiveName, ...args: Operand[]): void {
    this.#insns.push({ op: "scall", primitive, args });
  }

  callv(lambda: number, ...args: Operand[]): void {
    this.#insns.push({ op: "call", lambda, args });
  }

  ret(): void {
    this.#insns.push({ op: "ret" });
  }

  end(): Lambda {
    return { parameters: this.#parameters, registers: this.#registers, labels: this.#labels, insns: this.#insns };
  }
}
