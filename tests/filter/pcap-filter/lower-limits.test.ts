/** Long and explosive predicates: right where they are lowered, refused with the limit's name where not, and soon in either case. */
import { describe, expect, test } from "vitest";
import { MAX_CONJUNCTIONS, MAX_RESIDUAL_INSNS, RESIDUAL_FUEL } from "../../../src/dpf/atom.js";
import { residualProblem } from "../../../src/dpf/residual.js";
import { checkFilter } from "../../../src/dpf/wellformed.js";
import { MAX_STEPS } from "../../../src/filter/pcap-filter/alternatives.js";
import { type Lowered, lower } from "../../../src/filter/pcap-filter/lower.js";
import type { Predicate, Step } from "../../../src/filter/pcap-filter/predicate.js";
import { Engines, Rows } from "../../dpf/support.js";
import { expectedOf, filterOf, foundBy, lowerText, predicateOf } from "./lowered.js";
import { constant } from "./random-predicates.js";

function list(count: number, term: (index: number) => string, operator = "or"): string {
  return Array.from({ length: count }, (_, index) => term(index)).join(` ${operator} `);
}

function host(index: number): string {
  return `host 10.${index >> 16}.${(index >> 8) & 0xff}.${index & 0xff}`;
}

/** IPv4 or ARP between two addresses of 10/8, by their last three octets. */
function frame(type: number, from: number, to: number): Uint8Array {
  const octets = new Uint8Array(46);
  const view = new DataView(octets.buffer);
  view.setUint16(12, type);
  view.setUint8(14, 0x45);
  view.setUint8(23, 17);
  const [source, destination] = type === 0x0800 ? [26, 30] : [28, 38];
  view.setUint32(source, 0x0a000000 + from);
  view.setUint32(destination, 0x0a000000 + to);
  view.setUint16(34, from & 0xffff);
  view.setUint16(36, to & 0xffff);
  return octets;
}

const FRAMES = [
  frame(0x0800, 999, 5000),
  frame(0x0800, 5000, 0),
  frame(0x0806, 500, 7000),
  frame(0x8035, 7000, 1),
  frame(0x0800, 5000, 6000),
  frame(0x86dd, 1, 2),
];

/** What the reference, the specification and all targets say of the frames. */
function compared(text: string, rows: Rows): boolean[] {
  const predicate = predicateOf(text);
  if (predicate === undefined) throw new Error(`refused: ${text}`);
  const { filter } = filterOf(text);
  expect(checkFilter(filter, residualProblem)).toBeUndefined();
  const expected = expectedOf(predicate, rows);
  expect(foundBy(filter, rows)).toEqual(expected);
  const engines = new Engines(rows);
  engines.insert({ id: 1, filter, mode: "tap", priority: 0, age: 0 });
  engines.install();
  for (const [target, verdicts] of engines.verdicts()) {
    expect(
      verdicts.map((verdict) => verdict.endsWith(" 1")),
      target,
    ).toEqual(expected);
  }
  return expected;
}

describe("long chains match what the reference says, on every target", () => {
  test.each<[string, string]>([
    ["1,000 hosts", list(1000, host)],
    ["none of 1,000 hosts", list(1000, (index) => `not ${host(index)}`, "and")],
    ["1,000 ports", list(1000, (index) => `port ${index}`)],
    ["40 hosts, still conjunctions alone", list(40, host)],
    ["30 hosts that are not, and another", `${list(30, (index) => `not ${host(index)}`, "and")} and ${host(5000)}`],
  ])("%s", (_, text) => {
    expect(compared(text, new Rows(FRAMES, true))).toContain(true);
  });

  test("what never matches", () => {
    const text = "ip and arp";
    expect(filterOf(text).residual).toBeUndefined();
    expect(compared(text, new Rows(FRAMES, true))).not.toContain(true);
  });
});

