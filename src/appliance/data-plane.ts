/**
 * The data plane's worker: machine, NIC, demux and kernel, synchronous. Between two turns it looks
 * whether the doorbell was rung and answers its messages; with nothing to do it sleeps on the
 * doorbell, with a limit, and never spins.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Demux, tapCapacityFor } from "../dpf/demux.js";
import type { FrameMemory } from "../dpf/engine.js";
import { stretchFor } from "../dpf/wasm-engine.js";
import { ABI_VERSION, type CallAnswer, type CallName, type Calls, type MachineFacts } from "../kernel/abi.js";
import { BooksWriter } from "../kernel/books.js";
import type { Refused } from "../kernel/changes.js";
import type { CompileAnswer, Compiler } from "../kernel/compiler.js";
import type { Environment } from "../kernel/environment.js";
import { CALL_RIGHTS, Kernel } from "../kernel/kernel.js";
import { PUBLISH_MS, RING_ENTRIES } from "../kernel/limits.js";
import { publishBooks } from "../kernel/publish.js";
import { Refusal } from "../kernel/refusal.js";
import type { Running } from "../kernel/running.js";
import { wallNs } from "../machine/clock.js";
import { PhysicalMemory } from "../machine/memory.js";
import { SEGMENT_SIZE, Segments } from "../nic/segments.js";
import { arrived, arrivedExchange, type Carried, type CarriedExchange, carry, carryRequest } from "./carried.js";
import type { BindingView, EnvironmentView } from "./interface.js";
import type { CarriedCall, DataPlaneStart, FromDataPlane, ToDataPlane } from "./messages.js";
import { Player } from "./player.js";
import type { OpenSource } from "./replay-ports.js";
import { openSource } from "./source.js";

/** Longest sleep, after which the books are published again. */
const SLEEP_MS = 250;
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
  #disagreement: Running["first"] = null;

  constructor(start: DataPlaneStart) {
    const rows = SEGMENT_SIZE / 16;
    const stretch = stretchFor(tapCapacityFor(rows));
    this.#memory = PhysicalMemory.create(start.memory + stretch);
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
      const wait = Math.min(this.#player.turn(), this.#kernel.lookMs);
      this.#lookForFailures();
      this.#lookForDisagreement();
      if (wait > 0 || wallNs() - this.#published > PUBLISH_MS * 1e6) this.#publish();
      if (wait > 0) Atomics.wait(this.#doorbell, 0, rung, Math.min(wait, SLEEP_MS));
    }
    this.#control.close();
    this.#compiler.close();
  }

  #publish(): void {
    const { ledger, environments, bindings } = this.#kernel;
    publishBooks(this.#books, ledger, this.#player.currentTerms(), environments, bindings);
    this.#published = wallNs();
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
      this.#kernel.authorise(request.capability, CALL_RIGHTS[request.call]);
      this.#perform(request, (result) => this.#answer({ seq: request.seq, ok: true, result }), refuse);
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

  #perform(request: CarriedCall, done: (result: Calls[CallName]["result"]) => void, refused: Refused): void {
    const player = this.#player;
    const at = <K extends CallName>(_name: K) => request.args as Calls[K]["args"];
    switch (request.call) {
      case "createEnvironment":
        return done(this.#createEnvironment(at("createEnvironment")));
      case "destroyEnvironment":
        return this.#destroyEnvironment(at("destroyEnvironment").environment, done);
      case "bind":
      case "exchange":
      case "rebind":
        return this.#bind(request, done, refused);
      case "unbind": {
        const { binding } = at("unbind");
        const result = this.#kernel.unbind(binding);
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
      case "heatOf":
        return done(this.#kernel.running.heatOf(at("heatOf").nodes));
      default:
        return never(request.call);
    }
  }

  #createEnvironment(args: Calls["createEnvironment"]["args"]): Calls["createEnvironment"]["result"] {
    const result = this.#kernel.createEnvironment(args);
    this.#environmentChanged(this.#kernel.environments.get(result.environment)!, null);
    return result;
  }

  /** Its pages can be given back only when its worker has ended, which the control thread sees to. */
  #destroyEnvironment(id: number, done: (result: object) => void): void {
    const environment = this.#kernel.beginDestroying(id);
    const destroy = () => {
      this.#bindingsChanged(this.#kernel.destroyEnvironment(environment), []);
      this.#post({ kind: "environment-gone", environment: id });
      done({});
    };
    if (environment.ring === undefined) return destroy();
    this.#ending.set(id, destroy);
    this.#post({ kind: "end-worker", environment: id, reason: null });
  }

  /** Calls with filters. */
  #bind(request: CarriedCall, done: (result: Calls[CallName]["result"]) => void, refused: Refused): void {
    const kernel = this.#kernel;
    const capability = kernel.authorise(request.capability, "bind");
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
    const views = changed.flatMap((slot) => this.#viewOf(slot) ?? []);
    if (ended.length + views.length > 0) this.#post({ kind: "bindings", ended, changed: views });
  }

  /** Undefined where it has ended meanwhile. */
  #viewOf(slot: number): Carried<BindingView> | undefined {
    const record = this.#kernel.bindings.get(slot);
    if (record?.from === undefined) return undefined;
    const { name, environment, mode, priority, filter, from } = record;
    return carry({ id: slot, name, environment, mode, priority, filter, from });
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
    this.#post({ kind: "environment", view: environmentView(environment, error) });
  }
}

function environmentView(environment: Environment, error: string | null): EnvironmentView {
  const { id, name, program, pages } = environment;
  return { id, name, program, pages, error, state: environment.state === "alive" ? "ready" : environment.state };
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
  { target, shadow }: Pick<DataPlaneStart, "target" | "shadow">,
): MachineFacts {
  return {
    abiVersion: ABI_VERSION,
    pageSize: memory.pageSize,
    memory: memory.octets.length,
    segmentSize: segments.size,
    segments: segments.count,
    ringEntries: RING_ENTRIES,
    target,
    shadow,
  };
}

function never(value: never): never {
  throw new Error(`data plane: ${JSON.stringify(value)} is not a message`);
}

new DataPlane(workerData as DataPlaneStart).run();
