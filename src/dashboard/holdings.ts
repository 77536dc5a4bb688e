/**
 * What one environment holds and what is asked back of it, as the kernel's open books say: asked while somebody looks, quickly
 * while a request is under way.
 */
import { signal } from "@preact/signals";
import type { Loss, PageView, ResourceName, RevocationView, SegmentView } from "../control/protocol.js";
import { request } from "./http.js";

/** What can be asked back, and what one of it is called. */
export const RESOURCES: readonly { readonly name: ResourceName; readonly one: string; readonly many: string }[] = [
  { name: "pages", one: "page", many: "pages" },
  { name: "packets", one: "packet buffer", many: "packet buffers" },
  { name: "slices", one: "slice", many: "slices" },
  { name: "bindings", one: "binding", many: "bindings" },
];

export interface Revocations {
  /** The last request for each resource. */
  readonly requests: readonly RevocationView[];
  /** The repossession vector, oldest first. */
  readonly vector: readonly Loss[];
}

/** Pages in a row that are alike. */
export interface PageRun {
  readonly first: number;
  readonly count: number;
  readonly guaranteed: boolean;
  readonly readers: readonly number[];
  readonly writers: readonly number[];
}

export interface Held {
  readonly runs: readonly PageRun[];
  /** There are more pages than are listed. */
  readonly cut: boolean;
  readonly segments: readonly SegmentView[];
}

/** As many as one answer has. */
const MOST_PAGES = 1000;

export async function heldBy(environment: number, stop: AbortSignal): Promise<Held> {
  const [book, { segments }] = await Promise.all([
    request<{ pages: readonly PageView[] }>("GET", `pages?owner=${environment}&limit=${MOST_PAGES}`, undefined, stop),
    request<{ segments: readonly SegmentView[] }>("GET", "segments", undefined, stop),
  ]);
  return {
    runs: runsOf(book.pages),
    cut: book.pages.length === MOST_PAGES,
    segments: segments.filter(({ environments }) => environments.includes(environment)),
  };
}

/** Of pages in ascending order. */
function runsOf(pages: readonly PageView[]): PageRun[] {
  const runs: PageRun[] = [];
  for (const { page, guaranteed, readers, writers } of pages) {
    const last = runs.at(-1);
    const like =
      last !== undefined &&
      last.first + last.count === page &&
      last.guaranteed === guaranteed &&
      String(last.readers) === String(readers) &&
      String(last.writers) === String(writers);
    if (like) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ first: page, count: 1, guaranteed, readers, writers });
  }
  return runs;
}

/** Names in a row: 17, or 17–19. */
export function rowOfNames(first: number, count: number): string {
  return count === 1 ? String(first) : `${first}–${first + count - 1}`;
}

/** When a request was made from this page, ms of this page's clock, by its sequence number. */
const begun = signal<ReadonlyMap<number, number>>(new Map());

/** How long ago a request was made; undefined where somebody else made it. */
export function sinceAsked(sequence: number): number | undefined {
  const at = begun.value.get(sequence);
  return at === undefined ? undefined : performance.now() - at;
}

export async function askBack(
  environment: number,
  wanted: { readonly resource: ResourceName; readonly count: number; readonly deadlineMs: number },
): Promise<RevocationView> {
  const at = performance.now();
  const asked = await request<RevocationView>("POST", `environments/${environment}/revocations`, { json: wanted });
  begun.value = new Map(begun.value).set(asked.sequence, at);
  return asked;
}

export function revocationsOf(environment: number, stop: AbortSignal): Promise<Revocations> {
  return request<Revocations>("GET", `environments/${environment}/revocations`, undefined, stop);
}

/** How far a request has come, in words, a step each. */
export interface Step {
  readonly name: "asked" | "answered" | "deadline" | "told";
  readonly words: string;
  readonly mood: "done" | "now" | "later" | "good" | "trouble";
}

export function stepsOf(request: RevocationView): readonly Step[] {
  const { count, resource, deadlineMs, state, given } = request;
  const thing = RESOURCES.find(({ name }) => name === resource);
  const things = count === 1 ? thing?.one : thing?.many;
  return [
    { name: "asked", words: `for ${count} ${things}, within ${deadlineMs} ms`, mood: "done" },
    {
      name: "answered",
      words: answerOf(request),
      mood: given > 0 || state !== "asked" ? moodOfAnswer(request) : "now",
    },
    deadlineOf(request),
    toldOf(request),
  ];
}

function answerOf({ state, given, count, late }: RevocationView): string {
  if (state === "answered") return count === 1 ? "it was given" : `all ${count} were given`;
  const part = `${given} of ${count} were given`;
  if (state === "asked") return given === 0 ? "not yet" : part;
  if (late) return given === 0 ? "too late" : `${part}, the rest too late`;
  return given === 0 ? "not at all" : part;
}

function moodOfAnswer({ state, given, count }: RevocationView): Step["mood"] {
  if (given === count) return "good";
  return state === "forced" ? "trouble" : "now";
}

function deadlineOf({ state, taken, given, count }: RevocationView): Step {
  const name = "deadline";
  if (state === "asked") return { name, words: "runs", mood: "now" };
  if (state === "answered") return { name, words: "kept", mood: "good" };
  const left = count - given - taken;
  const spared = left > 0 ? `; ${left} could not be taken` : "";
  return { name, words: `over: ${taken} taken by force${spared}`, mood: "trouble" };
}

function toldOf({ state, taken }: RevocationView): Step {
  const name = "told";
  if (state === "asked") return { name, words: "when it is over", mood: "later" };
  if (state === "answered" || taken === 0) return { name, words: "nothing was taken", mood: "done" };
  return { name, words: "by its repossession vector", mood: "done" };
}
