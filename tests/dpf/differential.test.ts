/** Brute force = interpreter = JavaScript, on random filter sets, on every prefix length of every frame. */
import { expect, test } from "vitest";
import { matches } from "../../src/dpf/brute.js";
import { check } from "../../src/dpf/check.js";
import { Chance } from "../seeded.js";
import { Engines, instance, Rows, randomFilter, randomFrame, template } from "./support.js";

const SETS = Number(process.env.EXONET_DPF_SETS ?? 4000);

function set(seed: number) {
  const chance = new Chance(seed);
  const base = randomFrame(chance, 40);
  // Relatives of one frame, so that a filter made from one often matches another.
  const frames = [base, ...Array.from({ length: 2 }, () => relative(chance, base))];
  const rows = new Rows(frames, true);
  const engines = new Engines(rows);
  const count = chance.percent(90) ? 1 + chance.below(8) : 1 + chance.below(60);
  for (let id = 1; id <= count; id++) {
    const filter = randomFilter(chance, frames, chance.percent(70) ? 3 : 8);
    const mode = chance.percent(50) ? "claim" : "tap";
    engines.insert({ id, filter, mode, priority: chance.below(2), age: 1000 - id });
  }
  return { engines, frames };
}

/** Many filters of few forms: hash dispatches, shared blocks, steps. */
function dispatching(seed: number) {
  const chance = new Chance(seed);
  const base = randomFrame(chance, 24);
  const frames = Array.from({ length: 12 }, () => scattered(chance, base));
  const forms = [template(chance, 4), template(chance, 3)];
  const first = template(chance, 2);
  const engines = new Engines(new Rows(frames.slice(0, 4), true));
  const count = 5 + chance.below(40);
  for (let id = 1; id <= count; id++) {
    const atoms = [...first, ...chance.pick(forms)];
    const conjunctions = Array.from({ length: chance.percent(80) ? 1 : 3 }, () =>
      instance(chance, atoms, chance.pick(frames)),
    );
    engines.insert({ id, filter: { conjunctions }, mode: chance.percent(50) ? "claim" : "tap", priority: 0, age: id });
  }
  return { engines, frames: frames.slice(0, 4) };
}

function scattered(chance: Chance, frame: Uint8Array): Uint8Array {
  return frame.map((octet) => (chance.percent(70) ? octet : chance.below(6)));
}

function relative(chance: Chance, frame: Uint8Array): Uint8Array {
  const copy = frame.slice(0, frame.length - (chance.percent(30) ? chance.below(frame.length + 1) : 0));
  for (let change = chance.below(4); change > 0 && copy.length > 0; change--)
    copy[chance.below(copy.length)] = chance.below(256);
  return copy;
}

test(`${SETS} filter sets`, () => {
  let pairs = 0;
  let matched = 0;
  const used = new Map<string, number>();
  for (let seed = 1; seed <= SETS; seed++) {
    const { engines, frames } = seed % 3 === 0 ? dispatching(seed) : set(seed);
    engines.install();
    const { brute, js, interpreter } = engines.verdicts();
    const first = brute.findIndex((verdict, row) => verdict !== js[row] || verdict !== interpreter[row]);
    if (first >= 0) {
      expect.fail(
        `seed ${seed}, row ${first}: brute ${brute[first]}, js ${js[first]}, interpreter ${interpreter[first]}`,
      );
    }
    expect(check(engines.classifier), `seed ${seed}`).toEqual([]);
    for (const { filter } of engines.bound.values()) {
      for (const frame of frames) {
        pairs++;
        if (matches(filter, frame, 0, frame.length)) matched++;
      }
    }
    countForms(engines, used);
  }
  expect(matched / pairs).toBeGreaterThan(0.3);
  for (const form of [
    "chain test",
    "chain move",
    "chain length",
    "hash test",
    "step move",
    "step length",
    "hash move",
  ]) {
    expect(used.get(form) ?? 0, form).toBeGreaterThan(0);
  }
}, 300_000);

/** Which kinds of code were made, so that none goes untested. */
function countForms(engines: Engines, used: Map<string, number>): void {
  const todo = [engines.classifier.plan!.root];
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    for (const branching of block.branchings) {
      const form = `${branching.form} ${branching.field.kind}`;
      used.set(form, (used.get(form) ?? 0) + 1);
      todo.push(...(branching.form === "chain" ? branching.cases.values() : [branching.child]));
    }
  }
}
