/**
 * A profile is the whole configuration as one document: filters, environments, bindings, and what to
 * replay. This file makes an appliance of it.
 */
import type { BindingMode } from "../kernel/abi.js";
import type { NewPort, Speed } from "../kernel/calls.js";
import type { HandlerTerms } from "../kernel/calls-on-handlers.js";
import { LinkType } from "../wire/linktype.js";
import { type ApplianceInterface, CONTROL_ENVIRONMENT, type FilterLanguage, type TextError } from "./interface.js";
import type { ProfileWire } from "./profile-wire.js";

export interface ProfileFilter {
  readonly name: string;
  readonly language: FilterLanguage;
  readonly text: string;
}

export interface ProfileEnvironment {
  readonly name: string;
  readonly program: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Of a downloaded environment: VCODE's text. */
  readonly code?: string;
  /** It may send, under the capability of whoever makes it. */
  readonly transmit?: boolean;
  /** Of a downloaded environment: slices that it is to have, 1 unless said. */
  readonly slices?: number;
}

export interface ProfileBinding {
  readonly name: string;
  readonly filter: string;
  /** `control` is the environment that only counts. */
  readonly environment: string;
  readonly mode: BindingMode;
  readonly priority?: number;
  readonly handler?: ProfileAttachment;
}

export interface ProfileHandler {
  readonly name: string;
  readonly text: string;
}

/** How a binding has a handler; what is not said is as the kernel has it (kernel/budget.ts). */
export interface ProfileAttachment {
  readonly handler: string;
  readonly fuel?: number;
  readonly share?: number;
  readonly sends?: number;
  readonly port?: number;
  /** It may send, under the capability of whoever sets up. */
  readonly transmit?: boolean;
  /** For passTo and transfer, from 0. */
  readonly environments?: readonly string[];
  readonly clearAtEpoch?: boolean;
  /** Serial of the capability with which it ends; else the binding's. */
  readonly capability?: string;
}

export interface Profile {
  readonly filters: readonly ProfileFilter[];
  readonly handlers?: readonly ProfileHandler[];
  readonly environments: readonly ProfileEnvironment[];
  readonly bindings: readonly ProfileBinding[];
  /** Numbers of their ends count from 240, in this order. */
  readonly ports?: readonly ProfileWire[];
  readonly replay?: {
    readonly captures: readonly string[];
    readonly speed?: Speed;
    readonly loop?: number;
    readonly lossless?: boolean;
  };
}

/** What stands in the way, with the places where it is a filter's text. */
export class ProfileError extends Error {
  readonly code: string;
  readonly subject: string;
  readonly errors: readonly TextError[];
  constructor(code: string, subject: string, detail: string, errors: readonly TextError[] = []) {
    super(`${subject}: ${detail}`);
    this.code = code;
    this.subject = subject;
    this.errors = errors;
  }
}

/** The call that makes a wire. */
export function newWire({ name, hairpin = false, linkType = LinkType.ethernet, owner, ...said }: ProfileWire): NewPort {
  const { delayNs = 0, rate = 0, loss = 0, duplicate = 0, reorder = 0, corrupt = 0, seed = 0 } = said;
  const options = { delayNs, rate, loss, duplicate, reorder, corrupt, seed };
  const wire = { kind: "wire", name, hairpin, linkType, options } as const;
  return owner === undefined ? wire : { ...wire, owner: owner.split("/") };
}

