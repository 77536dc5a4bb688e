/** Listings, one instruction a line, stable enough for golden files. */
import type { Insn, Lambda, Operand, Program } from "./insn.js";

function operand(argument: Operand): string {
  return "reg" in argument ? `r${argument.reg}` : String(argument.imm);
}

/** The instruction's name in the paper's manner: v_, operation, type, i where the last operand is a constant. */
export function nameOf(insn: Insn): string {
  switch (insn.op) {
    case "set":
    case "mov":
      return `v_${insn.op}${insn.type}`;
    case "alu":
      return `v_${insn.alu}${insn.type}`;
    case "alui":
      return `v_${insn.alu}${insn.type}i`;
    case "ldn":
      return `v_ldn${insn.memory}i`;
    case "br":
      return `v_${insn.branch}${insn.type}`;
    case "bri":
      return `v_${insn.branch}${insn.type}i`;
    case "j":
      return "v_jv";
    case "label":
      return "label";
    case "scall":
      return insn.rd === undefined ? "v_scallv" : "v_scalli";
    case "call":
      return "v_callv";
    case "ret":
      return "v_retv";
  }
}

function operands(insn: Insn): string[] {
  switch (insn.op) {
    case "set":
      return [`r${insn.rd}`, String(insn.imm)];
    case "mov":
      return [`r${insn.rd}`, `r${insn.rs}`];
    case "alu":
      return [`r${insn.rd}`, `r${insn.rs1}`, `r${insn.rs2}`];
    case "alui":
      return [`r${insn.rd}`, `r${insn.rs1}`, String(insn.imm)];
    case "ldn":
      return [`r${insn.rd}`, `r${insn.base}`, String(insn.offset)];
    case "br":
      return [`r${insn.rs1}`, `r${insn.rs2}`, `L${insn.label}`];
    case "bri":
      return [`r${insn.rs1}`, String(insn.imm), `L${insn.label}`];
    case "j":
    case "label":
      return [`L${insn.label}`];
    case "scall":
      return [...(insn.rd === undefined ? [] : [`r${insn.rd}`]), insn.primitive, ...insn.args.map(operand)];
    case "call":
      return [`f${insn.lambda}`, ...insn.args.map(operand)];
    case "ret":
      return [];
  }
}

export function printInsn(insn: Insn): string {
  if (insn.op === "label") return `L${insn.label}:`;
  const list = operands(insn);
  return list.length === 0 ? nameOf(insn) : `${nameOf(insn)} ${list.join(", ")}`;
}

function printLambda(lambda: Lambda, index: number): string {
  const parameters = lambda.registers.slice(0, lambda.parameters).map((type, register) => `r${register}:${type}`);
  const body = lambda.insns.map((insn) => (insn.op === "label" ? printInsn(insn) : `  ${printInsn(insn)}`));
  return [`v_lambda f${index}(${parameters.join(", ")})`, ...body, "v_end"].join("\n");
}

export function printProgram(program: Program): string {
  return `${program.lambdas.map(printLambda).join("\n\n")}\n`;
}
