/**
 * Handlers by name, and the bindings that they are attached to. A handler's text changes in all its bindings and in the store, or
 * nowhere, as a filter's does (library.ts). Calls here are made in turns (turns.ts), and with the caller's capability.
 */
import { type ApplianceInterface, CONTROL_ENVIRONMENT, type TextError } from "../appliance/interface.js";
import { termsOf } from "../appliance/profile.js";
import type { HandlerView } from "../kernel/calls-on-handlers.js";
import { StoreError } from "../store/errors.js";
import type { HandlerStore, StoredHandler } from "../store/handlers.js";
import type { Store } from "../store/store.js";
import { CONTROL_NAME } from "./library.js";
import { call } from "./plane.js";
import { type HandlerAttachment, type HandlerBinding, type HandlerSummary, medianFuel } from "./protocol.js";
import { bindingsWords, ControlRefusal, KernelRefusal, placeOf } from "./refusal.js";
import { undone } from "./undo.js";

/** What becomes of state where a handler's text is replaced: kept where its layout is the same, or must be, or zeros. */
export type StateWish = "keep" | "new" | undefined;

export interface PutHandler {
  readonly name: string;
  /** False where a handler of this name was there. */
  readonly created: boolean;
  readonly bindings: readonly number[];
  /** Whether all bindings have gone on with the state that they had; null where it ran in none. */
  readonly stateKept: boolean | null;
}

/** How a binding has its handler, and all that is needed to bring it back. */
export interface Attached {
  readonly attachment: HandlerAttachment;
  /** What runs there: the store may have another by the time that it is brought back. */
  readonly text: string;
  /** Capability of whoever attached it: what it sends, it sends under that one. */
  readonly by: string;
  /** Serial of the capability with which it ends. */
  readonly under: string;
  /** Texts that have run there before this one. */
  readonly replaced: number;
}

export class Handlers {
  readonly #appliance: ApplianceInterface;
  readonly #store: Store;
  readonly #attached = new Map<number, Attached>();

  constructor(appliance: ApplianceInterface, store: Store) {
    this.#appliance = appliance;
    this.#store = store;
    appliance.listen((event) => {
      if (event.kind === "bindings") for (const binding of event.ended) this.#attached.delete(binding);
      if (event.kind === "handlers-ended") for (const binding of event.bindings) this.#ended(binding);
    });
  }

