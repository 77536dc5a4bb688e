/**
 * The reference machine: one instruction after the other, as insn.ts says, checking what the verifier
 * has proved. Slow and obvious; the oracle of every target.
 */
import {
  type Alu,
  type Branch,
  type Insn,
  type Lambda,
  OCTETS,
  type Operand,
  type Program,
  type WordType,
} from "./insn.js";
import type { PrimitiveName } from "./primitive.js";
import { printInsn } from "./print.js";

/** What must not happen in a verified program: a load outside the packet, a jump to nowhere. */
export class Fault extends Error {
  override readonly name = "Fault";
}

export type PrimitiveTable = Readonly<Record<PrimitiveName, (...args: number[]) => number>>;

export class Interpreter {
  readonly #program: Program;
  readonly #view: DataView;
  readonly #primitives: PrimitiveTable;
  readonly #places: readonly (readonly number[])[];
  #address = 0;
  #end = 0;
  /** Instructions executed since it was made; labels do not count. */
  executed = 0;

  constructor(program: Program, view: DataView, primitives: PrimitiveTable) {
    this.#program = program;
    this.#view = view;
    this.#primitives = primitives;
    this.#places = program.lambdas.map(placesOf);
  }

  /** Runs the entry on the packet `[address, address + captured)`. */
  run(address: number, captured: number): void {
    this.#address = address;
    this.#end = address + captured;
    this.#lambda(0, [address, captured]);
  }

  #lambda(number: number, args: readonly number[]): void {
    const lambda = this.#program.lambdas[number];
    if (lambda === undefined) throw new Fault(`no lambda f${number}`);
    const registers = new Int32Array(lambda.registers.length);
    registers.set(args);
    let at = 0;
    for (;;) {
      const insn = lambda.insns[at++];
      if (insn === undefined) throw new Fault(`f${number}: past the end`);
      if (insn.op === "label") continue;
      this.executed++;
      if (insn.op === "ret") return;
      const label = this.#step(insn, registers);
      if (label === undefined) continue;
      const place = this.#places[number]?.[label];
      if (place === undefined) throw new Fault(`f${number}: ${printInsn(insn)} lands nowhere`);
      at = place;
    }
  }

  /** Executes one instruction; the label to go on at, where it branches. */
  #step(insn: Insn, r: Int32Array): number | undefined {
    const value = (register: number) => r[register] ?? 0;
    const operand = (argument: Operand) => ("reg" in argument ? value(argument.reg) : argument.imm);
    switch (insn.op) {
      case "set":
        r[insn.rd] = insn.imm;
        return undefined;
      case "mov":
        r[insn.rd] = value(insn.rs);
        return undefined;
      case "alu":
        r[insn.rd] = compute(insn.alu, insn.type === "u", value(insn.rs1), value(insn.rs2));
        return undefined;
      case "alui":
        r[insn.rd] = compute(insn.alu, insn.type === "u", value(insn.rs1), insn.imm);
        return undefined;
      case "ldn":
        r[insn.rd] = this.#load(insn, value(insn.base) + insn.offset);
        return undefined;
      case "br":
        return compare(insn.branch, insn.type, value(insn.rs1), value(insn.rs2)) ? insn.label : undefined;
      case "bri":
        return compare(insn.branch, insn.type, value(insn.rs1), insn.imm) ? insn.label : undefined;
      case "j":
        return insn.label;
      case "scall": {
        const result = this.#primitives[insn.primitive](...insn.args.map(operand));
        if (insn.rd !== undefined) r[insn.rd] = result;
        return undefined;
      }
      case "call":
        this.#lambda(insn.lambda, insn.args.map(operand));
        return undefined;
      default:
        return undefined;
    }
  }

  #load(insn: Extract<Insn, { op: "ldn" }>, address: number): number {
    if (address < this.#address || address + OCTETS[insn.memory] > this.#end) {
      throw new Fault(`${printInsn(insn)} reads outside the packet`);
    }
    if (insn.memory === "uc") return this.#view.getUint8(address);
    return insn.memory === "us" ? this.#view.getUint16(address) : this.#view.getInt32(address);
  }
}

function placesOf(lambda: Lambda): number[] {
  const places: number[] = [];
  lambda.insns.forEach((insn, index) => {
    if (insn.op === "label") places[insn.label] = index;
  });
  return places;
}

/** Arithmetic modulo 2^32, as a signed word. */
export function compute(alu: Alu, unsigned: boolean, a: number, b: number): number {
  switch (alu) {
    case "add":
      return (a + b) | 0;
    case "sub":
      return (a - b) | 0;
    case "mul":
      return Math.imul(a, b);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "lsh":
      return a << b;
    case "rsh":
      return unsigned ? (a >>> b) | 0 : a >> b;
  }
}

export function compare(branch: Branch, type: WordType, left: number, right: number): boolean {
  const a = type === "u" ? left >>> 0 : left | 0;
  const b = type === "u" ? right >>> 0 : right | 0;
  switch (branch) {
    case "blt":
      return a < b;
    case "ble":
      return a <= b;
    case "bgt":
      return a > b;
    case "bge":
      return a >= b;
    case "beq":
      return a === b;
    case "bne":
      return a !== b;
  }
}
