/**
 * A library OS that keeps what it gets as long as it can, and gives nothing back when asked: so that it can be seen that it costs
 * the others nothing. Options: `after` (0): frames that it gives back before it begins to keep. Queries: `kept`: {frames, kept}.
 */
import { integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

class Greedy implements Program {
  readonly #after: number;
  #frames = 0;
  #kept = 0;
  /** Cursor of the first that it kept. */
  #first: number | undefined;

  constructor(after: number) {
    this.#after = after;
  }

  frames(_ring: RingView, from: number, to: number): void {
    const count = (to - from) >>> 0;
    const given = Math.min(count, Math.max(0, this.#after - this.#frames));
    this.#frames += count;
    this.#kept += count - given;
    if (given < count) this.#first ??= (from + given) | 0;
  }

  keptFrom(): number | undefined {
    return this.#first;
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what !== "kept") throw new QueryError(what);
    return { frames: this.#frames, kept: this.#kept };
  }
}

export const createGreedy: ProgramFactory = (options) => {
  onlyKnown(options, ["after"]);
  return new Greedy(integer(options, "after", 0, 0, Number.MAX_SAFE_INTEGER));
};
