/** The other side of bench-node.ts: gives back what it gets, by messages until it is told to share a word, then by that word. */
import { parentPort, workerData } from "node:worker_threads";

const word = new Int32Array(workerData as SharedArrayBuffer);

parentPort?.on("message", (message: number) => {
  if (message >= 0) return parentPort?.postMessage(message + 1);
  parentPort?.postMessage(message);
  for (;;) {
    Atomics.wait(word, 0, 0);
    Atomics.store(word, 0, 0);
    Atomics.notify(word, 0);
  }
});
