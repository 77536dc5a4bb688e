/**
 * Sets of frames as alternatives: a frame is in the set where it satisfies one of the conjunctions. No alternative is inside
 * another one. Work is bounded: where a set would have more alternatives than a filter may have, or all sets
 * together take more than MAX_STEPS, they are no longer exact, but hold more frames than they should, in few alternatives.
 */
import { MAX_ATOMS, MAX_CONJUNCTIONS } from "../../dpf/atom.js";
import { type Allowed, compare } from "./allowed.js";
import { ALL, and, type Conjunct, implies, type Need } from "./conjunction.js";

export type Alternatives = readonly Conjunct[];

export const NOTHING: Alternatives = [];
export const EVERYTHING: Alternatives = [ALL];

/** Pairs of conjunctions that may be looked at, for all sets of one predicate. */
export const MAX_STEPS = 1 << 20;
/** Alternatives of a set that is not exact any more: to so many it is reduced, when it has more than four times as many. */
const FEW = 8;

export const MANY_ATOMS = `it would take a conjunction of more than ${MAX_ATOMS - 1} atoms`;

/** What was found for two sets: terms that are alike ask the same again and again. */
class Pairs {
  readonly #known = new Map<Alternatives, Map<Alternatives, Alternatives>>();

  of(a: Alternatives, b: Alternatives, find: () => Alternatives): Alternatives {
    let others = this.#known.get(a);
    if (others === undefined) {
      others = new Map();
      this.#known.set(a, others);
    }
    let found = others.get(b);
    if (found === undefined) {
      found = find();
      others.set(b, found);
    }
    return found;
  }
}

export class Algebra {
  /** Why sets are not exact any more, or undefined. */
  inexact: string | undefined;
  #steps: number;
  readonly #unions = new Pairs();
  readonly #products = new Pairs();

  constructor(steps = MAX_STEPS) {
    this.#steps = steps;
  }

  /** What is left of them. */
  get steps(): number {
    return this.#steps;
  }

  /** From here on sets may hold more than they should. */
  approximate(reason: string): void {
    this.inexact ??= reason;
  }

  /** No more than that: whoever would find a set says EVERYTHING instead. */
  get exhausted(): boolean {
    return this.#steps < 0;
  }

