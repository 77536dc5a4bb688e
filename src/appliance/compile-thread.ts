/** The compile worker, as the control thread sees it: asked to check texts, replaced where it is stuck. */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { COMPILE_DEADLINE_MS } from "../kernel/limits.js";
import type { Checked, FilterLanguage } from "./interface.js";
import type { CheckAnswer, CheckRequest, CompileStart } from "./messages.js";
import { workerUrl } from "./worker-url.js";

const HEAP_MB = 256;

const TOO_SLOW: Checked = {
  ok: false,
  errors: [
    {
      code: "E_DEADLINE",
      message: `checking took longer than ${COMPILE_DEADLINE_MS} ms`,
      line: 1,
      column: 1,
      length: 0,
    },
  ],
};

interface Asked {
  resolve(checked: Checked): void;
  readonly timer: NodeJS.Timeout;
}

export class CompileThread {
  readonly #doorbell: SharedArrayBuffer;
  readonly #handOver: (port: MessagePort) => void;
  readonly #replaced: (reason: string) => void;
  readonly #asked = new Map<number, Asked>();
  /** The data plane's end of the first worker's channel; later ones are handed over. */
  readonly firstPort: MessagePort;
  #worker: Worker;
  #seq = 0;
  #ending = false;

  /** `handOver` gets the data plane's end of a new worker's channel; `replaced` is told why there is one. */
  constructor(doorbell: SharedArrayBuffer, handOver: (port: MessagePort) => void, replaced: (reason: string) => void) {
    this.#doorbell = doorbell;
    this.#handOver = handOver;
    this.#replaced = replaced;
    const { worker, port } = this.#start();
    this.#worker = worker;
    this.firstPort = port;
  }

  /** Answers in time: a text that takes too long is an error of the text. */
  check(text: string, language: FilterLanguage): Promise<Checked> {
    const seq = ++this.#seq;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.stuck(), COMPILE_DEADLINE_MS);
      this.#asked.set(seq, { resolve, timer });
      const request: CheckRequest = { seq, text, language };
      this.#worker.postMessage(request);
    });
  }

  /** It missed a deadline: it is ended, and the data plane gets a new one. */
  stuck(): void {
    this.#replaced(`it took longer than ${COMPILE_DEADLINE_MS} ms`);
    this.#replace();
  }

  #replace(): void {
    if (this.#ending) return;
    const old = this.#worker;
    const { worker, port } = this.#start();
    this.#worker = worker;
    old.removeAllListeners("exit");
    void old.terminate();
    for (const asked of this.#asked.values()) {
      clearTimeout(asked.timer);
      asked.resolve(TOO_SLOW);
    }
    this.#asked.clear();
    this.#handOver(port);
  }

  async end(): Promise<void> {
    this.#ending = true;
    for (const asked of this.#asked.values()) clearTimeout(asked.timer);
    await this.#worker.terminate();
  }

  #start(): { worker: Worker; port: MessagePort } {
    const { port1, port2 } = new MessageChannel();
    const start: CompileStart = { doorbell: this.#doorbell, dataPlane: port2 };
    const worker = new Worker(workerUrl("./compile-worker.js", import.meta.url), {
      workerData: start,
      transferList: [port2],
      name: "compile",
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.on("message", (answer: CheckAnswer) => this.#answered(answer));
    // Out of heap, for one: 'exit' follows, and a new worker is started there.
    worker.on("error", (error) => this.#replaced(error.message));
    worker.on("exit", () => this.#replace());
    return { worker, port: port1 };
  }

  #answered({ seq, checked }: CheckAnswer): void {
    const asked = this.#asked.get(seq);
    if (asked === undefined) return;
    this.#asked.delete(seq);
    clearTimeout(asked.timer);
    asked.resolve(checked);
  }
}
