/** A handler tried on one packet, step by step, where nothing that it does reaches anybody. */
import type { Static } from "typebox";
import { MAX_TRIAL_OCTETS, type TrialMessage } from "../appliance/handler-trial.js";
import type { Asker } from "../appliance/interface.js";
import { DEFAULT_BUDGET } from "../kernel/budget.js";
import { LinkType } from "../wire/linktype.js";
import { refusedText } from "./handlers.js";
import type { Plane } from "./plane.js";
import type { HandlerRun } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { copyOf, killerOf } from "./routes-bound-handlers.js";
import { answer } from "./schemas.js";
import { HandlerRun as HandlerRunAnswer } from "./schemas-handler-answers.js";
import { STATE_ROWS, Trial } from "./schemas-handlers.js";

type Asked = Static<typeof Trial>;

export function trialRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["handlers"],
    summary:
      "Run a handler once, on a packet of a capture, octets, or what killed it; state as a binding has it, or zeros",
    body: Trial,
    response: answer("HandlerRun", 200, HandlerRunAnswer),
  };
  // The longest message beside the longest text that any other body may bring.
  const bodyLimit = plane.limits.bodyOctets + 2 * MAX_TRIAL_OCTETS;
  scope.post("/handlers/run", { schema, bodyLimit }, (request, reply): Promise<HandlerRun> => {
    const { body, capability, admitted } = request;
    return plane.questions.ask(admitted, untilGone(reply), (asker) => tried(plane, body, capability, asker));
  });
}

async function tried(plane: Plane, body: Asked, capability: string, asker: Asker): Promise<HandlerRun> {
  const text = textOf(plane, body);
  const message = await messageOf(plane, capability, body, asker.gone);
  const bound = body.binding === undefined ? undefined : await copyOf(plane, capability, body.binding);
  const { fuel = bound?.view.budget.fuel ?? DEFAULT_BUDGET.fuel } = body;
  const environments = bound?.view.passTo.map((to) => to !== null);
  const asked = { text, message, fuel, state: bound?.copy, environments, range: { from: 0, limit: STATE_ROWS } };
  const run = await plane.appliance.handlers.try(asked, asker);
  if (!run.ok) throw refusedText(run.errors);
  const { environment = null, reason = null, state: items, stateOctets, sent, ...trial } = run.trial;
  const frames = sent.map(({ octets, port }) => ({ octets: Buffer.from(octets).toString("hex"), port }));
  return { ...trial, environment, reason, sent: frames, state: { octets: stateOctets, items } };
}

/** Throws E_TRIAL, E_NO_HANDLER, E_NO_BOUND_HANDLER, E_TEXT_TOO_LONG. */
function textOf({ handlers }: Plane, { handler, text }: Asked): string {
  if ((handler === undefined) === (text === undefined)) throw new ControlRefusal("E_TRIAL", "one of handler and text");
  if (text === undefined) return handlers.texts.get(handler ?? "").text;
  handlers.texts.checkText(text);
  return text;
}

/** Throws E_TRIAL, E_NO_CAPTURE, E_NO_PACKET, E_NO_KILLER, and what is wrong with the binding. */
async function messageOf(plane: Plane, capability: string, asked: Asked, gone: AbortSignal): Promise<TrialMessage> {
  const { capture, packet, octets, killer = false, binding, linkType } = asked;
  const said = [capture, octets, killer ? "killer" : undefined].filter((one) => one !== undefined);
  if (said.length !== 1) throw new ControlRefusal("E_TRIAL", "one of capture, octets and killer");
  if (killer) {
    if (binding === undefined) throw new ControlRefusal("E_TRIAL", "killer needs the binding");
    const kept = await killerOf(plane, capability, binding);
    return { ...kept, link: kept.linkType, time: BigInt(kept.time) };
  }
  if (capture === undefined) {
    const given = Buffer.from(octets ?? "", "hex");
    const link = linkType ?? LinkType.ethernet;
    return { octets: given, wire: given.length, time: 0n, port: 0, link, packet: 1, hops: 0 };
  }
  const path = plane.store.captures.path(capture);
  const { number, time, wire, ...found } = await plane.scanner.packet({ path, number: packet ?? 1 }, gone);
  return {
    octets: Buffer.from(found.octets, "hex"),
    wire,
    time: BigInt(time ?? 0),
    port: 0,
    link: found.linkType,
    packet: number,
    hops: 0,
  };
}
