/**
 * Handlers by name, and the bindings that they are attached to. A handler's text changes in all its bindings and in the store, or
 * nowhere, as a filter's does (library.ts). Calls here are made in turns (turns.ts), and with the caller's capability.
 */
import { type ApplianceInterface, CONTROL_ENVIRONMENT, type TextError } from "../appliance/interface.js";
import { termsOf } from "../appliance/profile.js";
import type { HandlerView } from "../kernel/handler-calls.js";
import type { HandlerStore, StoredHandler } from "../store/handlers.js";
import type { Store } from "../store/store.js";
import { CONTROL_NAME } from "./library.js";
import { call } from "./plane.js";
import type { BoundHandler, HandlerAttachment, HandlerSummary } from "./protocol.js";
import { ControlRefusal, KernelRefusal, placeOf } from "./refusal.js";
import { undone } from "./undo.js";

/** What becomes of state where a handler's text is replaced: kept where its layout is the same, or must be, or zeros. */
export type StateWish = "keep" | "new" | undefined;

export interface PutHandler {
  readonly name: string;
  /** False where a handler of this name was there. */
  readonly created: boolean;
  readonly bindings: readonly number[];
  /** Whether all bindings have gone on with the state that they had. */
  readonly stateKept: boolean;
}

interface Attached {
  readonly attachment: HandlerAttachment;
  /** Texts that have run there, so that it is known which is told of. */
  readonly replaced: number;
  /** It sends under the root capability: the next start may bring it back as it was. */
  readonly isRoot: boolean;
}

export class Handlers {
  readonly #appliance: ApplianceInterface;
  readonly #store: Store;
  readonly #attached = new Map<number, Attached>();

  constructor(appliance: ApplianceInterface, store: Store) {
    this.#appliance = appliance;
    this.#store = store;
  }

  get texts(): HandlerStore {
    return this.#store.handlers;
  }

