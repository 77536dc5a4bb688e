/** Environments made through the control plane, with the options and the code that they were started with: the kernel keeps none. */
import type { ApplianceInterface } from "../appliance/interface.js";
import { StoreError } from "../store/errors.js";
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

/** Throws E_TEXT_TOO_LONG. */
export function checkCode(code: string | undefined, most: number): void {
  const octets = Buffer.byteLength(code ?? "");
  if (octets > most) throw new StoreError("E_TEXT_TOO_LONG", `${octets} octets, at most ${most}`);
}

export class Hosted {
  readonly #appliance: ApplianceInterface;
  readonly #options = new Map<number, Options>();
  readonly #codes = new Map<number, string>();

  constructor(appliance: ApplianceInterface) {
    this.#appliance = appliance;
  }

  /** The environment's number. */
  async create(
    capability: string,
    name: string,
    program: string,
    options: Options,
    code: string | undefined,
  ): Promise<number> {
    const args = { name, program, options, ...(code === undefined ? {} : { code }) };
    const { environment } = await call(this.#appliance, capability, "createEnvironment", args);
    this.#options.set(environment, options);
    if (code !== undefined) this.#codes.set(environment, code);
    return environment;
  }

  async destroy(capability: string, environment: number): Promise<void> {
    await call(this.#appliance, capability, "destroyEnvironment", { environment });
    this.#options.delete(environment);
    this.#codes.delete(environment);
  }

  /** VCODE's text, of a downloaded one. */
  codeOf(environment: number): string | undefined {
    return this.#codes.get(environment);
  }

  optionsOf(environment: number): Options {
    return this.#options.get(environment) ?? {};
  }
}
