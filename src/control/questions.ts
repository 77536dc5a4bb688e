/**
 * Questions that go to the compile worker, which answers one after the other, and where each may take seconds. Nobody has more than a
 * few there at once, and all together have a bound; whoever asks takes turns with others by capability, and what waits of somebody who has
 * gone is dropped (appliance/compile-line.ts).
 */
import type { Asker } from "../appliance/interface.js";
import { ControlRefusal } from "./refusal.js";

export class Questions {
  readonly #most: number;
  readonly #mostInAll: number;
  /** By capability: how many are being answered, or wait. */
  readonly #asked = new Map<string, number>();
  #inAll = 0;
  #refused = 0;

  /** `most`: of one capability. */
  constructor(most: number, mostInAll: number) {
    this.#most = most;
    this.#mostInAll = mostInAll;
  }

  /** How many were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Rejects with E_TOO_MANY_QUESTIONS, E_QUESTIONS_FULL, and with what `work` rejects with. `gone`: whoever asks has gone. */
  async ask<T>(capability: string, gone: AbortSignal, work: (asker: Asker) => Promise<T>): Promise<T> {
    const asked = this.#asked.get(capability) ?? 0;
    if (asked >= this.#most) throw this.#refuse(new ControlRefusal("E_TOO_MANY_QUESTIONS", `${this.#most} at once`));
    if (this.#inAll >= this.#mostInAll)
      throw this.#refuse(new ControlRefusal("E_QUESTIONS_FULL", `${this.#mostInAll} at once`));
    this.#asked.set(capability, asked + 1);
    this.#inAll++;
    try {
      return await work({ name: capability, gone });
    } finally {
      this.#inAll--;
      const left = (this.#asked.get(capability) ?? 1) - 1;
      if (left > 0) this.#asked.set(capability, left);
      else this.#asked.delete(capability);
    }
  }

  #refuse(refusal: ControlRefusal): ControlRefusal {
    this.#refused++;
    return refusal;
  }
}
