/** What a pcap-filter text's primitives answered of a frame, and what they looked at. */
import { describe, expect, test } from "vitest";
import { explainText, type FrameToExplain, type Term } from "../../src/filter/explain.js";
import { Chance } from "../seeded.js";
import { randomExpression } from "./pcap-filter/random-expressions.js";
import { randomFrame } from "./pcap-filter/random-frames.js";
import { countOf, framesOf } from "./single.js";

function frameOf(octets: Uint8Array, wire = octets.length, link = 1): FrameToExplain {
  return { octets, address: 0, captured: octets.length, facts: { wire, link } };
}

/** IPv4, UDP, from 10.0.0.1 port 5353 to 10.0.0.2 port 53, no payload. */
const UDP = frameOf(
  Buffer.from(
    `02000000000202000000000108004500001c00000000401166cf0a0000010a000002${"14e9003500080000".padEnd(16, "0")}`,
    "hex",
  ),
);

function terms(text: string, frame = UDP): readonly Term[] {
  const explained = explainText(text, frame);
  if (!explained.ok) throw new Error(`${text}: ${explained.errors[0]?.message}`);
  return explained.terms;
}

const told = (text: string, frame = UDP) => terms(text, frame).map((term) => `${term.text}: ${term.outcome}`);

describe("terms", () => {
  test.each<[string, string[]]>([
    ["udp", ["udp: true"]],
    ["udp and port 53", ["udp: true", "port 53: true"]],
    ["arp or udp or tcp", ["arp: false", "udp: true", "tcp: not-reached"]],
    ["tcp and port 53 or udp", ["tcp: false", "port 53: not-reached", "udp: true"]],
    ["not (tcp or port 53)", ["tcp: false", "port 53: true"]],
    ["port 80 or 443 or 53", ["port 80: false", "443: false", "53: true"]],
    ["udp[8] = 0 or udp", ["udp[8] = 0: fault", "udp: not-reached"]],
    ["udp and (len / (len - 42) = 1 or ip)", ["udp: true", "len / (len - 42) = 1: fault", "ip: not-reached"]],
    ["udp\nand\n port\n53", ["udp: true", "port\n53: true"]],
    ["# For nobody: arp.\nudp\n# at all\nand ip", ["udp: true", "ip: true"]],
    ["port\n# 80\n53", ["port\n    \n53: true"]],
    ["", []],
  ])("%j", (text, expected) => expect(told(text)).toEqual(expected));

  test("say where they stand, and whether they are negated", () => {
    const text = "not (tcp or not udp) and ip";
    const found = terms(text);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(["tcp", "udp", "ip"]);
    expect(found.map(({ negated }) => negated)).toEqual([true, false, false]);
  });

  test("have what they loaded, with its place in the frame", () => {
    const [udp, port] = terms("udp and dst port 53");
    expect(udp?.loads).toContainEqual({ from: 12, to: 14, value: 0x0800 });
    expect(port?.loads).toContainEqual({ from: 36, to: 38, value: 53 });
    const [beyond] = terms("udp[8:2] = 0");
    expect(beyond?.loads.at(-1)).toEqual({ from: 42, to: 44, value: undefined });
  });

  test("of a text that is wrong, or wrong for the link type, are its errors", () => {
    expect(explainText("port", UDP)).toMatchObject({ ok: false });
    expect(explainText("vlan", { ...UDP, facts: { wire: 42, link: 276 } })).toMatchObject({
      ok: false,
      errors: [{ line: 1, column: 1 }],
    });
  });
});

test.each([1, 101, 113, 276])(
  "link type %i: the whole is what the specification says, and a fault is the last that is reached",
  (link) => {
    const chance = new Chance(link);
    const outcomes = new Set<string>();
    for (let round = 0; round < 1500; round++) {
      const text = randomExpression(chance, link);
      const { octets, wire } = randomFrame(chance, link);
      const frame = frameOf(octets, wire, link);
      const explained = explainText(text, frame);
      if (!explained.ok) continue;
      expect([text, explained.matches ? 1 : 0]).toEqual([text, countOf(text, "pcap-filter", [frame])]);
      const faults = explained.terms.filter(({ outcome }) => outcome === "fault");
      expect(faults.length).toBeLessThanOrEqual(1);
      if (faults.length > 0) expect(explained.matches).toBe(false);
      for (const { outcome, loads } of explained.terms) {
        outcomes.add(outcome);
        if (outcome === "not-reached") expect(loads).toEqual([]);
        for (const { from, to, value } of loads) {
          if (value !== undefined) expect([from >= 0, to <= octets.length]).toEqual([true, true]);
        }
      }
    }
    expect([...outcomes].toSorted()).toEqual(["false", "fault", "not-reached", "true"]);
  },
);

test("all frames of a capture, cut or not", () => {
  for (const frame of framesOf(["oddities.pcap"])) {
    const explained = explainText("tcp port 80 or udp[8:4] > 5", frame);
    expect(explained).toMatchObject({ matches: countOf("tcp port 80 or udp[8:4] > 5", "pcap-filter", [frame]) === 1 });
  }
});
