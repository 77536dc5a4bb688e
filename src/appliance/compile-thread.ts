/**
 * The compile worker, as the control thread sees it: asked about filters and handlers, replaced where it is stuck. A new one is asked
 * nothing before the data plane says that it has made all changes that waited for it.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Target } from "../dpf/target.js";
import { COMPILE_DEADLINE_MS } from "../kernel/limits.js";
import { CompileLine } from "./compile-line.js";
import type { Asker, CompileCounts } from "./interface.js";
import type { CompileQuestion, CompileQuestions, CompileStart, FromCompileWorker } from "./messages.js";
import { workerUrl } from "./worker-url.js";

/** As much as the largest trie and its plan need, twice. */
const HEAP_MB = 1024;
/** Compiling makes much that soon goes: with less, half of the time is spent on collecting it. */
const YOUNG_HEAP_MB = 96;

/** Gets the data plane's end of a new worker's channel. `innocent`: no change was what the last worker ended over. */
type HandOver = (port: MessagePort, number: number, innocent: boolean) => void;

export class CompileThread {
  readonly #doorbell: SharedArrayBuffer;
  readonly #target: Target;
  readonly #shadow: Target | null;
  readonly #handOver: HandOver;
  readonly #replaced: (reason: string) => void;
  readonly #line = new CompileLine(
    (request) => this.#worker.postMessage(request),
    () => this.stuck(this.#number),
    deadline,
  );
  /** The data plane's end of the first worker's channel; later ones are handed over. */
  readonly firstPort: MessagePort;
  #worker: Worker;
  /** How many workers there were before this one. */
  #number = 0;
  #ending = false;
  /** There is a data plane. */
  #attended = true;

  /** `replaced` is told why there is a new worker. */
  constructor(
    doorbell: SharedArrayBuffer,
    target: Target,
    shadow: Target | null,
    handOver: HandOver,
    replaced: (reason: string) => void,
  ) {
    this.#doorbell = doorbell;
    this.#target = target;
    this.#shadow = shadow;
    this.#handOver = handOver;
    this.#replaced = replaced;
    const { worker, port } = this.#start();
    this.#worker = worker;
    this.firstPort = port;
  }

  /** Answers in time: what takes too long, or too much memory, is answered with an error that says so (compile-line.ts). */
  ask<Q extends CompileQuestion>(
    question: Q,
    args: CompileQuestions[Q]["args"],
    asker?: Asker,
  ): Promise<CompileQuestions[Q]["answer"]> {
    return this.#line.ask(question, args, asker);
  }

  get counts(): CompileCounts {
    return { ...this.#line.counts, replaced: this.#number };
  }

  /** The worker of this number missed a deadline: it is ended, and the data plane gets a new one. */
  stuck(number: number): void {
    // Another may be at work by the time that the data plane's word comes: it has missed nothing.
    if (number === this.#number) this.#replace(`took longer than ${COMPILE_DEADLINE_MS} ms`);
  }

  /** The worker of this number has made all changes that waited when it came. */
  current(number: number): void {
    if (number === this.#number) this.#line.resume();
  }

  /** There is no data plane any more, whose changes questions would wait for. */
  unattended(): void {
    this.#attended = false;
    this.#line.resume();
  }

  /** The question that was begun is answered with the reason; those that wait are asked of the new worker, once it is current. */
  #replace(reason: string): void {
    if (this.#ending) return;
    this.#replaced(`it ${reason}`);
    const old = this.#worker;
    old.removeAllListeners("exit");
    old.removeAllListeners("message");
    void old.terminate();
    const { worker, port } = this.#start();
    this.#worker = worker;
    // While a question is under way no change is.
    const innocent = this.#line.replaced(reason);
    this.#handOver(port, ++this.#number, innocent);
    if (!this.#attended) this.#line.resume();
  }

  async end(): Promise<void> {
    this.#ending = true;
    this.#line.end();
    await this.#worker.terminate();
  }

  #start(): { worker: Worker; port: MessagePort } {
    const { port1, port2 } = new MessageChannel();
    const start: CompileStart = {
      doorbell: this.#doorbell,
      dataPlane: port2,
      target: this.#target,
      shadow: this.#shadow,
    };
    const worker = new Worker(workerUrl("appliance/compile-worker.js", import.meta.url), {
      workerData: start,
      transferList: [port2],
      name: "compile",
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    let reason = "ended";
    worker.on("message", (message: FromCompileWorker) => this.#message(message));
    worker.on("error", (error) => {
      reason = `broke: ${error.message}`;
    });
    worker.on("exit", () => this.#replace(reason));
    return { worker, port: port1 };
  }

  #message(message: FromCompileWorker): void {
    if (message.kind === "begun") this.#line.begun(message.seq);
    else this.#line.answered(message.seq, message.answer);
  }
}

/** Where this thread was held up the answer may have come: it is read before anybody is called late. */
function deadline(ms: number, late: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
