/**
 * What handlers did: one table, a row of numbers for each handler, so that the packet's way makes no objects and touches one stretch of
 * memory for each run.
 */
import { HANDLER_FAULTS, type HandlerFault, MAX_MESSAGE_FUEL } from "../vcode/handler.js";
import type { HandlerCounts } from "./calls-on-handlers.js";
import { MAX_HANDLERS } from "./limits.js";

/** Of fuel: 0, then one for each power of two. */
const FUEL_BUCKETS = 33 - Math.clz32(MAX_MESSAGE_FUEL);

/** Places in a row; behind them those killed, by reason, and the spread of fuel. */
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
} as const;

const KILLED_AT = Object.keys(Count).length;
const SPREAD_AT = KILLED_AT + HANDLER_FAULTS.length;
const ROW = SPREAD_AT + FUEL_BUCKETS;

export class HandlerCountsTable {
  /** Row × ROW + Count. */
  readonly counts = new Float64Array(MAX_HANDLERS * ROW);

  get(handler: number, count: number): number {
    return this.counts[handler * ROW + count]!;
  }

  add(handler: number, count: number, more = 1): void {
    this.counts[handler * ROW + count]! += more;
  }

  /** `reason`: a fault's number. */
  kill(handler: number, reason: number): void {
    this.add(handler, KILLED_AT + reason - 1);
  }

  /** A run is over that used so much, however it ended. */
  ran(handler: number, fuel: number): void {
    const { counts } = this;
    const row = handler * ROW;
    counts[row + Count.fuel]! += fuel;
    if (fuel > counts[row + Count.fuelMost]!) counts[row + Count.fuelMost] = fuel;
    counts[row + SPREAD_AT + 32 - Math.clz32(fuel)]!++;
  }

  /** Each run is in one bucket of the spread. */
  runs(handler: number): number {
    let runs = 0;
    for (let at = handler * ROW + SPREAD_AT; at < (handler + 1) * ROW; at++) runs += this.counts[at]!;
    return runs;
  }

  clear(handler: number): void {
    this.counts.fill(0, handler * ROW, (handler + 1) * ROW);
  }

  of(handler: number): HandlerCounts {
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
      fuelSpread: [...row.subarray(SPREAD_AT)],
      sent: at(Count.sent),
      sentOctets: at(Count.sentOctets),
      sendErrors: at(Count.sendErrors),
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
