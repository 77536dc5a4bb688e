/**
 * All that ranges and excluded values say of one field under one mask: an interval, and holes in it.
 *
 *   - Several ranges → one: where both hold, their intersection does.
 *   - Bounds → the nearest values that the mask, and the bits known of the field, allow.
 *   - `in 3..9` without 3 → `in 4..9`: a hole at the edge is no hole. A hole outside, or one that known bits
 *     exclude, is dropped: the value could not occur anyway.
 *   - `in 5..5` → `== 5`.
 *   - `in 0x10..0x1f` → `& 0xf0 == 0x10`: exactly the values with that prefix; so networks are prefixes,
 *     however they were written.
 *   - A range over all that may be is dropped.
 *   - `in 1..255` of 8 bits → `!= 0`: all but one value; one comparison, and the form that authors write.
 */
import type { Equal, Test, Tested } from "./atom.js";
import type { Bits } from "./bits.js";
import { fieldOf, placeOf } from "./fact.js";
import { atLeast, atMost, commonPrefix, following, isPrefix, preceding } from "./interval.js";

export class Limit {
  readonly #field: Tested;
  readonly #place: number;
  #low = 0;
  #high: number;
  readonly #holes = new Set<number>();

  constructor(field: Tested) {
    this.#field = fieldOf(field);
    this.#place = placeOf(field);
    this.#high = field.mask;
  }

  add(test: Test): void {
    if (test.kind === "range") {
      this.#low = Math.max(this.#low, test.low);
      this.#high = Math.min(this.#high, test.high);
    } else if (test.kind === "not-equal") this.#holes.add(test.value);
  }

  /** Draws its bounds together; an equality that it found to hold besides is handed out, once. */
  narrow(bits: Bits): Equal | "never" | undefined {
    const { width, mask } = this.#field;
    const free = (mask & ~bits.maskOf(this.#place, width)) >>> 0;
    const fixed = (mask & bits.valueOf(this.#place, width)) >>> 0;
    let low = atLeast(this.#low, free, fixed);
    let high = atMost(this.#high, free, fixed);
    while (low !== undefined && this.#holes.has(low)) low = following(low, free, fixed);
    while (high !== undefined && this.#holes.has(high)) high = preceding(high, free, fixed);
    if (low === undefined || high === undefined || low > high) return "never";
    for (const hole of this.#holes) {
      if (hole < low || hole > high || ((hole ^ fixed) & mask & ~free) !== 0) this.#holes.delete(hole);
    }
    this.#low = low;
    this.#high = high;
    if (!isPrefix(low, high, mask)) return undefined;
    const prefix = commonPrefix(low, high, mask);
    return (prefix & free) === 0
      ? undefined
      : { kind: "equal", ...this.#field, mask: prefix, value: (low & prefix) >>> 0 };
  }

  /** What is left to ask, once the known bits are asked elsewhere and nothing is left to narrow. */
  tests(bits: Bits): Test[] {
    const { width, mask } = this.#field;
    const free = (mask & ~bits.maskOf(this.#place, width)) >>> 0;
    const fixed = (mask & bits.valueOf(this.#place, width)) >>> 0;
    const least = atLeast(0, free, fixed) ?? 0;
    const greatest = atMost(mask, free, fixed) ?? 0;
    const low = Math.max(this.#low, least);
    const high = Math.min(this.#high, greatest);
    const holes = [...this.#holes];
    const range: Test[] = [];
    if (free === mask && low === following(0, mask, 0) && high === mask) holes.push(0);
    else if (free === mask && low === 0 && high === preceding(mask, mask, 0)) holes.push(mask);
    else if (low !== least || high !== greatest) range.push({ kind: "range", ...this.#field, low, high });
    return [...range, ...holes.map((value): Test => ({ kind: "not-equal", ...this.#field, value }))];
  }
}

/** One for each field and mask of which ranges or excluded values are asked. */
export function limitsOf(tests: readonly Test[]): Limit[] {
  const limits = new Map<string, Limit>();
  for (const test of tests) {
    if (test.kind === "equal") continue;
    const key = `${placeOf(test)}:${test.width}&${test.mask}`;
    const limit = limits.get(key) ?? new Limit(test);
    limits.set(key, limit);
    limit.add(test);
  }
  return [...limits.values()];
}
