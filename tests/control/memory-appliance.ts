/**
 * An appliance without threads, for tests of the control plane alone: tables, names, capability and
 * books are as the kernel has them; packets come when a test says so. It judges nothing: a binding
 * gets what `pass` gives it.
 */

import { checkHandlerText, handlerStages } from "../../src/appliance/handler-text.js";
import { readHandlerState, tryHandlerText } from "../../src/appliance/handler-told.js";
import type {
  Answer,
  ApplianceEvent,
  ApplianceInterface,
  BindingView,
  Checked,
  ClaimToBe,
  DisagreementView,
  EnvironmentView,
  FilterLanguage,
  HandlerTexts,
  OverlapsFound,
  ReplayStatus,
  Staged,
  TextError,
  TrieDrawn,
  Unanswered,
} from "../../src/appliance/interface.js";
import { TraceLog } from "../../src/appliance/trace-log.js";
import type { Conjunction, Equal } from "../../src/dpf/atom.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { drawTrie, type TrieView } from "../../src/dpf/draw-trie.js";
import { overlapsOf } from "../../src/dpf/overlap.js";
import { stagesOf } from "../../src/dpf/stages.js";
import type { MachineFacts } from "../../src/kernel/abi.js";
import {
  BindingTerm,
  BooksReader,
  BooksWriter,
  createBooks,
  EnvironmentTerm,
  MachineTerm,
} from "../../src/kernel/books.js";
import type { CallName, Calls, RevocationView } from "../../src/kernel/calls.js";
import { RIGHTS } from "../../src/kernel/capability.js";
import { KERNEL_ERRORS, type KernelError } from "../../src/kernel/kerrno.js";

export const ROOT = "exo1.root-of-the-memory-appliance.0123456789abcdef0123456789abcdef01234567890";

const ROOT_VIEW = {
  serial: "root",
  version: 0,
  path: "root",
  rights: RIGHTS,
  expires: 0,
  frames: null,
  budget: null,
  environment: null,
};

/** There is one capability, and no other. */
function notHere(): never {
  throw new Refused("E_NO_CAPABILITY");
}

/** Handlers run on the appliance itself alone. */
function noHandler(): never {
  throw new Refused("E_NO_BOUND_HANDLER");
}

const NONE: ReplayStatus = {
  state: "none",
  sources: [],
  speed: 1,
  loop: 1,
  lossless: false,
  epoch: 0,
  deterministic: true,
  damage: [],
  unreadable: [],
  error: null,
};

const TOO_LATE: Unanswered = {
  ok: false,
  errors: [{ code: "E_DEADLINE", message: "compiling took longer than 2000 ms", line: 1, column: 1, length: 0 }],
};

class Refused extends Error {
  readonly code: KernelError;
  readonly at: number | undefined;
  constructor(code: KernelError, at?: number) {
    super(KERNEL_ERRORS[code]);
    this.code = code;
    this.at = at;
  }
}

export class MemoryAppliance implements ApplianceInterface {
  machine: MachineFacts = {
    abiVersion: 1,
    pageSize: 4096,
    memory: 1 << 24,
    segmentSize: 1 << 20,
    segments: 4,
    ringEntries: 8192,
    stlb: 0,
    stlbEntries: 4096,
    slices: 4,
    sliceFuel: 1000,
    target: "js",
    shadow: null,
  };
  readonly rootCapability = ROOT;
  readonly environments = new Map<number, EnvironmentView>();
  readonly bindings = new Map<number, BindingView>();
  readonly books: BooksReader;
  readonly #writer: BooksWriter;
  readonly #listeners = new Set<(event: ApplianceEvent) => void>();
  /** Every call, with the capability that was shown. */
  readonly calls: { readonly capability: string; readonly name: CallName; readonly args: unknown }[] = [];
  replay: ReplayStatus = NONE;
  disagreement: DisagreementView | null = null;
  readonly trace = new TraceLog();
  compiling = { waiting: 0, answered: 0, dropped: 0, lost: 0, replaced: 0 };
  /** Counts by node while heat is on; else null. */
  heat: Map<number, number> | null = null;
  /** Names of ports. */
  readonly ports = new Set<string>();
  /** Somebody else than the control plane has ended a binding, and another has its number. */
  replaceBinding(view: BindingView): void {
    this.bindings.delete(view.id);
    this.#tell({ kind: "bindings", ended: [view.id] });
    this.bindings.set(view.id, view);
    this.#tell({ kind: "bindings", ended: [] });
  }

