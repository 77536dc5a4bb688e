/**
 * One form for conjunctions that mean the same, so that they merge. Its regions (region.ts) list their tests in
 * order of offset, width, mask, kind and values, then a length test where one is still needed, then the loaded
 * shift. The link type is tested before all else: nothing divides filters as it does, and what else they say has
 * one meaning for each. Octets on the wire are tested behind all else: few filters ask, and those that do not would
 * otherwise lose the way that they share with those that do.
 * What a region asks in another way than in that order and in those words is rewritten:
 *
 *   - Tests in any order → in that order. All of a region hold on one base, and none has an effect on another.
 *   - A dropped test → its field still has to be there: `least` of the region's length remembers it.
 *   - `0:16 == 0x0102 && 1:8 == 2` → `0:16 == 0x0102`: all bits that the dropped one tests are tested there.
 *   - `0:8 == 1 && 0:16 == 0x0203` → never: a bit would be 0 and 1.
 *   - Ranges and values excluded, of one field under one mask → one interval, and holes in it (limit.ts).
 *   - `length >= 3 && 2:8 == 1` → `2:8 == 1`: the load needs as much.
 *   - `length <= 2 && 2:8 == 1` → never: the load needs more.
 */
import {
  type Atom,
  type Conjunction,
  type Equal,
  type Filter,
  MAX_LENGTH,
  type Range,
  type Test,
  type Width,
} from "./atom.js";
import { Bits } from "./bits.js";
import { placeOf } from "./fact.js";
import { commonPrefix } from "./interval.js";
import { Limit, limitsOf } from "./limit.js";
import { joinAtoms, printAtom } from "./print.js";
import { endOf, type Region, regionsOf } from "./region.js";

/** Canonical form, or undefined where no frame can match. Offsets and lengths may exceed those of authors' atoms. */
export function canonical(conjunction: Conjunction): Conjunction | undefined {
  const atoms: Atom[] = [];
  const last: Atom[] = [];
  for (const region of regionsOf(conjunction)) {
    const form = canonicalRegion(region);
    if (form === undefined) return undefined;
    for (const atom of form) (isOfWire(atom) ? last : atoms).push(atom);
  }
  for (const atom of last) atoms.push(atom);
  return atoms;
}

function isOfWire(atom: Atom): boolean {
  return "of" in atom && atom.of === "wire";
}

type Forms = ReadonlyMap<string, Conjunction>;

/** The last answer: a claim's filter is asked about several times in a row, and a large one is dear. */
let latest: { readonly filter: Filter; readonly forms: Forms } | undefined;

/** Canonical conjunctions of a filter, each once, in order of their text; those that never match are left out. */
export function canonicalFilter(filter: Filter): Forms {
  if (latest?.filter !== filter) latest = { filter, forms: canonicalForms(filter) };
  return latest.forms;
}

