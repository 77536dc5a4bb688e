/**
 * Visible revocation (SOSP'95 §3.3): the kernel asks an environment for so many of a kind, with a deadline, and the
 * environment chooses which it gives. What it has not given by then is taken by force (abort.ts). There is one request at a
 * time for each environment and kind.
 *
 *   asked ─ all given ─▶ answered
 *     └─ deadline, or nobody left to answer ─▶ forced
 */
import { RESOURCES, Resource, type ResourceName } from "./abi.js";
import type { Abort } from "./abort.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { RevocationView } from "./calls.js";
import type { Environment } from "./environment.js";
import type { KernelError } from "./kerrno.js";
import { MAX_DEADLINE_MS } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Revocable } from "./revocable.js";
import type { Tell } from "./trace.js";

interface Request {
  readonly environment: Environment;
  readonly resource: number;
  readonly sequence: number;
  readonly count: number;
  readonly deadlineMs: number;
  /** Wall ns. */
  readonly deadline: number;
  /** Packets: where the tail must come to for one, two, … segments; positions that do not wrap. */
  readonly ends: readonly number[];
  state: RevocationView["state"];
  given: number;
  taken: number;
  late: boolean;
}

/** How an environment hears of a request, or that less of it is left: `left` is 0 when it is over. */
export type Ask = (environment: Environment, resource: number, request: AskedFor) => void;

export interface AskedFor {
  readonly sequence: number;
  readonly left: number;
  readonly given: number;
  readonly deadlineMs: number;
  readonly cursor: number;
}

export class Revocation {
  readonly #kinds: readonly (Revocable | undefined)[];
  readonly #abort: Abort;
  readonly #ask: Ask;
  readonly #tell: Tell;
  readonly #now: () => number;
  /** By environment × kinds + kind: the last request of each. */
  readonly #requests: (Request | undefined)[] = Array.from({ length: MAX_ENVIRONMENTS * RESOURCES.length });
  #sequence = 0;
  /** Requests that are not over, in order of time; and those of packets whose environment may still answer late. */
  #pending: Request[] = [];
  #overtaken: Request[] = [];

  /** `kinds`: by number (abi.ts, Resource); a kind that is not there is held by nobody. `now`: wall ns. */
  constructor(kinds: readonly (Revocable | undefined)[], abort: Abort, ask: Ask, tell: Tell, now: () => number) {
    this.#kinds = kinds;
    this.#abort = abort;
    this.#ask = ask;
    this.#tell = tell;
    this.#now = now;
  }

