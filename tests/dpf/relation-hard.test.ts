/** Pairs made to be hard: each is answered within the work that is granted, and the stack bears it. */
import { describe, expect, test } from "vitest";
import type { Filter, ShiftLoaded } from "../../src/dpf/atom.js";
import { prepare } from "../../src/dpf/prepared.js";
import { type RelationName, relate } from "../../src/dpf/relation.js";
import { wellformed } from "../../src/dpf/wellformed.js";
import { compileText } from "../../src/filter/filter.js";
import { accepts } from "./facts.js";

function filter(text: string): Filter {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text.slice(0, 80)}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

const many = (count: number, each: (index: number) => string, between: string) =>
  Array.from({ length: count }, (_, index) => each(index)).join(between);

const MOVE: ShiftLoaded = { kind: "shift-loaded", offset: 0, width: 8, mask: 1, left: 0 };

/** Conjunctions of loaded shifts only, but for a last test. */
function moving(conjunctions: number, shifts: number): Filter {
  const each = (index: number) => [
    ...Array.from({ length: shifts }, (_, shift) => ({ ...MOVE, offset: (shift * 3) % 7 })),
    { kind: "equal", offset: 3, width: 8, mask: 0xff, value: index } as const,
  ];
  return { conjunctions: Array.from({ length: conjunctions }, (_, index) => each(index)) };
}

const LONG = filter("length >= 900 && 1:32 == 0");

describe("hard pairs", () => {
  test.each<[string, Filter, Filter, RelationName[]]>([
    [
      "two times 256 conjunctions, all different",
      filter(many(256, (at) => `${at}:8 == 1`, "||")),
      filter(many(256, (at) => `${at}:8 == 2`, "||")),
      ["partial"],
    ],
    [
      "two times 256 conjunctions, all disjoint",
      filter(many(256, (value) => `0:16 == ${value}`, "||")),
      filter(many(256, (value) => `0:16 == ${value + 256}`, "||")),
      ["disjoint"],
    ],
    [
      "256 values that are all there are",
      filter(many(256, (value) => `0:8 == ${value}`, "||")),
      filter("length >= 1"),
      ["identical"],
    ],
    [
      "all values but 250, twice, and overlapping",
      filter(many(250, (value) => `0:16 != ${value * 3}`, "&&")),
      filter(many(250, (value) => `1:16 != ${value * 7}`, "&&")),
      ["partial"],
    ],
    [
      "ranges chained over 250 octets",
      filter(many(250, (at) => `${at}:16 in ${((at * 7) % 250) * 256 + 5}..${((at * 7) % 250) * 256 + 700}`, "&&")),
      filter(many(250, (at) => `${at}:32 & 0x00ffff00 in 1..65280`, "&&")),
      ["disjoint"],
    ],
    [
      "clauses over 16 octets, of which one must hold",
      filter(
        many(
          256,
          (at) => `${at % 16}:8 & ${1 << (at % 8)} == 0 && ${(at * 7) % 16}:8 & ${1 << ((at * 3) % 8)} != 0`,
          "||",
        ),
      ),
      filter("length >= 20"),
      ["partial", "unknown"],
    ],
    [
      "255 shifts by 32 bits, and 200 by 16",
      filter(many(255, (at) => `shift ${at * 3}:32`, "&&")),
      filter(many(200, (at) => `shift ${at * 4 + 1}:32 & 0xffff`, "&&")),
      ["partial", "unknown"],
    ],
    [
      "255 shifts by a bit, and 200 by another",
      filter(`${many(255, () => "shift 0:8 & 1", "&&")} && 0:8 == 3`),
      filter(`${many(200, () => "shift 0:8 & 2", "&&")} && 1:16 == 99`),
      ["unknown"],
    ],
    ["one frame, and 255 shifts", LONG, moving(1, 255), ["partial"]],
    ["one frame, and 256 times 255 shifts", LONG, moving(256, 255), ["partial", "unknown"]],
    ["255 shifts, and 256 times 255", moving(1, 255), moving(256, 255), ["inside", "contains", "unknown"]],
    ["200 shifts, and 256 times 20", moving(1, 200), moving(256, 20), ["partial", "unknown"]],
  ])("%s", { timeout: 5000 }, (_, a, b, possible) => {
    for (const each of [a, b]) expect(wellformed(each)).toBeUndefined();
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      const { relation, witness } = relate(prepare(one), prepare(other));
      expect(possible).toContain(relation);
      if (witness) for (const each of [a, b]) expect(accepts(each, witness)).toBe(true);
    }
  });

  test("hundreds of candidates are told apart by a glance: hardly any work is granted", () => {
    const claim = (host: number, port: number) =>
      prepare(filter(`12:16 == ip && 23:8 == tcp && 30:32 == ${host} && shift 14:8 & 0x0f << 2 && 16:16 == ${port}`));
    const fresh = claim(0x0a000001, 80);
    for (let other = 0; other < 300; other++) {
      expect(relate(fresh, claim(0x0a000002 + other, 80), 1)).toEqual({ relation: "disjoint" });
      expect(relate(fresh, claim(0x0a000001, 81 + other), 1)).toEqual({ relation: "disjoint" });
    }
  });
});
