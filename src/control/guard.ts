/**
 * The order of checks, for every request and every upgrade, before anything of it is read:
 *
 *   host → no token in the address → origin → rate → upgrade → token → origin, once more, for cookies
 *
 * Only then is it routed, with the caller's capability.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Hosts } from "./hosts.js";
import { ControlRefusal } from "./refusal.js";
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
    /** The session of the cookie, where one was shown. */
    session: Session | undefined;
  }
}

export interface GuardOptions {
  readonly hosts: () => Hosts;
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
    checkAddress(request, options.sessions);
    checkOrigin(request, options.hosts());
    await checkRate(request, reply, options);
    checkUpgrade(request);
    if (request.routeOptions.config.open === true) return;
    identify(request, options);
    checkCookieOrigin(request);
  };
}

function checkHost(request: FastifyRequest, hosts: Hosts): void {
  // RFC 9112, section 3.2: whoever stands between may have gone by another one than we see.
  const named = request.raw.rawHeaders.filter((field, at) => at % 2 === 0 && field.toLowerCase() === "host");
  if (named.length > 1) throw new ControlRefusal("E_REQUEST", "it names more than one host");
  if (!hosts.serves(request.headers.host)) throw new ControlRefusal("E_HOST");
}

function checkAddress(request: FastifyRequest, sessions: Sessions): void {
  const query = request.raw.url?.split("?").slice(1).join("?") ?? "";
  if (query === "") return;
  for (const [key, value] of new URLSearchParams(query)) {
    const isToken = TOKEN_NAMES.test(key.toLowerCase()) || sessions.capabilityOf(value) !== undefined;
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

function identify(request: FastifyRequest, { sessions, cookie, now }: GuardOptions): void {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    const capability = token === undefined ? undefined : sessions.capabilityOf(token);
    if (capability === undefined) throw new ControlRefusal("E_BAD_TOKEN");
    request.capability = capability;
    return;
  }
  const value = request.cookies[cookie()];
  if (value === undefined) throw new ControlRefusal("E_NO_TOKEN");
  const session = sessions.find(value, now());
  if (session === undefined) throw new ControlRefusal("E_BAD_TOKEN");
  request.session = session;
  request.capability = session.capability;
}

// A cookie comes by itself; that the person wants the change is shown by the page it comes from.
function checkCookieOrigin(request: FastifyRequest): void {
  const changes = !SAFE.has(request.method) || request.ws;
  if (request.session !== undefined && changes && request.headers.origin === undefined)
    throw new ControlRefusal("E_ORIGIN");
}
