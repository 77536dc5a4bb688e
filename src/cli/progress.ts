/** A progress bar on stderr while a replay runs, where stderr is a terminal. */
import type { SingleBar } from "cli-progress";
import type { ApplianceInterface } from "../appliance/interface.js";
import { MachineTerm } from "../kernel/books.js";

const INTERVAL_MS = 200;

export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(appliance: ApplianceInterface) {
    if (!process.stderr.isTTY) return;
    this.#timer = setInterval(() => {
      appliance.books.refresh(0);
      const epoch = appliance.books.machine(MachineTerm.epoch);
      this.#bar?.update(appliance.books.machine(MachineTerm.packet), { epoch });
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#bar?.stop();
  }
}
