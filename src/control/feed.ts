/**
 * What goes to the browsers: one tick is made for all of them, ten times a second, with the rows
 * that moved. Who does not read fast enough misses ticks and gets a whole picture when it has read
 * what waits for it: the newest state, never a backlog.
 */
import type { ApplianceEvent, ApplianceInterface } from "../appliance/interface.js";
import { MAX_KILLED_IN_ROW } from "../kernel/limits.js";
import type { Store } from "../store/store.js";
import type { Handlers } from "./handlers.js";
import type { Library } from "./library.js";
import { bindingOf, booksOf, countersOf, environmentOf, movement, refresh, replayOf, targetOf } from "./picture.js";
import {
  type Change,
  type Environment,
  type Notice,
  type Picture,
  PROTOCOL_VERSION,
  type ServerFrame,
  type Tick,
  type TraceFrame,
} from "./protocol.js";
import { namedFields } from "./routes-trace.js";

/** Notices that a slow client may have waiting; they are told once, so they are not dropped with the ticks. */
const NOTICES_KEPT = 16;

/** Events of the trace in one frame: more come with the next tick. */
const TRACE_EVENTS_TOLD = 512;
/** Capabilities, or bindings, in one notice. */
const NAMED = 3;

/** What the feed needs of a WebSocket. */
export interface FeedSocket {
  /** Octets that were sent and have not left. */
  readonly bufferedAmount: number;
  send(frame: string): void;
}

interface Client {
  readonly socket: FeedSocket;
  /** Has missed something, or has asked: the next frame is a picture. */
  stale: boolean;
  notices: string[];
  /** What it was told of the trace: the last event's number, and the levels; undefined where it has not asked. */
  traced: { readonly after: number; readonly levels: string } | undefined;
}

export interface FeedOptions {
  readonly appliance: ApplianceInterface;
  readonly store: Store;
  readonly library: Library;
  readonly handlers: Handlers;
  readonly now: () => number;
  readonly started: number;
  /** Octets waiting for a client, beyond which it misses ticks. */
  readonly bufferOctets: number;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #clients = new Map<FeedSocket, Client>();
  /** Tables that changed since the last tick. */
  readonly #changed = new Set<Change["type"]>();
  /** Binding → what `movement` was; environment → its row as text. */
  #movements = new Map<number, number>();
  #rows = new Map<number, string>();
  /** As it was told last, as text. */
  #target = "";

