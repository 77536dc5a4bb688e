/** The baselines that benches compare with mean what the specification means. */
import { describe, expect, test } from "vitest";
import { CELL_STEPS, CELL_WORK, Cells } from "../../src/cli/baseline/cells.js";
import { PREDICATE_STEPS, PREDICATE_WORK, Predicates } from "../../src/cli/baseline/predicates.js";
import { cyclesOf, OPERATIONS, type Price } from "../../src/cli/baseline/work.js";
import { type Atom, type Filter, LINK } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import { instance, randomConjunction, randomFrame, template } from "../dpf/samples.js";
import { Rows } from "../dpf/support.js";
import { Chance } from "../seeded.js";

const SETS = 300;

/** What the baselines know: the atoms of DPF's own time. */
function isClassic({ kind }: Atom): boolean {
  return kind === "equal" || kind === "shift" || kind === "shift-loaded";
}

function randomFilter(chance: Chance, frames: readonly Uint8Array[]): Filter {
  const count = chance.percent(70) ? 1 : 1 + chance.below(4);
  const one = () => randomConjunction(chance, chance.pick(frames), 6).filter(isClassic);
  return { conjunctions: Array.from({ length: count }, one) };
}

/** Half are instances of one template, so that cells get tables. */
function randomSet(chance: Chance, frames: readonly Uint8Array[]): Filter[] {
  const atoms = template(chance, 5).filter(isClassic);
  return Array.from({ length: 1 + chance.below(12) }, () =>
    chance.percent(50)
      ? randomFilter(chance, frames)
      : { conjunctions: [instance(chance, atoms, chance.pick(frames))] },
  );
}

describe("of the filters that match, the first wins", () => {
  const found = { none: 0, first: 0, later: 0 };
  const tallies = { cells: new Int32Array(CELL_STEPS), predicates: new Int32Array(PREDICATE_STEPS) };

  test.each([1, 2, 3])("as the specification says, seed %i", (seed) => {
    const chance = new Chance(seed);
    for (let set = 0; set < SETS; set++) {
      const frames = Array.from({ length: 8 }, () => randomFrame(chance, 40));
      const filters = randomSet(chance, frames);
      const rows = new Rows(frames, true);
      const view = new DataView(rows.octets.buffer);
      const [cells, predicates] = [new Cells(filters), new Predicates(filters)];
      rows.address.forEach((address, row) => {
        const captured = rows.captured[row]!;
        const expected = filters.findIndex((filter) => matches(filter, rows.octets, address, captured)) + 1;
        const tally = set % 2 === 0;
        const got = [
          cells.judge(view, address, captured, tally ? tallies.cells : undefined),
          predicates.judge(view, address, captured, tally ? tallies.predicates : undefined),
        ];
        if (got.some((number) => number !== expected)) expect({ set, row, filters, got }).toBe(expected);
        found[expected === 0 ? "none" : expected === 1 ? "first" : "later"]++;
      });
    }
  });

  test("each of the outcomes and each step occurred", () => {
    for (const count of Object.values(found)) expect(count).toBeGreaterThan(5000);
    for (const tally of Object.values(tallies)) expect(Math.min(...tally)).toBeGreaterThan(1000);
  });

  test.each<Atom>([
    { kind: "length", least: 1, most: 2 },
    { kind: "equal", ...LINK, value: 1 },
  ])("an atom that is neither equality of octets nor shift is refused: %j", (atom) => {
    const foreign = { conjunctions: [[atom]] };
    expect(() => new Cells([foreign])).toThrow("cells: an atom that is no equality of octets and no shift");
    expect(() => new Predicates([foreign])).toThrow("predicates: an atom that is no equality of octets and no shift");
  });
});

describe("cycles are counted", () => {
  const one: Price = { alu: 1, load: 1, packet8: 1, packet16: 1, packet32: 1, branch: 1, taken: 1, jump: 1 };

  test("every step has its work", () => {
    for (const [works, steps] of [[CELL_WORK, CELL_STEPS] as const, [PREDICATE_WORK, PREDICATE_STEPS] as const]) {
      expect(works).toHaveLength(steps);
      for (const work of works) expect(OPERATIONS.some((operation) => (work[operation] ?? 0) > 0)).toBe(true);
    }
  });

  test("steps times work times price", () => {
    const works = [{ alu: 2 }, { load: 3, taken: 1 }];
    expect(cyclesOf(Int32Array.of(5, 7), works, one)).toBe(5 * 2 + 7 * 4);
    expect(cyclesOf(Int32Array.of(5, 7), works, { ...one, load: 10 })).toBe(5 * 2 + 7 * 31);
  });

  test("a filter of one comparison takes the steps that it takes", () => {
    const filter: Filter = { conjunctions: [[{ kind: "equal", offset: 2, width: 16, mask: 0xffff, value: 0x0800 }]] };
    const view = new DataView(Uint8Array.of(0, 0, 8, 0).buffer);
    const [cells, predicates] = [new Int32Array(CELL_STEPS), new Int32Array(PREDICATE_STEPS)];
    expect(new Cells([filter]).judge(view, 0, 4, cells)).toBe(1);
    expect(new Predicates([filter]).judge(view, 0, 4, predicates)).toBe(1);
    // packet, visit, a field of 16 bits, compare, enter; packet, begin, load, equal, accept.
    expect([...cells]).toEqual([1, 1, 0, 1, 0, 1, 0, 0, 1]);
    expect([...predicates]).toEqual([1, 1, 0, 1, 0, 0, 1, 0, 0, 1]);
  });
});