function canonicalForms(filter: Filter): Forms {
  const forms = new Map<string, Conjunction>();
  // Conjunctions of one filter often have the same atoms.
  const texts = new Map<Atom, string>();
  const textOf = (atom: Atom) => {
    const text = texts.get(atom) ?? printAtom(atom);
    texts.set(atom, text);
    return text;
  };
  for (const conjunction of filter.conjunctions) {
    const form = canonical(conjunction);
    if (form !== undefined) forms.set(joinAtoms(form.map(textOf)), form);
  }
  return forms.size < 2 ? forms : new Map([...forms].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Different bits that a canonical conjunction tests, what decides between claims: of an equality the bits of its
 * mask, of a range its common prefix, of all else none. A bit of an octet counts once for each region, a fact's once.
 */
export function bitsTested(form: Conjunction): number {
  let [bits, end] = [0, Number.NEGATIVE_INFINITY];
  for (const atom of form) {
    if (atom.kind === "shift-loaded") end = Number.NEGATIVE_INFINITY;
    if (atom.kind !== "equal" && atom.kind !== "range") continue;
    const place = placeOf(atom);
    // An octet that two tests may share is looked at by itself.
    if (place < end) return bitsOfOctets(form);
    end = place + atom.width / 8;
    bits += ones(fixedBits(atom));
  }
  return bits;
}

function bitsOfOctets(form: Conjunction): number {
  let bits = 0;
  const facts = new Map<number, number>();
  let octets = new Map<number, number>();
  for (const atom of form) {
    if (atom.kind === "shift-loaded") octets = new Map();
    if (atom.kind !== "equal" && atom.kind !== "range") continue;
    const counted = atom.of === undefined ? octets : facts;
    for (const [at, mask] of octetsOf(placeOf(atom), atom.width, fixedBits(atom))) {
      const known = counted.get(at) ?? 0;
      bits += ones(mask & ~known);
      counted.set(at, known | mask);
    }
  }
  return bits;
}

function ones(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Bits of the field that can only be one thing where the test holds. */
function fixedBits(test: Equal | Range): number {
  return test.kind === "equal" ? test.mask : commonPrefix(test.low, test.high, test.mask);
}

/** The octets of a field of which a mask has bits, as (offset, those bits). */
function octetsOf(offset: number, width: Width, mask: number): [number, number][] {
  const octets: [number, number][] = [];
  for (let right = width - 8, at = offset; right >= 0; right -= 8, at++) {
    if (((mask >>> right) & 0xff) !== 0) octets.push([at, (mask >>> right) & 0xff]);
  }
  return octets;
}

function canonicalRegion(region: Region): Atom[] | undefined {
  const ordered = region.tests.toSorted(compare);
  const tests = isApart(ordered) ? simplifyEach(ordered) : simplify(ordered);
  if (tests === undefined) return undefined;
  const reach = reachOf(tests, region.shift ? endOf(region.shift) : 0);
  const least = Math.max(region.least, reachOf(region.tests, reach));
  if (region.most < least || least > MAX_LENGTH) return undefined;
  const atoms: Atom[] = tests;
  if (least > reach || region.most < MAX_LENGTH)
    atoms.push({ kind: "length", least: least > reach ? least : 0, most: region.most });
  if (region.shift) atoms.push(region.shift);
  return atoms;
}

function reachOf(tests: readonly Test[], reach: number): number {
  return tests.reduce((end, test) => Math.max(end, endOf(test)), reach);
}

const KINDS = { equal: 0, "not-equal": 1, range: 2 } as const;

function compare(a: Test, b: Test): number {
  const field = placeOf(a) - placeOf(b) || a.width - b.width || a.mask - b.mask || KINDS[a.kind] - KINDS[b.kind];
  if (field !== 0) return field;
  if (a.kind === "range") return b.kind === "range" ? a.low - b.low || a.high - b.high : 0;
  return b.kind === "range" ? 0 : a.value - b.value;
}

/** No two share an octet: most conjunctions are like that, and what they say has only to be put in its form. */
function isApart(ordered: readonly Test[]): boolean {
  let end = Number.NEGATIVE_INFINITY;
  for (const test of ordered) {
    const place = placeOf(test);
    if (place < end) return false;
    end = place + test.width / 8;
  }
  return true;
}

const NOTHING = new Bits();

/** As `simplify`, where isApart. */
function simplifyEach(ordered: readonly Test[]): Test[] | undefined {
  const tests: Test[] = [];
  for (const test of ordered) {
    const limit = test.kind === "equal" ? undefined : new Limit(test);
    limit?.add(test);
    const found = limit?.narrow(NOTHING);
    if (found === "never") return undefined;
    if (found === undefined) tests.push(...(limit?.tests(NOTHING) ?? [test]));
    else tests.push(found);
  }
  return tests;
}

/** The tests that say the same, in order; undefined where no octets satisfy them. */
function simplify(ordered: readonly Test[]): Test[] | undefined {
  const bits = new Bits();
  const equals: Equal[] = [];
  const learn = (equal: Equal) => {
    equals.push(equal);
    return bits.require(placeOf(equal), equal.width, equal.mask, equal.value);
  };
  for (const test of ordered) if (test.kind === "equal" && !learn(test)) return undefined;
  const limits = limitsOf(ordered);
  // An equality found in one limit may narrow another; each round finds one, so the rounds end.
  for (let settled = false; !settled; ) {
    settled = true;
    for (const limit of limits) {
      const found = limit.narrow(bits);
      if (found === "never") return undefined;
      if (found === undefined) continue;
      if (!learn(found)) return undefined;
      settled = false;
    }
  }
  const others = limits.flatMap((limit) => limit.tests(bits));
  return [...needed(equals.sort(compare), others), ...others].sort(compare);
}

/** Equalities of which no others, and no ranges, test all bits as well. */
function needed(equals: readonly Equal[], others: readonly Test[]): Equal[] {
  const ranges = others.filter((test) => test.kind === "range");
  /** Bit's place → how many test it. */
  const times = new Map<number, number>();
  const count = (bits: readonly number[], by: number) => {
    for (const bit of bits) times.set(bit, (times.get(bit) ?? 0) + by);
  };
  const places = equals.map(bitsOf);
  for (const bits of [...places, ...ranges.map(bitsOf)]) count(bits, 1);
  return equals.filter((_, index) => {
    const bits = places[index] ?? [];
    const implied = bits.every((bit) => (times.get(bit) ?? 0) > 1);
    if (implied) count(bits, -1);
    return !implied;
  });
}

/** Places of the bits that the test fixes, counted from the region's start. */
function bitsOf(test: Equal | Range): number[] {
  const fixed = fixedBits(test);
  const places: number[] = [];
  for (let bit = 0; bit < test.width; bit++) {
    // The last octet of the field holds its lowest bits.
    if (((fixed >>> bit) & 1) === 1) places.push(8 * (placeOf(test) + test.width / 8 - 1 - (bit >>> 3)) + (bit & 7));
  }
  return places;
}
