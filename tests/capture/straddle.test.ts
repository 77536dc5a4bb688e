import { describe, expect, test } from "vitest";
import { buildPcap, buildPcapng, PcapngBuilder, payload, somePackets } from "./build.js";
import { delivered, oracle } from "./oracle.js";
import { readOctets } from "./read.js";

/** A file whose records lie at every distance from a stretch's end, as the stretches get longer octet by octet. */
const FILES: [string, Uint8Array][] = [
  ["pcap-le-us", buildPcap(somePackets(30, 70))],
  ["pcap-be-ns", buildPcap(somePackets(30, 70), { little: false, nanoseconds: true })],
  ["pcap-le-us-modified", buildPcap(somePackets(30, 70), { modified: true })],
  ["pcapng-le", buildPcapng(somePackets(30, 70))],
  ["pcapng-be", buildPcapng(somePackets(30, 70), false)],
  ["pcapng-mixed", mixed()],
];

function mixed(): Uint8Array {
  const builder = new PcapngBuilder();
  for (let i = 0; i < 6; i++) {
    builder
      .section(i % 2 === 0)
      .interface({ resolution: 9, offset: 3n })
      .block(77, payload(i * 150))
      .enhanced({ octets: payload(i * 11), ticks: BigInt(i) })
      .simple({ octets: payload(40 - i) });
  }
  return builder.octets;
}

function expectSame(octets: Uint8Array, stretch: number, chunk: number): void {
  const answer = readOctets(octets, stretch, chunk);
  const expected = oracle(octets, stretch);
  expect(answer.damage).toEqual(expected.damage);
  expect(answer.records).toEqual(delivered(expected.records));
  expect(answer.capture.octets).toBe(octets.length);
}

describe("a record that straddles stretches is described once, and whole", () => {
  test.each(FILES)("%s, stretches of every length", (_, octets) => {
    for (let stretch = 120; stretch < 400; stretch++) expectSame(octets, stretch, 0);
  });

  test.each(FILES)("%s, octets that come a few at a time", (_, octets) => {
    for (const chunk of [1, 2, 3, 7, 16, 61])
      for (const stretch of [120, 161, 4096]) expectSame(octets, stretch, chunk);
  });

  test.each(FILES)("%s, cut at every octet", (_, octets) => {
    for (let at = 0; at < octets.length; at++) expectSame(octets.slice(0, at), 256, 0);
  });

  test.each(FILES)("%s, records larger than a stretch are left out and told of", (_, octets) => {
    for (let stretch = 64; stretch < 120; stretch++) expectSame(octets, stretch, 0);
    expect(readOctets(octets, 64).damage.some(({ code }) => code === "E_SEGMENT")).toBe(true);
  });
});

test("an interface whose block is too large keeps its number", () => {
  const builder = new PcapngBuilder()
    .section()
    .interface({ linkType: 5, options: payload(0) })
    .interface({ linkType: 6, options: new PcapngBuilder().option(1, payload(500)) })
    .interface({ linkType: 7 })
    .enhanced({ octets: payload(5), interface: 2 })
    .enhanced({ octets: payload(5), interface: 1 })
    .enhanced({ octets: payload(5), interface: 0 });
  const { records, damage } = readOctets(builder.octets, 256);
  expect(records.map(({ linkType }) => linkType)).toEqual([7, 5]);
  expect(damage.map(({ code }) => code)).toEqual(["E_SEGMENT", "E_INTERFACE"]);
});

test("a stretch that cannot work is refused, as only a programmer can ask for it", () => {
  expect(() => readOctets(buildPcap([]), 32)).toThrow(RangeError);
});
