import { describe, expect, test } from "vitest";
import { ErrorList } from "../../../src/filter/error.js";
import { compileText } from "../../../src/filter/filter.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { partsOf } from "../../../src/filter/pcap-filter/lower.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import type { Predicate } from "../../../src/filter/pcap-filter/predicate.js";
import { Shapes } from "../../../src/filter/pcap-filter/shapes.js";
import { Chance } from "../../seeded.js";
import { Predicates, randomFrame } from "./random-predicates.js";

/** H, P, N, B: an address, a port, a number of a protocol, an octet. */
const FORMS = [
  "host H",
  "host H and port P",
  "src host H and dst host H",
  "not host H",
  "host H or host H or host H",
  "not (host H or host H) and not port P",
  "tcp and dst host H and dst port P",
  "port P or port P",
  "not port P and not port P and not port P",
  "src port P and not dst port P",
  "ip[8] == B and ip[8] != B",
  "ip[8] != B and ip[8] != B and ip[8] != B",
  "ip proto N and host H",
  "ether[12:2] == P or ether[12:2] == P",
  "ether[12:2] != P and ether[12:2] != P and ether[12:2] != P and ether[12:2] != P",
  "host H and ip[2:2] > P",
  "net 10.0.0.0/8 and host H and port P",
  "tcp[2:2] & 0xff00 == 0 and dst port P and host H",
  "ether[30:4] == 0x0a000001 or ip dst host H",
  "ether[0 + 12:2] == P and ether[12:2] != P",
  "udp port P and udp[8:2] == P and not udp[8:2] == P",
  "vlan and host H and port P",
  "(host H and port P) or (host H and port P)",
  "ip6 host ::H and tcp port P",
];
const WORDS = [
  0, 1, 2, 3, 4, 0x0a000001, 0x0a000002, 0x0a000003, 0x0a000004, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff,
];
const HALVES = [0, 1, 2, 3, 80, 81, 82, 2046, 2047, 2048, 2049, 2050, 2054, 0x86dc, 0x86dd, 65_533, 65_534, 65_535];
const OCTETS = [0, 1, 2, 3, 5, 6, 7, 17, 132, 253, 254, 255];

function filled(form: string, chance: Chance): string {
  const dotted = (word: number) => [24, 16, 8, 0].map((bits) => (word >>> bits) & 0xff).join(".");
  const word = () => (chance.percent(50) ? chance.pick(WORDS) : chance.below(2 ** 32));
  const half = () => (chance.percent(60) ? chance.pick(HALVES) : chance.below(65_536));
  return form.replace(/\b[HPNB]\b/g, (letter) => {
    if (letter === "H") return dotted(word());
    if (letter === "P") return `${half()}`;
    return `${chance.pick(OCTETS)}`;
  });
}

function predicateOf(text: string, linkType: number): Predicate {
  const errors = new ErrorList(text);
  const predicate = expand(parsePcapFilter(text, errors), linkType, errors);
  if (predicate === undefined) throw new Error(`${text}: ${errors.list()[0]?.message}`);
  return predicate;
}

describe("what was lowered for another text of the shape is what would be lowered for this one", () => {
  test.each([1, 113, 101])("link type %d", (linkType) => {
    const chance = new Chance(linkType);
    const count: Count = { asked: 0, found: 0 };
    for (const form of FORMS) {
      if (linkType !== 1 && /ether|vlan/.test(form)) continue;
      const shapes = new Shapes();
      for (let run = 0; run < 24; run++) {
        const text = filled(form, chance);
        expectSame(shapes, predicateOf(text, linkType), count, text);
      }
    }
    // Constants are chosen for being beside each other: most of them lie in a way of their own.
    expect(count.found).toBeGreaterThan(count.asked / 4);
  });

  test("predicates by chance, with one constant or another changed", () => {
    const chance = new Chance(8);
    const count: Count = { asked: 0, found: 0 };
    for (let run = 0; run < 250; run++) {
      const predicate = new Predicates(chance, randomFrame(chance), { odd: run % 4 === 0 ? 10 : 0 }).predicate();
      const shapes = new Shapes();
      for (let other = 0; other < 12; other++) {
        expectSame(shapes, other === 0 ? predicate : changed(predicate, chance), count, `${run} ${other}`);
      }
    }
    expect(count.found).toBeGreaterThan(count.asked / 10);
  });
});

interface Count {
  asked: number;
  found: number;
}

/** Of what atoms cannot say nothing is kept. */
function expectSame(shapes: Shapes, predicate: Predicate, count: Count, what: string): void {
  const direct = partsOf(predicate);
  let isNew = false;
  const parts = shapes.partsOf(predicate, () => {
    isNew = true;
    return direct;
  });
  expect(parts, what).toEqual(direct);
  count.asked++;
  if (!isNew) count.found++;
}

/** The same but for constants that loads are compared with. */
function changed(predicate: Predicate, chance: Chance): Predicate {
  switch (predicate.kind) {
    case "not":
      return { kind: "not", of: changed(predicate.of, chance) };
    case "chain": {
      const rest = predicate.rest.map(({ operator, term }) => ({ operator, term: changed(term, chance) }));
      return { kind: "chain", first: changed(predicate.first, chance), rest };
    }
    case "comparison": {
      const { operator, left, right } = predicate;
      if (operator !== "==" || right.kind !== "constant" || chance.percent(60)) return predicate;
      return { kind: "comparison", operator, left, right: { kind: "constant", value: near(right.value, chance) } };
    }
    default:
      return predicate;
  }
}

function near(value: number, chance: Chance): number {
  return chance.percent(50) ? chance.pick(OCTETS) : (value + chance.pick([-3, -2, -1, 1, 2, 3])) >>> 0;
}

test("a thousand texts that differ in addresses and ports only are lowered a few times", () => {
  const shapes = new Shapes();
  let lowered = 0;
  for (let number = 0; number < 1000; number++) {
    const predicate = predicateOf(`host 10.0.${number >> 8}.${number & 255} and port ${1000 + number}`, 1);
    shapes.partsOf(predicate, () => {
      lowered++;
      return partsOf(predicate);
    });
  }
  expect(lowered).toBe(1);
});

test("texts of many shapes, with what cannot be said in atoms, compile as each by itself", () => {
  const chance = new Chance(5);
  const shapes = new Shapes();
  const others = [
    "ip[ip[0]] == B and host H",
    "ip protochain N and host H",
    "len > P and port P",
    "tcp[tcp[12] >> 2] == B",
  ];
  for (let run = 0; run < 300; run++) {
    const text = filled(chance.pick([...FORMS, ...others]), chance);
    const [alone, together] = [compileText(text, "pcap-filter", 1), compileText(text, "pcap-filter", 1, shapes)];
    expect(together.ok && together.filter, text).toEqual(alone.ok && alone.filter);
  }
});
