/**
 * The data plane's worker: machine, NIC, demux and kernel, synchronous. Between two turns it looks
 * whether the doorbell was rung and answers its messages; with nothing to do it sleeps on the
 * doorbell, with a limit, and never spins.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Demux, tapCapacityFor } from "../dpf/demux.js";
import type { FrameMemory } from "../dpf/engine.js";
import { stretchFor } from "../dpf/wasm-engine.js";
import { ABI_VERSION, type MachineFacts } from "../kernel/abi.js";
import { BooksWriter } from "../kernel/books.js";
import type { CallAnswer, CallName, Calls } from "../kernel/calls.js";
import type { Capability } from "../kernel/capability.js";
import type { Refused } from "../kernel/changes.js";
import type { CompileAnswer, Compiler } from "../kernel/compiler.js";
import type { Environment } from "../kernel/environment.js";
import { CALL_RIGHTS, Kernel } from "../kernel/kernel.js";
import { PUBLISH_MS, RING_ENTRIES, SLICE_FUEL, SLICES } from "../kernel/limits.js";
import { publishBooks } from "../kernel/publish.js";
import { Refusal } from "../kernel/refusal.js";
import type { Running } from "../kernel/running.js";
import { wallMs, wallNs } from "../machine/clock.js";
import { PhysicalMemory } from "../machine/memory.js";
import { SEGMENT_SIZE, Segments } from "../nic/segments.js";
import { type ImageMachine, STLB_ENTRY } from "../vcode/image.js";
import { linkImage } from "../vcode/image-target.js";
import { CapabilityCalls, type CapabilityRequest, isCapabilityCall } from "./capability-calls.js";
import { arrived, arrivedExchange, type Carried, type CarriedExchange, carryRequest } from "./carried.js";
import { filePorts } from "./file-port.js";
import type { CarriedCall, CarriedCreate, DataPlaneStart, FromDataPlane, ToDataPlane } from "./messages.js";
import { Player } from "./player.js";
import { makePort, portViews, removePort } from "./port-calls.js";
import type { OpenSource } from "./replay-ports.js";
import { openSource } from "./source.js";
import { bindingView, environmentView } from "./views.js";

/** Longest sleep, after which the books are published again. */
const SLEEP_MS = 250;
/** Events that are told at once. */
const TRACE_BATCH = 512;
/** Owner number of demux's pages. */
const DEMUX_OWNER = -3;
/** Share of physical memory that segments take; the rest is for environments. */
const SEGMENT_SHARE = 0.5;

class DataPlane {
  readonly #memory: PhysicalMemory;
  readonly #kernel: Kernel;
  readonly #player: Player;
  readonly #books: BooksWriter;
  readonly #doorbell: Int32Array;
  readonly #control: MessagePort;
  readonly #openFile = filePorts((message) => this.#post(message));
  #compiler: MessagePort;
  /** How many there were before, and whether another one has been asked for. */
  #compilerNumber = 0;
  #compilerReplaced = false;
  #running = true;
  /** The doorbell when messages were last read: whoever posts one rings afterwards. */
  #rung = 0;
  #published = 0;
  /** Environments that wait for their worker's end before they are destroyed. */
  readonly #ending = new Map<number, () => void>();
  readonly #capabilities: CapabilityCalls;
  #disagreement: Running["first"] = null;
  /** Number of the last event that the control thread was told. */
  #traced = 0;

