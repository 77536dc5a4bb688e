/** Small changes to programs: what a slip of a code generator, or of an author with intentions, might make of them. */
import { ALU, BRANCH, type Insn, type Lambda, MEMORY_TYPES, type Program } from "../../src/vcode/insn.js";
import type { Chance } from "../seeded.js";
import { RandomProgram } from "./random.js";

export const MUTATIONS = [
  "drop",
  "double",
  "swap",
  "replace",
  "register",
  "constant",
  "kind",
  "target",
  "insert",
] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** Constants near which checks go wrong. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 255, 256, 0x7fffffff, -1, -2, -4, -0x80000000];

export function mutate(program: Program, mutation: Mutation, chance: Chance): Program {
  const number = chance.below(program.lambdas.length);
  return {
    ...program,
    lambdas: program.lambdas.map((lambda, at) =>
      at === number ? { ...lambda, insns: changed(lambda, mutation, chance) } : lambda,
    ),
  };
}

function changed({ insns, registers, labels }: Lambda, mutation: Mutation, chance: Chance): readonly Insn[] {
  const at = chance.below(insns.length);
  const insn = insns[at];
  if (insn === undefined) return insns;
  switch (mutation) {
    case "drop":
      return insns.toSpliced(at, 1);
    case "double":
      return insns.toSpliced(at, 0, insn);
    case "swap": {
      const other = chance.percent(50) ? Math.min(at + 1, insns.length - 1) : chance.below(insns.length);
      return insns.with(at, insns[other] ?? insn).with(other, insn);
    }
    case "replace":
      return insns.with(at, randomInsn(registers.length, labels, chance));
    case "insert":
      return insns.toSpliced(at, 0, randomInsn(registers.length, labels, chance));
    case "register":
      return insns.with(at, otherRegister(insn, registers.length, chance));
    case "constant":
      return insns.with(at, otherConstant(insn, chance));
    case "kind":
      return insns.with(at, otherKind(insn, chance));
    case "target":
      return insns.with(at, "label" in insn ? { ...insn, label: chance.below(Math.max(1, labels)) } : insn);
  }
}

/** One that names registers and labels of this lambda; primitives are left out, since there is no data plane here. */
function randomInsn(registers: number, labels: number, chance: Chance): Insn {
  const ops = ["set", "mov", "alu", "alui", "unary", "cv", "ld", "st", "br", "bri", "j", "fuel", "ret"] as const;
  let insn = new RandomProgram(chance).insn(chance.pick(ops));
  for (let times = 0; times < 4; times++) insn = otherRegister(insn, registers, chance);
  return "label" in insn ? { ...insn, label: chance.below(Math.max(1, labels)) } : insn;
}

function otherRegister(insn: Insn, registers: number, chance: Chance): Insn {
  const register = chance.below(registers);
  const fields = ["rd", "rs", "rs1", "rs2", "base"].filter((field) => field in insn && field !== undefined);
  if ("offset" in insn && (fields.length === 0 || chance.percent(30))) return { ...insn, offset: { reg: register } };
  if (fields.length === 0) return insn;
  return Object.assign({ ...insn }, { [chance.pick(fields)]: register });
}

function otherConstant(insn: Insn, chance: Chance): Insn {
  const edge = chance.pick(EDGES);
  const near = (value: number) => (chance.percent(50) ? (value + chance.pick([-4, -1, 1, 4])) | 0 : edge);
  if ("imm" in insn) {
    const imm = typeof insn.imm === "bigint" ? BigInt(edge) : near(insn.imm);
    return { ...insn, imm };
  }
  if ("offset" in insn) {
    const from = "imm" in insn.offset ? Number(insn.offset.imm) : 0;
    return { ...insn, offset: { imm: near(from) } };
  }
  return insn;
}

function otherKind(insn: Insn, chance: Chance): Insn {
  switch (insn.op) {
    case "br":
    case "bri":
      if (chance.percent(50)) return { ...insn, branch: chance.pick(BRANCH) };
      return insn.type === "i" || insn.type === "u" ? { ...insn, type: insn.type === "i" ? "u" : "i" } : insn;
    case "alu":
    case "alui":
      return { ...insn, alu: chance.pick(ALU) };
    case "ld":
    case "st":
      return { ...insn, memory: chance.pick(MEMORY_TYPES) };
    default:
      return insn;
  }
}
