/**
 * The data plane's worker: machine, NIC, demux and kernel, synchronous. Between two turns it looks
 * whether the doorbell was rung and answers its messages; with nothing to do it sleeps on the
 * doorbell, with a limit, and never spins.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { BooksWriter } from "../kernel/books.js";
import { CALL_RIGHTS } from "../kernel/call-rights.js";
import type { CallAnswer } from "../kernel/calls.js";
import type { Refused } from "../kernel/changes.js";
import type { CompileAnswer, Compiler } from "../kernel/compiler.js";
import type { Environment } from "../kernel/environment.js";

import { Kernel } from "../kernel/kernel.js";
import { PUBLISH_MS } from "../kernel/limits.js";

import { publishBooks } from "../kernel/publish.js";
import { Refusal } from "../kernel/refusal.js";
import type { Running } from "../kernel/running.js";
import { wallMs, wallNs } from "../machine/clock.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { CapabilityRequests } from "./capability-requests.js";
import { carryRequest } from "./carried.js";
import { DataPlaneCalls } from "./data-plane-calls.js";
import { buildMachine } from "./machine.js";
import type { CarriedCall, DataPlaneStart, FromDataPlane, ToDataPlane } from "./messages.js";
import { Player } from "./player.js";
import type { OpenSource } from "./replay-ports.js";
import { openSource } from "./source.js";

/** Longest sleep, after which the books are published again. */
const SLEEP_MS = 250;
/** Events that are told at once. */
const TRACE_BATCH = 512;
class DataPlane {
  readonly #memory: PhysicalMemory;
  readonly #kernel: Kernel;
  readonly #player: Player;
  readonly #books: BooksWriter;
  readonly #doorbell: Int32Array;
  readonly #control: MessagePort;
  readonly #calls: DataPlaneCalls;
  #compiler: MessagePort;
  /** How many there were before, and whether another one has been asked for. */
  #compilerNumber = 0;
  #compilerReplaced = false;
  /** Questions wait until it has made the changes that waited for it. */
  #compilerIsNew = false;
  #running = true;
  /** The doorbell when messages were last read: whoever posts one rings afterwards. */
  #rung = 0;
  #published = 0;
  readonly #capabilities: CapabilityRequests;
  #disagreement: Running["first"] = null;
  readonly #isSentTo = () => this.#player.isSentTo;
  /** Number of the last event that the control thread was told. */
  #traced = 0;

