/**
 * Filters by name, and the bindings made from them. A filter's text changes in all its bindings and in
 * the store, or nowhere: the kernel takes it in all bindings at once, and where the store then fails
 * the kernel gets the old one back. Calls here are made in turns (turns.ts), and with the caller's capability.
 */
import type { ApplianceInterface, FilterLanguage, TextError } from "../appliance/interface.js";
import { CONTROL_ENVIRONMENT } from "../appliance/interface.js";
import type { Filter } from "../dpf/atom.js";
import type { BindingMode, Calls, PacketPlace } from "../kernel/abi.js";
import { StoreError } from "../store/errors.js";
import type { StoredFilter } from "../store/filters.js";
import type { Store } from "../store/store.js";
import { call } from "./plane.js";
import type { FilterText, ProblemPlace } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
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

export class Library {
  readonly #appliance: ApplianceInterface;
  readonly #store: Store;
  /** Binding → the filter's name. Bindings that are not here were made by library OSes. */
  readonly #made = new Map<number, string>();

  constructor(appliance: ApplianceInterface, store: Store) {
    this.#appliance = appliance;
    this.#store = store;
  }

  list(): FilterText[] {
    const bindings = this.#byFilter();
    return this.#store.filters.list().map((filter) => ({ ...filter, bindings: bindings.get(filter.name) ?? [] }));
  }

  /** The list without the texts. */
  summaries(): Omit<FilterText, "text">[] {
    const bindings = this.#byFilter();
    return this.#store.filters.names().map((filter) => ({ ...filter, bindings: bindings.get(filter.name) ?? [] }));
  }

  /** Throws E_NO_FILTER. */
  get(name: string): FilterText {
    return { ...this.#stored(name), bindings: this.bindingsOf(name) };
  }

  bindingsOf(name: string): readonly number[] {
    return this.#byFilter().get(name) ?? [];
  }

  /** The filter that a living binding was made from. */
  filterOf(binding: number): string | undefined {
    return this.#appliance.bindings.has(binding) ? this.#made.get(binding) : undefined;
  }

  /** Throws E_TEXT with the places of the errors. */
  async parse(text: string, language: FilterLanguage): Promise<Filter> {
    const checked = await this.#appliance.check(text, language);
    if (!checked.ok) throw new ControlRefusal("E_TEXT", checked.errors[0]?.message, checked.errors.map(placeOf));
    return checked.filter;
  }

  /** New: stores it and, with `bind`, taps with it in the control environment. Known: swaps it everywhere. */
  async put(capability: string, filter: StoredFilter, bind: boolean): Promise<PutResult> {
    this.#store.filters.checkPut(filter);
    const parsed = await this.parse(filter.text, filter.language);
    const old = this.#store.filters.find(filter.name);
    const { name, language } = filter;
    const created = old === undefined;
    const from = created
      ? await this.#bindNew(capability, name, parsed, bind)
      : await this.#swap(capability, name, parsed);
    try {
      this.#store.filters.put(filter);
    } catch (error) {
      throw await undone(error, () => this.#takeBack(capability, name, old));
    }
    return { name, language, created, bindings: this.bindingsOf(name), from };
  }

  /** As before a `put` that the store has not kept. */
  async #takeBack(capability: string, name: string, old: StoredFilter | undefined): Promise<void> {
    if (old !== undefined) await this.#swap(capability, name, await this.parse(old.text, old.language));
    else for (const binding of this.bindingsOf(name)) await this.unbind(capability, binding);
  }

  /** Throws E_NO_FILTER, E_FILTER_BOUND. */
  async remove(capability: string, name: string, unbind: boolean): Promise<void> {
    this.#stored(name);
    const bindings = this.bindingsOf(name);
    if (bindings.length > 0 && !unbind) throw new ControlRefusal("E_FILTER_BOUND", `${bindings.length} bindings`);
    for (const binding of bindings) await this.unbind(capability, binding);
    this.#store.filters.remove(name);
  }

  async bind(capability: string, request: BindRequest): Promise<{ binding: number; from: PacketPlace }> {
    const { text, language } = this.#stored(request.filter);
    return this.#bind(capability, request, await this.parse(text, language));
  }

  async unbind(capability: string, binding: number): Promise<Calls["unbind"]["result"]> {
    const result = await call(this.#appliance, capability, "unbind", { binding });
    this.#made.delete(binding);
    return result;
  }

  async #bind(
    capability: string,
    request: BindRequest,
    filter: Filter,
  ): Promise<{ binding: number; from: PacketPlace }> {
    const { name, environment, mode, priority } = request;
    const made = await call(this.#appliance, capability, "bind", { name, environment, mode, priority, filter });
    this.#made.set(made.binding, request.filter);
    return made;
  }

  async #bindNew(capability: string, name: string, filter: Filter, bind: boolean): Promise<PacketPlace | null> {
    if (!bind) return null;
    const request = { filter: name, environment: CONTROL_ENVIRONMENT, mode: "tap", priority: 0, name } as const;
    return (await this.#bind(capability, request, filter)).from;
  }

  async #swap(capability: string, name: string, filter: Filter): Promise<PacketPlace | null> {
    const bindings = this.bindingsOf(name);
    if (bindings.length === 0) return null;
    return (await call(this.#appliance, capability, "rebind", { bindings, filter })).from;
  }

  #stored(name: string): StoredFilter {
    const found = this.#store.filters.find(name);
    if (found === undefined) throw new StoreError("E_NO_FILTER", name);
    return found;
  }

  #byFilter(): Map<string, number[]> {
    const all = new Map<string, number[]>();
    for (const [binding, name] of this.#made) {
      // Bindings also end with their environment.
      if (!this.#appliance.bindings.has(binding)) this.#made.delete(binding);
      else if (all.get(name)?.push(binding) === undefined) all.set(name, [binding]);
    }
    return all;
  }
}

export function placeOf(error: TextError): ProblemPlace {
  const { message, code, line, column, length } = error;
  return { message, code, line, column, length };
}
