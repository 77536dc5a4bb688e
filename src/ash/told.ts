/** What a condition tells TypeScript of references, where it holds and where it does not. */
import { closed, type Flow, knowing, meet } from "./flow.js";
import { common, isNever, oneLiteral, type Taken, unitOf, without } from "./literals.js";

export type Told =
  | { readonly kind: "nothing" }
  /** The word itself: nothing comes to the other way. */
  | { readonly kind: "word"; readonly value: boolean }
  /** Whether what is there equals what `to` says. `declared`: what it is anyway. `constant`: nothing is ever assigned to it. */
  | {
      readonly kind: "equal";
      readonly path: string;
      readonly declared: Taken;
      readonly constant: boolean;
      readonly to: Taken;
    }
  | { readonly kind: "not"; readonly of: Told }
  | { readonly kind: "and" | "or"; readonly left: Told; readonly right: Told }
  /** Each of them. */
  | { readonly kind: "all"; readonly of: readonly Told[] }
  /** What was told where a const was declared that is the condition now: true still of what is constant. */
  | { readonly kind: "once"; readonly of: Told };

export const TELLS_NOTHING: Told = { kind: "nothing" };
export const TRUE: Taken = oneLiteral("true");

export function opposite(told: Told): Told {
  if (told.kind === "nothing" || told.kind === "word") return TELLS_NOTHING;
  return told.kind === "not" ? told.of : { kind: "not", of: told };
}

/** The way on which the condition held, or did not. */
export function assuming(flow: Flow, told: Told, held: boolean, once = false): Flow {
  switch (told.kind) {
    case "nothing":
      return flow;
    case "word":
      return once || told.value === held ? flow : closed(flow);
    case "equal":
      return once && !told.constant ? flow : equalling(flow, told, held);
    case "not":
      return assuming(flow, told.of, !held, once);
    case "once":
      return assuming(flow, told.of, held, true);
    case "all":
      return told.of.reduce((now, one) => assuming(now, one, held, once), flow);
    case "and":
    case "or": {
      const goesOn = told.kind === "and";
      const on = assuming(assuming(flow, told.left, goesOn, once), told.right, held, once);
      return held === goesOn ? on : meet(assuming(flow, told.left, held, once), on);
    }
  }
}

function equalling(flow: Flow, { path, declared, to }: Extract<Told, { kind: "equal" }>, held: boolean): Flow {
  if (to === undefined || isNever(to)) return flow;
  const now = flow.facts.get(path) ?? declared;
  const unit = unitOf(to);
  const then = held ? common(now, to) : unit === undefined ? now : without(now, unit);
  return then === now ? flow : knowing(flow, path, then);
}