  constructor(options: FeedOptions) {
    this.#options = options;
    options.appliance.listen((event) => this.#event(event));
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** The first frame, a picture, comes with the next tick. */
  add(socket: FeedSocket): void {
    this.#clients.set(socket, { socket, stale: true, notices: [], traced: undefined });
  }

  remove(socket: FeedSocket): void {
    this.#clients.delete(socket);
  }

  /** The next frame to this client is a picture. */
  resync(socket: FeedSocket): void {
    const client = this.#clients.get(socket);
    if (client !== undefined) client.stale = true;
  }

  /** The client is told of the trace from here on, what is kept of it first; or no more. */
  trace(socket: FeedSocket, on: boolean): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    client.traced = on ? { after: 0, levels: "unknown" } : undefined;
  }

  /** A table changed; it is sent with the next tick, once, however often it changed. */
  changed(table: Change["type"]): void {
    this.#changed.add(table);
  }

  notice(level: Notice["level"], text: string): void {
    const frame = JSON.stringify({ type: "notice", now: this.#options.now(), level, text } satisfies Notice);
    for (const client of this.#clients.values()) client.notices = [...client.notices, frame].slice(-NOTICES_KEPT);
  }

  /** One turn: to be called every tickMs. */
  tick(): void {
    if (this.#clients.size === 0) return;
    refresh(this.#options.appliance);
    const frames = [...this.#changes(), this.#tick()].map((frame) => JSON.stringify(frame));
    let picture: string | undefined;
    for (const client of this.#clients.values()) {
      if (client.socket.bufferedAmount > this.#options.bufferOctets) {
        client.stale = true;
        continue;
      }
      if (client.stale) picture ??= JSON.stringify(this.#picture());
      const due = client.stale && picture !== undefined ? [picture] : frames;
      for (const frame of [...due, ...client.notices, ...this.#traceFor(client)]) client.socket.send(frame);
      client.stale = false;
      client.notices = [];
    }
  }

  /** What the client has not been told, as far as it is kept. */
  #traceFor(client: Client): string[] {
    if (client.traced === undefined) return [];
    const { trace } = this.#options.appliance;
    const { levels } = trace;
    const events = trace.since(client.traced.after, TRACE_EVENTS_TOLD).map(namedFields);
    const levelsNow = levels.join();
    if (events.length === 0 && levelsNow === client.traced.levels) return [];
    client.traced = { after: events.at(-1)?.number ?? client.traced.after, levels: levelsNow };
    return [JSON.stringify({ type: "trace", levels, events } satisfies TraceFrame)];
  }

  #event(event: ApplianceEvent): void {
    switch (event.kind) {
      case "bindings":
        this.changed("bindings");
        this.changed("handlers");
        return this.changed("filters");
      case "capabilities-ended": {
        const { ended, bindings } = event;
        const paths = ended.map(({ path, reason }) => `${path} (${reason})`).slice(0, NAMED);
        const more = ended.length > paths.length ? ` and ${ended.length - paths.length} more` : "";
        if (bindings.length === 0) return undefined;
        return this.notice("warning", `${bindings.length} bindings ended with ${paths.join(", ")}${more}`);
      }
      case "handlers-ended": {
        this.changed("handlers");
        const names = event.bindings.map((binding) => this.#bindingName(binding)).slice(0, NAMED);
        return this.notice(
          "warning",
          `With a capability the handlers of ${event.bindings.length} bindings ended: ${names.join(", ")}`,
        );
      }
      case "handler-unbound": {
        this.changed("handlers");
        const handler = this.#options.handlers.attachedTo(event.binding)?.attachment.handler ?? "";
        const text = `${MAX_KILLED_IN_ROW} packets in a row killed the handler ${handler} of ${this.#bindingName(event.binding)}: it is unbound`;
        return this.notice("error", text);
      }
      case "environment-failed":
        // One that is being destroyed ends because somebody wants it to.
        if (!this.#isLeaving(event.environment)) {
          this.notice("error", `The environment ${event.name} has failed: ${event.reason}`);
        }
        return undefined;
      case "environment-unresponsive":
        return this.notice("warning", `The environment ${event.name} is unresponsive: ${event.reason}`);
      case "environment-resumed":
        return this.notice("info", `The environment ${event.name} looks at its ring again.`);
      case "compiler-replaced":
        return this.notice("warning", `The compile worker was replaced: ${event.reason}`);
      case "failed":
        return this.notice("error", `The appliance has failed: ${event.reason}`);
      case "replay":
        if (event.status.state === "failed") this.notice("error", `The replay has failed: ${event.status.error}`);
        return undefined;
      case "disagreement":
        return this.notice(
          "error",
          `Target and shadow disagree, first on packet ${event.first.packet} of epoch ${event.first.epoch}`,
        );
      case "environments":
      case "target":
      case "trace":
      case "epoch-ended":
        // Rows and the replay of the next tick say it.
        return undefined;
    }
  }

  #bindingName(binding: number): string {
    return this.#options.appliance.bindings.get(binding)?.name ?? `${binding}`;
  }

  #picture(): Picture {
    const { appliance, store, now, started } = this.#options;
    return {
      type: "picture",
      version: PROTOCOL_VERSION,
      now: now(),
      uptime: now() - started,
      replay: replayOf(appliance),
      books: booksOf(appliance.books),
      target: targetOf(appliance),
      bindings: this.#bindings(),
      environments: this.#environments(),
      captures: store.captures.list(),
      filters: this.#options.library.summaries(),
      handlers: this.#options.handlers.summaries(),
    };
  }

  #tick(): Tick {
    const { appliance, now } = this.#options;
    return {
      type: "tick",
      now: now(),
      replay: replayOf(appliance),
      books: booksOf(appliance.books),
      ...this.#movedTarget(),
      bindings: this.#movedBindings(),
      environments: this.#movedEnvironments(),
    };
  }

  #changes(): ServerFrame[] {
    const frames = [...this.#changed].map((type): Change => {
      if (type === "bindings") return { type, bindings: this.#bindings() };
      if (type === "captures") return { type, captures: this.#options.store.captures.list() };
      if (type === "handlers") return { type, handlers: this.#options.handlers.summaries() };
      return { type, filters: this.#options.library.summaries() };
    });
    this.#changed.clear();
    return frames;
  }

  #bindings(): Picture["bindings"] {
    const { appliance } = this.#options;
    return [...appliance.bindings.values()].map((view) => bindingOf(view, appliance.books));
  }

  /** Without those that are being destroyed: nothing can be asked of them any more. */
  #environments(): Environment[] {
    const { appliance } = this.#options;
    return [...appliance.environments.values()]
      .filter(({ id }) => !this.#isLeaving(id))
      .map((view) => environmentOf(view, appliance));
  }

  #isLeaving(environment: number): boolean {
    return this.#options.appliance.environments.get(environment)?.state === "destroyed";
  }

  #movedTarget(): Pick<Tick, "target"> {
    const target = targetOf(this.#options.appliance);
    const text = JSON.stringify(target);
    if (text === this.#target) return {};
    this.#target = text;
    return { target };
  }

  #movedBindings(): Tick["bindings"] {
    const { books, bindings } = this.#options.appliance;
    const movements = new Map([...bindings.keys()].map((id) => [id, movement(id, books)]));
    const moved = [...movements].filter(([id, total]) => this.#movements.get(id) !== total);
    this.#movements = movements;
    return moved.map(([id]) => ({ id, counters: countersOf(id, books) }));
  }

  /** An environment that is gone is said once more, as destroyed. */
  #movedEnvironments(): Environment[] {
    const current = this.#environments();
    const rows = new Map(current.map((row) => [row.id, JSON.stringify(row)]));
    const moved = current.filter((row) => this.#rows.get(row.id) !== rows.get(row.id));
    const gone = [...this.#rows].filter(([id]) => !rows.has(id)).map(([, row]) => destroyed(row));
    this.#rows = rows;
    return [...moved, ...gone];
  }
}

function destroyed(row: string): Environment {
  const last: Environment = JSON.parse(row);
  return { ...last, state: "destroyed", ringDepth: 0 };
}