  union(a: Alternatives, b: Alternatives): Alternatives {
    if (a.length === 0) return b;
    if (b.length === 0) return a;
    return this.#unions.of(a, b, () => {
      const all = [...a];
      for (const each of b) this.#add(all, each);
      return this.#bounded(all);
    });
  }

  product(a: Alternatives, b: Alternatives): Alternatives {
    if (a === EVERYTHING || a === b) return b;
    if (b === EVERYTHING) return a;
    return this.#products.of(a, b, () => this.#multiplied(a, b));
  }

  #multiplied(a: Alternatives, b: Alternatives): Alternatives {
    const [aWithin, bWithin] = [this.#within(a, b), this.#within(b, a)];
    if (!aWithin.includes(-1)) return a;
    if (!bWithin.includes(-1)) return b;
    const all: Conjunct[] = [];
    for (const [i, each] of a.entries()) {
      // With what it is inside of it is itself, and whatever else it is with is inside that.
      if (aWithin[i] !== -1) this.#add(all, each);
      else this.#multiply(all, each, i, b, bWithin);
      if (all.length > MAX_CONJUNCTIONS) all.splice(0, all.length, ...this.#bounded(all));
    }
    return this.#bounded(all);
  }

  /** Alternative i of a set with those of another, of which it is known in which of the first set each is. */
  #multiply(all: Conjunct[], each: Conjunct, i: number, others: Alternatives, within: Int32Array): void {
    for (const [j, other] of others.entries()) {
      if (within[j] !== -1 && within[j] !== i) continue;
      this.#steps--;
      const one = within[j] === i ? other : and(each, other);
      if (one !== undefined) this.#add(all, one);
    }
  }

  /** By alternative of the first: the number of one of the second that it is inside of, or -1. Terms that are alike need the same again and again. */
  #within(a: Alternatives, b: Alternatives): Int32Array {
    return Int32Array.from(a, (each) => {
      this.#steps -= b.length;
      return b.findIndex((other) => implies(each, other));
    });
  }

  #add(all: Conjunct[], one: Conjunct): void {
    this.#steps -= all.length;
    for (const each of all) if (implies(one, each)) return;
    let kept = 0;
    for (const each of all) if (!implies(each, one)) all[kept++] = each;
    all.length = kept;
    all.push(one);
  }

  #bounded(all: Conjunct[]): Alternatives {
    if (this.exhausted) this.approximate(`it takes more than ${MAX_STEPS} steps to find them`);
    if (all.length > MAX_CONJUNCTIONS) this.approximate(`it would take more than ${MAX_CONJUNCTIONS} conjunctions`);
    // Each value excluded is an atom of its own.
    if (all.some(({ tests }) => tests.some(({ holes }) => holes.length > MAX_ATOMS))) this.approximate(MANY_ATOMS);
    if (all.some(hasManyTests)) this.approximate(MANY_ATOMS);
    if (this.inexact === undefined) return all;
    if (this.exhausted) return EVERYTHING;
    // No atoms will come of more, and each product would have to look at them again.
    for (const [i, each] of all.entries()) {
      if (hasManyTests(each)) all[i] = { needs: each.needs, tests: each.tests.slice(0, MAX_ATOMS) };
    }
    return all.length <= FEW * 4 && !all.some(isLong) ? all : this.#fewer(all);
  }

  /** A set that holds all of those: the tests with the most different answers are left out, one after the other. */
  #fewer(all: readonly Conjunct[]): Alternatives {
    let some: Conjunct[] = [];
    let rest = all.map((each) => (isLong(each) ? { needs: each.needs, tests: each.tests.map(withoutHoles) } : each));
    for (;;) {
      some = [];
      for (const each of rest) this.#add(some, each);
      if (some.length <= FEW) return some;
      const dropped = mostVaried(some);
      if (dropped === undefined) return [{ needs: commonNeeds(some), tests: [] }];
      rest = some.map(({ needs, tests }) => ({ needs, tests: tests.filter((test) => compare(test, dropped) !== 0) }));
    }
  }
}

function hasManyTests({ tests }: Conjunct): boolean {
  return tests.length > MAX_ATOMS;
}

/** Values excluded, beyond which a set that is not exact forgets them. */
const MANY_HOLES = 8;

function isLong({ tests }: Conjunct): boolean {
  return tests.some(({ holes }) => holes.length > MANY_HOLES);
}

function withoutHoles(test: Allowed): Allowed {
  return test.holes.length > MANY_HOLES ? { ...test, holes: [] } : test;
}

/** The field under a mask of which the alternatives ask the most different things. */
function mostVaried(some: readonly Conjunct[]): Allowed | undefined {
  const varieties = new Map<string, { test: Allowed; asked: Set<string> }>();
  for (const { tests } of some) {
    for (const test of tests) {
      const key = `${test.field.base?.id}:${test.field.offset}:${test.field.width}:${test.mask}`;
      const variety = varieties.get(key) ?? { test, asked: new Set() };
      variety.asked.add(`${test.low} ${test.high} ${test.holes.length}`);
      varieties.set(key, variety);
    }
  }
  let most: { test: Allowed; asked: Set<string> } | undefined;
  for (const variety of varieties.values()) if (variety.asked.size > (most?.asked.size ?? 0)) most = variety;
  return most?.test;
}

/** What all of them need. */
function commonNeeds(some: readonly Conjunct[]): Need[] {
  const [first, ...others] = some;
  return (first?.needs ?? []).flatMap(({ base, least }) => {
    const theirs = others.map(({ needs }) => needs.find((need) => need.base === base)?.least ?? -1);
    const common = Math.min(least, ...theirs);
    return common >= 0 ? [{ base, least: common }] : [];
  });
}
