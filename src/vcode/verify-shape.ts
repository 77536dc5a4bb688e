/**
 * The verifier's first question: is this value a program at all? Whatever may come out of a structured clone is
 * answered, in time that grows with what the limits below admit, and nothing behind this file meets a field of the wrong kind.
 * What the fields mean is not asked here.
 */
import {
  ALU,
  BRANCH,
  type Insn,
  MAX_INSNS,
  MAX_JUMP_TABLE,
  MAX_LAMBDAS,
  MAX_REGISTERS,
  MAX_TABLES,
  MEMORY_TYPES,
  ORDERS,
  OVERFLOWING,
  type Program,
  REGIONS,
  SMALL_TYPES,
  UNARY,
  VALUE_TYPES,
} from "./insn.js";
import type { Rejection } from "./rejection.js";

/** Parameters of a lambda; WebAssembly's engines end at 1,000. */
export const MAX_PARAMETERS = 255;
/** Instructions, registers, arguments and entries of jump tables of all lambdas together. */
export const MAX_PROGRAM = 1 << 23;

type Test = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Test>>;

const TYPES = [...VALUE_TYPES, "p"];

function among(names: readonly string[]): Test {
  return (value) => typeof value === "string" && names.includes(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** -0 is no index: it prints as another number than it is. */
function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}

function isImmediate(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** A register or a constant, not both. */
function isOperand(value: unknown): boolean {
  if (!isObject(value)) return false;
  return "reg" in value ? isIndex(value.reg) && !("imm" in value) : isImmediate(value.imm);
}

/** By index, since an array's methods skip its holes. */
function isList(each: Test): Test {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (let at = 0; at < value.length; at++) if (!each(value[at])) return false;
    return true;
  };
}

function optional(test: Test): Test {
  return (value) => value === undefined || test(value);
}

const type = among(VALUE_TYPES);
const anyType = among(TYPES);
const memory = { order: among(ORDERS), memory: among(MEMORY_TYPES), base: isIndex, offset: isOperand };

const FIELDS_OF: Readonly<Record<Insn["op"], Fields>> = {
  set: { type, rd: isIndex, imm: isImmediate },
  mov: { type: anyType, rd: isIndex, rs: isIndex },
  alu: { alu: among(ALU), type: anyType, rd: isIndex, rs1: isIndex, rs2: isIndex },
  alui: { alu: among(ALU), type: anyType, rd: isIndex, rs1: isIndex, imm: isImmediate },
  unary: { unary: among(UNARY), type, rd: isIndex, rs: isIndex },
  cv: { from: type, to: among([...VALUE_TYPES, ...SMALL_TYPES]), rd: isIndex, rs: isIndex },
  ld: { ...memory, rd: isIndex },
  st: { ...memory, rs: isIndex },
  ldv: { ...memory, rd: isIndex },
  stv: { ...memory, rs: isIndex },
  aluo: { alu: among(OVERFLOWING), rd: isIndex, rs1: isIndex, second: isOperand },
  br: { branch: among(BRANCH), type, rs1: isIndex, rs2: isIndex, label: isIndex },
  bri: { branch: among(BRANCH), type, rs1: isIndex, imm: isImmediate, label: isIndex },
  j: { label: isIndex },
  jt: { rs: isIndex, labels: isList(isIndex), other: isIndex },
  label: { label: isIndex },
  scall: { primitive: (value) => typeof value === "string", rd: optional(isIndex), args: isList(isOperand) },
  call: { lambda: isIndex, rd: optional(isIndex), args: isList(isOperand) },
  fuel: { units: isIndex },
  ret: { value: optional(isOperand) },
};

const FIELDS = new Map(Object.entries(FIELDS_OF).map(([op, fields]) => [op, Object.entries(fields)]));

/** Calls `refuse` once and answers false, or answers true. */
export function isProgram(value: unknown, refuse: (rejection: Rejection) => void): value is Program {
  const found = new Shape().program(value);
  if (found !== undefined) refuse(found);
  return found === undefined;
}

class Shape {
  #size = 0;

  program(value: unknown): Rejection | undefined {
    if (!isObject(value) || !Array.isArray(value.lambdas)) return refusal("shape", 0, 0, "it is no program");
    const { lambdas, tables } = value;
    if (lambdas.length === 0) return refusal("shape", 0, 0, "it has no lambda");
    if (lambdas.length > MAX_LAMBDAS) return tooMany(0, lambdas.length, "lambdas", MAX_LAMBDAS);
    if (!isIndex(tables)) return refusal("shape", 0, 0, "it does not say how many tables it names");
    if (tables > MAX_TABLES) return tooMany(0, tables, "tables", MAX_TABLES);
    for (let number = 0; number < lambdas.length; number++) {
      const found = this.#lambda(lambdas[number], number);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #lambda(value: unknown, number: number): Rejection | undefined {
    if (!isObject(value)) return refusal("shape", number, 0, "it is no lambda");
    const { regions, parameters, registers, result, labels, insns } = value;
    if (!Array.isArray(regions) || !Array.isArray(registers) || !Array.isArray(insns)) {
      return refusal("shape", number, 0, "a lambda has lists of regions, registers and instructions");
    }
    if (!isIndex(parameters) || !isIndex(labels)) return refusal("shape", number, 0, "a number is missing or negative");
    if (insns.length > MAX_INSNS) return tooMany(number, insns.length, "instructions", MAX_INSNS);
    if (labels > MAX_INSNS) return tooMany(number, labels, "labels", MAX_INSNS);
    if (registers.length > MAX_REGISTERS) return tooMany(number, registers.length, "registers", MAX_REGISTERS);
    if (parameters > MAX_PARAMETERS) return tooMany(number, parameters, "parameters", MAX_PARAMETERS);
    if (this.#isTooLarge(insns.length + registers.length)) return tooMany(number, this.#size, "items", MAX_PROGRAM);
    if (!isList(anyType)(registers)) return refusal("shape", number, 0, "a register without a type");
    if (!optional(type)(result)) return refusal("shape", number, 0, "the result has no type");
    return this.#parameters(value, number) ?? this.#insns(insns, number);
  }

  /** They begin with a pair for each region, and no other is an address. */
  #parameters({ regions, parameters, registers }: Readonly<Record<string, unknown>>, number: number) {
    if (!Array.isArray(regions) || !Array.isArray(registers) || !isIndex(parameters)) return undefined;
    const say = (reason: string) => refusal("shape", number, 0, reason);
    if (parameters > registers.length) return say("parameters without registers");
    if (regions.length * 2 > parameters) return say("each region takes two parameters");
    if (!isList(among(REGIONS))(regions)) return say("no such region");
    if (new Set(regions).size < regions.length) return say("a region comes twice");
    const pairs = regions.length * 2;
    for (let register = 0; register < parameters; register++) {
      const wanted = register >= pairs ? undefined : register % 2 === 0 ? "p" : "i";
      if (wanted === undefined ? registers[register] === "p" : registers[register] !== wanted) {
        return say("parameters begin with an address (p) and a count (i) for each region; the others are values");
      }
    }
    return undefined;
  }

  #insns(insns: readonly unknown[], number: number): Rejection | undefined {
    for (let index = 0; index < insns.length; index++) {
      const insn = insns[index];
      const fields = isObject(insn) && typeof insn.op === "string" ? FIELDS.get(insn.op) : undefined;
      if (!isObject(insn) || fields === undefined) return refusal("shape", number, index, "no such instruction");
      const found = this.#lists(insn, number, index);
      if (found !== undefined) return found;
      const wrong = fields.find(([field, test]) => !test(insn[field]));
      if (wrong !== undefined) return refusal("shape", number, index, `"${wrong[0]}" is missing or cannot stand there`);
    }
    return undefined;
  }

  /** How long lists are is asked before anybody walks them. */
  #lists(insn: Readonly<Record<string, unknown>>, number: number, index: number): Rejection | undefined {
    const { labels, args } = insn;
    if (Array.isArray(labels)) {
      if (labels.length > MAX_JUMP_TABLE) return tooMany(number, labels.length, "entries", MAX_JUMP_TABLE, index);
      if (this.#isTooLarge(labels.length)) return tooMany(number, this.#size, "items", MAX_PROGRAM, index);
    }
    if (Array.isArray(args)) {
      if (args.length > MAX_PARAMETERS) return tooMany(number, args.length, "arguments", MAX_PARAMETERS, index);
      if (this.#isTooLarge(args.length)) return tooMany(number, this.#size, "items", MAX_PROGRAM, index);
    }
    return undefined;
  }

  #isTooLarge(more: number): boolean {
    this.#size += more;
    return this.#size > MAX_PROGRAM;
  }
}

function refusal(code: "shape" | "limit", lambda: number, index: number, reason: string): Rejection {
  return { code, lambda, index, insn: "", reason };
}

function tooMany(lambda: number, found: number, what: string, limit: number, index = 0): Rejection {
  return refusal("limit", lambda, index, `${found} ${what}, limit ${limit}`);
}
