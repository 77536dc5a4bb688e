/**
 * How packets lie in time, in one pass and bounded memory: a histogram whose slots have a width of a
 * power of two ns, which doubles, neighbours being added, whenever a time falls outside. At the end
 * it is cut into equal slots between the earliest and the latest time.
 */
import type { Descriptors } from "../machine/descriptor.js";

const TWO_32 = 4_294_967_296;
/** Fine slots; at least half of these minus one are in use before a doubling, so each slot asked for has several. */
const FINE = 8192;

export class Timeline {
  #counts = new Float64Array(FINE);
  #width = 1;
  /** Fine slot i holds times from (#base + i) · #width on, relative to the first time. */
  #base = 0;
  #originHigh = 0;
  #originLow = 0;
  #earliest = 0;
  #latest = -1;

  /** Counts the described frames; one without a time (0) is left out. */
  add(rows: Descriptors): void {
    const { timeHigh, timeLow, count } = rows;
    for (let row = 0; row < count; row++) {
      const high = timeHigh[row] ?? 0;
      const low = timeLow[row] ?? 0;
      if (high === 0 && low === 0) continue;
      this.#put(high, low);
    }
  }

  /** Packets in each of `most` equal slots from the earliest to the latest time; one slot where they are the same. */
  slots(most: number): number[] {
    if (this.#latest < this.#earliest) return [];
    const span = this.#latest - this.#earliest;
    const slots = Array.from({ length: Math.min(most, span + 1) }, () => 0);
    for (let i = 0; i < FINE; i++) {
      const count = this.#counts[i] ?? 0;
      if (count === 0) continue;
      const middle = (this.#base + i) * this.#width + (this.#width - 1) / 2 - this.#earliest;
      const slot = Math.floor((middle / (span + 1)) * slots.length);
      const inside = Math.min(Math.max(slot, 0), slots.length - 1);
      slots[inside] = (slots[inside] ?? 0) + count;
    }
    return slots;
  }

  #put(high: number, low: number): void {
    if (this.#latest < this.#earliest) {
      this.#originHigh = high;
      this.#originLow = low;
      this.#latest = 0;
    }
    // Relative to the first time a double is exact for 104 days, and good to 2048 ns for ever.
    const time = (high - this.#originHigh) * TWO_32 + (low - this.#originLow);
    if (time < this.#earliest) this.#earliest = time;
    if (time > this.#latest) this.#latest = time;
    let slot = Math.floor(time / this.#width) - this.#base;
    while (slot < 0 || slot >= FINE) {
      this.#widen(slot);
      slot = Math.floor(time / this.#width) - this.#base;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** Doubles the width; where the time lies before the first slot, what is there moves to the upper end. */
  #widen(slot: number): void {
    const wide = new Float64Array(FINE);
    const base = Math.floor(this.#base / 2) - (slot < 0 ? FINE / 2 - 1 : 0);
    for (let i = 0; i < FINE; i++) {
      const count = this.#counts[i] ?? 0;
      if (count === 0) continue;
      const to = Math.floor((this.#base + i) / 2) - base;
      wide[to] = (wide[to] ?? 0) + count;
    }
    this.#counts = wide;
    this.#base = base;
    this.#width *= 2;
  }
}
