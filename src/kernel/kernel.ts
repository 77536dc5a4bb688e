/**
 * The kernel's front door: tables, the turn (receive, demux, deliver, collect), and the calls that
 * change who gets what. It protects and counts; it knows offsets, not protocols.
 */
import { atomsOf, type Filter } from "../dpf/atom.js";
import type { Demux } from "../dpf/demux.js";
import { residualProblem } from "../dpf/residual.js";
import { checkFilter } from "../dpf/wellformed.js";
import { wallMs, wallNs } from "../machine/clock.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Segments } from "../nic/segments.js";
import type { CallName, Calls, MachineFacts, PacketPlace, Right } from "./abi.js";
import { type BindingRecord, Bindings } from "./binding.js";
import { DELIVERY_CAUSES, RX_CAUSES } from "./books.js";
import { allows, type Capability, verify } from "./capability.js";
import { Changes } from "./changes.js";
import type { CompileAnswer, Compiler, FilterChange } from "./compiler.js";
import { Delivery } from "./deliver.js";
import { Digest } from "./digest.js";
import { type Environment, Environments, type HostedEnvironment } from "./environment.js";
import { KERNEL_ERRORS, type KernelError } from "./kerrno.js";
import { Ledger } from "./ledger.js";
import { MAX_HELD_ATOMS, MAX_PRIORITY, PUBLISH_FRAMES, REVOCATION_DEADLINE_MS } from "./limits.js";
import { Running } from "./running.js";

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const NO_SEGMENT = RX_CAUSES.indexOf("noSegment");

/** A call that cannot be done: thrown inside the kernel, answered by whoever called. */
export class Refusal extends Error {
  readonly code: KernelError;
  constructor(code: KernelError, detail: string = KERNEL_ERRORS[code]) {
    super(detail);
    this.code = code;
  }
}

