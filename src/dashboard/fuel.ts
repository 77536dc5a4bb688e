/**
 * Fuel of a handler's messages as a distribution against its budget. The axis is logarithmic: bar 0 is no fuel at all, bar n is
 * [2^(n - 1), 2^n) units, where the kernel's ranges are finer.
 */
import type { FuelRange } from "../control/protocol.js";

export interface FuelBar {
  /** Units, both included. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of the highest bar, 0 to 1. */
  readonly height: number;
}

export interface FuelPicture {
  /** From left to right, without gaps; beginning and ending by an empty one where there is room. */
  readonly bars: readonly FuelBar[];
  readonly total: number;
  /** Where on the axis the budget stands, 0 to 1. */
  readonly budgetAt: number;
}

export function fuelPicture(ranges: readonly FuelRange[], budget: number): FuelPicture {
  const spread = octavesOf(ranges);
  const used = spread.flatMap((count, bucket) => (count > 0 ? [bucket] : []));
  const ofBudget = bucketOf(budget);
  const first = Math.max(0, Math.min(ofBudget, ...used) - 1);
  const last = Math.max(ofBudget, ...used) + 1;
  const most = Math.max(1, ...spread);
  const bars = Array.from({ length: last - first + 1 }, (_, index) => {
    const bucket = first + index;
    const count = spread[bucket] ?? 0;
    return { ...rangeOf(bucket), count, height: count / most };
  });
  const budgetAt = (coordinateOf(budget) - first) / bars.length;
  return { bars, total: spread.reduce((all, count) => all + count, 0), budgetAt };
}

/** Runs by bar; a range never lies in two. */
function octavesOf(ranges: readonly FuelRange[]): number[] {
  const last = Math.max(0, ...ranges.map(({ from }) => bucketOf(from)));
  const octaves = Array.from({ length: last + 1 }, () => 0);
  for (const { from, runs } of ranges) octaves[bucketOf(from)]! += runs;
  return octaves;
}

function rangeOf(bucket: number): { from: number; to: number } {
  return bucket === 0 ? { from: 0, to: 0 } : { from: 2 ** (bucket - 1), to: 2 ** bucket - 1 };
}

function bucketOf(fuel: number): number {
  return Math.floor(coordinateOf(fuel));
}

/** On the axis of buckets, whose nth begins at n. */
function coordinateOf(fuel: number): number {
  return fuel < 1 ? 0 : Math.log2(fuel) + 1;
}
