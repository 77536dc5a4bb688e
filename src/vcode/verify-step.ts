/**
 * What is known after an instruction, given what was known before it, and whether what was known suffices for it: the rules of the
 * verifier about loads, stores and passed addresses.
 *
 * An access at `base + offset` of so many octets is right where base is inside its region, and offset + octets is at most
 * the count there. An address becomes inside by being a parameter, or moved by no more than the count of one that is.
 */

import { computed, type Operands } from "./arithmetic-facts.js";
import { compareKnown } from "./branch-facts.js";
import { Facts, type Known, MAX_WORD, type Steps } from "./facts.js";
import { type Insn, OCTETS, type Operand, type Region, type Register } from "./insn.js";
import { get, put, type Tree } from "./persistent.js";
import type { Subject } from "./rejection.js";
import type { Address, Value, Values } from "./values.js";

/** What is known on one way to a point; never changed. */
export interface State {
  /** By register, for those that matter. */
  readonly held: Tree<Value>;
  readonly facts: Tree<Known>;
}

/** What is known after a block: where its branch is taken, and where control goes on behind it. */
export interface After {
  readonly taken: State | undefined;
  readonly past: State | undefined;
}

/** Moves that are tried again where an address is used, for checks that came after them. */
const MAX_MOVES = 8;

export class Step {
  readonly #subject: Subject;
  readonly #writable: readonly Region[];
  readonly #matters: Uint8Array;
  readonly #values: Values;
  readonly #steps: Steps;
  #held: Tree<Value>;
  #facts: Facts;
  #index = 0;
  /** Whether to say what is not proved. */
  judging = false;

  constructor(subject: Subject, writable: readonly Region[], matters: Uint8Array, values: Values, steps: Steps) {
    this.#subject = subject;
    this.#writable = writable;
    this.#matters = matters;
    this.#values = values;
    this.#steps = steps;
    this.#facts = new Facts(values, steps, undefined);
  }

