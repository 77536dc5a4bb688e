/**
 * A library OS that holds pages and gives them back when the kernel asks, so that visible revocation can be seen; or one that
 * fails at it. Options:
 *   `pages`   (16) that it holds beside those it has anyway; `save` (0): how many of them what is taken is saved in
 *   `answer`  what it does when it is asked: `give` (the default), `late`: when the time is over, `crash`
 *   `slowMs`  (0) how long it sits on the frames that it is handed at once
 * Queries: `holds`: HoldsAnswer.
 */
import type { Loss } from "../../kernel/abi.js";
import { choice, integer, onlyKnown } from "../argument.js";
import { CallRefused, type KernelCalls } from "../kernel-calls.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { AskedBack, Losses } from "../repossession.js";
import type { RingView } from "../ring.js";

const ANSWERS = ["give", "late", "crash"] as const;
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
  readonly #slowMs: number;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  /** A simple list of what we own, so that answers are quick (SOSP'95 §3.3). */
  #pages: number[] = [];
  #kernel: KernelCalls | undefined;
  #frames = 0;
  #stale = 0;
  readonly #asked: AskedBack[] = [];
  readonly #answers: (number | string)[] = [];
  readonly #losses: Loss[] = [];

  constructor(wanted: number, save: number, answer: (typeof ANSWERS)[number], slowMs: number) {
    this.#wanted = wanted;
    this.#save = save;
    this.#answer = answer;
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
  onlyKnown(options, ["pages", "save", "answer", "slowMs"]);
  const pages = integer(options, "pages", 16, 0, MOST_PAGES);
  const save = integer(options, "save", 0, 0, Math.min(pages, 24));
  return new Citizen(pages, save, choice(options, "answer", "give", ANSWERS), integer(options, "slowMs", 0, 0, 10_000));
};
