/**
 * Sending: a frame leaves by a port under a capability with the right to transmit, whose template it must match. The octets are the
 * sender's, who can change them at any moment: they are copied first, into memory that nobody else has; what is judged is the
 * copy, and what leaves is the copy.
 */
import type { Filter } from "../dpf/atom.js";
import { matchesFrame } from "../dpf/brute.js";
import { copyOctets, newOctets } from "../machine/copy.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { isClosed, linkTypeOf, type Outlet, sendTo } from "../nic/outlet.js";
import { FIRST_PORT, MAX_PORTS } from "../nic/port-numbers.js";
import type { Ports } from "../nic/ports.js";
import type { Right } from "./abi.js";
import { type HandlerSendCause, SEND_CAUSES } from "./books.js";
import type { Held } from "./capabilities.js";
import type { Capability } from "./capability.js";
import type { Digest } from "./digest.js";
import type { Environment } from "./environment.js";
import { filterOfFrames, framesProblem } from "./frames.js";
import type { KernelError } from "./kerrno.js";
import type { Ledger } from "./ledger.js";
import { MAX_SENDS_A_TURN, MAX_SENT_OCTETS, MIN_SENT_OCTETS } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";
import type { TransmitRing } from "./transmit-ring.js";

/** The capability behind a handle, or in a place of the kernel's; throws a Refusal where there is none, or it has not the right. */
export interface CapabilitiesBehind {
  check(environment: number, handle: number, right: Right): Capability;
  current(held: Held | undefined, right: Right): Capability;
}

/** Why one whose transmit ring shows too much is ended. */
export const TRANSMIT_LIE = "it shows more frames than its transmit ring has room for";

type SendCause = (typeof SEND_CAUSES)[number];

/** A packet over which something is sent: its time, ns since 1970, and its number. */
export interface SentOver {
  readonly high: number;
  readonly low: number;
  readonly packet: number;
}

/** What a sender is told. Of a capability that is refused, the reason that its check gives. */
const ERROR_OF: Readonly<Record<Exclude<SendCause, "right">, KernelError>> = {
  rate: "E_SEND_RATE",
  port: "E_NO_PORT",
  length: "E_FRAME_LENGTH",
  address: "E_NOT_OWNED",
  template: "E_TEMPLATE",
  full: "E_PORT_FULL",
};

/** Why a handler's frame was refused, by what it was told; a capability's own reasons are one. */
export function sendCauseOf(error: KernelError): HandlerSendCause {
  if (error === "E_HOPS") return "hops";
  return SEND_CAUSES.find((cause) => cause !== "right" && ERROR_OF[cause] === error) ?? "right";
}

export class Transmitter {
  /** By port, from FIRST_PORT on, then by cause. */
  readonly refusedAt: readonly Float64Array[] = Array.from(
    { length: MAX_PORTS },
    () => new Float64Array(SEND_CAUSES.length),
  );
  readonly #memory: PhysicalMemory;
  readonly #ports: Ports;
  readonly #ledger: Ledger;
  readonly #digest: Digest;
  readonly #behind: CapabilitiesBehind;
  readonly #tell: Tell;
  readonly #copy = newOctets(MAX_SENT_OCTETS);
  /** The copy, as a template judges it. */
  readonly #facts = { wire: 0, link: 0 };
  readonly #frame = { octets: this.#copy.octets, address: 0, captured: 0, facts: this.#facts };
  /** By a capability's packed filter; undefined where it is none. */
  readonly #templates = new WeakMap<readonly number[], { readonly filter: Filter | undefined }>();
  #high = 0;
  #low = 0;
  /** Number of the packet after which is sent. */
  #packet = 0;

  constructor(
    memory: PhysicalMemory,
    ports: Ports,
    ledger: Ledger,
    digest: Digest,
    behind: CapabilitiesBehind,
    tell: Tell,
  ) {
    this.#memory = memory;
    this.#ports = ports;
    this.#ledger = ledger;
    this.#digest = digest;
    this.#behind = behind;
    this.#tell = tell;
  }

  /** A batch boundary: what is sent from now on is sent at this time (ns since 1970), after this packet. */
  turn(high: number, low: number, packet: number): void {
    this.#high = high;
    this.#low = low;
    this.#packet = packet;
  }

  /** Sends what a hosted environment's ring shows; how many frames were sent. A ring that lies is left alone: see `lied`. */
  collect(environment: Environment, ring: TransmitRing): number {
    const shown = ring.look();
    if (shown === 0) return 0;
    let sent = 0;
    for (let index = 0; index < shown; index++) {
      const address = ring.word(index, "address");
      const length = ring.word(index, "length");
      const error = this.send(environment, ring.word(index, "capability"), address, length, ring.word(index, "port"));
      if (error !== undefined) ring.refusedOne(error, ring.word(index, "sequence"));
      else {
        ring.sentOne();
        sent++;
      }
    }
    ring.giveBack();
    return sent;
  }

