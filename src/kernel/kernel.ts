/**
 * The kernel's front door: tables, the turn (receive, demux, deliver, collect), and the calls that
 * change who gets what. It protects and counts; it knows offsets, not protocols.
 */
import type { Demux } from "../dpf/demux.js";
import { wallMs, wallNs } from "../machine/clock.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { residentOctets } from "../machine/resident.js";
import type { Segments } from "../nic/segments.js";
import type { CallName, Calls, MachineFacts, PacketPlace, Right } from "./abi.js";
import { Binder, insertion, NAME } from "./binder.js";
import { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, RX_CAUSES } from "./books.js";
import { allows, type Capability, verify } from "./capability.js";
import { Changes, type Refused } from "./changes.js";
import type { CompileAnswer, Compiler } from "./compiler.js";
import { Delivery } from "./deliver.js";
import { Digest } from "./digest.js";
import { type Environment, Environments, type HostedEnvironment } from "./environment.js";
import { Watch } from "./heartbeat.js";
import { Ledger } from "./ledger.js";
import { PUBLISH_FRAMES, REVOCATION_DEADLINE_MS } from "./limits.js";
import { Refusal } from "./refusal.js";
import { Running } from "./running.js";
import { Trace } from "./trace.js";

const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const NO_SEGMENT = RX_CAUSES.indexOf("noSegment");

