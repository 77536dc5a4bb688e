/** Whoever is told patches only has, word for word, what whoever is told whole programs has. */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import { Classifier } from "../../src/dpf/dpf.js";
import type { TablePatch } from "../../src/dpf/tables.js";
import { LoggedTable } from "../../src/dpf/tables.js";
import type { ProgramUpdate } from "../../src/dpf/update.js";
import { Chance } from "../seeded.js";
import { instance, template } from "./samples.js";
import { Engines, Rows } from "./support.js";

/** Tables as an update after the other makes them. */
class Replay {
  tables: Int32Array[] = [];

  take(update: ProgramUpdate): void {
    if (update.kind === "program") this.tables = update.tables.map((table) => table.slice());
    else for (const patch of update.patches) this.#patch(patch);
  }

  #patch(patch: TablePatch): void {
    if ("whole" in patch) this.tables[patch.table] = patch.whole;
    else
      patch.index.forEach((at, index) => {
        const table = this.tables[patch.table];
        if (table === undefined || at >= table.length) throw new Error(`word ${at} of table ${patch.table}`);
        table[at] = patch.value[index] ?? 0;
      });
  }
}

/** Filters of one form or two, so that most of what comes and goes is a change of tables. */
function makeFilters(chance: Chance): { frames: Uint8Array[]; filters: Filter[] } {
  const base = Uint8Array.from({ length: 18 }, () => chance.below(4));
  const frames = Array.from({ length: 14 }, () => base.map((octet) => (chance.percent(60) ? octet : chance.below(5))));
  const forms = [template(chance, 4), template(chance, 3)];
  const first = template(chance, 2);
  const filters = Array.from({ length: 60 }, () => {
    const atoms = [...first, ...chance.pick(forms)];
    const count = chance.percent(85) ? 1 : 2;
    return { conjunctions: Array.from({ length: count }, () => instance(chance, atoms, chance.pick(frames))) };
  });
  return { frames: frames.slice(0, 6), filters };
}

test("tables replayed from patches are the plan's, and verdicts those of the specification", () => {
  const counts = { program: 0, patch: 0, whole: 0, words: 0 };
  for (let seed = 1; seed <= 9; seed++) {
    const chance = new Chance(seed);
    const { frames, filters } = makeFilters(chance);
    const engines = new Engines(new Rows(frames, true), { heat: chance.percent(20) });
    const replay = new Replay();
    for (let step = 0; step < 50; step++) {
      for (let change = 1 + chance.below(3); change > 0; change--) {
        const id = 1 + chance.below(filters.length);
        if (engines.bound.has(id)) engines.remove(id);
        else {
          const mode = id % 3 === 0 ? "claim" : "tap";
          engines.insert({ id, filter: filters[id - 1]!, mode, priority: 0, age: 100 * step + change });
        }
      }
      const update = engines.install();
      replay.take(update);
      counts[update.kind]++;
      if (update.kind === "patch") {
        counts.whole += update.patches.filter((patch) => "whole" in patch).length;
        counts.words += update.patches.filter((patch) => "index" in patch).length;
      }
      const { plan } = engines.classifier;
      expect(replay.tables, `seed ${seed}, step ${step}`).toEqual(plan?.copies());
      if (step % 5 !== 4) continue;
      expect(check(engines.classifier), `seed ${seed}, step ${step}`).toEqual([]);
      const wrong = engines.disagreement();
      if (wrong !== undefined) expect.fail(`seed ${seed}, step ${step}, ${wrong}`);
    }
  }
  expect(counts.patch).toBeGreaterThan(100);
  expect(counts.program).toBeGreaterThan(50);
  expect(counts.whole).toBeGreaterThan(10);
  expect(counts.words).toBeGreaterThan(100);
});

test("a table tells what changed since it was asked, whole where that is most of it or it grew", () => {
  const table = new LoggedTable(8);
  expect(table.take(5)).toBeUndefined();
  table.set(3, 7);
  table.set(3, 7);
  table.set(4, 0);
  expect(table.take(5)).toEqual({ table: 5, index: Int32Array.of(3), value: Int32Array.of(7) });
  expect(table.take(5)).toBeUndefined();
  for (let at = 0; at < 6; at++) table.set(at, 9);
  expect(table.take(5)).toEqual({ table: 5, whole: Int32Array.of(9, 9, 9, 9, 9, 9, 0, 0) });
  table.reserve(8);
  expect(table.take(5)).toBeUndefined();
  table.reserve(9);
  table.set(1, 2);
  const grown = table.take(5);
  expect(grown).toEqual({ table: 5, whole: table.copy() });
  expect(table.length).toBe(16);
  table.setDouble(2, 2 ** 50 + 3);
  expect(table.getDouble(2)).toBe(2 ** 50 + 3);
  table.settle();
  expect(table.take(5)).toBeUndefined();
});

test("an update's arrays belong to whoever takes it: what comes later does not change them", () => {
  const classifier = new Classifier("js");
  const atoms = (value: number) => [[{ kind: "equal", offset: 0, width: 16, mask: 0xffff, value } as const]];
  for (let id = 1; id <= 40; id++) classifier.insert(id, { conjunctions: atoms(id) }, "tap", 0, id);
  const update = classifier.update();
  if (update.kind !== "program") throw new Error("no program");
  const before = update.tables.map((table) => table.slice());
  for (let id = 41; id <= 200; id++) classifier.insert(id, { conjunctions: atoms(id) }, "tap", 0, id);
  classifier.update();
  expect(update.tables).toEqual(before);
});
