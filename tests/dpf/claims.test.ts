/** The order of live claims gives each frame to whom the specification gives it, while claims come and go. */
import { expect, test } from "vitest";
import type { Atom } from "../../src/dpf/atom.js";
import { MAX_GROUP } from "../../src/dpf/claims.js";
import { Chance } from "../seeded.js";
import { Engines, Rows } from "./support.js";

const FRAMES = Array.from({ length: 48 }, (_, value) => Uint8Array.of(value, value % 7));

/** No bits are tested, or the same: so it is the order that decides. */
function atomOf(chance: Chance): Atom {
  const low = chance.below(40);
  const kind = chance.below(4);
  if (kind === 0) return { kind: "not-equal", offset: 0, width: 8, mask: 0xff, value: low };
  if (kind === 1) return { kind: "length", least: chance.below(3), most: 2 + chance.below(2) };
  const offset = chance.percent(70) ? 0 : 1;
  return { kind: "range", offset, width: 8, mask: 0x7f, low: low % 8, high: 64 + low };
}

test("winners are the rule's, but in rings, which are rare", () => {
  const rows = new Rows(FRAMES, false);
  const counts = { compared: 0, rings: 0, nested: 0, sets: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const chance = new Chance(seed);
    const engines = new Engines(rows, { targets: ["js"] });
    for (let step = 0; step < 24; step++) {
      const id = 1 + chance.below(10);
      if (engines.bound.has(id)) engines.remove(id);
      else {
        const filter = { conjunctions: [Array.from({ length: 1 + chance.below(2) }, () => atomOf(chance))] };
        engines.insert({
          id,
          filter,
          mode: "claim",
          priority: chance.below(8) === 0 ? 1 : 0,
          age: 24 * chance.below(9) + step,
        });
      }
      if (step % 4 !== 3) continue;
      engines.install();
      const wrong = engines.disagreement();
      if (wrong !== undefined) expect.fail(`seed ${seed}, step ${step}, ${wrong}`);
      counts.sets++;
      if (engines.bound.size > 3) counts.nested++;
    }
    counts.compared += engines.compared;
    counts.rings += engines.rings;
  }
  expect(counts.compared).toBeGreaterThan(10_000);
  expect(counts.nested).toBeGreaterThan(100);
  expect(counts.rings / counts.compared).toBeLessThan(0.02);
});

test("a claim inside another wins, whichever came first, and the outer one when it is gone", () => {
  const frame = Uint8Array.of(10, 10);
  for (const isFirst of [true, false]) {
    const engines = new Engines(new Rows([frame], false), { targets: ["interpreter"] });
    const range = (low: number, high: number): Atom => ({ kind: "range", offset: 0, width: 8, mask: 0xff, low, high });
    const inner = { id: 1, filter: { conjunctions: [[range(7, 140)]] }, mode: "claim", priority: 0, age: 500 } as const;
    const outer = { id: 2, filter: { conjunctions: [[range(1, 200)]] }, mode: "claim", priority: 0, age: 1 } as const;
    for (const bound of isFirst ? [inner, outer] : [outer, inner]) engines.insert(bound);
    engines.install();
    expect(engines.verdicts().get("interpreter")).toEqual(["1: "]);
    engines.remove(1);
    engines.install();
    expect(engines.verdicts().get("interpreter")).toEqual(["2: "]);
  }
});

test("beyond so many claims of one rank that overlap a new one goes by its age", () => {
  const engines = new Engines(new Rows([Uint8Array.of(100, 0)], false), { targets: ["js"] });
  const filter = (low: number) => ({
    conjunctions: [[{ kind: "range", offset: 0, width: 16, mask: 0xffff, low, high: 60_000 } as const]],
  });
  const count = MAX_GROUP + 2;
  for (let id = 1; id <= count; id++) {
    engines.insert({ id, filter: filter(id), mode: "claim", priority: 0, age: id });
  }
  engines.install();
  // Each lies inside the one before; the last two were not compared any more, and are the youngest.
  expect(engines.verdicts().get("js")).toEqual([`${MAX_GROUP}: `]);
});
