/** Capabilities: derive, list, weaken, revoke. Their texts are tokens; a text is told once, to whoever has it made. */

import { printFilter } from "../dpf/print.js";
import type { CapabilityView } from "../kernel/calls.js";
import { filterOfFrames, framesOf } from "../kernel/frames.js";
import { takeJson } from "./body.js";
import { call, type Plane } from "./plane.js";
import type { Capability } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import type { App } from "./routes.js";
import { answer, ByCapability, type FrameText, NewCapability, Nothing, WeakerCapability } from "./schemas.js";

const tags = ["capabilities"];

export function capabilityRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    listRoute(scope, plane);
    deriveRoute(scope, plane);
    weakenRoute(scope, plane);
    revokeRoute(scope, plane);
  });
}

function listRoute(scope: App, { appliance }: Plane): void {
  const schema = {
    tags,
    summary: "The caller's own capability, and all that were derived from it, without their texts",
    response: answer("Capability[]"),
  };
  scope.get("/capabilities", { schema }, async (request) => {
    const { capabilities } = await call(appliance, request.capability, "capabilities", {});
    return capabilities.map(capabilityOf);
  });
}

function deriveRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary:
      "Derive a capability that is weaker than the caller's, or as strong: fewer rights, an earlier end, narrower frames. Its text, a token, is told here and nowhere else; one that is granted to an environment has a handle instead, and ends with it",
    body: NewCapability,
    response: answer("text or handle; capability", 201),
  };
  scope.post("/capabilities", { schema }, async (request, reply) => {
    const { name, rights, expires = request.admitted.expires, frames, budget, environment } = request.body;
    const wanted = { name, rights, expires, frames: await wordsOf(plane, frames), budget };
    if (environment !== undefined) {
      const granted = await call(plane.appliance, request.capability, "grant", { ...wanted, environment });
      return reply.code(201).send({ ...granted, capability: capabilityOf(granted.capability) });
    }
    const { text, capability } = await call(plane.appliance, request.capability, "derive", wanted);
    return reply.code(201).send({ text, capability: capabilityOf(capability) });
  });
}

function weakenRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary:
      "Replace a capability, by serial or path (/ as %2F), by one with less: its old text is refused from now on, and what was derived from it and would be stronger is revoked",
    params: ByCapability,
    body: WeakerCapability,
    response: answer("text, capability; ended, bindings: how many ended"),
  };
  scope.post("/capabilities/:of/weaken", { schema }, async (request) => {
    const { rights, frames, budget } = request.body;
    const { of } = request.params;
    const { capabilities } = await call(plane.appliance, request.capability, "capabilities", {});
    const now = capabilities.find(({ serial, path }) => serial === of || path === of);
    const expires = request.body.expires ?? now?.expires ?? 0;
    const wanted = { of, rights, expires, frames: await wordsOf(plane, frames), budget };
    const { capability, ...rest } = await call(plane.appliance, request.capability, "weaken", wanted);
    return { ...rest, capability: capabilityOf(capability) };
  });
}

function revokeRoute(scope: App, { appliance }: Plane): void {
  const schema = {
    tags,
    summary:
      "Revoke a capability, by serial or path (/ as %2F), and all that were derived from it; the bindings that were made under them end",
    params: ByCapability,
    body: Nothing,
    response: answer("ended, bindings: how many"),
  };
  scope.delete("/capabilities/:of", { schema }, (request) =>
    call(appliance, request.capability, "revoke", { of: request.params.of }),
  );
}

function capabilityOf({ frames, ...view }: CapabilityView): Capability {
  return { ...view, frames: frames === null ? null : printFilter(filterOfFrames(frames)) };
}

/** Throws E_TEXT, and E_FRAMES where a capability cannot carry them. */
async function wordsOf({ library }: Plane, frames: FrameText | undefined): Promise<readonly number[] | undefined> {
  if (frames === undefined) return undefined;
  const words = framesOf(await library.parse(frames.text, frames.language));
  if (words === undefined) throw new ControlRefusal("E_FRAMES");
  return words;
}
