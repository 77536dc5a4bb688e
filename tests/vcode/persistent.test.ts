/** Trees that never change, beside a Map that is copied. */
import { expect, test } from "vitest";
import { get, intersect, put, type Tree } from "../../src/vcode/persistent.js";
import { Chance } from "../seeded.js";

interface Twin {
  readonly tree: Tree<number>;
  readonly map: ReadonlyMap<number, number>;
}

function agrees({ tree, map }: Twin, keys: readonly number[]): void {
  expect(keys.filter((key) => get(tree, key) !== map.get(key))).toEqual([]);
}

test("20,000 steps of put and intersect, old trees staying as they were", () => {
  let [shared, kept, dropped] = [0, 0, 0];
  for (let seed = 1; seed <= 100; seed++) {
    const chance = new Chance(seed);
    const keys = Array.from({ length: 40 }, () => chance.below(chance.pick([16, 1000, 2 ** 30])));
    const twins: Twin[] = [{ tree: undefined, map: new Map() }];
    for (let step = 0; step < 200; step++) {
      const mine = chance.pick(twins);
      if (chance.percent(80)) {
        const [key, value] = [chance.pick(keys), chance.below(5)];
        const tree = put(mine.tree, key, value);
        if (mine.map.get(key) === value) expect(tree).toBe(mine.tree);
        twins.push({ tree, map: new Map(mine.map).set(key, value) });
      } else {
        const theirs = chance.pick(twins);
        let looked = 0;
        const meet = (a: number, b: number) => (a === b ? a : a + b > 5 ? undefined : Math.min(a, b));
        const tree = intersect(mine.tree, theirs.tree, meet, () => looked++);
        const map = new Map<number, number>();
        for (const [key, value] of mine.map) {
          const other = theirs.map.get(key);
          const met = other === undefined ? undefined : meet(value, other);
          if (met !== undefined) map.set(key, met);
        }
        const same = map.size === mine.map.size && [...map].every(([key, value]) => mine.map.get(key) === value);
        expect(tree === mine.tree).toBe(same);
        if (mine.tree === theirs.tree) expect(looked).toBe(0);
        if (looked < mine.map.size) shared++;
        if (same) kept++;
        else dropped++;
        twins.push({ tree, map });
      }
    }
    for (const twin of twins) agrees(twin, keys);
  }
  expect(shared).toBeGreaterThan(500);
  expect(kept).toBeGreaterThan(300);
  expect(dropped).toBeGreaterThan(1000);
});

test("the key comes with the values that are met", () => {
  const [a, b] = [put(put<number>(undefined, 3, 1), 8, 1), put(put<number>(undefined, 8, 2), 3, 2)];
  const keys: number[] = [];
  intersect(
    a,
    b,
    (mine, _, key) => {
      keys.push(key);
      return mine;
    },
    () => undefined,
  );
  expect(keys.toSorted((one, other) => one - other)).toEqual([3, 8]);
});