  constructor(start: DataPlaneStart) {
    const rows = SEGMENT_SIZE / 16;
    const stretch = stretchFor(tapCapacityFor(rows));
    const stlb = Math.max(start.stlbEntries * STLB_ENTRY, start.pageSize);
    this.#memory = PhysicalMemory.create(start.memory + stretch + stlb, start.pageSize);
    const count = Math.max(4, Math.floor((start.memory * SEGMENT_SHARE) / SEGMENT_SIZE));
    const segments = new Segments(this.#memory, count);
    const facts = machineFacts(this.#memory, segments, start);
    const demux = new Demux(demuxMemory(this.#memory, stretch), rows);
    this.#compiler = start.compiler;
    this.#kernel = new Kernel(
      this.#memory,
      segments,
      facts,
      Buffer.from(start.key),
      demux,
      this.#link(),
      (environment, reason) => this.#stateChanged(environment, reason),
      start.capabilities,
    );
    this.#capabilities = new CapabilityCalls(
      this.#kernel,
      (message) => this.#post(message),
      (ended) => this.#bindingsChanged(ended, []),
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
    this.#books = new BooksWriter(start.books);
    this.#doorbell = new Int32Array(start.doorbell);
    this.#control = start.control;
    this.#kernel.holdings.bindingsLost = (slots) => this.#bindingsChanged(slots, []);
    this.#kernel.createEnvironment({ name: "control", program: "", options: {} });
  }

  run(): void {
    this.#environmentChanged(this.#kernel.environments.get(0)!, null);
    this.#post({ kind: "ready", machine: this.#kernel.environments.facts });
    while (this.#running) {
      const rung = Atomics.load(this.#doorbell, 0);
      if (rung !== this.#rung) this.#messages();
      this.#rung = rung;
      if (this.#kernel.compilerStuck && !this.#compilerReplaced) this.#askForCompiler();
      this.#capabilities.expire();
      const turn = this.#player.turn();
      // What runs while a lossless replay plays depends on its packets alone.
      if (!this.#player.playsLossless) this.#kernel.cpu.turn();
      const cpu = this.#player.playsLossless ? Number.POSITIVE_INFINITY : this.#kernel.cpu.pause;
      const wait = Math.min(turn, cpu, this.#kernel.tend(), this.#kernel.lookMs);
      this.#lookForFailures();
      this.#lookForDisagreement();
      if (wait > 0 || wallNs() - this.#published > PUBLISH_MS * 1e6) this.#publish();
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

  /** A few at once: what the trace has lost by the next time shows as a gap in the numbers. */
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
      this.#kernel.compiled(received.message);
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
        return this.#kernel.replaceCompiler(this.#link(), message.innocent);
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
      this.#environmentChanged(environment, reason);
    }
    this.#ending.get(id)?.();
    this.#ending.delete(id);
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
    this.#post({ kind: "compiler-stuck", number: this.#compilerNumber });
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
      this.#perform(request, by, (result) => this.#answer({ seq: request.seq, ok: true, result }), refuse);
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

  #perform(
    request: CarriedCall,
    by: Capability,
    done: (result: Calls[CallName]["result"]) => void,
    refused: Refused,
  ): void {
    const player = this.#player;
    const at = <K extends CallName>(_name: K) => request.args as Calls[K]["args"];
    const { call } = request;
    if (isCapabilityCall(call)) {
      return this.#capabilities.perform(
        request.capability,
        { call, args: at(call) } as CapabilityRequest,
        done,
        refused,
      );
    }
    switch (call) {
      case "createEnvironment":
        return done(this.#createEnvironment(request.args as CarriedCreate, by));
      case "activate":
        return done(this.#activate(at("activate"), by));
      case "destroyEnvironment":
        return this.#destroyEnvironment(at("destroyEnvironment").environment, by, done);
      case "bind":
      case "exchange":
      case "rebind":
        return this.#bind(request, by, done, refused);
      case "unbind": {
        const { binding } = at("unbind");
        const result = this.#kernel.unbind(binding, by);
        this.#bindingsChanged([binding], []);
        return done(result);
      }
      case "openReplay":
        player.open(at("openReplay").sources, at("openReplay").options);
        return done({});
      case "play":
        player.play();
        return done({});
      case "pause":
        player.pause();
        return done({});
      case "step":
        player.step(at("step").packets);
        return done({});
      case "seek":
        return done({ epoch: player.seek(at("seek")) });
      case "speed":
        player.speed(at("speed").speed);
        return done({});
      case "skip":
        player.skip();
        return done({});
      case "stop":
        player.stop();
        return done({});
      case "target": {
        const switched = () => {
          this.#post({ kind: "machine", machine: this.#kernel.environments.facts });
          done({});
        };
        return this.#kernel.setTarget(at("target"), switched, refused);
      }
      case "heat":
        return this.#kernel.setHeat(at("heat").on, () => done({}), refused);
      case "trace":
        this.#kernel.trace.switch(at("trace").levels);
        this.#post({ kind: "trace", levels: this.#kernel.trace.levels, events: [] });
        return done({});
      case "createPort":
        return done(makePort(this.#kernel, at("createPort"), this.#openFile));
      case "destroyPort":
        removePort(this.#kernel, at("destroyPort").name);
        return done({});
      case "ports":
        return done({ ports: portViews(this.#kernel) });
      case "heatOf":
        return done(this.#kernel.running.heatOf(at("heatOf").nodes));
      case "slices":
        return done(this.#kernel.cpu.book);
      case "allocateSlice":
        return done(this.#kernel.allocateSlice(at("allocateSlice"), by));
      case "releaseSlice":
        return done(this.#kernel.releaseSlice(at("releaseSlice"), by));
      case "reclaim":
        return done(this.#kernel.reclaim(at("reclaim"), by));
      case "revocations":
        return done(this.#kernel.holdings.revocations(at("revocations")));
      case "pageBook":
        return done(this.#kernel.holdings.pageBook(at("pageBook")));
      case "segmentBook":
        return done(this.#kernel.holdings.segmentBook());
      default:
        return never(call);
    }
  }

  #createEnvironment({ image, ...args }: CarriedCreate, by: Capability): Calls["createEnvironment"]["result"] {
    const link = image === undefined ? undefined : (machine: ImageMachine) => linkImage(image, machine);
    const result = this.#kernel.createEnvironment(args, by, link);
    this.#environmentChanged(this.#kernel.environments.get(result.environment)!, null);
    return result;
  }

  #activate(args: Calls["activate"]["args"], by: Capability): Calls["activate"]["result"] {
    const result = this.#kernel.activate(args, by);
    const environment = this.#kernel.environments.get(args.environment);
    // It may have other pages now; one that failed has been told.
    if (environment?.state === "alive") this.#environmentChanged(environment, null);
    return result;
  }

  /** Its pages can be given back only when its worker has ended, which the control thread sees to. */
  #destroyEnvironment(id: number, by: Capability, done: (result: object) => void): void {
    const environment = this.#kernel.beginDestroying(id, by);
    const destroy = () => {
      this.#capabilities.environmentGone(id);
      this.#bindingsChanged(this.#kernel.destroyEnvironment(environment), []);
      this.#post({ kind: "environment-gone", environment: id });
      done({});
    };
    if (environment.calls === undefined) return destroy();
    this.#ending.set(id, destroy);
    this.#post({ kind: "end-worker", environment: id, reason: null });
  }

  /** Calls with filters. */
  #bind(
    request: CarriedCall,
    capability: Capability,
    done: (result: Calls[CallName]["result"]) => void,
    refused: Refused,
  ): void {
    const kernel = this.#kernel;
    if (request.call === "bind") {
      const args = arrived(request.args as Carried<Calls["bind"]["args"]>);
      const bound = (result: Calls["bind"]["result"]) => {
        this.#bindingsChanged([], [result.binding]);
        done(result);
      };
      return kernel.bind(capability, args, bound, refused);
    }
    if (request.call === "rebind") {
      const args = arrived(request.args as Carried<Calls["rebind"]["args"]>);
      const changed = (result: Calls["rebind"]["result"]) => {
        this.#bindingsChanged([], args.bindings);
        done(result);
      };
      return kernel.rebind(capability, args, changed, refused);
    }
    const args = arrivedExchange(request.args as CarriedExchange);
    const exchanged = (result: Calls["exchange"]["result"]) => {
      this.#bindingsChanged(args.release, result.bindings);
      done(result);
    };
    return kernel.exchange(capability, args, exchanged, refused);
  }

  // --- the books of who exists ---

  #bindingsChanged(ended: readonly number[], changed: readonly number[]): void {
    const views = changed.flatMap((slot) => bindingView(this.#kernel.bindings.get(slot)) ?? []);
    if (ended.length + views.length > 0) this.#post({ kind: "bindings", ended, changed: views });
  }

  /** One that the kernel gives up, for a reason, is still at work, whatever it works at. */
  #stateChanged(environment: Environment, reason: string | null): void {
    // Who hears of it finds what became of its packets in the books.
    this.#publish();
    this.#environmentChanged(environment, reason);
    if (environment.state === "failed" && reason !== null) {
      this.#post({ kind: "end-worker", environment: environment.id, reason });
    }
  }

  #environmentChanged(environment: Environment, error: string | null): void {
    const { id, kind } = environment;
    const pages = kind === "downloaded" ? this.#kernel.activations.pagesOf(id) : environment.pages;
    this.#post({ kind: "environment", view: environmentView(environment, pages, error) });
  }
}

/** The stretch in which WebAssembly finds the tables of filters comes on top of what packets and environments have. */
function demuxMemory(memory: PhysicalMemory, octets: number): FrameMemory {
  const page = memory.allocate(DEMUX_OWNER, octets / memory.pageSize);
  if (page === undefined) throw new Error(`data plane: no room for ${octets} octets of filter tables`);
  const from = page * memory.pageSize;
  return { buffer: memory.memory.buffer, machine: { memory: memory.memory, from, to: from + octets } };
}

function machineFacts(
  memory: PhysicalMemory,
  segments: Segments,
  { target, shadow, stlbEntries }: Pick<DataPlaneStart, "target" | "shadow" | "stlbEntries">,
): Omit<MachineFacts, "stlb"> {
  return {
    abiVersion: ABI_VERSION,
    pageSize: memory.pageSize,
    memory: memory.octets.length,
    segmentSize: segments.size,
    segments: segments.count,
    ringEntries: RING_ENTRIES,
    stlbEntries,
    slices: SLICES,
    sliceFuel: SLICE_FUEL,
    target,
    shadow,
  };
}

function never(value: never): never {
  throw new Error(`data plane: ${JSON.stringify(value)} is not a message`);
}

new DataPlane(workerData as DataPlaneStart).run();
