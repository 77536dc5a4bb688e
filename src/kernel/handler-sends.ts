/** Frames a second that each handler may send, by the time of the packets that it runs on: a bucket that holds a second's. */
import { timeDifference } from "../machine/clock.js";
import { MAX_HANDLERS } from "./limits.js";

const SECOND = 1e9;

export class SendRates {
  readonly #rate = new Float64Array(MAX_HANDLERS);
  readonly #left = new Float64Array(MAX_HANDLERS);
  readonly #high = new Uint32Array(MAX_HANDLERS);
  readonly #low = new Uint32Array(MAX_HANDLERS);

  /** A full bucket: also where an epoch begins, whose times are others. `rate`: frames a second. */
  begin(handler: number, rate = this.#rate[handler]!): void {
    this.#rate[handler] = rate;
    this.#left[handler] = rate;
    this.#high[handler] = 0;
    this.#low[handler] = 0;
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
