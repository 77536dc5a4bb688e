import { describe, expect, test } from "vitest";
import { Chance } from "../../src/machine/chance.js";

const SEEDS = [0, 1, 2, 7, -1, 0xffffffff, 123_456_789];

describe("seeded chance", () => {
  test.each(SEEDS)("seed %d gives the same numbers again, and after seeding anew", (seed) => {
    const one = new Chance(seed);
    const other = new Chance(seed);
    const first = Array.from({ length: 100 }, () => one.word());
    expect(Array.from({ length: 100 }, () => other.word())).toEqual(first);
    other.seed(seed);
    expect(Array.from({ length: 100 }, () => other.word())).toEqual(first);
  });

  test("what it is, so that captures of today are repeated tomorrow", () => {
    const chance = new Chance(1);
    expect(Array.from({ length: 4 }, () => chance.word())).toMatchInlineSnapshot(`
      [
        393288148,
        2174097253,
        3814753331,
        2089801722,
      ]
    `);
  });

  test("neighbouring seeds give different numbers", () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => new Chance(seed).word());
    expect(new Set(firsts).size).toBe(1000);
  });

  test.each(SEEDS)("seed %d: bits, ranges and probabilities come out as often as they should", (seed) => {
    const chance = new Chance(seed);
    const runs = 20_000;
    const bits = Array.from({ length: 32 }, () => 0);
    for (let run = 0; run < runs; run++) {
      const word = chance.word();
      for (let bit = 0; bit < 32; bit++) bits[bit]! += (word >>> bit) & 1;
    }
    // Five standard deviations of a fair coin.
    for (const ones of bits) expect(Math.abs(ones - runs / 2)).toBeLessThan(5 * Math.sqrt(runs / 4));
    const tens = Array.from({ length: 10 }, () => 0);
    for (let run = 0; run < runs; run++) tens[chance.below(10)]!++;
    for (const count of tens) expect(Math.abs(count - runs / 10)).toBeLessThan(5 * Math.sqrt(runs * 0.09));
    let happened = 0;
    for (let run = 0; run < runs; run++) if (chance.happens(0.25)) happened++;
    expect(Math.abs(happened - runs / 4)).toBeLessThan(5 * Math.sqrt(runs * 0.1875));
  });

  test("what is impossible never happens, what is certain always", () => {
    const chance = new Chance(5);
    for (let run = 0; run < 10_000; run++) {
      expect(chance.happens(0)).toBe(false);
      expect(chance.happens(1)).toBe(true);
    }
  });
});
