/** Filters that were packed are what they were; what is no filter goes as it is. */
import { describe, expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { packFilter, unpackFilter } from "../../src/dpf/packed.js";
import { checkFilter } from "../../src/dpf/wellformed.js";
import { Chance } from "../seeded.js";
import { factsOf, withFacts } from "./facts.js";
import { randomConjunction, randomFrame } from "./samples.js";

function large(seed: number): Filter {
  const chance = new Chance(seed);
  const conjunctions = Array.from({ length: 200 }, () => {
    const frame = randomFrame(chance, 60);
    return withFacts(chance, randomConjunction(chance, frame, 20), factsOf(frame));
  });
  return { conjunctions };
}

test.each([1, 2, 3])("there and back, seed %i", (seed) => {
  const filter = large(seed);
  const packed = packFilter(filter);
  expect(packed).toHaveProperty("words");
  expect(unpackFilter(structuredClone(packed))).toEqual(filter);
  expect(checkFilter(unpackFilter(packed))).toBeUndefined();
  const kinds = new Set(filter.conjunctions.flat().map(({ kind }) => kind));
  expect(kinds.size).toBe(6);
  const facts = new Set(filter.conjunctions.flat().map((atom) => ("of" in atom ? atom.of : undefined)));
  expect(facts.size).toBe(3);
});

test("conjunctions without atoms, and residuals, stay", () => {
  const residual = { lambdas: [], tables: 0 };
  const filter = { conjunctions: [[], ...large(4).conjunctions, []], residual };
  const packed = packFilter(filter);
  expect(packed).toHaveProperty("words");
  expect(unpackFilter(packed)).toEqual(filter);
});

describe("what goes as it is", () => {
  test("a small filter", () => {
    const filter: Filter = { conjunctions: [[{ kind: "shift", octets: 3 }]] };
    expect(packFilter(filter)).toBe(filter);
    expect(unpackFilter(filter)).toBe(filter);
  });

  test.each([
    ["{}"],
    ['{"conjunctions": 5}'],
    ['{"conjunctions": [5]}'],
    ['{"conjunctions": [[null]]}'],
    ['{"conjunctions": [[{"kind": "equals", "offset": 0}]]}'],
    ['{"conjunctions": [[{"kind": "equal", "offset": 0, "width": 24, "mask": 1, "value": 1}]]}'],
    ['{"conjunctions": [[{"kind": "equal", "of": "port", "offset": 0, "width": 8, "mask": 1, "value": 1}]]}'],
    ['{"conjunctions": [[{"kind": "shift-loaded", "of": "wire", "offset": 0, "width": 8, "mask": 1, "left": 1}]]}'],
  ])("whatever is no filter, however large: %s", (text) => {
    const wrong = JSON.parse(text);
    if (Array.isArray(wrong.conjunctions)) wrong.conjunctions.push(...large(5).conjunctions);
    expect(packFilter(wrong)).toBe(wrong);
    expect(checkFilter(unpackFilter(packFilter(wrong)))).toBeDefined();
  });

  test("numbers that no filter has stay wrong", () => {
    const [first, ...others] = large(6).conjunctions;
    const wrong = JSON.parse(JSON.stringify({ conjunctions: [first, ...others] }));
    wrong.conjunctions[3].push({ kind: "length", least: -1, most: 2 ** 40 });
    expect(checkFilter(unpackFilter(packFilter(wrong)))).toMatch(/^E_/);
  });
});