export class Kernel {
  readonly environments: Environments;
  readonly bindings = new Bindings();
  readonly ledger = new Ledger();
  readonly digest = new Digest(this.bindings);
  readonly #key: Buffer;
  readonly #demux: Demux;
  readonly #delivery: Delivery;
  readonly #changes: Changes;
  readonly #binder: Binder;
  readonly running: Running;
  readonly #changed: (environment: Environment, reason: string | null) => void;
  readonly trace = new Trace(wallNs);
  readonly #watch = new Watch(this.trace.tell, residentOctets, {
    changed: (environment, reason) => this.#changed(environment, reason),
    fail: (environment, reason) => this.environmentFailed(environment, reason),
  });
  /** Epoch, and how many of its packets went through. */
  epoch = 0;
  packet = 0;
  /** No environment missed a deadline in this epoch. */
  deterministic = true;

  constructor(
    memory: PhysicalMemory,
    segments: Segments,
    facts: MachineFacts,
    key: Buffer,
    demux: Demux,
    compiler: Compiler,
    /** Told of each environment that failed, has become unresponsive, or is so no more. */
    changed: (environment: Environment, reason: string | null) => void,
  ) {
    this.#changed = changed;
    this.environments = new Environments(memory, segments, facts);
    this.#key = key;
    this.#demux = demux;
    this.#changes = new Changes(compiler);
    this.#binder = new Binder(
      this.bindings,
      this.environments,
      this.#changes,
      () => this.#nextPlace(),
      () => this.digest.bindingsChanged(),
    );
    this.running = new Running(demux, this.ledger);
    this.#delivery = new Delivery(this.bindings, this.environments, this.ledger);
  }

  // --- the turn ---

  /**
   * Judges and hands out rows [from, to). Lossless: returns when each environment has given
   * everything back, or has missed the deadline; `meanwhile` is done while they are at it.
   */
  receive(rows: Descriptors, from: number, to: number, lossless: boolean, meanwhile: () => void): void {
    const demux = this.#demux;
    this.ledger.offered += to - from;
    for (let row = from; row < to; ) {
      const end = demux.run(rows, row, to);
      this.running.compare(row, this.epoch, this.packet + 1);
      for (let at = row; at < end; at += PUBLISH_FRAMES) {
        const stop = Math.min(end, at + PUBLISH_FRAMES);
        this.#delivery.batch(rows, at, stop, demux, this.packet + 1 + at - row);
        this.publishRings();
      }
      if (lossless) this.digest.batch(row, end, demux, this.packet + 1);
      this.packet += end - row;
      row = end;
      if (row === to) meanwhile();
      // A batch that split has filled the tap list; rings get their chance to drain in between.
      this.settle(lossless);
    }
  }

  /** Frames that no segment was free for. */
  dropBeforeDemux(count: number): void {
    this.ledger.offered += count;
    this.ledger.rxDropped[NO_SEGMENT]! += count;
    this.packet += count;
    this.settle(false);
  }

  publishRings(): void {
    for (const environment of this.environments.hosted) environment.ring.publish();
  }

  /** Takes back what environments are done with. Lossless: waits for it. */
  settle(lossless: boolean): void {
    const began = wallNs();
    const deadline = began + REVOCATION_DEADLINE_MS * 1e6;
    for (const environment of this.environments.hosted) {
      const waits = lossless && !environment.late && environment.state === "alive";
      if (waits) this.#awaitDrained(environment, deadline);
      else this.#returned(environment, environment.ring.collect());
      if (environment.ring.lied)
        this.environmentFailed(environment, "it gave back what it never had: its tail cannot be");
      if (environment.late && environment.ring.depth === 0) environment.late = false;
      this.#watch.look(environment, waits ? wallNs() : began);
    }
  }

  /** ms until `settle` is to be called again, at most: environments are watched there. */
  get lookMs(): number {
    return this.#watch.pause(this.environments.hosted);
  }

  /** Begins an epoch: rings are drained, every environment is told and has answered, or is late. */
  beginEpoch(): number {
    this.settle(true);
    this.epoch++;
    this.packet = 0;
    this.bindings.beginEpoch();
    // Who is late goes on losing packets until it has caught up.
    this.deterministic = !this.environments.hosted.some(({ late }) => late);
    const deadline = wallNs() + REVOCATION_DEADLINE_MS * 1e6;
    for (const environment of this.environments.hosted) environment.ring.tellEpoch(this.epoch);
    for (const environment of this.environments.hosted) {
      const { ring, heartbeat, state } = environment;
      if (state !== "alive" || !ring.awaitEpoch(this.epoch, deadline, wallNs, heartbeat.hangs)) this.#late(environment);
      this.#watch.look(environment, wallNs());
    }
    return this.epoch;
  }

  /**
   * In-flight packets of an environment that stopped are undelivered; the rest goes on. `reason`: null
   * where its worker says it.
   */
  environmentFailed(environment: Environment, reason: string | null): void {
    if (environment.state === "failed") return;
    const lost = this.environments.fail(environment);
    this.ledger.inFlight -= lost;
    this.ledger.undelivered[FAILED]! += lost;
    environment.undelivered[FAILED]! += lost;
    this.#watch.forget(environment);
    if (environment.leaving) return;
    this.trace.tell("environmentFailed", environment.id, lost);
    this.#changed(environment, reason);
  }

  #awaitDrained(environment: HostedEnvironment, deadline: number): void {
    this.#returned(environment, environment.ring.awaitDrained(deadline, wallNs, environment.heartbeat.hangs));
    if (environment.ring.failed) this.environmentFailed(environment, null);
    else if (environment.ring.depth > 0) this.#late(environment);
  }

  #late(environment: Environment): void {
    environment.late = true;
    this.deterministic = false;
  }

  #returned(environment: Environment, count: number): void {
    environment.delivered += count;
    this.ledger.delivered += count;
    this.ledger.inFlight -= count;
  }

  // --- calls ---

  /** The caller's capability, in full; throws a Refusal. */
  authorise(text: string, right: Right): Capability {
    const verified = verify(text, this.#key, wallMs());
    if (!verified.ok) throw new Refusal(verified.error);
    if (!allows(verified.capability, right))
      throw new Refusal("E_CAPABILITY_RIGHT", `this call needs the right '${right}'`);
    return verified.capability;
  }

  createEnvironment(args: Calls["createEnvironment"]["args"]): Calls["createEnvironment"]["result"] {
    if (!NAME.test(args.name)) throw new Refusal("E_NAME");
    const environment = this.environments.create(args.name, args.program, this.epoch);
    if (typeof environment === "string") throw new Refusal(environment);
    return { environment: environment.id, start: this.environments.start(environment, args.options) };
  }

  /** First half of destroying: it gets nothing more. Throws where there is none, or it is leaving already. */
  beginDestroying(id: number): Environment {
    const environment = this.environments.get(id);
    if (environment === undefined || id === 0 || environment.leaving) throw new Refusal("E_NO_ENVIRONMENT");
    environment.leaving = true;
    this.environmentFailed(environment, null);
    return environment;
  }

  /** Second half, when its worker has ended: whatever becomes of the programs that name its bindings. Gives their slots. */
  destroyEnvironment(environment: Environment): number[] {
    const records = [...this.bindings.all()].filter((record) => record.environment === environment.id);
    this.#binder.release(records);
    this.environments.destroy(environment);
    return records.map(({ slot }) => slot);
  }

  bind(
    capability: Capability,
    args: Calls["bind"]["args"],
    done: (result: Calls["bind"]["result"]) => void,
    refused: Refused,
  ): void {
    const bound = ({ bindings, from }: Calls["exchange"]["result"]) => done({ binding: bindings[0]!, from });
    this.#binder.exchange(capability, { bindings: [args], release: [] }, bound, refused);
  }

  exchange(
    capability: Capability,
    args: Calls["exchange"]["args"],
    done: (result: Calls["exchange"]["result"]) => void,
    refused: Refused,
  ): void {
    this.#binder.exchange(capability, args, done, refused);
  }

  rebind(
    capability: Capability,
    args: Calls["rebind"]["args"],
    done: (result: Calls["rebind"]["result"]) => void,
    refused: Refused,
  ): void {
    this.#binder.rebind(capability, args, done, refused);
  }

  /** Throws E_NO_BINDING, and nothing else stands in the way. */
  unbind(slot: number): Calls["unbind"]["result"] {
    this.#binder.unbind(slot);
    const until = { epoch: this.epoch, packet: this.packet };
    return { until, packets: this.bindings.packets[slot]!, octets: this.bindings.octets[slot]! };
  }

  setTarget(args: Calls["target"]["args"], done: () => void, refused: Refused): void {
    const installed = () => {
      const { target, shadow } = args;
      this.environments.facts = { ...this.environments.facts, target, shadow };
      done();
    };
    this.running.setTarget(this.#changes, args, installed, refused);
  }

  setHeat(on: boolean, done: () => void, refused: Refused): void {
    this.running.setHeat(this.#changes, on, done, refused);
  }

  // --- the compiler ---

  /** At a batch boundary only: what the compile worker answered takes effect. */
  compiled(answer: CompileAnswer): void {
    if (answer.update !== undefined) {
      this.#demux.install(answer.update);
      this.digest.bindingsChanged();
    }
    this.#changes.answered(answer);
  }

  get compilerStuck(): boolean {
    return this.#changes.overdue;
  }

  /** A new compile worker in place of one that was stuck or broke; `innocent`: over something else than a change. */
  replaceCompiler(compiler: Compiler, innocent: boolean): void {
    const held = [...this.bindings.all()].filter((record) => record.from !== undefined);
    const changes = [...this.running.held, ...held.map((record) => insertion(record, true))];
    this.#changes.replace(compiler, changes, innocent);
  }

  #nextPlace(): PacketPlace {
    return { epoch: this.epoch, packet: this.packet + 1 };
  }
}

/** Rights that calls need. */
export const CALL_RIGHTS: Readonly<Record<CallName, Right>> = {
  createEnvironment: "create",
  destroyEnvironment: "create",
  bind: "bind",
  rebind: "bind",
  unbind: "bind",
  exchange: "bind",
  openReplay: "replay",
  play: "replay",
  pause: "replay",
  step: "replay",
  seek: "replay",
  speed: "replay",
  skip: "replay",
  stop: "replay",
  target: "replay",
  heat: "replay",
  heatOf: "observe",
};
