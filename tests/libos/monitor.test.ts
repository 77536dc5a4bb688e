import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MOST_ENTRIES } from "../../src/libos/argument.js";
import { first } from "../../src/libos/first.js";
import type { Program } from "../../src/libos/program.js";
import { createMonitor, type FlowsAnswer, type SummaryAnswer } from "../../src/libos/programs/monitor.js";
import { formatIpv4, formatIpv6, formatMac } from "../../src/wire/address.js";
import { Chance } from "../seeded.js";
import { Bench } from "./bench.js";
import { captureFiles, EXAMS, type Frame, readFrames } from "./frames.js";
import { ethernet, tcp, udp } from "./packets.js";

/** A flow record made the slow way: a Map by text, from the octets, by nothing that the monitor uses. */
interface Naive {
  readonly ends: readonly [string, string];
  packets: number;
  octets: number;
  first: bigint;
  last: bigint;
  flags: number;
}

const PORTS = new Set([6, 17, 33, 132, 136]);

/** protocol, source, source port, destination, destination port, flags; of an Ethernet or raw frame. */
function describeFrame({ octets, linkType }: Frame): [string, string, number, string, number, number] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const fallback: [string, string, number, string, number, number] = [`linktype-${linkType}`, "", 0, "", 0, 0];
  let at = 0;
  let type = (view.byteLength > 0 ? view.getUint8(0) >> 4 : 0) === 6 ? 0x86dd : 0x800;
  if (linkType === 1) {
    if (octets.length < 14) return fallback;
    type = view.getUint16(12);
    at = 14;
    while ([0x8100, 0x88a8, 0x9100, 0x9200].includes(type)) {
      if (at + 4 > octets.length) return fallback;
      type = view.getUint16(at + 2);
      at += 4;
    }
  }
  const good =
    type === 0x800 ? isIpv4(view, at) : type === 0x86dd && at + 40 <= octets.length && view.getUint8(at) >> 4 === 6;
  if (!good) {
    if (linkType !== 1) return fallback;
    const name = type <= 1500 ? "llc" : type === 0x806 ? "arp" : `ethertype-0x${type.toString(16).padStart(4, "0")}`;
    const text = type === 0x800 || type === 0x86dd ? "malformed" : name;
    return [text, formatMac(octets, 6), 0, formatMac(octets, 0), 0, 0];
  }
  return type === 0x800 ? describeIpv4(octets, view, at) : describeIpv6(octets, view, at);
}

function isIpv4(view: DataView, at: number): boolean {
  if (at + 20 > view.byteLength || view.getUint8(at) >> 4 !== 4) return false;
  const header = (view.getUint8(at) & 15) * 4;
  const total = view.getUint16(at + 2);
  return header >= 20 && at + header <= view.byteLength && (total === 0 || total >= header);
}

function describeIpv4(octets: Uint8Array, view: DataView, at: number): ReturnType<typeof describeFrame> {
  const protocol = view.getUint8(at + 9);
  const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
  const total = view.getUint16(at + 2);
  const end = total === 0 ? octets.length : Math.min(octets.length, at + total);
  const upper = later ? end : at + (view.getUint8(at) & 15) * 4;
  return withPorts(view, protocol, upper, end, formatIpv4(octets, at + 12), formatIpv4(octets, at + 16));
}

function describeIpv6(octets: Uint8Array, view: DataView, at: number): ReturnType<typeof describeFrame> {
  let protocol = view.getUint8(at + 6);
  let upper = at + 40;
  const payload = view.getUint16(at + 4);
  const end = payload === 0 ? octets.length : Math.min(octets.length, upper + payload);
  for (;;) {
    const kinds = [0, 43, 60, 135, 139, 140, 51, 44];
    if (!kinds.includes(protocol) || upper + 8 > end) break;
    if (protocol === 44) {
      protocol = view.getUint8(upper);
      if ((view.getUint16(upper + 2) & 0xfff8) !== 0) {
        upper = end;
        break;
      }
      upper += 8;
      continue;
    }
    const length = protocol === 51 ? (view.getUint8(upper + 1) + 2) * 4 : (view.getUint8(upper + 1) + 1) * 8;
    if (upper + length > end) {
      upper = end;
      break;
    }
    protocol = view.getUint8(upper);
    upper += length;
  }
  return withPorts(view, protocol, upper, end, formatIpv6(octets, at + 8), formatIpv6(octets, at + 24));
}

