import { describe, expect, test } from "vitest";
import { MAX_DAMAGE_KEPT } from "../../src/capture/limits.js";
import { buildPcap, buildPcapng, concat, type Packet, PcapngBuilder, payload, pcapHeader } from "./build.js";
import { oracle } from "./oracle.js";
import { readOctets } from "./read.js";

const STRETCH = 1 << 20;
const whole: Packet = { octets: payload(60) };
const start = () => new PcapngBuilder().section().interface();
const SECTION_AND_INTERFACE = 48;
/** A whole Enhanced Packet Block of 60 octets. */
const BLOCK = 92;

type Case = [name: string, octets: Uint8Array, damage: [string, number][], packets: number, truncated?: boolean];

const CASES: Case[] = [
  ["empty", payload(0), [["E_EMPTY", 0]], 0, true],
  ["three octets", pcapHeader().slice(0, 3), [["E_CUT_HEADER", 0]], 0, true],
  ["header cut", pcapHeader().slice(0, 20), [["E_CUT_HEADER", 0]], 0, true],
  ["section header cut", start().octets.slice(0, 20), [["E_CUT_HEADER", 0]], 0, true],
  ["no capture", new TextEncoder().encode("no capture at all"), [["E_MAGIC", 0]], 0],
  ["gzip that nobody unpacked", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0), [["E_COMPRESSED", 0]], 0],
  ["version 2.5", buildPcap([whole], { version: [2, 5] }), [["E_VERSION", 4]], 0],
  ["version 1.4", buildPcap([whole], { version: [1, 4] }), [["E_VERSION", 4]], 0],
  ["reserved link type bits", buildPcap([whole], { linkType: 0x0224_0001 }), [["E_LINK_TYPE", 20]], 0],
  ["cut in a record's header", buildPcap([whole, whole]).slice(0, 24 + 76 + 9), [["E_CUT_RECORD", 100]], 1, true],
  ["cut in a record's octets", buildPcap([whole, whole]).slice(0, -1), [["E_CUT_RECORD", 100]], 1, true],
  [
    "captured above the maximum",
    buildPcap([whole, { ...whole, captured: 262_145 }, whole]),
    [["E_CAPTURED_TOO_LONG", 100]],
    1,
  ],
  ["captured negative", buildPcap([whole, { ...whole, captured: 0xffff_ffff }]), [["E_CAPTURED_TOO_LONG", 100]], 1],
  [
    "captured reaches beyond the file",
    buildPcap([whole, { ...whole, captured: 61 }]),
    [["E_CUT_RECORD", 100]],
    1,
    true,
  ],
  ["captured above wire", buildPcap([whole, { ...whole, wire: 59 }, whole]), [["E_CAPTURED_ABOVE_WIRE", 100]], 3],
  [
    "captured above snap",
    buildPcap([whole, whole], { snap: 20 }),
    [
      ["E_CAPTURED_ABOVE_SNAP", 24],
      ["E_CAPTURED_ABOVE_SNAP", 100],
    ],
    2,
  ],
  ["pcapng version 1.1", new PcapngBuilder().section(true, -1n, [1, 1]).octets, [["E_VERSION", 12]], 0],
  ["pcapng byte order", new PcapngBuilder().section(true, -1n, [1, 0], 7).octets, [["E_BYTE_ORDER", 8]], 0],
  [
    "second section's byte order",
    start().enhanced(whole).section(false, -1n, [1, 0], 7).octets,
    [["E_BYTE_ORDER", SECTION_AND_INTERFACE + BLOCK + 8]],
    1,
  ],
  [
    "block length no multiple of 4",
    start()
      .enhanced(whole)
      .enhanced({ ...whole, total: 93 }).octets,
    [["E_BLOCK_LENGTH", SECTION_AND_INTERFACE + BLOCK]],
    1,
  ],
  ["block length too small", start().enhanced({ ...whole, total: 28 }).octets, [["E_BLOCK_LENGTH", 48]], 0],
  ["block length 0", start().block(99, payload(4), { total: 0 }).octets, [["E_BLOCK_LENGTH", 48]], 0],
  [
    "lengths that differ",
    start()
      .enhanced(whole)
      .enhanced({ ...whole, trailer: 88 })
      .enhanced(whole).octets,
    [["E_BLOCK_TRAILER", SECTION_AND_INTERFACE + BLOCK]],
    1,
  ],
  [
    "unknown interface, and reading goes on",
    start()
      .enhanced({ ...whole, interface: 1 })
      .enhanced(whole).octets,
    [["E_INTERFACE", 48]],
    1,
  ],
  ["frame before any interface", new PcapngBuilder().section().simple(whole).octets, [["E_INTERFACE", 28]], 0],
  [
    "captured beyond its block, and reading goes on",
    start()
      .enhanced({ ...whole, captured: 61 })
      .enhanced(whole).octets,
    [["E_CAPTURED_ABOVE_BLOCK", 48]],
    1,
  ],
  [
    "simple frame longer than its block",
    start()
      .simple({ ...whole, wire: 61 })
      .enhanced(whole).octets,
    [["E_CAPTURED_ABOVE_BLOCK", 48]],
    1,
  ],
  [
    "pcapng captured above the maximum",
    start()
      .enhanced({ ...whole, captured: 262_145 })
      .enhanced(whole).octets,
    [["E_CAPTURED_TOO_LONG", 48]],
    1,
  ],
  ["pcapng captured above wire", start().enhanced({ ...whole, wire: 1 }).octets, [["E_CAPTURED_ABOVE_WIRE", 48]], 1],
  [
    "option beyond its block",
    new PcapngBuilder()
      .section()
      .interface({ options: new PcapngBuilder().option(9, payload(1), 9) })
      .enhanced(whole).octets,
    [["E_OPTION", 28]],
    1,
  ],
  ["block cut", start().enhanced(whole).enhanced(whole).octets.slice(0, -1), [["E_CUT_BLOCK", 140]], 1, true],
  [
    "unknown block cut",
    start().enhanced(whole).block(9, payload(99)).octets.slice(0, -9),
    [["E_CUT_BLOCK", 140]],
    1,
    true,
  ],
];

