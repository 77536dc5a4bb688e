import { describe, expect, test } from "vitest";
import { newOctets, type Octets } from "../../src/machine/copy.js";
import type { Descriptors } from "../../src/machine/descriptor.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Arrivals } from "../../src/nic/arrivals.js";
import { LANE_FRAMES, LANE_OCTETS, Lane, type LaneCounts, type WireOptions } from "../../src/nic/lane.js";
import { AFTERMATH_FRAMES, Nic } from "../../src/nic/nic.js";
import { sendTo } from "../../src/nic/outlet.js";
import { Port } from "../../src/nic/port.js";
import { FIRST_PORT, MAX_PORTS } from "../../src/nic/port-numbers.js";
import { Ports } from "../../src/nic/ports.js";
import { Segments } from "../../src/nic/segments.js";
import { Chance } from "../seeded.js";
import { type TestFrame, TestSource } from "./frames.js";

const PLAIN: WireOptions = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
const BATCH = 16;

function balanced({ sent, duplicated, arrived, lost, dropped }: LaneCounts, inFlight: number): boolean {
  return sent + duplicated === arrived + lost + dropped.full + dropped.noSegment + dropped.ended + inFlight;
}

/** Everything that the lane has, as it arrives: time (low half) and octets. */
function drained(lane: Lane): string[] {
  const out: string[] = [];
  const into = newOctets(LANE_OCTETS);
  while (lane.ready) {
    const [low, length] = [lane.nextLow, lane.nextLength];
    lane.readInto(into, 0);
    lane.take();
    out.push(`${low}:${Buffer.from(into.octets.subarray(0, length)).toString("hex")}`);
  }
  return out;
}

function frameOf(number: number, length = 8): Octets {
  const frame = newOctets(length);
  frame.view.setUint32(0, number);
  return frame;
}

