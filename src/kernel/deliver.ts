/**
 * Delivery: from verdicts to packet rings. This is the packet's way: it allocates nothing, and it
 * counts each packet at the place where something happens to it.
 */
import type { Verdicts } from "../dpf/batch.js";
import { MAX_ID } from "../dpf/limits.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, MAX_BINDINGS } from "./books.js";
import { type Environments, Sink } from "./environment.js";
import type { Ledger } from "./ledger.js";

const RING_FULL = DELIVERY_CAUSES.indexOf("ringFull");
const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const UNRESPONSIVE = DELIVERY_CAUSES.indexOf("unresponsive");

export class Delivery {
  readonly #bindings: Bindings;
  readonly #environments: Environments;
  readonly #ledger: Ledger;

  constructor(bindings: Bindings, environments: Environments, ledger: Ledger) {
    this.#bindings = bindings;
    this.#environments = environments;
    this.#ledger = ledger;
  }

  /** Hands out rows [from, to) to bindings that are open; `packet` is the number of the first. */
  batch(rows: Descriptors, from: number, to: number, verdicts: Verdicts, packet: number): void {
    const { winner, tapStart, tapCount, taps } = verdicts;
    const { open } = this.#bindings;
    let claimed = 0;
    let tappedOnly = 0;
    let tapped = 0;
    for (let row = from; row < to; row++, packet++) {
      // Verdicts may lie where a library OS could write: each is read once and made one that can be.
      const named = winner[row]! & MAX_ID;
      const claim = open[named] === 1 ? named : 0;
      const first = Math.min(tapStart[row]! >>> 0, taps.length);
      const count = Math.min(tapCount[row]! >>> 0, taps.length - first);
      if (claim !== 0) {
        claimed++;
        this.#give(claim, rows, row, packet);
      }
      const before = tapped;
      for (let tap = first; tap < first + count; tap++) {
        const slot = taps[tap]! & MAX_ID;
        if (open[slot] !== 1) continue;
        tapped++;
        this.#give(slot, rows, row, packet);
      }
      if (claim === 0 && tapped !== before) tappedOnly++;
    }
    const ledger = this.#ledger;
    ledger.received += to - from;
    ledger.claimed += claimed;
    ledger.tappedOnly += tappedOnly;
    ledger.unclaimed += to - from - claimed - tappedOnly;
    ledger.taps += tapped;
  }

  #give(slot: number, rows: Descriptors, row: number, packet: number): void {
    const bindings = this.#bindings;
    bindings.packets[slot]!++;
    bindings.octets[slot]! += rows.wire[row]!;
    bindings.timeHigh[slot] = rows.timeHigh[row]!;
    bindings.timeLow[slot] = rows.timeLow[row]!;
    const environment = this.#environments.table[bindings.environment[slot]!]!;
    const sink = environment.sink;
    if (sink === Sink.ring) {
      const ring = environment.ring!;
      if (ring.full) return this.#drop(slot, environment.undelivered, RING_FULL);
      ring.put(slot, rows, row, packet);
      this.#ledger.inFlight++;
    } else if (sink === Sink.count) {
      environment.delivered++;
      this.#ledger.delivered++;
    } else return this.#drop(slot, environment.undelivered, sink === Sink.suspended ? UNRESPONSIVE : FAILED);
    bindings.delivered[slot]!++;
  }

  #drop(slot: number, undelivered: Float64Array, cause: number): void {
    undelivered[cause]!++;
    this.#ledger.undelivered[cause]!++;
    this.#bindings.undelivered[cause * MAX_BINDINGS + slot]!++;
  }
}
