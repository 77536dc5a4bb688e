/** Filter texts being written, checked, stored and bound. */
import { signal } from "@preact/signals";
import type { CheckResult, FilterText, ProblemPlace } from "../control/protocol.js";
import { RequestError, request, words } from "./http.js";
import { type Draft, KeptDrafts, NEW } from "./kept-drafts.js";
import { LateCheck } from "./late-check.js";
import { tell } from "./notices.js";
import { filters } from "./store.js";

export interface FilterDraft extends Draft {
  /** Of a new filter, and of one that was stored just now; else the appliance knows it. */
  readonly language?: Language;
}

export interface Bound {
  readonly name: string;
  readonly created: boolean;
  readonly bindings: readonly number[];
  readonly from: { readonly epoch: number; readonly packet: number } | null;
}

export type Language = FilterText["language"];

/** A filter keeps the language it has; a new one has that of its draft, at first DPF. */
export function languageOf(name: string): Language {
  const stored = filters.value.find((filter) => filter.name === name)?.language;
  const language = stored ?? drafts.get(name)?.language;
  return language === "pcap-filter" ? "pcap-filter" : "dpf";
}

export const drafts = new KeptDrafts<FilterDraft>("exonet.drafts");
/** Errors of the last PUT, or of reaching the server, that have no place in the text. */
export const filterError = signal<string | null>(null);

// What was refused is said until the text is another: a check of it that comes later does not unsay it.
const late = new LateCheck<CheckResult>(() => {
  filterError.value = null;
}, refused);
export const { result: check, running: checking } = late;

/** Fetches the stored text where no draft is held. */
export async function load(name: string, stop: AbortSignal): Promise<void> {
  if (name === NEW || drafts.peek(name) !== undefined) return;
  try {
    const text = await request<string>("GET", `filters/${encodeURIComponent(name)}`, undefined, stop);
    if (drafts.peek(name) === undefined) drafts.set(name, { stored: text, text, name });
  } catch (error) {
    if (!stop.aborted) filterError.value = words(error);
  }
}

export function giveUpCheck(): void {
  late.giveUp();
}

/** How the text in view is to be bound; it is checked as that. */
export interface BindAs {
  readonly mode: "tap" | "claim";
  readonly environment: number;
  readonly priority: number;
}

export const TAP: BindAs = { mode: "tap", environment: 0, priority: 0 };
export const bindAs = signal<BindAs>(TAP);

export function checkSoon(text: string, language: Language): void {
  const ask = (stop: AbortSignal) =>
    request<CheckResult>("POST", "filters/check", { json: { language, text, ...bindAs.peek() } }, stop);
  late.soon(text, ask);
}

/** Errors with a place stand in the text, others beneath it. */
function refused(error: unknown): void {
  const places = error instanceof RequestError ? error.errors.filter(({ line }) => line !== undefined) : [];
  if (places.length > 0) check.value = failed(places);
  else filterError.value = words(error);
}

function failed(errors: readonly ProblemPlace[]): CheckResult {
  return { ok: false, errors, conjunctions: 0, atoms: 0, canonical: "" };
}

/**
 * Stores a text under a name and, where it is new, binds it as a tap that counts, unless `tap` is false; null where
 * it was refused, with the errors where they belong.
 */
export async function bind(name: string, text: string, language = languageOf(name), tap = true): Promise<Bound | null> {
  filterError.value = null;
  try {
    const path = `filters/${encodeURIComponent(name)}.${language}${tap ? "" : "?bind=no"}`;
    const bound = await request<Bound>("PUT", path, { text });
    drafts.set(name, { stored: text, text, name, language });
    return bound;
  } catch (error) {
    refused(error);
    return null;
  }
}

/** Binds a stored filter as `bindAs` says; false where it was refused, with the claims for whose sake. */
export async function bindStored(filter: string): Promise<boolean> {
  filterError.value = null;
  const { mode, environment, priority } = bindAs.peek();
  try {
    await request("POST", "bindings", { json: { filter, environment, mode, priority, name: filter } });
    return true;
  } catch (error) {
    const overlaps = error instanceof RequestError ? error.overlaps : undefined;
    if (overlaps !== undefined && check.value !== null) check.value = { ...check.value, overlaps };
    filterError.value = `It is stored, and not bound. ${words(error)}`;
    return false;
  }
}

/** Deletes and unbinds; the notice offers to put the text back. Counting then begins anew. */
export async function remove(name: string): Promise<boolean> {
  const path = `filters/${encodeURIComponent(name)}`;
  try {
    const language = languageOf(name);
    const text = await request<string>("GET", path);
    await request("DELETE", `${path}?unbind=yes`);
    drafts.drop(name);
    const undo = async () => {
      if ((await bind(name, text, language)) === null)
        tell("error", `${name} could not be put back. ${filterError.value ?? ""}`);
    };
    tell("info", `${name} is deleted and unbound.`, { label: "Undo", run: () => void undo() });
    return true;
  } catch (error) {
    filterError.value = words(error);
    return false;
  }
}
