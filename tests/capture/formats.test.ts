import { describe, expect, test } from "vitest";
import { TickClock } from "../../src/capture/time.js";
import { buildPcap, buildPcapng, PcapngBuilder, type PcapOptions, payload, somePackets } from "./build.js";
import { seeded } from "./mutilate.js";
import { delivered, nanoseconds, oracle } from "./oracle.js";
import { readOctets } from "./read.js";

const STRETCH = 1 << 20;

/** Reads `octets` and finds what the oracle finds, and no damage. */
function agrees(octets: Uint8Array) {
  const answer = readOctets(octets, STRETCH);
  const expected = oracle(octets, STRETCH);
  expect(answer.damage).toEqual(expected.damage);
  expect(answer.records).toEqual(delivered(expected.records));
  return answer;
}

const CLASSIC: [string, PcapOptions][] = [
  ["pcap-le-us", {}],
  ["pcap-be-us", { little: false }],
  ["pcap-le-ns", { nanoseconds: true }],
  ["pcap-be-ns", { little: false, nanoseconds: true }],
  ["pcap-le-us-modified", { modified: true }],
  ["pcap-be-us-modified", { modified: true, little: false }],
];

describe("classic pcap", () => {
  test.each(CLASSIC)("%s", (format, options) => {
    const { capture, records } = agrees(buildPcap(somePackets(40), options));
    expect(capture).toMatchObject({ format, packets: 40, readable: true, truncated: false, damageTotal: 0 });
    expect([...capture.linkTypes]).toEqual([[1, 40]]);
    expect(capture.firstTime).toBe(1_700_000_000_000_000_000n);
    expect(records.at(-1)?.time).toBe(capture.lastTime);
  });

  test("times from 0 to 2106, and fractions beyond a second, are exact", () => {
    const times = [
      [0, 0],
      [1, 999_999],
      [4_294_967_295, 999_999],
      [4_294_967_295, 4_294_967_295],
      [4_294_967_294, 4_294_967],
      [65_536, 1],
      [4, 294_967],
      [4, 294_968],
    ];
    const packets = times.map(([seconds = 0, fraction = 0]) => ({ seconds, fraction, octets: payload(4) }));
    for (const options of [{}, { nanoseconds: true }, { little: false }]) agrees(buildPcap(packets, options));
    const { records } = readOctets(buildPcap(packets), STRETCH);
    expect(records[3]?.time).toBe(4_294_967_295n * 1_000_000_000n + 4_294_967_295_000n);
  });

  test("a snap length of 0, and one that is negative, mean no limit", () => {
    for (const snap of [0, 0xffff_ffff]) {
      const { capture } = agrees(buildPcap([{ octets: payload(200_000) }], { snap }));
      expect(capture.damageTotal).toBe(0);
    }
  });

  test("frames of no octets are frames", () => {
    agrees(buildPcap([{ octets: payload(0) }, { octets: payload(0), wire: 60 }, { octets: payload(3) }]));
  });

  test("FCS bits above the link type are masked off", () => {
    const { capture } = agrees(buildPcap(somePackets(3), { linkType: 0x3000_0069 }));
    expect([...capture.linkTypes]).toEqual([[105, 3]]);
  });

  test("versions before 2.4: lengths are exchanged, or in any order", () => {
    const packets = [{ octets: payload(60), captured: 64, wire: 60 }];
    for (const version of [
      [2, 0],
      [2, 2],
      [2, 3],
      [543, 0],
    ] as const) {
      const { records } = agrees(buildPcap(packets, { version }));
      expect(records[0]).toMatchObject({ captured: 60, wire: 64 });
    }
  });

  test("an empty capture is one", () => {
    expect(agrees(buildPcap([])).capture).toMatchObject({
      packets: 0,
      readable: true,
      firstTime: null,
      lastTime: null,
    });
  });
});

