/**
 * Frames a second that each handler may send, by the time of the packets that it runs on: a bucket that holds a second's. A bucket
 * begins as far from full as the emptiest of its environment's handlers that ended.
 */
import { timeDifference } from "../machine/clock.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { BoundTerms } from "./bound-handler.js";
import { MAX_HANDLERS } from "./limits.js";

const SECOND = 1e9;
const HIGH = 2 ** 32;

type Sender = Pick<BoundTerms, "number" | "environment" | "budget">;

export class SendRates {
  readonly #rate = new Float64Array(MAX_HANDLERS);
  readonly #left = new Float64Array(MAX_HANDLERS);
  readonly #high = new Uint32Array(MAX_HANDLERS);
  readonly #low = new Uint32Array(MAX_HANDLERS);
  /** By environment, of its handlers that ended: the last time, and when their buckets would all be full again. ns, as near as a double is. */
  readonly #last = new Float64Array(MAX_ENVIRONMENTS);
  readonly #full = new Float64Array(MAX_ENVIRONMENTS);

  begin({ number: handler, environment: { id }, budget: { sends: rate } }: Sender): void {
    const last = this.#last[id]!;
    this.#rate[handler] = rate;
    this.#left[handler] = rate - (rate * (this.#full[id]! - last)) / SECOND;
    this.#high[handler] = Math.floor(last / HIGH);
    this.#low[handler] = last % HIGH;
  }

  /** The handler has ended. */
  end({ number: handler, environment: { id }, budget: { sends: rate } }: Sender): void {
    const last = this.#high[handler]! * HIGH + this.#low[handler]!;
    const full = last + (rate === 0 ? 0 : ((rate - this.#left[handler]!) * SECOND) / rate);
    this.#last[id] = Math.max(this.#last[id]!, last);
    this.#full[id] = Math.max(this.#full[id]!, this.#last[id]!, full);
  }

  /** The environment has ended. */
  forget(environment: number): void {
    this.#last[environment] = 0;
    this.#full[environment] = 0;
  }

  /** Times are others from now on: the buckets of all these are full. */
  beginEpoch(handlers: Iterable<number>): void {
    this.#last.fill(0);
    this.#full.fill(0);
    for (const handler of handlers) {
      this.#left[handler] = this.#rate[handler]!;
      this.#high[handler] = 0;
      this.#low[handler] = 0;
    }
  }

  /**
   * Takes one for a packet of this time; false where none is left. A time before the last is that time, unless it is more than a second
   * before: then one of the two was wrong, or a capture has begun anew. What is left stays, and time is counted from here on, so that no
   * time, however far ahead, keeps a handler from sending for more than a second.
   */
  take(handler: number, high: number, low: number): boolean {
    const rate = this.#rate[handler]!;
    const passed = timeDifference(high, low, this.#high[handler]!, this.#low[handler]!);
    if (passed > 0 || passed < -SECOND) {
      this.#left[handler] = Math.min(rate, this.#left[handler]! + (Math.max(0, passed) * rate) / SECOND);
      this.#high[handler] = high;
      this.#low[handler] = low;
    }
    if (this.#left[handler]! < 1) return false;
    this.#left[handler]!--;
    return true;
  }
}
