/**
 * Each instruction by itself: its registers exist and have the types of insn.ts, its constants are within them, and what it
 * calls is declared and called as declared. Whether a register holds anything yet is not asked here.
 */
import { isLong } from "./compute.js";
import {
  type Immediate,
  type Insn,
  MAX_FUEL,
  OCTETS,
  type Operand,
  type Register,
  SMALL_TYPES,
  type Type,
} from "./insn.js";
import type { Primitive } from "./primitive.js";
import type { Subject } from "./rejection.js";

/** What of a type decides where it may stand: how an instruction looks at its sign is its own affair. */
type Kind = "word" | "long" | "address";

function kindOf(type: Type): Kind {
  if (type === "p") return "address";
  return isLong(type) ? "long" : "word";
}

const NAMES: Readonly<Record<Kind, string>> = { word: "a word", long: "a long", address: "an address" };

export function checkTypes(subject: Subject): void {
  const types = new Types(subject);
  for (const [index, insn] of subject.lambda.insns.entries()) types.check(insn, index);
}

class Types {
  readonly #subject: Subject;
  #index = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  check(insn: Insn, index: number): void {
    this.#index = index;
    switch (insn.op) {
      case "set":
        this.#register(insn.rd, kindOf(insn.type));
        return this.#immediate(insn.imm, kindOf(insn.type));
      case "mov":
        this.#register(insn.rs, kindOf(insn.type));
        return this.#register(insn.rd, kindOf(insn.type));
      case "alu":
      case "alui":
        return this.#alu(insn);
      case "unary":
        this.#register(insn.rs, kindOf(insn.type));
        return this.#register(insn.rd, kindOf(insn.type));
      case "cv":
        return this.#conversion(insn);
      case "ld":
      case "st":
        return this.#access(insn, "address");
      case "ldv":
      case "stv":
        return this.#access(insn, "word");
      case "aluo":
        this.#register(insn.rs1, "word");
        this.#operand(insn.second, "word");
        return this.#register(insn.rd, "word");
      case "br":
        this.#register(insn.rs1, kindOf(insn.type));
        return this.#register(insn.rs2, kindOf(insn.type));
      case "bri":
        this.#register(insn.rs1, kindOf(insn.type));
        return this.#immediate(insn.imm, kindOf(insn.type));
      case "jt":
        return this.#register(insn.rs, "word");
      case "scall":
        return this.#scall(insn);
      case "call":
        return this.#call(insn);
      case "fuel":
        return this.#fuel(insn.units);
      case "ret":
        return this.#ret(insn.value);
      default:
    }
  }

  #reject(code: "type" | "immediate" | "fuel" | "call", reason: string): void {
    this.#subject.reject(this.#index, code, reason);
  }

  #register(register: Register, kind: Kind): void {
    const type = this.#subject.lambda.registers[register];
    if (type === undefined) return this.#reject("type", `r${register} does not exist`);
    if (kindOf(type) !== kind) this.#reject("type", `r${register} is not ${NAMES[kind]}`);
  }

  #immediate(value: Immediate, kind: Kind): void {
    if (typeof value === "bigint") {
      if (kind !== "long") this.#reject("immediate", `${value}n is a constant of 64 bits, not ${NAMES[kind]}`);
      else if (value !== BigInt.asIntN(64, value)) this.#reject("immediate", `${value}n is outside of a signed long`);
    } else if (kind === "long") this.#reject("immediate", `${value} is no constant of 64 bits`);
    else if (!Object.is(value, value | 0)) this.#reject("immediate", `${value} is no signed word`);
  }

  #operand(operand: Operand, kind: Kind): void {
    if ("reg" in operand) this.#register(operand.reg, kind);
    else this.#immediate(operand.imm, kind);
  }

  #alu(insn: Extract<Insn, { op: "alu" | "alui" }>): void {
    const kind = kindOf(insn.type);
    if (kind === "address" && insn.alu !== "add") this.#reject("type", "addresses are only added to");
    const second = kind === "address" ? "word" : kind;
    this.#register(insn.rs1, kind);
    if (insn.op === "alu") this.#register(insn.rs2, second);
    else this.#immediate(insn.imm, second);
    this.#register(insn.rd, kind);
  }

  #conversion({ from, to, rd, rs }: Extract<Insn, { op: "cv" }>): void {
    const small = SMALL_TYPES.find((each) => each === to);
    if (small !== undefined && kindOf(from) === "long") this.#reject("type", "only words are cut to fewer bits");
    this.#register(rs, kindOf(from));
    this.#register(rd, isLong(to) ? "long" : "word");
  }

  #access(insn: Extract<Insn, { op: "ld" | "st" | "ldv" | "stv" }>, base: Kind): void {
    this.#register(insn.base, base);
    this.#operand(insn.offset, "word");
    this.#register("rd" in insn ? insn.rd : insn.rs, OCTETS[insn.memory] === 8 ? "long" : "word");
  }

  #scall(insn: Extract<Insn, { op: "scall" }>): void {
    const { primitives } = this.#subject;
    const primitive = Object.hasOwn(primitives, insn.primitive) ? primitives[insn.primitive] : undefined;
    if (primitive === undefined) return this.#reject("call", "the primitive is not declared");
    if (insn.args.length !== primitive.parameters.length) {
      return this.#reject("call", `it takes ${primitive.parameters.length} arguments`);
    }
    for (const [at, argument] of insn.args.entries()) this.#argument(argument, primitive.parameters[at]);
    this.#result(insn.rd, primitive.result);
  }

  #argument(argument: Operand, kind: Primitive["parameters"][number] | undefined): void {
    if (kind === "word") return this.#operand(argument, "word");
    const { tables } = this.#subject.program;
    if (!("imm" in argument)) return this.#reject("call", "a table is named by a constant");
    if (typeof argument.imm === "bigint") return this.#immediate(argument.imm, "word");
    const exists = Number.isInteger(argument.imm) && argument.imm >= 0 && argument.imm < tables;
    if (!exists || Object.is(argument.imm, -0)) this.#reject("call", `there is no table ${argument.imm}`);
  }

  /** Whether the addresses are what the callee may take them for is a matter of proof: verify-bounds.ts. */
  #call(insn: Extract<Insn, { op: "call" }>): void {
    const { program, number } = this.#subject;
    const callee = program.lambdas[insn.lambda];
    if (callee === undefined) return this.#reject("call", `there is no lambda f${insn.lambda}`);
    if (insn.lambda <= number) return this.#reject("call", "calls go to later lambdas only");
    if (insn.args.length !== callee.parameters) return this.#reject("call", `it takes ${callee.parameters} arguments`);
    const pairs = callee.regions.length * 2;
    insn.args.forEach((argument, at) => {
      if (at < pairs && !("reg" in argument)) this.#reject("call", "an address and its count are passed in registers");
      else this.#operand(argument, kindOf(callee.registers[at] ?? "i"));
    });
    this.#result(insn.rd, callee.result);
  }

  #result(rd: Register | undefined, type: Type | undefined): void {
    if ((rd === undefined) !== (type === undefined)) {
      return this.#reject("call", `it has ${type === undefined ? "no" : "a"} result`);
    }
    if (rd !== undefined && type !== undefined) this.#register(rd, kindOf(type));
  }

  #fuel(units: number): void {
    if (units < 1 || units > MAX_FUEL) this.#reject("fuel", `${units} units are not within 1..${MAX_FUEL}`);
  }

  #ret(value: Operand | undefined): void {
    const { result } = this.#subject.lambda;
    if (value === undefined && result === undefined) return;
    if (value === undefined) return this.#reject("type", "a result is missing");
    if (result === undefined) return this.#reject("type", "this lambda has no result");
    this.#operand(value, kindOf(result));
  }
}
