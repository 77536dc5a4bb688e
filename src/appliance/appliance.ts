/**
 * The appliance: starts the data plane and the compile worker, starts and ends hosted environments'
 * workers, and carries calls and events. All state that matters is the kernel's; what is kept here
 * are its books as last published.
 */
import { randomBytes } from "node:crypto";
import { READERS } from "../capture/feed.js";
import type { TrieView } from "../dpf/draw-trie.js";
import { DEFAULT_TARGET, type Target } from "../dpf/target.js";
import { DOWNLOADED_PROGRAM, type MachineFacts } from "../kernel/abi.js";
import { BooksReader, createBooks } from "../kernel/books.js";
import type { CallAnswer, CallName, Calls } from "../kernel/calls.js";
import { rootCapability, seal } from "../kernel/capability.js";
import { KERNEL_ERRORS } from "../kernel/kerrno.js";
import { PROGRAMS } from "../libos/programs.js";
import { LinkType } from "../wire/linktype.js";
import { type CallArgs, carriedArgs, notMade } from "./call-args.js";
import { arrived } from "./carried.js";
import { CompileThread } from "./compile-thread.js";
import { DataPlaneThread } from "./data-plane-thread.js";
import { FileWriters } from "./file-writers.js";
import { handlerTexts, imageMachine } from "./handler-questions.js";
import { HostedWorker } from "./hosted.js";
import type {
  Answer,
  ApplianceEvent,
  ApplianceInterface,
  Asker,
  BindingView,
  CapabilityJournal,
  Checked,
  ClaimToBe,
  CompileCounts,
  DisagreementView,
  EnvironmentView,
  FilterLanguage,
  HandlerTexts,
  OverlapsFound,
  ReplayStatus,
  Staged,
  TrieDrawn,
} from "./interface.js";
import { keep, keptCapabilities } from "./kept-capabilities.js";
import type { MachineShape } from "./machine.js";
import type { CarriedCreate, FromDataPlane, WrittenFilter } from "./messages.js";
import { feedRing } from "./replay-source.js";
import { TraceLog } from "./trace-log.js";

export const DEFAULT_MEMORY = 64 * 1024 * 1024;

export interface ApplianceOptions {
  /** Octets of physical memory; 64 MiB unless told, 16 MiB at least. */
  readonly memory?: number;
  readonly target?: Target;
  /** Page size, software TLB and slices, where they are to be others. */
  readonly shape?: MachineShape;
  /** Runs beside the target, and is compared with it. */
  readonly shadow?: Target;
  /** The kernel's key, 32 octets, where capabilities are to outlive the process; else a new one. */
  readonly key?: Uint8Array;
  /** Where derived capabilities are kept, where they are to outlive the process. */
  readonly journal?: CapabilityJournal;
}

const NO_REPLAY: ReplayStatus = {
  state: "none",
  sources: [],
  speed: 1,
  loop: 1,
  lossless: false,
  epoch: 0,
  deterministic: false,
  damage: [],
  unreadable: [],
  error: null,
};

type Waiting = (answer: CallAnswer) => void;

export function startAppliance(options: ApplianceOptions = {}): Promise<ApplianceInterface> {
  return Appliance.start(options);
}

class Appliance implements ApplianceInterface {
  machine!: MachineFacts;
  readonly books: BooksReader;
  readonly environments = new Map<number, EnvironmentView>();
  readonly bindings = new Map<number, BindingView>();
  readonly rootCapability: string;
  replay = NO_REPLAY;
  disagreement: DisagreementView | null = null;
  readonly trace = new TraceLog();
  linkTypes: readonly number[] = [LinkType.ethernet];
  readonly #dataPlane: DataPlaneThread;
  readonly #doorbell: SharedArrayBuffer;
  readonly #compile: CompileThread;
  readonly #journal: CapabilityJournal | undefined;
  readonly #workers = new Map<number, HostedWorker>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: ApplianceEvent) => void>();
  readonly #files = new FileWriters();
  /** Ends the feeding of files. */
  readonly #feeding = new AbortController();
  #seq = 0;
  #closing = false;
  /** Why the data plane has ended, once it has. */
  #dead: string | undefined;

  static async start(options: ApplianceOptions): Promise<Appliance> {
    const appliance = new Appliance(options);
    const started = new Promise<void>((resolve, reject) => {
      const stop = appliance.listen((event) => {
        if (event.kind === "failed") reject(new Error(event.reason));
        if (appliance.machine === undefined) return;
        stop();
        resolve();
      });
    });
    await started.catch(async (error: unknown) => {
      await appliance.close();
      throw error;
    });
    return appliance;
  }