describe("chains of headers", () => {
  /** IPv6 with so many hop-by-hop options of 8 octets each, then UDP. */
  function options(count: number): Uint8Array {
    const octets = new Uint8Array(54 + 8 * (count + 1));
    octets.set([0x86, 0xdd], 12);
    if (count === 0) octets[20] = 17;
    else octets[54 + 8 * (count - 1)] = 17;
    return octets;
  }
  /** Authentication headers whose length is where they are: libpcap forgets its place there, and never ends. */
  const circle = options(2).fill(51, 20, 21).fill(51, 54, 55).fill(8, 55, 56);
  const frames = [options(0), options(1), options(255), options(256), options(257), circle];

  test("end where predicate.ts says, before their fuel", () => {
    const rows = new Rows(frames, false);
    expect(compared("ip6 protochain 17", rows)).toEqual([true, true, true, false, false, false]);
    const many = list(14, (index) => `ip6 protochain ${index + 4}`);
    expect(compared(many, rows)).toEqual([true, true, true, false, false, false]);
  });
});

test("beside a residual stand a few conjunctions that say when it is worth asking", () => {
  const { filter, residual } = filterOf(list(1000, host));
  expect(residual).toContain(`${MAX_CONJUNCTIONS} conjunctions`);
  expect(filter.conjunctions).toHaveLength(3);
  // Two tests for each of three protocols; one load for each address field.
  expect(filter.residual?.lambdas[0]?.insns.length).toBeLessThan(6100);
});

test.each<[string, string, RegExp]>([
  ["too many instructions", list(10_000, host), new RegExp(`instructions, limit ${MAX_RESIDUAL_INSNS}`)],
  [
    "too many chains of headers",
    list(16, (index) => `ip protochain ${index}`),
    new RegExp(`4112 units of fuel, limit ${RESIDUAL_FUEL}`),
  ],
])("%s", (_, text, message) => {
  const lowered = lowerText(text);
  expect("problem" in lowered ? lowered.problem : undefined).toEqual({
    code: "E_TOO_COMPLEX",
    message: expect.stringMatching(message),
  });
});

/** In milliseconds of this process (others on the machine do not count); once in three times is enough. */
function expectWithin(most: number, work: () => void): void {
  const times: number[] = [];
  while (times.length < 3 && times.every((time) => time >= most)) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  expect(Math.min(...times)).toBeLessThan(most);
}

describe("time", () => {
  test("10,000 alternatives take less than a second", () => {
    const rest = Array.from({ length: 10_000 }, (_, index): Step => ({ operator: "or", term: octetIs(index) }));
    const predicate: Predicate = { kind: "chain", first: octetIs(0), rest };
    expectWithin(1000, () => lower(predicate));
  });

  /** Each operand doubles the conjunctions, or more. */
  const octet = (index: number, most: number) => `ether[${index % most}]`;
  test.each<[string, string, string]>([
    [
      "pairs",
      list(30, (index) => `(${octet(2 * index, 99)} = 1 or ${octet(2 * index + 1, 99)} = 1)`, "and"),
      "conjunctions",
    ],
    [
      "triples",
      list(
        500,
        (n) => `(${octet(n, 57)} = 1 or ${octet(7 * n, 59)} > ${n % 256} or ${octet(11 * n, 61)} & 0x10 != 0)`,
        "and",
      ),
      "conjunctions",
    ],
    [
      "negations",
      list(400, (n) => `(${octet(n, 57)} = 1 and ip[${n % 61}] > ${n % 256} or tcp[${(7 * n) % 59}] = 5)`, "and not"),
      "conjunctions",
    ],
  ])("products of %s end", (_, text, reason) => {
    const predicate = predicateOf(text);
    if (predicate === undefined) throw new Error("refused");
    const found: Lowered[] = [];
    expectWithin(3000, () => found.push(lower(predicate)));
    const [lowered] = found;
    expect(lowered && "filter" in lowered ? lowered.residual : undefined).toContain(reason);
  });

  test("no more than MAX_STEPS pairs of conjunctions are looked at", () => {
    // Each product looks at some 30,000 pairs, and has a conjunction fewer than the last.
    const alternatives = (from: number) => `(${list(200, (n) => `ether[0:2] = ${from + n}`)})`;
    expect(filterOf(list(60, alternatives, "and")).residual).toContain(String(MAX_STEPS));
  });
});

function octetIs(index: number): Predicate {
  const left = { kind: "load", base: undefined, offset: index % 100, size: 2 } as const;
  return { kind: "comparison", operator: "==", left, right: constant(index) };
}
