/**
 * What is known at a point of a lambda whichever way led there. Facts are about values (values.ts):
 *
 *   lo <= v <= hi           of a base, as a signed word
 *   b + k + gap <= w        of a base b, a word k and a value w: b + k and w as unsigned words, the sums of the
 *                           numbers meant, not of words: nothing wraps
 *   inside a                of an address: it lies in its region, or at its end; so the count there is that of the octets left,
 *                           and is at least 0
 *
 * Sums of words wrap and sums of numbers do not; each rule says why it may go from one to the other.
 */
import { get, intersect, put, type Tree } from "./persistent.js";
import { type Value, type Values, ZERO } from "./values.js";

export const MIN_WORD = -0x80000000;
export const MAX_WORD = 0x7fffffff;
const MODULUS = 2 ** 32;

export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

interface Below {
  readonly addend: number;
  readonly gap: number;
  readonly than: Value;
}

export interface Known extends Interval {
  readonly inside: boolean;
  readonly below: readonly Below[];
}

/** A value is known to be below so many others; the oldest are forgotten first. */
const MAX_BELOW = 8;
/** Facts that one proof may look at. */
const MAX_SEARCH = 48;
/** Facts in a row that one proof may combine. */
const MAX_CHAIN = 8;
/** Sums of gaps and constants stay below it, so that no sum of numbers in a proof reaches 2^32. */
const MAX_SUM = 2 ** 30;

export const NOTHING: Known = { lo: MIN_WORD, hi: MAX_WORD, inside: false, below: [] };

/** The number 0, to which constants are sums. */
const CONSTANT: Known = { ...NOTHING, lo: 0, hi: 0 };

/** How much work may still be done. */
export class Steps {
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  take(steps = 1): void {
    this.left -= steps;
  }
}

export class Facts {
  readonly #values: Values;
  readonly #steps: Steps;
  tree: Tree<Known>;
  /** Two facts contradict each other: nothing that runs is ever here. */
  impossible = false;

  constructor(values: Values, steps: Steps, tree: Tree<Known>) {
    this.#values = values;
    this.#steps = steps;
    this.tree = tree;
  }

