/**
 * The kernel's front door: tables, the turn (receive, demux, deliver, collect), and the calls that
 * change who gets what. It protects and counts; it knows offsets, not protocols.
 */
import type { Demux } from "../dpf/demux.js";
import { wallMs, wallNs } from "../machine/clock.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { residentOctets } from "../machine/resident.js";
import { Arrivals } from "../nic/arrivals.js";
import { Ports } from "../nic/ports.js";
import type { Segments } from "../nic/segments.js";
import { Cause, ContextPage, type MachineFacts, MESSAGE_REGISTERS, type Right } from "./abi.js";
import { Activations } from "./activation.js";
import { Binder, insertion, NAME } from "./binder.js";
import { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, RX_CAUSES } from "./books.js";
import type { ActivationEnd, CallName, Calls, PacketPlace, SlicesView } from "./calls.js";
import { Capabilities, type CapabilityChange, requireRight } from "./capabilities.js";
import { type Capability, rootCapability, rules, type Wanted } from "./capability.js";
import { Changes, type Refused } from "./changes.js";
import type { CompileAnswer, Compiler } from "./compiler.js";
import { Cpu } from "./cpu.js";
import { Delivery } from "./deliver.js";
import { Digest } from "./digest.js";
import type { Link } from "./downloaded.js";
import { type Environment, Environments, type HostedEnvironment } from "./environment.js";
import { Handles } from "./handles.js";
import { Watch } from "./heartbeat.js";
import { addHoldingCalls } from "./holding-calls.js";
import { Holdings } from "./holdings.js";
import type { KernelError } from "./kerrno.js";
import { Ledger } from "./ledger.js";
import { ANSWERED_BATCH_FRAMES, MAX_OUTSIDE_FUEL, PUBLISH_FRAMES, REVOCATION_DEADLINE_MS } from "./limits.js";
import { Refusal } from "./refusal.js";
import { RepossessionVector } from "./repossession.js";
import { RevocableSlices } from "./revocable.js";
import { Running } from "./running.js";
import { Stlb } from "./stlb.js";
import { Trace } from "./trace.js";
import { type Authority, Transmitter } from "./xmit.js";

