/**
 * What two conjunctions tell of each other at a glance: region by region, as long as both move their base by
 * the same field, so that offsets mean the same octets in both. Both answers are sound where they are `true`; `false`
 * means only that this glance does not tell. Nearly all pairs of filters are told apart here.
 */
import type { ShiftLoaded, Test, Tested } from "./atom.js";
import { placeOf } from "./fact.js";
import { atLeast, atMost } from "./interval.js";
import type { Form, PreparedRegion } from "./prepared.js";

/** No frame matches both. */
export function excludes(a: Form, b: Form): boolean {
  for (let index = 0; ; index++) {
    const one = a.regions[index];
    const other = b.regions[index];
    if (one === undefined || other === undefined) return false;
    if (one.floor > other.ceiling || other.floor > one.ceiling || conflict(one.fixed, other.fixed)) return true;
    if (one.limits.some((test) => denies(other, test)) || other.limits.some((test) => denies(one, test))) return true;
    if (!sameShift(one.shift, other.shift)) return false;
  }
}

/** Every frame that matches `a` matches `b`. */
export function implies(a: Form, b: Form): boolean {
  for (let index = 0; ; index++) {
    const one = a.regions[index];
    const other = b.regions[index];
    if (one === undefined || other === undefined) return false;
    if (one.floor < other.need || one.ceiling > other.most) return false;
    if (!other.tests.every((test) => grants(one, test))) return false;
    if (other.shift === undefined) return true;
    if (!sameShift(one.shift, other.shift)) return false;
  }
}

function sameShift(a: ShiftLoaded | undefined, b: ShiftLoaded | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.offset === b.offset && a.width === b.width && a.mask === b.mask && a.left === b.left;
}

/** Do they fix a bit of the same octet otherwise? */
function conflict(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const one = a[i] ?? 0;
    const other = b[j] ?? 0;
    const apart = Math.floor(one / 65_536) - Math.floor(other / 65_536);
    if (apart === 0 && ((one ^ other) & (one >>> 8) & (other >>> 8) & 0xff) !== 0) return true;
    if (apart <= 0) i++;
    if (apart >= 0) j++;
  }
  return false;
}

/** The least and the greatest value of the field that the region allows, as far as a glance tells. */
function boundsOf(region: PreparedRegion, test: Tested): readonly [number, number] {
  const { width, mask } = test;
  const place = placeOf(test);
  const free = (mask & ~region.bits.maskOf(place, width)) >>> 0;
  const fixed = (mask & region.bits.valueOf(place, width)) >>> 0;
  let low = fixed;
  let high = (fixed | free) >>> 0;
  for (const limit of region.limits) {
    if (limit.kind !== "range" || !isSameField(limit, test)) continue;
    low = Math.max(low, atLeast(limit.low, free, fixed) ?? mask);
    high = Math.min(high, atMost(limit.high, free, fixed) ?? 0);
  }
  return [low, high];
}

function isSameField(a: Tested, b: Tested): boolean {
  return a.of === b.of && a.offset === b.offset && a.width === b.width && a.mask === b.mask;
}

/** The test fails wherever the region holds. */
function denies(region: PreparedRegion, test: Test): boolean {
  const [low, high] = boundsOf(region, test);
  if (test.kind === "range") return high < test.low || low > test.high;
  return test.kind === "not-equal" && low === test.value && high === test.value;
}

/** The test holds wherever the region does, and the octets that it loads are there. */
function grants(region: PreparedRegion, test: Test): boolean {
  const { width, mask } = test;
  const place = placeOf(test);
  if (test.kind === "equal") {
    const known = region.bits.maskOf(place, width);
    if ((mask & ~known) === 0) return ((region.bits.valueOf(place, width) ^ test.value) & mask) === 0;
    return false;
  }
  const [low, high] = boundsOf(region, test);
  if (test.kind === "range") return low >= test.low && high <= test.high;
  if (test.value < low || test.value > high) return true;
  const known = region.bits.maskOf(place, width) & mask;
  if (((region.bits.valueOf(place, width) ^ test.value) & known) !== 0) return true;
  return region.limits.some(
    (limit) => limit.kind === "not-equal" && isSameField(limit, test) && limit.value === test.value,
  );
}