describe("a lane", () => {
  test("delays, and serialises at its rate", () => {
    const lane = new Lane(241, 1, { ...PLAIN, delayNs: 1000, rate: 1e9 }, 0);
    lane.send(frameOf(1), 8, 0, 100);
    lane.send(frameOf(2), 8, 0, 100);
    lane.send(frameOf(3), 8, 0, 5000);
    const times = drained(lane).map((line) => Number(line.split(":")[0]));
    // 8 octets take 64 ns at a bit a ns.
    expect(times).toEqual([1164, 1228, 6064]);
  });

  test("times cross the halves of 64 bits", () => {
    const lane = new Lane(241, 1, { ...PLAIN, delayNs: 6e9 }, 0);
    lane.send(frameOf(1), 8, 7, 0xffffffff);
    expect([lane.nextHigh, lane.nextLow]).toEqual([9, 6e9 - 2 ** 32 - 1]);
  });

  test.each([
    ["loss", { loss: 0.3 }, "lost", 0.3],
    ["duplicate", { duplicate: 0.2 }, "duplicated", 0.2],
    ["reorder", { reorder: 0.1, delayNs: 50 }, "reordered", 0.1],
    ["corrupt", { corrupt: 0.4 }, "corrupted", 0.4],
  ] as const)("%s comes as often as it should, and the books balance at every step", (_, options, counter, chance) => {
    const lane = new Lane(241, 1, { ...PLAIN, ...options }, 0);
    const frames = 10_000;
    for (let number = 0; number < frames; number++) {
      expect(lane.send(frameOf(number), 8, 0, number)).toBe(true);
      if (number % 500 === 0) drained(lane);
      if (!balanced(lane.counts, lane.inFlight)) throw new Error(`frame ${number}: the books do not balance`);
    }
    drained(lane);
    const { counts } = lane;
    expect(Math.abs(counts[counter] - frames * chance)).toBeLessThan(5 * Math.sqrt(frames * chance * (1 - chance)));
    expect(balanced(counts, 0)).toBe(true);
    for (const other of ["lost", "duplicated", "reordered", "corrupted"] as const) {
      if (other !== counter) expect(counts[other]).toBe(0);
    }
  });

  test.each([1, 2, 3])(
    "seed %d: the same octets in the same order at the same times, and after an epoch again",
    (seed) => {
      const options = {
        ...PLAIN,
        delayNs: 300,
        rate: 1e8,
        loss: 0.1,
        duplicate: 0.1,
        reorder: 0.2,
        corrupt: 0.3,
        seed,
      };
      const run = (lane: Lane) => {
        for (let number = 0; number < 200; number++) lane.send(frameOf(number), 8, 0, number * 10);
        return drained(lane);
      };
      const lane = new Lane(241, 1, options, 0);
      const first = run(lane);
      expect(run(new Lane(241, 1, options, 0))).toEqual(first);
      lane.begin();
      expect(run(lane)).toEqual(first);
      expect(run(new Lane(241, 1, { ...options, seed: seed + 1 }, 0))).not.toEqual(first);
      expect(run(new Lane(241, 1, options, 1))).not.toEqual(first);
      const sorted = first.map((line) => Number(line.split(":")[0]));
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
    },
  );

  test("a corrupted frame differs in one bit, a copy in none, and what overtakes comes first", () => {
    const corrupting = new Lane(241, 1, { ...PLAIN, corrupt: 1 }, 0);
    for (let number = 0; number < 500; number++) corrupting.send(frameOf(number), 8, 0, number);
    drained(corrupting).forEach((line, number) => {
      const got = BigInt(`0x${line.split(":")[1]}`) ^ (BigInt(number) << 32n);
      expect(got.toString(2).replaceAll("0", "")).toBe("1");
    });
    const doubling = new Lane(241, 1, { ...PLAIN, duplicate: 1, corrupt: 1 }, 0);
    doubling.send(frameOf(9), 8, 0, 1);
    const [one, other] = drained(doubling);
    expect(one).toBe(other);
    const hurried = new Lane(241, 1, { ...PLAIN, reorder: 0.5, delayNs: 1e6 }, 0);
    for (let number = 0; number < 20; number++) hurried.send(frameOf(number), 8, 0, number);
    const { reordered } = hurried.counts;
    const times = drained(hurried).map((line) => Number(line.split(":")[0]));
    expect(times.filter((time) => time < 1e6).length).toBe(reordered);
    expect(reordered).toBeGreaterThan(0);
  });

  test("what is in flight has a limit, in frames and in octets; refused frames change nothing", () => {
    const frames = new Lane(241, 1, { ...PLAIN, duplicate: 1 }, 0);
    for (let number = 0; number < LANE_FRAMES / 2; number++) expect(frames.send(frameOf(number), 8, 0, 1)).toBe(true);
    const before = structuredClone(frames.counts);
    expect(frames.send(frameOf(1), 8, 0, 1)).toBe(false);
    expect(frames.counts).toEqual(before);
    const octets = new Lane(241, 1, PLAIN, 0);
    const large = newOctets(9000);
    let sent = 0;
    while (octets.send(large, 9000, 0, 1)) sent++;
    expect(sent).toBe(Math.floor(LANE_OCTETS / 9000));
    const doubling = new Lane(241, 1, { ...PLAIN, duplicate: 1 }, 0);
    while (doubling.send(large, 9000, 0, 1));
    expect(balanced(doubling.counts, doubling.inFlight)).toBe(true);
  });

  test.each([1, 2, 3, 4])("seed %d: the store of frames keeps each one's octets, whatever comes and goes", (seed) => {
    const chance = new Chance(seed);
    const lane = new Lane(241, 1, { ...PLAIN, delayNs: 5000, reorder: 0.3, seed }, 0);
    const flying = new Map<string, number>();
    const into = newOctets(10_000);
    for (let step = 0; step < 6000; step++) {
      if (chance.percent(55)) {
        const frame = frameOf(step, 8 + chance.below(9000));
        const { octets } = frame;
        octets.fill(step & 255, 4);
        if (lane.send(frame, octets.length, 0, step)) flying.set(Buffer.from(octets).toString("latin1"), step);
      } else if (lane.ready) {
        const length = lane.nextLength;
        lane.readInto(into, 0);
        lane.take();
        expect(flying.delete(Buffer.from(into.octets.subarray(0, length)).toString("latin1"))).toBe(true);
      }
      if (!balanced(lane.counts, lane.inFlight)) throw new Error(`step ${step}: the books do not balance`);
    }
    expect(lane.inFlight).toBe(flying.size);
  });
});

