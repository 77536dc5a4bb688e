/**
 * Delivery: from verdicts to packet rings. This is the packet's way: it allocates nothing, and it
 * counts each packet at the place where something happens to it.
 */
import type { Verdicts } from "../dpf/batch.js";
import { MAX_ID } from "../dpf/limits.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, MAX_BINDINGS, MAX_ENVIRONMENTS } from "./books.js";
import { type Environments, Sink } from "./environment.js";
import type { Ledger } from "./ledger.js";

const RING_FULL = DELIVERY_CAUSES.indexOf("ringFull");
const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const UNRESPONSIVE = DELIVERY_CAUSES.indexOf("unresponsive");

export class Delivery {
  readonly #bindings: Bindings;
  readonly #environments: Environments;
  readonly #ledger: Ledger;
  /** By environment, for one batch, in which none of them changes: what becomes of its frames. */
  readonly #sink = new Uint8Array(MAX_ENVIRONMENTS);
  /** By environment: frames of this batch that were counted and are thereby delivered. */
  readonly #counted = new Uint32Array(MAX_ENVIRONMENTS);
  /** Frames of this batch that went into rings. */
  #put = 0;

  constructor(bindings: Bindings, environments: Environments, ledger: Ledger) {
    this.#bindings = bindings;
    this.#environments = environments;
    this.#ledger = ledger;
  }

  /** Hands out rows [from, to) to bindings that are open; `packet` is the number of the first. */
  batch(rows: Descriptors, from: number, to: number, verdicts: Verdicts, packet: number): void {
    const { winner, tapCount } = verdicts;
    const { open } = this.#bindings;
    let claimed = 0;
    let tappedOnly = 0;
    let tapped = 0;
    this.#begin();
    for (let row = from; row < to; row++, packet++) {
      // Verdicts may lie where a library OS could write: each is read once and made one that can be.
      const named = winner[row]! & MAX_ID;
      const isClaimed = open[named] === 1;
      if (isClaimed) {
        claimed++;
        this.#give(named, rows, row, packet);
      }
      const count = tapCount[row]! >>> 0;
      if (count === 0) continue;
      const given = this.#giveTaps(verdicts, count, rows, row, packet);
      tapped += given;
      if (!isClaimed && given > 0) tappedOnly++;
    }
    this.#end();
    const ledger = this.#ledger;
    ledger.received += to - from;
    ledger.claimed += claimed;
    ledger.tappedOnly += tappedOnly;
    ledger.unclaimed += to - from - claimed - tappedOnly;
    ledger.taps += tapped;
  }

  #begin(): void {
    const { table } = this.#environments;
    for (let id = 0; id < MAX_ENVIRONMENTS; id++) this.#sink[id] = table[id]?.sink ?? Sink.none;
  }

  /** The environments' and the ledger's counts, once a batch and not once a frame. */
  #end(): void {
    const { table } = this.#environments;
    const ledger = this.#ledger;
    for (let id = 0; id < MAX_ENVIRONMENTS; id++) {
      const count = this.#counted[id]!;
      if (count === 0) continue;
      table[id]!.delivered += count;
      ledger.delivered += count;
      this.#counted[id] = 0;
    }
    ledger.inFlight += this.#put;
    this.#put = 0;
  }

  /** To how many of the frame's taps, of which there are `count`, it was given. */
  #giveTaps({ tapStart, taps }: Verdicts, count: number, rows: Descriptors, row: number, packet: number): number {
    const { open } = this.#bindings;
    const first = Math.min(tapStart[row]! >>> 0, taps.length);
    const end = first + Math.min(count, taps.length - first);
    let given = 0;
    for (let tap = first; tap < end; tap++) {
      const slot = taps[tap]! & MAX_ID;
      if (open[slot] !== 1) continue;
      given++;
      this.#give(slot, rows, row, packet);
    }
    return given;
  }

  #give(slot: number, rows: Descriptors, row: number, packet: number): void {
    const bindings = this.#bindings;
    bindings.packets[slot]!++;
    bindings.octets[slot]! += rows.wire[row]!;
    bindings.timeHigh[slot] = rows.timeHigh[row]!;
    bindings.timeLow[slot] = rows.timeLow[row]!;
    const owner = bindings.environment[slot]!;
    const sink = this.#sink[owner]!;
    if (sink === Sink.count) this.#counted[owner]!++;
    else if (sink === Sink.ring) {
      const { ring } = this.#environments.table[owner]!;
      if (ring!.full) return this.#drop(slot, owner, RING_FULL);
      ring!.put(slot, rows, row, packet);
      this.#put++;
    } else return this.#drop(slot, owner, sink === Sink.suspended ? UNRESPONSIVE : FAILED);
    bindings.delivered[slot]!++;
  }

  #drop(slot: number, owner: number, cause: number): void {
    this.#environments.table[owner]!.undelivered[cause]!++;
    this.#ledger.undelivered[cause]!++;
    this.#bindings.undelivered[cause * MAX_BINDINGS + slot]!++;
  }
}
