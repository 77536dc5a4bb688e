/**
 * The JavaScript target: verified VCODE to the text of a function that judges a batch of frames. Every
 * character of it is written here; of a program only numbers and opcodes are taken.
 *
 * Shape, as measured: words are int32 and stay so (`| 0`), packets are read through one DataView, dispatch
 * is a hash probe in line and not a switch, few tables are fetched once a batch. State of a row (best node,
 * end of the tap list) lies in locals, or, where there are several lambdas, one scope further out.
 */
import { blocksOf } from "./blocks.js";
import type { Alu, Branch, Insn, Lambda, Operand, Program, WordType } from "./insn.js";
import { type BatchEnvironment, type BatchRun, NODE_MULTIPLIER, type PrimitiveName } from "./primitive.js";
import type { Verified } from "./verify.js";

/** Deeper nesting overflows the parser of V8 (4,000 measured); generators stay far below. */
export const MAX_NESTING = 2000;

export interface Emitted {
  readonly source: string;
  /** Instructions without labels. */
  readonly instructions: number;
  /** Octets of bytecode that V8 will need for the largest function, as estimated by `bytecodeOf`. */
  readonly largest: number;
}

export function emit(program: Verified): Emitted {
  const several = program.lambdas.length > 1;
  const functions = program.lambdas.map((lambda, index) => ({ lambda, index }));
  const parts = [
    '"use strict";',
    "const { view, tables, winner, tapStart, tapCount, taps, tapReserve, seen } = environment;",
    "let base = 0;",
    MORE,
    ...(several ? [STATE] : []),
    ...functions.slice(1).map(({ lambda, index }) => emitLambda(lambda, index)),
    emitRun(program, several),
  ];
  return {
    source: parts.join("\n"),
    instructions: instructionsOf(program),
    largest: Math.max(...program.lambdas.map((lambda) => bytecodeOf(lambda.insns))),
  };
}

/** The one place where text becomes code. `source` is what `emit` returned. */
export function instantiate(source: string, environment: BatchEnvironment): BatchRun {
  return new Function("environment", source)(environment);
}

export function instructionsOf(program: Program): number {
  return program.lambdas.reduce((sum, { insns }) => sum + insns.filter(({ op }) => op !== "label").length, 0);
}

/** About what one instruction costs in octets of V8 bytecode; within a quarter of what Node 20 prints. */
const BYTECODE: Readonly<Record<Insn["op"], number>> = {
  set: 5,
  mov: 4,
  alu: 10,
  alui: 9,
  ldn: 28,
  br: 12,
  bri: 11,
  j: 3,
  label: 0,
  scall: 45,
  call: 20,
  ret: 3,
};
const PROBE_BYTECODE = 160;
const LEAF_BYTECODE = 110;
/** The loop over rows, or a function's locals. */
const FRAME_BYTECODE = 280;

export function bytecodeOf(insns: readonly Insn[]): number {
  let sum = FRAME_BYTECODE;
  for (const insn of insns) {
    if (insn.op !== "scall") sum += BYTECODE[insn.op];
    else
      sum += insn.primitive === "probe" ? PROBE_BYTECODE : insn.primitive === "leaf" ? LEAF_BYTECODE : BYTECODE.scall;
  }
  return sum;
}

/**
 * A program with more tables than this, or with several lambdas, fetches each where it is probed. Fetching
 * many ahead was ruinous: with 1,500 of them a row took 676 µs, not 9.
 */
const MAX_HOISTED = 16;

const STATE = "let best = 0, at = 0, mark = 0;";

/** Lists the taps of a list of links from `at` on, but those that were listed for this row before; the new end. */
const MORE = `function more(next, at, mark) {
  const link = tables.link;
  for (; next !== 0; next = link[2 * next + 1]) {
    const id = link[2 * next];
    if (id > 0) { taps[at] = id; at = (at + 1) | 0; }
    else if (seen[-id] !== mark) { seen[-id] = mark; taps[at] = -id; at = (at + 1) | 0; }
  }
  return at;
}`;

