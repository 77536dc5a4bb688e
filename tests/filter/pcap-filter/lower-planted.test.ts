/** Filters that are wrong as a careless lowering would make them: the comparison with the reference finds each. */
import { expect, test } from "vitest";
import { type Atom, type Conjunction, type Filter, MAX_LENGTH } from "../../../src/dpf/atom.js";
import { lower } from "../../../src/filter/pcap-filter/lower.js";
import type { Predicate, Value } from "../../../src/filter/pcap-filter/predicate.js";
import type { Insn, Lambda } from "../../../src/vcode/insn.js";
import { Rows } from "../../dpf/support.js";
import { Chance } from "../../seeded.js";
import { expectedOf, foundBy } from "./lowered.js";
import { constant, near, operation, Predicates, randomFrame } from "./random-predicates.js";

type Spoil = (filter: Filter) => Filter;

function atoms(spoil: (atom: Atom) => readonly Atom[]): Spoil {
  return (filter) => ({ ...filter, conjunctions: filter.conjunctions.map((one) => one.flatMap(spoil)) });
}

function insns(spoil: (insn: Insn) => readonly Insn[]): Spoil {
  return (filter) => {
    const [entry] = filter.residual?.lambdas ?? [];
    if (entry === undefined) return filter;
    const spoilt: Lambda = { ...entry, insns: entry.insns.flatMap(spoil) };
    return { conjunctions: filter.conjunctions, residual: { lambdas: [spoilt], tables: 0 } };
  };
}

/** Where the value is not there, "not equal" holds: as if it were the negation of "equal". */
function negated(one: Conjunction): Conjunction[] {
  return one.flatMap((atom, index) => {
    if (atom.kind !== "not-equal" || atom.of !== undefined || one.some(({ kind }) => kind === "shift-loaded"))
      return [];
    const outside: Atom = { kind: "length", least: 0, most: atom.offset + atom.width / 8 - 1 };
    return [one.with(index, outside)];
  });
}

const MISTAKES: readonly [string, Spoil][] = [
  ["earlier loads are forgotten", atoms((atom) => (atom.kind === "length" ? [] : [atom]))],
  [
    "one octet too few is asked for",
    atoms((atom) => (atom.kind === "length" ? [{ ...atom, least: atom.least - 1 }] : [atom])),
  ],
  [
    "one octet too many",
    atoms((atom) =>
      atom.kind === "length" && atom.most === MAX_LENGTH ? [{ ...atom, least: atom.least + 1 }] : [atom],
    ),
  ],
  [
    "not equal is the negation of equal",
    (filter) => ({ ...filter, conjunctions: filter.conjunctions.flatMap((one) => [one, ...negated(one)]) }),
  ],
  [
    "the last alternative is lost",
    (filter) =>
      filter.conjunctions.length > 1 ? { ...filter, conjunctions: filter.conjunctions.slice(0, -1) } : filter,
  ],
  ["bases are not moved", atoms((atom) => (atom.kind === "shift-loaded" ? [] : [atom]))],
  [
    "ranges end one too soon",
    atoms((atom) => (atom.kind === "range" && atom.high > atom.low ? [{ ...atom, high: atom.high - 1 }] : [atom])),
  ],
  ["the residual is not asked", ({ conjunctions }) => ({ conjunctions })],
  [
    "its comparisons are signed",
    insns((insn) => (insn.op === "bri" && insn.type === "u" ? [{ ...insn, type: "i" }] : [insn])),
  ],
  [
    "its quotients of 0 go on",
    insns((insn) => (insn.op === "bri" && insn.branch === "beq" && insn.imm === 0 ? [] : [insn])),
  ],
  [
    "its shifts are taken modulo 32",
    insns((insn) => (insn.op === "bri" && insn.branch === "bgt" && insn.imm === 31 ? [] : [insn])),
  ],
];

/** Whatever the first octet is: shifted by as much as the second says. */
const SHIFTED: Predicate = {
  kind: "comparison",
  operator: ">",
  left: operation(">>", octet(0), octet(1)),
  right: constant(0),
};

function octet(offset: number): Value {
  return { kind: "load", base: undefined, offset, size: 1 };
}

/** How many filters say something else than the reference of some frame. */
function wrongFilters(spoil: Spoil): number {
  let wrong = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const chance = new Chance(seed);
    const model = randomFrame(chance);
    const rows = new Rows([model, near(chance, model), randomFrame(chance)], true);
    const random = () => new Predicates(chance, model, { odd: seed % 2 === 0 ? 0 : 25 }).predicate();
    for (const predicate of [SHIFTED, ...Array.from({ length: 6 }, random)]) {
      const lowered = lower(predicate);
      if ("problem" in lowered) throw new Error(lowered.problem.message);
      const found = foundBy(spoil(lowered.filter), rows);
      if (expectedOf(predicate, rows).some((so, row) => so !== found[row])) wrong++;
    }
  }
  return wrong;
}

test("none is wrong as it is", () => expect(wrongFilters((filter) => filter)).toBe(0));

test.each(MISTAKES)("%s", (_, spoil) => expect(wrongFilters(spoil)).toBeGreaterThan(0));
