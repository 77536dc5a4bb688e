/**
 * The order of checks, for every request and every upgrade, before anything of it is read:
 *
 *   host → no token in the address → origin → rate → upgrade → token → origin, once more, for cookies → rights
 *
 * Only then is it routed, with the caller's capability.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Admission, type Admitted, requireRights } from "./admission.js";
import type { Hosts } from "./hosts.js";
import { ControlRefusal } from "./refusal.js";
import { rightsFor } from "./rights.js";
import type { Session, Sessions } from "./sessions.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answers everybody who passes the checks of host, address, origin and rate. */
    open?: boolean;
    /** Speaks WebSocket. */
    live?: boolean;
    /** Reads its body itself, in its own time. */
    stream?: boolean;
  }
  interface FastifyRequest {
    /** What the caller may do; "" where the route is open and nothing was shown. */
    capability: string;
    /** What is known of it; where the route is open there is none. */
    admitted: Admitted;
    /** Its capability has ended since. */
    ended: boolean;
    /** The session of the cookie, where one was shown. */
    session: Session | undefined;
  }
}

export interface GuardOptions {
  readonly hosts: () => Hosts;
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly cookie: () => string;
  /** ms until the address may ask again, or 0. */
  readonly rate: (request: FastifyRequest) => Promise<number>;
  readonly now: () => number;
}

/** Names that a token goes by in addresses; any of them is refused, whatever stands behind it. */
const TOKEN_NAMES =
  /^(access_?|auth_?|api_?|id_?|session_?)?(token|key|secret|capability|authorization|bearer|session)$/;
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

export function createGuard(options: GuardOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    checkHost(request, options.hosts());
    checkAddress(request, options.admission);
    checkOrigin(request, options.hosts());
    await checkRate(request, reply, options);
    checkUpgrade(request);
    if (request.routeOptions.config.open === true) return;
    await identify(request, options);
    checkCookieOrigin(request);
    requireRights(request.admitted, rightsFor(request.method, request.routeOptions.url ?? ""));
    endWith(request, reply, options.admission);
  };
}

function checkHost(request: FastifyRequest, hosts: Hosts): void {
  // RFC 9112, section 3.2: whoever stands between may have gone by another one than we see.
  const named = request.raw.rawHeaders.filter((field, at) => at % 2 === 0 && field.toLowerCase() === "host");
  if (named.length > 1) throw new ControlRefusal("E_REQUEST", "it names more than one host");
  if (!hosts.serves(request.headers.host)) throw new ControlRefusal("E_HOST");
}

function checkAddress(request: FastifyRequest, admission: Admission): void {
  const query = request.raw.url?.split("?").slice(1).join("?") ?? "";
  if (query === "") return;
  for (const [key, value] of new URLSearchParams(query)) {
    const isToken = TOKEN_NAMES.test(key.toLowerCase()) || admission.isToken(value);
    if (isToken) throw new ControlRefusal("E_TOKEN_IN_QUERY");
  }
}

function checkOrigin(request: FastifyRequest, hosts: Hosts): void {
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.isOurs(origin)) throw new ControlRefusal("E_ORIGIN");
}

async function checkRate(request: FastifyRequest, reply: FastifyReply, options: GuardOptions): Promise<void> {
  const wait = await options.rate(request);
  if (wait === 0) return;
  reply.header("retry-after", Math.ceil(wait / 1000));
  throw new ControlRefusal("E_RATE");
}

function checkUpgrade(request: FastifyRequest): void {
  if (request.ws && request.routeOptions.config.live !== true) throw new ControlRefusal("E_NO_UPGRADE");
}

async function identify(request: FastifyRequest, options: GuardOptions): Promise<void> {
  const { admission, sessions, cookie, now } = options;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new ControlRefusal("E_BAD_TOKEN");
    request.admitted = await admission.admit(token);
  } else {
    const value = request.cookies[cookie()];
    if (value === undefined) throw new ControlRefusal("E_NO_TOKEN");
    const session = sessions.find(value, now());
    if (session === undefined) throw new ControlRefusal("E_BAD_TOKEN");
    request.session = session;
    request.admitted = admission.stillGood(session.admitted);
  }
  request.capability = request.admitted.text;
}

/** What takes long, an upload or a stream of octets, ends with its capability; what does not is answered. */
function endWith(request: FastifyRequest, reply: FastifyReply, admission: Admission): void {
  if (request.ws) return;
  const letGo = admission.hold(request.admitted, () => {
    if (request.routeOptions.config.stream === true || reply.raw.headersSent) request.raw.socket.destroy();
    else request.ended = true;
  });
  reply.raw.once("close", letGo);
}

// A cookie comes by itself; that the person wants the change is shown by the page it comes from.
function checkCookieOrigin(request: FastifyRequest): void {
  const changes = !SAFE.has(request.method) || request.ws;
  if (request.session !== undefined && changes && request.headers.origin === undefined)
    throw new ControlRefusal("E_ORIGIN");
}
