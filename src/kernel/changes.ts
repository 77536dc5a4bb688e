/**
 * Changes of the merged program that the compile worker has been asked for, in their order. Each takes
 * effect when its answer comes, at a batch boundary. The deadline is that of the first in the queue:
 * a change that waits its turn is not late.
 *
 * A worker that is stuck or breaks is replaced. The new one is given all that holds and then, one by
 * one, what was waiting, so that the change over which a worker ends again is known, and it alone refused.
 */
import { wallNs } from "../machine/clock.js";
import type { CompileAnswer, Compiler, ProgramChange } from "./compiler.js";
import { KERNEL_ERRORS, type KernelError } from "./kerrno.js";
import { COMPILE_DEADLINE_MS, SEED_DEADLINE_MS } from "./limits.js";

interface Pending {
  readonly seq: number;
  readonly changes: readonly ProgramChange[];
  readonly deadlineMs: number;
  /** What holds, for a worker that knows nothing yet. */
  readonly isSeed: boolean;
  done(): void;
  refused(error: KernelError, detail: string): void;
}

export class Changes {
  #compiler: Compiler;
  /** By sequence number, in the order in which they were asked for. */
  #queue = new Map<number, Pending>();
  #seq = 0;
  /** One request at a time is under way. */
  #careful = false;
  /** What was sent last. */
  #sent: Pending | undefined;
  /** Wall ns since when the first of the queue is the first. */
  #since = 0;

  constructor(compiler: Compiler) {
    this.#compiler = compiler;
  }

  /** `done` or `refused` is called later, or `done` at once where there is nothing to change. */
  request(changes: readonly ProgramChange[], done: () => void, refused: Pending["refused"]): void {
    if (changes.length === 0) return done();
    this.#add({ seq: ++this.#seq, changes, deadlineMs: COMPILE_DEADLINE_MS, isSeed: false, done, refused });
  }

  /** Calls `done` and `refused` of what was answered; the update must be installed. */
  answered({ outcomes }: CompileAnswer): void {
    this.#since = wallNs();
    for (const { seq, error, detail } of outcomes) {
      const pending = this.#queue.get(seq);
      this.#queue.delete(seq);
      if (error === undefined) pending?.done();
      else pending?.refused(error, detail ?? KERNEL_ERRORS[error]);
    }
    if (this.#first === undefined) this.#careful = false;
    else if (this.#careful && this.#first !== this.#sent) this.#send(this.#first);
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
    const atFault = this.#careful && !innocent ? this.#first : undefined;
    if (atFault?.isSeed === true) throw new Error("changes: what holds cannot be compiled again");
    const waiting = [...this.#queue.values()].filter((pending) => pending !== atFault && !pending.isSeed);
    this.#compiler = compiler;
    this.#queue = new Map();
    this.#careful = true;
    if (held.length > 0) this.#add(this.#seed(held));
    for (const pending of waiting) this.#add(pending);
    if (this.#first === undefined) this.#careful = false;
    atFault?.refused("E_COMPILE", KERNEL_ERRORS.E_COMPILE);
  }

  get #first(): Pending | undefined {
    return this.#queue.values().next().value;
  }

  #seed(changes: readonly ProgramChange[]): Pending {
    const nothing = () => undefined;
    return { seq: ++this.#seq, changes, deadlineMs: SEED_DEADLINE_MS, isSeed: true, done: nothing, refused: nothing };
  }

  #add(pending: Pending): void {
    this.#queue.set(pending.seq, pending);
    if (this.#queue.size === 1) this.#since = wallNs();
    if (this.#queue.size === 1 || !this.#careful) this.#send(pending);
  }

  #send(pending: Pending): void {
    this.#sent = pending;
    this.#compiler.request({ kind: "change", seq: pending.seq, changes: pending.changes });
  }
}
