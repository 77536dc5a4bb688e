/**
 * The kernel's front door: tables, the turn (receive, demux, deliver, collect), and the calls that change who gets what. It protects and
 * counts; it knows offsets, not protocols.
 */
import type { Demux } from "../dpf/demux.js";
import { wallMs, wallNs } from "../machine/clock.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { residentOctets } from "../machine/resident.js";
import { Arrivals } from "../nic/arrivals.js";
import { Ports } from "../nic/ports.js";
import type { Segments } from "../nic/segments.js";
import { Cause, type MachineFacts, type Right } from "./abi.js";
import type { Activations } from "./activation.js";
import type { Ash } from "./ash.js";
import { Authority } from "./authority.js";
import { Binder } from "./binder.js";
import { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, RX_CAUSES } from "./books.js";
import type { Calls, PacketPlace } from "./calls.js";
import { Capabilities, type CapabilityChange } from "./capabilities.js";
import { type Capability, rootCapability } from "./capability.js";
import { Changes } from "./changes.js";
import { CodeCalls } from "./code-calls.js";
import type { Compiler } from "./compiler.js";
import { computingOf } from "./computing.js";
import type { Cpu } from "./cpu.js";
import { Delivery } from "./deliver.js";
import { Digest } from "./digest.js";
import type { Link } from "./downloaded.js";
import { type Environment, Environments } from "./environment.js";
import type { HandlerBinder } from "./handler-binder.js";
import { Handles } from "./handles.js";
import { handlingOf } from "./handling.js";
import { Watch } from "./heartbeat.js";
import { Holdings } from "./holdings.js";
import { Ledger } from "./ledger.js";
import { Lifetimes } from "./lifetimes.js";
import { ANSWERED_BATCH_FRAMES, PUBLISH_FRAMES } from "./limits.js";
import { Program } from "./program.js";
import { RevocableSlices } from "./revocable.js";
import { Running } from "./running.js";
import { Settlement } from "./settlement.js";
import { Stlb } from "./stlb.js";
import { Trace } from "./trace.js";
import { TRANSMIT_LIE, Transmitter } from "./xmit.js";

const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const REPOSSESSED = DELIVERY_CAUSES.indexOf("repossessed");
const NO_SEGMENT = RX_CAUSES.indexOf("noSegment");

