/** Intervals by prefixes, in lists and in the index of claims, against a naive list of them. */
import { describe, expect, test } from "vitest";
import { Entries, type Interval } from "../../src/dpf/entries.js";
import { IntervalIndex } from "../../src/dpf/interval-index.js";
import { SHAPES, smallShape, wideShape } from "../../src/dpf/layout.js";
import { SpanLists } from "../../src/dpf/span-lists.js";
import { prefixesOf, SpanTrees, type Tree } from "../../src/dpf/span-tree.js";
import { Chance } from "../seeded.js";

interface Kept extends Interval {
  readonly child: number;
}

const WIDTHS = [8, 16, 32] as const;
const NAMED = WIDTHS.flatMap((width) => [
  { width, shape: wideShape(width), name: `${width} bits, wide` },
  { width, shape: smallShape(width), name: `${width} bits, small` },
]);

/** Networks, points, everything, and ranges of any size; few values, so that they nest and meet. */
function randomInterval(chance: Chance, width: number): Interval {
  const size = 2 ** width;
  const value = chance.percent(50)
    ? chance.below(64)
    : chance.percent(50)
      ? size - 1 - chance.below(64)
      : chance.below(size);
  const kind = chance.below(10);
  if (kind === 0) return { low: 0, high: size - 1 };
  if (kind < 3) return { low: value, high: value };
  if (kind < 7) {
    const free = 2 ** chance.below(width + 1);
    const low = value - (value % free);
    return { low, high: low + free - 1 };
  }
  return { low: value, high: Math.min(size - 1, value + chance.below(2 ** chance.below(width))) };
}

function childrenAt(entries: Entries, first: number, value: number): number[] {
  const found: number[] = [];
  for (let entry = first; entry !== 0; entry = entries.next(entry)) {
    if (!entries.contains(entry, value)) throw new Error(`entry ${entry} does not contain ${value}`);
    found.push(entries.child(entry));
  }
  return found.sort((a, b) => a - b);
}

function expected(kept: readonly Kept[], value: number): number[] {
  return kept
    .filter(({ low, high }) => low <= value && value <= high)
    .map(({ child }) => child)
    .sort((a, b) => a - b);
}

/** At the ends of the intervals, beside them, and somewhere. */
function valuesNear(chance: Chance, kept: readonly Kept[], width: number): number[] {
  const greatest = 2 ** width - 1;
  const some = Array.from({ length: 6 }, () => chance.pick([...kept, { low: 0, high: greatest }]));
  const near = some.flatMap(({ low, high }) => [low, high, Math.max(low - 1, 0), Math.min(high + 1, greatest)]);
  return [...near, chance.below(greatest), 0, greatest];
}

