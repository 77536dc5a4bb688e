import { describe, expect, test } from "vitest";
import type { Atom } from "../../src/dpf/atom.js";
import { matchesConjunction } from "../../src/dpf/brute.js";
import { bitsTested, canonical, canonicalFilter } from "../../src/dpf/canonical.js";
import { printConjunction } from "../../src/dpf/print.js";
import { compileText } from "../../src/filter/filter.js";
import { Chance } from "../seeded.js";
import { type Little, littleConjunction, littleFrame } from "./atoms.js";

function filter(text: string) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

function form(text: string): string {
  const atoms = canonical(filter(text).conjunctions[0]!);
  return atoms === undefined ? "never" : printConjunction(atoms);
}

describe("each rewrite", () => {
  test.each([
    // constant shifts
    ["shift 14 && 9:8 == 6", "23:8 == 0x06"],
    ["shift 6 && shift 0 && shift 8", "length >= 14"],
    ["2:8 == 1 && shift 3", "2:8 == 0x01"],
    ["2:8 == 1 && shift 4", "2:8 == 0x01 && length >= 4"],
    ["shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 53", "shift 14:8 & 0x0f << 2 && 16:16 == 0x0035"],
    ["shift 14 && shift 0:8 & 0x0f << 2", "shift 14:8 & 0x0f << 2 && length >= 14"],
    // lengths
    ["shift 2 && length >= 3", "length >= 5"],
    ["shift 2 && length <= 3", "length in 2..5"],
    ["length >= 3 && 2:8 == 1", "2:8 == 0x01"],
    ["length >= 3 && length in 2..7 && length <= 9", "length in 3..7"],
    ["length in 2..4 && 2:8 == 1", "2:8 == 0x01 && length <= 4"],
    ["length <= 2 && 2:8 == 1", "never"],
    ["length >= 3 && length <= 2", "never"],
    ["length <= 3 && shift 3:8", "never"],
    ["length >= 0", "true"],
    ["length >= 4 && shift 0:8 && length >= 0", "length >= 4 && shift 0:8"],
    // order, and what is implied
    ["9:8 == 6 && 2:8 == 1", "2:8 == 0x01 && 9:8 == 0x06"],
    ["0:8 in 2..9 && 0:8 != 5 && 0:8 & 0x80 == 0", "0:8 != 0x05 && 0:8 in 0x02..0x09"],
    ["0:8 == 1 && 0:8 == 1", "0:8 == 0x01"],
    ["0:16 == 0x0102 && 0:8 == 1 && 1:8 == 2", "0:16 == 0x0102"],
    ["0:16 & 0xff00 == 0x0100 && 0:8 == 1", "0:16 & 0xff00 == 0x0100"],
    ["0:8 == 1 && 0:32 & 0x80000000 == 0", "0:8 == 0x01 && length >= 4"],
    ["0:16 == 0x0102 && 1:8 == 3", "never"],
    ["0:8 == 1 && shift 0:8 && 0:8 == 2", "0:8 == 0x01 && shift 0:8 && 0:8 == 0x02"],
    // ranges
    ["0:8 in 5..5", "0:8 == 0x05"],
    ["0:8 in 0..255", "length >= 1"],
    ["0:32 in 0..0xffffffff", "length >= 4"],
    ["0:8 in 16..31", "0:8 & 0xf0 == 0x10"],
    ["30:32 in 10.0.0.0..10.255.255.255", "30:32 & 0xff000000 == 0x0a000000"],
    ["0:8 in 16..30", "0:8 in 0x10..0x1e"],
    ["0:8 in 16..40 && 0:8 in 30..50", "0:8 in 0x1e..0x28"],
    ["0:8 in 16..20 && 0:8 in 30..50", "never"],
    ["0:8 & 0xf0 in 1..0x4f", "0:8 & 0xf0 in 0x10..0x40"],
    ["0:8 & 0xf0 in 1..15", "never"],
    ["0:8 & 0xf0 in 0x80..0xff", "0:8 & 0x80 == 0x80"],
    ["0:8 >= 1", "0:8 != 0x00"],
    ["0:8 <= 254", "0:8 != 0xff"],
    ["0:8 in 1..254", "0:8 in 0x01..0xfe"],
    ["0:8 in 0..9 && 0:8 & 1 == 1", "0:8 & 0x01 == 0x01 && 0:8 in 0x01..0x09"],
    ["0:8 in 16..40 && 0:8 == 20", "0:8 == 0x14"],
    ["0:8 in 16..40 && 0:8 == 50", "never"],
    ["0:16 in 0x0100..0x01fe && 0:8 == 1", "0:16 in 0x0100..0x01fe"],
    // excluded values
    ["0:8 != 5 && 0:8 == 6", "0:8 == 0x06"],
    ["0:8 != 5 && 0:8 == 5", "never"],
    ["0:8 & 0xf0 != 0x50 && 0:8 == 6", "0:8 == 0x06"],
    ["0:16 & 0xff00 != 0 && 0:8 == 6", "0:8 == 0x06 && length >= 2"],
    ["0:8 & 0x80 != 0", "0:8 & 0x80 == 0x80"],
    ["0:8 in 3..9 && 0:8 != 3 && 0:8 != 4", "0:8 in 0x05..0x09"],
    ["0:8 in 3..9 && 0:8 != 5 && 0:8 != 12", "0:8 != 0x05 && 0:8 in 0x03..0x09"],
    ["0:8 in 3..4 && 0:8 != 4", "0:8 == 0x03"],
    ["0:8 in 3..4 && 0:8 != 4 && 0:8 != 3", "never"],
    ["0:8 != 0 && 0:8 != 1", "0:8 in 0x02..0xff"],
    ["0:32 != 0xffffffff && 0:32 != 0xfffffffe", "0:32 in 0x00000000..0xfffffffd"],
    ["0:8 & 0x03 != 0 && 0:8 & 0x03 != 1 && 0:8 & 0x03 != 2", "0:8 & 0x03 == 0x03"],
    // facts: the link type before all, octets on the wire behind all
    ["wire >= 60 && 0:8 == 1 && link == ethernet", "link == 1 && 0:8 == 0x01 && wire >= 60"],
    ["shift 0:8 && wire == 60 && 0:8 == 1 && link == 1", "link == 1 && shift 0:8 && 0:8 == 0x01 && wire == 60"],
    ["shift 0:8 && shift 3 && link == 1", "link == 1 && shift 0:8 && length >= 3"],
    ["length <= 3 && wire >= 60", "length <= 3 && wire >= 60"],
    ["link == 1 && shift 2 && link == 101", "never"],
    ["wire >= 60 && shift 0:8 && wire <= 59", "never"],
    ["wire >= 60 && wire <= 64", "wire in 60..64"],
    ["wire >= 60 && wire <= 60", "wire == 60"],
    ["wire <= 1023", "wire & 0xfffffc00 == 0"],
    ["wire > 0", "wire != 0"],
    ["wire >= 0 && link <= 65535", "true"],
    ["wire < 0xfffffffe", "wire <= 4294967293"],
    ["link != 1 && link == 2", "link == 2"],
    ["true", "true"],
  ])("%s → %s", (text, expected) => {
    expect(form(text)).toBe(expected);
    if (expected !== "never") expect(form(expected)).toBe(expected);
  });
});

