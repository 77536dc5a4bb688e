/**
 * How much of a capture the text in the editor matches: asked when the text has been found right and the typing
 * has paused, and given up as soon as there is a newer one.
 */
import { signal } from "@preact/signals";
import type { MatchReport } from "../control/protocol.js";
import type { Language } from "./drafts.js";
import { request, words } from "./http.js";
import { capturePath } from "./packets.js";

export interface Question {
  readonly capture: string;
  /** Of the capture's octets: one that is stored anew under its name is another. */
  readonly sha256: string;
  readonly text: string;
  readonly language: Language;
}

export type Matches =
  | { readonly state: "none" }
  | { readonly state: "known"; readonly capture: string; readonly report: MatchReport }
  | { readonly state: "failed"; readonly error: string };

/** A breath more than checking takes. */
const ASK_AFTER_MS = 250;

/** The last answer; it stays while the next is being looked for. */
export const matches = signal<Matches>({ state: "none" });
export const matching = signal(false);

let asked = "";
let timer = 0;
let pending: AbortController | null = null;

/** Asks soon; null gives up what was asked, since the text is not right or not checked yet. */
export function matchSoon(question: Question | null): void {
  const key = question === null ? "" : JSON.stringify(question);
  if (key === asked) return;
  asked = key;
  clearTimeout(timer);
  pending?.abort();
  pending = null;
  matching.value = question !== null;
  if (question !== null) timer = window.setTimeout(() => void ask(question), ASK_AFTER_MS);
}

/** Nothing is known: another filter is in the editor. */
export function forgetMatches(): void {
  matchSoon(null);
  matches.value = { state: "none" };
}

async function ask({ capture, text, language }: Question): Promise<void> {
  const ours = new AbortController();
  pending = ours;
  try {
    const path = capturePath(capture, "matches");
    const report = await request<MatchReport>("POST", path, { json: { text, language } }, ours.signal);
    if (pending === ours) matches.value = { state: "known", capture, report };
  } catch (error) {
    if (pending === ours) matches.value = { state: "failed", error: words(error) };
  } finally {
    if (pending === ours) matching.value = false;
  }
}