  /**
   * Sends `length` octets at a physical address by a port, under the capability behind the environment's handle. Undefined where the port
   * took a copy; else why not, counted, and nothing has happened.
   */
  send(
    environment: Environment,
    handle: number,
    address: number,
    length: number,
    port: number,
  ): KernelError | undefined {
    if (environment.sendsThisTurn >= MAX_SENDS_A_TURN) return this.refuse(environment, port, "rate");
    environment.sendsThisTurn++;
    let capability: Capability;
    try {
      capability = this.#behind.check(environment.id, handle, "transmit");
    } catch (error) {
      return this.#unable(environment, port, error);
    }
    return this.#send(environment, capability, address, length, port, 0);
  }

  /**
   * The same over a packet, at its time, by a handler, which has a rate of its own, and under what the kernel holds for it; `hops`: answers
   * in a row with this one.
   */
  answer(
    environment: Environment,
    held: Held | undefined,
    address: number,
    length: number,
    port: number,
    hops: number,
    { high, low, packet }: SentOver,
  ): KernelError | undefined {
    let capability: Capability;
    try {
      capability = this.#behind.current(held, "transmit");
    } catch (error) {
      return this.#unable(environment, port, error);
    }
    const [outerHigh, outerLow, outerPacket] = [this.#high, this.#low, this.#packet];
    this.turn(high, low, packet);
    const error = this.#send(environment, capability, address, length, port, hops);
    this.turn(outerHigh, outerLow, outerPacket);
    return error;
  }

  #send(
    environment: Environment,
    capability: Capability,
    address: number,
    length: number,
    port: number,
    hops: number,
  ): KernelError | undefined {
    const outlet = this.#ports.outlet(port);
    if (outlet === undefined || isClosed(outlet)) return this.refuse(environment, port, "port");
    if (!(length >= MIN_SENT_OCTETS && length <= MAX_SENT_OCTETS)) return this.refuse(environment, port, "length");
    if (!this.#owns(environment.id, address, length)) return this.refuse(environment, port, "address");
    copyOctets(this.#memory, address, this.#copy, 0, length);
    if (!this.#matches(capability, length, outlet)) return this.refuse(environment, port, "template");
    if (!sendTo(outlet, this.#copy, length, this.#high, this.#low, hops)) return this.refuse(environment, port, "full");
    this.#sent(environment, length, port);
    return undefined;
  }

  #sent(environment: Environment, length: number, port: number): void {
    this.#ports.sent();
    environment.sent++;
    environment.sentOctets += length;
    this.#ledger.sent++;
    this.#ledger.sentOctets += length;
    this.#digest.sent(this.#packet, environment.nameOctets, port, this.#copy, length);
  }

  /** Its capability was refused. */
  #unable(environment: Environment, port: number, error: unknown): KernelError {
    if (!(error instanceof Refusal)) throw error;
    this.#count(environment, port, "right");
    return error.code;
  }

  /** Counts a frame that is not sent, and is not looked at. */
  refuse(environment: Environment, port: number, cause: Exclude<SendCause, "right">): KernelError {
    this.#count(environment, port, cause);
    return ERROR_OF[cause];
  }

  #count(environment: Environment, port: number, cause: SendCause): void {
    const number = SEND_CAUSES.indexOf(cause);
    environment.sendRefused[number]!++;
    this.#ledger.sendRefused[number]!++;
    const at = this.refusedAt[port - FIRST_PORT];
    if (at !== undefined) at[number]!++;
    this.#tell("frameRefused", environment.id, port, number);
  }

  /** Does all of it lie in pages of this environment's? */
  #owns(environment: number, address: number, length: number): boolean {
    const { pageSize, octets } = this.#memory;
    if (!(address >= 0 && address + length <= octets.length)) return false;
    const last = Math.floor((address + length - 1) / pageSize);
    for (let page = Math.floor(address / pageSize); page <= last; page++) {
      if (this.#memory.ownerOf(page) !== environment) return false;
    }
    return true;
  }

  #matches({ frames }: Capability, length: number, outlet: Outlet): boolean {
    if (frames === undefined) return true;
    const { filter } = this.#templates.get(frames) ?? this.#unpack(frames);
    if (filter === undefined) return false;
    this.#frame.captured = length;
    this.#facts.wire = length;
    this.#facts.link = linkTypeOf(outlet);
    for (const conjunction of filter.conjunctions) if (matchesFrame(conjunction, this.#frame)) return true;
    return false;
  }

  /** Once for each capability: a template that is no filter lets nothing through. */
  #unpack(frames: readonly number[]): { readonly filter: Filter | undefined } {
    const template = { filter: framesProblem(frames) === undefined ? filterOfFrames(frames) : undefined };
    this.#templates.set(frames, template);
    return template;
  }
}