test.each([
  ["0:8 in 0..3 && 0:8 != 3", "0:8 <= 2", "0:8 & 0xfc == 0 && 0:8 != 3"],
  ["0:8 & 0x40 == 0x40 && 0:8 & 0x80 == 0x80 && shift 1", "length >= 1 && 0:8 & 0x80 != 0 && 0:8 & 0x40 != 0"],
  ["30:32 == 10.1.2.0/24", "shift 30 && 0:32 in 10.1.2.0..10.1.2.255", "30:32 & 255.255.255.0 == 10.1.2.0"],
  ["0:8 != 0", "0:8 > 0", "0:8 in 1..255", "length >= 1 && 0:8 in 1..0xff"],
])("%s means what the others mean, and has their form", (text, ...others) => {
  for (const other of others) expect(form(other)).toBe(form(text));
});

test("offsets and lengths may exceed those of authors", () => {
  expect(form("shift 65535 && shift 65535 && 1:8 == 0 && length >= 2147483647")).toBe("never");
  expect(form("shift 65535 && shift 65535 && 1:8 == 0 && length <= 2147483647")).toBe("131071:8 == 0x00");
  expect(form("shift 65535 && length <= 2147483646")).toBe("length >= 65535");
  expect(form("shift 65535 && shift 65535 && length <= 3")).toBe("length in 131070..131073");
});

