import { describe, expect, test } from "vitest";
import type { Conjunction, Filter, FrameFacts } from "../../src/dpf/atom.js";
import { plainFacts } from "../../src/dpf/brute.js";
import { prepare } from "../../src/dpf/prepared.js";
import { printFilter } from "../../src/dpf/print.js";
import { type RelationName, relate } from "../../src/dpf/relation.js";
import { compileText } from "../../src/filter/filter.js";
import { Chance } from "../seeded.js";
import { allFacts, allFrames, type Little, littleAtom, littleConjunction } from "./atoms.js";
import { accepts } from "./facts.js";

function filter(text: string): Filter {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

const between = (a: string, b: string, work?: number) => relate(prepare(filter(a)), prepare(filter(b)), work);

const MIRRORED: Record<RelationName, RelationName> = {
  identical: "identical",
  inside: "contains",
  contains: "inside",
  partial: "partial",
  disjoint: "disjoint",
  unknown: "unknown",
};

const NETWORK = (more: string) => `12:16 == ip && 26:32 == 10.0.0.0/8 && ${more}`;
const PORT = (port: string) => `12:16 == ip && 23:8 == tcp && shift 14 && shift 0:8 & 0x0f << 2 && 2:16 ${port}`;

describe("what the words say", () => {
  test.each<[string, string, RelationName]>([
    ["true", "true", "identical"],
    ["12:16 == ip", "true", "inside"],
    ["12:16 == ip", "12:16 == arp", "disjoint"],
    ["12:16 == ip", "23:8 == tcp", "partial"],
    ["12:16 == ip && 23:8 == tcp", "12:16 == ip", "inside"],
    ["0:16 == 0x0102", "1:8 == 2 && 0:8 == 1", "identical"],
    ["0:8 == 1 && 0:8 == 2", "true", "disjoint"],
    // lengths: a load that is not there fails, whatever the test
    ["0:8 == 1 || 0:8 != 1", "length >= 1", "identical"],
    ["0:8 == 1 || 0:8 != 1", "true", "inside"],
    ["length <= 4", "4:8 == 0", "disjoint"],
    ["length <= 5", "4:8 == 0", "partial"],
    ["length == 5 && 4:8 == 0", "4:8 == 0", "inside"],
    ["length <= 2 || length >= 3", "true", "identical"],
    ["length >= 2147483647", "length <= 9", "disjoint"],
    // networks, ranges, values excluded
    [NETWORK("true"), "12:16 == ip && 26:32 in 10.0.0.0..10.255.255.255", "identical"],
    [NETWORK("30:32 == 10.1.2.3"), NETWORK("30:32 == 10.0.0.0/8"), "inside"],
    [NETWORK("30:32 == 10.0.0.0/8"), NETWORK("30:32 == 11.0.0.0/8"), "disjoint"],
    [NETWORK("36:16 in 1..9"), NETWORK("36:16 in 10..20"), "disjoint"],
    [NETWORK("36:16 in 1..9"), NETWORK("36:16 in 9..20"), "partial"],
    [NETWORK("36:16 in 1..9"), NETWORK("36:16 != 0"), "inside"],
    [NETWORK("36:16 in 0..9"), NETWORK("36:16 != 0"), "partial"],
    ["0:8 in 0..9 || 0:8 in 10..255", "length >= 1", "identical"],
    ["0:8 in 0..9 || 0:8 in 11..255", "0:8 != 10", "identical"],
    ["0:8 in 3..5 && 0:8 != 4", "0:8 == 3 || 0:8 == 5", "identical"],
    // fields that overlap
    ["0:16 in 0x0100..0x01ff", "0:8 == 1", "inside"],
    ["0:16 in 0x0180..0x02ff && 1:8 < 0x80", "0:8 == 2", "inside"],
    ["0:16 in 0x0180..0x01ff && 1:8 < 0x80", "true", "disjoint"],
    ["0:32 & 0x00ffff00 == 0x00123400", "1:16 == 0x1234", "inside"],
    ["0:16 in 0x0102..0x0103 && 1:16 in 0x0301..0x0302", "2:8 == 3", "disjoint"],
    // loaded shifts
    [PORT("== http"), PORT("== https"), "disjoint"],
    [PORT("in 80..89"), PORT("in 85..99"), "partial"],
    [PORT("== http"), PORT("in 80..89"), "inside"],
    [`14:8 == 0x45 && ${PORT("== http")}`, "36:16 == http", "inside"],
    [PORT("== http"), "36:16 == http", "partial"],
    ["shift 0:8 & 3 && 0:8 & 0xfc == 0", "length >= 1", "inside"],
    ["0:8 == 2 && shift 0:8 && 0:8 == 7", "0:8 == 2 && 2:8 == 7", "identical"],
    ["0:8 == 2 && shift 0:8 && 0:8 == 7", "0:8 == 2 && 2:8 == 8", "disjoint"],
    ["0:8 == 0 && shift 0:8 && 0:8 == 7", "true", "disjoint"],
    ["shift 0:8 & 1 && 0:8 == 9", "0:8 & 1 == 0 && 0:8 == 9 || 0:8 & 1 == 1 && 1:8 == 9", "identical"],
    ["shift 0:8 & 1 && 1:8 == 9", "0:8 & 1 == 0 && 1:8 == 9 || 0:8 & 1 == 1 && 2:8 == 9", "identical"],
    ["shift 0:8 & 1 << 31", "0:8 & 1 == 0", "identical"],
    ["shift 0:8 & 3", "length >= 1", "inside"],
    ["length == 1", "shift 0:8 & 3", "partial"],
    ["length == 3", "shift 0:8 & 3", "inside"],
    ["shift 0:8 & 3 << 1 && 0:8 == 1", "shift 0:8 & 3 << 2 && 0:8 == 2", "partial"],
    // unions
    ["0:8 == 1 || 0:8 == 2", "0:8 == 2 || 0:8 == 3", "partial"],
    ["0:8 == 1 || 0:8 == 2", "0:8 in 1..2", "identical"],
    ["0:8 & 0x80 == 0", "0:8 & 0xc0 == 0 || 0:8 & 0xc0 == 0x40", "identical"],
    ["0:8 == 1 && 1:8 == 1", "0:8 == 1 && 2:8 == 2 || 1:8 == 1 && 2:8 != 2", "partial"],
    ["0:8 == 1 && 1:8 == 1 && length >= 3", "0:8 == 1 && 2:8 == 2 || 1:8 == 1 && 2:8 != 2", "inside"],
    // facts: for every frame, whatever its length
    ["link == 1", "link == 101", "disjoint"],
    ["link == 1 || link != 1", "true", "identical"],
    ["link == 1 && 12:16 == ip", "12:16 == ip", "inside"],
    ["link <= 65535", "true", "identical"],
    ["wire >= 1000", "wire <= 999", "disjoint"],
    ["wire >= 1000 || wire < 1000", "length >= 0", "identical"],
    ["wire in 60..64", "wire >= 60 && shift 0:8 & 3 && wire <= 64 && 0:8 == 1", "contains"],
    ["wire >= 0x80000000", "wire == 0xffffffff", "contains"],
    ["wire == 60", "wire & 1 == 1", "disjoint"],
    ["wire <= 10", "20:8 == 1", "partial"],
    ["wire >= 20", "length >= 20", "partial"],
    ["link == 1 && wire == 5", "0:8 == 5", "partial"],
  ])("%s — %s: %s", (a, b, relation) => {
    const found = between(a, b);
    expect(found.relation).toBe(relation);
    expect(between(b, a).relation).toBe(MIRRORED[relation]);
    if (relation === "disjoint") expect(found.witness).toBeUndefined();
    else for (const text of [a, b]) expect(accepts(filter(text), found.witness!)).toBe(true);
  });

  test("a witness is as short as its loads allow, and 0 where nothing decides", () => {
    const { witness } = between("3:8 in 5..9 && 3:8 & 1 == 0", "1:16 != 0");
    expect([...witness!.octets]).toEqual([0, 0, 1, 6]);
  });

  test.each([
    ["3:8 == 1", "true", 4, 1],
    ["3:8 == 1", "wire >= 1000", 1000, 1],
    ["3:8 == 1", "wire & 1 == 1", 5, 1],
    ["3:8 == 1", "wire & 0xf0 == 0x20 && link == raw", 32, 101],
    ["length >= 300", "wire in 0..299 && link != 1", 0, 0],
    ["wire >= 0x80000001", "link > 0xfffe", 0x80000001, 65_535],
    ["wire == 7 && shift 9", "true", 7, 1],
  ])("a witness of %s and %s was captured whole from Ethernet, unless that is asked otherwise", (a, b, wire, link) => {
    expect(between(a, b).witness).toMatchObject({ wire, link });
  });

  test("a witness that would be very long is left out", () => {
    expect(between("length >= 262145", "true")).toEqual({ relation: "inside" });
    expect(between("length >= 262144", "true").witness?.octets).toHaveLength(262_144);
  });

  test("a residual makes it unknown, unless the atoms alone are disjoint", () => {
    const residual = { lambdas: [], tables: 0 };
    const [ip, arp] = [filter("12:16 == ip"), filter("12:16 == arp")];
    const odd = prepare({ ...ip, residual });
    for (const other of [odd, prepare(ip)]) {
      expect(relate(odd, other)).toEqual({ relation: "unknown" });
      expect(relate(other, odd)).toEqual({ relation: "unknown" });
    }
    expect(relate(odd, prepare(arp))).toEqual({ relation: "disjoint" });
  });
});

/** What enumeration says. */
function enumerated(a: Filter, b: Filter, { frames, facts }: Kind): RelationName {
  let [both, onlyA, onlyB] = [false, false, false];
  const all = frames.flatMap((octets) => (facts ?? [plainFacts(octets.length)]).map((its) => ({ octets, ...its })));
  for (const frame of all) {
    const inA = accepts(a, frame);
    const inB = accepts(b, frame);
    both ||= inA && inB;
    onlyA ||= inA && !inB;
    onlyB ||= inB && !inA;
    if (both && onlyA && onlyB) return "partial";
  }
  if (!both) return "disjoint";
  if (onlyA) return "contains";
  return onlyB ? "inside" : "identical";
}

/**
 * Enumeration is complete where its frames are one octet longer than any load or bound of the filters reaches: here
 * `octets`, and the constant and loaded shifts before. What a longer frame holds changes nothing.
 */
interface Kind {
  readonly little: Little;
  /** Octets of all constant shifts, and loaded shifts, of one conjunction at most. */
  readonly constant: number;
  readonly loads: number;
  readonly frames: readonly Uint8Array[];
  /** Where atoms ask for facts: all that decide otherwise. */
  readonly facts?: readonly FrameFacts[];
}

const LITTLE: Little = {
  octets: 3,
  alphabet: [0, 1, 2, 3],
  bits: 3,
  widths: [8, 8, 16],
  loaded: 12,
  shiftMask: 1,
  shiftLeft: 0,
};
const ALL = Array.from({ length: 256 }, (_, octet) => octet);
const KINDS = {
  "four values of an octet": { little: LITTLE, constant: 1, loads: 1, frames: allFrames(LITTLE.alphabet, 6) },
  "two values of an octet, fields of 32 bits, two loaded shifts": {
    little: { ...LITTLE, octets: 4, alphabet: [0, 1], bits: 1, widths: [8, 16, 32] },
    constant: 2,
    loads: 2,
    frames: allFrames([0, 1], 9),
  },
  "two values of an octet, shifts that need not fit": {
    little: { ...LITTLE, alphabet: [0, 1], bits: 1, loaded: 20, shiftLeft: 2 },
    constant: 1,
    loads: 1,
    frames: allFrames([0, 1], 9),
  },
  "all values of one octet": {
    little: { ...LITTLE, octets: 1, alphabet: ALL, bits: 255, widths: [8], loaded: 0 },
    constant: 0,
    loads: 0,
    frames: allFrames(ALL, 1).flatMap((frame) => (frame.length === 0 ? [frame] : [frame, Uint8Array.of(...frame, 0)])),
  },
  "all values of two octets": {
    little: { ...LITTLE, octets: 2, alphabet: ALL, bits: 255, widths: [8, 16], loaded: 0 },
    constant: 0,
    loads: 0,
    frames: allFrames(ALL, 2).flatMap((frame) => (frame.length < 2 ? [frame] : [frame, Uint8Array.of(...frame, 0)])),
  },
  "facts, among two values of an octet": {
    little: { ...LITTLE, alphabet: [0, 1], bits: 1, facts: 40 },
    constant: 1,
    loads: 1,
    frames: allFrames([0, 1], 6),
    facts: allFacts(1),
  },
  "facts of four values": {
    little: { ...LITTLE, octets: 1, alphabet: [0, 1, 2, 3], widths: [8], loaded: 0, facts: 75 },
    constant: 0,
    loads: 0,
    frames: allFrames([0, 1, 2, 3], 2),
    facts: allFacts(3),
  },
} satisfies Record<string, Kind>;

describe("against enumeration", () => {
  const seen = new Map<string, number>();
  let hurried = 0;

  function conjunction(chance: Chance, { little, constant, loads }: Kind): Conjunction {
    for (;;) {
      const atoms = littleConjunction(chance, little, 4);
      const moved = atoms.reduce((sum, atom) => sum + (atom.kind === "shift" ? atom.octets : 0), 0);
      if (moved <= constant && atoms.filter(({ kind }) => kind === "shift-loaded").length <= loads) return atoms;
    }
  }

  /** Two that have nothing to do with each other, or one and a relative: an alternative more, atoms less, atoms more. */
  function pair(chance: Chance, kind: Kind): readonly [Filter, Filter] {
    const union = () => {
      const count = chance.percent(60) ? 1 : 2 + chance.below(2);
      return { conjunctions: Array.from({ length: count }, () => conjunction(chance, kind)) };
    };
    const a = union();
    const change = chance.below(6);
    if (change === 0) return [a, { conjunctions: [...a.conjunctions, conjunction(chance, kind)] }];
    if (change > 2) return [a, union()];
    const conjunctions = a.conjunctions.map((atoms) => {
      if (change === 1) return atoms.filter(({ kind }) => kind.startsWith("shift") || chance.percent(70));
      const more = littleAtom(chance, { ...kind.little, loaded: 0 });
      return more.kind === "shift" ? atoms : [more, ...atoms];
    });
    return [a, { conjunctions }];
  }

  function compare(seed: number, kind: Kind): void {
    const [a, b] = pair(new Chance(seed), kind);
    const [one, other] = [prepare(a), prepare(b)];
    const found = relate(one, other);
    seen.set(found.relation, (seen.get(found.relation) ?? 0) + 1);
    if (found.relation !== "unknown") {
      const expected = enumerated(a, b, kind);
      if (found.relation !== expected)
        throw new Error(`seed ${seed}: ${printFilter(a)}\nand ${printFilter(b)}:\n${found.relation}, not ${expected}`);
    }
    expect(relate(other, one).relation, `seed ${seed}`).toBe(MIRRORED[found.relation]);
    // With less work, the same or nothing.
    const hasty = relate(one, other, 1 << (seed % 10)).relation;
    if (hasty === "unknown") hurried++;
    else expect(hasty, `seed ${seed}`).toBe(found.relation);
    const { witness } = found;
    expect(witness === undefined, `seed ${seed}`).toBe(found.relation === "disjoint");
    if (witness) for (const each of [a, b]) expect(accepts(each, witness)).toBe(true);
  }

  test.each<[keyof typeof KINDS, number, number]>([
    ["four values of an octet", 1, 800],
    ["two values of an octet, fields of 32 bits, two loaded shifts", 10_001, 3000],
    ["two values of an octet, shifts that need not fit", 40_001, 2000],
    ["all values of one octet", 20_001, 2000],
    ["all values of two octets", 30_001, 25],
    ["facts, among two values of an octet", 50_001, 1500],
    ["facts of four values", 60_001, 1500],
  ])("%s: seeds from %i, %i pairs", (name, from, pairs) => {
    for (let seed = from; seed < from + pairs; seed++) compare(seed, KINDS[name]);
  });

  test("each relation came often, and nearly all answers were exact", () => {
    const total = [...seen.values()].reduce((sum, each) => sum + each, 0);
    expect(seen.get("unknown") ?? 0).toBeLessThan(total * 0.05);
    for (const relation of ["identical", "inside", "contains", "partial", "disjoint"])
      expect(seen.get(relation), relation).toBeGreaterThanOrEqual(100);
    expect(hurried).toBeGreaterThan(500);
    expect(hurried).toBeLessThan(total / 2);
  });
});
