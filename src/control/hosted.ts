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
  /** Those that send under the root capability. */
  readonly #sending = new Set<number>();

  constructor(appliance: ApplianceInterface) {
    this.#appliance = appliance;
  }

  /** The environment's number. `transmit`: it may send, under this capability. */
  async create(capability: string, name: string, program: string, options: Options, transmit = false): Promise<number> {
    const asked = { name, program, options, ...(transmit ? { transmit: capability } : {}) };
    const { environment } = await call(this.#appliance, capability, "createEnvironment", asked);
    this.#options.set(environment, options);
    if (transmit && capability === this.#appliance.rootCapability) this.#sending.add(environment);
    return environment;
  }

  async destroy(capability: string, environment: number): Promise<void> {
    await call(this.#appliance, capability, "destroyEnvironment", { environment });
    this.#options.delete(environment);
    this.#sending.delete(environment);
  }

  /** What a profile says of its sending: nothing where it does so under less than the root, as the next start has no other. */
  sendingOf(environment: number): { readonly transmit?: true } {
    return this.#sending.has(environment) ? { transmit: true } : {};
  }

  optionsOf(environment: number): Options {
    return this.#options.get(environment) ?? {};
  }
}
