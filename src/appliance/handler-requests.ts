/** Calls about handlers, on the data plane's side. They take effect at once, between two batches. */
import type { HandlerProgram } from "../kernel/bound-handler.js";
import type { CallName } from "../kernel/calls.js";
import type { CallsOnHandlers } from "../kernel/calls-on-handlers.js";
import type { Capability } from "../kernel/capability.js";
import type { BindArgs, HandlerBinder, SwapArgs } from "../kernel/handler-binder.js";
import { Refusal } from "../kernel/refusal.js";
import { linkHandler } from "../vcode/handler-target.js";
import type { HandlerMachine } from "../vcode/linked-handler.js";
import type { TargetName } from "../vcode/target.js";
import type { CarriedHandler } from "./messages.js";

const CALLS_ON_HANDLERS = [
  "bindHandler",
  "swapHandler",
  "settleSwap",
  "unbindHandler",
  "handlers",
  "handlerState",
  "handlerPacket",
] as const;
export type CallOnHandlers = (typeof CALLS_ON_HANDLERS)[number];

/** Of the first two, the text has become code on the way. */
type Carried<A> = A & { readonly handler: CarriedHandler };
export type HandlerRequest =
  | { readonly call: "bindHandler"; readonly args: Carried<BindArgs> }
  | { readonly call: "swapHandler"; readonly args: Carried<SwapArgs> }
  | {
      [K in Exclude<CallOnHandlers, "bindHandler" | "swapHandler">]: {
        readonly call: K;
        readonly args: CallsOnHandlers[K]["args"];
      };
    }[Exclude<CallOnHandlers, "bindHandler" | "swapHandler">];

export function isCallOnHandlers(call: CallName): call is CallOnHandlers {
  return CALLS_ON_HANDLERS.some((known) => known === call);
}

/** `target`: the machine's. Throws Refusals. */
export function performOnHandlers(
  handlers: HandlerBinder,
  request: HandlerRequest,
  by: Capability,
  target: TargetName,
): CallsOnHandlers[CallOnHandlers]["result"] {
  switch (request.call) {
    case "bindHandler": {
      const { handler, ...args } = request.args;
      return handlers.bind(args, programOf(handler, target), by);
    }
    case "swapHandler": {
      const { handler, ...args } = request.args;
      return handlers.swap(args, programOf(handler, target), by);
    }
    case "settleSwap":
      return handlers.settle(request.args, by);
    case "unbindHandler":
      return handlers.unbind(request.args, by);
    case "handlers":
      return handlers.views(request.args);
    case "handlerState":
      return handlers.state(request.args, by);
    case "handlerPacket":
      return handlers.packet(request.args, by);
  }
}

function programOf({ codes, ...about }: CarriedHandler, target: TargetName): HandlerProgram {
  const link = (machine: HandlerMachine, other = target) => {
    const code = codes.find((each) => each.target === other);
    if (code === undefined) throw new Refusal("E_IMAGE", `${about.name} cannot be had for ${other}`);
    return linkHandler(code, machine);
  };
  return { ...about, link };
}
