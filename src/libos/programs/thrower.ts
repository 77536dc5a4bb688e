/**
 * A library OS that fails, so that it can be seen what then happens to the others: nothing. Options:
 *   `after` (1): fails when it gets its frame of that number
 *   `how`: throw (unless told); or exit, which ends its thread without a word
 * Queries: `seen`: {frames}; `throw` throws.
 */
import { exit } from "node:process";
import { choice, integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

/** What the thread says as it exits. */
const EXIT_CODE = 7;

class Thrower implements Program {
  readonly #after: number;
  readonly #exits: boolean;
  #seen = 0;

  constructor(after: number, exits: boolean) {
    this.#after = after;
    this.#exits = exits;
  }

  frames(_ring: RingView, from: number, to: number): void {
    this.#seen += (to - from) >>> 0;
    if (this.#seen < this.#after) return;
    // In a worker this ends the worker only.
    if (this.#exits) exit(EXIT_CODE);
    throw new Error(`thrown at frame ${this.#after}, as asked`);
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what === "throw") throw new Error("thrown by a query, as asked");
    if (what !== "seen") throw new QueryError(what);
    return { frames: this.#seen };
  }
}

export const createThrower: ProgramFactory = (options) => {
  onlyKnown(options, ["after", "how"]);
  const exits = choice(options, "how", "throw", ["throw", "exit"]) === "exit";
  return new Thrower(integer(options, "after", 1, 1, Number.MAX_SAFE_INTEGER), exits);
};
