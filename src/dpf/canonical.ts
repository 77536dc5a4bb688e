/**
 * One form for conjunctions that mean the same, so that they merge:
 *
 *   - A constant shift is folded into the offsets that follow: `shift 14 && 9:8 == 6` → `23:8 == 6`.
 *     Valid since what follows at offset o needs more than o octets, which the shift did as well. Where
 *     nothing follows, the shift stays at the end: it says that the frame is at least so long.
 *   - What lies between two loaded shifts is a *region*: all its tests must hold, on one base, and none
 *     has an effect on another; so they are put in order of offset, width, mask.
 *   - A test that others of its region imply (all its bits are tested there, and the octets that it loads
 *     are needed anyway) is dropped. Bits that must be both 0 and 1: the conjunction never matches.
 *   - `shift N` at the end is dropped where the region's tests reach as far.
 */
import type { Atom, Conjunction, Equal, Filter, ShiftLoaded } from "./atom.js";
import { printConjunction } from "./print.js";

interface Region {
  tests: Equal[];
  /** The loaded shift that ends it; the last region has none. */
  shift: ShiftLoaded | undefined;
}

/** Canonical form, or undefined where no frame can match. Offsets may exceed those of authors' atoms. */
export function canonical(conjunction: Conjunction): Conjunction | undefined {
  const { regions, trailing } = fold(conjunction);
  const atoms: Atom[] = [];
  let reach = 0;
  for (const region of regions) {
    const tests = simplify(region, region.shift === undefined ? trailing : 0);
    if (tests === undefined) return undefined;
    reach = tests.reduce((end, test) => Math.max(end, endOf(test)), 0);
    atoms.push(...tests);
    if (region.shift) atoms.push(region.shift);
  }
  if (trailing > reach) atoms.push({ kind: "shift", octets: trailing });
  return atoms;
}

/** Canonical conjunctions of a filter, each once, in order of their text; those that never match are left out. */
export function canonicalFilter(filter: Filter): Map<string, Conjunction> {
  const forms = new Map<string, Conjunction>();
  for (const conjunction of filter.conjunctions) {
    const form = canonical(conjunction);
    if (form !== undefined) forms.set(printConjunction(form), form);
  }
  return forms.size < 2 ? forms : new Map([...forms].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Different bits that the tests of a canonical conjunction look at: what decides between claims. */
export function bitsTested(form: Conjunction): number {
  let bits = 0;
  let octets = new Map<number, number>();
  for (const atom of form) {
    if (atom.kind === "shift-loaded") octets = new Map();
    if (atom.kind !== "equal") continue;
    for (const { at, mask } of octetsOf(atom)) {
      const known = octets.get(at) ?? 0;
      bits += ones(mask & ~known);
      octets.set(at, known | mask);
    }
  }
  return bits;
}

function ones(octet: number): number {
  let count = 0;
  for (let rest = octet; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function endOf(atom: Equal | ShiftLoaded): number {
  return atom.offset + atom.width / 8;
}

/** Regions with constant shifts folded in, and how far the base stands from the last region's start. */
function fold(conjunction: Conjunction): { regions: Region[]; trailing: number } {
  let region: Region = { tests: [], shift: undefined };
  const regions = [region];
  let constant = 0;
  for (const atom of conjunction) {
    if (atom.kind === "shift") constant += atom.octets;
    else if (atom.kind === "equal") region.tests.push({ ...atom, offset: atom.offset + constant });
    else {
      region.shift = { ...atom, offset: atom.offset + constant };
      region = { tests: [], shift: undefined };
      regions.push(region);
    }
  }
  return { regions, trailing: constant };
}

function compare(a: Equal, b: Equal): number {
  return a.offset - b.offset || a.width - b.width || a.mask - b.mask || a.value - b.value;
}

/** The region's tests in order, without those that the others imply; undefined where two contradict. */
function simplify(region: Region, needed: number): Equal[] | undefined {
  const tests = region.tests.toSorted(compare);
  if (tests.every((test, index) => index === 0 || endOf(tests[index - 1] ?? test) <= test.offset)) return tests;
  const octets = new Map<number, { mask: number; value: number }>();
  for (const test of tests) {
    for (const { at, mask, value } of octetsOf(test)) {
      const known = octets.get(at);
      if (known && ((known.value ^ value) & known.mask & mask) !== 0) return undefined;
      octets.set(at, { mask: mask | (known?.mask ?? 0), value: value | (known?.value ?? 0) });
    }
  }
  const length = Math.max(needed, region.shift ? endOf(region.shift) : 0);
  let kept = tests;
  for (const test of tests) {
    const others = kept.filter((other) => other !== test);
    if (isImplied(test, others, length)) kept = others;
  }
  return kept;
}

/** `needed`: octets that the region has to have besides. */
function isImplied(test: Equal, others: readonly Equal[], needed: number): boolean {
  if (others.reduce((end, other) => Math.max(end, endOf(other)), needed) < endOf(test)) return false;
  return octetsOf(test).every(({ at, mask }) => {
    let known = 0;
    for (const other of others) {
      for (const octet of other.offset <= at && at < endOf(other) ? octetsOf(other) : []) {
        if (octet.at === at) known |= octet.mask;
      }
    }
    return (mask & ~known) === 0;
  });
}

/** The octets of a field whose bits are tested, as (offset, mask, value). */
function octetsOf(atom: Equal): { at: number; mask: number; value: number }[] {
  const octets = [];
  for (let index = 0; index < atom.width / 8; index++) {
    const right = atom.width - 8 * (index + 1);
    const mask = (atom.mask >>> right) & 0xff;
    if (mask !== 0) octets.push({ at: atom.offset + index, mask, value: (atom.value >>> right) & 0xff });
  }
  return octets;
}
