/**
 * The reference machine: one instruction after the other, as insn.ts says, checking what the verifier
 * has proved. Slow and obvious; the oracle of every target. It also counts: instructions, and the cycles of cost.ts.
 */
import { compare, compute, convert, isLong, load, long, store, unary, word } from "./compute.js";
import { cyclesOf, TAKEN } from "./cost.js";
import { type ImageMachine, READABLE, Trap, TrapAnswer, type TrapKind, WRITABLE } from "./image.js";
import { placeOf, saveRegisters, skippedLong, skippedWord, translate } from "./image-trap.js";
import { type Immediate, type Insn, type Label, type Lambda, OCTETS, type Operand, type Program } from "./insn.js";
import type { PrimitiveName } from "./primitive.js";
import { printInsn } from "./print.js";

/** Where nothing is saved. */
export const NOWHERE = -1;

/** What must not happen in a verified program: a load outside its region, a jump to nowhere. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** How a run ended: with what v_ret gave back (0 where that is nothing), or without fuel; and the fuel that is left. */
export type Outcome =
  | { readonly ok: true; readonly value: Immediate; readonly fuel: number }
  | { readonly ok: false; readonly fault: "fuel"; readonly fuel: number };

/** What primitives do; where one works, its caller adds to `cycles` what that costs. */
export type PrimitiveTable = Readonly<Partial<Record<PrimitiveName, (...args: number[]) => number>>>;

/** Looks on while a program runs: at each instruction, labels left out. */
export interface Watch {
  /** This one is next, by its place among its lambda's. What throws comes through, and is not done. */
  begins(lambda: number, index: number): void;
  /** The register that it assigned, and what that holds; undefined: none. */
  done(register: number | undefined, value: Immediate | undefined): void;
}

/** Where an address may point: it keeps that whatever is added to it. */
interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** A lambda, and what is asked of it at each step. */
interface Known {
  readonly lambda: Lambda;
  /** By label. */
  readonly places: readonly number[];
  /** By instruction, where it was executed once. */
  readonly cycles: Uint32Array;
  /** By register. */
  readonly longs: readonly boolean[];
  readonly pointers: readonly boolean[];
}

interface CallFrame {
  readonly number: number;
  readonly known: Known;
  readonly registers: Immediate[];
  /** By register, of addresses. */
  readonly bounds: (Bounds | undefined)[];
  at: number;
}

export class Interpreter {
  readonly #lambdas: readonly Known[];
  readonly #view: DataView;
  readonly #primitives: PrimitiveTable;
  readonly #image: ImageMachine | undefined;
  #frames: CallFrame[] = [];
  /** What is left of it. */
  fuel = 0;
  /** Of an image: as a LinkedImage's; NOWHERE: registers are not saved. */
  save = 0;
  accesses = 0;
  /** Instructions executed since it was made; labels do not count. */
  executed = 0;
  /** Simulated cycles since it was made. */
  cycles = 0;
  /** Told of each instruction. */
  watch: Watch | undefined;

  /** `image`: what an image runs on; other programs have none. */
  constructor(program: Program, view: DataView, primitives: PrimitiveTable = {}, image?: ImageMachine) {
    this.#lambdas = program.lambdas.map(knownOf);
    this.#view = view;
    this.#primitives = primitives;
    this.#image = image;
  }

  /** Runs the entry. Throws a Fault where the program does what no verified one does. */
  run(args: readonly Immediate[], fuel = 0): Outcome {
    this.fuel = fuel;
    const entry = this.#frame(0, args, []);
    for (let pair = 0; pair < entry.known.lambda.regions.length; pair++) {
      const from = word(args[2 * pair] ?? 0);
      entry.bounds[2 * pair] = { from, to: from + word(args[2 * pair + 1] ?? 0) };
    }
    // An image may be run again by what it traps to.
    const outer = this.#frames;
    this.#frames = [entry];
    try {
      for (;;) {
        const ended = this.#next();
        if (ended !== undefined) return ended;
      }
    } finally {
      this.#frames = outer;
    }
  }

