/** Random lambdas whose control flow is any reducible graph: blocks that compute a little and go anywhere. */
import { flowOf } from "../../src/vcode/flow.js";
import { ALU, BRANCH, type Insn, type Lambda, type Type } from "../../src/vcode/insn.js";
import type { Chance } from "../seeded.js";
import { lambdaOf } from "./running.js";

const WORDS = [2, 3, 4, 5];
const LONGS = [6, 7];
export const REGISTERS: readonly Type[] = ["p", "i", "i", "u", "i", "u", "l", "ul"];

export interface GraphOptions {
  readonly blocks: number;
  /** Lambdas that it may call with three words, which give back a word. */
  readonly callees?: readonly number[];
  readonly entry?: boolean;
}

/** The entry takes a region; others three words. Reducible, or undefined where chance made a graph that is not. */
export function randomLambda(chance: Chance, { blocks, callees = [], entry = true }: GraphOptions): Lambda | undefined {
  const insns: Insn[] = [];
  const registers: Type[] = entry ? [...REGISTERS] : ["i", "u", "i", "u", "i", "u", "l", "ul"];
  for (const rd of WORDS) {
    if (entry || rd > 2) insns.push({ op: "set", type: "i", rd, imm: chance.below(1000) });
  }
  for (const rd of LONGS) insns.push({ op: "set", type: "l", rd, imm: BigInt(chance.below(1000)) });
  const reach = { ahead: 1 + chance.below(chance.pick([4, 10, 40])), back: chance.pick([0, 1, 4, 15]) };
  for (let block = 0; block < blocks; block++) {
    insns.push({ op: "label", label: block }, { op: "fuel", units: 1 + chance.below(3) });
    const steps = chance.below(4);
    for (let step = 0; step < steps; step++) insns.push(randomStep(chance, entry, callees));
    insns.push(...leave(chance, block, blocks, reach));
  }
  const lambda: Lambda = entry
    ? lambdaOf(insns, registers, { result: "i" })
    : { ...lambdaOf(insns, registers, { parameters: 3, result: "i" }), regions: [] };
  const flow = flowOf(lambda);
  return flow.irreducible === undefined ? withoutUnreachable(lambda) : undefined;
}

/** The verifier refuses what no way leads to. */
function withoutUnreachable(lambda: Lambda): Lambda {
  const flow = flowOf(lambda);
  return { ...lambda, insns: lambda.insns.filter((_, index) => flow.rank[flow.blockOf[index]!]! >= 0) };
}

function randomStep(chance: Chance, entry: boolean, callees: readonly number[]): Insn {
  const word = () => chance.pick(WORDS);
  const pick = chance.below(callees.length > 0 ? 9 : 8);
  if (pick === 8) {
    const args = [{ reg: word() }, { imm: chance.below(100) }, { reg: word() }];
    return { op: "call", lambda: chance.pick(callees), rd: word(), args };
  }
  if (pick < 3)
    return { op: "alu", alu: chance.pick(ALU), type: chance.pick(["i", "u"]), rd: word(), rs1: word(), rs2: word() };
  if (pick < 5)
    return {
      op: "alui",
      alu: chance.pick(ALU),
      type: chance.pick(["i", "u"]),
      rd: word(),
      rs1: word(),
      imm: chance.below(50) - 5,
    };
  if (pick === 5) {
    const [rd, rs1] = [chance.pick(LONGS), chance.pick(LONGS)];
    return {
      op: "alui",
      alu: chance.pick(ALU),
      type: chance.pick(["l", "ul"]),
      rd,
      rs1,
      imm: BigInt(chance.below(50)),
    };
  }
  if (pick === 6) return { op: "cv", from: "l", to: "i", rd: word(), rs: chance.pick(LONGS) };
  if (!entry) return { op: "cv", from: "u", to: "ul", rd: chance.pick(LONGS), rs: word() };
  const order = chance.pick(["host", "network"] as const);
  const offset = { imm: chance.below(248) };
  if (chance.percent(50))
    return { op: "ld", order, memory: chance.pick(["uc", "us", "u", "s"]), rd: word(), base: 0, offset };
  return { op: "st", order, memory: chance.pick(["uc", "us", "u", "i"]), rs: word(), base: 0, offset };
}

function leave(chance: Chance, block: number, blocks: number, reach: { ahead: number; back: number }): Insn[] {
  const last = block === blocks - 1;
  const target = () => {
    if (chance.percent(reach.back)) return block - chance.below(Math.min(block + 1, 6));
    return Math.min(block + 1 + chance.below(reach.ahead), blocks - 1);
  };
  const rs1 = chance.pick(WORDS);
  const ret: Insn = { op: "ret", value: chance.percent(70) ? { reg: chance.pick(WORDS) } : { imm: block } };
  if (last) return [ret];
  switch (chance.below(12)) {
    case 0:
      return [ret];
    case 1:
      return [{ op: "j", label: target() }];
    case 2: {
      const labels = Array.from({ length: chance.below(6) }, target);
      return [
        { op: "alui", alu: "and", type: "i", rd: 2, rs1, imm: 7 },
        { op: "jt", rs: 2, labels, other: target() },
      ];
    }
    case 3:
    case 4:
      return [];
    case 5:
      return [
        {
          op: "br",
          branch: chance.pick(BRANCH),
          type: chance.pick(["i", "u"]),
          rs1,
          rs2: chance.pick(WORDS),
          label: target(),
        },
      ];
    case 6:
      return [
        { op: "bri", branch: chance.pick(BRANCH), type: "ul", rs1: 7, imm: BigInt(chance.below(900)), label: target() },
      ];
    default:
      return [
        {
          op: "bri",
          branch: chance.pick(BRANCH),
          type: chance.pick(["i", "u"]),
          rs1,
          imm: chance.below(1000),
          label: target(),
        },
      ];
  }
}