describe("pcapng", () => {
  test.each([
    ["pcapng-le", true],
    ["pcapng-be", false],
  ])("%s", (format, little) => {
    const { capture } = agrees(buildPcapng(somePackets(40), little));
    expect(capture).toMatchObject({ format, packets: 40, readable: true, damageTotal: 0 });
    expect(capture.firstTime).toBe(1_700_000_000_000_000_000n);
  });

  test("sections of either order, interfaces of their own, every kind of frame, blocks nobody knows", () => {
    const builder = new PcapngBuilder();
    for (const little of [true, false, true]) {
      builder
        .section(little, little ? -1n : 1000n)
        .block(0xbad, payload(33))
        .interface({ linkType: 1, snap: 20 })
        .interface({ linkType: 113, resolution: 9 })
        .interface({ linkType: 101, resolution: 0x80 | 20, offset: 1_000_000n })
        .interface({ linkType: 101, resolution: 3, offset: -5n })
        .enhanced({ octets: payload(20), wire: 60, ticks: 1_700_000_000_000_000n })
        .block(5, payload(16))
        .enhanced({ octets: payload(61), interface: 1, ticks: 1_700_000_000_123_456_789n })
        .simple({ octets: payload(20), wire: 99 })
        .packet({ octets: payload(30), interface: 2, ticks: 1n << 40n })
        .block(4, payload(5))
        .enhanced({ octets: payload(7), interface: 3, ticks: 7_123n })
        .block(0x8000_0001, payload(0));
    }
    const { capture } = agrees(builder.octets);
    expect([...capture.linkTypes].sort()).toEqual([
      [1, 6],
      [101, 6],
      [113, 3],
    ]);
    expect(capture.lastTime).toBe(2_123_000_000n);
  });

  test("a frame without a time has none, first or last", () => {
    const builder = new PcapngBuilder()
      .section()
      .interface()
      .simple({ octets: payload(9) });
    expect(agrees(builder.octets).capture).toMatchObject({ firstTime: null, lastTime: null });
    builder.enhanced({ octets: payload(9), ticks: 5n });
    expect(agrees(builder.octets).capture).toMatchObject({ firstTime: null, lastTime: 5000n });
    builder.simple({ octets: payload(9) });
    expect(agrees(builder.octets).capture).toMatchObject({ firstTime: null, lastTime: null });
  });

  test("a time beyond 64 bits of ns is held in the descriptor and exact in the answer", () => {
    const builder = new PcapngBuilder()
      .section()
      .interface()
      .enhanced({ octets: payload(9), ticks: 2n ** 64n - 1n });
    const { capture, records } = agrees(builder.octets);
    expect(records[0]?.time).toBe(2n ** 64n - 1n);
    expect(capture.lastTime).toBe((2n ** 64n - 1n) * 1000n);
  });

  test("a section may hold nothing", () => {
    expect(agrees(new PcapngBuilder().section().octets).capture).toMatchObject({ packets: 0, readable: true });
  });
});

describe("clocks", () => {
  const OFFSETS = [0n, 1n, -1n, 1_700_000_000n, -(2n ** 63n), 2n ** 63n - 1n, -18_446_744_073n];
  const TICKS = [0n, 1n, 999n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n, 1_700_000_000_123_456_789n];

  test.each(Array.from({ length: 256 }, (_, resolution) => resolution))("resolution %i is exact", (resolution) => {
    const random = seeded(resolution + 1);
    const ticks = [
      ...TICKS,
      ...Array.from({ length: 8 }, () => (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32))),
    ];
    for (const offset of OFFSETS) {
      const clock = new TickClock(resolution, offset);
      for (const tick of ticks) {
        const [high, low] = [Number(tick >> 32n), Number(tick & 0xffff_ffffn)];
        clock.set(high, low);
        const answer = (BigInt(clock.high) << 32n) | BigInt(clock.low);
        if (answer !== nanoseconds(tick, { resolution, offset })) {
          expect(answer, `${tick} ticks, offset ${offset}`).toBe(nanoseconds(tick, { resolution, offset }));
        }
        const held = clock.exact(high, low);
        expect(held < 0n ? 0n : held > 2n ** 64n - 1n ? 2n ** 64n - 1n : held).toBe(answer);
      }
    }
  });
});
