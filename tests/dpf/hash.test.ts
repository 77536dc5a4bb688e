import { describe, expect, test } from "vitest";
import { DispatchTable } from "../../src/dpf/hash.js";
import { MAX_WAY, NODE_MULTIPLIER, SLOT_WORDS, SlotWord, shiftOf, slotOf, slotsOf } from "../../src/dpf/layout.js";
import { Chance } from "../seeded.js";

test.each([1, 2, 3, 4])("as a map would, through growth and deletion, seed %i", (seed) => {
  const chance = new Chance(seed);
  const table = new DispatchTable(0);
  const model = new Map<string, [number, number, number]>();
  for (let step = 1; step <= 6000; step++) {
    const [node, value] = [1 + chance.below(20), chance.below(200) - 100];
    const key = `${node} ${value}`;
    if (model.has(key)) {
      table.delete(node, value);
      model.delete(key);
    } else if (chance.percent(seed % 2 ? 70 : 40)) {
      table.insert(node, value, step);
      model.set(key, [node, value, step]);
    }
    expect(table.count).toBe(model.size);
    expect(table.get(node, value)).toBe(model.get(key)?.[2] ?? 0);
    if (step % 500 === 0) for (const [n, v, child] of model.values()) expect(table.get(n, v)).toBe(child);
    if (step % 50 === 0) expect(waysOf(table, [...model.values()])).toEqual([]);
  }
  table.delete(999, 999);
  expect(table.count).toBe(model.size);
});

/** What generated code relies on: each entry lies within the longest way from where it is sought, without a gap. */
function waysOf({ table }: DispatchTable, entries: readonly (readonly [number, number, number])[]): string[] {
  const [multiplier, longest] = [table.get(table.length - 2), table.get(table.length - 1)];
  const wrong: string[] = [];
  for (const [node, value, child] of entries) {
    const home = slotOf(node, value, multiplier, shiftOf(slotsOf(table.length)));
    let way = 0;
    while (way <= longest && table.get(SLOT_WORDS * (home + way) + SlotWord.child) !== child) {
      if (table.get(SLOT_WORDS * (home + way) + SlotWord.child) === 0) wrong.push(`a gap before ${child}`);
      way++;
    }
    if (way > longest) wrong.push(`${child} lies too far away`);
  }
  if (longest >= MAX_WAY) wrong.push(`the longest way is ${longest}`);
  return wrong;
}

describe("keys that an author chose", () => {
  const COUNT = 2000;
  /** Least octets for so many entries, as they may fill a table, and what an author may make of that. */
  const MOST_OCTETS = 1 << 18;

  test.each<[string, (index: number) => [number, number]]>([
    ["products 0, 1, 2, …: all in the first slot", (index) => [0, Math.imul(index, inverseOf(NODE_MULTIPLIER))]],
    ["the node mixed in cancels out", (index) => [index + 1, 77 ^ Math.imul(index + 1, NODE_MULTIPLIER)]],
    ["the node added in cancels out", (index) => [index + 1, -Math.imul(index + 1, 1)]],
    ["one value at every node", (index) => [index + 1, 80]],
    ["one node in 64, one value", (index) => [64 * index + 1, 80]],
    ["values that differ in high bits only", (index) => [1, index << 20]],
    ["values that differ in low bits only", (index) => [1, index]],
    ["values that are their nodes", (index) => [index + 1, index + 1]],
  ])("%s", (_, keyOf) => {
    const table = new DispatchTable(0);
    const entries = Array.from({ length: COUNT }, (_, index) => [...keyOf(index), index + 1] as const);
    for (const [node, value, child] of entries) table.insert(node, value, child);
    for (const [node, value, child] of entries) expect(table.get(node, value)).toBe(child);
    expect(waysOf(table, entries)).toEqual([]);
    expect(table.table.octets).toBeLessThanOrEqual(MOST_OCTETS);
  });

  test("few entries lie each where it is sought", () => {
    const table = new DispatchTable(0);
    const chance = new Chance(7);
    for (let index = 1; index <= 40; index++) {
      table.insert(0, chance.below(2 ** 31), index);
      expect(table.table.get(table.table.length - 1), `after ${index}`).toBe(0);
    }
    expect(table.table.octets).toBeLessThan(1 << 15);
  });
});

function inverseOf(odd: number): number {
  let inverse = odd;
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
