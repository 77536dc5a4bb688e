/** Programs of chance: of the right shape, so that they print, and hardly ever more than that. */
import {
  ALU,
  BRANCH,
  type Immediate,
  type Insn,
  type Lambda,
  MEMORY_TYPES,
  type Operand,
  ORDERS,
  OVERFLOWING,
  type Program,
  REGIONS,
  SMALL_TYPES,
  type Type,
  UNARY,
  VALUE_TYPES,
  type ValueType,
} from "../../src/vcode/insn.js";
import type { PrimitiveName } from "../../src/vcode/primitive.js";
import type { Chance } from "../seeded.js";

const TYPES: readonly Type[] = [...VALUE_TYPES, "p"];
const PRIMITIVE_NAMES: readonly PrimitiveName[] = ["leaf", "probe", "step", "present"];
const WORDS = [0, 1, -1, 14, 255, 65_535, 0x7fffffff, -0x80000000, 0xffffffff, 2 ** 40, -(2 ** 40)];
const LONGS = [0n, 1n, -1n, 2n ** 31n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n];

const LOCAL = ["set", "mov", "alu", "alui", "unary", "cv", "ld", "st", "br", "bri", "j", "jt", "label"] as const;
const OPS: readonly Insn["op"][] = [...LOCAL, "scall", "call", "fuel", "ret", "ldv", "stv", "aluo"];

export class RandomProgram {
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  program(): Program {
    const lambdas = Array.from({ length: this.#chance.below(4) }, () => this.#lambda());
    return { lambdas, tables: this.#chance.percent(50) ? 0 : this.#chance.below(1000) };
  }

  #lambda(): Lambda {
    const registers = Array.from({ length: this.#chance.below(20) }, () => this.#chance.pick(TYPES));
    const insns = Array.from({ length: this.#chance.below(25) }, () => this.insn());
    return {
      regions: REGIONS.filter(() => this.#chance.percent(40)),
      parameters: this.#chance.below(registers.length + 1),
      registers,
      result: this.#chance.percent(50) ? undefined : this.#chance.pick(VALUE_TYPES),
      labels: this.#chance.below(12),
      insns,
    };
  }

  /** Of any kind, all as often. */
  insn(op: Insn["op"] = this.#chance.pick(OPS)): Insn {
    const { pick, below } = {
      pick: this.#chance.pick.bind(this.#chance),
      below: this.#chance.below.bind(this.#chance),
    };
    const [rd, rs, rs1, rs2, base, label] = [below(20), below(20), below(20), below(20), below(20), below(10)];
    const value = pick(VALUE_TYPES);
    const type = pick(TYPES);
    switch (op) {
      case "set":
        return { op, type: value, rd, imm: this.#imm(value) };
      case "mov":
        return { op, type, rd, rs };
      case "alu":
        return { op, alu: pick(ALU), type, rd, rs1, rs2 };
      case "alui":
        return { op, alu: pick(ALU), type, rd, rs1, imm: this.#imm(type === "p" ? "u" : type) };
      case "unary":
        return { op, unary: pick(UNARY), type: value, rd, rs };
      case "cv":
        return { op, from: value, to: pick([...VALUE_TYPES, ...SMALL_TYPES]), rd, rs };
      case "ld":
        return { op, order: pick(ORDERS), memory: pick(MEMORY_TYPES), rd, base, offset: this.#operand() };
      case "st":
        return { op, order: pick(ORDERS), memory: pick(MEMORY_TYPES), rs, base, offset: this.#operand() };
      case "ldv":
        return { op, order: pick(ORDERS), memory: pick(MEMORY_TYPES), rd, base, offset: this.#operand() };
      case "stv":
        return { op, order: pick(ORDERS), memory: pick(MEMORY_TYPES), rs, base, offset: this.#operand() };
      case "aluo":
        return { op, alu: pick(OVERFLOWING), rd, rs1, second: pick([{ reg: rs2 }, { imm: Number(this.#imm("i")) }]) };
      case "br":
        return { op, branch: pick(BRANCH), type: value, rs1, rs2, label };
      case "bri":
        return { op, branch: pick(BRANCH), type: value, rs1, imm: this.#imm(value), label };
      case "j":
        return { op, label };
      case "jt":
        return { op, rs, labels: Array.from({ length: below(4) }, () => below(10)), other: label };
      case "label":
        return { op, label };
      case "scall":
        return { op, primitive: pick(PRIMITIVE_NAMES), ...this.#result(rd), args: this.#args() };
      case "call":
        return { op, lambda: below(5), ...this.#result(rd), args: this.#args() };
      case "fuel":
        return { op, units: below(100) };
      case "ret":
        return this.#chance.percent(30) ? { op } : { op, value: this.#operand() };
    }
  }

  #imm(type: ValueType): Immediate {
    return type === "l" || type === "ul" ? this.#chance.pick(LONGS) : this.#chance.pick(WORDS);
  }

  #operand(): Operand {
    if (this.#chance.percent(50)) return { reg: this.#chance.below(20) };
    return { imm: this.#imm(this.#chance.pick(VALUE_TYPES)) };
  }

  #args(): Operand[] {
    return Array.from({ length: this.#chance.below(5) }, () => this.#operand());
  }

  #result(rd: number): { rd?: number } {
    return this.#chance.percent(50) ? { rd } : {};
  }
}
