/** Handlers as lines of a table: each with what it did in all its bindings together. */
import type { HandlerBinding, HandlerSummary } from "../control/protocol.js";
import { sum } from "./format.js";

export interface HandlerLine {
  readonly handler: HandlerSummary;
  readonly bound: readonly HandlerBinding[];
  readonly run: number;
  readonly consumed: number;
  /** The normal way, and to other environments. */
  readonly passed: number;
  readonly killed: number;
  /** Of one message, over all bindings; the median to the power of two. */
  readonly fuelMedian: number;
  readonly fuelMost: number;
  /** Messages that it was not asked about, and frames that it was not allowed. */
  readonly throttled: number;
  /** Bindings that it was taken from since it was killed too often. */
  readonly dropped: number;
}

export function linesOf(handlers: readonly HandlerSummary[], bound: readonly HandlerBinding[]): HandlerLine[] {
  const byName = new Map<string, HandlerBinding[]>();
  for (const one of bound) {
    const found = byName.get(one.handler);
    if (found === undefined) byName.set(one.handler, [one]);
    else found.push(one);
  }
  return handlers.map((handler) => lineOf(handler, byName.get(handler.name) ?? []));
}

function lineOf(handler: HandlerSummary, bound: readonly HandlerBinding[]): HandlerLine {
  const total = (of: (one: HandlerBinding["counts"]) => number) => bound.reduce((all, one) => all + of(one.counts), 0);
  const fuelMost = Math.max(0, ...bound.map(({ counts }) => counts.fuelMost));
  return {
    handler,
    bound,
    run: total(({ run }) => run),
    consumed: total(({ consumed }) => consumed),
    passed: total(({ passed, passedTo }) => passed + passedTo),
    killed: total(({ killed }) => sum(killed)),
    // The middle of a bucket may lie above all that was in it.
    fuelMedian: Math.min(fuelMost, medianOf(addedUp(bound.map(({ counts }) => counts.fuelSpread)))),
    fuelMost,
    throttled: total(({ throttled }) => throttled.share + throttled.sends),
    dropped: bound.filter((one) => !one.bound).length,
  };
}

function addedUp(spreads: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...spreads.map((spread) => spread.length));
  return Array.from({ length }, (_, bucket) => spreads.reduce((all, spread) => all + (spread[bucket] ?? 0), 0));
}

/** Of runs by powers of two of fuel: the middle of the bucket in which the median lies. */
export function medianOf(spread: readonly number[]): number {
  const total = spread.reduce((all, count) => all + count, 0);
  let seen = 0;
  for (const [bucket, count] of spread.entries()) {
    seen += count;
    if (total > 0 && seen * 2 >= total) return bucket === 0 ? 0 : Math.round(2 ** (bucket - 1) * 1.5);
  }
  return 0;
}