  /** Throws E_ARGUMENT, E_NOTHING_HELD, E_REVOCATION_PENDING. `count` is cut to what is held. */
  ask(environment: Environment, resource: number, count: number, deadlineMs: number): RevocationView {
    if (!Number.isSafeInteger(count) || count < 1) throw new Refusal("E_ARGUMENT", "count counts from 1");
    if (!(deadlineMs >= 0 && deadlineMs <= MAX_DEADLINE_MS)) {
      throw new Refusal("E_ARGUMENT", `a deadline is 0 to ${MAX_DEADLINE_MS} ms`);
    }
    const held = this.held(environment, resource);
    if (held === 0) throw new Refusal("E_NOTHING_HELD");
    if (this.#pendingOf(environment.id, resource) !== undefined) throw new Refusal("E_REVOCATION_PENDING");
    const asked = Math.min(count, held);
    this.#sequence = (this.#sequence % 0x7fffffff) + 1;
    const request: Request = {
      environment,
      resource,
      sequence: this.#sequence,
      count: asked,
      deadlineMs,
      deadline: this.#now() + deadlineMs * 1e6,
      ends: resource === Resource.packets ? (environment.ring?.endsOf(asked) ?? []) : [],
      state: "asked",
      given: 0,
      taken: 0,
      late: false,
    };
    this.#requests[environment.id * RESOURCES.length + resource] = request;
    this.#pending.push(request);
    this.#tell("revocationAsked", environment.id, resource, asked, deadlineMs);
    this.#show(request);
    if (environment.state === "failed" && request.state === "asked") this.#force(request);
    return viewOf(request);
  }

  /**
   * The environment names what it gives; how many are still asked for. Throws E_NOT_ASKED, E_REVOCATION_LATE, and what is
   * wrong with a name; those before it were given.
   */
  answer(environment: Environment, resource: number, names: readonly number[]): number {
    const last = this.#requests[environment.id * RESOURCES.length + resource];
    if (last?.state !== "asked") {
      if (last?.state !== "forced") throw new Refusal("E_NOT_ASKED");
      this.#late(last, names.length);
      throw new Refusal("E_REVOCATION_LATE");
    }
    const kind = this.#kinds[resource];
    let given = 0;
    let problem: KernelError | undefined;
    for (const name of names) {
      problem = kind?.give(environment, name);
      if (problem !== undefined) break;
      given++;
    }
    if (given > 0) this.gave(environment, resource, given);
    if (problem !== undefined) throw new Refusal(problem);
    return last.count - last.given;
  }

  /** The environment gave so many of this kind back, by whatever call: it counts where some are asked for. */
  gave(environment: Environment, resource: number, given: number): void {
    const request = this.#pendingOf(environment.id, resource);
    if (request === undefined) return;
    request.given = Math.min(request.count, request.given + given);
    const left = request.count - request.given;
    this.#tell("revocationAnswered", environment.id, resource, request.given, left);
    if (left === 0) this.#end(request, "answered");
    this.#show(request);
  }

  /**
   * Looks at rings and deadlines, and takes by force what is due; at batch boundaries only. ms to the next deadline,
   * Infinity where nothing is asked.
   */
  tend(): number {
    if (this.#pending.length === 0 && this.#overtaken.length === 0) return Number.POSITIVE_INFINITY;
    const now = this.#now();
    let next = Number.POSITIVE_INFINITY;
    for (const request of this.#pending) {
      if (request.resource === Resource.packets) this.#packets(request);
      if (request.state !== "asked") continue;
      if (request.deadline <= now) this.#force(request);
      else next = Math.min(next, request.deadline);
    }
    this.#overtaken = this.#overtaken.filter((request) => !this.#caughtUp(request));
    return (next - now) / 1e6;
  }

  /** Nobody is left to answer for it: what was asked for is taken now. */
  failed(environment: Environment): void {
    for (const request of this.#pending.filter((one) => one.environment === environment)) this.#force(request);
  }

  /** It is gone, and its number may be another's. */
  forget(environment: Environment): void {
    this.#pending = this.#pending.filter((request) => request.environment !== environment);
    this.#overtaken = this.#overtaken.filter((request) => request.environment !== environment);
    this.#requests.fill(undefined, environment.id * RESOURCES.length, (environment.id + 1) * RESOURCES.length);
  }

  /** The last request of each kind. */
  of(environment: number): RevocationView[] {
    const from = environment * RESOURCES.length;
    return this.#requests
      .slice(from, from + RESOURCES.length)
      .flatMap((one) => (one === undefined ? [] : [viewOf(one)]));
  }

  /** Somebody is being asked for some of this kind. */
  isAsking(resource: number): boolean {
    return this.#pending.some((request) => request.resource === resource);
  }

  /** How many of a kind may be taken from an environment. */
  held(environment: Environment, resource: number): number {
    return this.#kinds[resource]?.held(environment) ?? 0;
  }

  #pendingOf(environment: number, resource: number): Request | undefined {
    const last = this.#requests[environment * RESOURCES.length + resource];
    return last?.state === "asked" ? last : undefined;
  }

  /** What came back by the tail since it was asked. */
  #packets(request: Request): void {
    const tail = request.environment.ring?.tail ?? 0;
    const given = request.ends.filter((end) => end <= tail).length - request.given;
    if (given > 0) this.gave(request.environment, request.resource, given);
  }

  #force(request: Request): void {
    const left = request.count - request.given;
    request.taken = this.#abort.take(request.environment, request.resource, left);
    this.#end(request, "forced");
    this.#tell("revocationTaken", request.environment.id, request.resource, request.taken, left - request.taken);
    this.#show(request);
    // The tail of a downloaded one is the kernel's to move: it cannot answer by it, late or in time.
    const { ring, inbox } = request.environment;
    if (request.resource === Resource.packets && inbox === undefined && ring?.caughtUp === false)
      this.#overtaken.push(request);
  }

  /** It moved its own tail beyond what was taken: an answer that came too late. */
  #caughtUp(request: Request): boolean {
    if (request.environment.state === "failed") return true;
    if (request.environment.ring?.caughtUp === false) return false;
    this.#late(request, request.taken);
    return true;
  }

  #late(request: Request, count: number): void {
    request.late = true;
    this.#tell("revocationLate", request.environment.id, request.resource, count);
  }

  #end(request: Request, state: RevocationView["state"]): void {
    request.state = state;
    this.#pending = this.#pending.filter((one) => one !== request);
  }

  #show({ environment, resource, sequence, count, given, deadlineMs, ends, state }: Request): void {
    const left = state === "asked" ? count - given : 0;
    this.#ask(environment, resource, { sequence, left, given, deadlineMs, cursor: ends.at(-1) ?? 0 });
  }
}

function viewOf({ sequence, resource, count, deadlineMs, state, given, taken, late }: Request): RevocationView {
  const name: ResourceName = RESOURCES[resource] ?? "pages";
  return { sequence, resource: name, count, deadlineMs, state, given, taken, late };
}
