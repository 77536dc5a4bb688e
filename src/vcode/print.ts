/**
 * Listings, one instruction a line, stable enough for golden files; src/vcode/parse.ts has their grammar and
 * reads them back. Instructions have the names that stand at the head of insn.ts. Constants of 64 bits end in n.
 */
import { isLong } from "./compute.js";
import type { Immediate, Insn, Lambda, Operand, Program, Type, ValueType } from "./insn.js";
import { PRIMITIVES, type PrimitiveName } from "./primitive.js";

function immediate(imm: Immediate): string {
  return typeof imm === "bigint" ? `${imm}n` : String(imm);
}

function operand(argument: Operand): string {
  return "reg" in argument ? `r${argument.reg}` : immediate(argument.imm);
}

function constantSuffix(argument: Operand): string {
  return "imm" in argument ? "i" : "";
}

/** The letter of a result: as declared, unless the constant has another width. */
function resultOf(declared: ValueType | undefined, value: Operand | undefined): string {
  if (value === undefined) return "v";
  if ("reg" in value) return declared ?? "i";
  const long = typeof value.imm === "bigint";
  const fits = declared !== undefined && isLong(declared) === long;
  return fits ? declared : long ? "l" : "i";
}

function resultOfPrimitive(name: PrimitiveName): ValueType | undefined {
  return Object.hasOwn(PRIMITIVES, name) ? PRIMITIVES[name].result : undefined;
}

/**
 * The instruction's name in the paper's manner: v_, operation, type, i where the last operand is a constant. The
 * types of results stand where the instruction does not say them: in its lambda and program.
 */
export function nameOf(insn: Insn, lambda?: Lambda, program?: Program): string {
  switch (insn.op) {
    case "set":
    case "mov":
      return `v_${insn.op}${insn.type}`;
    case "alu":
      return `v_${insn.alu}${insn.type}`;
    case "alui":
      return `v_${insn.alu}${insn.type}i`;
    case "unary":
      return `v_${insn.unary}${insn.type}`;
    case "cv":
      return `v_cv${insn.from}2${insn.to}`;
    case "ld":
    case "st":
    case "ldv":
    case "stv":
      return `v_${insn.op}${insn.order === "network" ? "n" : ""}${insn.memory}${constantSuffix(insn.offset)}`;
    case "aluo":
      return `v_${insn.alu}oi${constantSuffix(insn.second)}`;
    case "br":
      return `v_${insn.branch}${insn.type}`;
    case "bri":
      return `v_${insn.branch}${insn.type}i`;
    case "j":
      return "v_jv";
    case "jt":
      return "v_jt";
    case "label":
      return "label";
    case "scall":
      return `v_scall${insn.rd === undefined ? "v" : (resultOfPrimitive(insn.primitive) ?? "i")}`;
    case "call":
      return `v_call${insn.rd === undefined ? "v" : (program?.lambdas[insn.lambda]?.result ?? "i")}`;
    case "fuel":
      return "v_fuel";
    case "ret":
      return `v_ret${resultOf(lambda?.result, insn.value)}${insn.value === undefined ? "" : constantSuffix(insn.value)}`;
  }
}

function operands(insn: Insn): string[] {
  switch (insn.op) {
    case "set":
      return [`r${insn.rd}`, immediate(insn.imm)];
    case "mov":
    case "unary":
    case "cv":
      return [`r${insn.rd}`, `r${insn.rs}`];
    case "alu":
      return [`r${insn.rd}`, `r${insn.rs1}`, `r${insn.rs2}`];
    case "alui":
      return [`r${insn.rd}`, `r${insn.rs1}`, immediate(insn.imm)];
    case "ld":
    case "ldv":
      return [`r${insn.rd}`, `r${insn.base}`, operand(insn.offset)];
    case "aluo":
      return [`r${insn.rd}`, `r${insn.rs1}`, operand(insn.second)];
    case "st":
    case "stv":
      return [`r${insn.rs}`, `r${insn.base}`, operand(insn.offset)];
    case "br":
      return [`r${insn.rs1}`, `r${insn.rs2}`, `L${insn.label}`];
    case "bri":
      return [`r${insn.rs1}`, immediate(insn.imm), `L${insn.label}`];
    case "j":
    case "label":
      return [`L${insn.label}`];
    case "jt":
      return [`r${insn.rs}`, `[${insn.labels.map((label) => `L${label}`).join(", ")}]`, `L${insn.other}`];
    case "scall":
      return [...result(insn.rd), insn.primitive, ...insn.args.map(operand)];
    case "call":
      return [...result(insn.rd), `f${insn.lambda}`, ...insn.args.map(operand)];
    case "fuel":
      return [String(insn.units)];
    case "ret":
      return insn.value === undefined ? [] : [operand(insn.value)];
  }
}

function result(rd: number | undefined): string[] {
  return rd === undefined ? [] : [`r${rd}`];
}

export function printInsn(insn: Insn, lambda?: Lambda, program?: Program): string {
  if (insn.op === "label") return `L${insn.label}:`;
  const list = operands(insn);
  const name = nameOf(insn, lambda, program);
  return list.length === 0 ? name : `${name} ${list.join(", ")}`;
}

/** One more than the greatest label that the instructions name: how many there are unless it is said. */
export function labelsNamed(insns: readonly Insn[]): number {
  let labels = 0;
  const name = (label: number) => {
    labels = Math.max(labels, label + 1);
  };
  for (const insn of insns) {
    if (insn.op === "jt") {
      insn.labels.forEach(name);
      name(insn.other);
    } else if ("label" in insn) name(insn.label);
  }
  return labels;
}

/** Neighbours of one type are one word: r4..r9:u. */
function printRegisters(types: readonly Type[], first: number): string {
  const runs: string[] = [];
  for (let at = 0; at < types.length; ) {
    let end = at + 1;
    while (end < types.length && types[end] === types[at]) end++;
    const last = end - at > 1 ? `..r${first + end - 1}` : "";
    runs.push(`r${first + at}${last}:${types[at]}`);
    at = end;
  }
  return runs.join(", ");
}

function printLambda(lambda: Lambda, index: number, program: Program): string {
  const parameters = lambda.registers.slice(0, lambda.parameters).map((type, register) => `r${register}:${type}`);
  const others = lambda.registers.slice(lambda.parameters);
  const value = lambda.result === undefined ? "" : `: ${lambda.result}`;
  const regions = lambda.regions.length === 0 ? "" : ` in ${lambda.regions.join(", ")}`;
  return [
    `v_lambda f${index}(${parameters.join(", ")})${value}${regions}`,
    ...(others.length === 0 ? [] : [`  v_getreg ${printRegisters(others, lambda.parameters)}`]),
    ...(lambda.labels === labelsNamed(lambda.insns) ? [] : [`  v_genlabel ${lambda.labels}`]),
    ...lambda.insns.map((insn) => `${insn.op === "label" ? "" : "  "}${printInsn(insn, lambda, program)}`),
    "v_end",
  ].join("\n");
}

export function printProgram(program: Program): string {
  const tables = program.tables === 0 ? "" : `v_tables ${program.tables}\n\n`;
  return `${tables}${program.lambdas.map((lambda, index) => printLambda(lambda, index, program)).join("\n\n")}\n`;
}
