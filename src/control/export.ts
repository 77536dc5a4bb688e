/**
 * Captures that are written out by filter, as streams: a worker reads and judges, and goes on only as the client takes
 * what there is. Nothing is kept on disk, and of a capture of any size a few MiB are in memory.
 */
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import type { ExportAnswer, ExportRequest } from "./export-worker.js";
import type { ControlLimits } from "./limits.js";
import { ControlRefusal } from "./refusal.js";

const HEAP_MIB = 256;
/** Octets that wait for the client before the worker does: two of its chunks. */
const WAITING = 2 * 1024 * 1024;

type ExportLimits = Pick<ControlLimits, "exports" | "exportIdleMs" | "exportMs" | "scanMs">;

export class Exporter {
  readonly #limits: ExportLimits;
  #running = 0;

  constructor(limits: ExportLimits) {
    this.#limits = limits;
  }

  /**
   * Resolves when its first octets are there. Rejects with E_TOO_MANY_EXPORTS, E_TEXT, E_SCAN, or the signal's reason; what
   * goes wrong later is the stream's error, and ends it without its end. `signal` ends all of it.
   */
  async open(request: ExportRequest, signal: AbortSignal): Promise<Readable> {
    const { exports } = this.#limits;
    signal.throwIfAborted();
    if (this.#running >= exports) throw new ControlRefusal("E_TOO_MANY_EXPORTS", `${exports}`);
    const stream = new Exported(request, this.#limits, signal);
    this.#running++;
    stream.once("close", () => this.#running--);
    await stream.begun;
    return stream;
  }
}

class Exported extends Readable {
  readonly begun: Promise<void>;
  readonly #worker: Worker;
  readonly #limits: ExportLimits;
  readonly #signal: AbortSignal;
  readonly #abort = () => this.destroy(reasonOf(this.#signal));
  #begin = () => {};
  readonly #deadline: NodeJS.Timeout;
  /** Of whoever is waited for: the worker, or the client. */
  #late: NodeJS.Timeout | undefined;

  constructor(request: ExportRequest, limits: ExportLimits, signal: AbortSignal) {
    super({ highWaterMark: WAITING });
    this.#limits = limits;
    this.#signal = signal;
    this.#worker = new Worker(workerUrl("control/export-worker.js", import.meta.url), {
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    this.#worker.on("message", (answer: ExportAnswer) => this.#take(answer));
    this.#worker.once("error", (error: Error) => this.#fail(error.message));
    this.#worker.once("exit", () => this.#fail("the reader ended without an answer"));
    signal.addEventListener("abort", this.#abort, { once: true });
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.once("error", reject);
    });
    const { exportMs } = limits;
    this.#deadline = setTimeout(() => this.#fail(`it took longer than ${exportMs} ms`), exportMs);
    this.#awaitWorker();
  }

  override _read(): void {
    this.#awaitWorker();
    this.#worker.postMessage("more");
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#late);
    this.#signal.removeEventListener("abort", this.#abort);
    this.#worker.removeAllListeners().on("error", () => {});
    // It is gone before its place is given to another.
    void this.#worker.terminate().then(() => done(error));
  }

  #take(answer: ExportAnswer): void {
    switch (answer.kind) {
      case "octets":
        this.#awaitClient();
        this.push(answer.octets);
        break;
      case "end":
        this.#awaitClient();
        this.push(null);
        break;
      case "refused":
        return void this.destroy(new ControlRefusal(answer.code, answer.detail, answer.places));
      case "failed":
        return this.#fail(answer.reason);
    }
    this.#begin();
  }

  #awaitWorker(): void {
    const { scanMs } = this.#limits;
    this.#await(scanMs, `it took longer than ${scanMs} ms to find more`);
  }

  #awaitClient(): void {
    this.#await(this.#limits.exportIdleMs, "its reader has stopped");
  }

  #await(ms: number, otherwise: string): void {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#fail(otherwise), ms);
  }

  #fail(reason: string): void {
    this.destroy(new ControlRefusal("E_SCAN", reason));
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