function machine(segmentCount = 4) {
  const memory = PhysicalMemory.create(1 << 20);
  const segments = new Segments(memory, segmentCount, 1 << 16);
  const arrivals = new Arrivals(memory, segments, BATCH);
  return { memory, segments, arrivals, ports: new Ports(arrivals) };
}

type Bench = ReturnType<typeof machine>;

function send({ ports }: Bench, port: number, number: number, time: number): boolean {
  ports.sent();
  return sendTo(ports.outlet(port)!, frameOf(number), 8, 0, time);
}

/** What the next poll offers: port, number and time of each. */
function offered({ memory }: Bench, rows: Descriptors, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    return `${rows.port[row]}#${memory.view.getUint32(rows.address[row]!)}@${rows.timeLow[row]}`;
  });
}

function captured(times: readonly number[]): TestFrame[] {
  return times.map((time) => ({ time, octets: frameOf(time).octets }));
}

describe("ports that are made", () => {
  test("a wire's ends are each other's; a hairpin is its own", () => {
    const bench = machine();
    const wire = bench.ports.addWire("w", PLAIN, false, 1)!;
    const loop = bench.ports.addWire("l", PLAIN, true, 1)!;
    expect([wire.ports, loop.ports]).toEqual([[240, 241], [242]]);
    for (const [port, to] of [
      [240, 241],
      [241, 240],
      [242, 242],
    ] as const) {
      const outlet = bench.ports.outlet(port);
      expect(outlet?.kind === "wire" && outlet.lane.to).toBe(to);
    }
    for (const port of [0, 1, 239, 243, 255, 256, -1, Number.NaN, 2 ** 31])
      expect(bench.ports.outlet(port)).toBe(undefined);
  });

  test("so many and no more, and a number is free again when its port is gone", () => {
    const { ports } = machine();
    for (let wire = 0; wire < MAX_PORTS / 2; wire++) expect(ports.addWire(`w${wire}`, PLAIN, false, 1)).toBeDefined();
    expect(ports.addWire("more", PLAIN, true, 1)).toBe(undefined);
    expect([ports.remove("w3"), ports.remove("w3")]).toEqual([true, false]);
    expect(ports.addWire("again", PLAIN, false, 1)?.ports).toEqual([FIRST_PORT + 6, FIRST_PORT + 7]);
  });

  test("frames off the wires are merged with the captures' by time, whichever is sent when", () => {
    const bench = machine();
    const capture = new Port("a", new TestSource(bench.memory, captured([10, 20, 30, 40]), 10, 0), bench.segments);
    const nic = new Nic([capture], 64, bench.arrivals);
    bench.ports.addWire("w", { ...PLAIN, delayNs: 5 }, false, 1);
    send(bench, 240, 1, 10);
    send(bench, 241, 2, 20);
    expect(nic.poll(false)).toBe("ready");
    const { batch } = nic;
    expect(offered(bench, batch.descriptors, batch.from, batch.to)).toEqual([
      "0#10@10",
      "241#1@15",
      "0#20@20",
      "240#2@25",
      "0#30@30",
      "0#40@40",
    ]);
    nic.take(2);
    // Comes before what lies ready, and is seen although that was not taken.
    send(bench, 240, 3, 13);
    expect(nic.poll(false)).toBe("ready");
    expect(offered(bench, batch.descriptors, batch.from, batch.to)).toEqual([
      "241#3@18",
      "0#20@20",
      "240#2@25",
      "0#30@30",
      "0#40@40",
    ]);
    nic.take(batch.to - batch.from);
    send(bench, 241, 4, 40);
    expect(nic.poll(false)).toBe("ready");
    expect(offered(bench, batch.descriptors, batch.from, batch.to)).toEqual(["240#4@45"]);
    nic.take(1);
    expect(nic.poll(false)).toBe("end");
    expect(bench.segments.held).toBe(0);
  });

  test("a wire that goes takes what is in flight along, also what lies ready", () => {
    const bench = machine();
    const capture = new Port("a", new TestSource(bench.memory, captured([10, 20]), 10, 0), bench.segments);
    const nic = new Nic([capture], 64, bench.arrivals);
    const { lanes } = bench.ports.addWire("w", PLAIN, false, 1)!;
    send(bench, 240, 1, 5);
    nic.poll(false);
    expect(nic.batch.to).toBe(3);
    bench.ports.remove("w");
    expect(lanes[0]!.counts.dropped.ended).toBe(1);
    expect(nic.poll(false)).toBe("ready");
    expect(offered(bench, nic.batch.descriptors, nic.batch.from, nic.batch.to)).toEqual(["0#10@10", "0#20@20"]);
  });

  test.each([1, 2, 3, 4, 5])("seed %d: taken piecemeal, nothing is lost, doubled or out of order", (seed) => {
    const chance = new Chance(seed);
    const bench = machine();
    const times = Array.from({ length: 300 }, (_, at) => at * 10);
    const ports = [0, 1].map(
      (number) => new Port(`${number}`, new TestSource(bench.memory, captured(times), 7, number), bench.segments),
    );
    const nic = new Nic(ports, 64, bench.arrivals);
    const wire = bench.ports.addWire("w", { ...PLAIN, delayNs: 35, reorder: 0.2, seed }, false, 1)!;
    let [clock, sent, ends] = [0, 0, 0];
    const seen = new Set<string>();
    while (ends < 3) {
      const state = nic.poll(false);
      if (state === "end") ends++;
      else expect(state).toBe("ready");
      const { descriptors, from, to } = nic.batch;
      const taken = offered(bench, descriptors, from, to).slice(0, 1 + chance.below(to - from));
      nic.take(taken.length);
      for (const frame of taken) {
        const time = Number(frame.split("@")[1]);
        expect(time).toBeGreaterThanOrEqual(clock);
        clock = time;
        expect(seen.has(frame)).toBe(false);
        seen.add(frame);
      }
      while (chance.percent(40) && ends === 0)
        if (send(bench, FIRST_PORT + chance.below(2), 100_000 + sent, clock)) sent++;
    }
    expect(seen.size).toBe(2 * times.length + sent);
    for (const lane of wire.lanes) expect(balanced(lane.counts, 0)).toBe(true);
    expect(sent).toBeGreaterThan(50);
    expect(bench.segments.held).toBe(0);
  });

  test("without a segment frames wait, or are dropped and counted where that may be", () => {
    const bench = machine(1);
    const nic = new Nic([new Port("a", new TestSource(bench.memory, [], 1), bench.segments)], 64, bench.arrivals);
    const { lanes } = bench.ports.addWire("w", PLAIN, false, 1)!;
    expect(nic.poll(false)).toBe("end");
    send(bench, 240, 1, 5);
    bench.segments.take();
    expect(nic.poll(false)).toBe("stalled");
    expect(lanes[0]!.inFlight).toBe(1);
    expect(nic.poll(true)).toBe("later");
    expect(lanes[0]!.counts.dropped.noSegment).toBe(1);
  });

  test("two that answer each other for ever come to an end", () => {
    const bench = machine();
    const nic = new Nic(
      [new Port("a", new TestSource(bench.memory, captured([1]), 1), bench.segments)],
      64,
      bench.arrivals,
    );
    const { lanes } = bench.ports.addWire("w", PLAIN, true, 1)!;
    let frames = 0;
    while (nic.poll(false) === "ready") {
      const count = nic.batch.to - nic.batch.from;
      nic.take(count);
      frames += count;
      for (let each = 0; each < count; each++) send(bench, 240, frames, 1);
    }
    expect(frames).toBeGreaterThanOrEqual(AFTERMATH_FRAMES);
    expect(frames).toBeLessThan(AFTERMATH_FRAMES + 2 * BATCH);
    expect(balanced(lanes[0]!.counts, 0)).toBe(true);
    expect(lanes[0]!.counts.dropped.ended).toBeGreaterThan(0);
  });
});
