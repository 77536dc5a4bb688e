/**
 * Questions for the compile worker, in line: one is in the worker, all others wait here. What a change of the machine waits for goes
 * before what people look at; those take turns by asker (fair-queue.ts). Changes are made one after the other, so what they ask does not keep
 * lookers waiting for long. A question whose asker has gone is dropped while it waits; once it is in the worker it goes on, since a new
 * worker would cost everybody more than the rest of its time.
 *
 * The deadline is that of the question in the worker, from when the worker says that it has begun. It knows no thread: whoever keeps
 * the worker tells what it says, and that there is another one.
 */
import { COMPILE_DEADLINE_MS } from "../kernel/limits.js";
import { FairQueue } from "./fair-queue.js";
import type { Asker, CompileCounts, Unanswered } from "./interface.js";
import type { CompileAsked, CompileQuestion, CompileQuestions } from "./messages.js";

type Answer = CompileQuestions[CompileQuestion]["answer"];

/** Calls `late` in so many ms, unless what it gives back is called before. */
export type Timer = (ms: number, late: () => void) => () => void;

interface Asked {
  readonly request: CompileAsked;
  resolve(answer: Answer): void;
  /** It is no longer of interest whether the asker goes. */
  stay(): void;
}

export class CompileLine {
  readonly #send: (request: CompileAsked) => void;
  readonly #late: () => void;
  readonly #timer: Timer;
  readonly #changes: Asked[] = [];
  readonly #looks = new FairQueue<Asked>();
  /** In the worker, or on its way there. */
  #sent: Asked | undefined;
  /** Ends the deadline of what the worker has begun. */
  #stop: (() => void) | undefined;
  readonly #counts = { answered: 0, dropped: 0, lost: 0 };
  #seq = 0;

  /** `late`: the worker has missed the deadline, and `replaced` is to follow. */
  constructor(send: (request: CompileAsked) => void, late: () => void, timer: Timer) {
    this.#send = send;
    this.#late = late;
    this.#timer = timer;
  }

  get counts(): Omit<CompileCounts, "replaced"> {
    return { waiting: this.#changes.length + this.#looks.size, ...this.#counts };
  }

  /**
   * Without an asker it is a change's. What the worker ends over is answered with an error that says so. Rejects with the signal's reason
   * where the asker has gone before the question was sent.
   */
  ask<Q extends CompileQuestion>(
    question: Q,
    args: CompileQuestions[Q]["args"],
    asker: Asker | undefined,
  ): Promise<CompileQuestions[Q]["answer"]> {
    const request = { seq: ++this.#seq, question, args } as CompileAsked;
    return new Promise((resolve, reject) => {
      if (asker === undefined) this.#changes.push({ request, resolve, stay: () => undefined });
      else this.#look(asker, request, resolve, reject);
      this.#next();
    });
  }

  #look(
    asker: Asker,
    request: CompileAsked,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void,
  ): void {
    const { name, gone } = asker;
    const drop = () => {
      this.#looks.remove(name, asked);
      this.#counts.dropped++;
      reject(gone.reason);
    };
    const asked: Asked = { request, resolve, stay: () => gone.removeEventListener("abort", drop) };
    if (gone.aborted) return drop();
    gone.addEventListener("abort", drop, { once: true });
    this.#looks.push(name, asked);
  }

  /** The worker is at this question from now on. */
  begun(seq: number): void {
    if (this.#sent?.request.seq !== seq) return;
    this.#stop?.();
    this.#stop = this.#timer(COMPILE_DEADLINE_MS, this.#late);
  }

  answered(seq: number, answer: Answer): void {
    if (this.#sent?.request.seq !== seq) return;
    this.#counts.answered++;
    this.#settle(this.#sent, answer);
    this.#next();
  }

  /**
   * The worker is no more, for this reason: what it had begun is answered with that, and true given back. What it had not begun is as if it
   * had not been sent; `resume` goes on, once there is another.
   */
  replaced(reason: string): boolean {
    if (this.#stop === undefined || this.#sent === undefined) return false;
    this.#counts.lost++;
    this.#settle(this.#sent, tooMuch(`compiling ${reason}`));
    return true;
  }

  resume(): void {
    if (this.#sent === undefined) this.#next();
    else this.#send(this.#sent.request);
  }

  /** Nothing is asked or late any more. */
  end(): void {
    this.#stop?.();
  }

  #settle(asked: Asked, answer: Answer): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#sent = undefined;
    asked.resolve(answer);
  }

  #next(): void {
    if (this.#sent !== undefined) return;
    this.#sent = this.#changes.shift() ?? this.#looks.next();
    if (this.#sent === undefined) return;
    this.#sent.stay();
    this.#send(this.#sent.request);
  }
}

function tooMuch(message: string): Unanswered {
  return { ok: false, errors: [{ code: "E_DEADLINE", message, line: 1, column: 1, length: 0 }] };
}
