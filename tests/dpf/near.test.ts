/** The walk that chooses whom a claim is compared with leaves nobody out, and spares most. */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { canonicalFilter } from "../../src/dpf/canonical.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { nodesNear } from "../../src/dpf/near.js";
import { prepare } from "../../src/dpf/prepared.js";
import { printFilter } from "../../src/dpf/print.js";
import { relate } from "../../src/dpf/relation.js";
import { Chance } from "../seeded.js";
import { type Little, littleConjunction } from "./atoms.js";
import { instance, randomFilter, randomFrame, template } from "./samples.js";

const ENOUGH = 1_000_000;

const LITTLE: Little = {
  octets: 4,
  alphabet: [0, 1, 2, 3, 255],
  bits: 0xff,
  widths: [8, 16, 32],
  loaded: 10,
  shiftMask: 3,
  shiftLeft: 1,
  facts: 25,
};

/** Filters that look at the same few fields. */
function pool(chance: Chance, kind: number): Filter[] {
  const frames = Array.from({ length: 6 }, () => randomFrame(chance, 20));
  const atoms = template(chance, 4);
  return Array.from({ length: 40 }, () => {
    if (kind === 0) return { conjunctions: [littleConjunction(chance, LITTLE, 4)] };
    if (kind === 1) return { conjunctions: [instance(chance, atoms, chance.pick(frames))] };
    return randomFilter(chance, frames, 4);
  });
}

test("whoever has a frame in common is found", () => {
  const counts = { near: 0, spared: 0, disjoint: 0 };
  for (let seed = 1; seed <= 30; seed++) {
    const chance = new Chance(seed);
    const filters = pool(chance, seed % 3);
    const classifier = new Classifier("interpreter");
    const live = filters.slice(0, 20);
    live.forEach((filter, index) => {
      classifier.insert(index + 1, filter, "tap", 0, index);
    });
    for (const asked of filters) {
      const found = new Set<number>();
      for (const form of canonicalFilter(asked).values()) {
        const isComplete = nodesNear(classifier.trie, form, { left: ENOUGH }, (node) => {
          for (const id of node.taps.keys()) found.add(id);
        });
        expect(isComplete).toBe(true);
      }
      live.forEach((filter, index) => {
        const { relation } = relate(prepare(filter), prepare(asked));
        if (found.has(index + 1)) counts[relation === "disjoint" ? "disjoint" : "near"]++;
        else if (relation === "disjoint") counts.spared++;
        else expect.fail(`seed ${seed}: ${printFilter(filter)} is ${relation} to ${printFilter(asked)}, left out`);
      });
    }
  }
  expect(counts.near).toBeGreaterThan(3000);
  expect(counts.spared).toBeGreaterThan(3000);
  expect(counts.disjoint).toBeLessThan(counts.spared);
});

test("what takes more work than there is says so", () => {
  const classifier = new Classifier("interpreter");
  for (let id = 1; id <= 50; id++) {
    const low = 10 * id;
    const atoms = [{ kind: "range", offset: 0, width: 16, mask: 0xffff, low, high: low + 50 } as const];
    classifier.insert(id, { conjunctions: [atoms] }, "tap", 0, id);
  }
  let visited = 0;
  const visit = () => {
    visited++;
  };
  expect(nodesNear(classifier.trie, [], { left: 20 }, visit)).toBe(false);
  expect(visited).toBeLessThan(25);
  expect(nodesNear(classifier.trie, [], { left: ENOUGH }, visit)).toBe(true);
  expect(visited).toBeGreaterThan(50);
});
