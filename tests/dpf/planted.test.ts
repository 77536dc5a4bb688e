/** The differential harness is tested by bugs that are planted in what the generator made: it has to report each of them. */
import { describe, expect, test } from "vitest";
import { verify } from "../../src/vcode/verify.js";
import { PLANTED, type Planted } from "./planted.js";
import { makeSet } from "./sets.js";

/** Sets within which each is found. */
const WITHIN = 100;

/** What the harness says of a set with the bug in it; undefined: nothing. */
function reported(seed: number, spoil: Planted): string | undefined {
  const { engines } = makeSet(seed, { spoil });
  try {
    engines.install();
    return engines.disagreement();
  } catch (error) {
    if (error instanceof Error) return `seed ${seed}: ${error.message}`;
    throw error;
  }
}

/** Does the verifier refuse the program of the set? */
function isRefused(seed: number, { vcode }: Planted): boolean {
  const update = makeSet(seed).engines.classifier.update();
  if (update.kind === "patch" || update.images.interpreter === undefined) return false;
  return vcode !== undefined && !verify(vcode(update.images.interpreter)).ok;
}

function firstOf(what: (seed: number) => boolean): number {
  for (let seed = 1; seed <= WITHIN; seed++) if (what(seed)) return seed;
  return Number.POSITIVE_INFINITY;
}

describe(`each is caught within ${WITHIN} sets`, () => {
  test.each(PLANTED)("$name", (planted) => {
    const caught = firstOf((seed) => reported(seed, planted) !== undefined);
    expect(caught).toBeLessThanOrEqual(WITHIN);
    expect(reported(caught, { name: "clean" }), "the same set without it").toBeUndefined();
  });

  test.each(PLANTED.filter(({ refused }) => refused))("the verifier refuses it as well: $name", (planted) => {
    expect(firstOf((seed) => isRefused(seed, planted))).toBeLessThanOrEqual(WITHIN);
  });
});

test("there are as many as were asked for, and each is another", () => {
  expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
  expect(PLANTED.length).toBeGreaterThanOrEqual(20);
});