function emitRun(program: Verified, several: boolean): string {
  const entry = program.lambdas[0];
  if (entry === undefined) throw new RangeError("emit: a program without an entry");
  const hoist = !several && program.tables <= MAX_HOISTED;
  return `return function run(address, captured, from, to) {
${several ? "" : STATE}
${preamble(entry, 0, hoist)}
const last = taps.length - tapReserve;
at = 0;
for (let row = from; row < to; row++) {
if (at > last) { base += row - from; return row; }
r0 = address[row]; r1 = captured[row];
if (r1 < 0) r1 = 0;
best = 0; mark = base + row - from + 1;
const start = at;
${body(entry, hoist)}
winner[row] = best === 0 ? 0 : record[best << 2];
tapStart[row] = start; tapCount[row] = at - start;
}
base += to - from;
return to;
};`;
}

function emitLambda(lambda: Lambda, index: number): string {
  const parameters = Array.from({ length: lambda.parameters }, (_, register) => `r${register}`);
  return `function f${int(index)}(${parameters.join(", ")}) {\n${preamble(lambda, lambda.parameters, false)}\n${body(lambda, false)}\n}`;
}

/** Locals: registers from `first` on, scratch of the primitives, tables where they are hoisted. */
function preamble(lambda: Lambda, first: number, hoist: boolean): string {
  const registers = lambda.registers.map((_, register) => `r${register} = 0`).slice(first);
  const tables = [...(hoist ? tablesOf(lambda) : [])].map(
    (t) =>
      `const t${t} = dispatch[${t}], k${t} = t${t}.length - 2, s${t} = Math.clz32(k${t} >> 1), m${t} = t${t}[k${t} + 1];`,
  );
  return [
    "const { record, key, present, dispatch } = tables;",
    ...tables,
    `let ${[...registers, "h = 0", "c = 0", "t = null", "k = 0"].join(", ")};`,
  ].join("\n");
}

function tablesOf(lambda: Lambda): Set<number> {
  const tables = new Set<number>();
  for (const insn of lambda.insns) {
    const table = insn.op === "scall" && insn.primitive === "probe" ? insn.args[0] : undefined;
    if (table && "imm" in table) tables.add(int(table.imm));
  }
  return tables;
}

function body(lambda: Lambda, hoist: boolean): string {
  const blocks = blocksOf(lambda);
  if (blocks.depth > MAX_NESTING) throw new RangeError(`emit: blocks nest ${blocks.depth} deep, limit ${MAX_NESTING}`);
  const lines = ["body: {"];
  lambda.insns.forEach((insn, index) => {
    for (const label of blocks.opens.get(index) ?? []) lines.push(`L${int(label)}: {`);
    if (insn.op !== "label") lines.push(statement(insn, hoist));
    else if (blocks.used.has(insn.label)) lines.push("}");
  });
  lines.push("}");
  return lines.join("\n");
}

/** Every number of a program goes through here on its way into the text. */
function int(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`emit: ${value} is no integer`);
  return value;
}

/** A constant as an operand: a space, so that no operator joins a minus sign. */
function constant(value: number): string {
  return value < 0 ? `(${int(value)})` : String(int(value));
}

function reg(register: number): string {
  return `r${int(register)}`;
}

function operand(argument: Operand): string {
  return "reg" in argument ? reg(argument.reg) : constant(argument.imm);
}

