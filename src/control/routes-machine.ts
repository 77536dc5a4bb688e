/** The open books of the machine: facts, pages, segments; and the drill that asks an environment to give some back. */
import { takeJson } from "./body.js";
import { call, type Plane } from "./plane.js";
import { remember } from "./profile.js";
import type { App } from "./routes.js";
import { answer, ById, BySlice, NewRevocation, numberOf, PagesQuery } from "./schemas.js";

/** Pages in one answer, where none is told. */
const PAGES = 256;

export function machineRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    readRoutes(scope, plane);
    sliceRoutes(scope, plane);
    drillRoutes(scope, plane);
  });
}

function readRoutes(scope: App, { appliance }: Plane): void {
  const tags = ["machine"];
  const facts = { tags, summary: "What a library OS may ask of the machine", response: answer("MachineFacts") };
  scope.get("/machine", { schema: facts }, () => appliance.machine);

  const pages = {
    tags,
    summary:
      "Pages by physical name, ?from=N on: who owns each, and who else may read or write it; with ?owner=N those of one environment",
    querystring: PagesQuery,
    response: answer("PageBook"),
  };
  scope.get("/pages", { schema: pages }, (request) => {
    const { from, limit, owner } = request.query;
    const whose = owner === undefined ? {} : { owner: numberOf(owner, 0) };
    const args = { from: numberOf(from, 0), limit: numberOf(limit, PAGES), ...whose };
    return call(appliance, request.capability, "pageBook", args);
  });

  const segments = { tags, summary: "Packet buffers, and who holds each", response: answer("SegmentBook") };
  scope.get("/segments", { schema: segments }, (request) => call(appliance, request.capability, "segmentBook", {}));
}

interface Place {
  readonly environment: number;
  readonly position: number;
}

function sliceRoutes(scope: App, plane: Plane): void {
  const book = {
    tags: ["machine"],
    summary: "The CPU's vector of slices: fuel in each, the position that is next, and who owns each",
    response: answer("Slices"),
  };
  scope.get("/slices", { schema: book }, (request) => call(plane.appliance, request.capability, "slices", {}));

  const tags = ["environments"];
  const place = ({ id, position }: { id: string; position: string }): Place => {
    return { environment: numberOf(id, 0), position: numberOf(position, 0) };
  };
  const give = {
    tags,
    summary: "Give a downloaded environment this slice",
    params: BySlice,
    response: answer("Slices"),
  };
  /** Changes whose slices are whose, and keeps for the next start how many the environment is to have. */
  const change = (name: "allocateSlice" | "releaseSlice", capability: string, at: Place, more: 1 | -1) =>
    plane.turns.run(async () => {
      const book = await call(plane.appliance, capability, name, at);
      plane.hosted.sliced(at.environment, more);
      remember(plane);
      return book;
    });
  scope.put("/environments/:id/slices/:position", { schema: give }, (request) =>
    change("allocateSlice", request.capability, place(request.params), 1),
  );
  const take = { tags, summary: "Take this slice from it", params: BySlice, response: answer("Slices") };
  scope.delete("/environments/:id/slices/:position", { schema: take }, (request) =>
    change("releaseSlice", request.capability, place(request.params), -1),
  );
}

function drillRoutes(scope: App, { appliance }: Plane): void {
  const tags = ["environments"];
  const ask = {
    tags,
    summary:
      "Ask an environment for so many pages, packet buffers, slices or bindings; what is not given in time is taken",
    params: ById,
    body: NewRevocation,
    response: answer("Revocation: how far it has come", 202),
  };
  scope.post("/environments/:id/revocations", { schema: ask }, async (request, reply) => {
    const environment = numberOf(request.params.id, 0);
    const asked = await call(appliance, request.capability, "reclaim", { environment, ...request.body });
    return reply.code(202).send(asked);
  });

  const progress = {
    tags,
    summary: "The last request for each resource, and the repossession vector, oldest first",
    params: ById,
    response: answer("Revocations"),
  };
  scope.get("/environments/:id/revocations", { schema: progress }, (request) =>
    call(appliance, request.capability, "revocations", { environment: numberOf(request.params.id, 0) }),
  );
}
