/**
 * Capabilities that environments act under: checked in full when they are granted, then named by a handle that only the kernel can turn into
 * the capability. Handles of one environment count from 1.
 */
import { wallMs } from "../machine/clock.js";
import type { Right } from "./abi.js";
import { allows, type Capability } from "./capability.js";
import { Refusal } from "./refusal.js";

export class Grants {
  readonly #held = new Map<number, Capability[]>();

  /** The capability must have been checked; gives its handle. */
  grant(environment: number, capability: Capability): number {
    const held = this.#held.get(environment) ?? [];
    this.#held.set(environment, held);
    return held.push(capability);
  }

  /** Whatever the environment held it holds no longer. */
  drop(environment: number): void {
    this.#held.delete(environment);
  }

  /** Throws a Refusal. */
  readonly authority = (environment: number, handle: number, right: Right): Capability => {
    const capability = this.#held.get(environment)?.[handle - 1];
    if (capability === undefined) throw new Refusal("E_CAPABILITY_FORGED", "the environment has no such handle");
    if (capability.expires !== 0 && capability.expires <= wallMs()) throw new Refusal("E_CAPABILITY_EXPIRED");
    if (!allows(capability, right)) throw new Refusal("E_CAPABILITY_RIGHT", `this call needs the right '${right}'`);
    return capability;
  };
}
