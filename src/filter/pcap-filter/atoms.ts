/**
 * Conjunctions as DPF has them: what is said of a base, then the shift to the next one. The base moves forward only,
 * so the bases of a conjunction have to lie on one way from the root. One of MAX_ATOMS is left for a test of the link type.
 */
import {
  type Atom,
  type Conjunction,
  LINK,
  MAX_ATOMS,
  MAX_LENGTH,
  type Test,
  type Tested,
  WIRE,
} from "../../dpf/atom.js";
import { type Allowed, isEqual } from "./allowed.js";
import { MANY_ATOMS } from "./alternatives.js";
import type { Conjunct } from "./conjunction.js";
import { type Base, type Move, ROOT, wayTo } from "./place.js";

export interface Said {
  readonly atoms: Conjunction;
  /** Why the atoms say less than they should, or undefined. */
  readonly less: string | undefined;
}

/** Matches no frame: none has an octet and is empty. */
export const NEVER: Conjunction = [
  { kind: "length", least: 1, most: MAX_LENGTH },
  { kind: "length", least: 0, most: 0 },
];

const MOST_ATOMS = MAX_ATOMS - 1;

export function atomsFor({ needs, tests }: Conjunct): Said {
  const way = wayTo(farthest(needs.map(({ base }) => base)));
  const aside = needs.some(({ base }) => !way.includes(base));
  const atoms: Atom[] = [];
  for (const [index, base] of way.entries()) {
    const here = tests.filter(({ field }) => field.base === base || (field.base === undefined && base === ROOT));
    for (const test of here) atoms.push(...testsFor(test));
    const next = way[index + 1]?.by;
    const least = needs.find((need) => need.base === base)?.least ?? 0;
    if (least > reachOf(here, next)) atoms.push({ kind: "length", least, most: MAX_LENGTH });
    if (next) atoms.push(shiftBy(next));
  }
  if (atoms.length > MOST_ATOMS) return { atoms: atoms.slice(0, MOST_ATOMS), less: MANY_ATOMS };
  return { atoms, less: aside ? "it has bases side by side, and the base moves forward only" : undefined };
}

function farthest(bases: readonly Base[]): Base {
  const depth = (base: Base) => wayTo(base).length;
  return bases.reduce((far, base) => (depth(base) > depth(far) ? base : far), ROOT);
}

/** Octets that the tests and the shift need anyway. */
function reachOf(tests: readonly Allowed[], next: Move | undefined): number {
  const loads = tests.filter(({ field }) => field.base !== undefined).map(({ field }) => field);
  return Math.max(0, ...[...loads, ...(next ? [next] : [])].map(({ offset, width }) => offset + width / 8));
}

function shiftBy({ offset, width, mask, left }: Move): Atom {
  return { kind: "shift-loaded", offset, width, mask, left };
}

function testsFor(test: Allowed): Test[] {
  const { field, mask, low, high, holes } = test;
  const at: Tested =
    field.base === undefined
      ? { ...(field.width === LINK.width ? LINK : WIRE), mask }
      : { offset: field.offset, width: field.width, mask };
  if (isEqual(test)) return [{ kind: "equal", ...at, value: low }];
  const range: Test[] = low > 0 || high < mask ? [{ kind: "range", ...at, low, high }] : [];
  return [...range, ...holes.map((value): Test => ({ kind: "not-equal", ...at, value }))];
}
