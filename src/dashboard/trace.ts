/**
 * The kernel's trace as the page keeps it: the last events, which levels are told, and what can be told. Frames come
 * only while somebody looks.
 */
import { computed, signal } from "@preact/signals";
import type { EventCatalogue, Trace, TraceEvent, TraceFrame, TraceLevel } from "../control/protocol.js";
import { request } from "./http.js";

export const TRACE_LEVELS: readonly TraceLevel[] = ["error", "warning", "info", "debug"];
/** As many as the kernel keeps. */
const MOST_EVENTS = 4096;

export const levels = signal<readonly TraceLevel[]>([]);
/** Oldest first. */
export const events = signal<readonly TraceEvent[]>([]);
export const catalogue = signal<EventCatalogue>({});
/** Whether the server has said anything yet. */
export const traceLoaded = signal(false);
/** Events that were overwritten before we were told of them. */
export const missed = signal(0);

/** What the table shows: "" is everything. */
export const wantedEnvironment = signal("");
export const wantedName = signal("");
export const wantedText = signal("");

export const shown = computed(() =>
  events.value.filter(
    (event) =>
      (wantedName.value === "" || event.name === wantedName.value) &&
      (wantedEnvironment.value === "" || event.fields.environment === Number(wantedEnvironment.value)) &&
      (wantedText.value === "" || textOf(event).includes(wantedText.value.toLowerCase())),
  ),
);

export function levelOf(event: TraceEvent): TraceLevel {
  return catalogue.value[event.name]?.level ?? "info";
}

/** The catalogue's sentence; an event of a newer kernel speaks for itself. */
export function sentenceOf(event: TraceEvent): string {
  return catalogue.value[event.name]?.says ?? event.name;
}

function textOf(event: TraceEvent): string {
  return `${event.name} ${levelOf(event)} ${sentenceOf(event)} ${JSON.stringify(event.fields)}`.toLowerCase();
}

/** A connection begins with all that is kept. */
export function beginTrace(): void {
  events.value = [];
  missed.value = 0;
  traceLoaded.value = false;
}

export function applyTrace(frame: TraceFrame): void {
  levels.value = frame.levels;
  traceLoaded.value = true;
  if (frame.events.length === 0) return;
  missed.value += lostBefore(frame.events, events.value.at(-1));
  events.value = [...events.value, ...frame.events].slice(-MOST_EVENTS);
}

function lostBefore(news: readonly TraceEvent[], last: TraceEvent | undefined): number {
  let lost = 0;
  let before = last?.number ?? (news[0]?.number ?? 1) - 1;
  for (const { number } of news) {
    lost += number - before - 1;
    before = number;
  }
  return lost;
}

export async function loadCatalogue(): Promise<void> {
  if (Object.keys(catalogue.value).length === 0) catalogue.value = await request<EventCatalogue>("GET", "trace/events");
}

/** For everybody: the kernel has one trace. */
export async function tellLevels(wanted: readonly TraceLevel[]): Promise<void> {
  levels.value = (await request<Trace>("PUT", "trace", { json: { levels: wanted } })).levels;
}
