/** What the kernel tells of the merged program's run: tables that somebody had written over. */
import { expect, test } from "vitest";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { LEVELS } from "../../src/kernel/events.js";
import { Ledger } from "../../src/kernel/ledger.js";
import { Running } from "../../src/kernel/running.js";
import { Trace } from "../../src/kernel/trace.js";
import { frameMemory } from "../dpf/machine.js";
import { Rows } from "../dpf/support.js";
import { Chance } from "../seeded.js";

test("each repair of demux's tables is told once, with how many there have been (seed 31)", () => {
  const rows = new Rows(
    Array.from({ length: 64 }, (_, at) => new Uint8Array(8).fill(at)),
    false,
  );
  const memory = frameMemory();
  const classifier = new Classifier("wasm");
  for (let at = 0; at < 60; at++) {
    const atom = { kind: "equal", offset: 0, width: 8, mask: 255, value: at } as const;
    classifier.insert(at + 1, { conjunctions: [[atom]] }, "tap", 0, at + 1);
  }
  const demux = new Demux(memory, rows.count);
  demux.install(classifier.update());
  const trace = new Trace(() => 0);
  trace.switch(LEVELS);
  const running = new Running(demux, new Ledger(), trace.tell);
  const run = () => {
    demux.run(rows, 0, rows.count);
    running.look(0, 1, 1);
  };
  run();
  expect(trace.count).toBe(0);
  const words = new Int32Array(memory.buffer);
  const [first, end] = [memory.machine!.from >> 2, memory.machine!.to >> 2];
  const used = words.subarray(first, end).findLastIndex((word) => word !== 0) + 1;
  const chance = new Chance(31);
  const told: number[] = [];
  for (let round = 0; round < 60; round++) {
    const before = demux.repairs;
    for (let each = 0; each < 2000; each++) words[first + chance.below(used)] = chance.below(1 << 30) << 2;
    run();
    const more = demux.repairs - before;
    if (more > 0) told.push(more, demux.repairs);
    run();
  }
  expect(told.length).toBeGreaterThan(20);
  const events = trace.since(0);
  expect(new Set(events.map(({ name }) => name))).toEqual(new Set(["demuxRepaired"]));
  expect(events.flatMap(({ fields }) => fields)).toEqual(told);
});
