/**
 * Conjunctions before they are atoms: of each base how many octets are there at least, and of fields what they may be. They
 * are kept so that two that say the same are alike: needs by base, tests by field and mask, and nothing that something else
 * in it implies. A test comes with the need of its octets, a need with that of the field that moves its base. Bases
 * may be any here, side by side as well; what DPF can say of them is asked when atoms are made (atoms.ts).
 */
import { type Allowed, both, compare, compareFields, decides, impliesAlike, isAll } from "./allowed.js";
import type { Field } from "./form.js";
import { type Base, ROOT } from "./place.js";

export interface Need {
  readonly base: Base;
  /** Octets from the base on. */
  readonly least: number;
}

export interface Conjunct {
  readonly needs: readonly Need[];
  readonly tests: readonly Allowed[];
}

/** Every frame. */
export const ALL: Conjunct = { needs: [], tests: [] };

/** At least so many octets are there from the base on, and so at each of its parents what its field needs. */
export function reaching(base: Base, least: number): Conjunct {
  const needs: Need[] = least > 0 || base !== ROOT ? [{ base, least }] : [];
  for (let by = base.by; by !== undefined; by = by.parent.by)
    needs.unshift({ base: by.parent, least: by.offset + by.width / 8 });
  return { needs, tests: [] };
}

/** The field is there, and is as allowed. */
export function testing(test: Allowed): Conjunct {
  const there = present(test.field);
  return isAll(test) ? there : { needs: there.needs, tests: [test] };
}

function present({ base, offset, width }: Field): Conjunct {
  return base === undefined ? ALL : reaching(base, offset + width / 8);
}

/** Undefined where no frame satisfies both. */
export function and(a: Conjunct, b: Conjunct): Conjunct | undefined {
  if (a === ALL || a === b) return b;
  if (b === ALL) return a;
  const tests = bothTests(a.tests, b.tests);
  return tests && { needs: bothNeeds(a.needs, b.needs), tests };
}

function bothNeeds(a: readonly Need[], b: readonly Need[]): readonly Need[] {
  const needs: Need[] = [];
  for (let i = 0, j = 0; ; ) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) return [...needs, ...a.slice(i), ...b.slice(j)];
    const order = x.base.id - y.base.id;
    if (order === 0) needs.push(x.least >= y.least ? x : y);
    else needs.push(order < 0 ? x : y);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

function bothTests(a: readonly Allowed[], b: readonly Allowed[]): readonly Allowed[] | undefined {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const tests: Allowed[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    const order = x === undefined ? 1 : y === undefined ? -1 : compare(x, y);
    if (order <= 0) i++;
    if (order >= 0) j++;
    const next = x !== undefined && y !== undefined && order === 0 ? both(x, y) : order < 0 ? x : y;
    if (next === undefined) return undefined;
    tests.push(next);
  }
  return withoutDecided(tests);
}

/** Tests of one field under several masks: an equality decides those of fewer bits. */
function withoutDecided(tests: readonly Allowed[]): readonly Allowed[] | undefined {
  let dropped: Set<Allowed> | undefined;
  for (let from = 0; from < tests.length; ) {
    const group = groupAt(tests, from);
    from += group.length;
    if (group.length === 1) continue;
    for (const test of group) {
      for (const equal of group) {
        const decided = equal === test ? undefined : decides(equal, test);
        if (decided === false) return undefined;
        if (decided === true) dropped = (dropped ?? new Set()).add(test);
      }
    }
  }
  return dropped === undefined ? tests : tests.filter((test) => dropped.has(test) === false);
}

function groupAt(tests: readonly Allowed[], from: number): readonly Allowed[] {
  const first = tests[from];
  let to = from + 1;
  for (let next = tests[to]; first && next && compareFields(first.field, next.field) === 0; next = tests[to]) to++;
  return tests.slice(from, to);
}

/** Whatever satisfies `a` satisfies `b`, as far as can be seen field by field. */
export function implies(a: Conjunct, b: Conjunct): boolean {
  if (a === b) return true;
  if (a.tests.length === 0 && b.tests.length > 0) return false;
  return needsImply(a.needs, b.needs) && testsImply(a.tests, b.tests);
}

function needsImply(a: readonly Need[], b: readonly Need[]): boolean {
  let i = 0;
  for (const need of b) {
    while ((a[i]?.base.id ?? Number.POSITIVE_INFINITY) < need.base.id) i++;
    const mine = a[i];
    if (mine === undefined || mine.base !== need.base || mine.least < need.least) return false;
  }
  return true;
}

function testsImply(a: readonly Allowed[], b: readonly Allowed[]): boolean {
  let start = 0;
  for (const test of b) {
    while (start < a.length && isBefore(a[start], test)) start++;
    let found = false;
    for (let at = start; !found; at++) {
      const mine = a[at];
      if (mine === undefined || compareFields(mine.field, test.field) !== 0) return false;
      found = mine.mask === test.mask ? impliesAlike(mine, test) : decides(mine, test) === true;
    }
  }
  return true;
}

function isBefore(mine: Allowed | undefined, test: Allowed): boolean {
  return mine !== undefined && compareFields(mine.field, test.field) < 0;
}
