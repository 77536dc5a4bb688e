import { expect, test } from "vitest";
import { Bindings } from "../../src/kernel/binding.js";
import { rootCapability } from "../../src/kernel/capability.js";
import { Digest } from "../../src/kernel/digest.js";
import { Chance } from "../seeded.js";

const EVERY = { conjunctions: [[]] };

interface Packet {
  readonly winner: number;
  readonly taps: readonly number[];
}

/** Verdict columns as demux leaves them. */
function verdicts(packets: readonly Packet[]) {
  const winner = Int32Array.from(packets, (packet) => packet.winner);
  const tapCount = Int32Array.from(packets, ({ taps }) => taps.length);
  const tapStart = new Int32Array(packets.length);
  for (let row = 1; row < packets.length; row++) tapStart[row] = tapStart[row - 1]! + tapCount[row - 1]!;
  return { winner, tapStart, tapCount, taps: Int32Array.from(packets.flatMap(({ taps }) => taps)) };
}

function bindings(names: readonly string[]): Bindings {
  const table = new Bindings();
  for (const name of names)
    table.install(table.add(name, 0, "tap", 0, EVERY, rootCapability())!, { epoch: 0, packet: 1 });
  return table;
}

function digestOf(table: Bindings, packets: readonly Packet[], batch = packets.length): string {
  const digest = new Digest(table);
  for (let from = 0; from < packets.length; from += batch) {
    const part = packets.slice(from, from + batch);
    digest.batch(0, part.length, verdicts(part), from + 1);
  }
  return digest.finish();
}

function somePackets(seed: number, count: number): Packet[] {
  const chance = new Chance(seed);
  let packet: Packet = { winner: 0, taps: [] };
  return Array.from({ length: count }, () => {
    if (chance.below(3) === 0) {
      const taps = [1, 2, 3, 4, 5].filter(() => chance.below(2) === 0);
      packet = { winner: chance.below(6), taps };
    }
    return packet;
  });
}

const NAMES = ["a", "b", "c", "d", "e"];

test.each([1, 2, 3])("batches do not matter (seed %d)", (seed) => {
  const packets = somePackets(seed, 500);
  const table = bindings(NAMES);
  const whole = digestOf(table, packets);
  for (const batch of [1, 2, 7, 499]) expect(digestOf(table, packets, batch)).toBe(whole);
});

test("slots and the order of taps do not matter, names do", () => {
  const packets = somePackets(9, 300);
  const whole = digestOf(bindings(NAMES), packets);
  const reversed = packets.map(({ winner, taps }) => ({
    winner: winner === 0 ? 0 : 6 - winner,
    taps: taps.map((tap) => 6 - tap).toReversed(),
  }));
  expect(digestOf(bindings(NAMES.toReversed()), reversed)).toBe(whole);
  expect(digestOf(bindings(["a", "b", "c", "d", "x"]), packets)).not.toBe(whole);
});

test("each change of what happened to one packet is another digest", () => {
  const packets = somePackets(4, 60);
  const table = bindings(NAMES);
  const seen = new Set([digestOf(table, packets)]);
  packets.forEach(({ winner, taps }, at) => {
    const winnerChanged = packets.with(at, { winner: (winner + 1) % 6, taps });
    const tapsChanged = packets.with(at, {
      winner,
      taps: taps.includes(5) ? taps.filter((tap) => tap !== 5) : [...taps, 5],
    });
    for (const changed of [winnerChanged, tapsChanged]) seen.add(digestOf(table, changed));
  });
  expect(seen.size).toBe(1 + 2 * packets.length);
});

test("a slot that means another binding begins another run; the same name goes on", () => {
  const packets = somePackets(5, 40);
  const table = bindings(NAMES);
  const digest = new Digest(table);
  const { winner, tapStart, tapCount, taps } = verdicts(packets);
  digest.batch(0, 20, { winner, tapStart, tapCount, taps }, 1);
  digest.bindingsChanged();
  digest.batch(20, 40, { winner, tapStart, tapCount, taps }, 21);
  expect(digest.finish()).toBe(digestOf(table, packets));
});

test("an epoch begins empty, and hundreds of taps are as good as one", () => {
  const names = Array.from({ length: 400 }, (_, at) => `tap-${at}`);
  const table = bindings(names);
  const many = [
    { winner: 0, taps: names.map((_, at) => at + 1) },
    { winner: 3, taps: [7] },
  ];
  const digest = new Digest(table);
  digest.batch(0, 2, verdicts(many), 1);
  const first = digest.finish();
  digest.batch(0, 2, verdicts(many), 1);
  expect(digest.finish()).toBe(first);
});
