import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { captureInfo } from "../../src/capture/info.js";
import { buildPcap, buildPcapng, PcapngBuilder, payload, somePackets } from "./build.js";
import { cut, mutilate, seeded } from "./mutilate.js";
import { delivered, oracle } from "./oracle.js";
import { readOctets } from "./read.js";

const STRETCH = 1 << 19;
const PER_FORMAT = 125;

function twoSections(): Uint8Array {
  const builder = new PcapngBuilder();
  for (const little of [true, false]) {
    builder.section(little).interface({ resolution: 9 }).interface({ linkType: 113, offset: 9n, snap: 50 });
    for (let i = 0; i < 12; i++) {
      builder.enhanced({ octets: payload(i * 4, i), wire: 99, interface: i % 2, ticks: BigInt(i) * 1_000_000n });
      builder.block(1000 + i, payload(i));
      builder.simple({ octets: payload(30) });
    }
  }
  return builder.octets;
}

const FILES: [string, Uint8Array][] = [
  ["pcap-le-us", buildPcap(somePackets(25))],
  ["pcap-be-us", buildPcap(somePackets(25), { little: false })],
  ["pcap-le-ns", buildPcap(somePackets(25), { nanoseconds: true })],
  ["pcap-be-ns", buildPcap(somePackets(25), { little: false, nanoseconds: true })],
  ["pcap-le-us-modified", buildPcap(somePackets(25), { modified: true })],
  ["pcapng-le", buildPcapng(somePackets(25))],
  ["pcapng-be", buildPcapng(somePackets(25), false)],
  ["pcapng, two sections", twoSections()],
];

const folder = mkdtempSync(join(tmpdir(), "exonet-mutilated-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe(`${PER_FORMAT * FILES.length} mutilated captures`, () => {
  test.each(FILES)("%s", async (name, original) => {
    const random = seeded(FILES.findIndex(([other]) => other === name) + 7);
    const originals = oracle(original, STRETCH).records;
    for (let i = 0; i < PER_FORMAT; i++) {
      const { kind, octets, intact } = mutilate(original, random);
      const place = `${name}, mutilation ${i}, ${kind} at ${intact}`;
      const expected = oracle(octets, STRETCH);
      const answer = readOctets(octets, STRETCH);

      expect(answer.records, place).toEqual(delivered(expected.records));
      expect(answer.damage, place).toEqual(expected.damage.slice(0, 16));

      const safe = originals.filter(({ end }) => end <= intact);
      expect(answer.records.slice(0, safe.length), place).toEqual(delivered(safe));

      const path = join(folder, "capture");
      writeFileSync(path, octets);
      const report = await captureInfo(path);
      expect(report.packets, place).toBe(answer.records.length);
      expect(report.damageTotal, place).toBe(answer.capture.damageTotal);
      expect(report.truncated, place).toBe(answer.capture.truncated);
    }
  });

  test.each(FILES)("%s, cut: the offset is that of the record cut", (_, original) => {
    const { records } = oracle(original, STRETCH);
    for (let i = 0; i < records.length; i++) {
      const { offset, end } = records[i] ?? { offset: 0, end: 0 };
      for (const at of [offset + 1, Math.floor((offset + end) / 2), end - 1]) {
        const answer = readOctets(cut(original, at).octets, STRETCH);
        expect(answer.records).toHaveLength(i);
        expect(answer.damage.at(-1)?.offset).toBe(offset);
        expect(answer.capture.truncated).toBe(true);
      }
    }
  });
});
