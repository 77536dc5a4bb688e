/**
 * Who may act on which environment, and what is granted to one. Whoever is at or above the path under which an environment was made
 * rules it; it may act on itself, by a capability that was granted to it.
 */
import { type Capabilities, type CapabilityChange, requireRight } from "./capabilities.js";
import { type Capability, rules, type Wanted } from "./capability.js";
import type { Environment, Environments } from "./environment.js";
import type { Handles } from "./handles.js";
import { Refusal } from "./refusal.js";

export class Authority {
  readonly #environments: Environments;
  readonly #capabilities: Capabilities;
  readonly #handles: Handles;

  constructor(environments: Environments, capabilities: Capabilities, handles: Handles) {
    this.#environments = environments;
    this.#capabilities = capabilities;
    this.#handles = handles;
  }

  /**
   * It was made at or below the caller's path, it is the control plane's, which only counts, or what the caller shows was granted to it,
   * or derived from that.
   */
  mayActOn(by: Capability, { id, owner }: Environment): boolean {
    return id === 0 || rules(by.name, owner) || this.#capabilities.isFor(by, id);
  }

  /** One that the caller may act on. E_NO_ENVIRONMENT, E_CAPABILITY_OWNER. */
  environment(by: Capability, id: number): Environment {
    const found = this.#environments.get(id);
    if (found === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    if (!this.mayActOn(by, found)) throw new Refusal("E_CAPABILITY_OWNER", `the environment ${found.name}`);
    return found;
  }

  /** One whose holdings the caller may ask back; the control plane's are many callers', so that only who rules it may. Throws as above. */
  holder(by: Capability, id: number): Environment {
    const found = this.environment(by, id);
    if (id === 0 && !rules(by.name, found.owner))
      throw new Refusal("E_CAPABILITY_OWNER", "the control plane's holdings");
    return found;
  }

  /** One that the caller rules, not the control plane's. E_NO_ENVIRONMENT, E_CAPABILITY_OWNER. */
  ruled(by: Capability, id: number, isThere: (environment: Environment) => boolean): Environment {
    const found = this.#environments.get(id);
    if (found === undefined || id === 0 || !isThere(found)) throw new Refusal("E_NO_ENVIRONMENT");
    if (!rules(by.name, found.owner)) throw new Refusal("E_CAPABILITY_OWNER", `the environment ${found.name}`);
    return found;
  }

  /** A capability for an environment that the caller has authority over; throws a Refusal. */
  grantTo(by: Capability, id: number, name: string, wanted: Wanted): CapabilityChange {
    this.ruled(by, id, ({ state }) => state === "alive");
    requireRight(by, "grant");
    this.#handles.requireRoom(id);
    return this.#capabilities.grant(by, id, name, wanted);
  }

  /** The handle of what was granted; throws a Refusal. */
  openGranted(id: number, serial: string): number {
    const held = this.#capabilities.held(serial);
    if (held === undefined || this.#environments.get(id) === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    return this.#handles.install(id, held);
  }
}
