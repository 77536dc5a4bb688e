/**
 * What a conjunction allows one field under one mask to be: an interval with holes, of (field & mask), unsigned.
 *
 *   == 6         [6, 6]
 *   != 6         [0, mask] without 6
 *   & 0x1fff     under the mask 0x1fff: [0, 0x1fff] without 0
 */
import type { Field } from "./form.js";

export interface Allowed {
  readonly field: Field;
  readonly mask: number;
  readonly low: number;
  readonly high: number;
  /** Ascending, each within [low, high]. */
  readonly holes: readonly number[];
}

/** In the order in which conjunctions keep them: by base, the wire first, then by field. */
export function compareFields(a: Field, b: Field): number {
  return (a.base?.id ?? -1) - (b.base?.id ?? -1) || a.offset - b.offset || a.width - b.width;
}

export function compare(a: Allowed, b: Allowed): number {
  return compareFields(a.field, b.field) || a.mask - b.mask;
}

export function isEqual({ low, high }: Allowed): boolean {
  return low === high;
}

/** Nothing that the field can be is left out. */
export function isAll({ mask, low, high, holes }: Allowed): boolean {
  return low === 0 && high === mask && holes.length === 0;
}

function contains({ mask, low, high, holes }: Allowed, value: number): boolean {
  return value >= low && value <= high && (value & ~mask) >>> 0 === 0 && !holes.includes(value);
}

/** With its bounds drawn in to what the mask lets a field be, where they are values of it; undefined where nothing is left. */
export function allowed(one: Allowed): Allowed | undefined {
  const { mask } = one;
  let { low, high } = one;
  const isValue = (value: number) => (value & ~mask) === 0;
  const holes = new Set(one.holes);
  while (low < high && isValue(low) && holes.has(low)) low = ((low - mask) & mask) >>> 0;
  while (low < high && isValue(high) && holes.has(high)) high = ((high - 1) & mask) >>> 0;
  if (low > high || (low === high && (!isValue(low) || holes.has(low)))) return undefined;
  return { ...one, low, high, holes: one.holes.filter((hole) => hole >= low && hole <= high && isValue(hole)) };
}

/** Of one field under one mask: what both allow. The first itself where the second takes nothing from it. */
export function both(a: Allowed, b: Allowed): Allowed | undefined {
  if (impliesAlike(a, b)) return a;
  if (impliesAlike(b, a)) return b;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low > high ? undefined : allowed({ ...a, low, high, holes: merged(a.holes, b.holes) });
}

/** Of one field under one mask: whatever `a` allows, `b` does. */
export function impliesAlike(a: Allowed, b: Allowed): boolean {
  if (a.low < b.low || a.high > b.high) return false;
  let at = 0;
  for (const hole of b.holes) {
    if (hole < a.low || hole > a.high) continue;
    while ((a.holes[at] ?? hole) < hole) at++;
    if (a.holes[at] !== hole) return false;
  }
  return true;
}

/** Of one field: an equality under a mask decides all tests of fewer bits. Undefined where it decides nothing. */
export function decides(equal: Allowed, other: Allowed): boolean | undefined {
  if (!isEqual(equal) || (other.mask & ~equal.mask) !== 0) return undefined;
  return contains(other, (equal.low & other.mask) >>> 0);
}

function merged(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY];
    all.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return all;
}
