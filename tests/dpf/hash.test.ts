import { expect, test } from "vitest";
import { DispatchTable, MAX_WAY } from "../../src/dpf/hash.js";
import { NODE_MULTIPLIER, SLOT_WORDS, SlotWord, slotsOf } from "../../src/vcode/primitive.js";
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
  }
  table.delete(999, 999);
  expect(table.count).toBe(model.size);
});

test("values chosen to collide end up spread", () => {
  const inverse = inverseOf(NODE_MULTIPLIER);
  const spread = Math.imul(1, NODE_MULTIPLIER);
  const table = new DispatchTable(0);
  // Products 0, 1, 2, …: all would fall into the first slot of any table of less than 2^20 slots.
  for (let index = 0; index < 2000; index++) table.insert(1, Math.imul(index, inverse) ^ spread, index + 1);
  for (let index = 0; index < 2000; index++) expect(table.get(1, Math.imul(index, inverse) ^ spread)).toBe(index + 1);
  expect(longestRun(table)).toBeLessThanOrEqual(4 * MAX_WAY);
  expect(table.table.octets).toBeLessThan(1 << 20);
});

function inverseOf(odd: number): number {
  let inverse = odd;
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

/** Slots in use in a row: nothing is sought longer than that. */
function longestRun(table: DispatchTable): number {
  let longest = 0;
  let run = 0;
  for (let slot = 0; slot < slotsOf(table.table.length); slot++) {
    run = table.table.get(SLOT_WORDS * slot + SlotWord.child) === 0 ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
