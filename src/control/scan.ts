/**
 * Captures are read through in worker threads, with a time and a heap limit: a hostile file costs
 * the control plane nothing but the answer that it failed.
 */
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import type {
  CaptureInfo,
  MatchReport,
  PacketDetail,
  PacketExplanation,
  PacketPage,
  PreviewPacket,
} from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import type { ScanAnswer, ScanRequest } from "./scan-worker.js";

const HEAP_MIB = 256;

type Kind = ScanRequest["kind"];
/** A request without its kind, and the answer to it. */
type Asked<K extends Kind> = Omit<Extract<ScanRequest, { kind: K }>, "kind">;
type Answered<K extends Kind> = Extract<ScanAnswer, { kind: K }>;

function isOf<K extends Kind>(answer: ScanAnswer, kind: K): answer is Answered<K> {
  return answer.kind === kind;
}

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

  /** Rejects with E_SCAN, or with the signal's reason; so do all below. */
  async info(path: string, signal: AbortSignal): Promise<Scanned> {
    return (await this.#ask({ kind: "info", path }, signal)).scanned;
  }

  /** The first packets. */
  async preview(path: string, packets: number, signal: AbortSignal): Promise<readonly PreviewPacket[]> {
    return (await this.#ask({ kind: "preview", path, packets }, signal)).packets;
  }

  /** Rejects also with E_TEXT. */
  async packets(look: Asked<"packets">, signal: AbortSignal): Promise<PacketPage> {
    return (await this.#ask({ kind: "packets", ...look }, signal)).page;
  }

  /** Rejects also with E_NO_PACKET. */
  async packet(look: Asked<"packet">, signal: AbortSignal): Promise<PacketDetail> {
    return (await this.#ask({ kind: "packet", ...look }, signal)).packet;
  }

  /** Rejects also with E_TEXT. */
  async matches(look: Asked<"matches">, signal: AbortSignal): Promise<MatchReport> {
    return (await this.#ask({ kind: "matches", ...look }, signal)).report;
  }

  /** Rejects also with E_NO_PACKET; what is wrong with a text is told of its filter. */
  async explain(look: Asked<"explain">, signal: AbortSignal): Promise<Omit<PacketExplanation, "total">> {
    return (await this.#ask({ kind: "explain", ...look }, signal)).explanation;
  }

  async #ask<R extends ScanRequest>(request: R, signal: AbortSignal): Promise<Answered<R["kind"]>> {
    const answer = await this.#run(request, signal);
    if (isOf<R["kind"]>(answer, request.kind)) return answer;
    if (answer.kind === "refused") throw new ControlRefusal(answer.code, answer.detail, answer.places);
    throw new ControlRefusal("E_SCAN", answer.kind === "failed" ? answer.reason : undefined);
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
  const worker = new Worker(workerUrl("control/scan-worker.js", import.meta.url), {
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
