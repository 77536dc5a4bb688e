/**
 * A stand-in for the appliance that speaks the dashboard's protocol: tables of any size, figures that
 * move, and the troubles that a real one shows rarely. For tests of the page alone; nothing is replayed.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type {
  Binding,
  Books,
  Capability,
  Capture,
  CheckResult,
  Environment,
  FlowTable,
  HandlerBinding,
  HandlerSummary,
  OverlapList,
  Picture,
  Problem,
  Replay,
  Stage,
  Stream,
  Target,
  Trie,
} from "../../src/control/protocol.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { DRAWN, drawTrie } from "../../src/dpf/draw-trie.js";

export const TOKEN = "a-token-of-the-simulator";
const TICK_MS = 100;
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Route = (match: RegExpExecArray, request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export class Simulator {
  readonly replay: Writable<Replay>;
  books: Writable<Books>;
  target: Target = { target: "js", shadow: null, targets: ["js", "interpreter"], disagreements: 0, first: null };
  bindings: Writable<Binding>[] = [];
  environments: Writable<Environment>[] = [];
  captures: Capture[] = [];
  filters = new Map<string, { text: string; bindings: number[] }>();
  handlers: HandlerSummary[] = [];
  boundHandlers: HandlerBinding[] = [];
  /** Packets a second of a binding by its place. */
  rateOf = (index: number, seconds: number) =>
    (40_000 / (index + 1)) * (1 + 0.35 * Math.sin(seconds / (2 + (index % 7)) + index));
  readonly #folder: string;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #cookies = new Set<string>();
  readonly #started = Date.now();
  #timer: NodeJS.Timeout | null = null;
  #nextBinding = 1;
  #nextEnvironment = 1;
  #last = Date.now();
  #refusing = false;
  hand = 0;
  /** While true, a new client gets no picture. */
  silent = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.replay = emptyReplay();
    this.books = emptyBooks();
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => {
      if (this.#refusing || !this.#known(request)) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#greet(client));
    });
  }

  /** Listens, and answers the link with the token. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    const address = this.#server.address();
    const actual = typeof address === "object" && address !== null ? address.port : port;
    return `http://127.0.0.1:${actual}/#token=${TOKEN}`;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Closes every WebSocket, and takes no new one until `restore`. */
  lose(): void {
    this.#refusing = true;
    for (const client of this.#sockets.clients) client.terminate();
  }

  restore(): void {
    this.#refusing = false;
  }

  forgetSessions(): void {
    this.#cookies.clear();
    for (const client of this.#sockets.clients) client.terminate();
  }

  addEnvironment(name: string, program: string, change: Partial<Environment> = {}): Environment {
    const environment: Environment = {
      id: this.#nextEnvironment++,
      name,
      program,
      state: "ready",
      error: null,
      kind: program === "" ? "counting" : "hosted",
      accesses: 0,
      misses: 0,
      slices: 0,
      fuelUsed: 0,
      fuelOwed: 0,
      exceptions: 0,
      activations: 0,
      cutOff: 0,
      ringEntries: program === "" ? 0 : 4096,
      ringDepth: 0,
      pages: 33,
      owner: "root",
      guaranteed: 33,
      segments: 0,
      delivered: 0,
      dropped: { ringFull: 0, environmentFailed: 0 },
      ...change,
    };
    this.environments.push(environment);
    return environment;
  }

  addFilter(name: string, text: string, environment = 0, bind = true): void {
    const bindings = bind ? [this.addBinding(name, environment).id] : [];
    this.filters.set(name, { text, bindings });
  }

  addBinding(name: string, environment: number, mode: "claim" | "tap" = "tap"): Binding {
    const binding: Binding = {
      id: this.#nextBinding++,
      name,
      environment,
      mode,
      priority: 0,
      filter: "true",
      from: { epoch: this.replay.epoch, packet: this.replay.packet + 1 },
      counters: { packets: 0, octets: 0, consumed: 0, delivered: 0, dropped: { ringFull: 0 }, last: null },
    };
    this.bindings.push(binding);
    return binding;
  }

  addCapture(name: string, change: Partial<Capture["info"]> = {}): Capture {
    const first = 1_772_366_400_000_000_000n;
    const timeline = Array.from({ length: 512 }, (_, slot) =>
      slot > 300 && slot < 340 ? 0 : Math.round(60 + 50 * Math.sin(slot / 17) + ((slot * 7919) % 43)),
    );
    const packets = timeline.reduce((a, b) => a + b, 0);
    const capture: Capture = {
      name,
      octets: packets * 412,
      sha256: "0".repeat(64),
      uploaded: new Date().toISOString(),
      info: {
        format: "pcap",
        packets,
        linktypes: { 1: packets },
        first_ts: String(first),
        last_ts: String(first + 93_250_000_000n),
        truncated: false,
        damage: [],
        ...change,
      },
      timeline,
    };
    this.captures = [...this.captures.filter((one) => one.name !== name), capture];
    return capture;
  }

  /** Sends a table whole, as the appliance does when it changed. */
  changed(type: "bindings" | "captures" | "filters"): void {
    this.#broadcast({ type, [type]: this.#table(type) });
  }

  notice(level: "info" | "warning" | "error", text: string): void {
    this.#broadcast({ type: "notice", now: Date.now(), level, text });
  }

  #table(type: "bindings" | "captures" | "filters"): unknown {
    if (type === "bindings") return this.bindings;
    if (type === "captures") return this.captures;
    return [...this.filters].map(([name, { bindings }]) => ({ name, language: "dpf", bindings }));
  }

  #picture(): Picture {
    return {
      type: "picture",
      version: 1,
      now: Date.now(),
      uptime: Date.now() - this.#started,
      replay: this.replay,
      books: this.books,
      target: this.target,
      bindings: this.bindings,
      environments: this.environments,
      captures: this.captures,
      filters: [...this.filters].map(([name, { bindings }]) => ({ name, language: "dpf", bindings })),
      handlers: this.handlers,
    };
  }

  #greet(client: WebSocket): void {
    if (!this.silent) client.send(JSON.stringify(this.#picture()));
    client.on("message", () => client.send(JSON.stringify(this.#picture())));
  }

  #broadcast(frame: unknown): void {
    if (this.silent) return;
    const text = JSON.stringify(frame);
    for (const client of this.#sockets.clients) client.send(text);
  }

  #tick(): void {
    const now = Date.now();
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    const moved = this.replay.state === "playing" ? this.#play(now, seconds) : [];
    this.#broadcast({
      type: "tick",
      now,
      replay: this.replay,
      books: this.books,
      target: this.target,
      bindings: moved.map(({ id, counters }) => ({ id, counters })),
      environments: moved.length > 0 ? this.environments : [],
    });
  }

  #play(now: number, seconds: number): Binding[] {
    const [name] = this.replay.captures;
    const capture = this.captures.find((one) => one.name === name);
    const first = BigInt(capture?.info.first_ts ?? "0");
    const span = BigInt(capture?.info.last_ts ?? "0") - first;
    const speed = this.replay.speed === "max" ? 1000 : this.replay.speed;
    let time = BigInt(this.replay.time ?? first) + BigInt(Math.round(seconds * speed * 1e9));
    if (time > first + span) {
      time = first;
      this.replay.epoch++;
    }
    this.replay.time = String(time);
    this.replay.driftNs = 41_000 + Math.round(9_000 * Math.sin(now / 700));
    this.replay.packet = Number(((time - first) * BigInt(capture?.info.packets ?? 0)) / (span || 1n));
    return this.#count(now / 1000, seconds, String(time));
  }

  #count(clock: number, seconds: number, time: string): Binding[] {
    let most = 0;
    let taps = 0;
    for (const [index, binding] of this.bindings.entries()) {
      const packets = Math.round(this.rateOf(index, clock) * seconds);
      const { counters } = binding;
      const environment = this.environments.find((one) => one.id === binding.environment);
      const lost = index === 3 ? Math.round(packets * 0.02) : 0;
      binding.counters = {
        packets: counters.packets + packets,
        octets: counters.octets + packets * (80 + ((index * 131) % 900)),
        delivered: counters.delivered + packets - lost,
        dropped: { ringFull: (counters.dropped.ringFull ?? 0) + lost },
        last: time,
      };
      if (environment !== undefined) {
        environment.delivered += packets - lost;
        environment.ringDepth = Math.round(900 + 800 * Math.sin(clock + index));
        environment.dropped = { ringFull: (environment.dropped.ringFull ?? 0) + lost };
      }
      taps += packets;
      most = Math.max(most, packets);
    }
    const received = Math.round(most * 1.2);
    const books = this.books;
    books.offered += received;
    books.received += received;
    books.tappedOnly += most;
    books.unclaimed += received - most;
    books.taps += taps;
    books.delivered += taps;
    return this.bindings;
  }

  #known(request: IncomingMessage): boolean {
    const cookie = /session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
    return cookie !== undefined && this.#cookies.has(cookie);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = (request.url ?? "/").split("?")[0] ?? "/";
      if (!path.startsWith("/api/v1/")) return this.#file(path, response);
      const body = Buffer.concat(chunks);
      const key = `${request.method} ${decodeURIComponent(path.slice("/api/v1/".length))}`;
      if (key !== "POST session" && !this.#known(request)) return problem(response, 401, "E_NO_TOKEN", "no token");
      for (const [pattern, route] of this.#routes) {
        const match = pattern.exec(key);
        if (match !== null) return route(match, request, response, body);
      }
      problem(response, 404, "E_NOT_FOUND", `no ${key}`);
    });
  }

  #file(path: string, response: ServerResponse): void {
    const file = join(this.#folder, normalize(path === "/" ? "/index.html" : path));
    try {
      const nonce = randomBytes(16).toString("base64url");
      const content = readFileSync(file);
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      response.setHeader("x-content-type-options", "nosniff");
      response.setHeader(
        "content-security-policy",
        `default-src 'self'; style-src 'self' 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
      );
      response.end(file.endsWith(".html") ? content.toString().replaceAll("__CSP_NONCE__", nonce) : content);
    } catch {
      response.writeHead(404).end();
    }
  }

  /** The merged trie that is drawn; its nodes are counted while heat is on. */
  readonly classifier = new Classifier();
  heat = false;
  reachedOf = (node: number, seconds: number) => Math.round((40_000 * seconds) / node);
  /** What every claim that is checked meets. */
  overlaps: OverlapList = { overlaps: [], total: 0 };

  readonly #routes: readonly (readonly [RegExp, Route])[] = [
    [/^POST session$/, (_, __, response, body) => this.#session(response, body)],
    [/^GET replays\/current$/, (_, __, response) => json(response, 200, this.replay)],
    [/^PUT replays\/current$/, (_, __, response, body) => this.#open(response, body)],
    [/^POST replays\/current\/(\w+)$/, (match, _, response, body) => this.#move(match[1] ?? "", response, body)],
    [/^PUT captures\/(.+)$/, (match, request, response, body) => this.#store(match[1] ?? "", request, response, body)],
    [/^DELETE captures\/(.+)$/, (match, _, response) => this.#drop(match[1] ?? "", response)],
    [/^POST filters\/check$/, (_, __, response, body) => this.#check(response, body)],
    [/^GET trie$/, (_, request, response) => this.#trie(request, response)],
    [/^PUT trie\/heat$/, (_, __, response, body) => this.#setHeat(response, body)],
    [/^PUT target$/, (_, __, response, body) => this.#setTarget(response, body)],
    [/^GET filters\/(.+)\/stages$/, (_, __, response) => json(response, 200, STAGES)],
    [/^GET filters\/(.+)\/stages\/(\w+)$/, (match, _, response) => stageText(match[2] ?? "", response)],
    [/^GET filters\/(.+)$/, (match, _, response) => this.#text(match[1] ?? "", response)],
    [
      /^PUT filters\/(.+)\.dpf$/,
      (match, request, response, body) => this.#put(match[1] ?? "", request, response, body),
    ],
    [/^DELETE filters\/(.+)$/, (match, _, response) => this.#remove(match[1] ?? "", response)],
    [/^POST environments$/, (_, __, response, body) => this.#create(response, body)],
    [/^GET bindings\/handlers$/, (_, __, response) => json(response, 200, this.boundHandlers)],
    [/^POST bindings$/, (_, __, response, body) => this.#bind(response, body)],
    [/^DELETE bindings\/(\d+)$/, (match, _, response) => this.#unbind(Number(match[1]), response)],
    [/^GET capabilities$/, (_, __, response) => json(response, 200, [ROOT])],
    [/^GET pages$/, (_, __, response) => json(response, 200, PAGES)],
    [/^GET segments$/, (_, __, response) => json(response, 200, { segments: [] })],
    [
      /^GET slices$/,
      (_, __, response) => json(response, 200, { length: 16_384, hand: this.hand++ % 128, slices: SLICES }),
    ],
    [/^GET environments\/\d+\/revocations$/, (_, __, response) => json(response, 200, REVOCATIONS)],
    [/^GET environments\/\d+\/query\/flows$/, (_, __, response) => json(response, 200, flows())],
    [/^GET environments\/\d+\/query\/status$/, (_, __, response) => json(response, 200, status())],
  ];

  #check(response: ServerResponse, body: Buffer): void {
    const { text, mode } = parse(body);
    const result = checkText(String(text));
    json(response, 200, mode === "claim" && result.ok ? { ...result, overlaps: this.overlaps } : result);
  }

  #trie(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? "", "http://simulator").searchParams;
    const view = { at: query.get("at") ?? undefined, from: Number(query.get("from") ?? 0), limit: DRAWN };
    const picture = drawTrie(this.classifier, view);
    if (picture === undefined) return problem(response, 404, "E_NO_NODE", "the trie has no node of this number now");
    const seconds = (Date.now() - this.#started) / 1000;
    const nodes = picture.nodes.map((point) =>
      point.kind === "node" && this.heat ? { ...point, reached: this.reachedOf(point.node, seconds) } : point,
    );
    json(response, 200, { ...picture, nodes, heat: this.heat } satisfies Trie);
  }

  #setHeat(response: ServerResponse, body: Buffer): void {
    this.heat = parse(body).on === true;
    json(response, 200, { on: this.heat });
  }

  #setTarget(response: ServerResponse, body: Buffer): void {
    const { target, shadow } = parse(body);
    this.target = { ...this.target, target: String(target), shadow: typeof shadow === "string" ? shadow : null };
    json(response, 200, this.target);
  }

  #session(response: ServerResponse, body: Buffer): void {
    if (parse(body).token !== TOKEN) return problem(response, 401, "E_BAD_TOKEN", "the token is not valid here");
    const cookie = randomBytes(16).toString("hex");
    this.#cookies.add(cookie);
    response.setHeader("set-cookie", `session=${cookie}; Path=/; HttpOnly; SameSite=Strict`);
    response.writeHead(204).end();
  }

  #open(response: ServerResponse, body: Buffer): void {
    const { captures, speed, loop, lossless, play } = parse(body);
    const first = this.captures.find((one) => Array.isArray(captures) && one.name === captures[0]);
    if (first === undefined) return problem(response, 404, "E_NO_CAPTURE", "no capture has this name");
    Object.assign(this.replay, emptyReplay(), { captures, speed, loop, lossless, state: play ? "playing" : "paused" });
    this.replay.epoch = 1;
    this.replay.time = first.info.first_ts;
    json(response, 200, this.replay);
  }

  #move(motion: string, response: ServerResponse, body: Buffer): void {
    const asked = body.length > 0 ? parse(body) : {};
    if (motion === "play") this.replay.state = "playing";
    else if (motion === "pause") this.replay.state = "paused";
    else if (motion === "stop") Object.assign(this.replay, emptyReplay());
    else if (motion === "skip") this.replay.gapMs = null;
    else if (motion === "step") this.replay.packet++;
    else if (motion === "speed" && (asked.speed === "max" || typeof asked.speed === "number")) {
      this.replay.speed = asked.speed;
    } else if (motion === "seek") {
      this.replay.epoch++;
      if (typeof asked.time === "string") this.replay.time = asked.time;
      else this.#seekPacket(Number(asked.packet));
    }
    json(response, 200, this.replay);
  }

  /** Packets are taken to be evenly spaced, as they are in `#play`. */
  #seekPacket(packet: number): void {
    const info = this.captures.find((one) => one.name === this.replay.captures[0])?.info;
    const first = BigInt(info?.first_ts ?? "0");
    const span = BigInt(info?.last_ts ?? "0") - first;
    this.replay.packet = packet - 1;
    this.replay.time = String(first + (span * BigInt(packet - 1)) / BigInt(info?.packets || 1));
  }

  #store(name: string, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const known = this.captures.some((one) => one.name === name);
    if (known && !(request.url ?? "").includes("replace=yes")) {
      return problem(response, 409, "E_EXISTS", "a capture of this name exists");
    }
    if (![0xd4, 0xa1, 0x0a, 0x4d].includes(body[0] ?? 0)) {
      const detail = "this is no capture: at octet 0: unknown magic number 0x89504e47";
      return problem(response, 422, "E_NOT_A_CAPTURE", detail);
    }
    const damage =
      body.length % 2 === 1 ? [{ offset: body.length - 7, reason: "the record's last octets are missing" }] : [];
    const capture = this.addCapture(name, { damage, truncated: damage.length > 0 });
    json(response, 201, capture);
    this.changed("captures");
  }

  #drop(name: string, response: ServerResponse): void {
    if (this.replay.captures.includes(name)) {
      return problem(response, 409, "E_CAPTURE_IN_USE", "the capture is being replayed");
    }
    this.captures = this.captures.filter((one) => one.name !== name);
    response.writeHead(204).end();
    this.changed("captures");
  }

  #text(name: string, response: ServerResponse): void {
    const filter = this.filters.get(name);
    if (filter === undefined) return problem(response, 404, "E_NO_FILTER", "no filter has this name");
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(filter.text);
  }

  #put(name: string, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const text = body.toString();
    const result = checkText(text);
    if (!result.ok) return problem(response, 422, "E_FILTER", "the filter is not well formed", result.errors);
    const old = this.filters.get(name);
    const bind = !(request.url ?? "").includes("bind=no");
    const bindings = old?.bindings ?? (bind ? [this.addBinding(name, 0).id] : []);
    this.filters.set(name, { text, bindings });
    const from = bindings.length > 0 ? { epoch: this.replay.epoch, packet: this.replay.packet + 1 } : null;
    json(response, old === undefined ? 201 : 200, {
      name,
      language: "dpf",
      created: old === undefined,
      bindings,
      from,
    });
    this.changed("filters");
    this.changed("bindings");
  }

  #remove(name: string, response: ServerResponse): void {
    const gone = new Set(this.filters.get(name)?.bindings ?? []);
    this.filters.delete(name);
    this.bindings = this.bindings.filter((binding) => !gone.has(binding.id));
    response.writeHead(204).end();
    this.changed("filters");
    this.changed("bindings");
  }

  #create(response: ServerResponse, body: Buffer): void {
    const { name, program } = parse(body);
    const { id } = this.addEnvironment(String(name), String(program));
    json(response, 201, { environment: id });
    this.#broadcast(this.#picture());
  }

  #bind(response: ServerResponse, body: Buffer): void {
    const { filter, environment, name } = parse(body);
    const stored = this.filters.get(String(filter));
    if (stored === undefined) return problem(response, 404, "E_NO_FILTER", "no filter has this name");
    const { id } = this.addBinding(String(name ?? filter), Number(environment));
    stored.bindings.push(id);
    json(response, 201, { binding: id, name: name ?? filter });
    this.changed("filters");
    this.changed("bindings");
  }

  #unbind(id: number, response: ServerResponse): void {
    this.bindings = this.bindings.filter((binding) => binding.id !== id);
    json(response, 200, { until: { epoch: 1, packet: this.replay.packet } });
    this.changed("bindings");
  }
}

