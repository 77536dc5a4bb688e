/** Random images on the processor: whatever they ask for, every target comes to the same, and the accounts balance. */
import { describe, expect, test } from "vitest";
import { ANY_SLICE, Cause } from "../../src/kernel/abi.js";
import { Entry } from "../../src/libos/downloaded/entry.js";
import type { Program } from "../../src/vcode/insn.js";
import { TARGETS } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { balanced, Machine } from "./images.js";

const PAGE = { virtualPage: 5, physicalPage: 40 };

const RANDOM_CALLS = [
  ...(["yield", "yield", "transfer", "transfer", "transfer", "asyncTransfer", "giveBack", "keep", "sleep"] as const),
  ...(["sliceLeft", "sliceAlloc", "sliceFree", "sliceOwner", "predicate", "predicateFree", "left"] as const),
];

/** Does by each cause what chance says: burns fuel, touches its page, and asks the kernel for anything. */
function randomProgram(chance: Chance): Program {
  const entry = new Entry(4096);
  const { v } = entry;
  const answer = entry.m(2);
  for (const cause of [Cause.start, Cause.syncCall, Cause.asyncCall, Cause.syncReturn, Cause.wake]) {
    entry.on(
      cause,
      20,
      () => {
        for (let step = 1 + chance.below(4); step > 0; step--) {
          if (chance.percent(20)) burn(entry, 1 + chance.below(60), chance);
          if (chance.percent(10)) v.stv("host", "i", entry.m(1), entry.address(PAGE), { imm: 4 * chance.below(8) });
          const word = () => ({
            imm: chance.percent(80) ? chance.below(7) - 1 : chance.pick([5 * 4096, 64, -(2 ** 31)]),
          });
          entry.kernel(answer, chance.pick(RANDOM_CALLS), word(), word(), { reg: answer });
        }
      },
      { reg: answer },
    );
  }
  entry.pages(PAGE);
  return entry.end();
}

/** A loop of so many steps of 10 units, or one without end. */
function burn({ v }: Entry, steps: number, chance: Chance): void {
  const [left, again] = [v.getreg("i"), v.genlabel()];
  v.set("i", left, steps);
  v.label(again);
  v.fuel(10);
  if (chance.percent(95)) v.alui("sub", "i", left, left, 1);
  v.bri("bgt", "i", left, 0, again);
}

describe("six random programs that ask the kernel for anything", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("come to the same on every target, unit by unit (seed %i)", (seed) => {
    const outcomes = TARGETS.map((target) => {
      const chance = new Chance(seed);
      const machine = new Machine({ target, slices: 12, length: 1500, grace: 300 });
      machine.trace.switch(["error", "warning", "info", "debug"]);
      machine.share(PAGE.physicalPage);
      for (let environment = 1; environment <= 6; environment++)
        machine.create(environment, randomProgram(chance), environment - 1, 12 - environment);
      for (let turn = 0; turn < 150; turn++) {
        machine.processor.turn(1);
        balanced(machine);
      }
      expect(machine.failures).toEqual([]);
      const { accounts, slices } = machine.processor;
      const events = machine.trace.since(0).map(({ number, name, fields }) => [number, name, ...fields].join(" "));
      return { accounts, owners: slices.owners(), events };
    });
    expect(outcomes[0]?.accounts.used).toBeGreaterThan(1000);
    for (const outcome of outcomes.slice(1)) expect(outcome).toEqual(outcomes[0]);
  });
});

test("1,000 that come, run and go leave memory, slices and predicates as they were (seed 5)", () => {
  const chance = new Chance(5);
  const machine = new Machine({ target: "interpreter", slices: 12, length: 6000, grace: 300 });
  const { freePages } = machine.memory;
  for (let round = 0; round < 1000; round++) {
    const environment = 1 + chance.below(6);
    if (machine.processor.alive(environment)) machine.destroy(environment);
    else if (machine.activations.get(environment) === undefined) machine.create(environment, randomProgram(chance));
    if (machine.processor.alive(environment) && machine.processor.slices.free > 0)
      machine.processor.slices.allocate(environment, ANY_SLICE);
    machine.processor.turn(1);
    balanced(machine);
  }
  for (let environment = 1; environment <= 6; environment++) machine.destroy(environment);
  const { accounts, slices } = machine.processor;
  expect([machine.memory.freePages, slices.free, accounts.owed]).toEqual([freePages, 12, 0]);
  expect([1, 2, 3, 4, 5, 6].map((environment) => machine.wakeups.count(environment))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(machine.failures).toEqual([]);
});
