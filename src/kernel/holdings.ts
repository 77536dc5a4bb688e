/**
 * What environments hold, and how it comes back: pages, the calls by which environments ask for them, revocation and the
 * abort protocol put together, and the books of it.
 */
import type { Segments } from "../nic/segments.js";
import { Mailbox, RESOURCES, REVOCATION_WORDS, type ResourceName, RevocationWord } from "./abi.js";
import { Abort } from "./abort.js";
import type { BindingRecord, Bindings } from "./binding.js";
import type { Calls, PageView } from "./calls.js";
import type { Environment, Environments, HostedEnvironment } from "./environment.js";
import { type CheckHandle, HostedCalls } from "./hosted-calls.js";
import { FREE, type Pages } from "./pages.js";
import { Pressure } from "./pressure.js";
import { Refusal } from "./refusal.js";
import { holdersOf, type Revocable, RevocableBindings, RevocablePackets, RevocablePages } from "./revocable.js";
import { type AskedFor, Revocation } from "./revocation.js";
import type { Tell } from "./trace.js";

export interface HoldingsParts {
  readonly environments: Environments;
  readonly bindings: Bindings;
  readonly segments: Segments;
  /** Ends bindings. */
  readonly release: (records: readonly BindingRecord[]) => void;
  /** So many entries of the environment's ring were taken from it. */
  readonly undelivered: (environment: Environment, entries: number) => void;
  readonly tell: Tell;
  /** Wall ns. */
  readonly now: () => number;
}

/** Until handles are checked: only 0, what an environment may by itself. */
const ONLY_ITSELF: CheckHandle = (_environment, handle) => {
  if (handle !== 0) throw new Refusal("E_HANDLE");
};

export class Holdings {
  readonly pages: Pages;
  readonly revocation: Revocation;
  readonly pressure: Pressure;
  /** Checks handles in environments' calls. */
  checkHandle = ONLY_ITSELF;
  /** Told of bindings that were given back or taken. */
  bindingsLost: (slots: readonly number[]) => void = () => undefined;
  /**
   * Tells an environment without a mailbox what a hosted one reads there: `count` are asked for, within so many ms; or, by
   * repossession, `count` losses stand in its vector. What it gives itself it knows. Called at batch boundaries.
   */
  activation: (
    environment: Environment,
    cause: "revocation" | "repossession",
    resource: number,
    count: number,
    deadlineMs: number,
  ) => void = () => undefined;
  readonly #parts: HoldingsParts;
  readonly #kinds: (Revocable | undefined)[];
  readonly #calls: HostedCalls;
  readonly #pagesKind: RevocablePages;

