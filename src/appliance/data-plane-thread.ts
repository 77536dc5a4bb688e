/**
 * The data plane, as the control thread sees it: told, heard, and ended. It sleeps where it has nothing to do, so whoever tells it something
 * rings its doorbell. It is not replaced: what the machine knew ends with it.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { DataPlaneStart, FromDataPlane, ToDataPlane } from "./messages.js";
import { workerUrl } from "./worker-url.js";

const HEAP_MB = 512;
const YOUNG_HEAP_MB = 16;

export class DataPlaneThread {
  readonly #heard: (message: FromDataPlane) => void;
  readonly #doorbell: Int32Array;
  readonly #port: MessagePort;
  readonly #exited: Promise<void>;
  #ending = false;

  /** `failed`: it is no more, for this reason, though nobody has ended it; may be called more than once. */
  constructor(
    start: Omit<DataPlaneStart, "control">,
    heard: (message: FromDataPlane) => void,
    failed: (reason: string) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#heard = heard;
    this.#doorbell = new Int32Array(start.doorbell);
    this.#port = port1;
    const worker = new Worker(workerUrl("appliance/data-plane.js", import.meta.url), {
      workerData: { ...start, control: port2 } satisfies DataPlaneStart,
      transferList: [port2, start.compiler],
      name: "data plane",
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    port1.on("message", heard);
    worker.on("error", (error) => failed(`the data plane failed: ${error.stack ?? error.message}`));
    this.#exited = new Promise((resolve) => {
      worker.on("exit", () => {
        if (!this.#ending) failed("the data plane ended");
        resolve();
      });
    });
  }

  tell(message: ToDataPlane, transfer: MessagePort[] = []): void {
    this.#port.postMessage(message, transfer);
    Atomics.add(this.#doorbell, 0, 1);
    Atomics.notify(this.#doorbell, 0);
  }

  /** Resolves when it has ended by itself, and what it said before was heard. */
  async end(): Promise<void> {
    this.#ending = true;
    this.tell({ kind: "stop" });
    await this.#exited;
    for (;;) {
      const last: { message: FromDataPlane } | undefined = receiveMessageOnPort(this.#port);
      if (last === undefined) break;
      this.#heard(last.message);
    }
    this.#port.close();
  }
}
