/**
 * The one verifier between VCODE and every target. It proves, in one pass over each lambda (branches go
 * forward only, so every way to a label is known when the label is reached):
 *
 *   - operands have the types of insn.ts, and every register read was assigned on every way there;
 *   - every branch lands on a label further down, defined once; the end of a lambda is never passed;
 *   - every load lies inside the packet: `offset + octets` is at most what a compare on a register that
 *     counts the octets left at that very address register has established;
 *   - calls are of declared primitives, or of a later lambda (so that there is no recursion), with a
 *     packet register and its own count;
 *   - the program stays within named limits.
 *
 * The one way to move an address: compare `s` with the count `r` as unsigned words, leave where it is
 * greater, then `v_subi r2, r, s` and `v_addp p2, p, s`: now r2 octets are left at p2.
 */
import { Facts } from "./facts.js";
import {
  ALU,
  BRANCH,
  type Insn,
  type Label,
  type Lambda,
  MAX_INSNS,
  MAX_LAMBDAS,
  MAX_REGISTERS,
  MAX_TABLES,
  OCTETS,
  type Operand,
  type Program,
  type Register,
} from "./insn.js";
import { PRIMITIVES } from "./primitive.js";
import { printInsn } from "./print.js";

/** Rejections beyond this many are not listed. */
export const MAX_REJECTIONS = 20;

export interface Rejection {
  readonly lambda: number;
  /** Index of the instruction in its lambda. */
  readonly index: number;
  readonly insn: string;
  readonly reason: string;
}

declare const brand: unique symbol;
/** A program that the verifier let through: what targets accept. */
export type Verified = Program & { readonly [brand]: true };

export type Verdict =
  | { readonly ok: true; readonly program: Verified }
  | { readonly ok: false; readonly rejections: readonly Rejection[] };

export function verify(program: Program): Verdict {
  const rejections: Rejection[] = [];
  const limit = limits(program);
  if (limit !== undefined) return { ok: false, rejections: [{ lambda: 0, index: 0, insn: "", reason: limit }] };
  for (const index of program.lambdas.keys()) new LambdaVerifier(program, index, rejections).run();
  return isVerified(program, rejections) ? { ok: true, program } : { ok: false, rejections };
}

function isVerified(_program: Program, rejections: readonly Rejection[]): _program is Verified {
  return rejections.length === 0;
}

function limits(program: Program): string | undefined {
  const { lambdas, tables } = program;
  if (lambdas.length === 0 || lambdas.length > MAX_LAMBDAS) return `${lambdas.length} lambdas, limit ${MAX_LAMBDAS}`;
  if (!Number.isInteger(tables) || tables < 0 || tables > MAX_TABLES) return `${tables} tables, limit ${MAX_TABLES}`;
  if (lambdas[0]?.parameters !== 2) return "the entry takes a packet and its count, nothing else";
  for (const lambda of lambdas) {
    if (lambda.insns.length > MAX_INSNS) return `${lambda.insns.length} instructions, limit ${MAX_INSNS}`;
    if (lambda.labels > MAX_INSNS) return `${lambda.labels} labels, limit ${MAX_INSNS}`;
    if (lambda.registers.length > MAX_REGISTERS) return `${lambda.registers.length} registers, limit ${MAX_REGISTERS}`;
    if (lambda.parameters < 2 || lambda.parameters > lambda.registers.length) return "parameters without registers";
    if (lambda.registers[0] !== "p" || lambda.registers[1] !== "i")
      return "the first parameters are a packet and its count";
    if (lambda.registers.some((type) => type !== "i" && type !== "u" && type !== "p"))
      return "a register without a type";
    if (lambda.registers.slice(2, lambda.parameters).includes("p")) return "a second packet among the parameters";
  }
  return undefined;
}

const MAX_OFFSET = 0x7ffffff0;

function isWord(value: unknown): boolean {
  return Number.isInteger(value) && value === (Number(value) | 0);
}

