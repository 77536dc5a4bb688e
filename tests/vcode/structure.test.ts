/** Whatever the graph, and wherever it is cut: every target does what the interpreter does. */
import { describe, expect, test } from "vitest";
import { bytecodeOf } from "../../src/vcode/bytecode.js";
import type { Insn, Lambda } from "../../src/vcode/insn.js";
import { structureOf } from "../../src/vcode/structure.js";
import type { CompileOptions } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { randomLambda } from "./graphs.js";
import { BASE, Everywhere, LENGTH } from "./running.js";

function lambda(chance: Chance, options: Parameters<typeof randomLambda>[1]): Lambda {
  for (;;) {
    const made = randomLambda(chance, options);
    if (made !== undefined) return made;
  }
}

interface Seen {
  values: number;
  faults: number;
  stores: number;
  /** Functions, beyond one a lambda. */
  cuts: number;
}

function compareOn(seed: number, blocks: number, options: CompileOptions, seen: Seen): void {
  const chance = new Chance(seed);
  const callees = chance.percent(30) ? [1, 2] : [];
  const lambdas = [lambda(chance, { blocks: 1 + chance.below(blocks), callees })];
  if (callees.length > 0) {
    lambdas.push(lambda(chance, { blocks: 1 + chance.below(blocks), callees: [2], entry: false }));
    lambdas.push(lambda(chance, { blocks: 1 + chance.below(blocks), entry: false }));
  }
  const weight = (insn: Insn) => bytecodeOf(insn);
  for (const each of lambdas) seen.cuts += structureOf(each, weight, options).length - 1;
  const everywhere = new Everywhere({ lambdas, tables: 0 }, options);
  for (const fuel of [0, chance.below(20), 600]) {
    const content = Uint8Array.from({ length: LENGTH }, () => chance.below(256));
    const [expected, ...others] = everywhere.run([BASE, LENGTH], fuel, content);
    if (expected!.outcome.ok) seen.values++;
    else seen.faults++;
    if (expected!.left.some((octet, index) => octet !== content[index])) seen.stores++;
    for (const other of others) {
      expect(other.outcome, `seed ${seed} on ${other.target}`).toEqual(expected!.outcome);
      expect(other.left, `seed ${seed} on ${other.target}`).toEqual(expected!.left);
    }
  }
}

describe("random graphs on every target", () => {
  const cases: [string, number, number, CompileOptions][] = [
    ["as they are", 800, 14, {}],
    ["cut where blocks nest 4 deep", 500, 40, { nesting: 6 }],
    ["cut where functions are small", 500, 40, { size: 500 }],
    ["cut everywhere", 400, 20, { nesting: 5, size: 1 }],
    ["large, cut somewhere", 60, 600, { nesting: 14, size: 2000 }],
  ];
  test.each(cases)("%s: %i", (_, count, blocks, options) => {
    const seen: Seen = { values: 0, faults: 0, stores: 0, cuts: 0 };
    for (let seed = 1; seed <= count; seed++) compareOn(seed, blocks, options, seen);
    expect(seen.values).toBeGreaterThan(count / 2);
    expect(seen.faults).toBeGreaterThan(count / 2);
    if (Object.keys(options).length > 0) expect(seen.cuts).toBeGreaterThan(count);
    else expect(seen.cuts).toBe(0);
    expect(seen.stores).toBeGreaterThan(count / 4);
  });
});
