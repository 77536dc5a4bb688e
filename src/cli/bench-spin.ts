/**
 * A library OS that does not sleep: the program that answers in bench-round-trip.ts, in a worker of the bench's own, which looks at its ring
 * again and again while it is timed, as the data plane looks at what it has sent.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import { rootCapability } from "../kernel/capability.js";
import { type Answerer, answerer } from "./bench-answerer.js";
import { Spin } from "./bench-spin-word.js";
import { WiredMachine } from "./bench-wire.js";

export async function spinning(): Promise<Answerer> {
  const machine = new WiredMachine();
  const { kernel } = machine.hosting;
  const asked = { name: "spins", program: "echo", options: {}, transmit: machine.transmit };
  const { environment, start } = kernel.createEnvironment(asked, rootCapability());
  const word = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(workerUrl("cli/bench-spin-peer.js", import.meta.url), { workerData: { start, word } });
  await once(worker, "message");
  machine.claim(environment);
  const { name, time } = answerer("a library OS in a worker, spinning", machine, () => {
    machine.turn();
    while (!machine.answered) machine.boundary();
    kernel.settle(false);
  });
  return {
    name,
    time: (trips) => {
      Atomics.store(word, 0, Spin.yes);
      Atomics.notify(word, 0);
      const took = time(trips);
      Atomics.store(word, 0, Spin.no);
      return took;
    },
    close: async () => {
      await worker.terminate();
      await machine.close();
    },
  };
}
