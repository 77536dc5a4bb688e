/**
 * Pressure: what starts a visible revocation by itself. Where the NIC finds every segment held, the environment whose ring holds most is
 * asked for the older part of them. Where an allocation finds fewer free pages than it wants, it is refused (E_NO_MEMORY), and the
 * environment that holds most above what is guaranteed to it is asked for those that lack: they are free when it has answered, or after
 * the deadline, for whoever asks first then.
 *
 * Pages are asked for only as far as that makes holders more equal: at most half of what the biggest has more than who wants them,
 * and nothing where that is the biggest itself, or where all that may be taken would not do. Pages that are free, but not in a row,
 * are no pressure: which come back is their holder's choice. One environment is asked at a time for each of the two.
 */
import { Resource } from "./abi.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { Environment, Environments } from "./environment.js";
import { PRESSURE_SHARE, REVOCATION_DEADLINE_MS } from "./limits.js";
import type { Revocation } from "./revocation.js";
import type { Tell } from "./trace.js";

/** Who holds most of a kind, how many; and how many all have together. */
interface Biggest {
  readonly environment: Environment | undefined;
  readonly most: number;
  readonly all: number;
}

export class Pressure {
  readonly #revocation: Revocation;
  readonly #environments: Environments;
  readonly #tell: Tell;
  /** By environment: pages of an allocation that found fewer, since the last batch boundary. */
  readonly #wanted = new Int32Array(MAX_ENVIRONMENTS);
  /** Somebody's is not 0. */
  #isWanted = false;

  constructor(revocation: Revocation, environments: Environments, tell: Tell) {
    this.#revocation = revocation;
    this.#environments = environments;
    this.#tell = tell;
  }

  /** The NIC finds every segment held. Nothing is done while somebody is being asked, or where no ring holds any. */
  packets(): void {
    if (this.#revocation.isAsking(Resource.packets)) return;
    const { environment, most } = this.#biggest(Resource.packets, this.#environments.receiving);
    if (environment === undefined) return;
    this.#tell("packetPressure", environment.id, most);
    this.#revocation.ask(environment, Resource.packets, Math.ceil(most * PRESSURE_SHARE), REVOCATION_DEADLINE_MS);
  }

  /** An allocation of so many pages was refused for want of them. `environment`: for whom; the control plane's, where one is made. */
  wanted(environment: number, pages: number): void {
    this.#wanted[environment] = Math.max(this.#wanted[environment] ?? 0, pages);
    this.#isWanted = true;
  }

  /** At batch boundaries, before revocation's own look: the first, by environment number, for whom somebody can be asked. */
  tend(): void {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    const wanted = this.#wanted;
    for (let environment = 0; environment < MAX_ENVIRONMENTS; environment++) {
      if (wanted[environment]! > 0) this.#pages(environment, wanted[environment]!);
      wanted[environment] = 0;
    }
  }

  #pages(by: number, count: number): void {
    const { environments, pages } = { environments: this.#environments, pages: this.#environments.pages };
    const lack = count - pages.memory.freePages;
    if (lack <= 0 || this.#revocation.isAsking(Resource.pages)) return;
    const { environment, most, all } = this.#biggest(Resource.pages, environments.table);
    if (environment === undefined || lack > all) return;
    const fair = Math.ceil((most - pages.revocable(by)) * PRESSURE_SHARE);
    if (environment.id === by || fair <= 0) return;
    this.#tell("pagePressure", environment.id, most, by, lack);
    this.#revocation.ask(environment, Resource.pages, Math.min(lack, fair), REVOCATION_DEADLINE_MS);
  }

  #biggest(resource: number, environments: readonly (Environment | undefined)[]): Biggest {
    let biggest: Environment | undefined;
    let [most, all] = [0, 0];
    for (const environment of environments) {
      const held = environment === undefined ? 0 : this.#revocation.held(environment, resource);
      all += held;
      if (held <= most) continue;
      most = held;
      biggest = environment;
    }
    return { environment: biggest, most, all };
  }
}
