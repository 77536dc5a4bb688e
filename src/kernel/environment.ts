/**
 * Environments: who owns pages, bindings and a packet ring. A *hosted* one has a ring that a library
 * OS drains in a worker; one without a program only counts, and what it gets is released at once.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import type { Segments } from "../nic/segments.js";
import { type HostedStart, type MachineFacts, Mailbox, RING_ENTRY_WORDS } from "./abi.js";
import { DELIVERY_CAUSES, MAX_ENVIRONMENTS } from "./books.js";
import { Heartbeat } from "./heartbeat.js";
import type { KernelError } from "./kerrno.js";
import { PacketRing } from "./pktring.js";

/** What the delivery loop does with a frame for an environment. */
export const Sink = { none: 0, count: 1, ring: 2, suspended: 3 } as const;

export class Environment {
  readonly id: number;
  readonly name: string;
  readonly program: string;
  readonly firstPage: number;
  readonly pages: number;
  readonly ring: PacketRing | undefined;
  readonly heartbeat: Heartbeat | undefined;
  /** Unresponsive: does not look at its ring (heartbeat.ts); its bindings are suspended. */
  state: "alive" | "unresponsive" | "failed" = "alive";
  sink: number;
  delivered = 0;
  readonly undelivered = new Float64Array(DELIVERY_CAUSES.length);
  /** Is being destroyed. */
  leaving = false;
  /** Missed a deadline; not waited for until it has caught up. */
  late = false;

  constructor(
    id: number,
    name: string,
    program: string,
    firstPage: number,
    pages: number,
    ring?: PacketRing,
    heartbeat?: Heartbeat,
  ) {
    this.id = id;
    this.name = name;
    this.program = program;
    this.firstPage = firstPage;
    this.pages = pages;
    this.ring = ring;
    this.heartbeat = heartbeat;
    this.sink = ring === undefined ? Sink.count : Sink.ring;
  }

  /** What its bindings match is counted and given to nobody, until it is resumed. */
  suspend(): void {
    this.state = "unresponsive";
    this.sink = Sink.suspended;
  }

  resume(): void {
    this.state = "alive";
    this.sink = Sink.ring;
  }
}

export type HostedEnvironment = Environment & { readonly ring: PacketRing; readonly heartbeat: Heartbeat };

export class Environments {
  /** By number; holes are free numbers. */
  readonly table: (Environment | undefined)[] = Array.from({ length: MAX_ENVIRONMENTS });
  /** Those that drain a ring, or should. */
  hosted: readonly HostedEnvironment[] = [];
  readonly #memory: PhysicalMemory;
  readonly #segments: Segments;
  /** What environments are told as they start. */
  facts: MachineFacts;

  constructor(memory: PhysicalMemory, segments: Segments, facts: MachineFacts) {
    this.#memory = memory;
    this.#segments = segments;
    this.facts = facts;
  }

  get(id: number): Environment | undefined {
    return this.table[id];
  }

  /** `epoch`: the one that is running; the environment is told of later ones only. */
  create(name: string, program: string, epoch: number): Environment | KernelError {
    if (this.table.some((environment) => environment?.name === name)) return "E_NAME_TAKEN";
    const id = this.table.indexOf(undefined);
    if (id < 0) return "E_TOO_MANY";
    const environment =
      program === "" ? new Environment(id, name, program, 0, 0) : this.#hosted(id, name, program, epoch);
    if (environment === undefined) return "E_NO_MEMORY";
    this.table[id] = environment;
    this.#listHosted();
    return environment;
  }

  /** What the environment's worker is started with. */
  start(environment: Environment, options: Readonly<Record<string, unknown>>): HostedStart | undefined {
    if (environment.ring === undefined) return undefined;
    return {
      environment: environment.id,
      name: environment.name,
      program: environment.program,
      options,
      memory: this.#memory.memory,
      mailbox: environment.ring.mailbox,
      ring: environment.ring.ring,
      machine: this.facts,
    };
  }

  /** It stopped or was stopped: its ring is taken back, its pages are kept until it is destroyed. How many frames were lost. */
  fail(environment: Environment): number {
    environment.state = "failed";
    environment.sink = Sink.none;
    this.#listHosted();
    return environment.ring?.abandon() ?? 0;
  }

  /** Its worker must have ended: its pages are given back. */
  destroy(environment: Environment): void {
    if (environment.pages > 0) this.#memory.release(environment.id, environment.firstPage, environment.pages);
    this.table[environment.id] = undefined;
  }

  #listHosted(): void {
    const isHosted = (environment: Environment | undefined): environment is HostedEnvironment =>
      environment?.ring !== undefined && environment.state !== "failed";
    this.hosted = this.table.filter(isHosted);
  }

  #hosted(id: number, name: string, program: string, epoch: number): Environment | undefined {
    const { pageSize, ringEntries } = this.facts;
    const pages = 1 + Math.ceil((ringEntries * RING_ENTRY_WORDS * 4) / pageSize);
    const first = this.#memory.allocate(id, pages);
    if (first === undefined) return undefined;
    const mailbox = first * pageSize;
    const ring = new PacketRing(this.#memory, mailbox, mailbox + pageSize, ringEntries, this.#segments);
    Atomics.store(this.#memory.words, (mailbox >> 2) + Mailbox.epoch, epoch);
    Atomics.store(this.#memory.words, (mailbox >> 2) + Mailbox.epochSeen, epoch);
    return new Environment(id, name, program, first, pages, ring, new Heartbeat(this.#memory.words, mailbox));
  }
}
