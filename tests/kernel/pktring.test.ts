import { describe, expect, test } from "vitest";
import { EnvironmentWord, Mailbox, RING_ENTRY_WORDS, RingEntry } from "../../src/kernel/abi.js";
import { WAKE_ENTRIES, WAKE_NS } from "../../src/kernel/limits.js";
import { PacketRing } from "../../src/kernel/pktring.js";
import { Descriptors } from "../../src/machine/descriptor.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Segments } from "../../src/nic/segments.js";

const ENTRIES = 8;
const SEGMENT = 1 << 16;

function machine() {
  const memory = PhysicalMemory.create(1 << 20);
  const segments = new Segments(memory, 2, SEGMENT);
  const mailbox = memory.allocate(1, 1)! * memory.pageSize;
  const ringAt = memory.allocate(1, 1)! * memory.pageSize;
  const ring = new PacketRing(memory, mailbox, ringAt, ENTRIES, segments);
  const rows = new Descriptors(1);
  rows.address[0] = segments.addressOf(segments.take()) + 100;
  rows.captured[0] = 60;
  rows.wire[0] = 1500;
  rows.timeHigh[0] = 0xfeed_beef;
  rows.timeLow[0] = 0xdead_0001;
  rows.linkType[0] = 0x8001;
  rows.port[0] = 200;
  const box = mailbox >> 2;
  const word = (index: number) => memory.words[box + index]!;
  const give = (tail: number) => Atomics.store(memory.words, box + Mailbox.tail, tail);
  return { memory, segments, ring, rows, ringAt, word, give, box };
}

describe("packet ring", () => {
  test("an entry says all of a frame, and is seen when it is published", () => {
    const { memory, ring, rows, ringAt, word, segments } = machine();
    ring.put(0x4321, rows, 0, 77);
    expect([word(Mailbox.head), word(Mailbox.doorbell)]).toEqual([0, 0]);
    ring.publish(0);
    expect([word(Mailbox.head), word(Mailbox.doorbell)]).toEqual([1, 1]);
    const entry = (index: number) => memory.words[(ringAt >> 2) + index]! >>> 0;
    expect(entry(RingEntry.address)).toBe(rows.address[0]);
    expect([entry(RingEntry.captured), entry(RingEntry.wire)]).toEqual([60, 1500]);
    expect([entry(RingEntry.binding) & 0xffff, entry(RingEntry.binding) >>> 16]).toEqual([0x4321, 0x8001]);
    expect([entry(RingEntry.timeHigh), entry(RingEntry.timeLow)]).toEqual([0xfeed_beef, 0xdead_0001]);
    expect(entry(RingEntry.packet)).toBe(77);
    expect(entry(RingEntry.generation)).toBe(((200 << 24) | segments.generationOf(0)) >>> 0);
    expect(RING_ENTRY_WORDS).toBe(8);
  });

  test("is shown at once; who was just woken is woken again for many, later, or before anybody stops", () => {
    const { memory, segments, rows } = machine();
    const entries = 2 * WAKE_ENTRIES;
    const at = memory.allocate(1, (entries * RING_ENTRY_WORDS * 4) / memory.pageSize)! * memory.pageSize;
    const mailbox = memory.allocate(1, 1)! * memory.pageSize;
    const ring = new PacketRing(memory, mailbox, at, entries, segments);
    const word = (index: number) => memory.words[(mailbox >> 2) + index]!;
    let packet = 0;
    const put = (count: number, now: number) => {
      for (let each = 0; each < count; each++) ring.put(1, rows, 0, ++packet);
      ring.publish(now);
      expect(word(Mailbox.head)).toBe(packet);
      return word(Mailbox.doorbell);
    };
    expect(put(0, 1000)).toBe(0);
    expect(put(1, 1000)).toBe(1);
    expect(put(1, 1000 + WAKE_NS - 1)).toBe(1);
    expect(put(0, 1000 + WAKE_NS)).toBe(2);
    expect(put(0, 1000 + 9 * WAKE_NS)).toBe(2);
    expect(put(WAKE_ENTRIES - 1, 1001 + WAKE_NS)).toBe(2);
    expect(put(1, 1001 + WAKE_NS)).toBe(3);
    expect(put(1, 1002 + WAKE_NS)).toBe(3);
    ring.rouse(1003 + WAKE_NS);
    ring.rouse(1003 + 9 * WAKE_NS);
    expect(word(Mailbox.doorbell)).toBe(4);
  });

  test("whoever waits for it has woken it", () => {
    const { ring, rows, word } = machine();
    ring.put(1, rows, 0, 1);
    ring.publish(0);
    ring.put(1, rows, 0, 2);
    ring.publish(0);
    let now = 0;
    ring.awaitDrained(2e6, () => (now += 1e6));
    expect(word(Mailbox.doorbell)).toBe(2);
  });

  test("its segment is held until all entries of it came back", () => {
    const { ring, rows, segments, give } = machine();
    ring.put(1, rows, 0, 1);
    ring.put(1, rows, 0, 2);
    ring.publish(0);
    segments.release(0);
    expect(segments.held).toBe(1);
    give(1);
    expect([ring.collect(), segments.held, ring.depth]).toEqual([1, 1, 1]);
    give(2);
    expect([ring.collect(), segments.held, ring.depth]).toEqual([1, 0, 0]);
    expect(ring.collect()).toBe(0);
  });

  test("a full ring says so", () => {
    const { ring, rows, give } = machine();
    for (let packet = 0; packet < ENTRIES; packet++) ring.put(1, rows, 0, packet);
    expect(ring.full).toBe(true);
    ring.publish(0);
    give(3);
    expect(ring.collect()).toBe(3);
    expect([ring.full, ring.depth]).toEqual([false, ENTRIES - 3]);
  });

  test.each([-1, 3, 1000, 0x7fff_ffff, -0x8000_0000])(
    "a tail that cannot be (%d) is a lie, and gives nothing back",
    (tail) => {
      const { ring, rows, give, segments } = machine();
      ring.put(1, rows, 0, 1);
      ring.put(1, rows, 0, 2);
      ring.publish(0);
      ring.put(1, rows, 0, 3);
      give(tail);
      expect([ring.collect(), ring.depth, ring.lied]).toEqual([0, 3, true]);
      expect(segments.held).toBe(1);
    },
  );

  test("abandoned entries let go of their segments", () => {
    const { ring, rows, segments } = machine();
    ring.put(1, rows, 0, 1);
    ring.publish(0);
    segments.release(0);
    expect([ring.abandon(), segments.held, ring.depth]).toEqual([1, 0, 0]);
  });

  test("waiting ends at the deadline, or when the environment says it failed", () => {
    const { memory, ring, rows, box } = machine();
    ring.put(1, rows, 0, 1);
    ring.publish(0);
    let now = 0;
    const clock = () => (now += 1e6);
    expect(ring.awaitDrained(3e6, clock)).toBe(0);
    expect(now).toBe(3e6);
    Atomics.store(memory.words, box + Mailbox.state, EnvironmentWord.failed);
    expect(ring.awaitDrained(1e15, clock)).toBe(0);
    ring.tellEpoch(4);
    expect(ring.awaitEpoch(4, 1e15, clock)).toBe(false);
    Atomics.store(memory.words, box + Mailbox.epochSeen, 4);
    expect(ring.awaitEpoch(4, 0, clock)).toBe(true);
  });
});
