/** Captures: upload, list, look into, fetch, delete. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { Received } from "../store/captures.js";
import { takeJson, takeStream } from "./body.js";
import type { Plane } from "./plane.js";
import type { Capture, CaptureInfo } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { captureFileRoute } from "./routes-export.js";
import { packetRoutes } from "./routes-packets.js";
import type { Scanned } from "./scan.js";
import { answer, ByName, numberOf, PreviewQuery, UploadQuery } from "./schemas.js";

const PREVIEW_PACKETS = 32;
const PREVIEW_MOST = 1000;
const tags = ["captures"];

export function captureRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    readRoutes(scope, plane);
    packetRoutes(scope, plane);
  });
  void api.register(async (scope: App) => {
    takeStream(scope);
    uploadRoute(scope, plane);
  });
}

function readRoutes(scope: App, plane: Plane): void {
  const { captures } = plane.store;
  const list = { tags, summary: "All captures", response: answer("Capture[]") };
  scope.get("/captures", { schema: list }, () => captures.list());

  const one = { tags, summary: "What is known of a capture", params: ByName, response: answer("Capture") };
  scope.get("/captures/:name", { schema: one }, (request) => captures.get(request.params.name));

  captureFileRoute(scope, plane);

  const preview = {
    tags,
    summary: "The first packets, with their first octets in hex",
    params: ByName,
    querystring: PreviewQuery,
    response: answer("PreviewPacket[]"),
  };
  scope.get("/captures/:name/preview", { schema: preview }, (request, reply) => {
    const limit = Math.min(PREVIEW_MOST, numberOf(request.query.limit, PREVIEW_PACKETS));
    return plane.scanner.preview(captures.path(request.params.name), limit, untilGone(reply));
  });

  const remove = { tags, summary: "Delete a capture; 409 while it is replayed", params: ByName, response: { 204: {} } };
  scope.delete("/captures/:name", { schema: remove }, async (request, reply) => {
    await plane.turns.run(async () => {
      refuseInUse(plane, request.params.name);
      captures.remove(request.params.name);
    });
    plane.feed.changed("captures");
    return reply.code(204).send();
  });
}

function uploadRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Upload a capture: the body is the file, pcap or pcapng, gzipped or not",
    params: ByName,
    querystring: UploadQuery,
    body: Type.Unknown({ description: "the file" }),
    consumes: ["application/octet-stream"],
    response: answer("Capture", 201),
  };
  scope.put("/captures/:name", { schema, config: { stream: true } }, async (request, reply) => {
    const { params, query } = request;
    const capture = await upload(plane, request, reply, params.name, query.replace === "yes");
    plane.feed.changed("captures");
    return reply.code(201).send(capture);
  });
}

async function upload(
  plane: Plane,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  replace: boolean,
): Promise<Capture> {
  const { captures } = plane.store;
  if (replace) refuseInUse(plane, name);
  const signal = untilGone(reply);
  const announced = Number(request.headers["content-length"] ?? 0);
  const received = await captures.receive(name, request.raw, {
    replace,
    announced,
    signal,
    now: new Date(plane.now()),
  });
  const { info, timeline } = await scan(plane, received, signal);
  return plane.turns.run(async () => {
    try {
      if (replace) refuseInUse(plane, name);
      return captures.keep(received, info, timeline);
    } catch (error) {
      captures.discard(received);
      throw error;
    }
  });
}

/** Unless the same octets are there under this name. Rejects as an upload does, or with the system's error. */
export async function importCapture(plane: Plane, name: string, path: string): Promise<void> {
  const { captures } = plane.store;
  const digest = createHash("sha256");
  await pipeline(createReadStream(path), digest);
  if (captures.find(name)?.sha256 === digest.digest("hex")) return;
  const now = new Date(plane.now());
  const received = await captures.receive(name, createReadStream(path), { replace: true, now });
  const { info, timeline } = await scan(plane, received, new AbortController().signal);
  captures.keep(received, info, timeline);
  plane.feed.changed("captures");
}

async function scan(plane: Plane, received: Received, signal: AbortSignal): Promise<Scanned> {
  try {
    const scanned = await plane.scanner.info(received.path, signal);
    if (!scanned.readable) throw foreign(scanned.info);
    return scanned;
  } catch (error) {
    plane.store.captures.discard(received);
    throw error;
  }
}

function foreign({ damage }: CaptureInfo): ControlRefusal {
  const places = damage.map(({ offset, reason }) => ({ message: `at octet ${offset}: ${reason}` }));
  return new ControlRefusal("E_NOT_A_CAPTURE", places[0]?.message, places);
}

function refuseInUse({ appliance }: Plane, name: string): void {
  const { state, sources } = appliance.replay;
  const inUse = state !== "none" && state !== "failed" && sources.includes(name);
  if (inUse) throw new ControlRefusal("E_CAPTURE_IN_USE", name);
}
