/**
 * Changes of the merged program that the compile worker has been asked for, in their order. Each takes
 * effect when its answer comes, at a batch boundary. The deadline is that of the first in the queue:
 * a change that waits its turn is not late.
 *
 * A worker that is stuck or breaks is replaced. The new one is given all that holds and then, one by
 * one, what was waiting, so that the change over which a worker ends again is known, and it alone refused.
 * Until that is answered the worker is behind, and is to be asked nothing else. What holds may be nothing, and is told all the same:
 * its deadline is long, so that nobody's change is late because a worker was slow to come up.
 *
 * A release is not a question: what it takes out receives nothing since it was asked for (kernel.ts), and no answer,
 * and no end of a worker, is the end of it. Where the worker cannot do it now it is asked again with the next change.
 */
import { wallNs } from "../machine/clock.js";
import type { CompileAnswer, Compiler, ProgramChange } from "./compiler.js";
import { KERNEL_ERRORS, type KernelError } from "./kerrno.js";
import { COMPILE_DEADLINE_MS, SEED_DEADLINE_MS, STEP_DEADLINE_MS } from "./limits.js";

export type Refused = (error: KernelError, detail: string, at?: number) => void;

interface PendingChange {
  readonly seq: number;
  readonly changes: readonly ProgramChange[];
  readonly deadlineMs: number;
  /** A seed is what holds, for a worker that knows nothing yet. */
  readonly kind: "change" | "release" | "seed";
  done(): void;
  readonly refused: Refused;
}

export class Changes {
  #compiler: Compiler;
  /** By sequence number, in the order in which they were asked for. */
  #queue = new Map<number, PendingChange>();
  /** Releases that could not be done when they were asked for. */
  #again: PendingChange[] = [];
  #seq = 0;
  /** The last of what waited when the worker came: until it is answered one request at a time is under way. */
  #until: number | undefined;
  /** What was sent last. */
  #sent: PendingChange | undefined;
  /** Wall ns since when the first of the queue is the first. */
  #since = 0;

  constructor(compiler: Compiler) {
    this.#compiler = compiler;
  }

  /** `done` or `refused` is called later, or `done` at once where there is nothing to change; `at`: the change at fault. */
  request(changes: readonly ProgramChange[], done: () => void, refused: Refused): void {
    if (changes.length === 0) return done();
    this.#askAgain();
    this.#add({ seq: ++this.#seq, kind: "change", changes, deadlineMs: deadlineOf(changes), done, refused });
  }

  /** Whatever becomes of it, `done` is called as soon as the program that is installed names none of the slots. */
  release(slots: readonly number[], done: () => void): void {
    if (slots.length === 0) return done();
    this.#askAgain();
    const changes = slots.map((slot) => ({ kind: "remove", slot }) as const);
    const release: PendingChange = {
      seq: ++this.#seq,
      kind: "release",
      changes,
      deadlineMs: deadlineOf(changes),
      done,
      refused: () => this.#again.push(release),
    };
    this.#add(release);
  }

  /** Calls `done` and `refused` of what was answered; the update must be installed. */
  answered({ outcomes }: CompileAnswer): void {
    this.#since = wallNs();
    for (const { seq, error, detail, at } of outcomes) {
      const pending = this.#queue.get(seq);
      this.#queue.delete(seq);
      if (error === undefined) pending?.done();
      else pending?.refused(error, detail ?? KERNEL_ERRORS[error], at);
    }
    if (this.#until !== undefined) this.#goOn(this.#until, this.#sent);
  }

  /** Has the worker not yet answered what waited when it came? */
  get behind(): boolean {
    return this.#until !== undefined;
  }

  /** With the next that waited; what came later is sent at once when those are answered. */
  #goOn(until: number, sent: PendingChange | undefined): void {
    if (!this.#queue.has(until)) this.#until = undefined;
    for (const pending of this.#queue.values()) {
      if (pending !== sent) this.#send(pending);
      if (this.behind) return;
    }
  }

  /** Is the first of the queue overdue? Then the worker is stuck and must be replaced. */
  get overdue(): boolean {
    const first = this.#first;
    return first !== undefined && wallNs() - this.#since > first.deadlineMs * 1e6;
  }

  /**
   * Another worker, which knows nothing: `held` is what holds now. `innocent`: the last one ended over something else than
   * a change. Throws where a worker ended over what holds.
   */
  replace(compiler: Compiler, held: readonly ProgramChange[], innocent: boolean): void {
    const atFault = this.behind && !innocent ? this.#first : undefined;
    if (atFault?.kind === "seed" && atFault.changes.length > 0) {
      throw new Error("changes: what holds cannot be compiled again");
    }
    // What a release takes out is not held: the new worker has never heard of it, unless it waits before it in the queue.
    const refused = atFault?.kind === "change" ? atFault : undefined;
    const waiting = [...this.#queue.values()].filter((pending) => pending !== refused && pending.kind !== "seed");
    this.#compiler = compiler;
    this.#queue = new Map();
    const seed = this.#seed(held);
    this.#until = waiting.at(-1)?.seq ?? seed.seq;
    for (const pending of [seed, ...waiting]) this.#add(pending);
    this.#askAgain();
    refused?.refused("E_COMPILE", KERNEL_ERRORS.E_COMPILE);
  }

  get #first(): PendingChange | undefined {
    return this.#queue.values().next().value;
  }

  #askAgain(): void {
    for (const release of this.#again.splice(0)) this.#add(release);
  }

  #seed(changes: readonly ProgramChange[]): PendingChange {
    const refused: Refused = (_error, detail) => {
      throw new Error(`changes: what holds cannot be compiled again: ${detail}`);
    };
    const done = () => undefined;
    return { seq: ++this.#seq, kind: "seed", changes, deadlineMs: SEED_DEADLINE_MS, done, refused };
  }

  #add(pending: PendingChange): void {
    this.#queue.set(pending.seq, pending);
    if (this.#queue.size === 1) this.#since = wallNs();
    if (this.#queue.size === 1 || !this.behind) this.#send(pending);
  }

  #send(pending: PendingChange): void {
    this.#sent = pending;
    const { seq, changes, kind } = pending;
    this.#compiler.request({ kind: "change", seq, changes, held: kind === "seed" });
  }
}

function deadlineOf(changes: readonly ProgramChange[]): number {
  return Math.min(COMPILE_DEADLINE_MS + STEP_DEADLINE_MS * (changes.length - 1), SEED_DEADLINE_MS);
}
