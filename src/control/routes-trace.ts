/** The trace: what is told, what there is to be told, and what was. */
import type { Static } from "typebox";
import type { TraceEvent as KernelEvent, TraceWish } from "../appliance/interface.js";
import { EVENTS, LEVELS } from "../kernel/events.js";
import { takeJson } from "./body.js";
import { call, type Plane } from "./plane.js";
import { ENVIRONMENT_FIELDS, type EventCatalogue, type Trace, type TraceEvent } from "./protocol-trace.js";
import { ControlRefusal } from "./refusal.js";
import type { App } from "./routes.js";
import { answer, numberOf, SetTrace, TraceQuery } from "./schemas.js";

const tags = ["trace"];
const response = answer("Trace");
const DEFAULT_LIMIT = 1000;
const CATALOGUE: EventCatalogue = EVENTS;
const KINDS = Object.keys(EVENTS);

export function traceRoutes(api: App, plane: Plane): void {
  const { trace } = plane.appliance;
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    const read = {
      tags,
      summary:
        "Events, oldest first, and the levels that are told: the last ones, or the first after a number; of some levels, of some kinds or without them, of one environment",
      querystring: TraceQuery,
      response,
    };
    scope.get("/trace", { schema: read }, ({ query }): Trace => {
      const [limit, wish] = [numberOf(query.limit, DEFAULT_LIMIT), wishOf(query)];
      const { after } = query;
      const events = after === undefined ? trace.last(limit, wish) : trace.since(numberOf(after, 0), limit, wish);
      return { levels: trace.levels, events: events.map(namedFields) };
    });

    const catalogue = { tags, summary: "The catalogue of events", response: answer("EventCatalogue") };
    scope.get("/trace/events", { schema: catalogue }, () => CATALOGUE);

    const schema = { tags, summary: "Tell events of these levels, and no others", body: SetTrace, response };
    scope.put("/trace", { schema }, async (request) => {
      await call(plane.appliance, request.capability, "trace", request.body);
      return { levels: trace.levels, events: [] } satisfies Trace;
    });
  });
}

/** Those that fit all that is asked. Throws E_SCHEMA where a level or a kind is none. */
function wishOf({ level, name, without, environment }: Static<typeof TraceQuery>): TraceWish {
  const levels = listed(level, LEVELS, "level");
  const names = listed(name, KINDS, "kind of event");
  const unwanted = listed(without, KINDS, "kind of event");
  return (event) =>
    levels?.includes(EVENTS[event.name].level) !== false &&
    names?.includes(event.name) !== false &&
    unwanted?.includes(event.name) !== true &&
    (environment === undefined || isOf(event, Number(environment)));
}

/** Undefined where nothing was asked. */
function listed(text: string | undefined, known: readonly string[], noun: string): readonly string[] | undefined {
  const words = text?.split(",");
  const stranger = words?.find((word) => !known.includes(word));
  if (stranger === undefined) return words;
  const hint = known.length > 10 ? "`GET /trace/events` lists them" : `there are ${known.join(", ")}`;
  throw new ControlRefusal("E_SCHEMA", `no ${noun} is called ${stranger}; ${hint}`);
}

/** Whether it is told of the environment, as whatever it is in it. */
function isOf({ name, fields }: KernelEvent, environment: number): boolean {
  return EVENTS[name].fields.some((field, at) => ENVIRONMENT_FIELDS.includes(field) && fields[at] === environment);
}

/** With its fields by name. */
export function namedFields({ fields, ...event }: KernelEvent): TraceEvent {
  const named = EVENTS[event.name].fields.map((name, index) => [name, fields[index] ?? 0]);
  return { ...event, fields: Object.fromEntries(named) };
}
