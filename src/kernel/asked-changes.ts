/**
 * Changes of the merged program that downloaded code has asked for, which cannot be answered in its call: the compile worker judges
 * them. What became of one is told by an activation; where as many wait for the environment as may, it stands here until it is asked
 * for. Once told it is forgotten, so that its place is another's.
 */
import { Cause } from "./abi.js";
import { MAX_ASKED_CHANGES } from "./limits.js";
import type { Processor } from "./processor.js";
import { Refusal } from "./refusal.js";

/** The highest number of a change: after it they begin again at 1. */
const LAST = 0x7fffffff;

/** By number: what became of it, undefined as long as it is under way. */
type Asked = Map<number, number | undefined>;

export class AskedChanges {
  readonly #processor: Processor;
  readonly #table = new Map<number, Asked>();
  #last = 0;

  constructor(processor: Processor) {
    this.#processor = processor;
  }

  /**
   * Another of this environment's: `begin` asks for it, and is given what is to be called once, later, with what became of it. Its
   * number. E_TOO_MANY, and what `begin` throws: then there is none.
   */
  ask(environment: number, begin: (settle: (outcome: number) => void) => void): number {
    const asked: Asked = this.#table.get(environment) ?? new Map<number, number | undefined>();
    if (asked.size >= MAX_ASKED_CHANGES) throw new Refusal("E_TOO_MANY");
    const number = (this.#last % LAST) + 1;
    begin((outcome) => this.#settle(environment, asked, number, outcome));
    this.#last = number;
    asked.set(number, undefined);
    this.#table.set(environment, asked);
    return number;
  }

  /** What became of it, once. E_NO_CHANGE, E_CHANGE_PENDING. */
  outcome(environment: number, number: number): number {
    const asked = this.#table.get(environment);
    if (asked?.has(number) !== true) throw new Refusal("E_NO_CHANGE");
    const outcome = asked.get(number);
    if (outcome === undefined) throw new Refusal("E_CHANGE_PENDING");
    asked.delete(number);
    return outcome;
  }

  /** The environment is no more: nobody is told, whoever has its number next. */
  forget(environment: number): void {
    this.#table.delete(environment);
  }

  #settle(environment: number, asked: Asked, number: number, outcome: number): void {
    if (this.#table.get(environment) !== asked) return;
    try {
      this.#processor.post(environment, Cause.changed, [number, outcome]);
      asked.delete(number);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      asked.set(number, outcome);
    }
  }
}
