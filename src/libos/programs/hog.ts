/**
 * A library OS that takes memory without end, so that it can be seen where that ends. Options:
 *   `where`: heap (unless told), objects; buffers, outside the heap; shared, buffers that threads could share
 *   `after` (1): begins when it gets its frame of that number
 *   `mebibytes` (16): takes as much then, and each time that it is called again
 * Queries: `held`: {frames, mebibytes}.
 */
import { choice, integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

const MIB = 1024 * 1024;
/** Octets of an array's element in V8's heap, at least. */
const ELEMENT = 8;

const NUMBERS: readonly number[] = Array.from({ length: MIB / ELEMENT }, () => 0.5);

type Where = "heap" | "buffers" | "shared";

class Hog implements Program {
  readonly #where: Where;
  readonly #after: number;
  readonly #mebibytes: number;
  readonly #held: unknown[] = [];
  #frames = 0;

  constructor(where: Where, after: number, mebibytes: number) {
    this.#where = where;
    this.#after = after;
    this.#mebibytes = mebibytes;
  }

  frames(_ring: RingView, from: number, to: number): void {
    this.#frames += (to - from) >>> 0;
    if (this.#frames < this.#after) return;
    for (let each = 0; each < this.#mebibytes; each++) this.#held.push(this.#take());
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what !== "held") throw new QueryError(what);
    return { frames: this.#frames, mebibytes: this.#held.length };
  }

  /** One MiB, written to, so that it is there. */
  #take(): unknown {
    if (this.#where === "heap") return NUMBERS.map((number) => number + this.#held.length);
    return new Uint8Array(this.#where === "buffers" ? new ArrayBuffer(MIB) : new SharedArrayBuffer(MIB)).fill(1);
  }
}

export const createHog: ProgramFactory = (options) => {
  onlyKnown(options, ["where", "after", "mebibytes"]);
  return new Hog(
    choice(options, "where", "heap", ["heap", "buffers", "shared"]),
    integer(options, "after", 1, 1, Number.MAX_SAFE_INTEGER),
    integer(options, "mebibytes", 16, 1, 1024),
  );
};