  /** Owners of slices, by position. */
  readonly slices: (number | null)[] = [null, null, null, null];
  /** Refused for the sake of other claims, with this error. */
  refuseClaims: KernelError | null = null;
  /** So many of them; then claims are made again. */
  refusals = Number.POSITIVE_INFINITY;
  /** Questions to the compile worker find it busy. */
  busy = false;
  refuseRebind = false;
  /** A binding that is another's than the caller's. */
  keep: number | undefined;
  /** The last request of a drill. */
  asked: RevocationView | null = null;
  #packets = 0;
  #next = 1;

  constructor() {
    const books = createBooks();
    this.books = new BooksReader(books);
    this.#writer = new BooksWriter(books);
    this.#environment({ id: 0, name: "control", program: "" });
  }

  call<K extends CallName>(capability: string, name: K, args: Calls[K]["args"]): Promise<Answer<K>>;
  async call(capability: string, name: CallName, args: never): Promise<unknown> {
    if (name !== "present") this.calls.push({ capability, name, args });
    if (capability !== ROOT) return { ok: false, error: "E_CAPABILITY_FORGED", detail: "" };
    try {
      const result = this.#do[name](args);
      return { ok: true, result };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ok: false, error: error.code, detail: error.message, at: error.at };
    }
  }

  /** Of both languages: `OFFSET:8 == N`, joined by && and ||, or `true`. */
  linkTypes: readonly number[] = [1];

  expect(linkTypes: readonly number[]): void {
    this.linkTypes = linkTypes;
  }

  async check(text: string, _language: FilterLanguage): Promise<Checked> {
    const conjunctions: Conjunction[] = [];
    const errors: TextError[] = [];
    let at = 0;
    for (const alternative of text.split("||")) {
      const conjunction: Equal[] = [];
      for (const part of alternative.split("&&")) {
        const found = /^\s*(\d+):8 == (\d+)\s*$/.exec(part);
        if (found !== null) {
          conjunction.push({ kind: "equal", offset: Number(found[1]), width: 8, mask: 0xff, value: Number(found[2]) });
        } else if (part.trim() !== "true") {
          errors.push(errorAt(text, at + part.length - part.trimStart().length, part.trim().length));
        }
        at += part.length + 2;
      }
      conjunctions.push(conjunction);
    }
    return errors.length > 0 ? { ok: false, errors } : { ok: true, filter: { conjunctions }, canonical: text };
  }

  async stages(text: string, language: FilterLanguage): Promise<Staged> {
    if (this.busy) return TOO_LATE;
    const checked = await this.check(text, language);
    return checked.ok ? { ok: true, stages: stagesOf(checked.filter, () => 0) } : checked;
  }

  async overlaps(text: string, language: FilterLanguage, claim: ClaimToBe): Promise<OverlapsFound> {
    const checked = await this.check(text, language);
    if (!checked.ok) return checked;
    const isOther = (id: number) => this.bindings.get(id)?.environment !== claim.environment;
    return { ok: true, checked, ...overlapsOf(this.#classifier(), checked.filter, claim.priority, isOther) };
  }

  readonly handlers: HandlerTexts = {
    check: async (text) => checkHandlerText(text),
    stages: async (text) => handlerStages(text, () => 0),
    try: async (asked) => tryHandlerText(asked),
    readState: async (asked) => readHandlerState(asked),
  };

  async trie(view: TrieView): Promise<TrieDrawn> {
    if (this.busy) return TOO_LATE;
    const classifier = this.#classifier();
    classifier.update();
    return { ok: true, picture: drawTrie(classifier, view) };
  }

  /** Target and shadow disagree on so many packets, the first of them this. */
  disagree(count: number, first: DisagreementView): void {
    this.disagreement = first;
    this.#writer.begin();
    this.#writer.machine(MachineTerm.disagreements, count);
    this.#writer.end();
    this.#tell({ kind: "disagreement", first });
  }

  async query(environment: number, what: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (what !== "flows") throw new Error(`the program knows no ${what}`);
    return { environment, flows: [], args };
  }

  listen(listener: (event: ApplianceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}

  /** `packets` of 100 octets arrive, and each of these bindings gets them all. */
  pass(packets: number, bindings: readonly number[]): void {
    this.#packets += packets;
    this.#writer.begin();
    this.#writer.machine(MachineTerm.offered, this.#packets);
    this.#writer.machine(MachineTerm.received, this.#packets);
    this.#writer.machine(MachineTerm.unclaimed, this.#packets);
    this.#writer.machine(MachineTerm.packet, this.#packets);
    for (const id of bindings) {
      this.books.refresh();
      this.#writer.binding(id, BindingTerm.packets, this.books.binding(id, BindingTerm.packets) + packets);
      this.#writer.binding(id, BindingTerm.octets, 100 * packets);
    }
    this.#writer.environment(0, EnvironmentTerm.delivered, this.#packets);
    this.#writer.end();
  }

  /** Of one that is being destroyed (`leaving`) the end is wanted. */
  fail(environment: number, reason: string, leaving = false): void {
    const view = this.environments.get(environment)!;
    this.environments.set(environment, { ...view, state: leaving ? "destroyed" : "failed", error: reason });
    this.#tell({ kind: "environment-failed", environment, name: view.name, reason });
  }

  readonly #do: { readonly [K in CallName]: (args: Calls[K]["args"]) => Calls[K]["result"] } = {
    createEnvironment: ({ name, program, code }) => {
      if (code?.startsWith("wrong") === true) throw new Refused("E_IMAGE");
      if (!["", "monitor", "exos", "vcode"].includes(program)) throw new Refused("E_PROGRAM");
      if ([...this.environments.values()].some((view) => view.name === name)) throw new Refused("E_NAME_TAKEN");
      const id = this.#next++;
      this.#environment({ id, name, program });
      return { environment: id, start: undefined };
    },
    activate: ({ environment, cause, message, fuel }) => {
      const view = this.environments.get(environment);
      if (view === undefined) throw new Refused("E_NO_ENVIRONMENT");
      if (view.kind !== "downloaded") throw new Refused("E_NOT_DOWNLOADED");
      return { used: Math.min(fuel, 10), ended: "done", value: cause * 1000 + message.reduce((a, b) => a + b, 0) };
    },
    destroyEnvironment: ({ environment }) => {
      if (!this.environments.delete(environment)) throw new Refused("E_NO_ENVIRONMENT");
      for (const [id, view] of this.bindings) if (view.environment === environment) this.bindings.delete(id);
      this.#tell({ kind: "environments" });
      return {};
    },
    bind: ({ name, environment, mode, priority, filter }) => {
      if (mode === "claim" && this.refuseClaims !== null && this.refusals-- > 0) throw new Refused(this.refuseClaims);
      if (!this.environments.has(environment)) throw new Refused("E_NO_ENVIRONMENT");
      const taken = [...this.bindings.values()].some((view) => view.environment === environment && view.name === name);
      if (taken) throw new Refused("E_NAME_TAKEN");
      const id = this.#next++;
      const made = { from: this.#place(), owner: "root", under: "root" };
      this.bindings.set(id, { id, name, environment, mode, priority, filter, ...made });
      this.#tell({ kind: "bindings", ended: [] });
      return { binding: id, from: this.#place() };
    },
    exchange: ({ bindings, release }) => {
      const before = new Map(this.bindings);
      const made: number[] = [];
      try {
        for (const binding of release) {
          this.#binding(binding);
          this.bindings.delete(binding);
        }
        for (const binding of bindings) made.push(this.#do.bind(binding).binding);
      } catch (error) {
        for (const id of this.bindings.keys()) this.bindings.delete(id);
        for (const [id, view] of before) this.bindings.set(id, view);
        throw error instanceof Refused ? new Refused(error.code, made.length) : error;
      }
      return { bindings: made, from: this.#place() };
    },
    rebind: ({ bindings, filter }) => {
      if (this.refuseRebind) throw new Refused("E_COMPILE");
      for (const binding of bindings) this.bindings.set(binding, { ...this.#binding(binding), filter });
      this.#tell({ kind: "bindings", ended: [] });
      return { from: this.#place() };
    },
    unbind: ({ bindings }) => {
      for (const binding of bindings) this.#binding(binding);
      if (this.keep !== undefined && bindings.includes(this.keep)) throw new Refused("E_CAPABILITY_OWNER");
      for (const binding of bindings) this.bindings.delete(binding);
      this.#tell({ kind: "bindings", ended: bindings });
      this.books.refresh();
      const sumOf = (term: number) => bindings.reduce((sum, binding) => sum + this.books.binding(binding, term), 0);
      const [packets, octets] = [sumOf(BindingTerm.packets), sumOf(BindingTerm.octets)];
      return { until: { epoch: this.replay.epoch, packet: this.#packets }, packets, octets };
    },
    openReplay: ({ sources, options }) => {
      const epoch = this.replay.epoch + 1;
      return this.#replay({ ...NONE, ...options, state: "paused", sources: sources.map(({ name }) => name), epoch });
    },
    play: () => this.#move({ state: "playing" }),
    pause: () => this.#move({ state: "paused" }),
    step: () => this.#move({ state: "paused" }),
    seek: () => ({ epoch: this.replay.epoch + 1, ...this.#move({ epoch: this.replay.epoch + 1 }) }),
    speed: ({ speed }) => this.#move({ speed }),
    skip: () => this.#move({}),
    stop: () => this.#replay({ ...NONE, epoch: this.replay.epoch }),
    target: ({ target, shadow }) => {
      if (target === shadow) throw new Refused("E_ARGUMENT");
      this.machine = { ...this.machine, target, shadow };
      this.#tell({ kind: "target" });
      return {};
    },
    heat: ({ on }) => {
      this.heat = on ? new Map() : null;
      return {};
    },
    trace: ({ levels }) => {
      this.trace.levels = levels;
      return {};
    },
    reclaim: ({ environment, resource, count, deadlineMs }) => {
      if (!this.environments.has(environment)) throw new Refused("E_NO_ENVIRONMENT");
      if (resource !== "pages") throw new Refused("E_NOTHING_HELD");
      const state = "asked";
      this.asked = { sequence: 1, resource, count, deadlineMs, state, given: 0, taken: 0, late: false };
      return this.asked;
    },
    revocations: ({ environment }) => {
      if (!this.environments.has(environment)) throw new Refused("E_NO_ENVIRONMENT");
      return { requests: this.asked === null ? [] : [this.asked], vector: [] };
    },
    pageBook: ({ from, limit }) => {
      const free = { owner: null, use: "free", readers: [], writers: [], guaranteed: false } as const;
      const count = Math.max(0, Math.min(limit, 16 - from));
      return { total: 16, free: 16, pages: Array.from({ length: count }, (_, at) => ({ page: from + at, ...free })) };
    },
    slices: () => ({ length: 1000, hand: 0, slices: this.slices }),
    allocateSlice: ({ environment, position }) => {
      if (this.environments.get(environment)?.kind !== "downloaded") throw new Refused("E_NOT_DOWNLOADED");
      if (position >= this.slices.length) throw new Refused("E_ARGUMENT");
      if (this.slices[position] !== null) throw new Refused("E_SLICE_TAKEN");
      this.slices[position] = environment;
      return this.#do.slices({});
    },
    releaseSlice: ({ environment, position }) => {
      if (this.slices[position] !== environment) throw new Refused("E_SLICE_OWNER");
      this.slices[position] = null;
      return this.#do.slices({});
    },
    segmentBook: () => ({ segments: [{ segment: 0, generation: 1, holds: 0, environments: [] }] }),
    present: () => ROOT_VIEW,
    capabilities: () => ({ capabilities: [ROOT_VIEW] }),
    derive: notHere,
    grant: notHere,
    weaken: notHere,
    revoke: notHere,
    createPort: ({ name }) => {
      if (this.ports.has(name)) throw new Refused("E_NAME_TAKEN");
      this.ports.add(name);
      return { ports: [240, 241] };
    },
    destroyPort: ({ name }) => {
      if (!this.ports.delete(name)) throw new Refused("E_NO_PORT");
      return {};
    },
    ports: () => ({ ports: [] }),
    bindHandler: noHandler,
    swapHandler: noHandler,
    settleSwap: noHandler,
    unbindHandler: noHandler,
    handlers: () => ({ handlers: [] }),
    handlerState: noHandler,
    handlerPacket: noHandler,
    heatOf: ({ nodes }) => ({ on: this.heat !== null, counts: nodes.map((node) => this.heat?.get(node) ?? 0) }),
  };

  #classifier(): Classifier {
    const classifier = new Classifier(this.machine.target);
    for (const { id, filter, mode, priority } of this.bindings.values()) {
      classifier.insert(id, filter, mode, priority, id);
    }
    return classifier;
  }

  #move(change: Partial<ReplayStatus>): Record<never, never> {
    if (this.replay.state === "none") throw new Refused("E_NO_REPLAY");
    return this.#replay({ ...this.replay, ...change });
  }

  #replay(status: ReplayStatus): Record<never, never> {
    this.replay = status;
    this.#tell({ kind: "replay", status });
    return {};
  }

  #binding(id: number): BindingView {
    const found = this.bindings.get(id);
    if (found === undefined) throw new Refused("E_NO_BINDING");
    return found;
  }

  #environment(view: Pick<EnvironmentView, "id" | "name" | "program">): void {
    const known: Readonly<Record<string, EnvironmentView["kind"]>> = { "": "counting", vcode: "downloaded" };
    const kind = known[view.program] ?? "hosted";
    this.environments.set(view.id, { ...view, kind, state: "ready", error: null, pages: 0, owner: "root" });
    this.#tell({ kind: "environments" });
  }

  #place() {
    return { epoch: this.replay.epoch, packet: this.#packets + 1 };
  }

  #tell(event: ApplianceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function errorAt(text: string, at: number, length: number): TextError {
  const before = text.slice(0, at).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { code: "E_SYNTAX", message: "a test of a field is expected", line: before.length, column, length };
}
