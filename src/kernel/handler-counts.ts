/** What handlers did, as columns by handler, so that the packet's way makes no objects. */
import { HANDLER_FAULTS, MAX_MESSAGE_FUEL } from "../vcode/handler.js";
import type { HandlerCounts } from "./handler-calls.js";
import { MAX_HANDLERS } from "./limits.js";

const FAULTS = HANDLER_FAULTS.length;
/** Of fuel: 0, then one for each power of two. */
export const FUEL_BUCKETS = 33 - Math.clz32(MAX_MESSAGE_FUEL);

const column = (rows = 1) => new Float64Array(rows * MAX_HANDLERS);

export class HandlerColumns {
  readonly run = column();
  readonly consumed = column();
  readonly passed = column();
  readonly passedTo = column();
  /** Handler × FAULTS + number of the reason. */
  readonly killed = column(FAULTS);
  readonly killedInRow = new Uint32Array(MAX_HANDLERS);
  readonly fuel = column();
  readonly fuelMost = new Uint32Array(MAX_HANDLERS);
  /** Handler × FUEL_BUCKETS + bucket. */
  readonly fuelSpread = column(FUEL_BUCKETS);
  readonly sent = column();
  readonly sentOctets = column();
  readonly sendErrors = column();
  readonly hopsCut = column();
  readonly throttledShare = column();
  readonly throttledSends = column();
  readonly woken = column();
  readonly transfers = column();

  /** A run that used so much, however it ended. */
  ran(handler: number, fuel: number): void {
    this.run[handler]!++;
    this.fuel[handler]! += fuel;
    if (fuel > this.fuelMost[handler]!) this.fuelMost[handler] = fuel;
    this.fuelSpread[handler * FUEL_BUCKETS + 32 - Math.clz32(fuel)]!++;
  }

  kill(handler: number, reason: number): void {
    this.killed[handler * FAULTS + reason]!++;
    this.killedInRow[handler]!++;
  }

  clear(handler: number): void {
    for (const each of Object.values(this)) {
      const width = each.length / MAX_HANDLERS;
      each.fill(0, handler * width, (handler + 1) * width);
    }
  }

  of(handler: number): HandlerCounts {
    const killed = this.killed.subarray(handler * FAULTS, (handler + 1) * FAULTS);
    const spread = this.fuelSpread.subarray(handler * FUEL_BUCKETS, (handler + 1) * FUEL_BUCKETS);
    return {
      run: this.run[handler]!,
      consumed: this.consumed[handler]!,
      passed: this.passed[handler]!,
      passedTo: this.passedTo[handler]!,
      killed: killedOf(killed),
      fuel: this.fuel[handler]!,
      fuelMost: this.fuelMost[handler]!,
      fuelSpread: [...spread],
      sent: this.sent[handler]!,
      sentOctets: this.sentOctets[handler]!,
      sendErrors: this.sendErrors[handler]!,
      hopsCut: this.hopsCut[handler]!,
      throttled: { share: this.throttledShare[handler]!, sends: this.throttledSends[handler]! },
      woken: this.woken[handler]!,
      transfers: this.transfers[handler]!,
    };
  }
}

function killedOf(counts: Float64Array): HandlerCounts["killed"] {
  const [
    message = 0,
    index = 0,
    length = 0,
    address = 0,
    unaligned = 0,
    call = 0,
    outcome = 0,
    fuel = 0,
    overflow = 0,
  ] = counts;
  return { message, index, length, address, unaligned, call, outcome, fuel, overflow };
}
