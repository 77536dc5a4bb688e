import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Program } from "../../src/libos/program.js";
import { type ArpAnswer, createExos, type StatusAnswer, type StreamsAnswer } from "../../src/libos/programs/exos.js";
import { createMonitor } from "../../src/libos/programs/monitor.js";
import { putU16, putU32 } from "../../src/wire/octets.js";
import { Chance } from "../seeded.js";
import { Bench } from "./bench.js";
import { captureFiles, EXAMS, examFrames, type Frame, HAS_EXAMS, readFrames } from "./frames.js";
import { ethernet, ipv4, ipv6, raw, tcp, udp } from "./packets.js";

const ENDS = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 9, destinationPort: 53 };
const ENDS6 = { from: "2001:db8::1", to: "2001:db8::2", sourcePort: 9, destinationPort: 53 };

function exos(frames: readonly Frame[], options: Record<string, unknown> = {}) {
  const bench = new Bench();
  const program = createExos(options, bench.start.machine);
  program.epoch(1);
  bench.feed(program, frames);
  const counts = (program.query("status", {}) as StatusAnswer).counts;
  return { bench, program, counts };
}

/** Slices of a datagram's payload as fragments of 8-octet multiples. */
function fragments4(packet: Uint8Array, cuts: readonly [number, number][], identification = 7): Frame[] {
  const payload = packet.subarray(20);
  return cuts.map(([from, to]) =>
    raw(
      ipv4("10.0.0.1", "10.0.0.2", 17, payload.subarray(from, to), {
        identification,
        offset: from,
        more: to < payload.length,
      }),
    ),
  );
}

function fragments6(packet: Uint8Array, cuts: readonly [number, number][]): Frame[] {
  const payload = packet.subarray(40);
  return cuts.map(([from, to]) => {
    const header = new Uint8Array(8 + to - from);
    header[0] = 17;
    putU16(header, 2, from | (to < payload.length ? 1 : 0));
    putU32(header, 4, 99);
    header.set(payload.subarray(from, to), 8);
    return raw(ipv6(ENDS6.from, ENDS6.to, 44, header));
  });
}

const data = Uint8Array.from({ length: 92 }, (_, i) => i * 7);
const datagram = udp(ENDS, data);
const datagram6 = udp(ENDS6, data);