export class Kernel {
  readonly environments: Environments;
  readonly holdings: Holdings;
  readonly bindings = new Bindings();
  readonly ledger = new Ledger();
  readonly activations: Activations;
  readonly cpu: Cpu;
  readonly digest = new Digest(this.bindings);
  readonly capabilities: Capabilities;
  readonly handles: Handles;
  readonly authority: Authority;
  readonly lifetimes: Lifetimes;
  readonly settlement: Settlement;
  readonly ash: Ash;
  readonly handlers: HandlerBinder;
  readonly code: CodeCalls;
  readonly binder: Binder;
  readonly #demux: Demux;
  readonly #delivery: Delivery;
  readonly #changes: Changes;
  /** What comes off the wires, and the ports that frames are sent to. */
  readonly arrivals: Arrivals;
  readonly ports: Ports;
  readonly transmitter: Transmitter;
  readonly #portFailed = (port: number) => this.trace.tell("portFailed", port);
  readonly running: Running;
  readonly program: Program;
  readonly #changed: (environment: Environment, reason: string | null) => void;
  readonly trace = new Trace(wallNs, this);
  readonly #watch = new Watch(this.trace.tell, residentOctets, {
    changed: (environment, reason) => this.#changed(environment, reason),
    fail: (environment, reason) => this.environmentFailed(environment, reason),
  });
  /** Frames sent by the last batch boundary. */
  #sent = 0;
  /** Epoch, and how many of its packets went through. */
  epoch = 0;
  packet = 0;
  /** No environment missed a deadline in this epoch. */
  deterministic = true;

  constructor(
    memory: PhysicalMemory,
    segments: Segments,
    facts: Omit<MachineFacts, "stlb">,
    key: Buffer,
    demux: Demux,
    compiler: Compiler,
    /** Told of each environment that failed, has become unresponsive, or is so no more. */
    changed: (environment: Environment, reason: string | null) => void,
    /** Capabilities that held when it last ran with this key. */
    kept: readonly Capability[] = [],
  ) {
    this.#changed = changed;
    const nextPlace = () => this.#nextPlace();
    const late = () => {
      this.deterministic = false;
    };
    const stlb = new Stlb(memory, facts.stlbEntries);
    const machine = { ...facts, stlb: stlb.address };
    this.environments = new Environments(memory, segments, machine);
    const failed = (id: number, reason: string) => {
      const environment = this.environments.get(id);
      if (environment !== undefined) this.environmentFailed(environment, reason);
    };
    const computing = computingOf(this, memory, stlb, machine, failed);
    this.activations = computing.activations;
    this.cpu = computing.cpu;
    this.capabilities = new Capabilities(key, wallMs, kept);
    this.handles = new Handles(this.capabilities, wallMs);
    this.authority = new Authority(this.environments, this.capabilities, this.handles);
    this.#demux = demux;
    this.#changes = new Changes(compiler);
    this.binder = new Binder(
      this.bindings,
      this.environments,
      this.#changes,
      {
        inNameOf: (by, serial) => this.capabilities.inNameOf(by, serial),
        mayActOn: (by, environment) => this.authority.mayActOn(by, environment),
      },
      nextPlace,
      (slots) => this.#bindingsEnded(slots),
      this.trace.tell,
    );
    this.running = new Running(demux, this.ledger, this.trace.tell);
    this.program = new Program(
      demux,
      this.#changes,
      this.running,
      this.bindings,
      this.environments,
      () => this.digest.bindingsChanged(),
      this.trace.tell,
    );
    this.holdings = new Holdings({
      environments: this.environments,
      bindings: this.bindings,
      segments,
      release: (records) => this.binder.release(records),
      undelivered: (environment, entries) => this.settlement.lost(environment, entries, REPOSSESSED),
      tell: this.trace.tell,
      now: wallNs,
    });
    this.holdings.provide("slices", new RevocableSlices(this.cpu.slices));
    this.holdings.activation = ({ id }, cause, ...words) => {
      if (this.cpu.processor.alive(id)) this.cpu.processor.interrupt(id, Cause[cause], words);
    };
    this.holdings.checkHandle = (environment, handle, right) =>
      handle === 0 ? undefined : this.handles.check(environment, handle, right);
    this.arrivals = new Arrivals(memory, segments, ANSWERED_BATCH_FRAMES);
    this.ports = new Ports(this.arrivals);
    this.transmitter = new Transmitter(memory, this.ports, this.ledger, this.digest, this.handles, this.trace.tell);
    this.code = new CodeCalls(this, this.binder);
    const handling = handlingOf(this, memory, stlb, nextPlace, late);
    this.ash = handling.ash;
    this.handlers = handling.handlers;
    this.#delivery = new Delivery(this.bindings, this.environments, this.ledger, this.ash, this.digest);
    this.settlement = new Settlement({
      environments: this.environments,
      ledger: this.ledger,
      holdings: this.holdings,
      cpu: this.cpu,
      watch: this.#watch,
      fail: (environment, reason) => this.environmentFailed(environment, reason),
      late,
      tell: this.trace.tell,
    });
    this.lifetimes = new Lifetimes({
      environments: this.environments,
      activations: this.activations,
      cpu: this.cpu,
      authority: this.authority,
      handles: this.handles,
      bindings: this.bindings,
      holdings: this.holdings,
      release: (records) => this.binder.release(records),
      maySend: (capability) => this.authorise(capability, "transmit"),
      stop: (environment) => this.environmentFailed(environment, null),
      epoch: () => this.epoch,
      tell: this.trace.tell,
    });
  }

  // --- the turn ---

  /**
   * Judges and hands out rows [from, to). Lossless: returns when each environment has given everything back, or has missed the deadline;
   * `meanwhile` is done while they are at it.
   */
  receive(rows: Descriptors, from: number, to: number, lossless: boolean, meanwhile: () => void): void {
    const demux = this.#demux;
    this.ledger.offered += to - from;
    for (let row = from; row < to; ) {
      const end = demux.run(rows, row, to);
      this.running.look(row, this.epoch, this.packet + 1);
      for (let at = row; at < end; at += PUBLISH_FRAMES) {
        const stop = Math.min(end, at + PUBLISH_FRAMES);
        this.ash.look();
        this.#delivery.batch(rows, at, stop, demux, this.packet + 1, lossless);
        this.publishRings();
        if (lossless) this.#delivery.tell(at, stop, demux, this.packet + 1);
        this.packet += stop - at;
        if (lossless) this.settlement.boundary();
      }
      row = end;
      if (row === to) meanwhile();
      // A batch that split has filled the tap list; rings get their chance to drain in between.
      this.settle(lossless);
    }
  }

  dropBeforeDemux(count: number): void {
    this.ledger.offered += count;
    this.ledger.rxDropped[NO_SEGMENT]! += count;
    this.packet += count;
    this.settle(false);
    this.holdings.pressure.packets();
  }

  /** The NIC waits for a segment: whoever holds most of them is asked for some. */
  stalled(): void {
    this.ledger.stalls++;
    this.holdings.pressure.packets();
  }

  /**
   * A batch boundary: what environments have sent goes to its ports, at this time (ns since 1970), by environment number, then as
   * they sent it. `exact`: boundaries depend on the captures alone; where they do not, a run in which something was sent is not deterministic.
   */
  transmit(high: number, low: number, exact: boolean): void {
    this.transmitter.turn(high, low, this.packet);
    for (const environment of this.environments.downloaded) environment.sendsThisTurn = 0;
    for (const environment of this.environments.hosted) {
      environment.sendsThisTurn = 0;
      const { transmit } = environment;
      if (transmit === undefined) continue;
      this.transmitter.collect(environment, transmit);
      if (transmit.lied) this.environmentFailed(environment, TRANSMIT_LIE);
    }
    this.ports.flush(this.#portFailed);
    if (this.ledger.sent > this.#sent && !exact) this.deterministic = false;
    this.#sent = this.ledger.sent;
  }

  publishRings(): void {
    if (this.environments.hosted.length > 0) this.environments.publish(wallNs());
  }

  settle(lossless: boolean): void {
    this.settlement.settle(lossless);
  }

  /** What is due between two turns; ms until something will be. */
  tend(): number {
    this.publishRings();
    this.settlement.perform();
    return this.holdings.tend();
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
    this.handlers.beginEpoch();
    this.ports.begin();
    // Who is late goes on losing packets until it has caught up.
    this.deterministic = !this.environments.hosted.some(({ late }) => late);
    this.settlement.awaitEpoch(this.epoch);
    this.trace.tell("epochBegan", this.epoch);
    return this.epoch;
  }

  /**
   * In-flight packets of an environment that stopped are undelivered; the rest goes on. `reason`: null
   * where its worker says it.
   */
  environmentFailed(environment: Environment, reason: string | null): void {
    if (environment.state === "failed") return;
    this.cpu.collectOf(environment);
    this.handlers.endOf(environment.id);
    const lost = this.environments.fail(environment);
    this.settlement.lost(environment, lost, FAILED);
    this.#watch.forget(environment);
    if (!environment.leaving) this.trace.tell("environmentFailed", environment.id, lost);
    this.holdings.revocation.failed(environment);
    this.cpu.forget(environment.id);
    this.code.forget(environment.id);
    this.activations.destroy(environment.id);
    if (!environment.leaving) this.#changed(environment, reason);
  }

  // --- calls ---

  /** The caller's capability, in full; throws a Refusal. */
  authorise(text: string, right: Right | null): Capability {
    return this.capabilities.admit(text, right);
  }

  /**
   * Capabilities change, and what stood on those that end ends with them: handles by themselves, bindings here, which are
   * given. Environments stay: they are things, with an owner above, who may destroy them; by a token that runs out nobody's
   * program and its state are lost.
   */
  changeCapabilities(change: CapabilityChange): number[] {
    this.capabilities.apply(change);
    const { put, ended } = change;
    if (put !== undefined && ended.length === 0)
      this.trace.tell("capabilityDerived", this.capabilities.size, put.environment);
    if (put !== undefined && ended.length > 0) this.trace.tell("capabilityWeakened", ended.length - 1);
    if (ended.length === 0) return [];
    const now = (serial: string) => this.capabilities.held(serial)?.capability;
    const records = this.binder.endUnder(ended, now);
    this.handlers.endUnder(ended, now);
    if (put === undefined) this.trace.tell("capabilitiesEnded", ended.length, records.length);
    for (const { slot, environment } of records) this.trace.tell("bindingLost", slot, environment);
    return records.map(({ slot }) => slot);
  }

  /** As lifetimes.ts says. `link`: of a downloaded environment, makes its image. */
  createEnvironment(
    args: Calls["createEnvironment"]["args"],
    by = rootCapability(),
    link?: Link,
  ): Calls["createEnvironment"]["result"] {
    return this.lifetimes.create(args, by, link);
  }

  beginDestroying(id: number, by: Capability): Environment {
    return this.lifetimes.beginDestroying(id, by);
  }

  destroyEnvironment(environment: Environment): number[] {
    return this.lifetimes.destroy(environment);
  }

  #bindingsEnded(slots: readonly number[]): void {
    this.digest.bindingsChanged();
    for (const slot of slots) this.handlers.end(slot);
  }

  #nextPlace(): PacketPlace {
    return { epoch: this.epoch, packet: this.packet + 1 };
  }
}
