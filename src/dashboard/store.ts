/**
 * What the page knows of the appliance, as signals. A picture replaces everything, a change one table,
 * a tick the columns that move: `beat` is bumped once per tick, so a component that shows counters reads
 * `beat` and then plain fields, and no signal exists per row. `rates` is bumped with each sample.
 */
import { computed, signal } from "@preact/signals";
import type {
  Binding,
  Books,
  Capture,
  Environment,
  HandlerSummary,
  Picture,
  Replay,
  ServerFrame,
  Target,
  Tick,
} from "../control/protocol.js";
import { sum } from "./format.js";
import { type Counted, Gauges } from "./gauges.js";

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** `since`: wall ms of the last frame; `retryAt`: of the next attempt. */
  | { readonly state: "lost"; readonly since: number; readonly retryAt: number }
  /** The server speaks another version of the protocol: a newer page must be loaded. */
  | { readonly state: "outdated" };

export interface Row {
  readonly binding: Binding;
  packets: number;
  octets: number;
  delivered: number;
  dropped: Readonly<Record<string, number>>;
  last: string | null;
}

export interface Marker {
  readonly time: number;
  readonly text: string;
}

export type FilterEntry = Picture["filters"][number];

export const connection = signal<Connection>({ state: "connecting" });
export const replay = signal<Replay | null>(null);
export const books = signal<Books | null>(null);
export const target = signal<Target | null>(null);
export const rows = signal<readonly Row[]>([]);
export const environments = signal<readonly Environment[]>([]);
export const captures = signal<readonly Capture[]>([]);
export const filters = signal<readonly FilterEntry[]>([]);
export const handlers = signal<readonly HandlerSummary[]>([]);
/** Changes that explain a step in the chart. */
export const markers = signal<readonly Marker[]>([]);
export const beat = signal(0);
export const rates = signal(0);
/** Server's wall clock minus ours, ms. */
export const clockSkew = signal(0);

export const gauges = new Gauges();
export const machine = new Gauges();
/** Rows of `machine`. */
export const RECEIVED = 0;
export const UNCLAIMED = 1;

/** Whether a picture has come: before it, what is not there is not known to be missing. */
export const loaded = signal(false);
export const environmentNames = computed(() => new Map(environments.value.map((row) => [row.id, row.name])));

let uptime = 0;

/** Takes in one frame. Notices and the trace are the caller's. */
export function apply(frame: ServerFrame): void {
  switch (frame.type) {
    case "picture":
      return applyPicture(frame);
    case "tick":
      return applyTick(frame);
    case "bindings":
      return applyBindings(frame.bindings);
    case "captures":
      captures.value = frame.captures;
      return;
    case "filters":
      filters.value = frame.filters;
      return;
    case "handlers":
      handlers.value = frame.handlers;
      return;
    case "notice":
    case "trace":
      return;
  }
}

function applyPicture(frame: Picture): void {
  // A shorter uptime is another run of the server: its counters have nothing to do with ours.
  if (frame.uptime < uptime) forgetRates();
  uptime = frame.uptime;
  clockSkew.value = frame.now - Date.now();
  replay.value = frame.replay;
  books.value = frame.books;
  target.value = frame.target;
  rows.value = frame.bindings.map(rowOf);
  environments.value = frame.environments;
  captures.value = frame.captures;
  filters.value = frame.filters;
  handlers.value = frame.handlers;
  loaded.value = true;
  sample(frame.now);
  beat.value++;
}

function forgetRates(): void {
  gauges.reset();
  machine.reset();
  markers.value = [];
}

function applyTick(frame: Tick): void {
  replay.value = frame.replay;
  books.value = frame.books;
  if (frame.target !== undefined) target.value = frame.target;
  if (frame.environments.length > 0) environments.value = mergeEnvironments(environments.value, frame.environments);
  const byId = rowsById.value;
  for (const { id, counters } of frame.bindings) {
    const row = byId.get(id);
    if (row === undefined) continue;
    row.packets = counters.packets;
    row.octets = counters.octets;
    row.delivered = counters.delivered;
    row.dropped = counters.dropped;
    row.last = counters.last;
  }
  clockSkew.value = frame.now - Date.now();
  if (gauges.due(frame.now)) sample(frame.now);
  beat.value++;
}

const rowsById = computed(() => new Map(rows.value.map((row) => [row.binding.id, row])));

/** Ticks hold the rows that moved; one that is gone is said once more, as destroyed, and leaves. */
function mergeEnvironments(ours: readonly Environment[], moved: readonly Environment[]): readonly Environment[] {
  const byId = new Map(ours.map((row) => [row.id, row]));
  for (const row of moved) {
    if (row.state === "destroyed") byId.delete(row.id);
    else byId.set(row.id, row);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function rowOf(binding: Binding): Row {
  const { packets, octets, delivered, dropped, last } = binding.counters;
  return { binding, packets, octets, delivered, dropped, last };
}

const MARKER_LIFE_MS = 70_000;

function applyBindings(table: readonly Binding[]): void {
  const before = rowsById.value;
  const next = table.map((binding) => {
    const old = before.get(binding.id);
    return old === undefined ? rowOf(binding) : { ...old, binding };
  });
  const now = Date.now() + clockSkew.value;
  const texts = [
    ...next
      .filter((row) => before.get(row.binding.id)?.binding.filter !== row.binding.filter)
      .map((row) => (before.has(row.binding.id) ? `${row.binding.name} changed` : `${row.binding.name} bound`)),
    ...[...before.values()]
      .filter((old) => !table.some((binding) => binding.id === old.binding.id))
      .map((old) => `${old.binding.name} unbound`),
  ];
  const text = texts.length > 3 ? `${texts.length} bindings changed` : texts.join(", ");
  const living = markers.value.filter((marker) => now - marker.time < MARKER_LIFE_MS);
  markers.value = text === "" ? living : [...living, { time: now, text }];
  rows.value = next;
}

function sample(now: number): void {
  const counted: Counted[] = rows.value.map((row) => ({
    id: row.binding.id,
    packets: row.packets,
    octets: row.octets,
    dropped: sum(row.dropped),
  }));
  gauges.sample(now, counted);
  const terms = books.value;
  if (terms !== null) {
    machine.sample(now, [
      { id: RECEIVED, packets: terms.received, octets: 0, dropped: sum(terms.dropped) },
      { id: UNCLAIMED, packets: terms.unclaimed, octets: 0, dropped: 0 },
    ]);
  }
  rates.value++;
}

/** The filter that a binding was made from: they may have different names. */
export function filterOf(binding: number): string | undefined {
  return filters.value.find((filter) => filter.bindings.includes(binding))?.name;
}

export function bindingName(binding: number): string {
  return rowsById.value.get(binding)?.binding.name ?? `binding ${binding}`;
}
