/** Interpreter = JavaScript = WebAssembly on images of chance, a random software TLB, and a kernel that answers anything. */
import { describe, expect, test } from "vitest";
import { Trap } from "../../src/vcode/image.js";
import { differenceOf, imageOf } from "./image-running.js";

const SEEDS = 2000;
const PARTS = 5;

describe("images of chance", () => {
  const kinds = new Map<number, number>();
  let finished = 0;
  let called = 0;

  test.each(Array.from({ length: PARTS }, (_, part) => part))(`part %i of ${SEEDS}`, (part) => {
    for (let seed = part + 1; seed <= SEEDS; seed += PARTS) {
      const { difference, told } = differenceOf(imageOf(seed), seed);
      if (difference !== undefined) expect.fail(difference);
      for (const { kind } of told.traps) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (told.outcome !== "abandoned") finished++;
      if (told.calls.length > 0) called++;
    }
  });

  test("they trap in every way, and many come to their end", () => {
    for (const kind of Object.values(Trap)) expect(kinds.get(kind), `kind ${kind}`).toBeGreaterThan(500);
    expect(finished).toBeGreaterThan(SEEDS / 4);
    expect(called).toBeGreaterThan(SEEDS / 10);
  });
});
