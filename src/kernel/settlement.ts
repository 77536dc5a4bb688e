/**
 * What happens at a batch boundary: packets that environments are done with come back, what they ask for is done, what they did not
 * give in time is taken, and who keeps everybody waiting is late. Each packet that was in flight is counted here, once.
 */
import { wallNs } from "../machine/clock.js";
import { DELIVERY_CAUSES } from "./books.js";
import type { Cpu } from "./cpu.js";
import type { Environment, Environments, HostedEnvironment } from "./environment.js";
import type { Watch } from "./heartbeat.js";
import type { Holdings } from "./holdings.js";
import type { Ledger } from "./ledger.js";
import { REVOCATION_DEADLINE_MS } from "./limits.js";
import type { Tell } from "./trace.js";

const CUT_OFF = DELIVERY_CAUSES.indexOf("cutOff");

export interface SettlementParts {
  readonly environments: Environments;
  readonly ledger: Ledger;
  readonly holdings: Holdings;
  readonly cpu: Cpu;
  readonly watch: Watch;
  readonly fail: (environment: Environment, reason: string | null) => void;
  /** Somebody missed a deadline. */
  readonly late: () => void;
  readonly tell: Tell;
}

export class Settlement {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Lossless: downloaded environments run until each has dealt with its packets, or is late: its time is over, told in fuel. */
  boundary(): void {
    this.#parts.cpu.boundary();
    for (const environment of this.#parts.environments.downloaded) {
      if ((environment.inbox?.waiting ?? 0) > 0) this.#late(environment);
      else environment.late = false;
    }
  }

  /**
   * Takes back what environments are done with, does what they ask for, and takes what they did not give in time. Lossless:
   * waits until each has given everything back. Whoever asks for something meanwhile waits, too: nothing is done before all
   * others have come as far, so what happens depends on the packets alone.
   */
  settle(lossless: boolean): void {
    // Where nobody is waited for or watched it does not matter what time it is.
    const began = lossless || this.#parts.environments.hosted.length > 0 ? wallNs() : 0;
    const deadline = lossless ? began + REVOCATION_DEADLINE_MS * 1e6 : 0;
    // All of them before the first is waited for.
    if (lossless) this.#parts.environments.rouse(began);
    do for (const environment of this.#parts.environments.hosted) this.#collect(environment, lossless, deadline);
    while (this.perform() > 0 && wallNs() < deadline);
    if (lossless && this.#parts.cpu.waiting > 0) this.boundary();
    const now = lossless ? wallNs() : began;
    for (const environment of this.#parts.environments.hosted) {
      if (environment.ring.depth === 0) environment.late = false;
      else if (lossless && !environment.late) this.#late(environment);
      this.#parts.watch.look(environment, now);
    }
    this.#parts.holdings.tend();
  }

  /**
   * Everybody is told of the epoch and has dealt with it, or is late; downloaded environments in their slices, and one that has no
   * time now before anything else that waits for it.
   */
  awaitEpoch(epoch: number): void {
    const { hosted, downloaded } = this.#parts.environments;
    for (const { id } of downloaded) this.#parts.cpu.processor.tellEpoch(id, epoch);
    this.#parts.cpu.boundary();
    const deadline = wallNs() + REVOCATION_DEADLINE_MS * 1e6;
    for (const environment of hosted) environment.ring.tellEpoch(epoch);
    let unseen: readonly HostedEnvironment[];
    do unseen = this.#parts.environments.hosted.filter((each) => !this.#hasSeen(each, epoch, deadline));
    while (this.perform() > 0 && wallNs() < deadline);
    for (const environment of unseen) this.#late(environment);
    const now = wallNs();
    for (const environment of this.#parts.environments.hosted) this.#parts.watch.look(environment, now);
  }

  #collect(environment: HostedEnvironment, lossless: boolean, deadline: number): void {
    const { ring, calls, heartbeat } = environment;
    const wait = lossless && !environment.late && environment.state === "alive";
    const until = (now: number) => calls.waiting > 0 || heartbeat.hangs(now);
    this.#returned(environment, wait ? ring.awaitDrained(deadline, wallNs, until) : ring.collect());
    if (wait && ring.failed) this.#parts.fail(environment, null);
    if (!ring.lied) return;
    this.#parts.tell("ringLied", environment.id);
    this.#parts.fail(environment, "it gave back what it never had: its tail cannot be");
  }

  #hasSeen({ ring, calls, heartbeat, state }: HostedEnvironment, epoch: number, deadline: number): boolean {
    const until = (now: number) => calls.waiting > 0 || heartbeat.hangs(now);
    return state === "alive" && ring.awaitEpoch(epoch, deadline, wallNs, until);
  }

  /** What environments have asked for; how many calls. */
  perform(): number {
    return this.#parts.holdings.perform(this.#parts.environments.hosted, (environment) =>
      this.#parts.fail(environment, "it asked for more than its call ring holds: its cursor cannot be"),
    );
  }

  /** So many packets in flight to it are undelivered, for this cause. */
  lost(environment: Environment, entries: number, cause: number): void {
    this.#parts.ledger.inFlight -= entries;
    this.#parts.ledger.undelivered[cause]! += entries;
    environment.undelivered[cause]! += entries;
  }

  /** Activations that had packets have ended. */
  ended(environment: Environment, delivered: number, cutOff: number): void {
    this.#returned(environment, delivered);
    this.lost(environment, cutOff, CUT_OFF);
  }

  #late(environment: Environment): void {
    if (!environment.late) this.#parts.tell("environmentLate", environment.id);
    environment.late = true;
    this.#parts.late();
  }

  #returned(environment: Environment, count: number): void {
    environment.delivered += count;
    this.#parts.ledger.delivered += count;
    this.#parts.ledger.inFlight -= count;
  }
}
