/**
 * One lambda being written: its registers, what is known where it is being written, its fault blocks, and for which statement each
 * instruction is made. How expressions become instructions is the business of whoever extends it (lower-expr.ts); files that write parts
 * of expressions are given it.
 */
import { faultNumber, HandlerCall, type HandlerCallName, type HandlerFault, STATE_BASE } from "../vcode/handler.js";
import type { Branch, Immediate, Label, Operand, Region, Register, Type, ValueType } from "../vcode/insn.js";
import { Assembler } from "../vcode/vcode.js";
import { type Known, meet, NOTHING_KNOWN, type Way } from "./lower-known.js";
import type { Residues } from "./lower-residue.js";
import { type MessageWord, type Routine, type Routines, routineOf } from "./lower-routines.js";
import { isLongType, registerOf } from "./lower-types.js";
import type { Expr, Handler, Span } from "./tree.js";

/** Registers of the message in lambdas that take it. */
export const PACKET: Register = 0;
export const OCTETS_LEFT: Register = 1;

/** What is the same for all lambdas of a handler. */
export interface Whole {
  readonly handler: Handler;
  readonly routines: Routines;
  /** Message loads, by number, that are checked whatever is known, since the verifier asked for it. */
  isChecked(site: number): boolean;
  /** A number for a message load; the same whenever the tree is lowered. */
  site(): number;
}

/** A value: a constant, or a register, which is put back after its use where it is a temporary one. */
export type Val = { readonly imm: Immediate } | { readonly reg: Register; readonly temporary: boolean };

/** Where ways meet. */
export interface Target {
  readonly label: Label;
  /** Of all ways so far. */
  known: Way;
}

export interface ContextOptions {
  readonly regions: readonly Region[];
  readonly result: ValueType | undefined;
  /** Types of the parameters behind the regions' pairs. */
  readonly parameters: readonly Type[];
}

export abstract class Context {
  readonly whole: Whole;
  readonly asm: Assembler;
  /** Undefined: no way leads here, and what is written here is taken away again. */
  known: Way = NOTHING_KNOWN;
  readonly #result: ValueType | undefined;
  readonly #parameters: number;
  readonly #faults = new Map<string, { readonly label: Label; readonly reason: number; readonly place: Operand }>();
  readonly words = new Map<MessageWord, Register>();
  /** What locals of the tree are, by number: a constant, or the register that holds it. */
  readonly locals = new Map<number, Val>();
  /** What is known of their low bits. */
  residues: Residues = new Map();
  /** By instruction. */
  readonly places: number[] = [];
  readonly sites = new Map<number, number>();
  /** The first octet of the state; taken away again where nothing uses it. */
  readonly state: Register;
  stateUsed = false;
  place = -1;
  /** What faults tell instead of the place, in lambdas that several statements call. */
  placeRegister: Register | undefined;

  constructor(whole: Whole, { regions, result, parameters }: ContextOptions) {
    this.whole = whole;
    this.#result = result;
    const pairs = regions.flatMap((): Type[] => ["p", "i"]);
    this.asm = new Assembler([...pairs, ...parameters], result === undefined ? { regions } : { regions, result });
    this.#parameters = pairs.length;
    this.state = this.asm.getreg("u");
    this.asm.fuel(1);
    this.asm.set("u", this.state, STATE_BASE);
  }

  abstract value(expr: Expr, want?: Register): Val;
  /** Jumps where the condition comes out as `when`, else goes on. */
  abstract jump(condition: Expr, target: Target, when: boolean): void;

  /** The lambda that the expression calls, where it calls one. */
  routineOf(expr: Expr): Routine | undefined {
    return routineOf(this.whole.handler, expr, this.residues);
  }

  /** The register of a parameter behind the pairs. */
  parameter(index: number): Register {
    return this.#parameters + index;
  }

  constant(expr: Expr): Immediate | undefined {
    const value = this.simple(expr);
    return value !== undefined && "imm" in value ? value.imm : undefined;
  }

  /** What needs no instruction. */
  simple(expr: Expr): Val | undefined {
    if (expr.kind === "constant") return { imm: immediate(expr) };
    if (expr.kind === "local") return this.locals.get(expr.local);
    return expr.kind === "message" && expr.field === "length" ? { reg: OCTETS_LEFT, temporary: false } : undefined;
  }

  // --- places ---

  /** From here on instructions are made for that statement. */
  at({ start }: Pick<Span, "start">): void {
    this.#mark();
    this.place = start;
  }

