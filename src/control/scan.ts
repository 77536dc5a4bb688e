/**
 * Captures are read through in worker threads, with a time and a heap limit: a hostile file costs
 * the control plane nothing but the answer that it failed.
 */
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import type { CaptureInfo, PreviewPacket } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import type { ScanAnswer, ScanRequest } from "./scan-worker.js";

const HEAP_MIB = 256;

export interface Scanned {
  /** False where no header makes it a capture. */
  readonly readable: boolean;
  readonly info: CaptureInfo;
  readonly timeline: readonly number[];
}

export class Scanner {
  readonly #atOnce: number;
  readonly #deadline: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `deadline`: ms for one file. */
  constructor(atOnce: number, deadline: number) {
    this.#atOnce = atOnce;
    this.#deadline = deadline;
  }

  /** Rejects with E_SCAN, or with the signal's reason. */
  async info(path: string, signal: AbortSignal): Promise<Scanned> {
    const answer = await this.#run({ kind: "info", path }, signal);
    if (answer.kind !== "info")
      throw new ControlRefusal("E_SCAN", answer.kind === "failed" ? answer.reason : undefined);
    return answer.scanned;
  }

  /** The first packets. Rejects with E_SCAN. */
  async preview(path: string, packets: number, signal: AbortSignal): Promise<readonly PreviewPacket[]> {
    const answer = await this.#run({ kind: "preview", path, packets }, signal);
    if (answer.kind !== "preview")
      throw new ControlRefusal("E_SCAN", answer.kind === "failed" ? answer.reason : undefined);
    return answer.packets;
  }

  async #inTime(request: ScanRequest, signal: AbortSignal): Promise<ScanAnswer> {
    const deadline = AbortSignal.timeout(this.#deadline);
    return runWorker(request, AbortSignal.any([signal, deadline])).catch((error: unknown) => {
      throw error === deadline.reason
        ? new ControlRefusal("E_SCAN", `it took longer than ${this.#deadline} ms`)
        : error;
    });
  }

  async #run(request: ScanRequest, signal: AbortSignal): Promise<ScanAnswer> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resume) => this.#waiting.push(resume));
    else this.#running++;
    try {
      signal.throwIfAborted();
      return await this.#inTime(request, signal);
    } finally {
      const next = this.#waiting.shift();
      // The place is handed on, or given back.
      if (next !== undefined) next();
      else this.#running--;
    }
  }
}

function runWorker(request: ScanRequest, signal: AbortSignal): Promise<ScanAnswer> {
  const worker = new Worker(workerUrl("./scan-worker.js", import.meta.url), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  return new Promise<ScanAnswer>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    worker.once("message", (answer: ScanAnswer) => resolve(answer));
    worker.once("error", (error: Error) => reject(new ControlRefusal("E_SCAN", error.message)));
    worker.once("exit", () => reject(new ControlRefusal("E_SCAN", "the reader ended without an answer")));
  }).finally(() => worker.terminate());
}
