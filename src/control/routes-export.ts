/** Captures as attachments: whole, the packets that a filter matches, those of a binding. */
import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BindingView } from "../appliance/interface.js";
import type { Filter } from "../dpf/atom.js";
import { packFilter } from "../dpf/packed.js";
import type { ExportRequest, RankedFilter } from "./export-worker.js";
import type { Plane } from "./plane.js";
import { KernelRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { storedText } from "./routes-packets.js";
import { answer, BindingFileQuery, ById, ByName, FileQuery, numberOf } from "./schemas.js";

export function captureFileRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["captures"],
    summary:
      "The capture's octets, as an attachment; with ?filter=NAME the packets that the stored filter matches, as a capture",
    params: ByName,
    querystring: FileQuery,
    response: answer("octets"),
  };
  scope.get("/captures/:name/file", { schema }, (request, reply) => {
    const { params, query } = request;
    if (query.filter === undefined) return wholeFile(plane, params.name, reply);
    const path = plane.store.captures.path(params.name);
    const wanted = storedText(plane, params.name, query.filter);
    return sendExport(plane, request, reply, { path, wanted }, nameOf(plane, params.name, query.filter));
  });
}

export function bindingFileRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["bindings"],
    summary:
      "Packets of a capture that the binding would get, as a capture: what a tap's filter matches, what a claim wins among the claims that are bound now",
    params: ById,
    querystring: BindingFileQuery,
    response: answer("octets"),
  };
  scope.get("/bindings/:id/file", { schema }, (request, reply) => {
    const view = plane.appliance.bindings.get(numberOf(request.params.id, 0));
    if (view === undefined) throw new KernelRefusal("E_NO_BINDING", request.params.id);
    const { capture } = request.query;
    const path = plane.store.captures.path(capture);
    const wanted = rankedOf(plane, view);
    return sendExport(plane, request, reply, { path, wanted }, nameOf(plane, capture, view.name));
  });
}

function wholeFile({ store }: Plane, capture: string, reply: FastifyReply): FastifyReply {
  const { name, octets } = store.captures.get(capture);
  return attachment(reply, name)
    .header("content-length", octets)
    .send(createReadStream(store.captures.path(name)));
}

async function sendExport(
  { exporter }: Plane,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: ExportRequest,
  name: string,
): Promise<FastifyReply> {
  // Whoever asks for headers alone shall not have the capture read through.
  const isHead = request.method === "HEAD";
  const octets = isHead ? Readable.from([]) : await exporter.open(wanted, untilGone(reply));
  return attachment(reply, name).send(octets);
}

function attachment(reply: FastifyReply, name: string): FastifyReply {
  return reply.type("application/octet-stream").header("content-disposition", `attachment; filename="${name}"`);
}

/** The capture's name without what it ends with, the filter's, and the format. */
function nameOf({ store }: Plane, capture: string, filter: string): string {
  const { info } = store.captures.get(capture);
  const plain = capture.endsWith(".gz") ? capture.slice(0, -3) : capture;
  const ending = extname(plain);
  const stem = [".pcap", ".pcapng", ".cap"].includes(ending) ? plain.slice(0, -ending.length) : plain;
  return `${stem}.${filter}.${info.format.startsWith("pcapng") ? "pcapng" : "pcap"}`;
}

/** A tap's filter alone; of a claim all claims, itself first. Bindings are listed in the order in which they were made. */
function rankedOf(plane: Plane, view: BindingView): RankedFilter[] {
  const all = [...plane.appliance.bindings.values()].map((each, age) => ({ ...each, age }));
  const own = all.filter(({ id }) => id === view.id);
  const others = view.mode === "tap" ? [] : all.filter(({ id, mode }) => id !== view.id && mode === "claim");
  return [...own, ...others].map(({ id, filter, priority, age }) => ({
    priority,
    age,
    bound: boundOf(plane, id, filter),
  }));
}

/** The text where there is one: what the kernel has of it is for the link types that it knew of. */
function boundOf({ library }: Plane, binding: number, filter: Filter): RankedFilter["bound"] {
  const name = library.filterOf(binding);
  if (name === undefined) return packFilter(filter);
  const { text, language } = library.get(name);
  return { text, language };
}
