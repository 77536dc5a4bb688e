/**
 * A library OS that fails, so that it can be seen what then happens to the others: nothing. Options:
 * `after` (1): throws when it gets its frame of that number. Queries: `seen`: {frames}; `throw` throws.
 */
import { integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

class Thrower implements Program {
  readonly #after: number;
  #seen = 0;

  constructor(after: number) {
    this.#after = after;
  }

  frames(_ring: RingView, from: number, to: number): void {
    this.#seen += (to - from) >>> 0;
    if (this.#seen >= this.#after) throw new Error(`thrown at frame ${this.#after}, as asked`);
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what === "throw") throw new Error("thrown by a query, as asked");
    if (what !== "seen") throw new QueryError(what);
    return { frames: this.#seen };
  }
}

export const createThrower: ProgramFactory = (options) => {
  onlyKnown(options, ["after"]);
  return new Thrower(integer(options, "after", 1, 1, Number.MAX_SAFE_INTEGER));
};