  #frame(number: number, args: readonly Immediate[], bounds: readonly (Bounds | undefined)[]): CallFrame {
    const known = this.#lambdas[number];
    if (known === undefined) throw new Fault(`no lambda f${number}`);
    const registers = known.longs.map((isLong, register) => {
      const value = args[register] ?? 0;
      return isLong ? long(value) : word(value);
    });
    return { number, known, registers, bounds: [...bounds], at: 0 };
  }

  #next(): Outcome | undefined {
    const frame = this.#frames[this.#frames.length - 1]!;
    const { lambda, cycles } = frame.known;
    const at = frame.at++;
    const insn = lambda.insns[at];
    if (insn === undefined) throw new Fault(`f${frame.number}: past the end`);
    if (insn.op === "label") return undefined;
    this.executed++;
    const cost = cycles[at] || cyclesOf(insn);
    cycles[at] = cost;
    this.cycles += cost;
    if (this.watch === undefined) return this.#execute(insn, frame);
    this.watch.begins(frame.number, at);
    const ended = this.#execute(insn, frame);
    // A call assigns when its lambda returns.
    const register = "rd" in insn && insn.op !== "call" ? insn.rd : undefined;
    this.watch.done(register, frame.registers[register ?? -1]);
    return ended;
  }

  #execute(insn: Exclude<Insn, { op: "label" }>, frame: CallFrame): Outcome | undefined {
    if (insn.op === "ret") return this.#return(insn, frame);
    if (insn.op === "fuel") {
      if (this.#image === undefined && this.fuel < insn.units) return { ok: false, fault: "fuel", fuel: this.fuel };
      this.#pay(insn.units, frame);
    } else if (insn.op === "call") this.#call(insn, frame);
    else {
      const label = this.#step(insn, frame);
      if (label !== undefined) this.#jump(label, insn, frame);
    }
    return undefined;
  }

  #jump(label: Label, insn: Insn, frame: CallFrame): void {
    const place = frame.known.places[label];
    if (place === undefined) throw new Fault(`f${frame.number}: ${printInsn(insn)} lands nowhere`);
    if (insn.op === "br" || insn.op === "bri") this.cycles += TAKEN;
    frame.at = place;
  }

  #call(insn: Extract<Insn, { op: "call" }>, frame: CallFrame): void {
    const bounds = insn.args.map((arg) => ("reg" in arg ? frame.bounds[arg.reg] : undefined));
    this.#frames.push(
      this.#frame(
        insn.lambda,
        insn.args.map((arg) => operandValue(arg, frame)),
        bounds,
      ),
    );
  }

  #return(insn: Extract<Insn, { op: "ret" }>, frame: CallFrame): Outcome | undefined {
    const value = insn.value === undefined ? 0 : operandValue(insn.value, frame);
    this.#frames.pop();
    const caller = this.#frames.at(-1);
    if (caller === undefined) return { ok: true, value, fuel: this.fuel };
    const call = caller.known.lambda.insns[caller.at - 1];
    if (call?.op === "call" && call.rd !== undefined) assign(caller, call.rd, value);
    return undefined;
  }

  /** Executes one instruction; the label to go on at, where it branches. */
  #step(insn: Exclude<Insn, { op: "label" | "ret" | "fuel" | "call" }>, frame: CallFrame): Label | undefined {
    switch (insn.op) {
      case "set":
        return assign(frame, insn.rd, insn.imm);
      case "mov":
        return assign(frame, insn.rd, held(frame, insn.rs), frame.bounds[insn.rs]);
      case "alu":
        return assign(
          frame,
          insn.rd,
          compute(insn.alu, insn.type, held(frame, insn.rs1), held(frame, insn.rs2)),
          frame.bounds[insn.rs1],
        );
      case "alui":
        return assign(
          frame,
          insn.rd,
          compute(insn.alu, insn.type, held(frame, insn.rs1), insn.imm),
          frame.bounds[insn.rs1],
        );
      case "unary":
        return assign(frame, insn.rd, unary(insn.unary, insn.type, held(frame, insn.rs)));
      case "cv":
        return assign(frame, insn.rd, convert(insn.from, insn.to, held(frame, insn.rs)));
      case "ld":
        return assign(frame, insn.rd, load(this.#view, insn.memory, insn.order, this.#address(insn, frame)));
      case "st":
        store(this.#view, insn.memory, insn.order, this.#address(insn, frame), held(frame, insn.rs));
        return undefined;
      case "ldv": {
        const address = this.#translate(insn, READABLE, frame);
        const loaded = address === undefined ? undefined : load(this.#view, insn.memory, insn.order, address);
        return assign(frame, insn.rd, loaded ?? this.#skipped(insn.rd, frame));
      }
      case "stv": {
        const address = this.#translate(insn, WRITABLE, frame);
        if (address !== undefined) store(this.#view, insn.memory, insn.order, address, held(frame, insn.rs));
        return undefined;
      }
      case "aluo":
        return this.#overflowing(insn, frame);
      case "br":
        return compare(insn.branch, insn.type, held(frame, insn.rs1), held(frame, insn.rs2)) ? insn.label : undefined;
      case "bri":
        return compare(insn.branch, insn.type, held(frame, insn.rs1), insn.imm) ? insn.label : undefined;
      case "j":
        return insn.label;
      case "jt":
        return insn.labels[word(held(frame, insn.rs)) >>> 0] ?? insn.other;
      case "scall":
        return this.#primitive(insn, frame);
    }
  }

  #primitive(insn: Extract<Insn, { op: "scall" }>, frame: CallFrame): undefined {
    const primitive = this.#primitives[insn.primitive];
    if (primitive === undefined) throw new Fault(`f${frame.number}: ${printInsn(insn)} calls what is not there`);
    const result = primitive(...insn.args.map((arg) => word(operandValue(arg, frame))));
    if (insn.rd !== undefined) assign(frame, insn.rd, result);
  }

  #pay(units: number, frame: CallFrame): void {
    while (this.fuel < units) if (this.#trap(Trap.fuel, 0, 0, frame) === TrapAnswer.skip) return;
    this.fuel -= units;
  }

  #overflowing(insn: Extract<Insn, { op: "aluo" }>, frame: CallFrame): undefined {
    const [a, b] = [BigInt(held(frame, insn.rs1)), BigInt(operandValue(insn.second, frame))];
    const exact = insn.alu === "add" ? a + b : insn.alu === "sub" ? a - b : a * b;
    if (exact === BigInt.asIntN(32, exact)) return assign(frame, insn.rd, Number(exact));
    while (this.#trap(Trap.overflow, 0, 0, frame) !== TrapAnswer.skip);
    return assign(frame, insn.rd, this.#skipped(insn.rd, frame));
  }

  /** The physical address; undefined: the access is skipped. */
  #translate(insn: Extract<Insn, { op: "ldv" | "stv" }>, right: number, frame: CallFrame): number | undefined {
    const image = this.#machine();
    const address = (word(held(frame, insn.base)) + word(operandValue(insn.offset, frame))) >>> 0;
    this.accesses = (this.accesses + 1) | 0;
    for (;;) {
      const found = translate(this.#view, image, address, OCTETS[insn.memory], right);
      if (typeof found === "number") return found;
      if (this.#trap(found.trap, address, insn.op === "stv" ? 1 : 0, frame) === TrapAnswer.skip) return undefined;
    }
  }

  #trap(kind: TrapKind, address: number, write: number, { number, registers, at }: CallFrame): number {
    if (this.save !== NOWHERE) saveRegisters(this.#view, this.save, registers);
    return this.#machine().trap(kind, address, write, placeOf(number, at - 1));
  }

  #skipped(rd: number, { known }: CallFrame): Immediate {
    const value = this.#machine().skipped();
    return known.longs[rd] ? skippedLong(value) : skippedWord(value);
  }

  #machine(): ImageMachine {
    if (this.#image === undefined) throw new Fault("what only images have, in a program that is none");
    return this.#image;
  }

  /** Where a load or store goes; the whole of it lies within the region that its base was made from. */
  #address(insn: Extract<Insn, { op: "ld" | "st" }>, frame: CallFrame): number {
    const address = word(held(frame, insn.base)) + word(operandValue(insn.offset, frame));
    const bounds = frame.bounds[insn.base];
    if (bounds === undefined || address < bounds.from || address + OCTETS[insn.memory] > bounds.to) {
      throw new Fault(`f${frame.number}: ${printInsn(insn)} is outside its region`);
    }
    return address;
  }
}

function held(frame: CallFrame, register: number): Immediate {
  return frame.registers[register] ?? 0;
}

function operandValue(operand: Operand, frame: CallFrame): Immediate {
  return "reg" in operand ? held(frame, operand.reg) : operand.imm;
}

function assign(frame: CallFrame, register: number, value: Immediate, bounds?: Bounds): undefined {
  const { longs, pointers } = frame.known;
  frame.registers[register] = longs[register] ? long(value) : word(value);
  frame.bounds[register] = pointers[register] ? bounds : undefined;
}

function knownOf(lambda: Lambda): Known {
  const { insns, registers } = lambda;
  const places: number[] = [];
  insns.forEach((insn, index) => {
    if (insn.op === "label") places[insn.label] = index;
  });
  return {
    lambda,
    places,
    cycles: new Uint32Array(insns.length),
    longs: registers.map(isLong),
    pointers: registers.map((type) => type === "p"),
  };
}
