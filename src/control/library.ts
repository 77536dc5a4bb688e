/**
 * Filters by name, and the bindings made from them. A filter's text changes in all its bindings and in
 * the store, or nowhere: the kernel takes it in all bindings at once, and where the store then fails
 * the kernel gets the old one back. Calls here are made in turns (turns.ts), and with the caller's capability.
 */
import type { ApplianceInterface, BindingView, FilterLanguage, Unanswered } from "../appliance/interface.js";
import { CONTROL_ENVIRONMENT } from "../appliance/interface.js";
import type { Filter } from "../dpf/atom.js";
import type { BindingMode } from "../kernel/abi.js";
import type { Calls, NewBinding, PacketPlace } from "../kernel/calls.js";
import type { KernelError } from "../kernel/kerrno.js";
import type { StoredBinding } from "../store/bindings.js";
import { StoreError } from "../store/errors.js";
import type { StoredFilter } from "../store/filters.js";
import type { Store } from "../store/store.js";
import { findOverlaps } from "./overlaps.js";
import { call } from "./plane.js";
import type { FilterText } from "./protocol.js";
import { bindingsWords, ControlRefusal, KernelRefusal, placeOf } from "./refusal.js";
import { undone } from "./undo.js";

export interface PutResult {
  readonly name: string;
  readonly language: FilterLanguage;
  /** False where a filter of this name was there. */
  readonly created: boolean;
  readonly bindings: readonly number[];
  /** From this packet on every binding of the filter has the new text; null where none is bound. */
  readonly from: PacketPlace | null;
}

export interface BindRequest {
  readonly filter: string;
  readonly environment: number;
  readonly mode: BindingMode;
  readonly priority: number;
  readonly name: string;
}

export interface Made {
  readonly binding: number;
  readonly from: PacketPlace;
}

/** A binding to be made at once with others, of this filter: undefined where it is none of the store's. */
export interface BoundFilter {
  readonly of: string | undefined;
  readonly binding: NewBinding;
}

/** What the control environment is called in profiles. */
export const CONTROL_NAME = "control";

/** Refusals of a claim that have other claims for a reason. */
const MEETS_OTHERS: ReadonlySet<KernelError> = new Set(["E_CLAIM_OVERLAP", "E_CLAIM_IDENTICAL"]);

export class Library {
  readonly #appliance: ApplianceInterface;
  readonly #store: Store;
  /** Binding → the filter's name, and back. Bindings that are not here were made by library OSes. */
  readonly #made = new Map<number, string>();
  readonly #byFilter = new Map<string, Set<number>>();
  #linkTypes: readonly number[];

  constructor(appliance: ApplianceInterface, store: Store) {
    this.#appliance = appliance;
    this.#store = store;
    this.#linkTypes = appliance.linkTypes;
    appliance.listen((event) => {
      if (event.kind === "capabilities-ended") this.#ended(event.bindings);
      // Whoever ended them: the next that has the number may be made by code, of no filter of ours.
      if (event.kind === "bindings") for (const binding of event.ended) this.#forget(binding);
    });
  }

