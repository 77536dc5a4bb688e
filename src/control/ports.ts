/**
 * Ports made through the control plane. Wires are part of the profile, and come again at the next start; a file is written once: it lies in
 * the data folder under its port's name, and its port ends with the server.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ApplianceInterface } from "../appliance/interface.js";
import { newWire } from "../appliance/profile.js";
import type { ProfileWire } from "../appliance/profile-wire.js";
import { call } from "./plane.js";
import type { Port } from "./protocol-ports.js";

const ETHERNET = 1;

export class ControlPorts {
  readonly #appliance: ApplianceInterface;
  readonly #folder: string;
  readonly #wires = new Map<string, ProfileWire>();

  /** `folder`: where files go. */
  constructor(appliance: ApplianceInterface, folder: string) {
    this.#appliance = appliance;
    this.#folder = folder;
  }

  /** As a profile has them. */
  wires(): ProfileWire[] {
    return [...this.#wires.values()];
  }

  async list(capability: string): Promise<readonly Port[]> {
    return (await call(this.#appliance, capability, "ports", {})).ports;
  }

  /** The numbers of its ends. */
  async addWire(capability: string, wire: ProfileWire): Promise<readonly number[]> {
    const { ports } = await call(this.#appliance, capability, "createPort", newWire(wire));
    this.#wires.set(wire.name, wire);
    return ports;
  }

  async addFile(capability: string, name: string, linkType = ETHERNET): Promise<readonly number[]> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${name}.pcapng`);
    return (await call(this.#appliance, capability, "createPort", { kind: "file", name, path, linkType })).ports;
  }

  async remove(capability: string, name: string): Promise<void> {
    await call(this.#appliance, capability, "destroyPort", { name });
    this.#wires.delete(name);
  }

  /** These wires and no others; those that are there as they are wanted stay. Throws with as many changed as could be. */
  async become(capability: string, wanted: readonly ProfileWire[]): Promise<void> {
    for (const wire of this.wires()) {
      if (!wanted.some((one) => isDeepStrictEqual(one, wire))) await this.remove(capability, wire.name);
    }
    for (const wire of wanted) if (!this.#wires.has(wire.name)) await this.addWire(capability, wire);
  }
}
