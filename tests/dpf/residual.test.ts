/** Residual predicates: what is refused as one, what it may spend, and that filters share them. */
import { describe, expect, test } from "vitest";
import { type Filter, MAX_RESIDUAL_INSNS, RESIDUAL_FUEL } from "../../src/dpf/atom.js";
import { residualProblem } from "../../src/dpf/residual.js";
import { Residuals } from "../../src/dpf/residuals.js";
import type { Lambda, Program, Type } from "../../src/vcode/insn.js";
import { Assembler, type LambdaOptions } from "../../src/vcode/vcode.js";
import { Chance } from "../seeded.js";
import { endless, ofFacts, randomPredicate, straight, summing, unsigned } from "./predicates.js";
import { Engines, Rows } from "./support.js";

function program(write: (v: Assembler) => void, types: Type[] = ["p", "i"], options: LambdaOptions = { result: "i" }) {
  const v = new Assembler(types, options);
  write(v);
  return { lambdas: [v.end()], tables: 0 };
}

const yes = (v: Assembler) => v.ret({ imm: 1 });
const [lambda] = program(yes).lambdas as [Lambda];

function long(count: number): Program {
  return program((v) => {
    const register = v.getreg("i");
    for (let index = 1; index < count; index++) v.set("i", register, index);
    v.ret({ reg: register });
  });
}

describe("refused as a residual", () => {
  test.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /no program/],
    ["no lambda", { lambdas: [], tables: 0 }, /no lambda/],
    ["several lambdas", { lambdas: [lambda, lambda], tables: 0 }, /one lambda without tables/],
    ["tables", { lambdas: [lambda], tables: 1 }, /one lambda without tables/],
    ["a primitive", program((v) => [v.scallv("leaf", { imm: 1 }), yes(v)]), /leaf/],
    [
      "a lookup in a table",
      { ...program((v) => [v.scalli(v.getreg("i"), "lookup", { imm: 0 }, { imm: 1 }), yes(v)]), tables: 1 },
      /lookup/,
    ],
    ["a store", program((v) => [v.st("host", "uc", 1, 0, { imm: 0 }), yes(v)]), /stored/],
    [
      "a load that is not proved",
      program((v) => [v.ld("host", "uc", v.getreg("u"), 0, { imm: 0 }), yes(v)]),
      /needs 1/,
    ],
    ["a loop that pays nothing", program((v) => loop(v, false)), /fuel/],
    ["another region", program(yes, ["p", "i"], { result: "i", regions: ["environment"] }), /takes a packet/],
    ["no region", program(yes, [], { result: "i", regions: [] }), /takes a packet/],
    ["a third parameter that is signed", program(yes, ["p", "i", "i"]), /takes a packet/],
    ["one parameter too many", program(yes, ["p", "i", "u", "u", "u"]), /takes a packet/],
    ["no result", program((v) => v.ret(), ["p", "i"], {}), /gives a word/],
    ["a long as its result", program((v) => v.ret({ imm: 1n }), ["p", "i"], { result: "l" }), /gives a word/],
    ["one instruction too many", long(MAX_RESIDUAL_INSNS + 1), new RegExp(`limit ${MAX_RESIDUAL_INSNS}`)],
  ])("%s", (_, value, reason) => {
    expect(residualProblem(value)).toMatch(reason);
  });

  test("all others are not", () => {
    expect(residualProblem(long(MAX_RESIDUAL_INSNS))).toBeUndefined();
    expect(residualProblem(program((v) => loop(v, true)))).toBeUndefined();
    for (let seed = 1; seed <= 200; seed++)
      expect(residualProblem(randomPredicate(new Chance(seed), 40))).toBeUndefined();
  });
});

function loop(v: Assembler, pays: boolean): void {
  const head = v.genlabel();
  v.label(head);
  if (pays) v.fuel(1);
  v.bri("beq", "i", 1, 4, head);
  yes(v);
}

