/**
 * Environments: who owns pages, bindings and a packet ring. A *hosted* one has a ring that a library
 * OS drains in a worker; a *downloaded* one is verified code that the kernel runs (activation.ts) and whose ring it drains itself
 * (inbox.ts); one without a program only counts, and what it gets is released at once.
 */
import { type Octets, octetsOf } from "../machine/copy.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Segments } from "../nic/segments.js";
import {
  DOWNLOADED_PROGRAM,
  type HostedStart,
  type MachineFacts,
  Mailbox,
  RING_ENTRY_WORDS,
  VECTOR_AT,
} from "./abi.js";
import { DELIVERY_CAUSES, MAX_ENVIRONMENTS, SEND_CAUSES } from "./books.js";
import { CallRing } from "./call-ring.js";
import type { EnvironmentKind } from "./calls.js";
import { accountOf, rules } from "./capability.js";
import { Heartbeat } from "./heartbeat.js";
import { Inbox } from "./inbox.js";
import type { KernelError } from "./kerrno.js";
import { Pages } from "./pages.js";
import { PacketRing } from "./pktring.js";
import { RepossessionVector } from "./repossession.js";
import { TransmitRing, transmitOctets } from "./transmit-ring.js";

/** What the delivery loop does with a frame for an environment. */
export const Sink = { none: 0, count: 1, ring: 2, suspended: 3 } as const;