test("conjunctions of a filter: each once, in order, without those that never match", () => {
  const forms = canonicalFilter(filter("1:8 == 2 || 0:8 == 1 && 0:8 == 2 || 1:8 in 2..2 || 0:8 == 9"));
  expect([...forms.keys()]).toEqual(["0:8 == 0x09", "1:8 == 0x02"]);
});

test.each([
  ["12:16 == 0x0800 && 12:8 == 8 && 13:8 == 0", 16],
  ["0:16 == 0x0102 && 1:16 == 0x0203", 24],
  ["0:8 & 0xf0 == 0x40 && shift 0:8 & 0x0f << 2 && 0:8 & 0xf0 == 0", 8],
  ["0:8 & 0xf0 == 0x40 && shift 0", 4],
  ["0:16 in 1024..65535", 0],
  ["0:16 in 1024..2046", 6],
  ["0:16 in 1024..2047", 6],
  ["0:16 in 1024..2046 && 0:8 & 0xf8 == 0", 6],
  ["0:16 in 1024..2046 && 0:16 & 1 == 0", 7],
  ["0:8 != 5 && length >= 9", 0],
  ["0:8 != 5 && 0:8 != 4 && 0:8 & 0xfe == 4", 0],
  ["link == 1", 16],
  ["link == 1 && 0:16 == 1 && shift 0:8 && wire == 60 && 0:8 == 1", 72],
  ["wire >= 1024 && wire <= 2046", 22],
  ["wire & 0xff == 1 && shift 0:8 && wire & 0xf == 1", 8],
  ["wire > 60", 0],
  ["true", 0],
])("%s tests so many bits: %i", (text, bits) => {
  const atoms = canonical(filter(text).conjunctions[0]!);
  expect(atoms === undefined ? 0 : bitsTested(atoms)).toBe(bits);
});

describe("what it means stays", () => {
  const OVERLAPPING: Little = {
    octets: 5,
    alphabet: [0, 1, 2, 3, 0x80, 0xff],
    bits: 0xff,
    widths: [8, 8, 16, 32],
    loaded: 8,
    shiftMask: 3,
    shiftLeft: 1,
    facts: 12,
  };
  const NARROW: Little = { ...OVERLAPPING, octets: 3, alphabet: [0, 1, 2, 3], bits: 3, widths: [8, 8, 16] };

  test("seeds 1 to 12,000: as specified on random frames and all their prefixes; its own canonical form", () => {
    const counts = { matched: 0, refused: 0, never: 0, changed: 0, facts: 0 };
    const kinds = new Map<Atom["kind"], number>();
    for (let seed = 1; seed <= 12_000; seed++) {
      const chance = new Chance(seed);
      const little = seed % 2 === 0 ? OVERLAPPING : NARROW;
      const written = littleConjunction(chance, little, 7);
      const canon = canonical(written);
      if (canon === undefined) counts.never++;
      else expect(canonical(canon), `seed ${seed}: ${printConjunction(written)}`).toEqual(canon);
      if (canon !== undefined && printConjunction(canon) !== printConjunction(written)) counts.changed++;
      for (const { kind } of canon ?? []) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      counts.facts += canon?.filter((atom) => "of" in atom).length ?? 0;
      for (let frames = 0; frames < 6; frames++) {
        const frame = littleFrame(chance, { ...little, octets: little.octets + 4 });
        const facts = { wire: chance.pick(little.alphabet), link: chance.pick(little.alphabet) };
        for (let length = 0; length <= frame.length; length++) {
          const expected = matchesConjunction(written, frame, 0, length, facts);
          if (expected !== (canon !== undefined && matchesConjunction(canon, frame, 0, length, facts)))
            throw new Error(`seed ${seed}: ${printConjunction(written)} on ${frame.slice(0, length)}`);
          counts[expected ? "matched" : "refused"]++;
        }
      }
    }
    expect(counts.matched).toBeGreaterThan(20_000);
    expect(counts.refused).toBeGreaterThan(100_000);
    expect(counts.never).toBeGreaterThan(1000);
    expect(counts.changed).toBeGreaterThan(3000);
    expect(counts.facts).toBeGreaterThan(1000);
    for (const kind of ["equal", "not-equal", "range", "length", "shift-loaded"] as const)
      expect(kinds.get(kind), kind).toBeGreaterThan(1000);
    expect(kinds.has("shift")).toBe(false);
  });
});
