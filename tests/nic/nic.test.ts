import { describe, expect, test } from "vitest";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Nic } from "../../src/nic/nic.js";
import { Port } from "../../src/nic/port.js";
import { Segments } from "../../src/nic/segments.js";
import { type TestFrame, TestSource } from "./frames.js";

const SEGMENT = 1 << 16;

function machine(count = 4) {
  const memory = PhysicalMemory.create(1 << 20);
  return { memory, segments: new Segments(memory, count, SEGMENT) };
}

function frames(times: readonly number[], mark: number): TestFrame[] {
  return times.map((time) => ({ time, octets: Uint8Array.of(mark, time & 0xff, 3, 4) }));
}

/** All frames in the order of the batches: mark and time. */
function drain(nic: Nic, memory: PhysicalMemory, take = (size: number) => size): string[] {
  const seen: string[] = [];
  for (let turns = 0; turns < 1000; turns++) {
    const state = nic.poll(false);
    if (state === "end") return seen;
    expect(state).toBe("ready");
    const { descriptors, from, to } = nic.batch;
    const count = take(to - from);
    for (let row = from; row < from + count; row++) {
      seen.push(`${memory.octets[descriptors.address[row]!]}@${descriptors.timeLow[row]}`);
    }
    nic.take(count);
  }
  throw new Error("nic: never ended");
}

describe("nic", () => {
  test("one port's frames come in batches, in order, and segments are let go", () => {
    const { memory, segments } = machine();
    const times = Array.from({ length: 47 }, (_, at) => at);
    const source = new TestSource(memory, frames(times, 9));
    const nic = new Nic([new Port("a", source, segments)], 8);
    expect(drain(nic, memory)).toEqual(times.map((time) => `9@${time}`));
    expect(segments.held).toBe(0);
    nic.close();
    expect(source.closed).toBe(true);
  });

  test("what is not taken of a batch comes again", () => {
    const { memory, segments } = machine();
    const times = Array.from({ length: 23 }, (_, at) => at);
    const nic = new Nic([new Port("a", new TestSource(memory, frames(times, 9)), segments)], 8);
    expect(drain(nic, memory, (size) => Math.min(size, 3))).toEqual(times.map((time) => `9@${time}`));
  });

  test.each([1, 2, 7, 100])("ports are merged by time, ties to the lower port (batches of %d)", (batch) => {
    const { memory, segments } = machine();
    const first = new Port("a", new TestSource(memory, frames([1, 3, 5, 7, 7, 90], 1), 2, 0), segments);
    const second = new Port("b", new TestSource(memory, frames([2, 3, 4, 7, 8], 2), 3, 1), segments);
    const empty = new Port("c", new TestSource(memory, [], 3, 2), segments);
    const nic = new Nic([first, second, empty], batch);
    const expected = ["1@1", "2@2", "1@3", "2@3", "2@4", "1@5", "1@7", "1@7", "2@7", "2@8", "1@90"];
    expect(drain(nic, memory)).toEqual(expected);
    expect(segments.held).toBe(0);
  });

  test("with every segment held the NIC stalls and goes on when one is let go", () => {
    const { memory, segments } = machine(2);
    const port = new Port("a", new TestSource(memory, frames([1, 2, 3], 9), 1), segments);
    const nic = new Nic([port], 8);
    expect(nic.poll(false)).toBe("ready");
    segments.hold(0);
    nic.take(1);
    expect(nic.poll(false)).toBe("ready");
    segments.hold(1);
    nic.take(1);
    expect(nic.poll(false)).toBe("stalled");
    segments.release(0);
    expect(nic.poll(false)).toBe("ready");
    expect(nic.batch.descriptors.timeLow[nic.batch.from]).toBe(3);
  });

  test("where frames may be dropped it reads on, and says that they had no place", () => {
    const { memory, segments } = machine(2);
    const nic = new Nic([new Port("a", new TestSource(memory, frames([1, 2, 3, 4], 9), 1), segments)], 8);
    const seen: [number, boolean][] = [];
    for (let turn = 0; turn < 4; turn++) {
      if (turn === 3) segments.release(0);
      expect(nic.poll(true)).toBe("ready");
      const { descriptors, from, to, dropping } = nic.batch;
      seen.push([descriptors.timeLow[from]!, dropping]);
      if (turn < 2) segments.hold(turn);
      nic.take(to - from);
    }
    expect(seen).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ]);
    expect(nic.poll(true)).toBe("end");
  });

  test("ports that have a place are not merged into a batch with one that has none", () => {
    const { memory, segments } = machine(1);
    const first = new Port("a", new TestSource(memory, frames([1, 3, 5], 1), 9, 0), segments);
    const second = new Port("b", new TestSource(memory, frames([2, 4], 2), 9, 1), segments);
    const nic = new Nic([first, second], 8);
    const batches: [number, boolean][] = [];
    while (nic.poll(true) === "ready") {
      batches.push([nic.batch.to - nic.batch.from, nic.batch.dropping]);
      nic.take(nic.batch.to - nic.batch.from);
    }
    expect(batches).toEqual([
      [1, false],
      [1, true],
      [1, false],
      [1, true],
      [1, false],
    ]);
  });

  test("each refill is a new generation; a release too many is our own mistake", () => {
    const { segments } = machine(1);
    expect(segments.take()).toBe(0);
    const generation = segments.generationOf(0);
    expect(segments.take()).toBe(-1);
    segments.release(0);
    expect(() => segments.release(0)).toThrow("more often than held");
    const other = machine(1).segments;
    other.take();
    other.release(0);
    other.take();
    expect(other.generationOf(0)).toBe(generation + 1);
    expect(other.at(other.addressOf(0) + SEGMENT - 1)).toBe(0);
  });
});
