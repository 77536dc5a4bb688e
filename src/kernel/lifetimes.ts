/**
 * How environments come and go, are run from outside, and asked to give back. What one that is destroyed held goes back here: bindings, what is asked of
 * it, handles, its code, its pages.
 */
import { Cause, ContextPage, MESSAGE_REGISTERS } from "./abi.js";
import type { Activations } from "./activation.js";
import type { Authority } from "./authority.js";
import { NAME } from "./binder.js";
import type { BindingRecord, Bindings } from "./binding.js";
import type { ActivationEnd, Calls, SlicesView } from "./calls.js";
import { requireRight } from "./capabilities.js";
import { type Capability, rules } from "./capability.js";
import type { Cpu } from "./cpu.js";
import type { Link } from "./downloaded.js";
import type { Environment, Environments } from "./environment.js";
import type { Handles } from "./handles.js";
import type { Holdings } from "./holdings.js";
import type { KernelError } from "./kerrno.js";
import { MAX_OUTSIDE_FUEL } from "./limits.js";
import { Refusal } from "./refusal.js";
import { RepossessionVector } from "./repossession.js";
import type { Tell } from "./trace.js";

/** What the kernel alone may say, since the words name an environment, or what it did: the called believe them. */
const KERNELS_OWN: readonly number[] = [
  Cause.syncCall,
  Cause.asyncCall,
  Cause.syncReturn,
  Cause.exception,
  Cause.epoch,
  Cause.changed,
];
const CAUSES = Object.values(Cause).filter((cause) => !KERNELS_OWN.includes(cause));

export interface LifetimeParts {
  readonly environments: Environments;
  readonly activations: Activations;
  readonly cpu: Cpu;
  readonly authority: Authority;
  readonly handles: Handles;
  readonly bindings: Bindings;
  readonly holdings: Holdings;
  /** Ends bindings. */
  readonly release: (records: readonly BindingRecord[]) => void;
  /** Throws where the text is no capability that may transmit. */
  readonly maySend: (capability: string) => void;
  /** The environment gets nothing more, and nothing of it runs. */
  readonly stop: (environment: Environment) => void;
  readonly epoch: () => number;
  readonly tell: Tell;
}

export class Lifetimes {
  readonly #parts: LifetimeParts;

  constructor(parts: LifetimeParts) {
    this.#parts = parts;
  }

