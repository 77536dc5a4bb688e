/** Environments made through the control plane, with the options that they were started with: the kernel keeps none. */
import type { ApplianceInterface } from "../appliance/interface.js";
import { call } from "./plane.js";
import { ControlRefusal } from "./refusal.js";

type Options = Readonly<Record<string, unknown>>;

/** Throws E_OPTIONS with this pointer. */
export function checkOptions(options: Options | undefined, most: number, pointer: string): void {
  const octets = options === undefined ? 0 : Buffer.byteLength(JSON.stringify(options));
  if (octets <= most) return;
  const message = `${octets} octets of JSON, at most ${most}`;
  throw new ControlRefusal("E_OPTIONS", message, [{ message, pointer }]);
}

export class Hosted {
  readonly #appliance: ApplianceInterface;
  readonly #options = new Map<number, Options>();

  constructor(appliance: ApplianceInterface) {
    this.#appliance = appliance;
  }

  /** The environment's number. `owner`: a path, the caller's unless told. */
  async create(capability: string, name: string, program: string, options: Options, owner?: string): Promise<number> {
    const args = { name, program, options, ...(owner === undefined ? {} : { owner: owner.split("/") }) };
    const { environment } = await call(this.#appliance, capability, "createEnvironment", args);
    this.#options.set(environment, options);
    return environment;
  }

  async destroy(capability: string, environment: number): Promise<void> {
    await call(this.#appliance, capability, "destroyEnvironment", { environment });
    this.#options.delete(environment);
  }

  optionsOf(environment: number): Options {
    return this.#options.get(environment) ?? {};
  }
}
