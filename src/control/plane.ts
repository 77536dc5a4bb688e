/** What every route works with. */
import type { Answer, ApplianceInterface } from "../appliance/interface.js";
import type { CallName, Calls } from "../kernel/calls.js";
import type { Store } from "../store/store.js";
import type { Admission } from "./admission.js";
import type { Exporter } from "./export.js";
import type { Feed } from "./feed.js";
import type { Handlers } from "./handlers.js";
import type { Hosted } from "./hosted.js";
import type { Library } from "./library.js";
import type { ControlLimits } from "./limits.js";
import type { ControlPorts } from "./ports.js";
import type { Questions } from "./questions.js";
import { KernelRefusal, placeOf } from "./refusal.js";
import type { Scanner } from "./scan.js";
import type { Sessions } from "./sessions.js";
import type { Turns } from "./turns.js";

export interface Plane {
  readonly appliance: ApplianceInterface;
  readonly store: Store;
  readonly limits: ControlLimits;
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly library: Library;
  readonly handlers: Handlers;
  readonly questions: Questions;
  readonly hosted: Hosted;
  readonly ports: ControlPorts;
  readonly scanner: Scanner;
  readonly exporter: Exporter;
  readonly feed: Feed;
  /** Of everything that changes filters, bindings, environments or the replay. */
  readonly turns: Turns;
  readonly programs: readonly string[];
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** `now` when the server started. */
  readonly started: number;
}

/** A kernel call with the caller's capability; throws KernelRefusal. */
export async function call<K extends CallName>(
  appliance: ApplianceInterface,
  capability: string,
  name: K,
  args: Calls[K]["args"],
): Promise<Calls[K]["result"]> {
  const answer = await appliance.call(capability, name, args);
  if (!answer.ok) throw refusalOf(answer);
  return answer.result;
}

function refusalOf({ error, detail, at, errors = [] }: Extract<Answer<CallName>, { ok: false }>): KernelRefusal {
  return new KernelRefusal(error, detail, { at, places: errors.map(placeOf) });
}
