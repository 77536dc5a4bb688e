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

export const MANY_ATOMS = `it would take a conjunction of more than ${MAX_ATOMS} atoms`;

export class Algebra {
  /** Why sets are not exact any more, or undefined. */
  inexact: string | undefined;
  #steps: number;

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
    const all = [...a];
    for (const each of b) this.#add(all, each);
    return this.#bounded(all);
  }

  product(a: Alternatives, b: Alternatives): Alternatives {
    if (a === EVERYTHING) return b;
    if (b === EVERYTHING) return a;
    if (this.#isWithin(a, b)) return a;
    if (this.#isWithin(b, a)) return b;
    const all: Conjunct[] = [];
    for (const each of a) {
      for (const other of b) {
        this.#steps--;
        const one = and(each, other);
        if (one !== undefined) this.#add(all, one);
      }
      if (all.length > MAX_CONJUNCTIONS) all.splice(0, all.length, ...this.#bounded(all));
    }
    return this.#bounded(all);
  }

  /** Each of the first is inside one of the second: what terms that are alike need is the same again and again. */
  #isWithin(a: Alternatives, b: Alternatives): boolean {
    return a.every((each) => {
      this.#steps -= b.length;
      return b.some((other) => implies(each, other));
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
    if (this.inexact === undefined) return all;
    if (this.exhausted) return EVERYTHING;
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