const ROOT: Capability = {
  serial: "root",
  version: 0,
  path: "root",
  rights: ["observe", "store", "replay", "bind", "priority", "create", "grant", "allocate", "transmit"],
  expires: 0,
  frames: null,
  environment: null,
};

const PAGES = {
  total: 64,
  free: 31,
  pages: Array.from({ length: 33 }, (_, page) => ({
    page,
    owner: 1,
    use: "environment",
    readers: page === 32 ? [2] : [],
    writers: [],
    guaranteed: page < 20,
  })),
};

const SLICES = Array.from({ length: 128 }, (_, at) => (at % 3 === 0 ? null : (at % 2) + 1));

const REVOCATIONS = {
  requests: [
    { sequence: 1, resource: "pages", count: 4, deadlineMs: 500, state: "forced", given: 1, taken: 3, late: true },
    { sequence: 2, resource: "packets", count: 2, deadlineMs: 500, state: "asked", given: 1, taken: 0, late: false },
  ],
  vector: [{ resource: "pages", name: 29, count: 3, saved: null }],
};

const STAGES: readonly Stage[] = ["atoms", "trie", "vcode", "js", "wat"].map((name, index) => ({
  name,
  octets: 40 * 9 ** index,
  instructions: 3 + 5 * index,
  milliseconds: 0.04 * 3 ** index,
}));