describe("what one run may spend", () => {
  /** So many rounds of one unit each, then yes. */
  const rounds = (count: number) =>
    program((v) => {
      const left = v.getreg("i");
      const head = v.genlabel();
      v.set("i", left, count);
      v.label(head);
      v.fuel(1);
      v.alui("sub", "i", left, left, 1);
      v.bri("bgt", "i", left, 0, head);
      yes(v);
    });

  test.each([
    [RESIDUAL_FUEL, true],
    [RESIDUAL_FUEL + 1, false],
  ])("%i rounds: %s, again on every frame, and others match all the same", (count, isMatch) => {
    const engines = new Engines(new Rows([new Uint8Array(4), new Uint8Array(0), new Uint8Array(9)], false));
    const bind = (id: number, filter: Filter) => engines.insert({ id, filter, mode: "tap", priority: 0, age: id });
    bind(1, { conjunctions: [[]] });
    bind(2, { conjunctions: [[]], residual: rounds(count) });
    bind(3, { conjunctions: [[{ kind: "length", least: 1, most: 8 }]], residual: rounds(count) });
    engines.install();
    const expected = isMatch ? ["0: 1 2 3", "0: 1 2", "0: 1 2"] : ["0: 1", "0: 1", "0: 1"];
    expect(engines.brute()).toEqual(expected);
    for (const [target, verdicts] of engines.verdicts()) expect(verdicts, target).toEqual(expected);
  });

  test("one that never ends does not match, and spends nothing of others'", () => {
    const engines = new Engines(new Rows([Uint8Array.of(7, 7), Uint8Array.of(8, 8)], true));
    for (let id = 1; id <= 20; id++) {
      engines.insert({ id, filter: { conjunctions: [[]], residual: endless(id) }, mode: "tap", priority: 0, age: id });
    }
    engines.install();
    expect(engines.disagreement()).toBeUndefined();
    const all = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(engines.brute()[2]).toBe(`0: ${all.filter((id) => id !== 7).join(" ")}`);
  });
});

test("facts are told to those that take them, on every target, with and without others that do not", () => {
  const frames = [new Uint8Array(4), new Uint8Array(4), new Uint8Array(9)];
  const facts = [
    { wire: 4, link: 1 },
    { wire: 0xffffffff, link: 1 },
    { wire: 10, link: 65_535 },
  ];
  const rows = new Rows(frames, false, (_, index) => facts[index] ?? { wire: 0, link: 0 });
  const residuals = [ofFacts(), ofFacts(1), ofFacts(65_535), unsigned()];
  const expected = [[4], [1, 2, 4], [1, 3, 4]];
  for (const ids of [[1], [2], [1, 4], [4, 1], [4, 3, 2, 1]]) {
    const engines = new Engines(rows);
    for (const id of ids) {
      const filter = { conjunctions: [[]], residual: residuals[id - 1]! };
      engines.insert({ id, filter, mode: "tap", priority: 0, age: id });
      engines.install();
    }
    const verdicts = expected.map((all) => `0: ${all.filter((id) => ids.includes(id)).join(" ")}`);
    expect(engines.brute()).toEqual(verdicts);
    for (const [target, said] of engines.verdicts()) expect(said, target).toEqual(verdicts);
  }
});

test("each is there once, however many filters have it, until the last is gone; numbers are used again", () => {
  const residuals = new Residuals();
  const [one, other, third] = [straight(new Chance(1), 20), summing(new Chance(2)), endless(3)];
  const first = residuals.add(one);
  expect(residuals.add(structuredClone(one))).toEqual(first);
  expect(residuals.add(other)?.residual).toBe(1);
  expect(residuals.lambdas()).toHaveLength(2);
  residuals.remove(first?.text);
  expect(residuals.lambdas()[0]).toEqual(one.lambdas[0]);
  residuals.remove(first?.text);
  expect(residuals.add(third)?.residual).toBe(0);
  expect(residuals.lambdas()).toHaveLength(2);
  expect(residuals.add(undefined)).toBeUndefined();
});