const NAMES: Record<number, string> = {
  1: "icmp",
  2: "igmp",
  6: "tcp",
  17: "udp",
  47: "gre",
  50: "esp",
  58: "icmpv6",
  89: "ospf",
  132: "sctp",
};

function withPorts(
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  source: string,
  destination: string,
): ReturnType<typeof describeFrame> {
  const has = PORTS.has(protocol) && at + 4 <= end;
  const flags = protocol === 6 && at + 13 < end ? view.getUint8(at + 13) : 0;
  const port = (place: number) => (has ? view.getUint16(place) : 0);
  return [NAMES[protocol] ?? `ip-${protocol}`, source, port(at), destination, port(at + 2), flags];
}

function naiveFlows(frames: readonly Frame[]): string[] {
  const flows = new Map<string, Naive>();
  for (const frame of frames) {
    const [protocol, source, sourcePort, destination, destinationPort, flags] = describeFrame(frame);
    const ends: [string, string] = [`${source}\t${sourcePort}`, `${destination}\t${destinationPort}`];
    const key = [protocol, ...[...ends].sort()].join("|");
    const flow = flows.get(key) ?? { ends, packets: 0, octets: 0, first: frame.time, last: frame.time, flags: 0 };
    flows.set(key, flow);
    flow.packets++;
    flow.octets += frame.wire;
    flow.flags |= flags;
    if (frame.time < flow.first) flow.first = frame.time;
    if (frame.time > flow.last) flow.last = frame.time;
  }
  return [...flows].map(([key, flow]) => {
    const letters = [..."FSRPAUEC"].filter((_, bit) => flow.flags & (1 << bit)).join("");
    return [key.split("|")[0], ...flow.ends, flow.packets, flow.octets, flow.first, flow.last, letters].join("\t");
  });
}

function monitored(frames: readonly Frame[], options: Record<string, unknown> = {}) {
  const machine = new Bench();
  const program = createMonitor(options, machine.start.machine);
  program.epoch(1);
  machine.feed(program, frames);
  const flows = allFlows(program, {});
  const summary = program.query("summary", {}) as SummaryAnswer;
  return { machine, program, flows, summary };
}

/** Page by page. */
function allFlows(program: Program, args: Record<string, unknown>): FlowsAnswer {
  const ask = (from: number) => program.query("flows", { ...args, from, limit: MOST_ENTRIES }) as FlowsAnswer;
  const answer = ask(0);
  const flows = [...answer.flows];
  while (flows.length < answer.total) flows.push(...ask(flows.length).flows);
  return { ...answer, flows };
}

const FILES = ["captures", `${EXAMS}/captures`].flatMap((folder) =>
  captureFiles(folder).map((name) => `${folder}/${name}`),
);
/** Link types and wrappings that the naive twin reads, too. */
const SIMPLE = (frame: Frame) => frame.linkType === 1 || frame.linkType === 101 || frame.linkType === 12;
const PLAIN = FILES.filter((file) => {
  const frames = readFrames(readFileSync(file));
  return frames.every(SIMPLE) && !/mpls|pppoe|ieee802|stp|HDLC|oddities/i.test(file);
});

describe("flow records equal those of a Map by text", () => {
  test("there are captures to judge by", () => expect(PLAIN.length).toBeGreaterThan(0));

  test.each(PLAIN)("%s", (file) => {
    const frames = readFrames(readFileSync(file));
    const { flows, summary } = monitored(frames);
    const wanted = naiveFlows(frames).sort();
    expect(flows.flows.map((flow) => Object.values(flow).join("\t")).sort()).toEqual(wanted);
    const digest = createHash("sha256")
      .update(wanted.map((line) => `${line}\n`).join(""))
      .digest("hex");
    const octets = frames.reduce((sum, frame) => sum + frame.wire, 0);
    expect(summary.current).toEqual({
      epoch: 1,
      flows: wanted.length,
      packets: frames.length,
      octets,
      overflow: 0,
      digest,
    });
  });
});

