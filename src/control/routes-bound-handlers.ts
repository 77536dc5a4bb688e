/** The handlers that bindings have: attached, looked at, taken away. */
import Type from "typebox";
import type { Asker, StateCopy } from "../appliance/interface.js";
import type { StateRange } from "../appliance/state-items.js";
import type { HandlerView, KeptPacket } from "../kernel/calls-on-handlers.js";
import { refusedText } from "./handlers.js";
import { call, type Plane } from "./plane.js";
import type { HandlerKiller, HandlerStateView } from "./protocol.js";
import { ControlRefusal, KernelRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { answer, ById, numberOf } from "./schemas.js";
import {
  HandlerBinding,
  HandlerKiller as HandlerKillerAnswer,
  HandlerStateView as HandlerStateAnswer,
} from "./schemas-handler-answers.js";
import { Attachment, STATE_ROWS, StateQuery } from "./schemas-handlers.js";

const tags = ["handlers"];

export function boundHandlerRoutes(scope: App, plane: Plane): void {
  attachRoutes(scope, plane);
  lookRoutes(scope, plane);
}

function attachRoutes(scope: App, plane: Plane): void {
  const put = {
    tags,
    summary: "Attach a handler to a binding, in the place of the one that it has; state and counters begin anew",
    params: ById,
    body: Attachment,
    response: answer("HandlerBinding", 200, HandlerBinding),
  };
  scope.put("/bindings/:id/handler", { schema: put }, async (request) => {
    const binding = bindingOf(plane, request.params);
    await plane.turns.run(() => plane.handlers.attach(request.capability, binding, request.body));
    plane.feed.changed("handlers");
    return plane.handlers.view(request.capability, binding);
  });

  const remove = { tags, summary: "Take the binding's handler away", params: ById, response: { 204: {} } };
  scope.delete("/bindings/:id/handler", { schema: remove }, async (request, reply) => {
    const binding = bindingOf(plane, request.params);
    await plane.turns.run(() => plane.handlers.detach(request.capability, binding));
    plane.feed.changed("handlers");
    return reply.code(204).send();
  });
}

/** Throws E_NO_BINDING. */
function bindingOf({ appliance }: Plane, { id }: { readonly id: string }): number {
  const binding = numberOf(id, 0);
  if (!appliance.bindings.has(binding)) throw new KernelRefusal("E_NO_BINDING", id);
  return binding;
}

function lookRoutes(scope: App, plane: Plane): void {
  const list = {
    tags,
    summary: "Handlers of all bindings, with their counters",
    response: answer("HandlerBinding[]", 200, Type.Array(HandlerBinding)),
  };
  scope.get("/bindings/handlers", { schema: list }, (request) => plane.handlers.views(request.capability));

  const one = {
    tags,
    summary: "The binding's handler, with its counters",
    params: ById,
    response: answer("HandlerBinding", 200, HandlerBinding),
  };
  scope.get("/bindings/:id/handler", { schema: one }, (request) =>
    plane.handlers.view(request.capability, bindingOf(plane, request.params)),
  );

  const state = {
    tags,
    summary: "Its state as it is: records, arrays, tables (most recently used first); ?item= for one of them",
    params: ById,
    querystring: StateQuery,
    response: answer("HandlerStateView", 200, HandlerStateAnswer),
  };
  scope.get("/bindings/:id/handler/state", { schema: state }, (request, reply) => {
    const { item, from, limit } = request.query;
    const range = { from: numberOf(from, 0), limit: numberOf(limit, STATE_ROWS) };
    const binding = bindingOf(plane, request.params);
    return plane.questions.ask(request.admitted, untilGone(reply), (asker) =>
      stateOf(plane, request.capability, asker, binding, item, range),
    );
  });

  const killer = {
    tags,
    summary: "The packet that killed it last",
    params: ById,
    response: answer("HandlerKiller", 200, HandlerKillerAnswer),
  };
  scope.get("/bindings/:id/handler/killer", { schema: killer }, async (request): Promise<HandlerKiller> => {
    const packet = await killerOf(plane, request.capability, bindingOf(plane, request.params));
    const { octets, place: _place, told: _told, ...said } = packet;
    return { ...said, captured: octets.length, octets: Buffer.from(octets).toString("hex") };
  });
}

/** Throws E_NO_BINDING, E_NO_BOUND_HANDLER, E_CAPABILITY_OWNER, E_NO_KILLER. */
export async function killerOf({ appliance }: Plane, capability: string, binding: number): Promise<KeptPacket> {
  const { packet } = await call(appliance, capability, "handlerPacket", { binding });
  if (packet === null) throw new ControlRefusal("E_NO_KILLER");
  return packet;
}

/** How often a copy is made anew, where the handler was replaced while it was made. */
const COPIES = 4;

/**
 * A copy of the whole state of the binding's handler, and that handler as it was before and after. Throws E_NO_BOUND_HANDLER,
 * E_CAPABILITY_OWNER.
 */
export async function copyOf(
  { appliance, handlers }: Plane,
  capability: string,
  binding: number,
): Promise<{ readonly copy: StateCopy; readonly view: HandlerView }> {
  let view = await handlers.look(capability, binding);
  for (let copies = 1; ; copies++) {
    const { octets } = await call(appliance, capability, "handlerState", { binding, from: 0, octets: view.octets });
    const after = await handlers.look(capability, binding);
    if (after.identity === view.identity || copies === COPIES) {
      return { copy: { octets, identity: view.identity }, view: after };
    }
    view = after;
  }
}

async function stateOf(
  plane: Plane,
  capability: string,
  asker: Asker,
  binding: number,
  item: string | undefined,
  range: StateRange,
): Promise<HandlerStateView> {
  const { copy: state, view } = await copyOf(plane, capability, binding);
  const { text } = plane.handlers.texts.get(view.name);
  const read = await plane.appliance.handlers.readState({ text, state, item, range }, asker);
  if (!read.ok) throw refusedText(read.errors);
  if (item !== undefined && read.items.length === 0) throw new ControlRefusal("E_NOT_FOUND", `no state ${item}`);
  return { octets: read.octets, items: read.items };
}