  #known(base: Value): Known {
    return get(this.tree, base) ?? NOTHING;
  }

  /** The value as a signed word. */
  bounds(value: Value): Interval {
    const addend = this.#values.addend(value);
    const base = this.#values.base(value);
    const { lo, hi } = base === ZERO ? CONSTANT : this.#known(base);
    return wrapped(lo + addend, hi + addend);
  }

  /** The value as an unsigned word. */
  unsigned(value: Value): Interval {
    const { lo, hi } = this.bounds(value);
    if (lo >= 0) return { lo, hi };
    return hi < 0 ? { lo: lo + MODULUS, hi: hi + MODULUS } : { lo: 0, hi: MODULUS - 1 };
  }

  /** From here on the value, signed or unsigned, is in [lo, hi]. */
  restrict(value: Value, lo: number, hi: number): void {
    if (hi - lo >= MODULUS) return;
    const base = this.#values.base(value);
    const addend = this.#values.addend(value);
    const known = base === ZERO ? CONSTANT : this.#known(base);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    // The base is value - addend modulo 2^32: all of these that are possible, and what lies between them.
    for (let turn = -2; turn <= 2; turn++) {
      const from = Math.max(known.lo, lo - addend + turn * MODULUS);
      const to = Math.min(known.hi, hi - addend + turn * MODULUS);
      if (from > to) continue;
      least = Math.min(least, from);
      most = Math.max(most, to);
    }
    if (least > most) this.impossible = true;
    else if (least > known.lo || most < known.hi) this.tree = put(this.tree, base, { ...known, lo: least, hi: most });
  }

  /** From here on value + least <= than, as unsigned numbers. */
  relate(value: Value, least: number, than: Value): void {
    const base = this.#values.base(value);
    if (base === ZERO || this.#values.isConstant(than)) return;
    const gap = Math.min(least, MAX_SUM);
    const addend = this.#values.addend(value);
    const known = this.#known(base);
    if (known.below.some((each) => each.addend === addend && each.than === than && each.gap >= gap)) return;
    const below = [{ addend, gap, than }, ...known.below].slice(0, MAX_BELOW);
    this.tree = put(this.tree, base, { ...known, below });
  }

  isInside(address: Value): boolean {
    return this.#known(address).inside;
  }

  setInside(address: Value): void {
    const known = this.#known(address);
    if (!known.inside) this.tree = put(this.tree, address, { ...known, inside: true });
  }

  /** Whether value + octets <= limit is proved, as unsigned numbers, where `limit` is no more than 2^31 - 1. */
  isAtMost(value: Value, octets: number, limit: Value): boolean {
    const most = this.bounds(limit);
    if (most.lo < 0) return false;
    let looks = MAX_SEARCH;
    const search = (x: Value, gap: number, chain: number): boolean => {
      this.#steps.take();
      const { lo, hi } = this.bounds(x);
      if (lo >= 0 && hi + gap <= most.lo) return true;
      if (this.#isSameBelow(x, gap, limit, most)) return true;
      if (chain === 0) return false;
      const addend = this.#values.addend(x);
      return this.#known(this.#values.base(x)).below.some((each) => {
        if (looks-- <= 0) return false;
        const more = (addend - each.addend) | 0;
        const next = gap + more - each.gap;
        // x = w + more, w = base + each.addend: upwards nothing wraps, since w + more ends below 2^31 + MAX_SUM if the
        // search succeeds; downwards w must be known to be as much.
        if (Math.abs(next) > MAX_SUM || Math.abs(more) > MAX_SUM) return false;
        if (more < 0 && this.bounds(this.#values.plus(x, -more)).lo < -more) return false;
        return search(each.than, next, chain - 1);
      });
    };
    return search(value, octets, MAX_CHAIN);
  }

  /** x is the limit and a constant, whose sum is no less than 0: then the constant tells. */
  #isSameBelow(x: Value, gap: number, limit: Value, most: Interval): boolean {
    if (this.#values.base(x) !== this.#values.base(limit)) return false;
    const more = (this.#values.addend(x) - this.#values.addend(limit)) | 0;
    return most.lo + more >= 0 && more + gap <= 0;
  }

  /** What is known of the value itself, wherever its base comes from: so that it may be said of another name of it. */
  about(value: Value): Known {
    const addend = this.#values.addend(value);
    if (this.#values.isConstant(value)) return { ...NOTHING, lo: addend, hi: addend };
    const known = this.#known(this.#values.base(value));
    if (addend === 0 && known.below.every((each) => each.addend === 0)) return known;
    const below = known.below.filter((each) => each.addend === addend).map((each) => ({ ...each, addend: 0 }));
    return { ...this.bounds(value), inside: false, below };
  }
}

function wrapped(lo: number, hi: number): Interval {
  if (lo >= MIN_WORD && hi <= MAX_WORD) return { lo, hi };
  if (lo > MAX_WORD) return { lo: lo - MODULUS, hi: hi - MODULUS };
  if (hi < MIN_WORD) return { lo: lo + MODULUS, hi: hi + MODULUS };
  return { lo: MIN_WORD, hi: MAX_WORD };
}

/** What two ways both know; the first itself where the second knows as much. */
export function meet(mine: Known, theirs: Known): Known {
  if (mine === theirs) return mine;
  const lo = Math.min(mine.lo, theirs.lo);
  const hi = Math.max(mine.hi, theirs.hi);
  const inside = mine.inside && theirs.inside;
  const below = meetBelow(mine.below, theirs.below);
  if (lo === MIN_WORD && hi === MAX_WORD && !inside && below.length === 0) return NOTHING;
  const same = lo === mine.lo && hi === mine.hi && inside === mine.inside && below === mine.below;
  return same ? mine : { lo, hi, inside, below };
}

function meetBelow(mine: readonly Below[], theirs: readonly Below[]): readonly Below[] {
  if (mine === theirs || mine.length === 0) return mine;
  if (theirs.length === 0) return theirs;
  let lost = false;
  const both: Below[] = [];
  for (const each of mine) {
    const other = theirs.find(({ addend, than }) => addend === each.addend && than === each.than);
    if (other === undefined) lost = true;
    else if (other.gap < each.gap) {
      lost = true;
      both.push(other);
    } else both.push(each);
  }
  return lost ? both : mine;
}

/** As `meet`, but a bound that was moved is given up at once, so that a loop that counts does not count here as well. */
export function widen(mine: Known, theirs: Known): Known {
  const met = meet(mine, theirs);
  if (met.lo === mine.lo && met.hi === mine.hi) return met;
  const lo = met.lo === mine.lo ? mine.lo : met.lo >= 0 ? 0 : MIN_WORD;
  const hi = met.hi === mine.hi ? mine.hi : MAX_WORD;
  return meet({ ...met, lo, hi }, mine);
}

export function meetTrees(mine: Tree<Known>, theirs: Tree<Known>, by: typeof meet, steps: Steps): Tree<Known> {
  const known = (one: Known, other: Known) => {
    const both = by(one, other);
    return both === NOTHING ? undefined : both;
  };
  return intersect(mine, theirs, known, () => steps.take());
}
