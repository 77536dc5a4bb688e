/** Packets of a capture: as lines, one with its fields, how many a text matches. All of it is read in workers (scan.ts). */
import type { FilterToExplain } from "../appliance/explanation.js";
import type { LookText } from "./look.js";
import type { Plane } from "./plane.js";
import { type App, untilGone } from "./routes.js";
import { answer, ByName, ByPacket, Explain, Matches, numberOf, PacketsQuery } from "./schemas.js";

const PAGE_PACKETS = 100;
const SAMPLES = 3;
const tags = ["captures"];

export function packetRoutes(scope: App, plane: Plane): void {
  pageRoute(scope, plane);
  packetRoute(scope, plane);
  matchesRoute(scope, plane);
  explainRoute(scope, plane);
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

function explainRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary:
      "Why filters match a packet or do not, and who would win it: those named, a text as the filter (text), or all that are stored",
    params: ByName,
    body: Explain,
    response: answer("PacketExplanation"),
  };
  scope.post("/captures/:name/explain", { schema }, async (request, reply) => {
    const { packet, filters } = request.body;
    const path = plane.store.captures.path(request.params.name);
    const text = "text" in request.body ? request.body : undefined;
    const asked = toExplain(plane, filters, text);
    const total = filters === undefined && text === undefined ? plane.store.filters.count : asked.length;
    const explanation = await plane.scanner.explain({ path, number: packet, filters: asked }, untilGone(reply));
    return { ...explanation, total };
  });
}

/** Throws E_NO_FILTER, E_TEXT_TOO_LONG. A text comes last, as if it were bound last. */
function toExplain(
  { store, library, limits }: Plane,
  names: readonly string[] | undefined,
  given: Omit<FilterToExplain, "name"> | undefined,
): FilterToExplain[] {
  if (given === undefined && names === undefined) return store.filters.first(limits.explained);
  const named = (names ?? []).map((name) => {
    const { language, text } = library.get(name);
    return { name, language, text };
  });
  if (given !== undefined) store.filters.checkText(given.text);
  const text = given === undefined ? [] : [{ name: "(text)", language: given.language, text: given.text }];
  return [...named, ...text];
}

/** Throws E_NO_FILTER. */
export function storedText(plane: Plane, capture: string, filter: string): LookText {
  const { text, language } = plane.library.get(filter);
  return { text, language, linkTypes: linkTypesOf(plane, capture) };
}

function linkTypesOf({ store }: Plane, capture: string): number[] {
  return Object.keys(store.captures.get(capture).info.linktypes).map(Number);
}
