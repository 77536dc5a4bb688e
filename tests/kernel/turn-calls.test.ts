/** A library OS in a thread of its own that asks the kernel while the turn waits for it. Starts what is built. */
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { EnvironmentWord, type HostedStart, Mailbox } from "../../src/kernel/abi.js";
import { KernelBench } from "./kernel-bench.js";

/** It takes a page for each frame, from a physical name on, while it has the frames; and one when an epoch begins. */
const PROGRAM = `
  const { workerData } = require("node:worker_threads");
  (async () => {
    const { KernelCalls } = await import(workerData.dist + "libos/kernel-calls.js");
    const { runEnvironment } = await import(workerData.dist + "libos/libos.js");
    const kernel = new KernelCalls(workerData.start);
    const tell = (what) => { try { kernel.allocate(1, what); } catch (error) { if (error.code !== "E_PAGE_TAKEN") throw error; } };
    const program = {
      frames(ring, from, to) { for (let i = from; i !== to; i = (i + 1) | 0) tell(200 + ring.packet(i)); },
      epoch() { tell(150); },
      query() {},
    };
    runEnvironment(workerData.start, program, { poll() {}, post(message) { console.error(message); } });
  })();
`;

async function start(bench: KernelBench, name: string): Promise<HostedStart> {
  const { start: data } = bench.kernel.createEnvironment({ name, program: "some", options: {} });
  const dist = pathToFileURL("dist/").href;
  const worker = new Worker(PROGRAM, { eval: true, workerData: { start: data, dist } });
  onTestFinished(async () => void (await worker.terminate()));
  const words = bench.memory.words;
  while (words[(data!.mailbox >> 2) + Mailbox.state] !== EnvironmentWord.ready) await new Promise(setImmediate);
  return data!;
}

test("calls during a lossless turn and an epoch's beginning are done in it: nobody is late, the lower number goes first", async () => {
  const bench = new KernelBench();
  const one = await start(bench, "one");
  const two = await start(bench, "two");
  bench.bind({ name: "one", environment: one.environment });
  bench.bind({ name: "two", environment: two.environment });
  for (let round = 0; round < 5; round++) {
    bench.kernel.beginEpoch();
    expect([150, 151].map((page) => bench.memory.ownerOf(page))).toEqual([one.environment, -1]);
    bench.receive(0, 12, true);
    // Both ask for the same pages in the same order: each time the first is asked before either is answered.
    const owners = Array.from({ length: 12 }, (_, at) => bench.memory.ownerOf(201 + at));
    expect(owners).toEqual(Array(12).fill(one.environment));
    expect([bench.kernel.deterministic, bench.kernel.ledger.inFlight]).toEqual([true, 0]);
    for (const page of [150, ...owners.map((_, at) => 201 + at)])
      bench.kernel.holdings.pages.free(one.environment, page);
  }
  expect(bench.failures).toEqual([]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});
