/**
 * The kernel's trace as the page keeps it: the last events of each kind, which levels are told, what can be told, and what of it is
 * looked at, which stands in the address. Frames come only while somebody looks.
 */
import { computed, signal } from "@preact/signals";
import {
  ENVIRONMENT_FIELDS,
  type EventCatalogue,
  type Trace,
  type TraceEvent,
  type TraceFrame,
  type TraceLevel,
} from "../control/protocol.js";
import { go, place } from "./address.js";
import { request } from "./http.js";
import { parseTracePlace, type TracePlace, traceSelection } from "./trace-place.js";

export const TRACE_LEVELS: readonly TraceLevel[] = ["error", "warning", "info", "debug"];
/** Of one kind; as many as the kernel keeps. */
const MOST_EVENTS = 1024;

export const levels = signal<readonly TraceLevel[]>([]);
/** Oldest first. */
export const events = signal<readonly TraceEvent[]>([]);
export const catalogue = signal<EventCatalogue>({});
/** Whether the server has said anything yet. */
export const traceLoaded = signal(false);

/** What of it is looked at. */
export const wanted = computed(() => parseTracePlace(place.value.view === "trace" ? place.value.selection : ""));

export const shown = computed(() => {
  const { environment, hidden, text } = wanted.value;
  const letters = text.toLowerCase();
  return events.value.filter(
    (event) =>
      !hidden.has(event.name) &&
      (environment === null || environmentsOf(event).includes(environment)) &&
      (letters === "" || textOf(event).includes(letters)),
  );
});

/** How many there are of each kind, the worst level first. */
export const kinds = computed(() => {
  const counts = new Map<string, number>();
  for (const { name } of events.value) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rank = (name: string) => TRACE_LEVELS.indexOf(levelOf({ name }));
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => rank(one.name) - rank(other.name) || one.name.localeCompare(other.name));
});

/** How many the kernel has told in all, kept or not. */
export const told = computed(() => events.value.at(-1)?.number ?? 0);

export function levelOf({ name }: Pick<TraceEvent, "name">): TraceLevel {
  return catalogue.value[name]?.level ?? "info";
}

/** The catalogue's sentence; an event of a newer kernel speaks for itself. */
export function sentenceOf(event: TraceEvent): string {
  return catalogue.value[event.name]?.says ?? event.name;
}

/** Numbers of the environments that it is told of, as whatever they are in it. */
export function environmentsOf({ fields }: TraceEvent): number[] {
  return ENVIRONMENT_FIELDS.flatMap((field) => fields[field] ?? []);
}

function textOf(event: TraceEvent): string {
  return `${event.name} ${levelOf(event)} ${sentenceOf(event)} ${JSON.stringify(event.fields)}`.toLowerCase();
}

/** Quietly: no step back for a letter that was typed. */
export function look(change: Partial<TracePlace>): void {
  go("trace", traceSelection({ ...wanted.value, ...change }), true);
}

/** A connection begins with all that is kept. */
export function beginTrace(): void {
  events.value = [];
  traceLoaded.value = false;
}

export function applyTrace(frame: TraceFrame): void {
  levels.value = frame.levels;
  traceLoaded.value = true;
  if (frame.events.length > 0) events.value = lastOfEach([...events.value, ...frame.events]);
}

function lastOfEach(all: readonly TraceEvent[]): readonly TraceEvent[] {
  if (all.length <= MOST_EVENTS) return all;
  const counts = new Map<string, number>();
  const kept = all.toReversed().filter(({ name }) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count < MOST_EVENTS;
  });
  return kept.toReversed();
}

export async function loadCatalogue(): Promise<void> {
  if (Object.keys(catalogue.value).length === 0) catalogue.value = await request<EventCatalogue>("GET", "trace/events");
}

/** For everybody: the kernel has one trace. */
export async function tellLevels(chosen: readonly TraceLevel[]): Promise<void> {
  levels.value = (await request<Trace>("PUT", "trace", { json: { levels: chosen } })).levels;
}
