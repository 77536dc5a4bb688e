/**
 * A library OS that holds pages, and frames where it is told to, and gives them back when the kernel asks, so that visible revocation
 * can be seen; or one that fails at it. Options:
 *   `pages`   (16) that it holds beside those it has anyway; `save` (0): how many of them what is taken is saved in
 *   `answer`  what it does when it is asked: `give` (the default), `late`: when the time is over, `none`: nothing, `crash`
 *   `packets` what it does with frames: `give` them back (the default), or `keep` them until it is asked for packets
 *   `slowMs`  (0) how long it sits on the frames that it is handed at once
 * Queries: `holds`: HoldsAnswer.
 */
import type { Loss } from "../../kernel/abi.js";
import { choice, integer, onlyKnown } from "../argument.js";
import { CallRefused, type KernelCalls } from "../kernel-calls.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { AskedBack, Losses } from "../repossession.js";
import type { RingView } from "../ring.js";

const ANSWERS = ["give", "late", "none", "crash"] as const;
const MOST_PAGES = 4096;
/** ms after a deadline. */
const TOO_LATE = 50;

/** What `holds` answers. */
export interface HoldsAnswer {
  readonly pages: readonly number[];
  readonly frames: number;
  /** Frames that had been taken by force before they were read to the end. */
  readonly stale: number;
  readonly asked: readonly AskedBack[];
  /** The kernel's answer to each of ours: how many were left, or its error. */
  readonly answers: readonly (number | string)[];
  readonly losses: readonly Loss[];
}

class Citizen implements Program {
  readonly #wanted: number;
  readonly #save: number;
  readonly #answer: (typeof ANSWERS)[number];
  readonly #keeps: boolean;
  readonly #slowMs: number;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  /** A simple list of what we own, so that answers are quick (SOSP'95 §3.3). */
  #pages: number[] = [];
  #kernel: KernelCalls | undefined;
  #frames = 0;
  #stale = 0;
  #ring: RingView | undefined;
  /** Cursors: the oldest frame that is kept, where any is; behind the newest; before which all are to go back. */
  #kept: number | undefined;
  #end = 0;
  #free: number | undefined;
  readonly #asked: AskedBack[] = [];
  readonly #answers: (number | string)[] = [];
  readonly #losses: Loss[] = [];

  constructor(wanted: number, save: number, answer: (typeof ANSWERS)[number], keeps: boolean, slowMs: number) {
    this.#wanted = wanted;
    this.#save = save;
    this.#answer = answer;
    this.#keeps = keeps;
    this.#slowMs = slowMs;
  }

  attach(kernel: KernelCalls): void {
    this.#kernel = kernel;
    for (let count = 0; count < this.#wanted; count++) this.#pages.push(kernel.allocate(1));
    kernel.saveIn(this.#pages.slice(0, this.#save));
  }

  revoked(asked: AskedBack): void {
    this.#asked.push(asked);
    if (this.#answer === "crash") throw new Error(`crashed over ${asked.resource}, as asked`);
    if (this.#answer === "late") this.#sleep(asked.deadlineMs + TOO_LATE);
    if (this.#answer === "none") return;
    if (asked.resource === "packets") this.#free = asked.cursor;
    if (asked.resource !== "pages") return;
    const given = this.#pages.splice(-asked.count);
    try {
      this.#answers.push(this.#kernel?.answer("pages", given) ?? 0);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      this.#answers.push(error.code);
    }
  }

  repossessed({ losses }: Losses): void {
    this.#losses.push(...losses);
    this.#pages = this.#pages.filter((page) => !losses.some((loss) => isLost(page, loss)));
  }

  frames(ring: RingView, from: number, to: number): void {
    this.#sleep(this.#slowMs);
    for (let i = from; i !== to; i = (i + 1) | 0) if (ring.isStale(i)) this.#stale++;
    this.#frames += (to - from) >>> 0;
    this.#ring = ring;
    this.#end = to;
    if (this.#keeps) this.#kept ??= from;
  }

  /** Not what it was asked for, nor what was taken. */
  keptFrom(): number | undefined {
    this.#goOnFrom(this.#free);
    this.#goOnFrom(this.#ring?.floor);
    return this.#kept;
  }

  #goOnFrom(cursor: number | undefined): void {
    if (this.#kept === undefined || cursor === undefined || ((cursor - this.#kept) | 0) <= 0) return;
    this.#kept = ((this.#end - cursor) | 0) > 0 ? cursor : undefined;
  }

  epoch(): void {}

  query(what: string): HoldsAnswer {
    if (what !== "holds") throw new QueryError(what);
    return {
      pages: [...this.#pages],
      frames: this.#frames,
      stale: this.#stale,
      asked: [...this.#asked],
      answers: [...this.#answers],
      losses: [...this.#losses],
    };
  }

  #sleep(ms: number): void {
    if (ms > 0) Atomics.wait(this.#sleeper, 0, 0, ms);
  }
}

function isLost(page: number, { resource, name, count }: Loss): boolean {
  return resource === "pages" && page >= name && page < name + count;
}

export const createCitizen: ProgramFactory = (options) => {
  onlyKnown(options, ["pages", "save", "answer", "packets", "slowMs"]);
  const pages = integer(options, "pages", 16, 0, MOST_PAGES);
  const save = integer(options, "save", 0, 0, Math.min(pages, 24));
  const answer = choice(options, "answer", "give", ANSWERS);
  const keeps = choice(options, "packets", "give", ["give", "keep"]) === "keep";
  return new Citizen(pages, save, answer, keeps, integer(options, "slowMs", 0, 0, 10_000));
};
