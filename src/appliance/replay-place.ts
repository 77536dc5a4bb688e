/** Where a replay stands, as the books tell it: the time that it has come to, how far behind that it is, and the gap that it waits in. */
import type { Kernel } from "../kernel/kernel.js";
import { LONG_GAP_MS } from "../kernel/limits.js";
import type { ReplayTerms } from "../kernel/publish.js";
import type { Batch } from "../nic/nic.js";
import type { Port } from "../nic/port.js";

export class ReplayPlace {
  /** One object for as long as there is a player: it is looked at after each turn. */
  readonly #terms: ReplayTerms = {
    epoch: 0,
    packet: 0,
    timeHigh: 0,
    timeLow: 0,
    driftNs: 0,
    gapMs: -1,
    octets: 0,
    backwards: 0,
  };

  /** As of now. */
  terms({ epoch, packet }: Pick<Kernel, "epoch" | "packet">, ports: readonly Port[]): ReplayTerms {
    const terms = this.#terms;
    terms.epoch = epoch;
    terms.packet = packet;
    terms.octets = ports.reduce((sum, port) => sum + port.octets, 0);
    return terms;
  }

  /** At the time of this row. */
  standAt({ descriptors: rows }: Batch, row: number): void {
    this.#terms.timeHigh = rows.timeHigh[row]!;
    this.#terms.timeLow = rows.timeLow[row]!;
  }

  /** Frames are let through, the last of them so many ns after its time; of so many the time lies before an earlier one's. */
  pass(driftNs: number, backwards: number): void {
    this.#terms.gapMs = -1;
    this.#terms.driftNs = driftNs;
    this.#terms.backwards += backwards;
  }

  /** The next frame is due in so many ms. A long gap is told until it is over, however little of it is left. */
  waitIn(gapMs: number): void {
    this.#terms.gapMs = gapMs > LONG_GAP_MS || this.#terms.gapMs >= 0 ? gapMs : -1;
  }

  forget(): void {
    Object.assign(this.#terms, { timeHigh: 0, timeLow: 0, driftNs: 0, gapMs: -1, backwards: 0 });
  }
}
