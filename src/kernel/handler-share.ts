/**
 * Each handler's share of the data plane's time, as a bucket of ns: it fills with its share of the time that passes, holds that of
 * SHARE_SECONDS, and is charged what the handler's fuel is estimated to have taken. What a unit takes is learnt by timing one
 * message in TIMED_ONE_IN, or fewer; no single measurement counts for much, since the machine may stop in the middle of one. Who
 * unbinds a handler and binds one again has what was left: a bucket begins as far from full as the emptiest of its environment's that ended.
 */
import { MAX_ENVIRONMENTS } from "./books.js";
import type { BoundTerms } from "./bound-handler.js";
import { MAX_HANDLERS, SHARE_SECONDS, TIMED_ONE_IN } from "./limits.js";

/** ns of a unit until something is known; and how much more one measurement may say than what is known. */
const FIRST_NS = 2;
const MOST_TIMES = 4;
/** Of a measurement, the weight against all before it. */
const WEIGHT = 1 / 8;
const SECOND = 1e9;

type Metered = Pick<BoundTerms, "number" | "environment" | "budget">;

export class Shares {
  readonly #ns = new Float64Array(MAX_HANDLERS);
  readonly #unit = new Float64Array(MAX_HANDLERS);
  readonly #share = new Float64Array(MAX_HANDLERS);
  /** Fuel that has been charged for. */
  readonly #charged = new Float64Array(MAX_HANDLERS);
  /** Wall ns: until then its bucket has been filled. */
  readonly #since = new Float64Array(MAX_HANDLERS);
  /** Runs that there had been when one was timed last. */
  readonly #timed = new Float64Array(MAX_HANDLERS);
  /** By environment: when the buckets of its handlers that ended would all be full again. */
  readonly #full = new Float64Array(MAX_ENVIRONMENTS);
  readonly #now: () => number;
  /** What asking the clock twice takes. */
  readonly #asking: number;

  /** `now`: wall ns. */
  constructor(now: () => number) {
    this.#now = now;
    let asking = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 16; tries++) asking = Math.min(asking, -(now() - now()));
    this.#asking = Math.max(0, asking);
  }

  /** For a handler that has used no fuel yet. */
  begin({ number: handler, environment, budget: { share } }: Metered): void {
    const now = this.#now();
    const wait = Math.max(0, this.#full[environment.id]! - now);
    this.#share[handler] = share;
    this.#since[handler] = now;
    this.#unit[handler] = FIRST_NS;
    this.#ns[handler] = mostOf(share) - share * wait;
    this.#charged[handler] = 0;
    this.#timed[handler] = 0;
  }

  /** A handler that used so much fuel has ended. */
  end({ number: handler, environment: { id }, budget: { share } }: Metered, fuel: number): void {
    const now = this.#now();
    this.settle(handler, fuel, now);
    const full = now + (mostOf(share) - this.#ns[handler]!) / share;
    this.#full[id] = Math.max(this.#full[id]!, full);
  }

  /** The environment has ended. */
  forget(environment: number): void {
    this.#full[environment] = 0;
  }

  /** After so many runs: is another to be timed? Then it is the next. */
  mayTime(handler: number, runs: number, oneIn = TIMED_ONE_IN): boolean {
    if (runs - this.#timed[handler]! < oneIn) return false;
    this.#timed[handler] = runs;
    return true;
  }

  get now(): number {
    return this.#now();
  }

  /** Fills by what has passed until `now`, wall ns, and charges the fuel that was used since the last time. Whether it is empty: then it may not run. */
  settle(handler: number, fuel: number, now: number): boolean {
    const share = this.#share[handler]!;
    const passed = Math.max(0, now - this.#since[handler]!);
    // All of the time needs no measure.
    const isMetered = share < 1;
    const used = isMetered ? (fuel - this.#charged[handler]!) * this.#unit[handler]! : 0;
    this.#since[handler] = now;
    this.#charged[handler] = fuel;
    this.#ns[handler] = Math.min(mostOf(share), this.#ns[handler]! + share * passed) - used;
    return isMetered && this.#ns[handler]! <= 0;
  }

  /** A message that used so much fuel has taken from `began` until now. */
  timed(handler: number, fuel: number, began: number): void {
    const unit = this.#unit[handler]!;
    const measured = Math.max(0, this.#now() - began - this.#asking) / Math.max(1, fuel);
    this.#unit[handler] = unit + WEIGHT * (Math.min(measured, MOST_TIMES * unit) - unit);
  }

  /** ns that it owes. */
  owes(handler: number): number {
    return Math.max(0, -this.#ns[handler]!);
  }
}

function mostOf(share: number): number {
  return share * SHARE_SECONDS * SECOND;
}
