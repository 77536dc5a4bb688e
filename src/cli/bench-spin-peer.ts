/** The worker of bench-spin.ts: drains its ring as libos/libos.ts does, and never sleeps while it is told to spin. */
import { parentPort, workerData } from "node:worker_threads";
import { EnvironmentWord, type HostedStart, Mailbox } from "../kernel/abi.js";
import { createEcho } from "../libos/programs/echo.js";
import { RingView } from "../libos/ring.js";
import { Transmit } from "../libos/transmit.js";
import { Spin } from "./bench-spin-word.js";

const { start, word }: { readonly start: HostedStart; readonly word: Int32Array } = workerData;
const { memory, transmit, machine } = start;
const words = new Int32Array(memory.buffer, start.mailbox);
const ring = new RingView(memory, start.ring, machine.ringEntries, start);
const program = createEcho({}, machine, transmit === undefined ? undefined : new Transmit(memory, transmit));

Atomics.store(words, Mailbox.state, EnvironmentWord.ready);
parentPort?.postMessage("ready");
for (let seen = Atomics.load(words, Mailbox.tail); ; ) {
  Atomics.wait(word, 0, Spin.no);
  while (Atomics.load(word, 0) === Spin.yes) {
    const head = Atomics.load(words, Mailbox.head);
    if (head === seen) continue;
    program.frames(ring, seen, head);
    seen = head;
    Atomics.store(words, Mailbox.tail, seen);
    Atomics.add(words, Mailbox.heartbeat, 1);
  }
}