  private constructor(options: ApplianceOptions) {
    const { key = randomBytes(32), target = DEFAULT_TARGET, shadow = null } = options;
    const books = createBooks();
    const doorbell = new SharedArrayBuffer(4);
    this.#doorbell = doorbell;
    this.books = new BooksReader(books);
    this.rootCapability = seal(rootCapability(), Buffer.from(key));
    this.#compile = new CompileThread(
      doorbell,
      target,
      shadow,
      (port, number, innocent) => this.#dataPlane.tell({ kind: "compiler", port, number, innocent }, [port]),
      (reason) => this.#emit({ kind: "compiler-replaced", reason }),
    );
    this.#journal = options.journal;
    const start = {
      key,
      capabilities: keptCapabilities(options.journal),
      memory: options.memory ?? DEFAULT_MEMORY,
      shape: options.shape ?? {},
      target,
      shadow,
      books,
      doorbell,
      compiler: this.#compile.firstPort,
    };
    const heard = (message: FromDataPlane) => this.#message(message);
    this.#dataPlane = new DataPlaneThread(start, heard, (reason) => this.#failed(reason));
  }

  async call<K extends CallName>(capability: string, name: K, args: Calls[K]["args"]): Promise<Answer<K>> {
    if (name === "bindHandler" || name === "swapHandler") return this.#withHandler<K>(capability, name, args);
    if (name !== "createEnvironment") return this.#ask<K>(capability, name, args);
    return (await this.#create(capability, args as Calls["createEnvironment"]["args"])) as Answer<K>;
  }

  async #create(
    capability: string,
    { code, ...args }: Calls["createEnvironment"]["args"],
  ): Promise<Answer<"createEnvironment">> {
    if (args.program === DOWNLOADED_PROGRAM) return this.#download(capability, args, code ?? "");
    if (code !== undefined) return { ok: false, error: "E_ARGUMENT", detail: `${args.program} brings its own code` };
    if (args.program !== "" && !PROGRAMS.has(args.program))
      return { ok: false, error: "E_PROGRAM", detail: KERNEL_ERRORS.E_PROGRAM };
    const answer = await this.#ask(capability, "createEnvironment", args);
    if (answer.ok) await this.#startWorker(answer.result);
    return answer;
  }

  /** Checked and compiled before the kernel hears of it. */
  async #download(capability: string, args: CarriedCreate, text: string): Promise<Answer<"createEnvironment">> {
    const made = await this.#compile.ask("image", { text, ...imageMachine(this.machine) });
    return made.ok ? this.#ask(capability, "createEnvironment", { ...args, image: made.image }) : notMade(made);
  }

  /** As an image that is downloaded. */
  async #withHandler<K extends CallName>(capability: string, name: K, args: Calls[K]["args"]): Promise<Answer<K>> {
    const { handler, ...terms } = args as Calls["bindHandler" | "swapHandler"]["args"];
    const made = await this.#compile.ask("handler", { handler, ...imageMachine(this.machine) });
    return made.ok ? this.#ask(capability, name, { ...terms, handler: made.handler }) : notMade(made);
  }

  expect(linkTypes: readonly number[]): void {
    this.linkTypes = linkTypes;
  }

  async check(text: string, language: FilterLanguage, asker?: Asker): Promise<Checked> {
    const checked = await this.#compile.ask("check", this.#written(text, language), asker);
    return checked.ok ? arrived(checked) : checked;
  }

  stages(text: string, language: FilterLanguage, asker?: Asker): Promise<Staged> {
    return this.#compile.ask("stages", this.#written(text, language), asker);
  }

  async overlaps(text: string, language: FilterLanguage, claim: ClaimToBe, asker?: Asker): Promise<OverlapsFound> {
    const found = await this.#compile.ask("overlaps", { ...this.#written(text, language), ...claim }, asker);
    return found.ok ? { ...found, checked: arrived(found.checked) } : found;
  }

  #written(text: string, language: FilterLanguage): WrittenFilter {
    return { text, language, linkTypes: this.linkTypes };
  }

  get handlers(): HandlerTexts {
    return handlerTexts(this.#compile);
  }

  trie(view: TrieView, asker?: Asker): Promise<TrieDrawn> {
    return this.#compile.ask("trie", view, asker);
  }

  get compiling(): CompileCounts {
    return this.#compile.counts;
  }

  query(environment: number, what: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const worker = this.#workers.get(environment);
    if (worker === undefined) return Promise.reject(new Error("the environment has no program to ask"));
    return worker.query(what, args);
  }

  listen(listener: (event: ApplianceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#feeding.abort();
    await Promise.all([
      this.#dataPlane.end(),
      this.#compile.end(),
      ...[...this.#workers.values()].map((worker) => worker.end()),
    ]);
    await this.#files.close();
  }

  #ask<K extends CallName>(capability: string, call: K, args: CallArgs<K>): Promise<Answer<K>> {
    if (this.#dead !== undefined) return Promise.resolve({ ok: false, error: "E_MACHINE_FAILED", detail: this.#dead });
    const seq = ++this.#seq;
    return new Promise((resolve) => {
      this.#waiting.set(seq, (answer) => resolve(answer as Answer<K>));
      this.#dataPlane.tell({ kind: "call", request: { seq, capability, call, args: carriedArgs(args) } });
    });
  }

  /** A program that does not come up leaves a failed environment, with its reason, to be looked at. */
  async #startWorker({ environment, start }: Calls["createEnvironment"]["result"]): Promise<void> {
    if (start === undefined) return;
    const worker = new HostedWorker(start, this.#doorbell, (reason) => {
      this.#workers.delete(environment);
      if (!this.#closing) this.#dataPlane.tell({ kind: "worker-ended", environment, reason });
    });
    this.#workers.set(environment, worker);
    await worker.ready().catch((error: unknown) => worker.end(error instanceof Error ? error.message : undefined));
  }

  #message(message: FromDataPlane): void {
    switch (message.kind) {
      case "ready":
        this.machine = message.machine;
        return this.#emit({ kind: "environments" });
      case "machine":
        this.machine = message.machine;
        return this.#emit({ kind: "target" });
      case "disagreement":
        this.disagreement = message.first;
        return message.first === null ? undefined : this.#emit({ kind: "disagreement", first: message.first });
      case "answer":
        this.#waiting.get(message.answer.seq)?.(message.answer);
        this.#waiting.delete(message.answer.seq);
        return undefined;
      case "bindings":
        for (const binding of message.ended) this.bindings.delete(binding);
        for (const view of message.changed) this.bindings.set(view.id, arrived(view));
        return this.#emit({ kind: "bindings", ended: message.ended });
      case "environment":
        return this.#environment(message.view);
      case "environment-gone":
        this.environments.delete(message.environment);
        return this.#emit({ kind: "environments" });
      case "keep": {
        const ok = keep(this.#journal, message);
        return message.answer ? this.#dataPlane.tell({ kind: "kept", ok }) : undefined;
      }
      case "capabilities-ended": {
        const bindings = message.bindings.flatMap((binding) => this.bindings.get(binding) ?? []);
        return this.#emit({ kind: "capabilities-ended", ended: message.ended, bindings });
      }
      case "handlers-ended":
      case "handler-unbound":
        return this.#emit(message);
      case "end-worker":
        return this.#endWorker(message.environment, message.reason ?? undefined);
      case "replay":
        this.replay = message.status;
        return this.#emit({ kind: "replay", status: message.status });
      case "epoch-ended":
        return this.#emit({ kind: "epoch-ended", result: message.result });
      case "feed": {
        const reader = READERS.find((known) => known === message.reader) ?? "exonet";
        return feedRing(message.path, message.ring, reader, this.#feeding.signal);
      }
      case "trace":
        this.trace.levels = message.levels;
        this.trace.add(message.events);
        return this.#emit({ kind: "trace" });
      case "port-file":
      case "port-octets":
      case "port-closed":
        return this.#files.message(message);
      case "compiler":
        return this.#compile[message.is](message.number);
    }
  }

  #endWorker(environment: number, reason: string | undefined): void {
    const worker = this.#workers.get(environment);
    if (worker === undefined)
      this.#dataPlane.tell({ kind: "worker-ended", environment, reason: reason ?? "it had ended" });
    else void worker.end(reason);
  }

  /** The kernel sees first that an environment failed, its worker says why: the words are kept. */
  #environment(view: EnvironmentView): void {
    const known = this.environments.get(view.id);
    const error = view.state === "ready" ? null : (view.error ?? known?.error ?? null);
    this.environments.set(view.id, { ...view, error });
    this.#emit({ kind: "environments" });
    const { id: environment, name } = view;
    if (view.state === "unresponsive") {
      this.#emit({ kind: "environment-unresponsive", environment, name, reason: error ?? "" });
    } else if (view.state === "ready" && known?.state === "unresponsive") {
      this.#emit({ kind: "environment-resumed", environment, name });
    }
    if (view.state === "failed" && view.error !== null && known?.error !== view.error) {
      this.#emit({ kind: "environment-failed", environment, name, reason: view.error });
    }
  }

  #failed(reason: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = reason;
    this.#compile.unattended();
    for (const [seq, answer] of this.#waiting) answer({ seq, ok: false, error: "E_MACHINE_FAILED", detail: reason });
    this.#waiting.clear();
    this.#emit({ kind: "failed", reason });
  }

  #emit(event: ApplianceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
