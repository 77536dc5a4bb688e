/**
 * What handlers did: one table, a row of numbers for each handler, so that the packet's way makes no objects and touches one stretch of
 * memory for each run.
 */
import { HANDLER_FAULTS, type HandlerFault, OUTCOME_BITS } from "../vcode/handler.js";
import { HANDLER_SEND_CAUSES, type HandlerSendCause } from "./books.js";
import type { HandlerCounts } from "./calls-on-handlers.js";
import { FUEL_BUCKETS, fuelBucket, fuelRanges } from "./fuel-spread.js";
import { MAX_HANDLERS } from "./limits.js";

/** Places in a row; behind them those killed, by reason, the spread of fuel, and frames refused, by cause. */
export const Count = {
  consumed: 0,
  passed: 1,
  passedTo: 2,
  fuel: 3,
  fuelMost: 4,
  sent: 5,
  sentOctets: 6,
  sendErrors: 7,
  hopsCut: 8,
  throttledShare: 9,
  throttledSends: 10,
  woken: 11,
  transfers: 12,
  /** The least fuel of a run, and 1: 0 before the first. */
  fuelLeast: 13,
} as const;

const KILLED_AT = Object.keys(Count).length;
const SPREAD_AT = KILLED_AT + HANDLER_FAULTS.length;
const REFUSED_AT = SPREAD_AT + FUEL_BUCKETS;
const ROW = REFUSED_AT + HANDLER_SEND_CAUSES.length;

export class HandlerCountsTable {
  /** Row × ROW + Count. */
  readonly counts = new Float64Array(MAX_HANDLERS * ROW);
  /** Runs that ended alike, one after the other: they are counted when they are over, or somebody looks. */
  #handler = 0;
  #word = 0;
  #outcome = 0;
  #alike = 0;

  get(handler: number, count: number): number {
    this.#settle();
    return this.counts[handler * ROW + count]!;
  }

  add(handler: number, count: number, more = 1): void {
    this.counts[handler * ROW + count]! += more;
  }

  /** A frame of its was not taken. */
  refused(handler: number, cause: HandlerSendCause): void {
    this.add(handler, Count.sendErrors);
    this.add(handler, REFUSED_AT + HANDLER_SEND_CAUSES.indexOf(cause));
  }

  /** Whether a run ended as the last one did; then it is counted. */
  again(handler: number, word: number): boolean {
    if (handler !== this.#handler || word !== this.#word || this.#alike === 0) return false;
    this.#alike++;
    return true;
  }

  /** So many runs are over that ended alike; `outcome`: consumed, passed or passedTo. */
  ended(handler: number, word: number, outcome: number, runs: number): void {
    this.#settle();
    this.#handler = handler;
    this.#word = word;
    this.#outcome = outcome;
    this.#alike = runs;
  }

  /** A run is over that was killed; `reason`: a fault's number. */
  killed(handler: number, fuel: number, reason: number): void {
    this.#settle();
    this.#ran(handler, fuel, 1);
    this.add(handler, KILLED_AT + reason - 1);
  }

  #settle(): void {
    const runs = this.#alike;
    if (runs === 0) return;
    this.#alike = 0;
    this.#ran(this.#handler, this.#word >>> OUTCOME_BITS, runs);
    this.add(this.#handler, this.#outcome, runs);
  }

  #ran(handler: number, fuel: number, runs: number): void {
    const { counts } = this;
    const row = handler * ROW;
    counts[row + Count.fuel]! += fuel * runs;
    if (fuel > counts[row + Count.fuelMost]!) counts[row + Count.fuelMost] = fuel;
    const least = counts[row + Count.fuelLeast]!;
    if (least === 0 || fuel + 1 < least) counts[row + Count.fuelLeast] = fuel + 1;
    counts[row + SPREAD_AT + Math.min(FUEL_BUCKETS - 1, fuelBucket(fuel))]! += runs;
  }

  /** Each run has ended in one way. */
  runs(handler: number): number {
    this.#settle();
    const { counts } = this;
    const row = handler * ROW;
    let runs = counts[row + Count.consumed]! + counts[row + Count.passed]! + counts[row + Count.passedTo]!;
    for (let at = row + KILLED_AT; at < row + SPREAD_AT; at++) runs += counts[at]!;
    return runs;
  }

  clear(handler: number): void {
    this.#settle();
    this.counts.fill(0, handler * ROW, (handler + 1) * ROW);
  }

  of(handler: number): HandlerCounts {
    this.#settle();
    const row = this.counts.subarray(handler * ROW, (handler + 1) * ROW);
    const at = (count: number) => row[count]!;
    return {
      run: this.runs(handler),
      consumed: at(Count.consumed),
      passed: at(Count.passed),
      passedTo: at(Count.passedTo),
      killed: killedOf(row.subarray(KILLED_AT, SPREAD_AT)),
      fuel: at(Count.fuel),
      fuelMost: at(Count.fuelMost),
      fuelSpread: fuelRanges(
        row.subarray(SPREAD_AT, REFUSED_AT),
        Math.max(0, at(Count.fuelLeast) - 1),
        at(Count.fuelMost),
      ),
      sent: at(Count.sent),
      sentOctets: at(Count.sentOctets),
      sendErrors: at(Count.sendErrors),
      sendRefused: refusedOf(row.subarray(REFUSED_AT)),
      hopsCut: at(Count.hopsCut),
      throttled: { share: at(Count.throttledShare), sends: at(Count.throttledSends) },
      woken: at(Count.woken),
      transfers: at(Count.transfers),
    };
  }
}

function killedOf(counts: Float64Array): HandlerCounts["killed"] {
  const at = (fault: HandlerFault) => counts[HANDLER_FAULTS.indexOf(fault)]!;
  return {
    message: at("message"),
    index: at("index"),
    length: at("length"),
    address: at("address"),
    unaligned: at("unaligned"),
    call: at("call"),
    outcome: at("outcome"),
    fuel: at("fuel"),
    overflow: at("overflow"),
  };
}

function refusedOf(counts: Float64Array): HandlerCounts["sendRefused"] {
  const at = (cause: HandlerSendCause) => counts[HANDLER_SEND_CAUSES.indexOf(cause)]!;
  return {
    rate: at("rate"),
    right: at("right"),
    port: at("port"),
    length: at("length"),
    address: at("address"),
    template: at("template"),
    full: at("full"),
    hops: at("hops"),
  };
}