describe("fragments", () => {
  const tally = (frames: readonly Frame[]) => {
    const { fragments, reassembled, udp: whole, badChecksum, ...rest } = exos(frames).counts;
    const reasons = Object.fromEntries(Object.entries(rest).filter(([name]) => name.startsWith("fragment")));
    return { fragments, reassembled, whole, badChecksum, reasons };
  };
  const good = (fragments: number, reasons = {}) => ({ fragments, reassembled: 1, whole: 1, badChecksum: 0, reasons });
  const none = (fragments: number, reasons = {}) => ({ ...good(fragments, reasons), reassembled: 0, whole: 0 });

  test("in any order", () => {
    expect(
      tally(
        fragments4(datagram, [
          [0, 40],
          [40, 64],
          [64, 100],
        ]),
      ),
    ).toEqual(good(3));
    expect(
      tally(
        fragments4(datagram, [
          [64, 100],
          [0, 40],
          [40, 64],
        ]),
      ),
    ).toEqual(good(3));
    expect(
      tally(
        fragments6(datagram6, [
          [40, 100],
          [0, 40],
        ]),
      ),
    ).toEqual(good(2));
  });

  test("IPv4: copies and overlaps are filled in once, the first copy wins", () => {
    expect(
      tally(
        fragments4(datagram, [
          [0, 40],
          [0, 40],
          [64, 100],
          [32, 72],
        ]),
      ),
    ).toEqual(good(4, { "fragment: copy": 1, "fragment: overlap": 1 }));
  });

  test("IPv6: a copy is let pass, an overlap ends the datagram (RFC 5722)", () => {
    expect(
      tally(
        fragments6(datagram6, [
          [0, 40],
          [0, 40],
          [40, 100],
        ]),
      ),
    ).toEqual(good(3, { "fragment: copy": 1 }));
    expect(
      tally(
        fragments6(datagram6, [
          [0, 40],
          [32, 64],
          [40, 100],
        ]),
      ),
    ).toEqual(none(3, { "fragment: overlap": 1 }));
  });

  test("an IPv6 fragment that is all of its datagram stands alone", () => {
    expect(tally(fragments6(datagram6, [[0, 100]]))).toEqual({ ...good(0), reassembled: 0 });
  });

  test("datagrams that share an identification, but not ends or protocol, are kept apart", () => {
    const other = { ...ENDS, to: "10.0.0.3" };
    const foreign = raw(ipv4(other.from, other.to, 17, datagram.subarray(60), { identification: 7, offset: 40 }));
    const [first, second] = fragments4(datagram, [
      [0, 40],
      [40, 100],
    ]);
    if (first === undefined || second === undefined) throw new Error("two fragments");
    expect(tally([first, foreign, second])).toEqual(good(3));
  });

  test("after 30 s of capture time nothing is waited for any more", () => {
    const [first, second] = fragments4(datagram, [
      [0, 40],
      [40, 100],
    ]);
    if (first === undefined || second === undefined) throw new Error("two fragments");
    const later = (ms: number) => ({ ...second, time: first.time + BigInt(ms) * 1_000_000n });
    expect(tally([first, later(30_000)])).toEqual(good(2));
    expect(tally([first, later(30_001)])).toEqual(none(2, { "fragment: timed out": 1 }));
  });

  test("what cannot be is refused: empty, beyond 65,535 octets, IPv6 with a broken unit", () => {
    const huge = raw(ipv4(ENDS.from, ENDS.to, 17, data, { offset: 65_528, more: true }));
    const empty = raw(ipv4(ENDS.from, ENDS.to, 17, new Uint8Array(), { more: true }));
    expect(tally([huge, empty])).toEqual(none(2, { "fragment: beyond 65,535 octets": 1, "fragment: empty": 1 }));
    expect(tally(fragments6(datagram6, [[0, 44]]))).toEqual(none(1, { "fragment: length no multiple of 8": 1 }));
  });

  test("a flood of first fragments is bounded, the oldest go", () => {
    const frames = Array.from({ length: 5000 }, (_, i) => fragments4(datagram, [[0, 40]], i)).flat();
    expect(tally(frames)).toEqual(none(5000, { "fragment: no room": 5000 - 1024 }));
  });

  test("a cut fragment is never taken for a whole one", () => {
    const [first, second] = fragments4(datagram, [
      [0, 40],
      [40, 100],
    ]);
    if (first === undefined || second === undefined) throw new Error("two fragments");
    expect(tally([{ ...first, octets: first.octets.subarray(0, 50) }, second])).toEqual(
      none(2, { "fragment: cut": 1 }),
    );
  });
});

