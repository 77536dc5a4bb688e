import { expect, test } from "vitest";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { packetsOf } from "../appliance/records.js";
import { Chance } from "../seeded.js";
import { type Candidate, candidate } from "./candidates.js";

const STEPS = 1000;
const POOL = 60;
const LIVE = 40;
const WINDOW = 100;

/** The capture's packets as descriptor columns over one stretch of memory. */
function laidOut(packets: readonly Uint8Array[]) {
  const memory = new SharedArrayBuffer(packets.reduce((sum, { length }) => sum + length, 0));
  const address = new Int32Array(packets.length);
  const captured = new Int32Array(packets.length);
  let at = 0;
  packets.forEach((packet, row) => {
    new Uint8Array(memory).set(packet, at);
    address[row] = at;
    captured[row] = packet.length;
    at += packet.length;
  });
  return { memory, frames: { address, captured } };
}

const isIn = ({ until }: Candidate, row: number) => until[row + 1] !== until[row];

test.each([1, 2, 3, 4])("filters of real packets come and go, and every verdict is right (seed %d)", (seed) => {
  const packets = packetsOf("captures/demo.pcap");
  const chance = new Chance(seed);
  const pool = Array.from({ length: POOL }, () => candidate(chance, packets));
  const { memory, frames } = laidOut(packets);
  const demux = new Demux(memory, packets.length);
  const classifier = new Classifier();
  const live = new Map<number, Candidate>();
  const free = Array.from({ length: STEPS }, (_, at) => STEPS - at);
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
    demux.install(classifier.update());
    // Some updates follow each other without a run between them.
    if (chance.below(3) === 0) continue;
    const from = chance.below(packets.length - WINDOW);
    expect(demux.run(frames, from, from + WINDOW)).toBe(from + WINDOW);
    for (let row = from; row < from + WINDOW; row++) {
      const start = demux.tapStart[row] ?? 0;
      const taps = [...demux.taps.subarray(start, start + (demux.tapCount[row] ?? 0))].toSorted((a, b) => a - b);
      const expected = [...live].filter(([, of]) => isIn(of, row)).map(([id]) => id);
      expect(taps, `step ${step}, packet ${row + 1}`).toEqual(expected.toSorted((a, b) => a - b));
      matched += taps.length;
    }
  }
  expect(matched).toBeGreaterThan(30_000);
});
