/** The HTTP server bare of routes: limits, security headers, errors, logs. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet, { type FastifyHelmetOptions } from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { ControlLimits } from "./limits.js";
import { PROBLEM_TYPE, problemOf, refused } from "./problem.js";
import type { Problem } from "./protocol.js";
import { RETRY_AFTER } from "./refusal.js";
import type { App } from "./routes.js";

/** Where log lines go; stderr, for a server on a terminal. */
export interface LogSink {
  write(line: string): void;
}

/** How long what is left of a refused upload is read, so that its sender gets to read the answer. */
const LINGER_MS = 2000;

export async function createApp(limits: ControlLimits, log: LogSink | undefined): Promise<App> {
  const app = Fastify({
    logger: log === undefined ? false : { level: "info", stream: log, serializers: SERIALIZERS, base: null },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyOctets,
    requestTimeout: limits.uploadMs,
    http: { headersTimeout: limits.headerMs },
    routerOptions: { maxParamLength: 128 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true, useDefaults: false } },
    frameworkErrors: (error, _request, reply) => void answer(reply, problemOf(error, 0)),
    clientErrorHandler: (error, socket) => refuseRaw(error, socket),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = limits.connections;
  // Answers are ours, and typed; schemas of answers are there to be read.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.decorateRequest("capability", "");
  app.decorateRequest("session", undefined);
  app.decorateRequest("ended", false);
  // Set by the guard before any route that is not open is run.
  app.decorateRequest("admitted");
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, headers());
  await app.register(fastifyRateLimit, { global: false });
  await app.register(fastifyWebsocket, {
    options: { maxPayload: limits.socketMessageOctets, perMessageDeflate: false },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  answerErrors(app, limits);
  refuseEnded(app);
  watchBodies(app, limits);
  return app;
}

/** The logs know routes, not addresses: neither query nor cookie nor body can come into them. */
const SERIALIZERS = {
  req: () => ({}),
  res: () => ({}),
  err: (error: Error) => ({
    type: error.name,
    message: error.message,
    stack: error.stack ?? "",
    ...(error.cause instanceof Error ? { cause: error.cause.stack ?? error.cause.message } : {}),
  }),
};

function headers(): FastifyHelmetOptions {
  const own = ["'self'"];
  return {
    enableCSPNonces: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: own,
        scriptSrc: own,
        styleSrc: own,
        imgSrc: ["'self'", "data:", "blob:"],
        // For browsers that do not yet count our WebSocket among 'self', by the host that was checked.
        connectSrc: ["'self'", (request) => ourSocket(request.headers.host)],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    // Served over plain HTTP, on loopback or behind somebody's proxy, which says it better.
    strictTransportSecurity: false,
  };
}

/** The policy is written before the host is checked, so it takes only what looks like one. */
function ourSocket(host = ""): string {
  return /^[a-z0-9.:[\]-]+$/i.test(host) ? `ws://${host}` : "'self'";
}

/** A stream that is about to begin is not begun for somebody whose capability has ended meanwhile. */
function refuseEnded(app: App): void {
  app.addHook("onSend", async (request, _reply, payload) => {
    if (request.ended && payload instanceof Readable) {
      payload.destroy();
      request.raw.socket.destroy();
    }
  });
}

function answerErrors(app: App, limits: ControlLimits): void {
  app.setErrorHandler((error: Error, request, reply) => {
    const problem = problemOf(error, limits.problemPlaces);
    const mistake = problem.code === "E_INTERNAL" || error.cause !== undefined;
    if (mistake && !isGone(error, request)) {
      request.log.error({ err: error, route: request.routeOptions.url ?? null }, "mistake");
    }
    return answer(reply, problem);
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions, log } = request;
    const ms = Math.round(reply.elapsedTime);
    const line = { method, route: routeOptions.url ?? null, status: reply.statusCode, ms };
    // Pages and pollers read all the time; what changes something or is refused is worth a line.
    if (method === "GET" && reply.statusCode < 400) log.debug(line, "answered");
    else log.info(line, "answered");
  });
}

/** Whoever goes away in the middle is no mistake of ours, and hears no answer. */
function isGone(error: unknown, request: FastifyRequest): boolean {
  if (!request.raw.socket.destroyed || !(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return error.name === "AbortError" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET";
}

export function answer(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  const seconds = RETRY_AFTER[problem.code];
  if (seconds !== undefined) reply.header("retry-after", seconds);
  return reply.code(problem.status).type(PROBLEM_TYPE).header("cache-control", "no-store").send(problem);
}

/** What is no HTTP is answered, if at all, on the bare socket. */
function refuseRaw(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = refused("E_REQUEST");
  const status = error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  const body = JSON.stringify({ ...problem, status });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${PROBLEM_TYPE}\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** A body must come within its time, an upload must not pause; what is left of a refused one is not read for ever. */
function watchBodies(app: App, limits: ControlLimits): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.raw.complete || !hasBody(request)) return;
    const { socket, destroyed } = request.raw;
    if (destroyed) return;
    if (request.routeOptions.config.stream === true) return watchPauses(request, reply, limits.uploadIdleMs);
    // Of a refused body the request's own end never comes; its reply's does, and what is left is the hook's below.
    cutAfter(socket, limits.bodyMs, [request.raw, reply.raw]);
  });
  app.addHook("onResponse", async (request) => {
    // Who has gone has taken the socket along.
    if (request.raw.complete || request.raw.destroyed) return;
    const { socket } = request.raw;
    request.raw.resume();
    cutAfter(socket, LINGER_MS, [request.raw]);
  });
}

/** Destroys the socket in `ms`, unless one of `ends` or the socket closes before; keeps no process waiting. */
function cutAfter(socket: Socket, ms: number, ends: readonly (IncomingMessage | ServerResponse)[]): void {
  const all = [socket, ...ends];
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  const ended = () => {
    clearTimeout(timer);
    for (const one of all) one.off("close", ended);
  };
  for (const one of all) one.once("close", ended);
}

/** Ends a socket that is silent for `ms` while its body is awaited; what is done with the body then takes its own time. */
function watchPauses({ raw }: FastifyRequest, reply: FastifyReply, ms: number): void {
  const { socket } = raw;
  const cut = () => socket.destroy();
  // With 0 the clock stops, and the listener goes.
  const arrived = () => socket.setTimeout(0, cut);
  socket.setTimeout(ms, cut);
  raw.once("end", arrived);
  // Answered before its end: from here on the socket's silence is Node's own matter.
  reply.raw.once("close", () => {
    raw.off("end", arrived);
    socket.off("timeout", cut);
  });
}

function hasBody(request: FastifyRequest): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}