export class Kernel {
  readonly environments: Environments;
  readonly bindings = new Bindings();
  readonly ledger = new Ledger();
  readonly digest = new Digest(this.bindings);
  readonly #key: Buffer;
  readonly #demux: Demux;
  readonly #delivery: Delivery;
  readonly #changes: Changes;
  readonly running: Running;
  readonly #failed: (environment: Environment, reason: string | null) => void;
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
    /** Told of each environment that failed. */
    failed: (environment: Environment, reason: string | null) => void,
  ) {
    this.#failed = failed;
    this.environments = new Environments(memory, segments, facts);
    this.#key = key;
    this.#demux = demux;
    this.#changes = new Changes(compiler);
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
    const deadline = lossless ? wallNs() + REVOCATION_DEADLINE_MS * 1e6 : 0;
    for (const environment of this.environments.hosted) {
      if (lossless && !environment.late) this.#awaitDrained(environment, deadline);
      else this.#returned(environment, environment.ring.collect());
      if (environment.ring.lied)
        this.environmentFailed(environment, "it gave back what it never had: its tail cannot be");
      if (environment.late && environment.ring.depth === 0) environment.late = false;
    }
  }

  /** Begins an epoch: rings are drained, every environment is told and has answered, or is late. */
  beginEpoch(): number {
    this.settle(true);
    this.epoch++;
    this.packet = 0;
    this.bindings.beginEpoch();
    this.deterministic = true;
    const deadline = wallNs() + REVOCATION_DEADLINE_MS * 1e6;
    for (const environment of this.environments.hosted) environment.ring.tellEpoch(this.epoch);
    for (const environment of this.environments.hosted) {
      if (!environment.ring.awaitEpoch(this.epoch, deadline, wallNs)) this.#late(environment);
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
    if (!environment.leaving) this.#failed(environment, reason);
  }

  #awaitDrained(environment: HostedEnvironment, deadline: number): void {
    this.#returned(environment, environment.ring.awaitDrained(deadline, wallNs));
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

  /** Second half, when its worker has ended. Its bindings go with it. */
  destroyEnvironment(
    environment: Environment,
    done: () => void,
    refused: (error: KernelError, detail: string) => void,
  ): void {
    const { id } = environment;
    const records = [...this.bindings.all()].filter((record) => record.environment === id);
    const finish = () => {
      for (const record of records) this.bindings.remove(record);
      this.environments.destroy(environment);
      done();
    };
    this.#changes.request(
      records.map(({ slot }) => ({ kind: "remove", slot })),
      finish,
      (error, detail) => {
        environment.leaving = false;
        refused(error, detail);
      },
    );
  }

  bind(
    capability: Capability,
    args: Calls["bind"]["args"],
    done: (result: Calls["bind"]["result"]) => void,
    refused: (error: KernelError, detail: string) => void,
  ): void {
    this.#checkBind(capability, args);
    const { name, environment, mode, priority, filter } = args;
    const record = this.bindings.add(name, environment, mode, priority, filter);
    if (record === undefined) throw new Refusal("E_TOO_MANY");
    const installed = () => {
      record.from = this.#nextPlace();
      done({ binding: record.slot, from: record.from });
    };
    this.#changes.request([insertion(record, allows(capability, "grant"))], installed, (error, detail) => {
      this.bindings.remove(record);
      refused(error, detail);
    });
  }

  rebind(
    capability: Capability,
    args: Calls["rebind"]["args"],
    done: (result: Calls["rebind"]["result"]) => void,
    refused: (error: KernelError, detail: string) => void,
  ): void {
    const { bindings, filter } = args;
    const records = [...new Set(bindings)].map((slot) => this.#installed(slot));
    this.#checkFilter(filter, records);
    const removals = records.map(({ slot }): FilterChange => ({ kind: "remove", slot }));
    const mayTake = allows(capability, "grant");
    const insertions = records.map((record) => insertion({ ...record, filter }, mayTake));
    const installed = () => {
      for (const record of records) this.bindings.swap(record, filter);
      done({ from: this.#nextPlace() });
    };
    this.#changes.request([...removals, ...insertions], installed, refused);
  }

  unbind(
    slot: number,
    done: (result: Calls["unbind"]["result"]) => void,
    refused: (error: KernelError, detail: string) => void,
  ): void {
    const record = this.#installed(slot);
    record.leaving = true;
    const removed = () => {
      this.bindings.remove(record);
      const until = { epoch: this.epoch, packet: this.packet };
      done({ until, packets: this.bindings.packets[slot]!, octets: this.bindings.octets[slot]! });
    };
    this.#changes.request([{ kind: "remove", slot }], removed, (error, detail) => {
      record.leaving = false;
      refused(error, detail);
    });
  }

  setTarget(
    args: Calls["target"]["args"],
    done: () => void,
    refused: (error: KernelError, detail: string) => void,
  ): void {
    const installed = () => {
      const { target, shadow } = args;
      this.environments.facts = { ...this.environments.facts, target, shadow };
      done();
    };
    this.running.setTarget(this.#changes, args, installed, refused);
  }

  setHeat(on: boolean, done: () => void, refused: (error: KernelError, detail: string) => void): void {
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

  // --- checks ---

  #checkBind(capability: Capability, args: Calls["bind"]["args"]): void {
    if (!NAME.test(args.name)) throw new Refusal("E_NAME");
    const environment = this.environments.get(args.environment);
    if (environment === undefined || environment.state !== "alive") throw new Refusal("E_NO_ENVIRONMENT");
    if (this.bindings.hasName(args.environment, args.name)) throw new Refusal("E_NAME_TAKEN");
    const { priority } = args;
    if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY) throw new Refusal("E_ARGUMENT");
    if (priority > 0 && !allows(capability, "priority")) throw new Refusal("E_CAPABILITY_RIGHT");
    this.#checkFilter(args.filter, [undefined]);
  }

  /** `places`: bindings that will have it instead of theirs, or undefined for a new one. */
  #checkFilter(filter: Filter, places: readonly (BindingRecord | undefined)[]): void {
    const problem = checkFilter(filter, residualProblem);
    if (problem !== undefined) throw new Refusal("E_FILTER", problem);
    const before = places.reduce((sum, record) => sum + (record ? atomsOf(record.filter) : 0), 0);
    if (this.bindings.atoms + places.length * atomsOf(filter) - before > MAX_HELD_ATOMS) {
      throw new Refusal("E_TOO_MANY", `the filters of all bindings have at most ${MAX_HELD_ATOMS} atoms together`);
    }
  }

  #installed(slot: number): BindingRecord {
    const record = this.bindings.get(slot);
    if (record?.from === undefined || record.leaving) throw new Refusal("E_NO_BINDING");
    return record;
  }

  #nextPlace(): PacketPlace {
    return { epoch: this.epoch, packet: this.packet + 1 };
  }
}

/** `mayTake`: whoever asks for it may win packets from other environments' claims. */
function insertion(record: BindingRecord, mayTake: boolean): FilterChange {
  const { slot, filter, mode, priority, age, environment } = record;
  return { kind: "insert", slot, filter, mode, priority, age, environment, mayTake };
}

/** Rights that calls need. */
export const CALL_RIGHTS: Readonly<Record<CallName, Right>> = {
  createEnvironment: "create",
  destroyEnvironment: "create",
  bind: "bind",
  rebind: "bind",
  unbind: "bind",
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