class LambdaVerifier {
  readonly #program: Program;
  readonly #number: number;
  readonly #lambda: Lambda;
  readonly #rejections: Rejection[];
  /** What is known on the ways that branch to each label. */
  readonly #incoming = new Map<Label, Facts>();
  readonly #defined: Uint8Array;
  #facts: Facts | undefined;
  #index = 0;
  #insn: Insn = { op: "ret" };

  constructor(program: Program, number: number, rejections: Rejection[]) {
    this.#program = program;
    this.#number = number;
    this.#lambda = program.lambdas[number] ?? { parameters: 0, registers: [], labels: 0, insns: [] };
    this.#rejections = rejections;
    this.#defined = new Uint8Array(this.#lambda.labels);
    const facts = new Facts(new Uint8Array(this.#lambda.registers.length));
    for (let register = 0; register < this.#lambda.parameters; register++) facts.assign(register);
    facts.addLeft(0, 1);
    facts.atLeast(1, 0);
    this.#facts = facts;
  }

  run(): void {
    this.#lambda.insns.forEach((insn, index) => {
      this.#index = index;
      this.#insn = insn;
      if (insn.op === "label") this.#label(insn.label);
      else if (this.#facts === undefined) this.#reject("no way leads here");
      else this.#check(insn, this.#facts);
    });
    if (this.#facts !== undefined) this.#reject("the lambda's end can be passed: v_retv is missing");
    for (const label of this.#incoming.keys()) {
      if (this.#defined[label] === 0) this.#reject(`L${label} is branched to and never placed`);
    }
  }

  #reject(reason: string): void {
    if (this.#rejections.length >= MAX_REJECTIONS) return;
    this.#rejections.push({ lambda: this.#number, index: this.#index, insn: printInsn(this.#insn), reason });
  }

  #label(label: Label): void {
    if (!this.#exists(label)) return this.#reject("a label that was not made by genlabel");
    if (this.#defined[label] === 1) return this.#reject("the label is placed twice");
    this.#defined[label] = 1;
    const incoming = this.#incoming.get(label);
    if (incoming === undefined) return;
    if (this.#facts === undefined) this.#facts = incoming;
    else this.#facts.meet(incoming);
  }

  #exists(label: Label): boolean {
    return Number.isInteger(label) && label >= 0 && label < this.#lambda.labels;
  }

  /** `facts` hold on the way to `label`. */
  #branchTo(label: Label, facts: Facts): void {
    if (!this.#exists(label)) return this.#reject("a label that was not made by genlabel");
    if (this.#defined[label] === 1) return this.#reject("a branch backwards");
    const incoming = this.#incoming.get(label);
    if (incoming) incoming.meet(facts);
    else this.#incoming.set(label, facts.copy());
  }

  #word(register: Register, facts: Facts): void {
    const type = this.#lambda.registers[register];
    if (type !== "i" && type !== "u") this.#reject(`r${register} is no word`);
    else if (facts.assigned[register] === 0) this.#reject(`r${register} is not assigned on every way here`);
  }

  #pointer(register: Register, facts: Facts): void {
    if (this.#lambda.registers[register] !== "p") this.#reject(`r${register} is no address`);
    else if (facts.assigned[register] === 0) this.#reject(`r${register} is not assigned on every way here`);
  }

  #result(register: Register, pointer: boolean, facts: Facts): void {
    const type = this.#lambda.registers[register];
    if (type === undefined) return this.#reject(`r${register} does not exist`);
    if ((type === "p") !== pointer) this.#reject(`r${register} is ${pointer ? "no address" : "no word"}`);
    facts.assign(register);
  }

  #immediate(value: number): void {
    if (!isWord(value)) this.#reject(`${value} is no 32-bit word`);
  }

  #check(insn: Exclude<Insn, { op: "label" }>, facts: Facts): void {
    switch (insn.op) {
      case "set":
        this.#immediate(insn.imm);
        this.#result(insn.rd, false, facts);
        return facts.atLeast(insn.rd, insn.imm);
      case "mov":
        return this.#mov(insn, facts);
      case "alu":
        return insn.type === "p" ? this.#move(insn, facts) : this.#alu(insn, facts);
      case "alui":
        return this.#alui(insn, facts);
      case "ldn":
        return this.#load(insn, facts);
      case "br":
        return this.#br(insn, facts);
      case "bri":
        return this.#bri(insn, facts);
      case "j":
        this.#branchTo(insn.label, facts);
        this.#facts = undefined;
        return;
      case "scall":
        return this.#scall(insn, facts);
      case "call":
        return this.#call(insn, facts);
      case "ret":
        this.#facts = undefined;
        return;
      default:
        this.#reject("no such instruction");
    }
  }

  #mov(insn: Extract<Insn, { op: "mov" }>, facts: Facts): void {
    const pointer = insn.type === "p";
    if (pointer) this.#pointer(insn.rs, facts);
    else this.#word(insn.rs, facts);
    const low = facts.lowOf(insn.rs);
    const left = [...(facts.left.get(insn.rs) ?? [])].filter((count) => count !== insn.rd);
    this.#result(insn.rd, pointer, facts);
    if (!pointer) facts.atLeast(insn.rd, low);
    for (const count of left) facts.addLeft(insn.rd, count);
  }

  /** v_subi keeps note of a difference that cannot be negative. */
  #alu(insn: Extract<Insn, { op: "alu" }>, facts: Facts): void {
    if (!ALU.includes(insn.alu)) this.#reject("no such operation");
    this.#word(insn.rs1, facts);
    this.#word(insn.rs2, facts);
    const inside =
      insn.alu === "sub" && facts.below.get(insn.rs2)?.has(insn.rs1) === true && facts.lowOf(insn.rs1) >= 0;
    this.#result(insn.rd, false, facts);
    if (!inside || insn.rd === insn.rs1 || insn.rd === insn.rs2) return;
    facts.atLeast(insn.rd, 0);
    facts.rest.set(insn.rd, [insn.rs1, insn.rs2]);
  }

