/** Whatever has a filter in it, as it goes from thread to thread: with the filter as dpf/packed.ts has it. */
import type { Filter } from "../dpf/atom.js";
import { type CarriedFilter, packFilter, unpackFilter } from "../dpf/packed.js";
import type { Calls, NewBinding } from "../kernel/calls.js";
import type { CompileRequest, FilterChange, ProgramChange } from "../kernel/compiler.js";

interface WithFilter {
  readonly filter: Filter;
}

export type Carried<T extends WithFilter> = Omit<T, "filter"> & { readonly filter: CarriedFilter };

export function carry<T extends WithFilter>(whole: T): Carried<T> {
  return { ...whole, filter: packFilter(whole.filter) };
}

export function arrived<T extends { readonly filter: CarriedFilter }>(carried: T): Omit<T, "filter"> & WithFilter {
  return { ...carried, filter: unpackFilter(carried.filter) };
}

type Exchange = Calls["exchange"]["args"];

export interface CarriedExchange extends Omit<Exchange, "bindings"> {
  readonly bindings: readonly Carried<NewBinding>[];
}

export function carryExchange(whole: Exchange): CarriedExchange {
  return { ...whole, bindings: whole.bindings.map(carry) };
}

export function arrivedExchange(carried: CarriedExchange): Exchange {
  return { ...carried, bindings: carried.bindings.map(arrived) };
}

type Insertion = Extract<FilterChange, { kind: "insert" }>;

/** A request of the data plane to the compile worker. */
export interface CarriedRequest extends Omit<CompileRequest, "changes"> {
  readonly changes: readonly (Exclude<ProgramChange, Insertion> | Carried<Insertion>)[];
}

export function carryRequest(request: CompileRequest): CarriedRequest {
  return { ...request, changes: request.changes.map((step) => (step.kind === "insert" ? carry(step) : step)) };
}

export function arrivedRequest(request: CarriedRequest): CompileRequest {
  return { ...request, changes: request.changes.map((step) => (step.kind === "insert" ? arrived(step) : step)) };
}