  /** The parameters: an address and its count for each region. */
  entry(): State {
    const { regions, parameters } = this.#subject.lambda;
    this.begin({ held: undefined, facts: undefined });
    for (let register = 0; register < parameters; register++) this.#assign(register, this.#values.atom());
    regions.forEach((region, pair) => {
      const [address, count] = [this.#value(2 * pair), this.#value(2 * pair + 1)];
      this.#values.setAddress(address, { region, count });
      this.#facts.setInside(address);
      this.#facts.restrict(count, 0, MAX_WORD);
    });
    return this.state();
  }

  begin({ held, facts }: State): void {
    this.#held = held;
    this.#facts = new Facts(this.#values, this.#steps, facts);
  }

  state(): State {
    return { held: this.#held, facts: this.#facts.tree };
  }

  /** The states where a branch is taken and where it is not; undefined where what is known forbids that. */
  branch(insn: Extract<Insn, { op: "br" | "bri" }>): After {
    const past = this.state();
    if (this.#matters[insn.rs1] !== 1 || (insn.op === "br" && this.#matters[insn.rs2] !== 1))
      return { taken: past, past };
    const unsigned = insn.type === "u";
    const left = this.#value(insn.rs1);
    const right = insn.op === "br" ? this.#value(insn.rs2) : this.#values.constant(Number(insn.imm) | 0);
    const known = (holds: boolean): State | undefined => {
      const facts = new Facts(this.#values, this.#steps, past.facts);
      compareKnown(facts, this.#values, { branch: insn.branch, holds, unsigned }, left, right);
      return facts.impossible ? undefined : { held: past.held, facts: facts.tree };
    };
    return { taken: known(true), past: known(false) };
  }

  run(insn: Insn, index: number): void {
    this.#steps.take();
    this.#index = index;
    switch (insn.op) {
      case "mov":
        return this.#copy(insn.rd, insn.rs);
      case "alu":
      case "alui":
        return insn.type === "p" ? this.#move(insn) : this.#compute(insn, insn.rd);
      case "set":
      case "unary":
      case "cv":
        return this.#compute(insn, insn.rd);
      case "ld":
        this.#access(insn);
        return this.#compute(insn, insn.rd);
      case "st":
        return this.#access(insn);
      // Whatever is skipped may get any value: nothing is known of what they assign.
      case "ldv":
      case "aluo":
      case "scall":
        return this.#compute(insn, insn.rd);
      case "call":
        this.#passed(insn);
        return this.#compute(insn, insn.rd);
      default:
    }
  }

  #value(register: Register): Value {
    // Only registers that matter are asked for, and all that are read were assigned; anything else is just unknown.
    return get(this.#held, register) ?? this.#values.atom();
  }

  #operand(operand: Operand): Value {
    return "reg" in operand ? this.#value(operand.reg) : this.#values.constant(Number(operand.imm));
  }

  #assign(register: Register, value: Value): void {
    if (this.#matters[register] === 1) this.#held = put(this.#held, register, value);
  }

  #copy(rd: Register, rs: Register): void {
    if (this.#matters[rd] === 1) this.#assign(rd, this.#value(rs));
  }

  #compute(insn: Insn, rd: Register | undefined): void {
    if (rd === undefined || this.#matters[rd] !== 1) return;
    const operands: Operands = {
      register: (register) => this.#value(register),
      constant: (imm) => this.#values.constant(Number(imm)),
      made: () => this.#values.made(this.#index),
    };
    this.#assign(rd, computed(insn, operands, this.#facts, this.#values));
  }

  #move(insn: Extract<Insn, { op: "alu" | "alui" }>): void {
    const from = this.#value(insn.rs1);
    const by = insn.op === "alu" ? this.#value(insn.rs2) : this.#values.constant(Number(insn.imm));
    const to = this.#values.move(from, by);
    this.#assign(insn.rd, to);
    if (this.#facts.isInside(from)) this.#arrive(from, by, to);
  }

  /** Whether `to`, which is `from` moved by `by`, is inside as `from` is. */
  #arrive(from: Value, by: Value, to: Value): boolean {
    const [old, address] = [this.#values.address(from), this.#values.address(to)];
    if (old === undefined || address === undefined || !this.#facts.isAtMost(by, 0, old.count)) return false;
    this.#facts.setInside(to);
    const least = this.#facts.unsigned(by).lo;
    this.#facts.restrict(address.count, 0, this.#facts.bounds(old.count).hi - least);
    this.#facts.relate(address.count, least, old.count);
    return true;
  }

  /** Checks may have come after the moves. */
  #isInside(value: Value, moves: number): boolean {
    if (this.#facts.isInside(value)) return true;
    const address = this.#values.address(value);
    if (moves === 0 || address?.from === undefined || address.by === undefined) return false;
    return this.#isInside(address.from, moves - 1) && this.#arrive(address.from, address.by, value);
  }

  #reject(code: "bounds" | "region" | "call", reason: string): void {
    if (this.judging) this.#subject.reject(this.#index, code, reason);
  }

  #access(insn: Extract<Insn, { op: "ld" | "st" }>): void {
    if (!this.judging) return;
    const base = this.#value(insn.base);
    const address = this.#values.address(base);
    const name = insn.op === "ld" ? "load" : "store";
    if (address === undefined)
      return this.#reject("region", `r${insn.base} is in no region that all ways here agree on`);
    if (insn.op === "st" && !this.#writable.includes(address.region)) {
      this.#reject("region", `nothing is stored in the region "${address.region}"`);
    }
    if (!this.#isInside(base, MAX_MOVES)) {
      return this.#reject(
        "bounds",
        `r${insn.base} is not known to be inside its region: nothing is proved of that address`,
      );
    }
    const octets = OCTETS[insn.memory];
    if (this.#facts.isAtMost(this.#operand(insn.offset), octets, address.count)) return;
    this.#reject("bounds", `the ${name} needs ${need(insn.offset, octets)}; ${this.#left(address)}`);
  }

  #left(address: Address): string {
    return `only ${this.#facts.bounds(address.count).lo} are proved to be left there`;
  }

  #passed(insn: Extract<Insn, { op: "call" }>): void {
    if (!this.judging) return;
    const regions = this.#subject.program.lambdas[insn.lambda]?.regions ?? [];
    regions.forEach((region, pair) => {
      const [base, count] = [insn.args[2 * pair], insn.args[2 * pair + 1]];
      if (base === undefined || count === undefined || !("reg" in base) || !("reg" in count)) return;
      const value = this.#value(base.reg);
      const address = this.#values.address(value);
      if (address?.region !== region) {
        this.#reject("region", `r${base.reg} is not known to be in the region "${region}"`);
      } else if (!this.#isInside(value, MAX_MOVES)) {
        this.#reject("bounds", `r${base.reg} is not known to be inside its region`);
      } else if (this.#value(count.reg) !== address.count) {
        this.#reject("call", `r${count.reg} is not known to count the octets left at r${base.reg}`);
      }
    });
  }
}

function need(offset: Operand, octets: number): string {
  if ("reg" in offset) return `${octets} octets from r${offset.reg} on`;
  const end = Number(offset.imm) + octets;
  return Number(offset.imm) < 0 ? `octets before its base` : `${end} octets`;
}
