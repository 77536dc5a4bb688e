/**
 * Fuel of runs in buckets: up to 31 units each amount has its own, beyond there are 16 to an octave, so that no bucket is wider than a
 * sixteenth of what begins it. A row is numbers, so that counting a run is one increment.
 */
import { MAX_MESSAGE_FUEL } from "../vcode/handler.js";

/** Buckets of an octave, as a power of two. */
const OCTAVE_BITS = 4;

export const FUEL_BUCKETS = fuelBucket(MAX_MESSAGE_FUEL) + 1;

/** Runs that used between `from` and `to` units, both included; never across a power of two. */
export interface FuelRange {
  readonly from: number;
  readonly to: number;
  readonly runs: number;
}

/** `fuel`: a whole number, 0 at least. */
export function fuelBucket(fuel: number): number {
  const shift = shiftOf(fuel);
  return (shift << OCTAVE_BITS) + (fuel >>> shift);
}

/** Of the buckets those that have runs, from least to most; nothing was used below `least` or above `most`. */
export function fuelRanges(row: ArrayLike<number>, least: number, most: number): FuelRange[] {
  const ranges: FuelRange[] = [];
  const last = Math.min(fuelBucket(most), row.length - 1);
  for (let bucket = fuelBucket(least); bucket <= last; bucket++) {
    const runs = row[bucket]!;
    if (runs > 0)
      ranges.push({ from: Math.max(least, beginOf(bucket)), to: Math.min(most, beginOf(bucket + 1) - 1), runs });
  }
  return ranges;
}

function beginOf(bucket: number): number {
  const shift = Math.max(0, (bucket >>> OCTAVE_BITS) - 1);
  return (bucket - (shift << OCTAVE_BITS)) * 2 ** shift;
}

/** Low bits that a bucket does not tell apart. */
function shiftOf(fuel: number): number {
  return Math.max(0, 31 - OCTAVE_BITS - Math.clz32(fuel));
}
