import { expect, test } from "vitest";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { TARGETS } from "../../src/dpf/target.js";
import { packetsOf } from "../appliance/records.js";
import { Chance } from "../seeded.js";
import { type Candidate, candidate } from "./candidates.js";
import { frameMemory } from "./machine.js";
import { Rows, retargeted } from "./support.js";

const STEPS = 200;
const POOL = 60;
const LIVE = 40;
const WINDOW = 100;

const isIn = ({ until }: Candidate, row: number) => until[row + 1] !== until[row];

test.each([1, 2])("filters of real packets come and go, and every verdict is right (seed %d)", (seed) => {
  const packets = packetsOf("captures/demo.pcap");
  const chance = new Chance(seed);
  const pool = Array.from({ length: POOL }, () => candidate(chance, packets));
  const rows = new Rows(packets, false);
  const memory = frameMemory();
  const demuxes = TARGETS.map((target) => ({ target, demux: new Demux(memory, packets.length) }));
  const classifier = new Classifier("interpreter");
  const live = new Map<number, Candidate>();
  const free = Array.from({ length: STEPS }, (_, at) => STEPS - at);
  const updates = { program: 0, patch: 0 };
  let matched = 0;
  for (let step = 0; step < STEPS; step++) {
    if (live.size > LIVE && chance.below(2) === 0) {
      const id = chance.pick([...live.keys()]);
      classifier.remove(id);
      live.delete(id);
      free.push(id);
    } else {
      const id = free.pop() ?? 0;
      const picked = chance.pick(pool);
      classifier.insert(id, picked.filter, "tap", 0, step);
      live.set(id, picked);
    }
    const update = classifier.update();
    updates[update.kind]++;
    for (const { target, demux } of demuxes) demux.install(retargeted(update, target));
    // Some updates follow each other without a run between them.
    if (chance.below(3) === 0) continue;
    const from = chance.below(packets.length - WINDOW);
    const expected = Array.from({ length: WINDOW }, (_, index) =>
      [...live].filter(([, of]) => isIn(of, from + index)).map(([id]) => id),
    );
    for (const ids of expected) matched += ids.sort((a, b) => a - b).length;
    for (const { target, demux } of demuxes) {
      expect(demux.run(rows, from, from + WINDOW)).toBe(from + WINDOW);
      const found = expected.map((_, index) => tapsOf(demux, from + index));
      expect(found.join("; "), `${target}, step ${step}, from packet ${from + 1}`).toBe(expected.join("; "));
    }
  }
  expect(matched).toBeGreaterThan(5000);
  expect(updates.patch).toBeGreaterThan(20);
  expect(updates.program).toBeGreaterThan(50);
});

function tapsOf({ taps, tapStart, tapCount }: Demux, row: number): number[] {
  const start = tapStart[row] ?? 0;
  return [...taps.subarray(start, start + (tapCount[row] ?? 0))].sort((a, b) => a - b);
}
