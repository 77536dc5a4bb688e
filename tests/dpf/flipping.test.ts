/**
 * Frames whose octets another worker changes meanwhile, and frames at the memory's very end: verdicts may be either, but
 * nothing faults, nothing outside a frame is read, and every id and count is one that can be.
 */
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { Atom, Filter } from "../../src/dpf/atom.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import type { FrameMemory } from "../../src/dpf/engine.js";
import { TARGETS, type Target } from "../../src/dpf/target.js";
import { Chance } from "../seeded.js";
import { endless, straight, summing, unsigned } from "./predicates.js";
import { randomConjunction, randomFilter, randomFrame } from "./samples.js";
import { retargeted, verdictsOf } from "./support.js";

const STRETCH = 12 * 2 ** 20;
const FRAME_OCTETS = 2 ** 16;
const PAGES = (STRETCH + FRAME_OCTETS) / 65_536;
/** Milliseconds after which flipping ends for a target, whatever was seen; usually well under a second is enough. */
const LIMIT = 30_000;

/** Demux's stretch first, frames behind it, up to the end of the last page. */
function memoryWithFramesLast(): FrameMemory & { readonly octets: Uint8Array; readonly end: number } {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const { buffer } = memory;
  const machine = { memory, from: 0, to: STRETCH };
  return { buffer, machine, octets: new Uint8Array(buffer), end: buffer.byteLength };
}

/** Every kind of code that an octet may lead astray: shifts, ranges, dispatches, trees, residuals. */
function filters(chance: Chance, frames: readonly Uint8Array[]): Filter[] {
  const own = Array.from({ length: 40 }, () => randomFilter(chance, frames, 6));
  const keyed = Array.from({ length: 60 }, (_, value): Filter => {
    const key: Atom = { kind: "equal", offset: 1, width: 16, mask: 0xffff, value: (value % 20) * 0x0101 };
    const range: Atom = {
      kind: "range",
      offset: 4,
      width: 32,
      mask: 0xffffffff,
      low: value << 20,
      high: (value + 40) * 2 ** 20,
    };
    const move: Atom = { kind: "shift-loaded", offset: 3, width: 8, mask: 0xff, left: value % 3 };
    const wide: Atom = { kind: "shift-loaded", offset: 0, width: 32, mask: 0xffffffff, left: value % 32 };
    return { conjunctions: [[key, range, move, ...randomConjunction(chance, chance.pick(frames), 3)], [wide]] };
  });
  const residuals = [straight(chance, 30), summing(chance), endless(1)];
  return [...own, ...keyed, ...residuals.map((residual) => ({ conjunctions: [[]], residual }))];
}

/** Every third claims, or none. */
function classifierOf(all: readonly Filter[], hasClaims: boolean): Classifier {
  const classifier = new Classifier("interpreter");
  for (const [index, filter] of all.entries()) {
    classifier.insert(index + 1, filter, hasClaims && index % 3 === 0 ? "claim" : "tap", 0, index);
  }
  return classifier;
}

/** Writes any octets anywhere in the frames until it is told to end, and counts its rounds. */
const FLIPPER = `
const { workerData: { buffer, from, to, signal } } = require("node:worker_threads");
const octets = new Uint8Array(buffer, from, to - from);
let state = 1;
while (Atomics.load(signal, 0) === 0) {
  for (let index = 0; index < 5000; index++) {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    octets[(state >>> 0) % octets.length] = state >>> 8;
  }
  Atomics.add(signal, 1, 1);
}
`;

async function flipping(
  memory: FrameMemory,
  from: number,
  to: number,
  run: (rounds: () => number) => void,
): Promise<number> {
  const signal = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(FLIPPER, { eval: true, workerData: { buffer: memory.buffer, from, to, signal } });
  const ended = new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
  await new Promise((resolve) => worker.once("online", resolve));
  try {
    run(() => Atomics.load(signal, 1));
  } finally {
    Atomics.store(signal, 0, 1);
    await ended;
  }
  return Atomics.load(signal, 1);
}

/** Whatever the octets were at the time: winners claim, taps tap, each once, in lists that follow each other. */
function possible(demux: Demux, rows: number, count: number): string | undefined {
  let next = 0;
  for (let row = 0; row < rows; row++) {
    const [winner, start, taps] = [demux.winner[row] ?? -1, demux.tapStart[row] ?? -1, demux.tapCount[row] ?? -1];
    if (winner < 0 || winner > count || (winner > 0 && (winner - 1) % 3 !== 0)) return `row ${row}: winner ${winner}`;
    if (start !== next || taps < 0 || taps > count) return `row ${row}: ${taps} taps from ${start} on`;
    next = start + taps;
    const ids = demux.taps.subarray(start, next);
    const seen = new Set(ids);
    if (seen.size !== taps || ids.some((id) => id < 1 || id > count || (id - 1) % 3 === 0)) return `row ${row}: ${ids}`;
  }
  return undefined;
}