  /**
   * `link`: of a downloaded environment, makes its image. Throws a Refusal, and there is none then; with E_NO_MEMORY, whoever holds most
   * pages is asked for some.
   */
  create(args: Calls["createEnvironment"]["args"], by: Capability, link?: Link): Calls["createEnvironment"]["result"] {
    const { environments, handles, tell } = this.#parts;
    const { owner = by.name, name, program, transmit } = args;
    if (!NAME.test(name)) throw new Refusal("E_NAME");
    if (!rules(by.name, owner)) throw new Refusal("E_CAPABILITY_OWNER", owner.join("/"));
    if (transmit !== undefined) this.#parts.maySend(transmit);
    this.#checkSlices(args.slices ?? 1, by);
    const environment = environments.create(name, program, this.#parts.epoch(), transmit !== undefined);
    if (environment === "E_NO_MEMORY") this.#lacks(program, transmit !== undefined);
    if (typeof environment === "string") throw new Refusal(environment);
    environment.owner = owner;
    if (link !== undefined) this.#download(environment, link, args.slices);
    if (transmit !== undefined) environment.sendHandle = handles.open(environment.id, transmit);
    tell("environmentCreated", environment.id);
    const start = environments.start(environment, args.options, environment.sendHandle);
    return { environment: environment.id, start };
  }

  /** Throws E_NO_ENVIRONMENT, E_CAPABILITY_OWNER, E_NOT_DOWNLOADED, E_ARGUMENT. */
  activate({ environment, cause, message, fuel }: Calls["activate"]["args"], by: Capability): ActivationEnd {
    this.#downloaded(environment, by);
    if (!CAUSES.some((known) => known === cause))
      throw new Refusal("E_ARGUMENT", `no activation from outside has the cause ${cause}`);
    if (fuel < 0 || fuel > MAX_OUTSIDE_FUEL) throw new Refusal("E_ARGUMENT", `fuel is at most ${MAX_OUTSIDE_FUEL}`);
    const words = message.map((word) => word | 0);
    if (words.length > MESSAGE_REGISTERS) throw new Refusal("E_ARGUMENT", `at most ${MESSAGE_REGISTERS} words`);
    const { cpu } = this.#parts;
    const end = cpu.processor.runNow(environment, cause, fuel, words);
    // An heir may have dealt with packets.
    cpu.collect();
    return end;
  }

  /** Asks an environment that the caller has authority over to give back; throws a Refusal. */
  reclaim(args: Calls["reclaim"]["args"], by: Capability): Calls["reclaim"]["result"] {
    this.#parts.authority.holder(by, args.environment);
    return this.#parts.holdings.reclaim(args);
  }

  /** Throws E_NO_ENVIRONMENT, E_CAPABILITY_OWNER, E_NOT_DOWNLOADED, and what slices.ts refuses. */
  allocateSlice({ environment, position }: Calls["allocateSlice"]["args"], by: Capability): SlicesView {
    const { cpu } = this.#parts;
    cpu.slices.allocate(this.#downloaded(environment, by).id, position);
    return cpu.book;
  }

  releaseSlice({ environment, position }: Calls["releaseSlice"]["args"], by: Capability): SlicesView {
    const { cpu } = this.#parts;
    cpu.slices.release(this.#downloaded(environment, by).id, position);
    return cpu.book;
  }

  /** First half of destroying: it gets nothing more. Throws where there is none, it is another's, or it is leaving already. */
  beginDestroying(id: number, by: Capability): Environment {
    const environment = this.#parts.authority.ruled(by, id, ({ leaving }) => !leaving);
    environment.leaving = true;
    this.#parts.stop(environment);
    return environment;
  }

  /** Second half, when its worker has ended: whatever becomes of the programs that name its bindings. Gives their slots. */
  destroy(environment: Environment): number[] {
    const { bindings, holdings, handles, activations, environments, tell } = this.#parts;
    const records = [...bindings.all()].filter((record) => record.environment === environment.id);
    this.#parts.release(records);
    holdings.forget(environment);
    handles.closeAll(environment.id);
    activations.destroy(environment.id);
    environments.destroy(environment);
    tell("environmentDestroyed", environment.id);
    return records.map(({ slot }) => slot);
  }

  #checkSlices(slices: number, by: Capability): void {
    const { count } = this.#parts.cpu.slices;
    if (!(Number.isSafeInteger(slices) && slices >= 0 && slices <= count))
      throw new Refusal("E_ARGUMENT", `slices are at most ${count}`);
    if (slices > 1) requireRight(by, "allocate");
  }

  #download(environment: Environment, link: Link, slices?: number): void {
    const { environments, activations, cpu } = this.#parts;
    const gone = (error: KernelError, detail?: string): Refusal => {
      environments.destroy(environment);
      return new Refusal(error, detail);
    };
    try {
      const made = activations.create(environment.id, link);
      if (made === "E_NO_MEMORY") this.#lacks(environment.program, false);
      if (typeof made === "string") throw gone(made);
      const vector = made.context + ContextPage.repossession;
      environment.vector = new RepossessionVector(environments.pages.memory.words, vector);
      cpu.admit(environment.id, slices);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // It was too much for the engine that is to run it.
      throw gone("E_IMAGE", error instanceof Error ? error.message : String(error));
    }
  }

  /** One cannot be made for want of pages: that is pressure, for the control plane's sake. */
  #lacks(program: string, sends: boolean): void {
    const { environments, holdings } = this.#parts;
    holdings.pressure.wanted(0, environments.pagesFor(program, sends));
  }

  #downloaded(id: number, by: Capability): Environment {
    const found = this.#parts.authority.environment(by, id);
    if (this.#parts.activations.get(id) === undefined) throw new Refusal("E_NOT_DOWNLOADED");
    return found;
  }
}
