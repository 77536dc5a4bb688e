/** Who would get a packet, and by which rule; and one frame of a capture by its number. */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { explainPacket, type FilterToExplain } from "../../src/appliance/explanation.js";
import { frameAt } from "../../src/appliance/frame-at.js";
import type { Frame } from "../../src/dpf/brute.js";
import { buildPcap, PcapngBuilder, payload, somePackets } from "../capture/build.js";

const OCTETS = Uint8Array.of(0x45, 0, 1, 2, 3, 4, 5, 6);
const FRAME: Frame = { octets: OCTETS, address: 0, captured: 8, facts: { wire: 8, link: 101 } };

function dpf(texts: Readonly<Record<string, string>>): FilterToExplain[] {
  return Object.entries(texts).map(([name, text]) => ({ name, language: "dpf", text }));
}

describe("the winner, and why", () => {
  test.each<[string, Record<string, string>, string | undefined, string]>([
    ["nothing matches", { a: "0:8 == 1", b: "shift 9" }, undefined, "no filter matches"],
    ["one matches", { a: "0:8 == 1", b: "0:8 == 0x45" }, "b", "no other filter matches"],
    ["more bits", { a: "0:8 == 0x45", b: "0:16 == 0x4500" }, "b", "it tests 16 bits, and the next, a, 8"],
    [
      "the bits of what matches, not of what does not",
      { a: "0:32 == 1 || 0:8 == 0x45", b: "0:16 == 0x4500" },
      "b",
      "it tests 16 bits, and the next, a, 8",
    ],
    [
      "as many bits, inside",
      { a: "0:8 == 0x45", b: "0:8 == 0x45 && length >= 3" },
      "b",
      "it tests 8 bits as a does, and lies inside it",
    ],
    [
      "as many bits, neither inside",
      { a: "0:8 == 0x45", b: "1:8 == 0" },
      "a",
      "it tests 8 bits as b does, and is the older",
    ],
    ["the same", { a: "0:8 == 0x45", b: "0:8 == 0x45" }, "a", "it tests 8 bits as b does, and is the older"],
    ["everything", { a: "true", b: "true" }, "a", "it tests 0 bits as b does, and is the older"],
  ])("%s", (_, texts, winner, reason) => {
    const explained = explainPacket(FRAME, dpf(texts));
    expect([explained.winner, explained.reason]).toEqual([winner, reason]);
  });

  test("a residual decides who is among them", () => {
    const texts: FilterToExplain[] = [
      { name: "sum", language: "pcap-filter", text: "ip and ip[2] + ip[3] = 4" },
      { name: "other", language: "pcap-filter", text: "ip and ip[2] + ip[3] = 3" },
    ];
    const { winner, filters } = explainPacket(FRAME, texts);
    expect(winner).toBe("other");
    expect(filters.map(({ matches, residual }) => [matches, residual])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(filters.map(({ notes }) => notes)).toEqual([
      [expect.stringMatching(/a residual predicate decides/)],
      [expect.stringMatching(/a residual predicate decides/)],
    ]);
  });
});

test("thousands of claims that are alike are told apart in no time", () => {
  const asked = Array.from({ length: 3000 }, (_, n) => ({
    name: `f${n}`,
    language: "dpf" as const,
    text: "0:8 == 0x45",
  }));
  expect(explainPacket(FRAME, asked)).toMatchObject({
    winner: "f0",
    reason: "it tests 8 bits as f1 does, and is the older",
  });
});

test("texts that are wrong, or wrong for the link type, match nothing and say why", () => {
  const { winner, filters } = explainPacket(FRAME, [
    { name: "wrong", language: "dpf", text: "0:9 == 1" },
    { name: "group", language: "pcap-filter", text: "ether broadcast" },
    { name: "right", language: "pcap-filter", text: "ip" },
  ]);
  expect(winner).toBe("right");
  expect(filters.map(({ notes }) => notes.length > 0)).toEqual([true, true, false]);
  expect(filters[0]?.notes[0]).toMatch(/^1:3: /);
  expect(filters[1]).toMatchObject({ matches: false, terms: [], conjunctions: [] });
});

test("a load beyond the frame is noted, since tcpdump's optimiser may answer otherwise", () => {
  const asked: FilterToExplain[] = [{ name: "far", language: "pcap-filter", text: "ip[100] = 5 or ip" }];
  const [far] = explainPacket(FRAME, asked).filters;
  expect(far).toMatchObject({ matches: false, notes: [expect.stringMatching(/tcpdump -O/)] });
  expect(far?.terms.map(({ outcome }) => outcome)).toEqual(["fault", "not-reached"]);
});

describe("a frame by its number", () => {
  const packets = somePackets(5000);
  const capture = Buffer.from(buildPcap(packets));

  test.each([1, 2, 4096, 4097, 5000])("%i", async (number) => {
    const { frame } = await frameAt(Readable.from([capture]), number);
    const packet = packets[number - 1];
    expect(frame).toMatchObject({ number, address: 0, captured: packet?.octets.length, facts: { link: 1 } });
    expect(Buffer.from(frame?.octets ?? []).equals(Buffer.from(packet?.octets ?? []))).toBe(true);
    expect(frame?.time).toBe(BigInt(packet?.seconds ?? 0) * 1_000_000_000n + BigInt(packet?.fraction ?? 0) * 1000n);
  });

  test("beyond the end is none, and says how many there are", async () => {
    const { frame, packets: count } = await frameAt(Readable.from([capture]), 5001);
    expect([frame, count]).toEqual([undefined, 5000]);
  });

  test("of several link types each has its own", async () => {
    const { octets } = new PcapngBuilder()
      .section()
      .interface()
      .interface({ linkType: 113 })
      .enhanced({ octets: payload(9), interface: 1, wire: 90 })
      .enhanced({ octets: payload(8) });
    const facts = [];
    for (const number of [1, 2]) facts.push((await frameAt(Readable.from([octets]), number)).frame?.facts);
    expect(facts).toEqual([
      { wire: 90, link: 113 },
      { wire: 8, link: 1 },
    ]);
  });

  test("from a path and from a stream the same", async () => {
    const [path, stream] = ["captures/headers.pcap.gz", createReadStream("captures/headers.pcap.gz")];
    expect((await frameAt(path, 300)).frame).toEqual((await frameAt(stream, 300)).frame);
  });
});