describe.each(NAMED)("trees: $name", ({ width, shape }) => {
  test("find what a list finds, while intervals come and go", () => {
    const chance = new Chance(100 + shape);
    const entries = new Entries();
    const spans = new SpanTrees(shape, entries);
    const trees = [spans.create(), spans.create()].map((tree) => ({ tree, kept: [] as Kept[] }));
    const seen = { found: 0, several: 0, none: 0 };
    for (let step = 1; step <= 900; step++) {
      const { tree, kept } = chance.pick(trees);
      if (kept.length > 0 && chance.percent(kept.length > 40 ? 60 : 35)) {
        const [gone] = kept.splice(chance.below(kept.length), 1);
        if (gone) spans.remove(tree, gone, gone.child);
      } else {
        const added = { ...randomInterval(chance, width), child: step };
        spans.insert(tree, added, added.child);
        kept.push(added);
      }
      for (const value of valuesNear(chance, kept, width)) {
        const ours = childrenAt(entries, spans.find(tree, value), value);
        const theirs = expected(kept, value);
        if (ours.join() !== theirs.join()) expect.fail(`step ${step}: ${value} leads to ${ours}, not ${theirs}`);
        seen[ours.length === 0 ? "none" : ours.length === 1 ? "found" : "several"]++;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
  });

  test("give back what they took: tables do not grow by coming and going", () => {
    const chance = new Chance(200 + shape);
    const entries = new Entries();
    const spans = new SpanTrees(shape, entries);
    const lengths: number[] = [];
    for (let round = 0; round < 14; round++) {
      const tree: Tree = spans.create();
      const kept = Array.from({ length: 60 }, (_, child) => ({ ...randomInterval(chance, width), child: child + 1 }));
      for (const each of kept) spans.insert(tree, each, each.child);
      for (const each of kept.toReversed()) spans.remove(tree, each, each.child);
      expect(spans.find(tree, 0)).toBe(0);
      spans.free(tree);
      lengths.push(spans.table.length + entries.table.length);
    }
    // Random sets differ; after some rounds the largest has been.
    expect(lengths.at(-1)).toBeLessThanOrEqual(2 * (lengths[3] ?? 0));
    expect(lengths.at(-1)).toBe(lengths[9]);
  });
});

describe("prefixes", () => {
  test("make up the interval, without a gap, in order, and are few", () => {
    const chance = new Chance(3);
    for (let round = 0; round < 3000; round++) {
      const width = chance.pick(WIDTHS);
      const interval = randomInterval(chance, width);
      const pieces = prefixesOf(interval, width);
      expect(pieces.length).toBeLessThanOrEqual(2 * width);
      let next = interval.low;
      for (const { low, length } of pieces) {
        expect(low).toBe(next);
        expect(low % 2 ** (width - length)).toBe(0);
        next = low + 2 ** (width - length);
      }
      expect(next).toBe(interval.high + 1);
    }
  });

  test("an interval that is not there is not taken away", () => {
    const spans = new SpanTrees(smallShape(16), new Entries());
    const tree = spans.create();
    spans.insert(tree, { low: 4, high: 9 }, 1);
    expect(() => spans.remove(tree, { low: 5, high: 9 }, 1)).toThrow("span tree: no prefix");
    expect(() => spans.remove(tree, { low: 4, high: 9 }, 2)).toThrow("2 is not in the chain");
  });

  test("every width has a shape of each kind", () => {
    for (const { shape } of NAMED) expect(SHAPES[shape]).toBeDefined();
    expect(new Set(NAMED.map(({ shape }) => shape)).size).toBe(SHAPES.length);
  });
});

test("lists of few keep their first entry while they have any", () => {
  const chance = new Chance(5);
  const entries = new Entries();
  const lists = new SpanLists(entries);
  for (let round = 0; round < 400; round++) {
    const first = { ...randomInterval(chance, 32), child: 1 };
    const kept: Kept[] = [first];
    const list = lists.create(first, 1);
    const { head } = list;
    for (let child = 2; child <= 1 + chance.below(7); child++) {
      const added = { ...randomInterval(chance, 32), child };
      lists.insert(list, added, child);
      kept.push(added);
    }
    while (kept.length > 0) {
      expect(list.head).toBe(head);
      expect(list.count).toBe(kept.length);
      const listed: number[] = [];
      for (let entry = head; entry !== 0; entry = entries.next(entry)) listed.push(entries.child(entry));
      expect(listed.toSorted((a, b) => a - b)).toEqual(kept.map(({ child }) => child));
      const [gone] = kept.splice(chance.below(kept.length), 1);
      if (gone) expect(lists.remove(list, gone, gone.child)).toBe(kept.length > 0);
    }
  }
  // Eight entries, and entry 0, which is none.
  expect(entries.table.length).toBeLessThanOrEqual(64);
});

test.each([1, 2, 3])("the index of intervals finds what overlaps, seed %i", (seed) => {
  const chance = new Chance(seed);
  const index = new IntervalIndex<number>();
  const kept: Kept[] = [];
  let [met, missed] = [0, 0];
  for (let step = 1; step <= 4000; step++) {
    const isAll = chance.percent(3);
    if (kept.length > 0 && chance.percent(step < 2000 ? 25 : 60)) {
      const [gone] = kept.splice(chance.below(kept.length), 1);
      if (gone) index.delete(gone.child, gone);
    } else {
      const { low, high } = randomInterval(chance, 16);
      // All values but some.
      const added = isAll ? { low: high + 1, high: low, child: step } : { low, high, child: step };
      index.add(added.child, added);
      kept.push(added);
    }
    if (step % 7 !== 0) continue;
    const asked = randomInterval(chance, 16);
    const found = [...index.overlapping(asked)].sort((a, b) => a - b);
    const overlapping = kept.filter(({ low, high }) => low > high || (low <= asked.high && asked.low <= high));
    expect(found, `step ${step}`).toEqual(overlapping.map(({ child }) => child).sort((a, b) => a - b));
    met += found.length;
    missed += kept.length - found.length;
  }
  expect(met).toBeGreaterThan(5000);
  expect(missed).toBeGreaterThan(5000);
});
