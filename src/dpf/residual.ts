/**
 * Residual predicates: VCODE over a frame, for what atoms cannot say. Authors are not trusted: the verifier decides,
 * and each run has a budget of its own. One that has spent it answers 0, so a filter that loops does not match and
 * the rest of the program never knows.
 */
import type { Insn, Lambda, Program } from "../vcode/insn.js";
import { verify } from "../vcode/verify.js";
import { type Fact, MAX_RESIDUAL_INSNS, RESIDUAL_FUEL } from "./atom.js";

/** What a residual may take behind the packet and its count, in this order; a merged program has them in the same. */
export const TAKEN: readonly Fact[] = ["wire", "link"];
const PARAMETERS: ReadonlySet<string> = new Set(["p,i", "p,i,u", "p,i,u,u"]);

/** What is wrong with a program as a residual, or undefined. Any value may come in. */
export function residualProblem(program: unknown): string | undefined {
  const verdict = verify(program, { primitives: {} });
  if (!verdict.ok) {
    const first = verdict.rejections[0];
    return `${first?.insn ?? ""}: ${first?.reason ?? "refused"}`;
  }
  const { lambdas, tables } = verdict.program;
  const [entry] = lambdas;
  if (entry === undefined || lambdas.length !== 1 || tables !== 0) return "a residual is one lambda without tables";
  const takes = entry.registers.slice(0, entry.parameters).join();
  if (entry.regions.join() !== "packet" || !PARAMETERS.has(takes))
    return "a residual takes a packet and its count, and then perhaps two words, each unsigned: octets on the wire, link type";
  if (entry.result !== "i" && entry.result !== "u") return "a residual gives a word";
  if (entry.insns.length > MAX_RESIDUAL_INSNS) return `${entry.insns.length} instructions, limit ${MAX_RESIDUAL_INSNS}`;
  return undefined;
}

/** The facts that the lambda takes: none, the octets on the wire, or these and the link type. */
export function factsTaken({ parameters }: Lambda): readonly Fact[] {
  return TAKEN.slice(0, parameters - 2);
}

/** The lambda with its budget: what v_fuel pays is counted in a register, and where that is spent it returns 0. */
export function budgeted(program: Program): Lambda {
  const [entry] = program.lambdas;
  if (entry === undefined) throw new Error("residual: a program without an entry");
  if (!entry.insns.some(({ op }) => op === "fuel")) return entry;
  const budget = entry.registers.length;
  const spent = entry.labels;
  const pay = (insn: Insn): Insn[] =>
    insn.op === "fuel"
      ? [
          insn,
          { op: "alui", alu: "sub", type: "i", rd: budget, rs1: budget, imm: insn.units },
          { op: "bri", branch: "blt", type: "i", rs1: budget, imm: 0, label: spent },
        ]
      : [insn];
  return {
    ...entry,
    registers: [...entry.registers, "i"],
    labels: entry.labels + 1,
    insns: [
      { op: "set", type: "i", rd: budget, imm: RESIDUAL_FUEL },
      ...entry.insns.flatMap(pay),
      { op: "label", label: spent },
      { op: "ret", value: { imm: 0 } },
    ],
  };
}
