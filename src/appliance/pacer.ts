/** When the frames of a batch may leave: by the replay clock, and not too many at once. */
import type { Speed } from "../kernel/calls.js";
import { BATCH_FRAMES, MAX_SPEED, MIN_SPEED } from "../kernel/limits.js";
import { Refusal } from "../kernel/refusal.js";
import { wallNs } from "../machine/clock.js";
import type { Batch } from "../nic/nic.js";
import { ReplayClock } from "../nic/replay-clock.js";

/** What a paced batch may take, in wall ns. */
const LONG_BATCH_NS = 20e6;

export class Pacer {
  readonly clock = new ReplayClock();
  /** Frames in a paced batch, at most. */
  #most = BATCH_FRAMES;

  get isFlatOut(): boolean {
    return this.clock.speed === Number.POSITIVE_INFINITY;
  }

  /** One behind the last row that may leave now; `steps` leave whatever their time. */
  due({ descriptors: rows, from, to }: Batch, steps: number): number {
    if (steps > 0) return Math.min(to, from + steps);
    if (this.isFlatOut) return to;
    const wall = wallNs();
    const last = Math.min(to, from + this.#most);
    let row = from;
    while (row < last && this.clock.wait(rows.timeHigh[row]!, rows.timeLow[row]!, wall) <= 0) row++;
    return row;
  }

  /** Wall ns until a row is due; negative: how late it is. */
  wait({ descriptors: rows }: Batch, row: number): number {
    return this.clock.wait(rows.timeHigh[row]!, rows.timeLow[row]!, wallNs());
  }

  /** The batch's frames up to row `to` leave; how many have a time before an earlier one's. */
  pass({ descriptors: rows, from }: Batch, to: number): number {
    let backwards = 0;
    for (let row = from; row < to; row++) {
      if (this.clock.pass(rows.timeHigh[row]!, rows.timeLow[row]!)) backwards++;
    }
    return backwards;
  }

  /**
   * So many frames took so long. Where filters make packets expensive a paced batch gets smaller, so
   * that commands are not kept waiting; a flat-out one has its boundaries from the capture alone.
   */
  took(frames: number, ns: number): void {
    if (ns > LONG_BATCH_NS) this.#most = Math.max(1, Math.floor((frames * LONG_BATCH_NS) / ns));
    else if (frames === this.#most) this.#most = Math.min(BATCH_FRAMES, this.#most * 2);
  }
}

/** Throws a Refusal. */
export function checkedSpeed(speed: Speed): number {
  if (speed === "max") return Number.POSITIVE_INFINITY;
  if (!(speed >= MIN_SPEED && speed <= MAX_SPEED)) {
    throw new Refusal("E_ARGUMENT", `a speed is "max" or ${MIN_SPEED} to ${MAX_SPEED}`);
  }
  return speed;
}
