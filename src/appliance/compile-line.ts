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
  readonly isChange: boolean;
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
  /** What somebody looks at, and went to a worker that ended before it began: the first of the looks. */
  #returned: Asked | undefined;
  /** A new worker is to be asked nothing yet. */
  #held = false;
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
    const returned = this.#returned === undefined ? 0 : 1;
    return { waiting: this.#changes.length + this.#looks.size + returned, ...this.#counts };
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
      if (asker === undefined) this.#changes.push({ request, isChange: true, resolve, stay: () => undefined });
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
    const stay = () => gone.removeEventListener("abort", drop);
    const asked: Asked = { request, isChange: false, resolve, stay };
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
   * had not been sent; nothing is sent before `resume`.
   */
  replaced(reason: string): boolean {
    this.#held = true;
    if (this.#sent === undefined) return false;
    if (this.#stop === undefined) {
      this.#takeBack(this.#sent);
      return false;
    }
    this.#counts.lost++;
    this.#settle(this.#sent, tooMuch(`compiling ${reason}`));
    return true;
  }

  /** There is another worker, which may be asked. */
  resume(): void {
    this.#held = false;
    this.#next();
  }

  #takeBack(asked: Asked): void {
    this.#sent = undefined;
    if (asked.isChange) this.#changes.unshift(asked);
    else this.#returned = asked;
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
    if (this.#held || this.#sent !== undefined) return;
    this.#sent = this.#changes.shift() ?? this.#nextLook();
    if (this.#sent === undefined) return;
    this.#sent.stay();
    this.#send(this.#sent.request);
  }

  #nextLook(): Asked | undefined {
    const next = this.#returned ?? this.#looks.next();
    this.#returned = undefined;
    return next;
  }
}

function tooMuch(message: string): Unanswered {
  return { ok: false, errors: [{ code: "E_DEADLINE", message, line: 1, column: 1, length: 0 }] };
}