function statement(insn: Exclude<Insn, { op: "label" }>, hoist: boolean): string {
  switch (insn.op) {
    case "set":
      return `${reg(insn.rd)} = ${constant(insn.imm)};`;
    case "mov":
      return `${reg(insn.rd)} = ${reg(insn.rs)};`;
    case "alu":
      return `${reg(insn.rd)} = ${alu(insn.alu, insn.type === "u", reg(insn.rs1), reg(insn.rs2))};`;
    case "alui":
      return `${reg(insn.rd)} = ${alu(insn.alu, insn.type === "u", reg(insn.rs1), constant(insn.imm))};`;
    case "ldn": {
      const get = insn.memory === "uc" ? "getUint8" : insn.memory === "us" ? "getUint16" : "getInt32";
      return `${reg(insn.rd)} = view.${get}((${reg(insn.base)} + ${constant(insn.offset)}) | 0);`;
    }
    case "br":
      return `if (${condition(insn.branch, insn.type, reg(insn.rs1), reg(insn.rs2))}) break L${int(insn.label)};`;
    case "bri":
      return `if (${condition(insn.branch, insn.type, reg(insn.rs1), constant(insn.imm))}) break L${int(insn.label)};`;
    case "j":
      return `break L${int(insn.label)};`;
    case "scall":
      return primitive(insn.primitive, insn.rd === undefined ? "c" : reg(insn.rd), insn.args, hoist);
    case "call":
      return `f${int(insn.lambda)}(${insn.args.map(operand).join(", ")});`;
    case "ret":
      return "break body;";
  }
}

const OPERATOR: Readonly<Record<Exclude<Alu, "mul" | "rsh">, string>> = {
  add: "+",
  sub: "-",
  and: "&",
  or: "|",
  xor: "^",
  lsh: "<<",
};

function alu(operation: Alu, unsigned: boolean, a: string, b: string): string {
  if (operation === "mul") return `Math.imul(${a}, ${b})`;
  if (operation === "rsh") return unsigned ? `(${a} >>> ${b}) | 0` : `${a} >> ${b}`;
  return `(${a} ${OPERATOR[operation]} ${b}) | 0`;
}

const RELATION: Readonly<Record<Branch, string>> = { blt: "<", ble: "<=", bgt: ">", bge: ">=", beq: "===", bne: "!==" };

/** Equality does not ask for the sign; order of unsigned words is taken of both as such. */
function condition(branch: Branch, type: WordType, a: string, b: string): string {
  const plain = type === "i" || branch === "beq" || branch === "bne";
  return plain ? `${a} ${RELATION[branch]} ${b}` : `(${a} >>> 0) ${RELATION[branch]} (${b} >>> 0)`;
}

function primitive(name: PrimitiveName, rd: string, args: readonly Operand[], hoist: boolean): string {
  const words = args.map(operand);
  switch (name) {
    case "leaf":
      return leaf(words[0] ?? "0");
    case "probe":
      return probe(rd, args, hoist);
    case "step":
      return `${rd} = record[(${words[0]} << 2) + 3];`;
    case "present":
      return `${rd} = present[${words[0]}];`;
  }
}

function leaf(node: string): string {
  return `h = ${node} << 2; c = record[h];
if (c !== 0 && (best === 0 || key[${node}] > key[best])) best = ${node};
c = record[h + 1];
if (c > 0) { taps[at] = c; at = (at + 1) | 0; }
else if (c !== 0) at = more(-c, at, mark);`;
}

function probe(rd: string, args: readonly Operand[], hoist: boolean): string {
  const [table, node, value] = args;
  if (!table || !("imm" in table) || !node || !value) throw new RangeError("emit: a probe without its operands");
  const t = int(table.imm);
  const v = operand(value);
  const spread =
    "imm" in node ? constant(Math.imul(node.imm, NODE_MULTIPLIER)) : `Math.imul(${operand(node)}, ${NODE_MULTIPLIER})`;
  const [words, mask, shift, multiplier] = hoist
    ? [`t${t}`, `k${t}`, `s${t}`, `m${t}`]
    : ["t", "k", "Math.clz32(k >> 1)", "t[k + 1]"];
  return `${hoist ? "" : `t = dispatch[${t}]; k = t.length - 2;\n`}h = (Math.imul(${v} ^ ${spread}, ${multiplier}) >>> ${shift}) << 1;
for (;;) { c = ${words}[h + 1]; if (c === 0 || (${words}[h] === ${v} && record[(c << 2) + 2] === ${operand(node)})) break; h = (h + 2) & ${mask}; }
${rd} = c;`;
}