  #mark(): void {
    while (this.places.length < this.asm.length) this.places.push(this.place);
  }

  // --- values ---

  temporary(type: Expr["type"]): Register {
    return this.asm.getreg(registerOf(type));
  }

  free(value: Val): void {
    if ("reg" in value && value.temporary) this.asm.putreg(value.reg);
  }

  /** The expression in a register: a constant in one of its own. */
  inRegister(expr: Expr): Extract<Val, { reg: Register }> {
    return this.held(this.value(expr), expr.type);
  }

  held(value: Val, type: Expr["type"]): Extract<Val, { reg: Register }> {
    if ("reg" in value) return value;
    const reg = this.temporary(type);
    this.asm.set(isLongType(type) ? "ul" : "u", reg, value.imm);
    return { reg, temporary: true };
  }

  /** The expression in that register. */
  into(expr: Expr, rd: Register): void {
    const value = this.value(expr, rd);
    const type = registerOf(expr.type);
    if ("imm" in value) this.asm.set(type, rd, value.imm);
    else if (value.reg !== rd) {
      this.asm.mov(type, rd, value.reg);
      this.free(value);
    }
  }

  /** The register for a result: the one that is wanted, or a temporary one. */
  result(type: Expr["type"], want: Register | undefined): Extract<Val, { reg: Register }> {
    return want === undefined ? { reg: this.temporary(type), temporary: true } : { reg: want, temporary: false };
  }

  /** A register that holds the state's first octet. */
  stateRegister(): Register {
    this.stateUsed = true;
    return this.state;
  }

  // --- ways ---

  target(): Target {
    return { label: this.asm.genlabel(), known: undefined };
  }

  go(target: Target): void {
    target.known = meet(target.known, this.known);
    this.asm.j(target.label);
    this.known = undefined;
  }

  arrive(target: Target): void {
    this.asm.label(target.label);
    this.known = meet(this.known, target.known);
  }

  /** `taken` and `past`: what is known then. */
  branch(branch: Branch, type: ValueType, left: Register, right: Val, target: Target, taken = this.known): void {
    target.known = meet(target.known, taken);
    this.compareTo(branch, type, left, right, target.label);
  }

  compareTo(branch: Branch, type: ValueType, left: Register, right: Val, label: Label): void {
    if ("imm" in right) this.asm.bri(branch, type, left, right.imm, label);
    else this.asm.br(branch, type, left, right.reg, label);
  }

  learn(known: (known: Known) => Known): void {
    if (this.known !== undefined) this.known = known(this.known);
  }

  // --- faults ---

  /** Where to jump for a fault: one block for each reason and statement. */
  fault(reason: HandlerFault): Label {
    const number = faultNumber(reason);
    const place = this.placeRegister === undefined ? { imm: this.place } : { reg: this.placeRegister };
    const key = `${number} ${this.place}`;
    const known = this.#faults.get(key);
    if (known !== undefined) return known.label;
    const label = this.asm.genlabel();
    this.#faults.set(key, { label, reason: number, place });
    return label;
  }

  fails(reason: HandlerFault): void {
    this.asm.j(this.fault(reason));
    this.known = undefined;
  }

  /** Its result in a temporary register. */
  kernel(call: HandlerCallName, ...args: readonly Operand[]): Register {
    const rd = this.asm.getreg("u");
    const words = Array.from({ length: 6 }, (_, index) => args[index] ?? { imm: 0 });
    this.asm.scalli(rd, "kernel", { imm: HandlerCall[call] }, ...words);
    return rd;
  }

  callKernel(call: HandlerCallName, ...args: readonly Operand[]): void {
    this.asm.putreg(this.kernel(call, ...args));
  }

  /** What stands behind everything: the blocks of faults, after which nothing runs. */
  end(): void {
    if (this.#result === undefined) this.asm.ret();
    this.#mark();
    for (const { label, reason, place } of this.#faults.values()) {
      this.place = "imm" in place ? Number(place.imm) : -1;
      this.asm.label(label);
      this.callKernel("fault", { imm: reason }, place);
      if (this.#result === undefined) this.asm.ret();
      else this.asm.ret({ imm: this.#result === "l" || this.#result === "ul" ? 0n : -1 });
      this.#mark();
    }
  }
}

function immediate({ type, value }: Extract<Expr, { kind: "constant" }>): Immediate {
  return isLongType(type) ? BigInt.asIntN(64, BigInt(value)) : Number(BigInt.asIntN(32, BigInt(value)));
}
