/** Environments that a person makes from the page, and the taps that feed them. */
import { RequestError, request } from "./http.js";
import { environments, filters } from "./store.js";

export const PROGRAMS = ["monitor", "exos"] as const;
/** They give back when asked, or misbehave, so that it can be seen that this costs the others nothing. */
export const DEMONSTRATIONS = ["citizen", "greedy", "looper", "thrower", "hog", "forger"] as const;
export type Program = (typeof PROGRAMS)[number] | (typeof DEMONSTRATIONS)[number];

export const PROGRAM_WORDS: Record<Program, string> = {
  monitor: "keeps a record of each flow: addresses, ports, packets, octets, times, TCP flags",
  exos: "a network stack that listens: reassembles both directions of every TCP connection",
  citizen: "holds pages and gives them back when asked, or too late: for the drill",
  greedy: "keeps every packet and gives nothing back",
  looper: "hangs at its first packet, and is ended when it has not looked at its ring for too long",
  thrower: "throws at its first packet",
  forger: "asks the kernel for what belongs to others, with forged handles and names: every attempt is refused",
  hog: "takes memory with every packet, until its heap is exhausted",
};

/** The filter that taps everything; made when it is first needed. */
const EVERYTHING = "every-packet";
const EVERYTHING_TEXT = "# Every packet.\ntrue\n";

/** `stem`, or the first of `stem`-2, `stem`-3, … that no environment has. */
export function freeEnvironmentName(stem: string): string {
  const taken = new Set(environments.value.map((one) => one.name));
  let name = stem;
  for (let number = 2; taken.has(name); number++) name = `${stem.slice(0, 60)}-${number}`;
  return name;
}

interface Wanted {
  /** "": a free one, after the program. */
  readonly name?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** It taps every packet; unless said otherwise. */
  readonly tap?: boolean;
}

/** Makes an environment that runs a program; its name. Rejects with RequestError. */
export async function createTapped(program: Program, wanted: Wanted = {}): Promise<string> {
  const { options = {}, tap = true } = wanted;
  const name = wanted.name === undefined || wanted.name === "" ? freeEnvironmentName(program) : wanted.name;
  const made = await request<{ environment: number }>("POST", "environments", { json: { name, program, options } });
  if (tap) await tapEverything(made.environment, name);
  return name;
}

async function tapEverything(environment: number, name: string): Promise<void> {
  if (!filters.value.some((filter) => filter.name === EVERYTHING)) {
    await request("PUT", `filters/${EVERYTHING}.dpf?bind=no`, { text: EVERYTHING_TEXT });
  }
  await bindTap(EVERYTHING, environment, name);
}

/** The control plane's own environment: its bindings count, and nobody reads what they get. */
const COUNT_ONLY = 0;

/** Binds a filter as a tap; the binding is named after the filter, and after an environment that is not the control plane's. */
export async function bindTap(filter: string, environment: number, environmentName = ""): Promise<void> {
  const name = environment === COUNT_ONLY ? filter : `${filter}.${environmentName}`.slice(0, 64);
  await request("POST", "bindings", { json: { filter, environment, mode: "tap", name } });
}

export async function unbind(binding: number): Promise<void> {
  await request("DELETE", `bindings/${binding}`);
}

export async function destroy(environment: number): Promise<void> {
  await request("DELETE", `environments/${environment}`);
}

/** Asks a hosted environment's program; null where it is gone or dead, which its row says. */
export async function query<T>(environment: number, what: string, signal: AbortSignal): Promise<T | null> {
  try {
    return await request<T>("GET", `environments/${environment}/query/${what}`, undefined, signal);
  } catch (error) {
    if (error instanceof RequestError || signal.aborted) return null;
    throw error;
  }
}