  /** v_addp: the new address has those counts that were made by subtracting the same register. */
  #move(insn: Extract<Insn, { op: "alu" }>, facts: Facts): void {
    if (insn.alu !== "add") this.#reject("addresses are only added to");
    this.#pointer(insn.rs1, facts);
    this.#word(insn.rs2, facts);
    const counts = facts.left.get(insn.rs1) ?? new Set();
    const rests = [...facts.rest]
      .filter(([rest, [from, by]]) => by === insn.rs2 && counts.has(from) && rest !== insn.rd)
      .map(([rest]) => rest);
    this.#result(insn.rd, true, facts);
    for (const rest of rests) facts.addLeft(insn.rd, rest);
  }

  #alui(insn: Extract<Insn, { op: "alui" }>, facts: Facts): void {
    if (!ALU.includes(insn.alu)) this.#reject("no such operation");
    if (insn.type === "p") return this.#reject("an address takes no constant: use the offset of the load");
    this.#word(insn.rs1, facts);
    this.#immediate(insn.imm);
    this.#result(insn.rd, false, facts);
    if (insn.alu === "and" && insn.imm >= 0) facts.atLeast(insn.rd, 0);
  }

  #load(insn: Extract<Insn, { op: "ldn" }>, facts: Facts): void {
    const octets = OCTETS[insn.memory];
    if (octets === undefined) return this.#reject("no such memory type");
    this.#pointer(insn.base, facts);
    if (!Number.isInteger(insn.offset) || insn.offset < 0 || insn.offset > MAX_OFFSET) {
      this.#reject(`offset ${insn.offset} is not within 0..${MAX_OFFSET}`);
    } else if (facts.provedAt(insn.base) < insn.offset + octets) {
      const proved = facts.provedAt(insn.base);
      const known = proved < 0 ? "nothing is proved of that address" : `only ${proved} are proved to be left`;
      this.#reject(`the load needs ${insn.offset + octets} octets at r${insn.base}; ${known}`);
    }
    this.#result(insn.rd, false, facts);
    if (octets < 4) facts.atLeast(insn.rd, 0);
  }

  #br(insn: Extract<Insn, { op: "br" }>, facts: Facts): void {
    if (!BRANCH.includes(insn.branch)) this.#reject("no such branch");
    this.#word(insn.rs1, facts);
    this.#word(insn.rs2, facts);
    const taken = facts.copy();
    if (insn.type === "u") {
      if (insn.branch === "bgt") facts.addBelow(insn.rs1, insn.rs2);
      if (insn.branch === "ble" || insn.branch === "blt") taken.addBelow(insn.rs1, insn.rs2);
      if (insn.branch === "blt") facts.addBelow(insn.rs2, insn.rs1);
      if (insn.branch === "bge" || insn.branch === "bgt") taken.addBelow(insn.rs2, insn.rs1);
    }
    this.#branchTo(insn.label, taken);
  }

  #bri(insn: Extract<Insn, { op: "bri" }>, facts: Facts): void {
    if (!BRANCH.includes(insn.branch)) this.#reject("no such branch");
    this.#word(insn.rs1, facts);
    this.#immediate(insn.imm);
    const taken = facts.copy();
    if (insn.type === "i") {
      if (insn.branch === "blt") facts.atLeast(insn.rs1, insn.imm);
      if (insn.branch === "ble") facts.atLeast(insn.rs1, insn.imm + 1);
      if (insn.branch === "bge") taken.atLeast(insn.rs1, insn.imm);
      if (insn.branch === "bgt") taken.atLeast(insn.rs1, insn.imm + 1);
    }
    this.#branchTo(insn.label, taken);
  }

  #scall(insn: Extract<Insn, { op: "scall" }>, facts: Facts): void {
    const primitive = Object.hasOwn(PRIMITIVES, insn.primitive) ? PRIMITIVES[insn.primitive] : undefined;
    if (primitive === undefined) return this.#reject("the primitive is not declared");
    if (insn.args.length !== primitive.parameters.length)
      this.#reject(`it takes ${primitive.parameters.length} arguments`);
    primitive.parameters.forEach((kind, index) => {
      const argument = insn.args[index];
      if (argument === undefined) return;
      if (kind === "word") this.#wordOperand(argument, facts);
      else if (!("imm" in argument)) this.#reject("a table is named by a constant");
      else if (!Number.isInteger(argument.imm) || argument.imm < 0 || argument.imm >= this.#program.tables) {
        this.#reject(`there is no table ${argument.imm}`);
      }
    });
    if (primitive.result !== (insn.rd !== undefined)) this.#reject(`it has ${primitive.result ? "a" : "no"} result`);
    if (insn.rd !== undefined) this.#result(insn.rd, false, facts);
  }

  #wordOperand(argument: Operand, facts: Facts): void {
    if ("reg" in argument) this.#word(argument.reg, facts);
    else this.#immediate(argument.imm);
  }

  #call(insn: Extract<Insn, { op: "call" }>, facts: Facts): void {
    const callee = this.#program.lambdas[insn.lambda];
    if (callee === undefined) return this.#reject(`there is no lambda f${insn.lambda}`);
    if (insn.lambda <= this.#number) return this.#reject("calls go to later lambdas only");
    if (insn.args.length !== callee.parameters) return this.#reject(`it takes ${callee.parameters} arguments`);
    const [packet, count, ...words] = insn.args;
    if (!packet || !count || !("reg" in packet) || !("reg" in count))
      return this.#reject("a packet is passed in registers");
    this.#pointer(packet.reg, facts);
    if (facts.left.get(packet.reg)?.has(count.reg) !== true) {
      this.#reject(`r${count.reg} is not known to count the octets left at r${packet.reg}`);
    }
    for (const word of words) this.#wordOperand(word, facts);
  }
}