  /** It ended with a capability; the next start must not bring it back. */
  #ended(binding: number): void {
    if (!this.#attached.delete(binding)) return;
    try {
      this.#keep(binding, undefined);
    } catch (error) {
      // The start looks, too, whether what it was attached under still stands.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  get texts(): HandlerStore {
    return this.#store.handlers;
  }

  /** Without the texts. */
  summaries(): HandlerSummary[] {
    const bindings = new Map<string, number[]>();
    for (const [binding, { attachment }] of this.#attached) {
      bindings.set(attachment.handler, [...(bindings.get(attachment.handler) ?? []), binding]);
    }
    return this.#store.handlers.sizes().map((one) => ({ ...one, bindings: bindings.get(one.name) ?? [] }));
  }

  bindingsOf(name: string): readonly number[] {
    return [...this.#attached].filter(([, { attachment }]) => attachment.handler === name).map(([binding]) => binding);
  }

  /** Undefined where it has none, or has ended. */
  attachedTo(binding: number): Attached | undefined {
    return this.#attached.get(binding);
  }

  /**
   * What a profile says of it: what the next start, which has the root capability alone, may do again. Nothing where an
   * environment that it passes to has ended: places in that list have numbers.
   */
  keptOf(binding: number): HandlerAttachment | undefined {
    const attached = this.#attached.get(binding);
    const view = this.#appliance.bindings.get(binding);
    if (attached === undefined || view === undefined) return undefined;
    const isWhole = attached.attachment.environments?.every((name) => this.#find(name) !== undefined) ?? true;
    return isWhole
      ? keptAttachment(attached.attachment, this.#isRoot(attached.by), attached.under, view.under)
      : undefined;
  }

  #isRoot(capability: string): boolean {
    return capability === this.#appliance.rootCapability;
  }

  /** Throws E_TEXT with the places of the errors. */
  async check(text: string): Promise<void> {
    const checked = await this.#appliance.handlers.check(text);
    if (!checked.ok) throw refusedText(checked.errors);
  }

  /** Known: in the place of the one before, in all bindings at once. Throws E_TEXT; E_LAYOUT where state was to be kept and cannot be. */
  async put(capability: string, handler: StoredHandler, state: StateWish): Promise<PutHandler> {
    const { put, swap } = await this.#put(capability, handler, state);
    await this.#hold(capability, swap);
    return put;
  }

  /** Puts and attaches; where it cannot be attached all is as before. A binding that has it keeps its terms. */
  async putTo(
    capability: string,
    handler: StoredHandler,
    state: StateWish,
    binding: number,
    transmit: boolean,
  ): Promise<PutHandler> {
    const old = this.#store.handlers.find(handler.name);
    const before = [...this.#attached];
    const { put, swap } = await this.#put(capability, handler, state);
    try {
      if (!put.bindings.includes(binding))
        await this.attach(capability, binding, { handler: handler.name, ...(transmit ? { transmit } : {}) });
    } catch (error) {
      throw await undone(error, async () => {
        // First: where it holds already (calls-on-handlers.ts), the store keeps what runs.
        if (swap !== undefined) await call(this.#appliance, capability, "settleSwap", { swap, undo: true });
        if (old === undefined) this.#store.handlers.remove(handler.name);
        else this.#store.handlers.put(old);
        for (const [slot, attached] of before) if (put.bindings.includes(slot)) this.#know(slot, attached);
      });
    }
    await this.#hold(capability, swap);
    return { ...put, bindings: this.bindingsOf(handler.name) };
  }

  /** With the swap that is still to be settled. */
  async #put(
    capability: string,
    handler: StoredHandler,
    state: StateWish,
  ): Promise<{ readonly put: PutHandler; readonly swap: number | undefined }> {
    this.#store.handlers.checkPut(handler);
    await this.check(handler.text);
    const old = this.#store.handlers.find(handler.name);
    const bindings = this.bindingsOf(handler.name);
    const { stateKept, swap } = await this.#swap(capability, bindings, handler, state);
    try {
      this.#store.handlers.put(handler);
    } catch (error) {
      throw await undone(error, async () => {
        if (swap !== undefined) await this.#takeBack(capability, swap, bindings, old);
      });
    }
    for (const binding of bindings) {
      const attached = this.#attached.get(binding);
      if (attached !== undefined)
        this.#attached.set(binding, { ...attached, text: handler.text, replaced: attached.replaced + 1 });
    }
    return { put: { name: handler.name, created: old === undefined, bindings, stateKept }, swap };
  }

  /**
   * `old` runs again. Where the swap cannot be taken back any more, since it holds (calls-on-handlers.ts) or the caller's capability is
   * another now, it is swapped in anew, by the root: it needs nobody's leave to be what it was. Its state is then kept where the layouts are one.
   */
  async #takeBack(
    capability: string,
    swap: number,
    bindings: readonly number[],
    old: StoredHandler | undefined,
  ): Promise<void> {
    try {
      await call(this.#appliance, capability, "settleSwap", { swap, undo: true });
    } catch (error) {
      if (!(error instanceof KernelRefusal) || old === undefined) throw error;
      const { rootCapability } = this.#appliance;
      const still = bindings.filter((binding) => this.#attached.has(binding));
      const again = await this.#swap(rootCapability, still, old, undefined);
      await this.#hold(rootCapability, again.swap);
    }
  }

  /** Of a binding that has not lost its handler meanwhile. */
  #know(binding: number, attached: Attached): void {
    if (this.#attached.has(binding)) this.#attached.set(binding, attached);
  }

  /** What was before is not needed any more. */
  async #hold(capability: string, swap: number | undefined): Promise<void> {
    if (swap === undefined) return;
    await call(this.#appliance, capability, "settleSwap", { swap, undo: false }).catch((error: unknown) => {
      // It holds already, or the capability has ended since, and the handlers with it.
      if (!(error instanceof KernelRefusal)) throw error;
    });
  }

  /** `stateKept`: everywhere; null where it runs nowhere. */
  async #swap(
    capability: string,
    all: readonly number[],
    { name, text }: StoredHandler,
    state: StateWish,
  ): Promise<{ readonly stateKept: boolean | null; readonly swap: number | undefined }> {
    const bindings = all.filter((binding) => this.#runs(binding));
    if (bindings.length === 0) return { stateKept: null, swap: undefined };
    const swapped = async (keepState: boolean) => {
      const args = { bindings, handler: { name, text }, keepState, undoable: true };
      return { stateKept: keepState, swap: (await call(this.#appliance, capability, "swapHandler", args)).swap };
    };
    if (state === "new") return swapped(false);
    try {
      return await swapped(true);
    } catch (error) {
      const isOther = error instanceof KernelRefusal && error.code === "E_LAYOUT";
      if (!isOther || state === "keep") throw error;
      return swapped(false);
    }
  }

  /** In an environment that has failed nothing does. */
  #runs(binding: number): boolean {
    const { environment = -1 } = this.#appliance.bindings.get(binding) ?? {};
    return this.#appliance.environments.get(environment)?.state !== "failed";
  }

  /** Of all bindings and of the store, or of none. Throws E_NO_HANDLER, E_HANDLER_BOUND. */
  async remove(capability: string, name: string, unbind: boolean): Promise<void> {
    this.#store.handlers.get(name);
    const bindings = this.bindingsOf(name);
    if (bindings.length > 0 && !unbind) throw new ControlRefusal("E_HANDLER_BOUND", bindingsWords(bindings.length));
    const before = bindings.flatMap((binding) => this.attachedTo(binding) ?? []);
    if (bindings.length > 0) await this.#unbind(capability, bindings);
    try {
      this.#store.transact(() => {
        for (const binding of bindings) this.#keep(binding, undefined);
        this.#store.handlers.remove(name);
      });
    } catch (error) {
      throw await undone(error, () => Promise.all(before.map((one, at) => this.bindAgain(bindings[at] ?? 0, one))));
    }
  }

  /** In the place of the handler that the binding has, whose state and counters go; where this one is refused that one runs on. */
  async attach(capability: string, binding: number, attachment: HandlerAttachment): Promise<void> {
    const before = this.#attached.get(binding);
    await this.bind(capability, binding, attachment);
    try {
      this.#keep(binding, this.keptOf(binding));
    } catch (error) {
      throw await undone(error, async () => {
        if (before !== undefined) await this.bindAgain(binding, before);
        else await this.#unbind(capability, [binding]);
      });
    }
  }

  /** Binds, and leaves the store to the caller. `otherwise`: serial of the capability with which it ends, where none is said. */
  async bind(capability: string, binding: number, attachment: HandlerAttachment, otherwise?: string): Promise<void> {
    const { text } = this.#store.handlers.get(attachment.handler);
    await this.#bind(capability, binding, attachment, text, otherwise);
  }

  async #bind(
    capability: string,
    binding: number,
    attachment: HandlerAttachment,
    text: string,
    otherwise: string | undefined,
  ): Promise<void> {
    const handler = { name: attachment.handler, text };
    const { capability: serial = otherwise, ...said } = attachment;
    const terms = {
      ...termsOf(said, capability, (name) => this.#numberOf(name)),
      ...(serial === undefined ? {} : { under: serial }),
    };
    const bound = await call(this.#appliance, capability, "bindHandler", { binding, handler, ...terms, instead: true });
    const { under } = bound.handler;
    this.#attached.set(binding, { attachment: said, text, by: capability, under, replaced: 0 });
  }

  /** As it was, by whoever attached it; the binding may be another. */
  bindAgain(binding: number, { by, attachment, text, under }: Attached): Promise<void> {
    return this.#bind(by, binding, attachment, text, under);
  }

  /** Throws E_NO_BOUND_HANDLER. */
  async detach(capability: string, binding: number): Promise<void> {
    await this.#unbind(capability, [binding]);
    this.#keep(binding, undefined);
  }

  /** All or none. */
  async #unbind(capability: string, bindings: readonly number[]): Promise<void> {
    await call(this.#appliance, capability, "unbindHandler", { bindings }).catch((error: unknown) => {
      // They ended by themselves, with their environment.
      const areKnown = bindings.every((binding) => this.#attached.has(binding));
      const isOver = error instanceof KernelRefusal && error.code === "E_NO_BOUND_HANDLER" && areKnown;
      if (!isOver) throw error;
    });
    for (const binding of bindings) this.#attached.delete(binding);
  }

  #keep(binding: number, attachment: HandlerAttachment | undefined): void {
    const view = this.#appliance.bindings.get(binding);
    if (view === undefined) return;
    this.#store.bindings.putHandler(this.#nameOf(view.environment), view.name, attachment);
  }

  /** Throws E_NO_BOUND_HANDLER. */
  async view(capability: string, binding: number): Promise<HandlerBinding> {
    return this.#told(await this.look(capability, binding));
  }

  /** As the kernel has it. Throws E_NO_BOUND_HANDLER. */
  async look(capability: string, binding: number): Promise<HandlerView> {
    const { handlers } = await call(this.#appliance, capability, "handlers", { bindings: [binding] });
    const [view] = handlers;
    if (view === undefined) throw new KernelRefusal("E_NO_BOUND_HANDLER", `${binding}`);
    return view;
  }

  async views(capability: string): Promise<HandlerBinding[]> {
    const { handlers } = await call(this.#appliance, capability, "handlers", {});
    return handlers.map((view) => this.#told(view));
  }

  #told(view: HandlerView): HandlerBinding {
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
      counts: { ...counts, fuelMedian: medianFuel(counts.fuelSpread) },
    };
  }

  #numberOf(name: string): number {
    const found = this.#find(name);
    if (found === undefined) throw new KernelRefusal("E_NO_ENVIRONMENT", name);
    return found;
  }

  #find(name: string): number | undefined {
    if (name === CONTROL_NAME) return CONTROL_ENVIRONMENT;
    const all = [...this.#appliance.environments.values()];
    return all.find((view) => view.name === name && view.state !== "destroyed")?.id;
  }

  #nameOf(environment: number): string {
    if (environment === CONTROL_ENVIRONMENT) return CONTROL_NAME;
    return this.#appliance.environments.get(environment)?.name ?? `${environment}`;
  }
}

/**
 * What is kept of it for the next start, which has the root capability alone: nobody may send more by it than now. The capability
 * with which it ends is said where it is not the binding's.
 */
export function keptAttachment(
  { transmit, capability: _said, ...rest }: HandlerAttachment,
  isRoot: boolean,
  under: string,
  bindingUnder: string,
): HandlerAttachment {
  const sending = transmit === true && isRoot ? { transmit } : {};
  return { ...rest, ...sending, ...(under === bindingUnder ? {} : { capability: under }) };
}

/** E_TEXT, or that the compile worker had no answer. */
export function refusedText(errors: readonly TextError[]): ControlRefusal {
  const [first] = errors;
  const places = errors.map(placeOf);
  if (first?.code === "E_DEADLINE") return new ControlRefusal("E_QUESTION", first.message, places);
  const place = first === undefined ? "" : `${first.line}:${first.column}: ${first.message}`;
  return new ControlRefusal("E_TEXT", place, places);
}
