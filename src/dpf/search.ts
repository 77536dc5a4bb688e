/**
 * Is there a frame that some conjunctions accept and others refuse? Answered exactly, by search, within a
 * stated amount of work. What a conjunction asks comes down to three things, which the search collects:
 *
 *   bits       of octets and facts at their places (fact.ts), where equalities and the values of shifts fix them
 *   bounds     of the frame's length, since each load and each shift needs octets to be there
 *   wanted     fields whose values lie within intervals: ranges, and what is left of a field without a value
 *
 * Where the base moves by a loaded field, the values that the bits known so far allow are gone through, each fixes
 * the field's bits. A conjunction is refused where a region is cut short, or too long, or one of its tests fails,
 * or its shift does not fit; each is a branch, after what came before it in the region holds. Where all is collected,
 * the wanted fields are settled: those that share octets together, each by the prefixes that make up its intervals.
 */
import { type Fact, type Field, MAX_LENGTH, type ShiftLoaded, type Test, type Tested } from "./atom.js";
import { Bits } from "./bits.js";
import { plainFacts } from "./brute.js";
import { factField, placeOf } from "./fact.js";
import { atLeast, complement, type Interval, intersection, prefixes } from "./interval.js";
import type { Form, PreparedRegion } from "./prepared.js";
import type { Witness } from "./witness.js";

/** Steps that are left; shared by the searches that one question needs. */
export interface Work {
  left: number;
}

/** Branches within branches: a thread's stack bears twice as many. */
const MAX_DEPTH = 1000;

/** A field at its place, and the intervals within which its masked value has to lie. */
interface Wanted {
  readonly field: Field;
  readonly intervals: readonly Interval[];
}

/** What comes after a step; true: a frame was found. */
type Then = () => boolean;

export class Search {
  readonly #work: Work;
  #depth = 0;
  readonly #bits = new Bits();
  readonly #wanted: Wanted[] = [];
  #least = 0;
  #most = MAX_LENGTH;

  constructor(work: Work) {
    this.#work = work;
  }

  /** A false answer says nothing where no work is left. */
  get exhausted(): boolean {
    return this.#work.left <= 0;
  }

  /** The least length of the frame that was found. */
  get length(): number {
    return this.#least;
  }

  /** The frame that was found; all octets that decided nothing are 0, and facts say no more of it than they must. */
  frame(): Witness {
    const octets = new Uint8Array(this.#least);
    for (const [at, , value] of this.#bits.octets()) if (at >= 0) octets[at] = value;
    const plain = plainFacts(octets.length);
    return { octets, wire: this.#fact("wire", plain.wire), link: this.#fact("link", plain.link) };
  }

  /** What its bits allow that is nearest above `usual`; where nothing is, the least. */
  #fact(of: Fact, usual: number): number {
    const { width, mask } = factField(of);
    const place = placeOf(factField(of));
    const free = (mask & ~this.#bits.maskOf(place, width)) >>> 0;
    const fixed = this.#bits.valueOf(place, width);
    const found = atLeast(usual, free, fixed);
    return found === undefined || found > mask ? fixed : found;
  }

  /** Is there a frame that all of `accepted` match and none of `refused`? Ask a search once. */
  find(accepted: readonly Form[], refused: readonly Form[]): boolean {
    const refuse = (index: number): boolean => {
      const form = refused[index];
      return form === undefined ? this.#settle() : this.#refuses(form, 0, 0, () => refuse(index + 1));
    };
    const accept = (index: number): boolean => {
      const form = accepted[index];
      return form === undefined ? refuse(0) : this.#accepts(form, 0, 0, () => accept(index + 1));
    };
    return accept(0);
  }

  /** What `step` collects is forgotten where it leads nowhere. */
  #branch(step: Then): boolean {
    // Deeper than the stack bears: given up like a search that is too long.
    if (this.#depth === MAX_DEPTH) this.#work.left = 0;
    if (!this.#spend(1)) return false;
    const bits = this.#bits.mark;
    const wanted = this.#wanted.length;
    const least = this.#least;
    const most = this.#most;
    this.#depth++;
    const found = step();
    this.#depth--;
    if (found) return true;
    this.#bits.undo(bits);
    this.#wanted.length = wanted;
    this.#least = least;
    this.#most = most;
    return false;
  }

  #spend(steps: number): boolean {
    this.#work.left -= steps;
    return this.#work.left >= 0;
  }

  // --- conjunctions ---

  /** The form holds from its region `index` on, which starts at `base`. */
  #accepts(form: Form, index: number, base: number, then: Then): boolean {
    const region = form.regions[index];
    if (region === undefined) return then();
    return this.#branch(() => {
      if (!this.#holds(region, base)) return false;
      const { shift } = region;
      if (shift === undefined) return then();
      return this.#moves(
        shift,
        base,
        (to) => this.#atLeast(to) && this.#accepts(form, index + 1, to, then),
        this.#most,
      );
    });
  }