  /** Without the texts. */
  summaries(): HandlerSummary[] {
    return this.#store.handlers.list().map(({ name, text }) => {
      return { name, octets: Buffer.byteLength(text), bindings: this.bindingsOf(name) };
    });
  }

  bindingsOf(name: string): readonly number[] {
    return [...this.#attached.keys()].filter((binding) => this.attachmentOf(binding)?.handler === name);
  }

  /** Of a living binding that has one. */
  attachmentOf(binding: number): HandlerAttachment | undefined {
    if (!this.#appliance.bindings.has(binding)) this.#attached.delete(binding);
    return this.#attached.get(binding)?.attachment;
  }

  /** What a profile says of it: what the next start, which has the root capability alone, may do again. */
  keptOf(binding: number): HandlerAttachment | undefined {
    const attached = this.#attached.get(binding);
    const attachment = this.attachmentOf(binding);
    return attached === undefined || attachment === undefined ? undefined : keptAttachment(attachment, attached.isRoot);
  }

  /** Throws E_TEXT with the places of the errors. */
  async check(text: string): Promise<void> {
    const checked = await this.#appliance.handlers.check(text);
    if (!checked.ok) throw refusedText(checked.errors);
  }

  /** Known: in the place of the one before, in all bindings at once. Throws E_TEXT; E_LAYOUT where state was to be kept and cannot be. */
  async put(capability: string, handler: StoredHandler, state: StateWish): Promise<PutHandler> {
    this.#store.handlers.checkPut(handler);
    await this.check(handler.text);
    const old = this.#store.handlers.find(handler.name);
    const bindings = this.bindingsOf(handler.name);
    const stateKept = await this.#swap(capability, bindings, handler, state);
    try {
      this.#store.handlers.put(handler);
    } catch (error) {
      throw await undone(error, async () => {
        if (old !== undefined) await this.#swap(capability, bindings, old, undefined);
      });
    }
    for (const binding of bindings) this.#count(binding);
    return { name: handler.name, created: old === undefined, bindings, stateKept };
  }

  /** Whether state was kept everywhere. */
  async #swap(
    capability: string,
    bindings: readonly number[],
    { name, text }: StoredHandler,
    state: StateWish,
  ): Promise<boolean> {
    if (bindings.length === 0) return true;
    const swap = (keepState: boolean) => {
      const handler = { name, language: "ash", text } as const;
      return call(this.#appliance, capability, "swapHandler", { bindings, handler, keepState });
    };
    if (state === "new") {
      await swap(false);
      return false;
    }
    try {
      await swap(true);
      return true;
    } catch (error) {
      const isOther = error instanceof KernelRefusal && error.code === "E_LAYOUT";
      if (!isOther || state === "keep") throw error;
      await swap(false);
      return false;
    }
  }

  #count(binding: number): void {
    const attached = this.#attached.get(binding);
    if (attached !== undefined) this.#attached.set(binding, { ...attached, replaced: attached.replaced + 1 });
  }

  /** Throws E_NO_HANDLER, E_HANDLER_BOUND. */
  async remove(capability: string, name: string, unbind: boolean): Promise<void> {
    this.#store.handlers.get(name);
    const bindings = this.bindingsOf(name);
    if (bindings.length > 0 && !unbind) throw new ControlRefusal("E_HANDLER_BOUND", `${bindings.length} bindings`);
    for (const binding of bindings) await this.detach(capability, binding);
    this.#store.handlers.remove(name);
  }

  /** In the place of the handler that the binding has, whose state and counters go. Where the new one is refused the old one is bound again, with state of zeros. */
  async attach(capability: string, binding: number, attachment: HandlerAttachment): Promise<void> {
    const before = this.#attached.get(binding);
    if (this.attachmentOf(binding) !== undefined) await call(this.#appliance, capability, "unbindHandler", { binding });
    const isRoot = capability === this.#appliance.rootCapability;
    try {
      await this.bind(capability, binding, attachment);
      this.#keep(binding, keptAttachment(attachment, isRoot));
    } catch (error) {
      throw await undone(error, async () => {
        if (this.#attached.delete(binding)) await call(this.#appliance, capability, "unbindHandler", { binding });
        if (before !== undefined) await this.bind(capability, binding, before.attachment);
      });
    }
  }

  /** Binds, and leaves the store to the caller. `under`: serial of the capability in whose name; else the caller's. */
  async bind(capability: string, binding: number, attachment: HandlerAttachment, under?: string): Promise<void> {
    const { name, text } = this.#store.handlers.get(attachment.handler);
    const handler = { name, language: "ash", text } as const;
    const terms = {
      ...termsOf(attachment, capability, (name) => this.#numberOf(name)),
      ...(under === undefined ? {} : { under }),
    };
    await call(this.#appliance, capability, "bindHandler", { binding, handler, ...terms });
    const isRoot = capability === this.#appliance.rootCapability;
    this.#attached.set(binding, { attachment, replaced: 0, isRoot });
  }

  /** Throws E_NO_HANDLER of the kernel. */
  async detach(capability: string, binding: number): Promise<void> {
    await call(this.#appliance, capability, "unbindHandler", { binding });
    this.#attached.delete(binding);
    this.#keep(binding, undefined);
  }

  #keep(binding: number, attachment: HandlerAttachment | undefined): void {
    const view = this.#appliance.bindings.get(binding);
    if (view === undefined) return;
    this.#store.bindings.putHandler(this.#nameOf(view.environment), view.name, attachment);
  }

  /** Throws E_NO_HANDLER, E_CAPABILITY_OWNER. */
  async view(capability: string, binding: number): Promise<BoundHandler> {
    const { handlers } = await call(this.#appliance, capability, "handlers", { bindings: [binding] });
    const [view] = handlers;
    if (view === undefined) throw new KernelRefusal("E_NO_HANDLER", `${binding}`);
    return this.#told(view);
  }

  async views(capability: string): Promise<BoundHandler[]> {
    const { handlers } = await call(this.#appliance, capability, "handlers", {});
    return handlers.map((view) => this.#told(view));
  }

  #told(view: HandlerView): BoundHandler {
    const { binding, name, budget, mayTransmit, octets, firstPage, pages, bound, under, counts } = view;
    const { passTo, port, clearAtEpoch } = view;
    return {
      binding,
      handler: name,
      ...budget,
      port,
      transmit: mayTransmit,
      environments: passTo.map((id) => (id === null ? null : this.#nameOf(id))),
      clearAtEpoch,
      stateOctets: octets,
      firstPage,
      pages,
      bound,
      under,
      replaced: this.#attached.get(binding)?.replaced ?? 0,
      counts: { ...counts, fuelMedian: Math.min(counts.fuelMost, medianOf(counts.fuelSpread)) },
    };
  }

  #numberOf(name: string): number {
    if (name === CONTROL_NAME) return CONTROL_ENVIRONMENT;
    const living = [...this.#appliance.environments.values()].find(
      (view) => view.name === name && view.state !== "destroyed",
    );
    if (living === undefined) throw new KernelRefusal("E_NO_ENVIRONMENT", name);
    return living.id;
  }

  #nameOf(environment: number): string {
    if (environment === CONTROL_ENVIRONMENT) return CONTROL_NAME;
    return this.#appliance.environments.get(environment)?.name ?? `${environment}`;
  }
}

/** The next start has the root capability alone: nobody may send more by it than now. */
export function keptAttachment({ transmit, ...rest }: HandlerAttachment, isRoot: boolean): HandlerAttachment {
  return transmit === true && isRoot ? { ...rest, transmit } : rest;
}

/** E_TEXT, or that the compile worker had no answer. */
export function refusedText(errors: readonly TextError[]): ControlRefusal {
  const [first] = errors;
  const places = errors.map(placeOf);
  if (first?.code === "E_DEADLINE") return new ControlRefusal("E_QUESTION", first.message, places);
  const place = first === undefined ? "" : `${first.line}:${first.column}: ${first.message}`;
  return new ControlRefusal("E_TEXT", place, places);
}

/** Of runs by powers of two of fuel: the middle of the bucket in which the median lies. */
function medianOf(spread: readonly number[]): number {
  const total = spread.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of spread.entries()) {
    seen += count;
    if (total > 0 && seen * 2 >= total) return bucket === 0 ? 0 : Math.round(2 ** (bucket - 1) * 1.5);
  }
  return 0;
}