  constructor(start: DataPlaneStart) {
    const { memory, segments, facts, demux } = buildMachine(start);
    this.#memory = memory;
    this.#compiler = start.compiler;
    this.#kernel = new Kernel(
      memory,
      segments,
      facts,
      Buffer.from(start.key),
      demux,
      this.#link(),
      (environment, reason) => this.#stateChanged(environment, reason),
      start.capabilities,
    );
    this.#capabilities = new CapabilityRequests(
      this.#kernel,
      (message) => this.#post(message),
      (ended) => this.#calls.bindingsChanged(ended, []),
    );
    this.#player = new Player(this.#kernel, segments, this.#openSource(), {
      // Who hears of it finds its counters in the books.
      status: (status) => {
        this.#publish();
        this.#post({ kind: "replay", status });
      },
      epochEnded: (result) => {
        this.#publish();
        this.#post({ kind: "epoch-ended", result });
      },
    });
    this.#calls = new DataPlaneCalls(this.#kernel, this.#player, this.#capabilities, (message) => this.#post(message));
    this.#books = new BooksWriter(start.books);
    this.#doorbell = new Int32Array(start.doorbell);
    this.#control = start.control;
    this.#kernel.handlers.ended = (bindings) => this.#post({ kind: "handlers-ended", bindings });
    this.#kernel.ash.kills.unbound = (binding) => this.#post({ kind: "handler-unbound", binding });
    this.#kernel.holdings.bindingsLost = (slots) => this.#calls.bindingsChanged(slots, []);
    this.#kernel.code.began = (slot) => this.#calls.bindingsChanged([], [slot]);
    this.#kernel.code.changed = (change, bindings) => this.#capabilities.madeByCode(change, bindings);
    this.#kernel.createEnvironment({ name: "control", program: "", options: {} });
  }

  run(): void {
    this.#calls.environmentChanged(this.#kernel.environments.get(0)!, null);
    this.#post({ kind: "ready", machine: this.#kernel.environments.facts });
    while (this.#running) {
      const rung = Atomics.load(this.#doorbell, 0);
      if (rung !== this.#rung) this.#messages();
      this.#rung = rung;
      if (this.#kernel.program.compilerStuck && !this.#compilerReplaced) this.#askForCompiler();
      this.#capabilities.expire();
      const turn = this.#player.turn();
      // What runs while a lossless replay plays depends on its packets alone.
      if (!this.#player.playsLossless) this.#kernel.cpu.turn(this.#isSentTo);
      // What is asked back may have to be heard in a slice.
      const asked = this.#kernel.tend();
      const cpu = this.#player.playsLossless ? Number.POSITIVE_INFINITY : this.#kernel.cpu.pause;
      const wait = Math.min(turn, cpu, asked, this.#kernel.lookMs);
      this.#lookForFailures();
      this.#lookForDisagreement();
      if (wait > 0 || wallNs() - this.#published > PUBLISH_MS * 1e6) this.#publish();
      if (wait > 0) this.#kernel.environments.rouse(wallNs());
      if (wait > 0) Atomics.wait(this.#doorbell, 0, rung, Math.min(wait, SLEEP_MS));
    }
    this.#kernel.ports.close();
    this.#control.close();
    this.#compiler.close();
  }

  #publish(): void {
    const { ledger, environments, bindings, activations, cpu } = this.#kernel;
    publishBooks(this.#books, ledger, this.#player.currentTerms(), environments, bindings, activations, cpu);
    this.#published = wallNs();
    if (this.#kernel.trace.count > this.#traced) this.#postTrace();
  }

  /** A few at once: what the trace has lost by the next time shows in the numbers. */
  #postTrace(): void {
    const { trace } = this.#kernel;
    const [now, wall] = [wallMs(), wallNs()];
    const events = trace.since(this.#traced, TRACE_BATCH).map(({ at, ...event }) => {
      return { ...event, time: `${BigInt(Math.round(now * 1000 - (wall - at) / 1000)) * 1000n}` };
    });
    this.#traced = events.at(-1)?.number ?? this.#traced;
    this.#post({ kind: "trace", levels: trace.levels, events });
  }

  // --- messages ---

  #messages(): void {
    for (;;) {
      const received: { message: CompileAnswer } | undefined = receiveMessageOnPort(this.#compiler);
      if (received === undefined) break;
      this.#kernel.program.compiled(received.message);
      this.#lookForCurrent();
    }
    for (;;) {
      const received: { message: ToDataPlane } | undefined = receiveMessageOnPort(this.#control);
      if (received === undefined) break;
      this.#message(received.message);
    }
  }

  #message(message: ToDataPlane): void {
    switch (message.kind) {
      case "call":
        return this.#call(message.request);
      case "compiler":
        this.#compiler.close();
        this.#compiler = message.port;
        this.#compilerNumber = message.number;
        this.#compilerReplaced = false;
        this.#compilerIsNew = true;
        return this.#kernel.program.replaceCompiler(this.#link(), message.innocent);
      case "worker-ended":
        return this.#workerEnded(message.environment, message.reason);
      case "kept":
        return this.#capabilities.kept(message.ok);
      case "stop":
        this.#running = false;
        return undefined;
      default:
        return never(message);
    }
  }

  #workerEnded(id: number, reason: string): void {
    const environment = this.#kernel.environments.get(id);
    if (environment === undefined) return;
    if (!environment.leaving) {
      this.#kernel.environmentFailed(environment, null);
      this.#calls.environmentChanged(environment, reason);
    }
    this.#calls.workerEnded(id);
  }

  /** Environments that said of themselves that they failed, while nobody waited for them. */
  #lookForFailures(): void {
    for (const environment of this.#kernel.environments.hosted) {
      if (environment.ring.failed) this.#kernel.environmentFailed(environment, null);
    }
  }

  /** Told once for each shadow: the count is in the books. */
  #lookForDisagreement(): void {
    const { first } = this.#kernel.running;
    if (first === this.#disagreement) return;
    this.#disagreement = first;
    if (first === null) return this.#post({ kind: "disagreement", first });
    const { octets, wire, link, target, shadow } = first.disagreement;
    this.#post({ kind: "disagreement", first: { ...first.place, octets, wire, link, target, shadow } });
  }

  #askForCompiler(): void {
    this.#compilerReplaced = true;
    this.#kernel.trace.tell("compilerStuck");
    this.#post({ kind: "compiler", number: this.#compilerNumber, is: "stuck" });
  }

  /** Whatever else waits has been sent by then: the worker finds it before it finds a question. */
  #lookForCurrent(): void {
    if (!this.#compilerIsNew || this.#kernel.program.compilerBehind) return;
    this.#compilerIsNew = false;
    this.#post({ kind: "compiler", number: this.#compilerNumber, is: "current" });
  }

  #link(): Compiler {
    const port = this.#compiler;
    return { request: (request) => port.postMessage(carryRequest(request)) };
  }

  #openSource(): OpenSource {
    return openSource(this.#memory, (path, reader, ring) => this.#post({ kind: "feed", path, reader, ring }));
  }

  #post(message: FromDataPlane): void {
    this.#control.postMessage(message);
  }

  // --- calls ---

  #call(request: CarriedCall): void {
    const refuse: Refused = (error, detail, at) => {
      this.#answer({ seq: request.seq, ok: false, error, detail, ...(at === undefined ? {} : { at }) });
    };
    try {
      const by = this.#kernel.authorise(request.capability, CALL_RIGHTS[request.call]);
      this.#calls.perform(request, by, (result) => this.#answer({ seq: request.seq, ok: true, result }), refuse);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(error.code, error.message, error.at);
    }
  }

  #answer(answer: CallAnswer): void {
    // What the answer speaks of is in the books when it arrives.
    this.#publish();
    this.#post({ kind: "answer", answer });
  }

  // --- the books of who exists ---

  /** One that the kernel gives up, for a reason, is still at work, whatever it works at. */
  #stateChanged(environment: Environment, reason: string | null): void {
    // Who hears of it finds what became of its packets in the books.
    this.#publish();
    this.#calls.environmentChanged(environment, reason);
    if (environment.state === "failed" && reason !== null) {
      this.#post({ kind: "end-worker", environment: environment.id, reason });
    }
  }
}

function never(value: never): never {
  throw new Error(`data plane: ${JSON.stringify(value)} is not a message`);
}

new DataPlane(workerData as DataPlaneStart).run();
