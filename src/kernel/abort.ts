/**
 * The abort protocol (SOSP'95 §3.4): what an environment did not give in time is taken. Bindings are broken, each loss is
 * written into its repossession vector, and a repossession exception tells it. The environment itself lives on, and what is
 * guaranteed to it is not touched.
 */

import type { Loss } from "./abi.js";
import { RESOURCES } from "./abi.js";
import type { Environment } from "./environment.js";
import type { Revocable } from "./revocable.js";
import type { Tell } from "./trace.js";

export class Abort {
  readonly #kinds: readonly (Revocable | undefined)[];
  readonly #exception: (environment: Environment, resource: number, losses: number) => void;
  readonly #tell: Tell;

  /** `exception`: how an environment is told that its vector has something new. */
  constructor(
    kinds: readonly (Revocable | undefined)[],
    exception: (environment: Environment, resource: number, losses: number) => void,
    tell: Tell,
  ) {
    this.#kinds = kinds;
    this.#exception = exception;
    this.#tell = tell;
  }

  /** How many were taken: fewer than `count` where it holds fewer that may be. */
  take(environment: Environment, resource: number, count: number): number {
    let losses = 0;
    const lost = (loss: Loss) => {
      losses++;
      environment.vector?.write(loss);
      this.#tell("repossessionWritten", environment.id, RESOURCES.indexOf(loss.resource), loss.name, loss.count);
    };
    const taken = this.#kinds[resource]?.take(environment, count, lost) ?? 0;
    if (losses === 0 || environment.state === "failed") return taken;
    this.#exception(environment, resource, losses);
    this.#tell("repossessionTold", environment.id, resource, losses);
    return taken;
  }
}
