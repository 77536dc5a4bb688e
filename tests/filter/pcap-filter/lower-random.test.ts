/** Filters match the frames that the reference says, however the frames are cut, on every target. */
import { afterAll, describe, expect, test } from "vitest";
import { residualProblem } from "../../../src/dpf/residual.js";
import { checkFilter } from "../../../src/dpf/wellformed.js";
import { lower } from "../../../src/filter/pcap-filter/lower.js";
import type { Predicate } from "../../../src/filter/pcap-filter/predicate.js";
import { Engines, Rows } from "../../dpf/support.js";
import { Chance } from "../../seeded.js";
import { expectedOf, foundBy, predicateOf } from "./lowered.js";
import { randomExpression } from "./random-expressions.js";
import { randomFrame as frameOfLink } from "./random-frames.js";
import { near, Predicates, randomFrame } from "./random-predicates.js";

/** Of a group of predicates on some frames: what came up. */
class Seen {
  pairs = 0;
  matched = 0;
  plain = 0;
  residuals = 0;

  /** Compares each predicate's filter with the reference, then all of them together on every target. */
  compare(predicates: readonly Predicate[], rows: Rows): void {
    const engines = new Engines(rows);
    const expected = new Map<number, boolean[]>();
    for (const [index, predicate] of predicates.entries()) {
      const lowered = lower(predicate);
      if ("problem" in lowered) throw new Error(lowered.problem.message);
      const { filter } = lowered;
      expect(checkFilter(filter, residualProblem), JSON.stringify(predicate)).toBeUndefined();
      const answers = expectedOf(predicate, rows);
      const wrong = foundBy(filter, rows).findIndex((found, row) => found !== answers[row]);
      expect(wrong, JSON.stringify({ predicate, conjunctions: filter.conjunctions })).toBe(-1);
      expected.set(index + 1, answers);
      engines.insert({ id: index + 1, filter, mode: "tap", priority: 0, age: index });
      this.#count(answers, filter.residual !== undefined);
    }
    engines.install();
    for (const [target, verdicts] of engines.verdicts()) {
      const taps = verdicts.map((verdict) => numbersIn(verdict.split(":")[1] ?? ""));
      const wanted = verdicts.map((_, row) => [...expected].filter(([, so]) => so[row]).map(([id]) => id));
      expect(taps, target).toEqual(wanted);
    }
  }

  #count(answers: readonly boolean[], residual: boolean): void {
    this.pairs += answers.length;
    this.matched += answers.filter(Boolean).length;
    if (residual) this.residuals++;
    else this.plain++;
  }
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d+/g)].map(Number).sort((a, b) => a - b);
}

/** Of a hundred numbers, how many are beyond atoms: by seed. */
const ODD = [0, 6, 25] as const;

describe("predicates", () => {
  const seen = new Seen();

  test.each(Array.from({ length: 24 }, (_, index) => index + 1))("seed %i", (seed) => {
    const chance = new Chance(seed);
    const model = randomFrame(chance);
    const rows = new Rows([model, near(chance, model), near(chance, model), randomFrame(chance)], true);
    const odd = ODD[seed % ODD.length] ?? 0;
    seen.compare(
      Array.from({ length: 16 }, () => new Predicates(chance, model, { odd }).predicate()),
      rows,
    );
  });

  afterAll(() => {
    expect(seen.pairs).toBeGreaterThan(20_000);
    expect(seen.matched / seen.pairs).toBeGreaterThan(0.2);
    expect(seen.residuals).toBeGreaterThan(100);
    expect(seen.plain).toBeGreaterThan(100);
  });
});

/** Ethernet, 802.11 with radiotap, Linux cooked, raw IP. */
const LINK_TYPES = [1, 1, 127, 113, 101];

describe("texts", () => {
  const seen = new Seen();

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))("seed %i", (seed) => {
    const chance = new Chance(seed);
    const linkType = LINK_TYPES[seed % LINK_TYPES.length] ?? 1;
    const octets = Array.from({ length: 12 }, () => frameOfLink(chance, linkType).octets);
    const rows = new Rows(octets, true);
    const predicates: Predicate[] = [];
    while (predicates.length < 24) {
      const predicate = predicateOf(randomExpression(chance, linkType), linkType);
      if (predicate !== undefined) predicates.push(predicate);
    }
    seen.compare(predicates, rows);
  });

  afterAll(() => {
    expect(seen.pairs).toBeGreaterThan(20_000);
    expect(seen.plain).toBeGreaterThan(100);
    expect(seen.residuals).toBeGreaterThan(10);
  });
});