export class Environment {
  readonly id: number;
  readonly name: string;
  /** The name in UTF-8. */
  readonly nameOctets: Octets;
  readonly program: string;
  readonly firstPage: number;
  readonly pages: number;
  readonly ring: PacketRing | undefined;
  /** Hosted ones ask the kernel through it. */
  calls: CallRing | undefined;
  /** What was taken from it by force; none where it has no page for that. */
  vector: RepossessionVector | undefined;
  /** Path of whoever made it: who has authority over it, also when the capability that it was made with is no more. */
  owner: readonly string[] = ["root"];
  readonly heartbeat: Heartbeat | undefined;
  /** Of a downloaded one: drains the ring. */
  readonly inbox: Inbox | undefined;
  /** Unresponsive: does not look at its ring (heartbeat.ts); its bindings are suspended. */
  state: "alive" | "unresponsive" | "failed" = "alive";
  sink: number;
  delivered = 0;
  readonly undelivered = new Float64Array(DELIVERY_CAUSES.length);
  /** Frames that it sent, their octets, and those that it was refused, by cause. */
  sent = 0;
  sentOctets = 0;
  readonly sendRefused = new Float64Array(SEND_CAUSES.length);
  /** Between this batch boundary and the last: all that it asked for. */
  sendsThisTurn = 0;
  transmit: TransmitRing | undefined;
  /** Of the capability that it was created with, to send under it; 0 without. */
  sendHandle = 0;
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
    inbox?: Inbox,
  ) {
    this.id = id;
    this.name = name;
    this.nameOctets = octetsOf(Buffer.from(name));
    this.program = program;
    this.firstPage = firstPage;
    this.pages = pages;
    this.ring = ring ?? inbox?.ring;
    this.heartbeat = heartbeat;
    this.inbox = inbox;
    this.sink = this.ring === undefined ? Sink.count : Sink.ring;
  }

  get kind(): EnvironmentKind {
    if (this.inbox !== undefined) return "downloaded";
    return this.ring === undefined ? "counting" : "hosted";
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

export type HostedEnvironment = Environment & {
  readonly ring: PacketRing;
  readonly calls: CallRing;
  readonly heartbeat: Heartbeat;
};

function isRunning({ inbox, state }: Environment): boolean {
  return inbox !== undefined && state !== "failed";
}

/** Pages before the packet ring: the mailbox, and the one with call ring and repossession vector. */
const PAGES_BEFORE_RING = 2;

export class Environments {
  /** By number; holes are free numbers. */
  readonly table: (Environment | undefined)[] = Array.from({ length: MAX_ENVIRONMENTS });
  /** Numbers from here on are free. */
  limit = 0;
  /** Those that drain a ring, or should. */
  hosted: readonly HostedEnvironment[] = [];
  /** Those whose code may run. */
  downloaded: readonly Environment[] = [];
  readonly pages: Pages;
  readonly #memory: PhysicalMemory;
  readonly #segments: Segments;
  /** What environments are told as they start. */
  facts: MachineFacts;

  constructor(memory: PhysicalMemory, segments: Segments, facts: MachineFacts) {
    this.#memory = memory;
    this.pages = new Pages(memory);
    this.pages.sharing = (id) => this.#sharing(id);
    this.#segments = segments;
    this.facts = facts;
  }

  /** Those with a ring of packets. */
  get receiving(): readonly Environment[] {
    return [...this.hosted, ...this.downloaded];
  }

  /** Pages in a row that one of this program takes to be made. */
  pagesFor(program: string, sends: boolean): number {
    if (program === "") return 0;
    if (program === DOWNLOADED_PROGRAM) return 1;
    return this.#receivedPages + (sends ? Math.ceil(transmitOctets(this.facts.pageSize) / this.facts.pageSize) : 0);
  }

  /** Shows hosted ones what was put into their rings, and wakes those that were not just woken (pktring.ts). */
  publish(now: number): void {
    for (const { ring } of this.hosted) ring.publish(now);
  }

  /** The same, and wakes each that was not yet woken for it: before anybody waits or sleeps. */
  rouse(now: number): void {
    for (const { ring } of this.hosted) ring.rouse(now);
  }

  get(id: number): Environment | undefined {
    return this.table[id];
  }

  /** `epoch`: the one that is running; the environment is told of later ones only. */
  create(name: string, program: string, epoch: number, sends = false): Environment | KernelError {
    if (this.table.some((environment) => environment?.name === name)) return "E_NAME_TAKEN";
    const id = this.table.indexOf(undefined);
    if (id < 0) return "E_TOO_MANY";
    const environment = this.#made(id, name, program, epoch, sends);
    if (environment === undefined) return "E_NO_MEMORY";
    this.table[id] = environment;
    this.#list();
    return environment;
  }

  #made(id: number, name: string, program: string, epoch: number, sends: boolean): Environment | undefined {
    if (program === "") return new Environment(id, name, program, 0, 0);
    if (program !== DOWNLOADED_PROGRAM) return this.#hosted(id, name, program, epoch, sends);
    const inbox = new Inbox(this.facts.ringEntries, this.#segments);
    return new Environment(id, name, program, 0, 0, undefined, undefined, inbox);
  }

  /** What the environment's worker is started with. */
  start(environment: Environment, options: Readonly<Record<string, unknown>>, capability = 0): HostedStart | undefined {
    if (environment.ring === undefined || environment.calls === undefined) return undefined;
    const transmit = environment.transmit?.start(capability);
    return {
      environment: environment.id,
      name: environment.name,
      program: environment.program,
      options,
      memory: this.#memory.memory,
      mailbox: environment.ring.mailbox,
      ring: environment.ring.ring,
      calls: environment.ring.mailbox + this.facts.pageSize,
      segments: this.#segments.base,
      generations: this.#segments.generations,
      machine: this.facts,
      ...(transmit === undefined ? {} : { transmit }),
    };
  }

  /**
   * It stopped or was stopped: its ring is taken back. A hosted one's pages are kept until it is destroyed, a downloaded one's go
   * at once, the vector's among them. How many frames were lost.
   */
  fail(environment: Environment): number {
    environment.state = "failed";
    environment.sink = Sink.none;
    if (environment.inbox !== undefined) environment.vector?.detach();
    this.#list();
    return environment.ring?.abandon() ?? 0;
  }

  /** Its worker must have ended: its pages are given back. */
  destroy(environment: Environment): void {
    this.pages.freeAll(environment.id);
    this.table[environment.id] = undefined;
    this.#list();
  }

  /** A hosted one's mailbox, call ring and packet ring. */
  get #receivedPages(): number {
    const { pageSize, ringEntries } = this.facts;
    return PAGES_BEFORE_RING + Math.ceil((ringEntries * RING_ENTRY_WORDS * 4) / pageSize);
  }

  /** Those for whom the same one answers (accountOf); each of the root's own has a limit of its own. */
  #sharing(id: number): readonly number[] {
    const account = accountOf(this.table[id]?.owner ?? []);
    if (account === undefined) return [id];
    return this.table.flatMap((one) => (one !== undefined && rules(account, one.owner) ? [one.id] : []));
  }

  #list(): void {
    const isHosted = (environment: Environment | undefined): environment is HostedEnvironment =>
      environment?.ring !== undefined && environment.calls !== undefined && environment.state !== "failed";
    this.limit = this.table.findLastIndex((environment) => environment !== undefined) + 1;
    this.hosted = this.table.filter(isHosted);
    this.downloaded = this.table.filter((environment) => environment !== undefined).filter(isRunning);
  }

  #hosted(id: number, name: string, program: string, epoch: number, sends: boolean): Environment | undefined {
    const { pageSize, ringEntries } = this.facts;
    const pages = this.pagesFor(program, sends);
    const first = this.pages.allocate(id, pages);
    if (first === undefined) return undefined;
    this.pages.fix(id, first, pages);
    const mailbox = first * pageSize;
    const calls = mailbox + pageSize;
    const ring = new PacketRing(this.#memory, mailbox, calls + pageSize, ringEntries, this.#segments);
    Atomics.store(this.#memory.words, (mailbox >> 2) + Mailbox.epoch, epoch);
    Atomics.store(this.#memory.words, (mailbox >> 2) + Mailbox.epochSeen, epoch);
    const heartbeat = new Heartbeat(this.#memory.words, mailbox);
    const environment = new Environment(id, name, program, first, pages, ring, heartbeat);
    environment.calls = new CallRing(this.#memory, mailbox, calls);
    environment.vector = new RepossessionVector(this.#memory.words, calls + VECTOR_AT);
    if (sends) environment.transmit = new TransmitRing(this.#memory, (first + this.#receivedPages) * pageSize);
    return environment;
  }
}
