/** The vector of slices: by position, with open books, and as it was after whatever came and went. */
import { describe, expect, test } from "vitest";
import { ANY_SLICE } from "../../src/kernel/abi.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Slices, UNOWNED } from "../../src/kernel/slices.js";
import { Chance } from "../seeded.js";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "";
}

describe("the vector of slices", () => {
  test("a position is asked for by its number, or any", () => {
    const slices = new Slices(4, 100);
    expect(slices.allocate(7, 2)).toBe(2);
    expect(slices.allocate(7, ANY_SLICE)).toBe(0);
    expect(slices.allocate(9, ANY_SLICE)).toBe(1);
    expect(slices.owners()).toEqual([7, 9, 7, UNOWNED]);
    expect(slices.ownedBy(7)).toEqual([0, 2]);
    expect(slices.free).toBe(1);
  });

  test("refusals have a code each, and change nothing", () => {
    const slices = new Slices(2, 100);
    slices.allocate(1, 0);
    expect(codeOf(() => slices.allocate(2, 0))).toBe("E_SLICE_TAKEN");
    expect(codeOf(() => slices.allocate(1, 0))).toBe("E_SLICE_TAKEN");
    for (const position of [2, -2, 0.5, Number.NaN, 2 ** 40])
      expect(codeOf(() => slices.allocate(2, position))).toBe("E_ARGUMENT");
    expect(codeOf(() => slices.release(2, 0))).toBe("E_SLICE_OWNER");
    expect(codeOf(() => slices.release(2, 1))).toBe("E_SLICE_OWNER");
    expect(codeOf(() => slices.release(2, 9))).toBe("E_ARGUMENT");
    slices.allocate(1, 1);
    expect(codeOf(() => slices.allocate(2, ANY_SLICE))).toBe("E_NO_SLICE");
    expect(slices.owners()).toEqual([1, 1]);
  });

  test("what is listed is a copy", () => {
    const slices = new Slices(2, 100);
    slices.owners().fill(3);
    expect(slices.owners()).toEqual([UNOWNED, UNOWNED]);
  });

  test("the hand goes round", () => {
    const slices = new Slices(3, 100);
    slices.allocate(5, 1);
    expect(Array.from({ length: 7 }, () => slices.advance())).toEqual([-1, 5, -1, -1, 5, -1, -1]);
    expect(slices.hand).toBe(1);
  });

  test("10,000 rounds of allocating, giving back and dying leave it as it was (seed 11)", () => {
    const chance = new Chance(11);
    const slices = new Slices(128, 100);
    const model = new Map<number, number>();
    for (let round = 0; round < 10_000; round++) {
      const owner = chance.below(20);
      const position = chance.below(128);
      const kind = chance.below(10);
      if (kind < 6) {
        const taken = model.get(position);
        expect(codeOf(() => slices.allocate(owner, position))).toBe(taken === undefined ? "" : "E_SLICE_TAKEN");
        if (taken === undefined) model.set(position, owner);
      } else if (kind < 9) {
        const own = model.get(position) === owner;
        expect(codeOf(() => slices.release(owner, position))).toBe(own ? "" : "E_SLICE_OWNER");
        if (own) model.delete(position);
      } else {
        const held = [...model].filter(([, each]) => each === owner);
        expect(slices.releaseAll(owner)).toBe(held.length);
        for (const [at] of held) model.delete(at);
      }
      expect(slices.free).toBe(128 - model.size);
    }
    expect(slices.owners()).toEqual(Array.from({ length: 128 }, (_, at) => model.get(at) ?? UNOWNED));
    for (let owner = 0; owner < 20; owner++) slices.releaseAll(owner);
    expect(slices.owners()).toEqual(new Slices(128, 100).owners());
    expect(slices.free).toBe(128);
  });
});
