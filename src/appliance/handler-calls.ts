/** Calls about handlers, on the data plane's side. They take effect at once, between two batches. */
import type { CallName } from "../kernel/calls.js";
import type { Capability } from "../kernel/capability.js";
import type { HandlerCalls } from "../kernel/handler-calls.js";
import type { Kernel } from "../kernel/kernel.js";
import { Refusal } from "../kernel/refusal.js";

export const HANDLER_CALLS = [
  "bindHandler",
  "swapHandler",
  "unbindHandler",
  "handlers",
  "handlerState",
  "handlerPacket",
] as const;
export type HandlerCallName = (typeof HANDLER_CALLS)[number];
export type HandlerRequest = {
  [K in HandlerCallName]: { readonly call: K; readonly args: HandlerCalls[K]["args"] };
}[HandlerCallName];

export function isHandlerCall(call: CallName): call is HandlerCallName {
  return HANDLER_CALLS.some((known) => known === call);
}

/** Throws Refusals. */
export function handlerCall(
  _kernel: Kernel,
  { call }: HandlerRequest,
  _by: Capability,
): HandlerCalls[HandlerCallName]["result"] {
  throw new Refusal("E_CALL", call);
}