function stageText(name: string, response: ServerResponse): void {
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`stage ${name}\n${`${MARKED}\n`.repeat(200)}`);
}

const MARKED = "  <b>not markup</b>, and a line that is longer than the page is wide: ".padEnd(180, "x");

function parse(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
}

function problem(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
  errors?: Problem["errors"],
): void {
  const value: Problem = { type: "about:blank", title: code, status, detail, code, ...(errors && { errors }) };
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(value));
}

function emptyReplay(): Replay {
  return {
    state: "none",
    captures: [],
    speed: 1,
    loop: 1,
    lossless: false,
    epoch: 0,
    packet: 0,
    time: null,
    driftNs: 0,
    gapMs: null,
    backwards: 0,
    deterministic: true,
    damage: [],
    error: null,
  };
}

function emptyBooks(): Books {
  return {
    offered: 0,
    received: 0,
    dropped: { noSegment: 0 },
    claimed: 0,
    tappedOnly: 0,
    unclaimed: 0,
    taps: 0,
    consumed: 0,
    delivered: 0,
    undelivered: { ringFull: 0, environmentFailed: 0 },
    inFlight: 0,
    balanced: true,
  };
}

/** Good enough for the page: a word that DPF does not have is an error at its place. */
function checkText(text: string): CheckResult {
  const errors = text.split("\n").flatMap((line, index) => {
    const code = line.split("#")[0] ?? "";
    const wrong = /[^\s\dxa-fA-F:&|=<.]+/.exec(code.replace(/\b(shift|true)\b/g, (word) => " ".repeat(word.length)));
    if (wrong === null) return [];
    const message = `expected a field, \`shift\` or \`true\`, not \`${wrong[0]}\``;
    return [{ message, code: "E_SYNTAX", line: index + 1, column: wrong.index + 1, length: wrong[0].length }];
  });
  if (errors.length > 0) return { ok: false, errors, conjunctions: 0, atoms: 0, canonical: "" };
  const conjunctions = text.split("||");
  const atoms = conjunctions.reduce((all, one) => all + one.split("&&").length, 0);
  return { ok: true, errors: [], conjunctions: conjunctions.length, atoms, canonical: conjunctions.join("\n").trim() };
}