test.each<Target>(["wasm", "js", "interpreter"])("octets that change meanwhile: %s", async (target) => {
  const chance = new Chance(5);
  const samples = Array.from({ length: 30 }, () => randomFrame(chance, 60));
  const all = filters(chance, samples);
  const memory = memoryWithFramesLast();
  const from = memory.end - 64 * samples.length;
  for (const [row, frame] of samples.entries()) memory.octets.set(frame, from + 64 * row);
  const columns = {
    address: Int32Array.from(samples, (_, row) => from + 64 * row),
    captured: Int32Array.from(samples, ({ length }) => length),
    wire: Uint32Array.from(samples, ({ length }) => length),
    linkType: new Uint16Array(samples.length).fill(1),
  };
  const demux = new Demux(memory, samples.length);
  demux.install(retargeted(classifierOf(all, true).update(), target));
  const seen = { runs: 0, verdicts: new Set<string>() };
  const least = target === "interpreter" ? { runs: 4, verdicts: 1 } : { runs: 400, verdicts: 11 };
  const rounds = await flipping(memory, from, memory.end, (flipped) => {
    const isEnough = () => seen.runs >= least.runs && seen.verdicts.size >= least.verdicts && flipped() > 20;
    for (const limit = performance.now() + LIMIT; !isEnough() && performance.now() < limit; seen.runs++) {
      expect(demux.run(columns, 0, samples.length)).toBe(samples.length);
      const wrong = possible(demux, samples.length, all.length);
      if (wrong !== undefined) expect.fail(wrong);
      if (seen.runs % 8 === 0) seen.verdicts.add(`${demux.winner.join()} ${demux.tapCount.join()}`);
    }
  });
  // It was changed while it was judged, and that was to be seen.
  expect(seen.runs).toBeGreaterThanOrEqual(least.runs);
  expect(rounds).toBeGreaterThan(20);
  expect(seen.verdicts.size).toBeGreaterThanOrEqual(least.verdicts);
});

test("frames that end where memory ends: what lies behind is never read", () => {
  const memory = memoryWithFramesLast();
  const counts = { rows: 0, matched: 0 };
  for (let seed = 1; seed <= 25; seed++) {
    const chance = new Chance(seed);
    const samples = [randomFrame(chance, 40), randomFrame(chance, 40)];
    const update = classifierOf(filters(chance, samples).slice(seed % 2 ? 0 : 40), false).update();
    // Each shorter frame, at the very end: a load too far is a trap, or an error.
    for (const frame of samples) {
      memory.octets.set(frame, memory.end - frame.length);
      const lengths = Array.from({ length: frame.length + 1 }, (_, length) => length);
      const columns = {
        address: Int32Array.from(lengths, (length) => memory.end - length),
        captured: Int32Array.from(lengths),
        wire: Uint32Array.from(lengths),
        linkType: new Uint16Array(lengths.length).fill(1),
        count: lengths.length,
      };
      const said = TARGETS.map((target) => {
        const demux = new Demux(memory, lengths.length);
        demux.install(retargeted(update, target));
        return verdictsOf(demux, columns);
      });
      expect(said[1], `seed ${seed}`).toEqual(said[0]);
      expect(said[2], `seed ${seed}`).toEqual(said[0]);
      counts.rows += lengths.length;
      counts.matched += said[0]?.filter((verdict) => verdict !== "0: ").length ?? 0;
    }
  }
  expect(counts.rows).toBeGreaterThan(800);
  expect(counts.matched).toBeGreaterThan(500);
});

test("a frame of no octets, or of fewer than none, is one of no octets", () => {
  const memory = memoryWithFramesLast();
  const classifier = new Classifier("interpreter");
  classifier.insert(1, { conjunctions: [[{ kind: "length", least: 0, most: 0 }]] }, "claim", 0, 1);
  classifier.insert(
    2,
    { conjunctions: [[{ kind: "not-equal", offset: 0, width: 8, mask: 0xff, value: 1 }]] },
    "tap",
    0,
    2,
  );
  classifier.insert(3, { conjunctions: [[]], residual: unsigned() }, "tap", 0, 3);
  const update = classifier.update();
  const columns = {
    address: new Int32Array(3).fill(memory.end),
    captured: Int32Array.of(0, -1, -(2 ** 31)),
    wire: new Uint32Array(3),
    linkType: new Uint16Array(3),
  };
  for (const target of TARGETS) {
    const demux = new Demux(memory, 3);
    demux.install(retargeted(update, target));
    demux.run(columns, 0, 3);
    expect([[...demux.winner], [...demux.tapCount]], target).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
  }
});
