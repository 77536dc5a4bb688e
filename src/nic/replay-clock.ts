/**
 * The replay clock: when a frame with a capture time is due on the wall. It goes by absolute
 * capture time from an anchor, never by summed gaps, so that no drift adds up. A frame whose time
 * lies before an earlier one's, or that has none, is due at once.
 */
import { timeDifference } from "../machine/clock.js";

export class ReplayClock {
  #speed = 1;
  #anchored = false;
  #anchorHigh = 0;
  #anchorLow = 0;
  #anchorWall = 0;
  /** The latest capture time seen: the clock's reading, which never goes backwards. */
  high = 0;
  low = 0;

  /** A factor of capture time, above 0; Infinity is flat out. */
  get speed(): number {
    return this.#speed;
  }

  /** From the frame that was let through last, at the new pace. */
  setSpeed(speed: number, wall: number): void {
    this.#speed = speed;
    this.#anchor(this.high, this.low, wall);
  }

  /** Forgets the past: the next frame with a time is due when it is asked for. */
  reset(): void {
    this.#anchored = false;
    this.high = 0;
    this.low = 0;
  }

  /** After a pause: time goes on from the last frame. */
  resume(wall: number): void {
    if (this.#anchored) this.#anchor(this.high, this.low, wall);
  }

  /** The frame with this time is due now, and later ones follow from there. */
  skipTo(high: number, low: number, wall: number): void {
    this.#anchor(high, low, wall);
  }

  /** Wall ns from `wall` until a frame with this time is due; 0 or less: now. */
  wait(high: number, low: number, wall: number): number {
    if (this.#speed === Number.POSITIVE_INFINITY || (high === 0 && low === 0)) return 0;
    if (!this.#anchored) this.#anchor(high, low, wall);
    const due = this.#anchorWall + timeDifference(high, low, this.#anchorHigh, this.#anchorLow) / this.#speed;
    return due - wall;
  }

  /** A frame was let through; true where its time lies before an earlier one's. */
  pass(high: number, low: number): boolean {
    if (high === 0 && low === 0) return false;
    if (high < this.high || (high === this.high && low < this.low)) return true;
    this.high = high;
    this.low = low;
    return false;
  }

  #anchor(high: number, low: number, wall: number): void {
    this.#anchored = high !== 0 || low !== 0;
    this.#anchorHigh = high;
    this.#anchorLow = low;
    this.#anchorWall = wall;
  }
}
