import { describe, expect, test } from "vitest";
import {
  atLeast,
  atMost,
  commonPrefix,
  complement,
  following,
  type Interval,
  intersection,
  isPrefix,
  preceding,
  prefixes,
} from "../../src/dpf/interval.js";
import { Chance } from "../seeded.js";

const NUMBERS = Array.from({ length: 33 }, (_, number) => number);
const within = (value: number, free: number, fixed: number) => (value & ~free) === fixed;

describe("values of a masked field, against all numbers up to 32", () => {
  test("nearest values, with bits that are free and bits that are fixed", () => {
    let none = 0;
    for (let free = 0; free < 32; free++) {
      for (let fixed = 0; fixed < 32; fixed++) {
        if ((fixed & free) !== 0) continue;
        const values = NUMBERS.filter((value) => within(value, free, fixed));
        for (const bound of NUMBERS) {
          const up = values.find((value) => value >= bound);
          none += up === undefined ? 1 : 0;
          expect(atLeast(bound, free, fixed)).toBe(up);
          expect(atMost(bound, free, fixed)).toBe(values.findLast((value) => value <= bound));
          expect(following(bound, free, fixed)).toBe(values.find((value) => value > bound));
          expect(preceding(bound, free, fixed)).toBe(values.findLast((value) => value < bound));
        }
      }
    }
    expect(none).toBeGreaterThan(1000);
  });

  test("prefixes make up an interval, each value once", () => {
    let several = 0;
    for (let mask = 1; mask < 32; mask++) {
      const values = NUMBERS.filter((value) => within(value, mask, 0));
      for (const low of NUMBERS)
        for (const high of NUMBERS.slice(low)) {
          const inside = values.filter((value) => value >= low && value <= high);
          const made = [...prefixes([low, high], mask)];
          expect(made.every((prefix) => (prefix.mask & ~mask) === 0 && (prefix.value & ~prefix.mask) === 0)).toBe(true);
          expect(made.flatMap((prefix) => values.filter((value) => (value & prefix.mask) === prefix.value))).toEqual(
            inside,
          );
          several += made.length > 2 ? 1 : 0;
          const [first, last] = [inside[0], inside.at(-1)];
          if (first === undefined || last === undefined) continue;
          expect(isPrefix(first, last, mask)).toBe(made.length === 1);
          if (made.length === 1) expect(commonPrefix(first, last, mask)).toBe(made[0]?.mask);
        }
    }
    expect(several).toBeGreaterThan(1000);
  });

  test("at the edges of a word", () => {
    expect(atLeast(0x80000001, 0x80000000, 0)).toBeUndefined();
    expect(atLeast(0x7fffffff, 0x80000000, 0)).toBe(0x80000000);
    expect(atMost(0xffffffff, 0xfffffffe, 1)).toBe(0xffffffff);
    expect(atMost(0x7fffffff, 0x7fffffff, 0x80000000)).toBeUndefined();
    expect(following(0xffffffff, 0xffffffff, 0)).toBeUndefined();
    expect(preceding(0, 0xffffffff, 0)).toBeUndefined();
    expect([...prefixes([0, 0xffffffff], 0xffffffff)]).toEqual([{ mask: 0, value: 0 }]);
    expect([...prefixes([1, 0xfffffffe], 0xffffffff)]).toHaveLength(62);
    expect(commonPrefix(0x0a000000, 0x0affffff, 0xffffffff)).toBe(0xff000000);
    expect(commonPrefix(0x0affffff, 0x8a000000, 0xffffffff)).toBe(0);
  });
});

test("intersections and complements, against sets: seeds 1 to 500", () => {
  const intervals = (chance: Chance) => {
    const list: Interval[] = [];
    for (let at = chance.below(6); at < 32; at += 1 + chance.below(9)) {
      const high = at + chance.below(6);
      list.push([at, high]);
      at = high + 1;
    }
    return list;
  };
  const holds = (list: readonly Interval[], value: number) => list.some(([low, high]) => value >= low && value <= high);
  for (let seed = 1; seed <= 500; seed++) {
    const chance = new Chance(seed);
    const [a, b] = [intervals(chance), intervals(chance)];
    const both = intersection(a, b);
    for (const value of NUMBERS) expect(holds(both, value)).toBe(holds(a, value) && holds(b, value));
    const [one = [3, 5] as const] = a;
    for (const value of NUMBERS.slice(0, 32)) expect(holds(complement(one, 31), value)).toBe(!holds([one], value));
  }
});