  constructor(parts: HoldingsParts) {
    const { environments, bindings, segments, undelivered, tell, now } = parts;
    this.#parts = parts;
    this.pages = environments.pages;
    const pages = new RevocablePages(this.pages);
    this.#pagesKind = pages;
    const releasing = (records: readonly BindingRecord[]) => {
      parts.release(records);
      this.bindingsLost(records.map(({ slot }) => slot));
    };
    const packets = new RevocablePackets(undelivered);
    this.#kinds = [pages, packets, undefined, new RevocableBindings(bindings, releasing)];
    const except = (environment: Environment, resource: number, losses: number) =>
      this.#except(environment, resource, losses);
    const abort = new Abort(this.#kinds, except, tell);
    const ask = (environment: Environment, resource: number, asked: AskedFor) =>
      this.#ask(environment, resource, asked);
    this.revocation = new Revocation(this.#kinds, abort, ask, tell, now);
    this.pressure = new Pressure(this.revocation, environments, tell);
    const check: CheckHandle = (environment, handle, right) => this.checkHandle(environment, handle, right);
    this.#calls = new HostedCalls(environments, pages, this.revocation, this.pressure, segments, check);
  }

  /** A kind that others keep: slices. */
  provide(resource: ResourceName, kind: Revocable): void {
    this.#kinds[RESOURCES.indexOf(resource)] = kind;
  }

  /**
   * Does what environments have asked so far, by environment number, then in order; how many calls. `lied` hears of an
   * environment whose cursor cannot be.
   */
  perform(environments: readonly HostedEnvironment[], lied: (environment: HostedEnvironment) => void): number {
    let performed = 0;
    for (const environment of environments) {
      const { calls } = environment;
      for (let left = calls.waiting; left > 0; left--) {
        const asked = calls.next();
        calls.answer(this.#calls.perform(environment, asked), asked);
        performed++;
      }
      if (calls.lied) lied(environment);
    }
    return performed;
  }

  /** A batch boundary: who is under pressure is asked, and what is due is taken. ms to the next deadline. */
  tend(): number {
    this.pressure.tend();
    return this.revocation.tend();
  }

  /** It is destroyed: nothing is asked of it any more. Its pages go back with it. */
  forget(environment: Environment): void {
    this.revocation.forget(environment);
    this.#pagesKind.saveIn(environment.id, []);
  }

  /** Contents of its pages that are taken are to be saved in these pages of its own, in order. Throws what is wrong with one. */
  saveIn(id: number, names: readonly number[]): void {
    for (const page of names) {
      const problem = this.pages.problem(id, page);
      if (problem !== undefined) throw new Refusal(problem);
    }
    this.#pagesKind.saveIn(id, names);
  }

  /** The environment gave one back by a call of its own. */
  gave(id: number, resource: ResourceName): void {
    const environment = this.#parts.environments.get(id);
    if (environment !== undefined) this.revocation.gave(environment, RESOURCES.indexOf(resource), 1);
  }

  // --- calls of the control plane ---

  reclaim({ environment, resource, count, deadlineMs }: Calls["reclaim"]["args"]): Calls["reclaim"]["result"] {
    return this.revocation.ask(this.#environment(environment), RESOURCES.indexOf(resource), count, deadlineMs);
  }

  revocations({ environment }: Calls["revocations"]["args"]): Calls["revocations"]["result"] {
    const found = this.#environment(environment);
    return { requests: this.revocation.of(environment), vector: found.vector?.losses ?? [] };
  }

  pageBook({ from, limit, owner }: Calls["pageBook"]["args"]): Calls["pageBook"]["result"] {
    const { pages: total, freePages: free } = this.pages.memory;
    if (owner !== undefined) {
      const { id } = this.#environment(owner);
      return { total, free, pages: this.pages.namesOf(id, from, limit).map((page) => this.#pageView(page)) };
    }
    const count = Math.max(0, Math.min(limit, total - from));
    const pages = Array.from({ length: count }, (_, index) => this.#pageView(from + index));
    return { total, free, pages };
  }

  segmentBook(): Calls["segmentBook"]["result"] {
    return { segments: holdersOf(this.#parts.segments, this.#parts.environments.table) };
  }

  #environment(id: number): Environment {
    const environment = this.#parts.environments.get(id);
    if (environment === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    return environment;
  }

  #pageView(page: number): PageView {
    const { pages, segments } = { pages: this.pages, segments: this.#parts.segments };
    const owner = pages.ownerOf(page);
    const guaranteed = pages.isGuaranteed(page);
    const locks = { readers: pages.readers.members(page), writers: pages.writers.members(page), guaranteed };
    if (owner >= 0) return { page, owner, use: "environment", ...locks };
    const use = owner === FREE ? "free" : segments.owns(page) ? "packets" : "kernel";
    return { page, owner: null, use, ...locks };
  }

  // --- telling ---

  #ask(environment: Environment, resource: number, asked: AskedFor): void {
    const { sequence, left, given, deadlineMs, cursor } = asked;
    const { ring, calls, heartbeat } = environment;
    if (ring === undefined || calls === undefined) {
      if (given === 0 && left > 0) this.activation(environment, "revocation", resource, left, deadlineMs);
      return;
    }
    const { words } = this.pages.memory;
    const at = (ring.mailbox >> 2) + Mailbox.revocations + resource * REVOCATION_WORDS;
    words[at + RevocationWord.deadlineMs] = deadlineMs;
    words[at + RevocationWord.cursor] = cursor | 0;
    Atomics.store(words, at + RevocationWord.count, left);
    Atomics.store(words, at + RevocationWord.sequence, sequence);
    heartbeat?.ringAside();
  }

  #except(environment: Environment, resource: number, losses: number): void {
    if (environment.calls === undefined) this.activation(environment, "repossession", resource, losses, 0);
    else environment.heartbeat?.ringAside();
  }
}
