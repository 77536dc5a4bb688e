/** A processor whose environments are programs in TypeScript that count the fuel they spend, as images do at v_fuel. */
import type { ActivationEnd } from "../../src/kernel/calls.js";
import { Processor } from "../../src/kernel/processor.js";
import { Slices } from "../../src/kernel/slices.js";
import { Trace, type TracedEvent } from "../../src/kernel/trace.js";
import { type CallEnd, Transfers } from "../../src/kernel/transfer.js";

/** Thrown where too little fuel is left. */
const EXHAUSTED = new Error("fuel");

/** One activation, as its program sees it. */
export class Act {
  readonly cause: number;
  readonly message: readonly number[];
  readonly fuel: number;
  readonly cpu: Cpu;
  left: number;
  /** The grace, where the end of the slice is told at the v_fuel that finds it. */
  #hidden: number;

  constructor(cpu: Cpu, cause: number, fuel: number, message: readonly number[]) {
    this.cpu = cpu;
    this.cause = cause;
    this.fuel = fuel;
    this.message = [...message];
    this.left = fuel;
    this.#hidden = cpu.tellsAtFuel ? Math.max(0, fuel - cpu.processor.rest) : 0;
  }

  spend(units: number): void {
    if (units > this.left - this.#hidden) {
      this.#hidden = 0;
      this.left = this.cpu.processor.sliceOver(this.left);
    }
    if (units > this.left) throw EXHAUSTED;
    this.left -= units;
  }

  call(callee: number, ...words: number[]): CallEnd {
    const end = { ...this.cpu.transfers.call(callee, words, this.left) };
    this.left -= end.used;
    return end;
  }

  /** Spends all of the slice that is left, and so many units more. */
  useUp(beyond = 0): void {
    this.spend(this.cpu.processor.leftOfSlice(this.left) + beyond);
  }
}

/** What it gives back is the activation's word where it is a number, else 0. */
export type Program = (act: Act) => unknown;

export interface Ran {
  readonly environment: number;
  readonly cause: number;
  readonly fuel: number;
  readonly used: number;
  readonly message: readonly number[];
}

export class Cpu {
  readonly slices: Slices;
  readonly processor: Processor;
  readonly transfers: Transfers;
  readonly programs = new Map<number, Program>();
  /** Activations in the order in which they began, if `recording`. */
  readonly ran: Ran[] = [];
  readonly destroyed: number[] = [];
  readonly grace: number;
  /** The end of a slice is told at the v_fuel that finds it. */
  tellsAtFuel = false;
  recording = true;
  wakes: (environment: number) => number = () => 0;
  readonly #trace = new Trace(() => 0);

  constructor({ count = 8, length = 100, grace = 20 }: { count?: number; length?: number; grace?: number } = {}) {
    this.grace = grace;
    this.slices = new Slices(count, length);
    this.#trace.switch(["error", "warning", "info", "debug"]);
    const { tell } = this.#trace;
    this.processor = new Processor({
      slices: this.slices,
      grace,
      activation: (environment, cause, fuel, message) => this.#activate(environment, cause, fuel, message),
      wakes: (environment) => this.wakes(environment),
      destroy: (environment) => this.destroy(environment),
      tell,
    });
    this.transfers = new Transfers(this.processor, tell);
  }

  get told(): TracedEvent[] {
    return this.#trace.since(0);
  }

  create(environment: number, program: Program, ...positions: number[]): void {
    this.programs.set(environment, program);
    this.processor.admit(environment);
    for (const position of positions) this.slices.allocate(environment, position);
  }

  destroy(environment: number): void {
    this.transfers.forget(environment);
    this.processor.forget(environment);
    this.programs.delete(environment);
    this.destroyed.push(environment);
  }

  /** As "environment:cause", in order. */
  get order(): string[] {
    return this.ran.map(({ environment, cause }) => `${environment}:${cause}`);
  }

  #activate(environment: number, cause: number, fuel: number, message: readonly number[]): ActivationEnd {
    const act = new Act(this, cause, fuel, message);
    const at = this.recording ? this.ran.push({ environment, cause, fuel, used: 0, message: act.message }) - 1 : -1;
    const program = this.programs.get(environment);
    let end: ActivationEnd;
    try {
      const value = program?.(act);
      end = { used: fuel - act.left, ended: "done", value: typeof value === "number" ? value : 0 };
    } catch (error) {
      if (error !== EXHAUSTED) throw error;
      end = { used: fuel - act.left, ended: "killed", value: 0 };
    }
    if (this.recording) this.ran[at] = { ...this.ran[at]!, used: end.used };
    return end;
  }
}

/** Throws where the accounts do not balance. */
export function balance({ processor }: Cpu, ranBefore = 0): void {
  const { accounts } = processor;
  const ran = ranBefore + accounts.ran.reduce((sum, each) => sum + each, 0);
  const sides = [
    ["given", accounts.given, accounts.used + accounts.forfeited + accounts.idle],
    ["overrun", accounts.overrun, accounts.forfeited + accounts.owed + accounts.writtenOff],
    ["ran", ran, accounts.used + accounts.overrun],
  ] as const;
  for (const [name, left, right] of sides) if (left !== right) throw new Error(`${name}: ${left} is not ${right}`);
}