const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const REPOSSESSED = DELIVERY_CAUSES.indexOf("repossessed");
const CUT_OFF = DELIVERY_CAUSES.indexOf("cutOff");
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
  readonly #demux: Demux;
  readonly #delivery: Delivery;
  readonly #changes: Changes;
  readonly #binder: Binder;
  /** What comes off the wires, and the ports that frames are sent to. */
  readonly arrivals: Arrivals;
  readonly ports: Ports;
  readonly transmitter: Transmitter;
  readonly #portFailed = (port: number) => this.trace.tell("portFailed", port);
  readonly running: Running;
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
    const stlb = new Stlb(memory, facts.stlbEntries);
    const machine = { ...facts, stlb: stlb.address };
    this.environments = new Environments(memory, segments, machine);
    const failed = (id: number, reason: string) => {
      const environment = this.environments.get(id);
      if (environment !== undefined) this.environmentFailed(environment, reason);
    };
    this.activations = new Activations(memory, stlb, machine, this.trace.tell, failed, this.environments.pages, (id) =>
      this.holdings.gave(id, "pages"),
    );
    this.cpu = new Cpu({
      memory,
      environments: this.environments,
      activations: this.activations,
      facts: machine,
      mayAllocate: (environment, handle) => this.handles.check(environment, handle, "allocate"),
      ended: (environment, delivered, cutOff) => this.#ended(environment, delivered, cutOff),
      greedy: (id) => failed(id, "it went too far beyond its time, or too often"),
      gaveSlice: (id) => this.holdings.gave(id, "slices"),
      tell: this.trace.tell,
    });
    this.capabilities = new Capabilities(key, wallMs, kept);
    this.handles = new Handles(this.capabilities, wallMs);
    this.#demux = demux;
    this.#changes = new Changes(compiler);
    this.#binder = new Binder(
      this.bindings,
      this.environments,
      this.#changes,
      {
        inNameOf: (by, serial) => this.capabilities.inNameOf(by, serial),
        mayActOn: (by, environment) => this.#mayActOn(by, environment),
      },
      () => this.#nextPlace(),
      () => this.digest.bindingsChanged(),
      this.trace.tell,
    );
    this.running = new Running(demux, this.ledger);
    this.holdings = new Holdings({
      environments: this.environments,
      bindings: this.bindings,
      segments,
      release: (records) => this.#binder.release(records),
      undelivered: (environment, entries) => this.#lost(environment, entries, REPOSSESSED),
      tell: this.trace.tell,
      now: wallNs,
    });
    this.holdings.provide("slices", new RevocableSlices(this.cpu.slices));
    this.holdings.activation = ({ id }, cause, ...words) => {
      if (this.cpu.processor.alive(id)) this.cpu.processor.interrupt(id, Cause[cause], words);
    };
    this.holdings.authority = (environment, handle, right) =>
      handle === 0 ? undefined : this.handles.check(environment, handle, right);
    this.arrivals = new Arrivals(memory, segments, ANSWERED_BATCH_FRAMES);
    this.ports = new Ports(this.arrivals);
    const authority: Authority = (environment, handle, right) => this.handles.check(environment, handle, right);
    this.transmitter = new Transmitter(memory, this.ports, this.ledger, this.digest, authority, this.trace.tell);
    addHoldingCalls(this.activations.calls, this.holdings, this.transmitter, this.environments);
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
        this.#delivery.batch(rows, at, stop, demux, this.packet + 1);
        this.publishRings();
        if (lossless) this.digest.batch(at, stop, demux, this.packet + 1);
        this.packet += stop - at;
        if (lossless) this.#boundary();
      }
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
    this.holdings.revocation.packetPressure(this.environments.receiving);
  }

  /** The NIC waits for a segment: whoever holds most of them is asked for some. */
  stalled(): void {
    this.ledger.stalls++;
    this.holdings.revocation.packetPressure(this.environments.receiving);
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
      if (transmit.lied)
        this.environmentFailed(environment, "it shows more frames than its transmit ring has room for");
    }
    this.ports.flush(this.#portFailed);
    if (this.ledger.sent > this.#sent && !exact) this.deterministic = false;
    this.#sent = this.ledger.sent;
  }

  /** Lossless: downloaded environments run until each has dealt with its packets, or is late: its time is over, told in fuel. */
  #boundary(): void {
    this.cpu.boundary();
    for (const environment of this.environments.downloaded) {
      if ((environment.inbox?.waiting ?? 0) > 0) this.#late(environment);
      else environment.late = false;
    }
  }

  publishRings(): void {
    for (const environment of this.environments.hosted) environment.ring.publish();
  }

  /**
   * Takes back what environments are done with, does what they ask for, and takes what they did not give in time. Lossless:
   * waits until each has given everything back. Whoever asks for something meanwhile waits, too: nothing is done before all
   * others have come as far, so what happens depends on the packets alone.
   */
  settle(lossless: boolean): void {
    const began = wallNs();
    const deadline = lossless ? began + REVOCATION_DEADLINE_MS * 1e6 : 0;
    do for (const environment of this.environments.hosted) this.#collect(environment, lossless, deadline);
    while (this.#perform() > 0 && wallNs() < deadline);
    if (lossless && this.cpu.waiting) this.#boundary();
    const now = lossless ? wallNs() : began;
    for (const environment of this.environments.hosted) {
      if (environment.ring.depth === 0) environment.late = false;
      else if (lossless && !environment.late) this.#late(environment);
      this.#watch.look(environment, now);
    }
    this.holdings.revocation.tend();
  }

  /** What is due between two turns; ms until something will be. */
  tend(): number {
    this.#perform();
    return this.holdings.revocation.tend();
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
    this.cpu.slices.rewind();
    this.bindings.beginEpoch();
    this.ports.begin();
    // Who is late goes on losing packets until it has caught up.
    this.deterministic = !this.environments.hosted.some(({ late }) => late);
    const deadline = wallNs() + REVOCATION_DEADLINE_MS * 1e6;
    for (const environment of this.environments.hosted) environment.ring.tellEpoch(this.epoch);
    let unseen: readonly HostedEnvironment[];
    do unseen = this.environments.hosted.filter((environment) => !this.#awaitEpoch(environment, deadline));
    while (this.#perform() > 0 && wallNs() < deadline);
    for (const environment of unseen) this.#late(environment);
    const now = wallNs();
    for (const environment of this.environments.hosted) this.#watch.look(environment, now);
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
    const lost = this.environments.fail(environment);
    this.#lost(environment, lost, FAILED);
    this.#watch.forget(environment);
    if (!environment.leaving) this.trace.tell("environmentFailed", environment.id, lost);
    this.holdings.revocation.failed(environment);
    this.cpu.forget(environment.id);
    this.activations.destroy(environment.id);
    if (!environment.leaving) this.#changed(environment, reason);
  }

  #collect(environment: HostedEnvironment, lossless: boolean, deadline: number): void {
    const { ring, calls, heartbeat } = environment;
    const wait = lossless && !environment.late && environment.state === "alive";
    const until = (now: number) => calls.waiting > 0 || heartbeat.hangs(now);
    this.#returned(environment, wait ? ring.awaitDrained(deadline, wallNs, until) : ring.collect());
    if (wait && ring.failed) this.environmentFailed(environment, null);
    if (!ring.lied) return;
    this.trace.tell("ringLied", environment.id);
    this.environmentFailed(environment, "it gave back what it never had: its tail cannot be");
  }

  #awaitEpoch({ ring, calls, heartbeat, state }: HostedEnvironment, deadline: number): boolean {
    const until = (now: number) => calls.waiting > 0 || heartbeat.hangs(now);
    return state === "alive" && ring.awaitEpoch(this.epoch, deadline, wallNs, until);
  }

  /** What environments have asked for; how many calls. */
  #perform(): number {
    return this.holdings.perform(this.environments.hosted, (environment) =>
      this.environmentFailed(environment, "it asked for more than its call ring holds: its cursor cannot be"),
    );
  }

  #lost(environment: Environment, entries: number, cause: number): void {
    this.ledger.inFlight -= entries;
    this.ledger.undelivered[cause]! += entries;
    environment.undelivered[cause]! += entries;
  }

  /** Activations that had packets have ended. */
  #ended(environment: Environment, delivered: number, cutOff: number): void {
    this.#returned(environment, delivered);
    this.#lost(environment, cutOff, CUT_OFF);
  }

  #late(environment: Environment): void {
    if (!environment.late) this.trace.tell("environmentLate", environment.id);
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
    const records = this.#binder.endUnder(ended, (serial) => this.capabilities.held(serial)?.capability);
    if (put === undefined) this.trace.tell("capabilitiesEnded", ended.length, records.length);
    for (const { slot, environment } of records) this.trace.tell("bindingLost", slot, environment);
    return records.map(({ slot }) => slot);
  }

  /** A capability for an environment that the caller has authority over; throws a Refusal. */
  grantTo(by: Capability, id: number, name: string, wanted: Wanted): CapabilityChange {
    const environment = this.environments.get(id);
    if (environment?.state !== "alive" || id === 0) throw new Refusal("E_NO_ENVIRONMENT");
    if (!rules(by.name, environment.owner))
      throw new Refusal("E_CAPABILITY_OWNER", `the environment ${environment.name}`);
    requireRight(by, "grant");
    this.handles.requireRoom(id);
    return this.capabilities.grant(by, id, name, wanted);
  }

  /** The handle of what was granted; throws a Refusal. */
  openGranted(id: number, serial: string): number {
    const held = this.capabilities.held(serial);
    if (held === undefined || this.environments.get(id) === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    return this.handles.install(id, held);
  }

  /** Asks an environment that the caller has authority over to give back; throws a Refusal. */
  reclaim(args: Calls["reclaim"]["args"], by: Capability): Calls["reclaim"]["result"] {
    const environment = this.environments.get(args.environment);
    if (environment === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    if (!this.#mayActOn(by, environment))
      throw new Refusal("E_CAPABILITY_OWNER", `the environment ${environment.name}`);
    return this.holdings.reclaim(args);
  }

  /** It was made at or below the caller's path, it is the control plane's, which only counts, or the caller's own handle is. */
  #mayActOn(by: Capability, { id, owner }: Environment): boolean {
    return id === 0 || rules(by.name, owner) || this.capabilities.held(by.serial)?.environment === id;
  }

  /** `link`: of a downloaded environment, makes its image. */
  createEnvironment(
    args: Calls["createEnvironment"]["args"],
    by = rootCapability(),
    link?: Link,
  ): Calls["createEnvironment"]["result"] {
    const { owner = by.name } = args;
    if (!NAME.test(args.name)) throw new Refusal("E_NAME");
    if (!rules(by.name, owner)) throw new Refusal("E_CAPABILITY_OWNER", owner.join("/"));
    if (args.transmit !== undefined) this.authorise(args.transmit, "transmit");
    const { slices = 1 } = args;
    if (!(Number.isSafeInteger(slices) && slices >= 0 && slices <= this.cpu.slices.count))
      throw new Refusal("E_ARGUMENT", `slices are at most ${this.cpu.slices.count}`);
    if (slices > 1) requireRight(by, "allocate");
    const environment = this.environments.create(args.name, args.program, this.epoch, args.transmit !== undefined);
    if (typeof environment === "string") throw new Refusal(environment);
    environment.owner = owner;
    if (link !== undefined) this.#download(environment, link, args.slices);
    const handle = args.transmit === undefined ? 0 : this.handles.open(environment.id, args.transmit);
    environment.sendHandle = handle;
    this.trace.tell("environmentCreated", environment.id);
    return { environment: environment.id, start: this.environments.start(environment, args.options, handle) };
  }

  #download(environment: Environment, link: Link, slices?: number): void {
    const gone = (error: KernelError, detail?: string): Refusal => {
      this.environments.destroy(environment);
      return new Refusal(error, detail);
    };
    try {
      const made = this.activations.create(environment.id, link);
      if (typeof made === "string") throw gone(made);
      const vector = made.context + ContextPage.repossession;
      environment.vector = new RepossessionVector(this.environments.pages.memory.words, vector);
      this.cpu.admit(environment.id, slices);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // It was too much for the engine that is to run it.
      throw gone("E_IMAGE", error instanceof Error ? error.message : String(error));
    }
  }

  /** Throws E_NO_ENVIRONMENT, E_NOT_DOWNLOADED, E_ARGUMENT. */
  activate({ environment, cause, message, fuel }: Calls["activate"]["args"], by: Capability): ActivationEnd {
    this.#downloaded(environment, by);
    if (!CAUSES.includes(cause)) throw new Refusal("E_ARGUMENT", `no activation has the cause ${cause}`);
    if (fuel < 0 || fuel > MAX_OUTSIDE_FUEL) throw new Refusal("E_ARGUMENT", `fuel is at most ${MAX_OUTSIDE_FUEL}`);
    const words = message.map((word) => word | 0);
    if (words.length > MESSAGE_REGISTERS) throw new Refusal("E_ARGUMENT", `at most ${MESSAGE_REGISTERS} words`);
    return this.cpu.processor.runNow(environment, cause, fuel, words);
  }

  /** Throws E_NO_ENVIRONMENT, E_CAPABILITY_OWNER, E_NOT_DOWNLOADED, and what slices.ts refuses. */
  allocateSlice({ environment, position }: Calls["allocateSlice"]["args"], by: Capability): SlicesView {
    this.cpu.slices.allocate(this.#downloaded(environment, by).id, position);
    return this.cpu.book;
  }

  releaseSlice({ environment, position }: Calls["releaseSlice"]["args"], by: Capability): SlicesView {
    this.cpu.slices.release(this.#downloaded(environment, by).id, position);
    return this.cpu.book;
  }

  #downloaded(id: number, by: Capability): Environment {
    const found = this.environments.get(id);
    if (found === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    if (!this.#mayActOn(by, found)) throw new Refusal("E_CAPABILITY_OWNER", `the environment ${found.name}`);
    if (this.activations.get(id) === undefined) throw new Refusal("E_NOT_DOWNLOADED");
    return found;
  }

  /** First half of destroying: it gets nothing more. Throws where there is none, it is another's, or it is leaving already. */
  beginDestroying(id: number, by: Capability): Environment {
    const environment = this.environments.get(id);
    if (environment === undefined || id === 0 || environment.leaving) throw new Refusal("E_NO_ENVIRONMENT");
    if (!rules(by.name, environment.owner))
      throw new Refusal("E_CAPABILITY_OWNER", `the environment ${environment.name}`);
    environment.leaving = true;
    this.environmentFailed(environment, null);
    return environment;
  }

  /** Second half, when its worker has ended: whatever becomes of the programs that name its bindings. Gives their slots. */
  destroyEnvironment(environment: Environment): number[] {
    const records = [...this.bindings.all()].filter((record) => record.environment === environment.id);
    this.#binder.release(records);
    this.holdings.forget(environment);
    this.handles.closeAll(environment.id);
    this.activations.destroy(environment.id);
    this.environments.destroy(environment);
    this.trace.tell("environmentDestroyed", environment.id);
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

  /** Throws E_NO_BINDING, E_CAPABILITY_OWNER, and nothing else stands in the way. */
  unbind(slot: number, by: Capability): Calls["unbind"]["result"] {
    this.#binder.unbind(by, slot);
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
      this.trace.tell("programInstalled");
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

const CAUSES: readonly number[] = Object.values(Cause);

/** Rights that calls need; null: any capability that holds, as what is derived is never stronger. */
export const CALL_RIGHTS: Readonly<Record<CallName, Right | null>> = {
  createEnvironment: "create",
  activate: "create",
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
  trace: "replay",
  reclaim: "create",
  revocations: "observe",
  slices: "observe",
  allocateSlice: "allocate",
  releaseSlice: "allocate",
  pageBook: "observe",
  segmentBook: "observe",
  present: null,
  capabilities: null,
  derive: null,
  grant: "grant",
  weaken: null,
  revoke: null,
  createPort: "create",
  destroyPort: "create",
  ports: "observe",
};
