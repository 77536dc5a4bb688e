/**
 * Questions that go to the compile worker, which answers one after the other, and where each may take seconds. Nobody has more than a
 * few there at once, and all together have a bound; whoever asks takes turns with others, and what waits of somebody who has gone is dropped
 * (appliance/compile-line.ts). As with all limits it is the child of the root at or above a capability that is counted: however many are
 * derived from it, they make one asker.
 *
 * Who asks is heard while more places are free than it has taken (dynamic thresholds: Choudhury and Hahne, 1998): the more there are who ask,
 * the fewer each has, and the last place is for one who has none, however many others ask for all that they may have.
 */
import type { Asker } from "../appliance/interface.js";
import { accountOf } from "../kernel/capability.js";
import type { Admitted } from "./admission.js";
import { ControlRefusal } from "./refusal.js";

export class Questions {
  readonly #most: number;
  readonly #mostInAll: number;
  /** By asker's path: how many are being answered, or wait. */
  readonly #asked = new Map<string, number>();
  #inAll = 0;
  #refused = 0;

  /** `most`: of one asker. */
  constructor(most: number, mostInAll: number) {
    this.#most = most;
    this.#mostInAll = mostInAll;
  }

  /** How many were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Rejects with E_TOO_MANY_QUESTIONS, E_QUESTIONS_FULL, and with what `work` rejects with. `gone`: whoever asks has gone. */
  async ask<T>({ path }: Pick<Admitted, "path">, gone: AbortSignal, work: (asker: Asker) => Promise<T>): Promise<T> {
    const name = accountOf(path.split("/"))?.join("/") ?? path;
    const asked = this.#asked.get(name) ?? 0;
    const free = this.#mostInAll - this.#inAll;
    if (asked >= this.#most) throw this.#refuse(new ControlRefusal("E_TOO_MANY_QUESTIONS", `${this.#most} at once`));
    if (free === 0) throw this.#refuse(new ControlRefusal("E_QUESTIONS_FULL", `${this.#mostInAll} at once`));
    if (asked >= free)
      throw this.#refuse(new ControlRefusal("E_TOO_MANY_QUESTIONS", `${asked}, while ${free} places are free for all`));
    this.#asked.set(name, asked + 1);
    this.#inAll++;
    try {
      return await work({ name, gone });
    } finally {
      this.#inAll--;
      const left = (this.#asked.get(name) ?? 1) - 1;
      if (left > 0) this.#asked.set(name, left);
      else this.#asked.delete(name);
    }
  }

  #refuse(refusal: ControlRefusal): ControlRefusal {
    this.#refused++;
    return refusal;
  }
}
