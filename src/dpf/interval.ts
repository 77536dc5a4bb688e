/**
 * Values of a masked field, in order. A field under a mask, of which some bits are known, takes the values v
 * with (v & ~free) == fixed: `free` the bits that may be either, `fixed` the others. All numbers are unsigned words.
 *
 * What lies between two values is a union of few *prefixes*: the leading bits of the mask tested for equality.
 */

/** The least such value that is not below `low`, or undefined. */
export function atLeast(low: number, free: number, fixed: number): number | undefined {
  const wrong = (low ^ fixed) & ~free;
  if (wrong === 0) return low;
  const highest = 31 - Math.clz32(wrong);
  // Above the highest wrong bit, `low` is as it has to be. Is it 0 and must be 1, then setting it exceeds `low` …
  if (((fixed >>> highest) & 1) === 1) return (above(low, highest) | (fixed & upTo(highest))) >>> 0;
  // … else it has to be cleared, so the next free 0 above it is set.
  const zeros = free & ~low & ~upTo(highest);
  if (zeros === 0) return undefined;
  const next = 31 - Math.clz32(zeros & -zeros);
  return (above(low, next) | (1 << next) | (fixed & upTo(next) & ~(1 << next))) >>> 0;
}

/** The greatest such value that is not above `high`, or undefined: `atLeast`, seen in the mirror. */
export function atMost(high: number, free: number, fixed: number): number | undefined {
  const mirrored = atLeast(~high >>> 0, free, (~fixed & ~free) >>> 0);
  return mirrored === undefined ? undefined : ~mirrored >>> 0;
}

/** The least such value above `value`, or undefined. */
export function following(value: number, free: number, fixed: number): number | undefined {
  return value === 0xffffffff ? undefined : atLeast(value + 1, free, fixed);
}

/** The greatest such value below `value`, or undefined. */
export function preceding(value: number, free: number, fixed: number): number | undefined {
  return value === 0 ? undefined : atMost(value - 1, free, fixed);
}

/** Bits 0 to `bit`. */
function upTo(bit: number): number {
  return bit === 31 ? -1 : (2 << bit) - 1;
}

function above(value: number, bit: number): number {
  return value & ~upTo(bit);
}

/** Bits of the mask above the highest on which the two differ: what all values between them share. */
export function commonPrefix(low: number, high: number, mask: number): number {
  const differ = low ^ high;
  return (differ === 0 ? mask : above(mask, 31 - Math.clz32(differ))) >>> 0;
}

/** Both are values under the mask: are the values between them all those that begin with their common prefix? */
export function isPrefix(low: number, high: number, mask: number): boolean {
  const rest = mask & ~commonPrefix(low, high, mask);
  return (low & rest) === 0 && (high & rest) === rest;
}

/** From `low` to `high`, both included. */
export type Interval = readonly [low: number, high: number];

/** Leading bits of a mask, and what they are. */
export interface Prefix {
  readonly mask: number;
  readonly value: number;
}

/** Disjoint prefixes that hold exactly the values under the mask within the interval, ascending. */
export function* prefixes([low, high]: Interval, mask: number): Generator<Prefix> {
  for (let value = atLeast(low, mask, 0); value !== undefined && value <= high; ) {
    let rest = 0;
    for (let more = mask; more !== 0; more &= more - 1) {
      const wider = rest | (more & -more);
      if ((value & wider) !== 0 || (value | wider) >>> 0 > high) break;
      rest = wider;
    }
    yield { mask: (mask & ~rest) >>> 0, value };
    value = following((value | rest) >>> 0, mask, 0);
  }
}

/** What lies in one of `a` and in one of `b`; both ascending and disjoint, so is the result. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [low, high] = a[i] ?? [0, 0];
    const [from, to] = b[j] ?? [0, 0];
    if (Math.max(low, from) <= Math.min(high, to)) both.push([Math.max(low, from), Math.min(high, to)]);
    if (high < to) i++;
    else j++;
  }
  return both;
}

/** What lies between 0 and `last` and outside of the interval. */
export function complement([low, high]: Interval, last: number): Interval[] {
  const outside: Interval[] = [];
  if (low > 0) outside.push([0, low - 1]);
  if (high < last) outside.push([high + 1, last]);
  return outside;
}