  /** They ended with a capability; the next start must not bring them back. */
  #ended(bindings: readonly BindingView[]): void {
    try {
      this.#store.transact(() => {
        for (const { environment, name } of bindings) this.#store.bindings.remove(this.#nameOf(environment), name);
      });
    } catch (error) {
      // The start looks, too, whether what they were made under still stands.
      if (!(error instanceof StoreError) && !(error instanceof KernelRefusal)) throw error;
    }
  }

  /** Link types for which everything that is bound was compiled. */
  get linkTypes(): readonly number[] {
    return this.#linkTypes;
  }

  /**
   * Texts are compiled for these link types from now on, and bound filters anew where they were not: their bindings and
   * counters go on. Where one cannot be, which the refusal names, all are what they were.
   */
  async expect(capability: string, linkTypes: readonly number[]): Promise<void> {
    const before = this.#appliance.linkTypes;
    this.#appliance.expect(linkTypes);
    if (linkTypes.some((type) => !this.#linkTypes.includes(type))) {
      const swapped = new Map<readonly number[], Filter>();
      try {
        await this.#compileAnew(capability, swapped);
      } catch (error) {
        this.#appliance.expect(before);
        throw await undone(error, () =>
          Promise.all([...swapped].map(([bindings, filter]) => this.#rebind(capability, bindings, filter))),
        );
      }
    }
    this.#linkTypes = linkTypes;
  }

  /** `swapped`: bindings that have a new filter already, each with the one before. */
  async #compileAnew(capability: string, swapped: Map<readonly number[], Filter>): Promise<void> {
    const texts = this.#store.filters.list().filter(({ language }) => language === "pcap-filter");
    const behind = texts.map((text) => ({ ...text, bindings: this.bindingsOf(text.name) }));
    const bound = behind.filter(({ bindings }) => bindings.length > 0);
    const parsed = await Promise.all(bound.map(({ name, text, language }) => named(name, this.parse(text, language))));
    // All at once, so that together they are few changes of the program.
    const done = await Promise.allSettled(
      bound.map(async ({ name, bindings }, at) => {
        const old = this.#appliance.bindings.get(bindings[0] ?? 0)?.filter;
        const filter = parsed[at];
        if (old === undefined || filter === undefined) return;
        await named(name, this.#rebind(capability, bindings, filter));
        swapped.set(bindings, old);
      }),
    );
    for (const each of done) if (each.status === "rejected") throw each.reason;
  }

  list(): FilterText[] {
    return this.#store.filters.list().map((filter) => ({ ...filter, bindings: this.bindingsOf(filter.name) }));
  }

  /** The list without the texts. */
  summaries(): Omit<FilterText, "text">[] {
    return this.#store.filters.names().map((filter) => ({ ...filter, bindings: this.bindingsOf(filter.name) }));
  }

  /** Throws E_NO_FILTER. */
  get(name: string): FilterText {
    return { ...this.#stored(name), bindings: this.bindingsOf(name) };
  }

  bindingsOf(name: string): readonly number[] {
    const made = [...(this.#byFilter.get(name) ?? [])];
    // Bindings also end with their environment.
    for (const binding of made) if (!this.#appliance.bindings.has(binding)) this.#forget(binding);
    return made.filter((binding) => this.#made.has(binding));
  }

  /** The filter that a living binding was made from. */
  filterOf(binding: number): string | undefined {
    return this.#appliance.bindings.has(binding) ? this.#made.get(binding) : undefined;
  }

  /** Throws E_TEXT with the places of the errors. */
  async parse(text: string, language: FilterLanguage): Promise<Filter> {
    const checked = await this.#appliance.check(text, language);
    if (!checked.ok) throw unanswered(checked);
    return checked.filter;
  }

  /** New: stores it and, with `bind`, taps with it in the control environment. Known: swaps it everywhere. */
  async put(capability: string, filter: StoredFilter, bind: boolean): Promise<PutResult> {
    this.#store.filters.checkPut(filter);
    const parsed = await this.parse(filter.text, filter.language);
    const old = this.#store.filters.find(filter.name);
    const { name, language } = filter;
    const tap = { filter: name, environment: CONTROL_ENVIRONMENT, mode: "tap", priority: 0, name } as const;
    const made = old === undefined && bind ? await this.make(capability, tap, parsed) : undefined;
    const from = made === undefined ? await this.#swapOrSayWhy(capability, filter, parsed) : made.from;
    try {
      this.#store.transact(() => {
        this.#store.filters.put(filter);
        if (made !== undefined) this.#store.bindings.put(this.#row(tap, made.binding));
      });
    } catch (error) {
      throw await undone(error, () => this.#takeBack(capability, name, old));
    }
    return { name, language, created: old === undefined, bindings: this.bindingsOf(name), from };
  }

  /** As before a `put` that the store has not kept. */
  async #takeBack(capability: string, name: string, old: StoredFilter | undefined): Promise<void> {
    if (old !== undefined) await this.#swap(capability, name, await this.parse(old.text, old.language));
    else await this.#release(capability, this.bindingsOf(name));
  }

  /** With all of its bindings, or nothing is removed. Throws E_NO_FILTER, E_FILTER_BOUND. */
  async remove(capability: string, name: string, unbind: boolean): Promise<void> {
    const filter = this.#stored(name);
    const bindings = this.bindingsOf(name);
    if (bindings.length > 0 && !unbind) throw new ControlRefusal("E_FILTER_BOUND", bindingsWords(bindings.length));
    const [all, own] = [this.#store.bindings.list(), this.#keysOf(bindings)];
    // The store first: it can be what it was, while a binding that has ended does not get its counters back.
    this.#store.transact(() => {
      for (const { environment, name: its } of own) this.#store.bindings.remove(environment, its);
      this.#store.filters.remove(name);
    });
    try {
      if (bindings.length > 0) await this.#release(capability, bindings);
    } catch (error) {
      const ended = own.filter(({ binding }) => !this.#appliance.bindings.has(binding));
      throw await undone(error, async () =>
        this.#store.transact(() => {
          this.#store.filters.put(filter);
          this.#store.bindings.replaceAll(all);
          // Those that have ended by themselves meanwhile stay forgotten.
          for (const { environment, name: its } of ended) this.#store.bindings.remove(environment, its);
        }),
      );
    }
  }

  /** By what the store knows them. */
  #keysOf(
    bindings: readonly number[],
  ): { readonly binding: number; readonly environment: string; readonly name: string }[] {
    const views = bindings.flatMap((binding) => this.#appliance.bindings.get(binding) ?? []);
    return views.map(({ id, environment, name }) => ({ binding: id, environment: this.#nameOf(environment), name }));
  }

  /** Binds a stored filter, and stores the binding; where that fails it is unbound again. Throws E_NO_FILTER. */
  async bind(capability: string, request: BindRequest): Promise<Made> {
    const { text, language } = this.#stored(request.filter);
    const made = await this.#makeOrSayWhy(capability, request, { text, language });
    try {
      this.#store.bindings.put(this.#row(request, made.binding));
    } catch (error) {
      throw await undone(error, () => this.#release(capability, [made.binding]));
    }
    return made;
  }

  /** Of what was made here the store forgets it, too. */
  async unbind(capability: string, binding: number): Promise<Calls["unbind"]["result"]> {
    const view = this.#appliance.bindings.get(binding);
    const ours = this.filterOf(binding) !== undefined;
    const result = await this.#release(capability, [binding]);
    if (ours && view !== undefined) this.#store.bindings.remove(this.#nameOf(view.environment), view.name);
    return result;
  }

  /** A claim that is refused for the sake of others is told with them. */
  async #makeOrSayWhy(capability: string, request: BindRequest, filter: Omit<StoredFilter, "name">): Promise<Made> {
    try {
      return await this.make(capability, request, await this.parse(filter.text, filter.language));
    } catch (error) {
      if (!(error instanceof KernelRefusal) || !MEETS_OTHERS.has(error.code)) throw error;
      const { list } = await findOverlaps(this.#appliance, { ...filter, ...request });
      throw new KernelRefusal(error.code, error.message, { overlaps: list });
    }
  }

  /** As #makeOrSayWhy, of the first of the filter's claims that meets others than the filter's own. */
  async #swapOrSayWhy(
    capability: string,
    { name, text, language }: StoredFilter,
    filter: Filter,
  ): Promise<PacketPlace | null> {
    try {
      return await this.#swap(capability, name, filter);
    } catch (error) {
      if (!(error instanceof KernelRefusal) || !MEETS_OTHERS.has(error.code)) throw error;
      const own = new Set(this.bindingsOf(name));
      for (const view of [...own].map((binding) => this.#appliance.bindings.get(binding))) {
        if (view?.mode !== "claim") continue;
        const { environment, priority } = view;
        const { list } = await findOverlaps(this.#appliance, { text, language, environment, priority }, own);
        if (list !== undefined && list.total > 0)
          throw new KernelRefusal(error.code, error.message, { overlaps: list });
      }
      throw error;
    }
  }

  /** Binds, and leaves the store to the caller. */
  async make(capability: string, request: BindRequest, filter: Filter): Promise<Made> {
    const { name, environment, mode, priority } = request;
    const made = await call(this.#appliance, capability, "bind", { name, environment, mode, priority, filter });
    this.#remember(made.binding, request.filter);
    return made;
  }

  /**
   * All of these begin and all that there are end, or nothing changes; leaves the store to the caller. `linkTypes`: for which they were
   * compiled.
   */
  async exchange(capability: string, asked: readonly BoundFilter[], linkTypes: readonly number[]): Promise<void> {
    const release = [...this.#appliance.bindings.keys()];
    if (asked.length + release.length > 0) await this.#exchange(capability, asked, release);
    this.#linkTypes = linkTypes;
  }

  async #exchange(capability: string, asked: readonly BoundFilter[], release: readonly number[]): Promise<void> {
    const bindings = asked.map(({ binding }) => binding);
    const made = await call(this.#appliance, capability, "exchange", { bindings, release });
    for (const binding of release) this.#forget(binding);
    for (const [index, { of: filter }] of asked.entries()) {
      const binding = made.bindings[index];
      if (binding !== undefined && filter !== undefined) this.#remember(binding, filter);
    }
  }

  /** Unbinds all of them or none, and leaves the store to the caller. */
  async #release(capability: string, bindings: readonly number[]): Promise<Calls["unbind"]["result"]> {
    const result = await call(this.#appliance, capability, "unbind", { bindings });
    for (const binding of bindings) this.#forget(binding);
    return result;
  }

  #remember(binding: number, filter: string): void {
    this.#made.set(binding, filter);
    const others = this.#byFilter.get(filter);
    if (others === undefined) this.#byFilter.set(filter, new Set([binding]));
    else others.add(binding);
  }

  #forget(binding: number): void {
    const filter = this.#made.get(binding);
    if (filter === undefined) return;
    this.#made.delete(binding);
    const others = this.#byFilter.get(filter);
    others?.delete(binding);
    if (others?.size === 0) this.#byFilter.delete(filter);
  }

  /** Throws E_NO_BINDING where it has ended already: it is not to be kept then. */
  #row({ environment, ...rest }: BindRequest, binding: number): StoredBinding {
    const view = this.#appliance.bindings.get(binding);
    if (view === undefined) throw new KernelRefusal("E_NO_BINDING", `${binding}`);
    return { ...rest, environment: this.#nameOf(environment), capability: view.under };
  }

  #nameOf(environment: number): string {
    if (environment === CONTROL_ENVIRONMENT) return CONTROL_NAME;
    const view = this.#appliance.environments.get(environment);
    if (view === undefined) throw new KernelRefusal("E_NO_ENVIRONMENT", `${environment}`);
    return view.name;
  }

  async #swap(capability: string, name: string, filter: Filter): Promise<PacketPlace | null> {
    const bindings = this.bindingsOf(name);
    return bindings.length === 0 ? null : this.#rebind(capability, bindings, filter);
  }

  async #rebind(capability: string, bindings: readonly number[], filter: Filter): Promise<PacketPlace> {
    return (await call(this.#appliance, capability, "rebind", { bindings, filter })).from;
  }

  #stored(name: string): StoredFilter {
    const found = this.#store.filters.find(name);
    if (found === undefined) throw new StoreError("E_NO_FILTER", name);
    return found;
  }
}

/** A refusal says of which filter it is. */
async function named<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof KernelRefusal || error instanceof ControlRefusal)
      error.message = `filters/${name}: ${error.message}`;
    throw error;
  }
}

/** A text that is wrong, or that there was no time for. */
export function unanswered({ errors }: Unanswered): ControlRefusal {
  const late = errors[0]?.code === "E_DEADLINE";
  return new ControlRefusal(late ? "E_QUESTION" : "E_TEXT", errors[0]?.message, errors.map(placeOf));
}