function flows(): FlowTable {
  const rows = Array.from({ length: 200 }, (_, index) => ({
    protocol: index % 5 === 0 ? "udp" : index % 11 === 3 ? "icmp6" : "tcp",
    source: index % 4 === 1 ? `2001:db8:0:${index}::aaaa:bbbb:${index}` : `10.9.${index % 3}.${index}`,
    sourcePort: index % 11 === 3 ? 0 : 40_000 + index,
    destination: index % 4 === 1 ? "2001:db8::81" : "10.9.0.80",
    destinationPort: index % 11 === 3 ? 0 : index % 5 === 0 ? 53 : 443,
    packets: 20_000 - index * 97,
    octets: (20_000 - index * 97) * 512,
    first: String(1_772_366_400_000_000_000n + BigInt(index) * 120_000_000n),
    last: String(1_772_366_470_000_000_000n + BigInt(index) * 90_000_000n),
    flags: index % 5 === 0 ? "" : "FSPA",
  }));
  return { epoch: 1, total: 1843, overflow: 0, flows: rows };
}

function status() {
  const side = (octets: number, trouble: number) => ({
    octets,
    segments: Math.ceil(octets / 1400),
    retransmitted: trouble,
    overlapped: 0,
    outOfOrder: trouble * 2,
    gaps: trouble > 4 ? 1 : 0,
    missing: trouble > 4 ? 2800 : 0,
  });
  const streams = Array.from(
    { length: 24 },
    (_, index): Stream => ({
      client: `10.9.0.${11 + index}`,
      clientPort: 40_000 + index,
      server: "10.9.0.80",
      serverPort: 443,
      state: index % 4 === 0 ? "established" : "closed",
      toServer: side(400 + index * 31, 0),
      toClient: side(48_000 * (index + 1), index % 6),
    }),
  );
  const counts = { ipv4: 5100, tcp: 4400, udp: 640, arp: 40, icmp: 60, malformed: 0 };
  return { frames: 5675, counts, total: streams.length, streams };
}
