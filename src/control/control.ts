/**
 * The control plane's front door: an HTTP and WebSocket server over one appliance and one store. It
 * is an environment like any other and has no back door: every request goes to the kernel with the
 * capability of whoever made it.
 */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApplianceInterface } from "../appliance/interface.js";
import { workerUrl } from "../appliance/worker-url.js";
import { wallMs } from "../machine/clock.js";
import type { Store } from "../store/store.js";
import { Admission } from "./admission.js";
import { Exporter } from "./export.js";
import { Feed } from "./feed.js";
import { createGuard } from "./guard.js";
import { Handlers } from "./handlers.js";
import { Hosted } from "./hosted.js";
import { Hosts, reachable } from "./hosts.js";
import { Library } from "./library.js";
import { CONTROL_LIMITS, type ControlLimits } from "./limits.js";
import { liveRoute } from "./live.js";
import { standing } from "./owners.js";
import { dashboard, describe, systemPages } from "./pages.js";
import type { Plane } from "./plane.js";
import { ControlPorts } from "./ports.js";
import { refused } from "./problem.js";
import { applyProfile } from "./profile.js";
import type { Profile } from "./protocol.js";
import { Questions } from "./questions.js";
import { type App, RouteTable } from "./routes.js";
import { bindingRoutes } from "./routes-bindings.js";
import { capabilityRoutes } from "./routes-capabilities.js";
import { captureRoutes, importCapture } from "./routes-captures.js";
import { filterRoutes } from "./routes-filters.js";
import { handlerRoutes } from "./routes-handlers.js";
import { machineRoutes } from "./routes-machine.js";
import { portRoutes } from "./routes-ports.js";
import { replayRoutes } from "./routes-replay.js";
import { systemRoutes } from "./routes-system.js";
import { traceRoutes } from "./routes-trace.js";
import { trieRoutes } from "./routes-trie.js";
import { Scanner } from "./scan.js";
import { NoQuery } from "./schemas.js";
import { answer, createApp, type LogSink } from "./server.js";
import { Sessions } from "./sessions.js";
import { Turns } from "./turns.js";

export interface ControlOptions {
  readonly appliance: ApplianceInterface;
  readonly store: Store;
  /** Address to listen at, and port; 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** Stands for the root capability in addition to the capability's own text. */
  readonly token?: string;
  /** Names of the library OSes that environments can be made of. */
  readonly programs: readonly string[];
  /** Built dashboard; where there is none, the interface is served without it. */
  readonly dashboard?: string;
  readonly limits?: Partial<ControlLimits>;
  readonly log?: LogSink;
  /** Wall clock, ms since 1970. */
  readonly now?: () => number;
}

export interface Control {
  /** http://HOST:PORT, as a browser on this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /** Every method and address that is answered, as registered. */
  readonly routes: readonly { readonly method: string; readonly url: string; readonly open: boolean }[];
  /** Sets up a profile, as PUT profile does. */
  apply(profile: Profile): Promise<void>;
  /** Puts a file of this machine into the store, unless these octets are there under this name. */
  importCapture(name: string, path: string): Promise<void>;
  /** Takes no new requests, waits for those under way (a named time at most), and closes every socket. */
  close(): Promise<void>;
}