describe("what ExOS counts", () => {
  test("layers, wrappings and damage", () => {
    const arp = new Uint8Array(42);
    putU16(arp, 12, 0x806);
    arp.set([0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1], 14);
    const tagged = ethernet(datagram);
    const vlan = new Uint8Array([...tagged.octets.subarray(0, 12), 0x81, 0, 0, 12, ...tagged.octets.subarray(12)]);
    const { counts, program } = exos([
      { octets: arp, wire: 42, linkType: 1, time: 1n },
      { octets: vlan, wire: vlan.length, linkType: 1, time: 2n },
      raw(datagram6),
      raw(tcp({ ...ENDS, flags: 2, seq: 1 })),
      raw(ipv4("1.2.3.4", "5.6.7.8", 89, data)),
      raw(ipv4("1.2.3.4", "5.6.7.8", 1, Uint8Array.of(8, 0, 0xf7, 0xff, 0, 0))),
      { octets: new Uint8Array(20), wire: 20, linkType: 105, time: 3n },
      { octets: new Uint8Array(5), wire: 5, linkType: 1, time: 3n },
      { ...raw(datagram), octets: datagram.subarray(0, 25) },
    ]);
    expect(counts).toMatchObject({ vlan: 1, arp: 1, ipv4: 5, ipv6: 1, icmp: 1, udp: 3, tcp: 1 });
    expect(counts).toMatchObject({ otherProtocol: 1, other: 1, malformed: 1, cut: 1, badChecksum: 0 });
    expect(counts).toMatchObject({ "link: header cut": 1, "udp: header cut": 1 });
    expect(program.query("arp", {}) as ArpAnswer).toEqual({
      requests: 0,
      replies: 1,
      bindings: [{ address: "10.0.0.1", mac: "02:00:00:00:00:01", changes: 0 }],
    });
    expect(program.query("icmp", {})).toEqual([{ version: 4, type: 8, code: 0, messages: 1 }]);
    expect(program.query("vlans", {})).toEqual([{ id: 12, frames: 1 }]);
    expect(program.query("udp", {})).toEqual([{ port: 53, datagrams: 2, octets: 184 }]);
  });

  test("questions are closed", () => {
    const { program } = exos([]);
    expect(() => program.query("sockets", {})).toThrow('no query is called "sockets"');
    expect(() => program.query("toString", {})).toThrow("no query is called");
    expect(() => program.query("status", { limit: 1.5 })).toThrow("limit: must be a whole number");
    expect(() => program.query("status", { page: 1 })).toThrow("page: is not known");
    expect((program.query("streams", { epoch: "last" }) as StreamsAnswer).epoch).toBe(0);
  });
});

const OWN = captureFiles("captures").map((name) => `captures/${name}`);
const FOREIGN = HAS_EXAMS ? captureFiles(`${EXAMS}/captures`) : [];
const SEEDS: readonly Frame[] = [
  ...OWN.flatMap((file) => readFrames(readFileSync(file)).slice(0, 300)),
  ...FOREIGN.flatMap((name) => examFrames(name).slice(0, 40)),
  ...fragments6(datagram6, [
    [0, 40],
    [40, 100],
  ]),
];

/** A frame as it may come from an enemy: octets changed, cut short, lengths that lie, another link type. */
function mutilate(frame: Frame, chance: Chance): Frame {
  const octets = frame.octets.slice(0, chance.below(6) === 0 ? chance.below(frame.octets.length + 1) : undefined);
  for (let n = chance.below(4); n > 0 && octets.length > 0; n--) {
    const near = chance.below(2) === 0 ? Math.min(octets.length, 64) : octets.length;
    octets[chance.below(near)] = chance.below(256);
  }
  const linkType = chance.below(20) === 0 ? chance.pick([0, 1, 9, 12, 101, 108, 113, 228, 229, 276]) : frame.linkType;
  const wire = chance.below(8) === 0 ? chance.below(70_000) : Math.max(frame.wire, octets.length);
  const time = chance.below(8) === 0 ? BigInt(chance.below(2 ** 32)) * 1_000_000n : frame.time;
  return { octets, wire, linkType, time };
}

describe("no frame throws", () => {
  test.each([1, 2, 3])("mutilated captures, seed %i", (seed) => {
    const chance = new Chance(seed);
    const bench = new Bench();
    const programs: Program[] = [
      createExos({}, bench.start.machine),
      createMonitor({ flows: 1000 }, bench.start.machine),
    ];
    const frames = Array.from({ length: 12_000 }, () => mutilate(chance.pick(SEEDS), chance));
    for (const program of programs) {
      program.epoch(1);
      bench.feed(program, frames);
      for (const what of ["status", "streams", "flows", "summary", "arp", "icmp", "udp", "vlans"]) {
        try {
          program.query(what, {});
        } catch (error) {
          expect(String(error)).toContain("no query is called");
        }
      }
      program.epoch(2);
    }
    const status = programs[0]?.query("status", { epoch: "last", limit: 4096 }) as StatusAnswer;
    expect(status.frames).toBe(frames.length);
    for (const { toServer, toClient } of status.streams) {
      for (const side of [toServer, toClient]) {
        for (const [name, value] of Object.entries(side)) {
          expect(Number.isSafeInteger(value) && value >= 0, `${name} ${value}`).toBe(true);
        }
      }
    }
  });
});
