/** Arguments of calls as they go to the data plane: texts have become code, filters are packed. */
import type { CallName, Calls } from "../kernel/calls.js";
import { carry, carryExchange } from "./carried.js";
import type { Answer, Unanswered } from "./interface.js";
import type { CarriedCreate, CarriedHandlerCall } from "./messages.js";

export type CallArgs<K extends CallName = CallName> = Calls[K]["args"] | CarriedCreate | CarriedHandlerCall;

/** What a call answers whose text did not become code. */
export function notMade({ errors }: Unanswered): Extract<Answer<CallName>, { ok: false }> {
  const [first] = errors;
  const detail = first === undefined ? "" : `${first.line}:${first.column}: ${first.message}`;
  return { ok: false, error: first?.code === "E_DEADLINE" ? "E_COMPILE" : "E_IMAGE", detail, errors };
}

export function carriedArgs(args: CallArgs): unknown {
  if ("filter" in args) return carry(args);
  return "release" in args ? carryExchange(args) : args;
}
