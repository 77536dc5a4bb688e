/** From one filter to ten thousand and back: all at once, one by one, and to and fro; in bounded time and room. */
import { describe, expect, test } from "vitest";
import type { Atom, Filter } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { MAX_TABLE_OCTETS } from "../../src/dpf/limits.js";
import { Chance } from "../seeded.js";
import { frameMemory } from "./machine.js";
import { equal, IP_OPTIONS } from "./samples.js";
import { Rows } from "./support.js";

const COUNT = 10_000;
/** Milliseconds that it may take where others use the machine as well: a guard against what grows with the square. */
const PATIENCE = 20_000;

/** One of as many connections as are wanted. */
function connection(index: number): Filter {
  const address = equal(30, 32, 0x0a000000 + (index >>> 2));
  return { conjunctions: [[equal(12, 16, 0x0800), equal(23, 8, 6), address, IP_OPTIONS, equal(16, 16, 1000 + index)]] };
}

function frameOf(index: number): Uint8Array {
  const frame = new Uint8Array(64);
  const view = new DataView(frame.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint8(23, 6);
  view.setUint32(30, 0x0a000000 + (index >>> 2));
  view.setUint16(36, 1000 + index);
  return frame;
}

const FRAMES = [0, 1, 5, 4999, COUNT - 1, COUNT];
const rows = new Rows(FRAMES.map(frameOf), false);

/** Ids of the taps that list the frames of FRAMES; 0: none. */
function tapsOf(demux: Demux): number[] {
  expect(demux.run(rows, 0, rows.count)).toBe(rows.count);
  return FRAMES.map((_, row) => (demux.tapCount[row] === 1 ? (demux.taps[demux.tapStart[row] ?? 0] ?? -1) : 0));
}

describe.each(["wasm", "js"])("ten thousand connections on %s", (target) => {
  test("built at once and taken away at once", { timeout: PATIENCE }, () => {
    const classifier = new Classifier(target);
    const demux = new Demux(frameMemory(), rows.count);
    for (let index = 0; index < COUNT; index++) classifier.insert(index + 1, connection(index), "tap", 0, index);
    const update = classifier.update();
    expect(update.kind).toBe("program");
    demux.install(update);
    expect(tapsOf(demux)).toEqual([1, 2, 6, 5000, COUNT, 0]);
    expect(classifier.totals.tables).toBeLessThan(4 << 20);
    for (let id = 2; id <= COUNT; id++) classifier.remove(id);
    demux.install(classifier.update());
    expect(tapsOf(demux)).toEqual([1, 0, 0, 0, 0, 0]);
    classifier.remove(1);
    demux.install(classifier.update());
    expect(tapsOf(demux)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(classifier.trie.nodes).toBe(1);
    expect(classifier.totals.tables).toBeLessThan(1 << 12);
  });

  test("one by one, an update each", { timeout: PATIENCE }, () => {
    const classifier = new Classifier(target);
    const demux = new Demux(frameMemory(), rows.count);
    const kinds = { program: 0, patch: 0 };
    const update = () => {
      const made = classifier.update();
      kinds[made.kind]++;
      demux.install(made);
    };
    for (let index = 0; index < COUNT; index++) {
      classifier.insert(index + 1, connection(index), "tap", 0, index);
      update();
    }
    expect(tapsOf(demux)).toEqual([1, 2, 6, 5000, COUNT, 0]);
    expect(check(classifier)).toEqual([]);
    expect(classifier.totals.tables).toBeLessThan(8 << 20);
    for (let index = COUNT - 1; index > 0; index--) {
      classifier.remove(index + 1);
      update();
    }
    expect(tapsOf(demux)).toEqual([1, 0, 0, 0, 0, 0]);
    classifier.remove(1);
    update();
    expect(classifier.trie.nodes).toBe(1);
    expect(classifier.totals.tables).toBeLessThan(1 << 12);
    expect(kinds.program).toBeLessThan(20);
  });
});

/** What is added and taken away again and again, around so many that stay. */
const CHURN: [string, number, (chance: Chance) => Filter][] = [
  ["connections", 1000, (chance) => connection(chance.below(5000))],
  ["networks", 400, (chance) => ({ conjunctions: [[network(chance)]] })],
  [
    "port ranges of many addresses",
    400,
    (chance) => ({ conjunctions: [[equal(0, 32, chance.below(40)), ports(chance)]] }),
  ],
];

function network(chance: Chance): Atom {
  const mask = (0xffffffff << chance.below(25)) >>> 0;
  return { kind: "equal", offset: 0, width: 32, mask, value: (chance.below(2 ** 32) & mask) >>> 0 };
}

function ports(chance: Chance): Atom {
  const low = chance.below(60_000);
  return { kind: "range", offset: 4, width: 16, mask: 0xffff, low, high: low + chance.below(5000) };
}

test.each(CHURN)("%s to and fro leave tables as large as they were", (_, live, make) => {
  const chance = new Chance(9);
  const classifier = new Classifier("interpreter");
  const insert = (id: number) => classifier.insert(id, make(chance), "tap", 0, id);
  for (let id = 1; id <= live; id++) insert(id);
  classifier.update();
  const octets: number[] = [];
  for (let step = 1; step <= 4000; step++) {
    const id = 1 + chance.below(live);
    classifier.remove(id);
    insert(id);
    classifier.update();
    if (step % 1000 === 0) octets.push(classifier.totals.tables);
  }
  expect(check(classifier)).toEqual([]);
  expect(Math.max(...octets)).toBeLessThanOrEqual(1.1 * (octets[0] ?? 0));
  expect(octets[0]).toBeLessThan(MAX_TABLE_OCTETS / 8);
});

test("claims beside two thousand others, each compared with those that it may meet", { timeout: PATIENCE }, () => {
  const classifier = new Classifier("interpreter");
  const listener: Filter = { conjunctions: [[equal(12, 16, 0x0800), equal(23, 8, 6)]] };
  classifier.insert(COUNT, listener, "claim", 0, 0);
  for (let index = 0; index < 2000; index++) {
    const related = classifier.related(connection(index));
    expect(related).toHaveLength(1);
    classifier.insert(index + 1, connection(index), "claim", 0, index);
    classifier.update();
  }
  expect(check(classifier)).toEqual([]);
  for (let index = 0; index < 2000; index++) classifier.remove(index + 1);
  expect(classifier.trie.nodes).toBe(3);
});

test("fields that nobody looks at any more are forgotten, however many there were", () => {
  const classifier = new Classifier();
  classifier.insert(1, connection(0), "tap", 0, 0);
  classifier.update();
  const before = classifier.trie.fields;
  for (let mask = 1; mask <= 1000; mask++) {
    const odd: Atom = { kind: "equal", offset: 40, width: 16, mask, value: 0 };
    classifier.insert(2, { conjunctions: [[odd]] }, "tap", 0, mask);
    classifier.update();
    expect(classifier.trie.fields).toBeGreaterThan(before);
    classifier.remove(2);
  }
  classifier.update();
  expect(classifier.trie.fields).toBe(before);
  expect(check(classifier)).toEqual([]);
});
