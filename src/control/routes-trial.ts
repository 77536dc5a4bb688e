/** A handler tried on one packet, step by step, where nothing that it does reaches anybody. */
import type { Static } from "typebox";
import type { TrialMessage } from "../appliance/handler-trial.js";
import { DEFAULT_BUDGET } from "../kernel/budget.js";
import { LinkType } from "../wire/linktype.js";
import { refusedText } from "./handlers.js";
import type { Plane } from "./plane.js";
import type { HandlerRun } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { copyOf, killerOf } from "./routes-bound-handlers.js";
import { answer } from "./schemas.js";
import { Trial } from "./schemas-handlers.js";

type Asked = Static<typeof Trial>;

/** Rows of each item of state. */
const ROWS = { from: 0, limit: 100 };

export function trialRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["handlers"],
    summary:
      "Run a handler once, on a packet of a capture, octets, or what killed it; state as a binding has it, or zeros",
    body: Trial,
    response: answer("HandlerRun"),
  };
  scope.post("/handlers/run", { schema }, (request, reply): Promise<HandlerRun> => {
    const { body, capability } = request;
    return plane.questions.ask(capability, () => tried(plane, capability, body, untilGone(reply)));
  });
}

async function tried(plane: Plane, capability: string, body: Asked, gone: AbortSignal): Promise<HandlerRun> {
  const text = textOf(plane, body);
  const message = await messageOf(plane, capability, body, gone);
  const bound = body.binding === undefined ? undefined : await copyOf(plane, capability, body.binding);
  const { fuel = bound?.view.budget.fuel ?? DEFAULT_BUDGET.fuel } = body;
  const environments = bound?.view.passTo.map((to) => to !== null);
  const asked = { text, message, fuel, state: bound?.copy, environments, range: ROWS };
  const run = await plane.appliance.handlers.try(asked);
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

/** Throws E_TRIAL, E_NO_CAPTURE, E_NO_PACKET, and what is wrong with the binding. */
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
    return { octets: given, wire: given.length, time: 0n, port: 0, link: linkType ?? LinkType.ethernet, packet: 1 };
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
  };
}