/** Rejects with the system's error where the address cannot be had (EADDRINUSE, EACCES, ...). */
export async function startControl(options: ControlOptions): Promise<Control> {
  const limits = { ...CONTROL_LIMITS, ...options.limits };
  const app = await createApp(limits, options.log);
  const plane = createPlane(options, limits);
  let hosts = new Hosts(options.host, options.port);
  let port = options.port;
  // Cookies are shared by all ports of a host, so their names are not.
  const cookie = () => `exonet_${port}`;

  const routes = new RouteTable(app);
  await guard(app, plane, () => hosts, cookie);
  await describe(app);
  const live = addRoutes(app, plane, options, cookie);
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsAt(request.raw.url ?? "/");
    if (methods.length === 0) return answer(reply, refused("E_NOT_FOUND"));
    return answer(reply.header("allow", methods.join(", ")), refused("E_METHOD", request.method));
  });
  // Whoever starts the server says in words where it listens; the log need not.
  app.log.level = "warn";
  await app.listen({ host: options.host, port: options.port });
  app.log.level = "info";
  port = portOf(app.server.address());
  hosts = new Hosts(options.host, port);
  return {
    url: `http://${reachable(options.host)}:${port}`,
    port,
    routes: routes.list,
    // The profile of the last run: at the start nobody asks for it but the installation itself.
    apply: (profile) => plane.turns.run(() => applyAtStart(plane, profile)),
    importCapture: (name, path) => importCapture(plane, name, path),
    close: () => close(app, live.close, limits.drainMs),
  };
}

async function applyAtStart(plane: Plane, profile: Profile): Promise<void> {
  const { rootCapability } = plane.appliance;
  return applyProfile(plane, rootCapability, await standing(plane, rootCapability, profile));
}

function createPlane(options: ControlOptions, limits: ControlLimits): Plane {
  const { appliance, store, token, programs } = options;
  const aliases = new Map(token === undefined ? [] : [[token, appliance.rootCapability]]);
  const library = new Library(appliance, store);
  const handlers = new Handlers(appliance, store);
  const now = options.now ?? wallMs;
  const started = now();
  const admission = new Admission(appliance, aliases, now, limits.admitted);
  return {
    appliance,
    store,
    limits,
    admission,
    sessions: new Sessions(admission, limits.sessions, limits.sessionMs),
    library,
    handlers,
    questions: new Questions(limits.questions, limits.questionsInAll),
    hosted: new Hosted(appliance),
    ports: new ControlPorts(appliance, join(store.folder, "ports")),
    scanner: new Scanner(limits.scans, limits.scanMs),
    exporter: new Exporter(limits),
    feed: new Feed({ appliance, store, library, handlers, now, started, bufferOctets: limits.socketBufferOctets }),
    turns: new Turns(),
    programs,
    now,
    started,
  };
}

async function guard(app: App, plane: Plane, hosts: () => Hosts, cookie: () => string): Promise<void> {
  const { requests, requestsWindowMs } = plane.limits;
  const limiter = app.createRateLimit({ max: requests, timeWindow: requestsWindowMs });
  const check = createGuard({
    hosts,
    admission: plane.admission,
    sessions: plane.sessions,
    cookie,
    now: plane.now,
    rate: async (request) => {
      const limit = await limiter(request);
      return !limit.isAllowed && limit.isExceeded ? limit.ttl : 0;
    },
  });
  app.addHook("onRequest", check);
}

function addRoutes(app: App, plane: Plane, options: ControlOptions, cookie: () => string): { close(): void } {
  let live = { close: () => {} };
  void app.register(
    async (api: App) => {
      // What no schema speaks of is refused, too.
      api.addHook("onRoute", (route) => {
        route.schema = { querystring: NoQuery, ...route.schema };
      });
      api.addHook("onSend", async (_request, reply) => {
        if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
      });
      systemRoutes(api, plane, cookie);
      capabilityRoutes(api, plane);
      captureRoutes(api, plane);
      replayRoutes(api, plane);
      filterRoutes(api, plane);
      bindingRoutes(api, plane);
      handlerRoutes(api, plane);
      machineRoutes(api, plane);
      trieRoutes(api, plane);
      traceRoutes(api, plane);
      portRoutes(api, plane);
      live = liveRoute(api, plane);
    },
    { prefix: "/api/v1" },
  );
  systemPages(app, plane);
  dashboard(app, options.dashboard ?? fileURLToPath(workerUrl("dashboard/", import.meta.url)));
  return { close: () => live.close() };
}

async function close(app: App, closeSockets: () => void, drainMs: number): Promise<void> {
  closeSockets();
  const late = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close();
  clearTimeout(late);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("control: the server has no port");
  return address.port;
}