describe("monitor", () => {
  const many = (count: number, seed = 5): Frame[] => {
    const chance = new Chance(seed);
    return Array.from({ length: count }, (_, i) =>
      ethernet(
        udp({
          from: `10.0.${chance.below(40)}.1`,
          to: `10.1.0.${chance.below(30)}`,
          sourcePort: 1 + chance.below(9),
          destinationPort: 53,
        }),
        BigInt(i + 1) * 4_000_000_000n,
      ),
    );
  };

  test("thousands of flows, as a Map has them", () => {
    const frames = many(20_000);
    const { flows } = monitored(frames);
    expect(flows.flows.map((flow) => Object.values(flow).join("\t")).sort()).toEqual(naiveFlows(frames).sort());
  });

  test("the source is who was seen first, both directions count", () => {
    const to = { from: "10.0.0.9", to: "10.0.0.1", sourcePort: 4000, destinationPort: 80 };
    const back = { from: "10.0.0.1", to: "10.0.0.9", sourcePort: 80, destinationPort: 4000 };
    const { flows } = monitored([
      ethernet(tcp({ ...to, flags: 2, seq: 1 }), 5n),
      ethernet(tcp({ ...back, flags: 18, seq: 1 }), 3n),
    ]);
    expect(flows.flows).toEqual([
      {
        protocol: "tcp",
        source: "10.0.0.9",
        sourcePort: 4000,
        destination: "10.0.0.1",
        destinationPort: 80,
        packets: 2,
        octets: 108,
        first: "3",
        last: "5",
        flags: "SA",
      },
    ]);
  });

  test("a full table counts what it cannot hold", () => {
    const frames = many(2000);
    const all = naiveFlows(frames).length;
    const { flows, summary } = monitored(frames, { flows: 100 });
    expect(all).toBeGreaterThan(100);
    expect(flows.total).toBe(100);
    expect(summary.current.packets + summary.current.overflow).toBe(2000);
    expect(summary.current.overflow).toBeGreaterThan(0);
  });

  test("sorts, pages, and keeps the last epoch", () => {
    const frames = many(500);
    const { program, machine, flows } = monitored(frames);
    const ask = (args: Record<string, unknown>) => (program.query("flows", args) as FlowsAnswer).flows;
    const octets = ask({ limit: 1000 }).map((flow) => flow.octets);
    expect(octets).toEqual([...octets].sort((a, b) => b - a));
    const last = ask({ sort: "last", limit: 1000 }).map((flow) => BigInt(flow.last));
    expect(last).toEqual([...last].sort((a, b) => (a < b ? 1 : -1)));
    expect(ask({ sort: "packets", limit: 5, from: 3 })).toEqual(ask({ sort: "packets", limit: 8 }).slice(3));
    program.epoch(2);
    expect((program.query("flows", {}) as FlowsAnswer).total).toBe(0);
    expect(allFlows(program, { epoch: "last" })).toEqual(flows);
    machine.feed(program, frames);
    program.epoch(3);
    const { finished } = program.query("summary", {}) as SummaryAnswer;
    expect(finished.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(finished[0]?.digest).toBe(finished[1]?.digest);
    for (let epoch = 4; epoch < 80; epoch++) program.epoch(epoch);
    expect((program.query("summary", {}) as SummaryAnswer).finished).toHaveLength(64);
  });

  test("wrong questions and options are refused by name", () => {
    const { program, machine } = monitored([]);
    expect(() => program.query("nothing", {})).toThrow('no query is called "nothing"');
    expect(() => program.query("flows", { limit: -1 })).toThrow("limit: must be a whole number");
    expect(() => program.query("flows", { limit: 4097 })).toThrow("limit: must be a whole number from 0 to 4096");
    expect(() => program.query("flows", { sort: "age" })).toThrow("sort: must be one of: octets, packets, last");
    expect(() => program.query("flows", { colour: 1 })).toThrow("colour: is not known");
    expect(() => createMonitor({ flows: 0 }, machine.start.machine)).toThrow("flows: must be");
    expect(() => createMonitor({ rows: 9 }, machine.start.machine)).toThrow("rows: is not known");
  });
});

test("the first of many are those that sorting all of them puts first", () => {
  const chance = new Chance(11);
  for (let round = 0; round < 200; round++) {
    const count = chance.below(60);
    const values = Array.from({ length: count }, () => chance.below(12));
    const order = (a: number, b: number) => (values[b] ?? 0) - (values[a] ?? 0) || a - b;
    const sorted = values.map((_, number) => number).sort(order);
    for (const most of [0, 1, 2, chance.below(60), count, Number.MAX_SAFE_INTEGER]) {
      expect([...first(count, most, order)], `${values} ${most}`).toEqual(sorted.slice(0, most));
    }
  }
});