  #holds(region: PreparedRegion, base: number): boolean {
    if (!this.#atLeast(base + region.need) || !this.#atMost(base + region.most)) return false;
    if (!this.#spend(region.tests.length)) return false;
    return region.tests.every((test) => this.#passes(test, base));
  }

  /** The form fails in its region `index`, which starts at `base`, or behind it. */
  #refuses(form: Form, index: number, base: number, then: Then): boolean {
    const region = form.regions[index];
    if (region === undefined) return false;
    if (this.#branch(() => this.#atMost(base + region.need - 1) && then())) return true;
    return this.#branch(() => {
      if (!this.#atLeast(base + region.need)) return false;
      if (this.#branch(() => this.#atLeast(base + region.most + 1) && then())) return true;
      if (!this.#atMost(base + region.most)) return false;
      for (const test of region.tests) {
        if (this.#branch(() => this.#fails(test, base) && then())) return true;
        if (!this.#passes(test, base) || this.exhausted) return false;
      }
      if (region.shift === undefined) return false;
      return this.#moves(region.shift, base, (to) => {
        if (this.#branch(() => this.#atMost(to - 1) && then())) return true;
        return this.#atLeast(to) && this.#refuses(form, index + 1, to, then);
      });
    });
  }

  /** All places, ascending, to which the shift may move the base, up to `last`. */
  #moves({ offset, width, mask, left }: ShiftLoaded, base: number, then: (to: number) => boolean, last = Infinity) {
    const at = base + offset;
    const free = mask & ~this.#bits.maskOf(at, width);
    const fixed = mask & this.#bits.valueOf(at, width);
    let part = 0;
    do {
      const value = (fixed | part) >>> 0;
      const to = base + value * 2 ** left;
      if (to > last) return false;
      if (this.#branch(() => this.#bits.require(at, width, mask, value) && then(to))) return true;
      // The next greater choice of the free bits: the carry runs over those that are not free.
      part = ((part | ~free) + 1) & free;
    } while (part !== 0 && !this.exhausted);
    return false;
  }

  // --- what they come down to ---

  #atLeast(octets: number): boolean {
    this.#least = Math.max(this.#least, octets);
    return this.#least <= this.#most;
  }

  #atMost(octets: number): boolean {
    this.#most = Math.min(this.#most, octets);
    return this.#least <= this.#most;
  }

  #passes(test: Test, base: number): boolean {
    if (test.kind === "equal") return this.#bits.require(placeOf(test, base), test.width, test.mask, test.value);
    if (test.kind === "range") return this.#want(test, base, [[test.low, test.high]]);
    return this.#want(test, base, complement([test.value, test.value], test.mask));
  }

  /** The field is there, and the test fails. */
  #fails(test: Test, base: number): boolean {
    if (test.kind === "not-equal") return this.#bits.require(placeOf(test, base), test.width, test.mask, test.value);
    if (test.kind === "range") return this.#want(test, base, complement([test.low, test.high], test.mask));
    return this.#want(test, base, complement([test.value, test.value], test.mask));
  }

  #want(tested: Tested, base: number, intervals: readonly Interval[]): boolean {
    const { width, mask } = tested;
    const wanted = { field: { offset: placeOf(tested, base), width, mask }, intervals };
    if (!this.#isPossible(wanted)) return false;
    this.#wanted.push(wanted);
    return true;
  }

  /** Does what is known of the field's bits leave a value for it? */
  #isPossible({ field: { offset, width, mask }, intervals }: Wanted): boolean {
    if (!this.#spend(1)) return false;
    const free = (mask & ~this.#bits.maskOf(offset, width)) >>> 0;
    const fixed = (mask & this.#bits.valueOf(offset, width)) >>> 0;
    return intervals.some(([low, high]) => (atLeast(low, free, fixed) ?? Infinity) <= high);
  }

  // --- settling ---

  /** Gives all wanted fields values. Fields that share no octet with others are settled by themselves. */
  #settle(): boolean {
    return this.#branch(() => {
      if (!this.#spend(this.#wanted.reduce((steps, { intervals }) => steps + 1 + intervals.length, 0))) return false;
      const fields = merged(this.#wanted);
      for (let first = 0; first < fields.length; ) {
        let end = Number.NEGATIVE_INFINITY;
        let next = first;
        for (; next < fields.length; next++) {
          const { offset = 0, width = 8 } = fields[next]?.field ?? {};
          if (next > first && offset >= end) break;
          end = Math.max(end, offset + width / 8);
        }
        const group = fields.slice(first, next);
        if (!group.every((wanted) => this.#isPossible(wanted)) || !this.#choose(group, 0)) return false;
        first = next;
      }
      return true;
    });
  }

  /** Values for the fields of the group from `index` on. */
  #choose(group: readonly Wanted[], index: number): boolean {
    const wanted = group[index];
    if (wanted === undefined) return true;
    const { offset, width, mask } = wanted.field;
    for (const interval of wanted.intervals) {
      for (const prefix of prefixes(interval, mask)) {
        const found = this.#branch(
          () =>
            this.#bits.require(offset, width, prefix.mask, prefix.value) &&
            group.every((other, at) => at <= index || this.#isPossible(other)) &&
            this.#choose(group, index + 1),
        );
        if (found) return true;
        if (this.exhausted) return false;
      }
    }
    return false;
  }
}

/** One for each field and mask, with the intervals that all ask for; in order of their places. */
function merged(list: readonly Wanted[]): Wanted[] {
  const fields = new Map<string, Wanted>();
  for (const wanted of list) {
    const { offset, width, mask } = wanted.field;
    const key = `${offset}:${width}&${mask}`;
    const known = fields.get(key);
    const intervals = known ? intersection(known.intervals, wanted.intervals) : wanted.intervals;
    fields.set(key, { field: wanted.field, intervals });
  }
  return [...fields.values()].sort((a, b) => a.field.offset - b.field.offset);
}