describe("damage has its place and its reason", () => {
  test.each(CASES)("%s", (_, octets, damage, packets, truncated = false) => {
    const answer = readOctets(octets, STRETCH);
    expect(answer.damage).toEqual(damage.map(([code, offset]) => ({ code, offset })));
    expect(answer.damage).toEqual(oracle(octets, STRETCH).damage);
    expect(answer.capture).toMatchObject({ packets, truncated, damageTotal: damage.length });
  });
});

test("octets beyond the snap length are left out, as libpcap does", () => {
  const { records } = readOctets(buildPcap([whole, whole], { snap: 20 }), STRETCH);
  expect(records.map(({ captured, wire }) => [captured, wire])).toEqual([
    [20, 60],
    [20, 60],
  ]);
});

test("the list of damage is bounded, its number is not", () => {
  const many = Array.from({ length: 1000 }, () => ({ ...whole, wire: 1 }));
  const { capture } = readOctets(buildPcap(many), STRETCH);
  expect(capture.damage).toHaveLength(MAX_DAMAGE_KEPT);
  expect(capture).toMatchObject({ packets: 1000, damageTotal: 1000 });
});

test("interfaces without end are refused", () => {
  const one = new PcapngBuilder().section().interface().octets.slice(28);
  const many = concat([new PcapngBuilder().section().octets, ...Array.from({ length: 65_537 }, () => one)]);
  const { damage } = readOctets(many, STRETCH);
  expect(damage).toEqual([{ code: "E_INTERFACES", offset: 28 + 65_536 * 20 }]);
});

test("an unknown block larger than any stretch is passed over", () => {
  const big = new PcapngBuilder().section().block(0xbad, payload(3_000_000)).interface().enhanced(whole);
  expect(readOctets(big.octets, STRETCH).capture).toMatchObject({ packets: 1, damageTotal: 0 });
  const lying = new PcapngBuilder().section().block(0xbad, payload(3_000_000), { trailer: 12 }).interface();
  expect(readOctets(lying.octets, STRETCH).damage).toEqual([{ code: "E_BLOCK_TRAILER", offset: 28 }]);
});

test("the largest frame fits the smallest segment", () => {
  const octets = payload(262_144);
  for (const file of [buildPcap([{ octets }], { snap: 262_144 }), buildPcapng([{ octets }])]) {
    expect(readOctets(file, STRETCH).capture).toMatchObject({ packets: 1, damageTotal: 0 });
  }
});
