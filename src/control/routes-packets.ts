/** Packets of a capture: as lines, one with its fields, how many a text matches. All of it is read in workers (scan.ts). */
import type { LookText } from "./look.js";
import type { Plane } from "./plane.js";
import { type App, untilGone } from "./routes.js";
import { answer, ByName, ByPacket, Matches, numberOf, PacketsQuery } from "./schemas.js";

const PAGE_PACKETS = 100;
const SAMPLES = 3;
const tags = ["captures"];

export function packetRoutes(scope: App, plane: Plane): void {
  pageRoute(scope, plane);
  packetRoute(scope, plane);
  matchesRoute(scope, plane);
}

function pageRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Packets from a number on, a line each: all, or those that the stored filter ?filter=NAME matches",
    params: ByName,
    querystring: PacketsQuery,
    response: answer("PacketPage"),
  };
  scope.get("/captures/:name/packets", { schema }, (request, reply) => {
    const { params, query } = request;
    const path = plane.store.captures.path(params.name);
    const filter = query.filter === undefined ? undefined : storedText(plane, params.name, query.filter);
    const [from, limit] = [numberOf(query.from, 1), numberOf(query.limit, PAGE_PACKETS)];
    return plane.scanner.packets({ path, filter, from, limit }, untilGone(reply));
  });
}

function packetRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "One packet: its line, octets, layers and fields",
    params: ByPacket,
    response: answer("PacketDetail"),
  };
  scope.get("/captures/:name/packets/:number", { schema }, (request, reply) => {
    const path = plane.store.captures.path(request.params.name);
    return plane.scanner.packet({ path, number: numberOf(request.params.number, 1) }, untilGone(reply));
  });
}

function matchesRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "How many packets of the capture a text matches, and the first of them",
    params: ByName,
    body: Matches,
    response: answer("MatchReport"),
  };
  scope.post("/captures/:name/matches", { schema }, (request, reply) => {
    const { name } = request.params;
    const { text, language, samples = SAMPLES } = request.body;
    plane.store.filters.checkText(text);
    const path = plane.store.captures.path(name);
    const filter = { text, language, linkTypes: linkTypesOf(plane, name) };
    return plane.scanner.matches({ path, filter, samples }, untilGone(reply));
  });
}

/** Throws E_NO_FILTER. */
export function storedText(plane: Plane, capture: string, filter: string): LookText {
  const { text, language } = plane.library.get(filter);
  return { text, language, linkTypes: linkTypesOf(plane, capture) };
}

function linkTypesOf({ store }: Plane, capture: string): number[] {
  return Object.keys(store.captures.get(capture).info.linktypes).map(Number);
}
