/** The trace: what is told, what there is to be told, and what was. */
import type { TraceView } from "../appliance/interface.js";
import { EVENTS } from "../kernel/events.js";
import { takeJson } from "./body.js";
import { call, type Plane } from "./plane.js";
import type { EventCatalogue, Trace, TraceEvent } from "./protocol.js";
import type { App } from "./routes.js";
import { answer, numberOf, SetTrace, TraceQuery } from "./schemas.js";

const tags = ["trace"];
const response = answer("Trace");
const DEFAULT_LIMIT = 1000;
const CATALOGUE: EventCatalogue = EVENTS;

export function traceRoutes(api: App, plane: Plane): void {
  const { trace } = plane.appliance;
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    const read = {
      tags,
      summary: "Events, oldest first, and the levels that are told",
      querystring: TraceQuery,
      response,
    };
    scope.get("/trace", { schema: read }, ({ query }) =>
      traceOf(trace, numberOf(query.after, 0), numberOf(query.limit, DEFAULT_LIMIT)),
    );

    const catalogue = { tags, summary: "The catalogue of events", response: answer("EventCatalogue") };
    scope.get("/trace/events", { schema: catalogue }, () => CATALOGUE);

    const schema = { tags, summary: "Tell events of these levels, and no others", body: SetTrace, response };
    scope.put("/trace", { schema }, async (request) => {
      await call(plane.appliance, request.capability, "trace", request.body);
      return traceOf(trace, Number.MAX_SAFE_INTEGER, 0);
    });
  });
}

/** Events after number `after`, `most` at most, with their fields by name. */
export function traceOf(trace: TraceView, after: number, most: number): Trace {
  const events = trace.since(after, most).map(({ fields, ...event }): TraceEvent => {
    const named = EVENTS[event.name].fields.map((name, index) => [name, fields[index] ?? 0]);
    return { ...event, fields: Object.fromEntries(named) };
  });
  return { levels: trace.levels, events };
}
