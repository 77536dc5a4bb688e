/** A hosted environment's worker, as the control thread sees it: started, asked, ended. */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { EnvironmentWord, type HostedStart, Mailbox } from "../kernel/abi.js";
import type { FromEnvironment } from "../libos/libos.js";
import { workerUrl } from "./worker-url.js";

const READY_MS = 10_000;
const QUERY_MS = 2000;
const LOOK_MS = 2;
/** Heap of a library OS; beyond it the worker ends with an error. */
const HEAP_MB = 256;
const YOUNG_HEAP_MB = 16;

/** Questions that wait while the program answers one; each keeps a request open. */
const MOST_WAITING = 32;

interface Question {
  readonly what: string;
  readonly args: Readonly<Record<string, unknown>>;
  resolve(result: unknown): void;
  reject(reason: Error): void;
}

/** The question that the program has. */
interface Asked extends Question {
  readonly seq: number;
  readonly timer: NodeJS.Timeout;
}

export class HostedWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #words: Int32Array;
  readonly #mailbox: number;
  #asked: Asked | undefined;
  readonly #waiting: Question[] = [];
  readonly #ended: (reason: string) => void;
  #seq = 0;
  #over = false;
  #reason: string | undefined;
  #code = 0;

  /** `kernelBell`: what the data plane sleeps on. `ended` is called once, with the reason. */
  constructor(start: HostedStart, kernelBell: SharedArrayBuffer, ended: (reason: string) => void) {
    this.#ended = ended;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#words = new Int32Array(start.memory.buffer);
    this.#mailbox = start.mailbox >> 2;
    this.#worker = new Worker(workerUrl("libos/hosted.js", import.meta.url), {
      workerData: { ...start, kernelBell, port: port2 },
      transferList: [port2],
      name: `environment ${start.name}`,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    port1.on("message", (message: FromEnvironment) => this.#message(message));
    this.#worker.on("error", (error) => {
      this.#reason ??= error.message;
    });
    this.#worker.on("exit", (code) => {
      this.#code = code;
      this.#end();
    });
  }

  /** Resolves when its program looks at the ring; rejects where it failed or took too long. */
  async ready(): Promise<void> {
    for (let waited = 0; waited < READY_MS && !this.#over; waited += LOOK_MS) {
      const state = Atomics.load(this.#words, this.#mailbox + Mailbox.state);
      if (state === EnvironmentWord.ready) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(this.#over ? this.reason : "its program did not start in time");
  }

  /**
   * One question at a time, in order: what an answer takes is then bounded. Rejects where the worker has
   * ended, did not answer within 2 s of being asked, refuses the question, or too many wait.
   */
  query(what: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#over) return Promise.reject(new Error(this.reason));
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(new Error(`the environment is busy: ${MOST_WAITING} questions wait`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ what, args, resolve, reject });
      this.#ask();
    });
  }

  /** Why it has ended, or will. */
  get reason(): string {
    return this.#reason ?? `its worker ended by itself, with code ${this.#code}`;
  }

  async end(reason = "it was ended"): Promise<void> {
    this.#reason ??= reason;
    await this.#worker.terminate();
  }

  #ask(): void {
    if (this.#asked !== undefined) return;
    const question = this.#waiting.shift();
    if (question === undefined) return;
    const seq = ++this.#seq;
    const { what, args } = question;
    const timer = setTimeout(() => {
      this.#take(seq)?.reject(new Error(`the environment did not answer within ${QUERY_MS} ms`));
    }, QUERY_MS);
    this.#asked = { ...question, seq, timer };
    this.#say({ kind: "query", seq, what, args });
  }

  /** The question of this number, no longer asked, where it still is; the next one is asked. */
  #take(seq: number): Asked | undefined {
    const asked = this.#asked;
    // An answer that comes too late is nobody's.
    if (asked?.seq !== seq) return undefined;
    clearTimeout(asked.timer);
    this.#asked = undefined;
    this.#ask();
    return asked;
  }

  #say(message: object): void {
    this.#port.postMessage(message);
    Atomics.add(this.#words, this.#mailbox + Mailbox.posted, 1);
    Atomics.add(this.#words, this.#mailbox + Mailbox.doorbell, 1);
    Atomics.notify(this.#words, this.#mailbox + Mailbox.doorbell);
  }

  #message(message: FromEnvironment): void {
    if (message.kind === "failed") {
      this.#reason ??= message.reason;
      return;
    }
    const asked = this.#take(message.seq);
    if (message.ok) asked?.resolve(message.result);
    else asked?.reject(new Error(message.error));
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    // What it said last may still be on its way.
    setImmediate(() => {
      this.#port.close();
      const left = this.#waiting.splice(0);
      if (this.#asked !== undefined) left.unshift(this.#asked);
      clearTimeout(this.#asked?.timer);
      this.#asked = undefined;
      for (const question of left) question.reject(new Error(this.reason));
      this.#ended(this.reason);
    });
  }
}
