/**
 * A library OS that stops looking at its ring, so that it can be seen what becomes of it, and of the others: nothing. Options:
 *   `after` (1): hangs when it gets its frame of that number, once
 *   `how`: loop (unless told), for ever and at full speed; or sleep
 *   `milliseconds` (0: for ever): comes back after as long
 * Queries: `seen`: {frames, rounds}, the last of its loop; `hang` hangs.
 */
import { choice, integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

type How = "loop" | "sleep";

class Looper implements Program {
  readonly #after: number;
  readonly #how: How;
  readonly #milliseconds: number;
  readonly #word = new Int32Array(new SharedArrayBuffer(4));
  #seen = 0;
  #round = 0;

  constructor(after: number, how: How, milliseconds: number) {
    this.#after = after;
    this.#how = how;
    this.#milliseconds = milliseconds;
  }

  frames(_ring: RingView, from: number, to: number): void {
    const before = this.#seen;
    this.#seen += (to - from) >>> 0;
    if (before < this.#after && this.#seen >= this.#after) this.#hang();
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what === "hang") this.#hang();
    else if (what !== "seen") throw new QueryError(what);
    return { frames: this.#seen, rounds: this.#round };
  }

  /** Nobody ever stores anything into the word that is waited on. */
  #hang(): void {
    const forEver = this.#milliseconds === 0;
    if (this.#how === "sleep") {
      Atomics.wait(this.#word, 0, 0, forEver ? Number.POSITIVE_INFINITY : this.#milliseconds);
      return;
    }
    if (forEver) for (let round = 0; ; round++) this.#round = round;
    // A library OS has no clock of its own: it counts waits of a ms.
    for (let left = this.#milliseconds; left > 0; left--) Atomics.wait(this.#word, 0, 0, 1);
  }
}

export const createLooper: ProgramFactory = (options) => {
  onlyKnown(options, ["after", "how", "milliseconds"]);
  return new Looper(
    integer(options, "after", 1, 1, Number.MAX_SAFE_INTEGER),
    choice(options, "how", "loop", ["loop", "sleep"]),
    integer(options, "milliseconds", 0, 0, 60_000),
  );
};
