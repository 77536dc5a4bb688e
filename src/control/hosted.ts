/** Environments made through the control plane, with the options and the code that they were started with: the kernel keeps none. */
import type { ApplianceInterface } from "../appliance/interface.js";
import { StoreError } from "../store/errors.js";
import { call } from "./plane.js";
import { ControlRefusal } from "./refusal.js";

type Options = Readonly<Record<string, unknown>>;

export interface WantedEnvironment {
  readonly name: string;
  readonly program: string;
  readonly options: Options;
  /** VCODE's text, of a downloaded one. */
  readonly code?: string | undefined;
  /** A path, the caller's unless told. */
  readonly owner?: string | undefined;
  /** It may send, under the caller's capability. */
  readonly transmit?: boolean | undefined;
  readonly slices?: number | undefined;
}

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
  /** Those that send under the root capability. */
  readonly #sending = new Set<number>();
  /** Where somebody has said how many they are to have. */
  readonly #slices = new Map<number, number>();

  constructor(appliance: ApplianceInterface) {
    this.#appliance = appliance;
  }

  /** The environment's number. */
  async create(capability: string, wanted: WantedEnvironment): Promise<number> {
    const { name, program, options, code, owner, transmit = false, slices } = wanted;
    const args = {
      name,
      program,
      options,
      ...(code === undefined ? {} : { code }),
      ...(owner === undefined ? {} : { owner: owner.split("/") }),
      ...(transmit ? { transmit: capability } : {}),
      ...(slices === undefined ? {} : { slices }),
    };
    const { environment } = await call(this.#appliance, capability, "createEnvironment", args);
    this.#options.set(environment, options);
    if (code !== undefined) this.#codes.set(environment, code);
    if (transmit && capability === this.#appliance.rootCapability) this.#sending.add(environment);
    if (slices !== undefined) this.#slices.set(environment, slices);
    return environment;
  }

  async destroy(capability: string, environment: number): Promise<void> {
    await call(this.#appliance, capability, "destroyEnvironment", { environment });
    this.#options.delete(environment);
    this.#codes.delete(environment);
    this.#sending.delete(environment);
    this.#slices.delete(environment);
  }

  /** Whoever gives or takes one by its position says that there are to be more, or fewer: not which, as positions are the kernel's. */
  sliced(environment: number, more: 1 | -1): void {
    this.#slices.set(environment, Math.max(0, (this.#slices.get(environment) ?? 1) + more));
  }

  /** What a profile says of its slices; those that its code takes or gives back are its own business. */
  slicesOf(environment: number): { readonly slices?: number } {
    const slices = this.#slices.get(environment);
    return slices === undefined ? {} : { slices };
  }

  /** What a profile says of its sending: nothing where it does so under less than the root, as the next start has no other. */
  sendingOf(environment: number): { readonly transmit?: true } {
    return this.#sending.has(environment) ? { transmit: true } : {};
  }

  /** VCODE's text, of a downloaded one. */
  codeOf(environment: number): string | undefined {
    return this.#codes.get(environment);
  }

  optionsOf(environment: number): Options {
    return this.#options.get(environment) ?? {};
  }
}
