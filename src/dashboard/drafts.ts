/**
 * Filter texts being written: each name has a draft that outlives its view, and the reload of the page
 * (session storage). The draft named "" is the new filter's. Checking follows typing, late by a breath.
 */
import { effect, signal } from "@preact/signals";
import type { CheckResult, FilterText, ProblemPlace } from "../control/protocol.js";
import { RequestError, request, words } from "./http.js";
import { tell } from "./notices.js";
import { filters } from "./store.js";

export interface Draft {
  /** As stored on the server; null where it is not stored yet. */
  readonly stored: string | null;
  readonly text: string;
  /** The name typed; only a new filter's may change. */
  readonly name: string;
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
  const language = stored ?? drafts.value.get(name)?.language;
  return language === "pcap-filter" ? "pcap-filter" : "dpf";
}

const KEY = "exonet.drafts";
const CHECK_AFTER_MS = 180;
export const NEW = "";

export const drafts = signal<ReadonlyMap<string, Draft>>(stored());
/** The last check of the draft in view; null while none is known. */
export const check = signal<CheckResult | null>(null);
export const checking = signal(false);
/** Errors of the last PUT, or of reaching the server, that have no place in the text. */
export const filterError = signal<string | null>(null);

function stored(): ReadonlyMap<string, Draft> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [string, Draft][]);
  } catch {
    return new Map();
  }
}

effect(() => {
  const edited = [...drafts.value].filter(([, draft]) => isEdited(draft));
  try {
    sessionStorage.setItem(KEY, JSON.stringify(edited));
  } catch {
    return;
  }
});

export function isEdited(draft: Draft | undefined): boolean {
  return (
    draft !== undefined &&
    (draft.stored === null ? draft.text !== "" || draft.name !== "" : draft.text !== draft.stored)
  );
}

export function setDraft(key: string, draft: Draft): void {
  drafts.value = new Map(drafts.value).set(key, draft);
}

/** Bumped when a draft's text comes from elsewhere than from the editor, which otherwise leads. */
export const replaced = signal(0);

export function replaceDraft(key: string, draft: Draft): void {
  setDraft(key, draft);
  replaced.value++;
}

export function dropDraft(key: string): void {
  const next = new Map(drafts.value);
  next.delete(key);
  drafts.value = next;
}

/** Fetches the stored text where no draft is held; answers whether there is one now. */
export async function load(name: string): Promise<boolean> {
  if (name === NEW || drafts.value.has(name)) return true;
  try {
    const text = await request<string>("GET", `filters/${encodeURIComponent(name)}`);
    if (!drafts.value.has(name)) setDraft(name, { stored: text, text, name });
    return true;
  } catch (error) {
    filterError.value = words(error);
    return false;
  }
}

let pending: AbortController | null = null;
let timer = 0;

/** How the text in view is to be bound; it is checked as that. */
export interface BindAs {
  readonly mode: "tap" | "claim";
  readonly environment: number;
  readonly priority: number;
}

export const TAP: BindAs = { mode: "tap", environment: 0, priority: 0 };
export const bindAs = signal<BindAs>(TAP);

/** Checks a text soon; a newer one supersedes it. An empty text is not an error yet. */
export function checkSoon(text: string, language: Language): void {
  clearTimeout(timer);
  pending?.abort();
  if (text.trim() === "") {
    check.value = null;
    checking.value = false;
    return;
  }
  checking.value = true;
  timer = window.setTimeout(() => void checkNow(text, language), CHECK_AFTER_MS);
}

async function checkNow(text: string, language: Language): Promise<void> {
  const ours = new AbortController();
  pending = ours;
  try {
    const result = await request<CheckResult>(
      "POST",
      "filters/check",
      { json: { language, text, ...bindAs.peek() } },
      ours.signal,
    );
    if (pending !== ours) return;
    check.value = result;
    filterError.value = null;
  } catch (error) {
    if (ours.signal.aborted) return;
    if (error instanceof RequestError && error.errors.length > 0) check.value = failed(error.errors);
    else filterError.value = words(error);
  } finally {
    if (pending === ours) checking.value = false;
  }
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
    setDraft(name, { stored: text, text, name, language });
    return bound;
  } catch (error) {
    const places = error instanceof RequestError ? error.errors.filter((place) => place.line !== undefined) : [];
    if (places.length > 0) check.value = failed(places);
    else filterError.value = words(error);
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
    dropDraft(name);
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
