/**
 * Questions that go to the compile worker, which answers one after the other, and where each may take seconds: nobody has more than a
 * few there at once, so that whoever floods waits for itself.
 */
import { ControlRefusal } from "./refusal.js";

export class Questions {
  readonly #most: number;
  /** By capability: how many are being answered, or wait. */
  readonly #asked = new Map<string, number>();

  /** `most`: of one capability. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Rejects with E_TOO_MANY_QUESTIONS, and with what `work` rejects with. */
  async ask<T>(capability: string, work: () => Promise<T>): Promise<T> {
    const asked = this.#asked.get(capability) ?? 0;
    if (asked >= this.#most) throw new ControlRefusal("E_TOO_MANY_QUESTIONS", `${this.#most} at once`);
    this.#asked.set(capability, asked + 1);
    try {
      return await work();
    } finally {
      const left = (this.#asked.get(capability) ?? 1) - 1;
      if (left > 0) this.#asked.set(capability, left);
      else this.#asked.delete(capability);
    }
  }
}