/** Creates ports and environments, and the bindings all at once; numbers of the bindings by their place in the profile. Throws a ProfileError. */
export async function assemble(
  appliance: ApplianceInterface,
  capability: string,
  profile: Profile,
): Promise<readonly number[]> {
  const environments = new Map([["control", CONTROL_ENVIRONMENT]]);
  for (const wire of profile.ports ?? []) {
    const answer = await appliance.call(capability, "createPort", newWire(wire));
    if (!answer.ok) throw new ProfileError(answer.error, `port ${wire.name}`, answer.detail);
  }
  for (const { name, program, options = {}, code, transmit, slices } of profile.environments) {
    const coded = code === undefined ? {} : { code };
    const sending = transmit === true ? { transmit: capability } : {};
    const sliced = slices === undefined ? {} : { slices };
    const args = { name, program, options, ...coded, ...sending, ...sliced };
    const answer = await appliance.call(capability, "createEnvironment", args);
    if (!answer.ok) throw new ProfileError(answer.error, `environment ${name}`, answer.detail, answer.errors);
    environments.set(name, answer.result.environment);
  }
  const filters = new Map(profile.filters.map((filter) => [filter.name, filter]));
  const checked = await Promise.all(profile.bindings.map((binding) => checkedFilter(appliance, filters, binding)));
  const bindings = profile.bindings.map(({ name, mode, priority = 0, ...binding }, at) => {
    const environment = environments.get(binding.environment);
    if (environment === undefined) {
      throw new ProfileError("E_NO_ENVIRONMENT", `binding ${name}`, `no environment ${binding.environment}`);
    }
    return { name, environment, mode, priority, filter: checked[at]! };
  });
  const answer = await appliance.call(capability, "exchange", { bindings, release: [] });
  if (answer.ok) {
    await attachHandlers(appliance, capability, profile, environments, answer.result.bindings);
    return answer.result.bindings;
  }
  const wrong = answer.at === undefined ? undefined : profile.bindings[answer.at];
  const subject = wrong === undefined ? "bindings" : `binding ${wrong.name} of filter ${wrong.filter}`;
  throw new ProfileError(answer.error, subject, answer.detail);
}

async function attachHandlers(
  appliance: ApplianceInterface,
  capability: string,
  { handlers = [], bindings }: Profile,
  environments: ReadonlyMap<string, number>,
  numbers: readonly number[],
): Promise<void> {
  for (const [at, { name, handler: attachment }] of bindings.entries()) {
    if (attachment === undefined) continue;
    const found = handlers.find((one) => one.name === attachment.handler);
    if (found === undefined)
      throw new ProfileError("E_NO_HANDLER", `binding ${name}`, `no handler ${attachment.handler}`);
    const handler = { name: found.name, text: found.text };
    const terms = termsOf(attachment, capability, (environment) => {
      const id = environments.get(environment);
      if (id === undefined)
        throw new ProfileError("E_NO_ENVIRONMENT", `binding ${name}`, `no environment ${environment}`);
      return id;
    });
    const answer = await appliance.call(capability, "bindHandler", { binding: numbers[at] ?? 0, handler, ...terms });
    if (!answer.ok) throw new ProfileError(answer.error, `handler ${found.name}`, answer.detail, answer.errors);
  }
}

/** `numberOf`: of an environment, by its name. */
export function termsOf(
  { fuel, share, sends, port, transmit = false, environments = [], clearAtEpoch }: ProfileAttachment,
  capability: string,
  numberOf: (environment: string) => number,
): HandlerTerms {
  const budget = {
    ...(fuel === undefined ? {} : { fuel }),
    ...(share === undefined ? {} : { share }),
    ...(sends === undefined ? {} : { sends }),
  };
  return {
    budget,
    passTo: environments.map(numberOf),
    ...(transmit ? { transmit: capability } : {}),
    ...(port === undefined ? {} : { port }),
    ...(clearAtEpoch === undefined ? {} : { clearAtEpoch }),
  };
}

async function checkedFilter(
  appliance: ApplianceInterface,
  filters: ReadonlyMap<string, ProfileFilter>,
  { name, filter }: ProfileBinding,
) {
  const found = filters.get(filter);
  if (found === undefined) throw new ProfileError("E_NO_FILTER", `binding ${name}`, `no filter ${filter}`);
  const checked = await appliance.check(found.text, found.language);
  if (checked.ok) return checked.filter;
  const [first] = checked.errors;
  const place = first === undefined ? "" : `${first.line}:${first.column}: ${first.message}`;
  throw new ProfileError(first?.code ?? "E_FILTER", `filter ${filter}`, place, checked.errors);
}
