/** Handlers as lines of a table: each with what it did in all its bindings together. */
import { type HandlerBinding, type HandlerSummary, medianFuel } from "../control/protocol.js";
import { sum } from "./format.js";

export interface HandlerLine {
  readonly handler: HandlerSummary;
  readonly bound: readonly HandlerBinding[];
  readonly run: number;
  readonly consumed: number;
  /** The normal way, and to other environments. */
  readonly passed: number;
  readonly killed: number;
  /** Of one message, over all bindings. */
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
  return {
    handler,
    bound,
    run: total(({ run }) => run),
    consumed: total(({ consumed }) => consumed),
    passed: total(({ passed, passedTo }) => passed + passedTo),
    killed: total(({ killed }) => sum(killed)),
    fuelMedian: medianFuel(bound.flatMap(({ counts }) => counts.fuelSpread)),
    fuelMost: Math.max(0, ...bound.map(({ counts }) => counts.fuelMost)),
    throttled: total(({ throttled }) => throttled.share + throttled.sends),
    dropped: bound.filter((one) => !one.bound).length,
  };
}
