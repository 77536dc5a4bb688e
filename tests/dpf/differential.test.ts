/**
 * Specification = interpreter = JavaScript = WebAssembly, on random filter sets, on every prefix length of every frame.
 * EXONET_DPF_SETS=100000 makes a long run of it.
 */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import { check } from "../../src/dpf/check.js";
import { ATOMS, countAtoms, countForms, countProgram, FORMS, PROGRAMS, Tally } from "./coverage.js";
import { makeSet } from "./sets.js";
import { type Rows, residualAnswer } from "./support.js";

const SETS = Number(process.env.EXONET_DPF_SETS ?? 1350);
const LEAST_PAIRS = 20_000;

test(`${SETS} filter sets, at least ${LEAST_PAIRS} pairs of a set and a frame, each at all of its lengths`, () => {
  const tally = new Tally();
  const rows = { compared: 0, rings: 0 };
  for (let seed = 1; seed <= SETS; seed++) {
    const { engines, frames } = makeSet(seed);
    const update = engines.install();
    const wrong = engines.disagreement();
    if (wrong !== undefined) expect.fail(`seed ${seed}, ${wrong}`);
    expect(check(engines.classifier), `seed ${seed}`).toEqual([]);
    rows.compared += engines.compared;
    rows.rings += engines.rings;
    tally.add("pairs of a set and a frame", frames.length);
    for (const { filter } of engines.bound.values()) {
      countAtoms(tally, filter);
      for (const row of engines.rows.whole) tally.add(isMatch(filter, engines.rows, row) ? "matched" : "not matched");
    }
    if (engines.classifier.plan) countForms(tally, engines.classifier.plan);
    countProgram(tally, update);
  }
  expect(tally.counts.get("pairs of a set and a frame")).toBeGreaterThanOrEqual(LEAST_PAIRS);
  const [matched, others] = [tally.counts.get("matched") ?? 0, tally.counts.get("not matched") ?? 0];
  expect(matched / (matched + others)).toBeGreaterThan(0.3);
  expect(rows.rings / rows.compared).toBeLessThan(0.02);
  expect(tally.missing([...ATOMS, ...FORMS, ...PROGRAMS], 3)).toEqual([]);
}, 3_600_000);

function isMatch(filter: Filter, rows: Rows, row: number): boolean {
  const { octets, address, captured } = rows;
  return matches(filter, octets, address[row]!, captured[row]!, residualAnswer, rows.factsAt(row));
}
