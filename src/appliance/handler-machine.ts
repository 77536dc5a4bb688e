/**
 * A machine for one handler alone: a memory of its own with the message and the state, in which what the handler does reaches
 * nobody. Frames that it sends, wakes and transfers are written down. Calls are judged and paid for as the kernel does it
 * (kernel/bound-handler.ts). For trials.
 */
import { errorNumber } from "../kernel/kerrno.js";
import { MAX_HOPS, MAX_SENT_OCTETS, MIN_SENT_OCTETS } from "../kernel/limits.js";
import {
  CONSUME,
  faultOf,
  HANDLER_CALL_FUEL,
  HandlerCall,
  type HandlerFault,
  MAX_PASS_TO,
  PASS,
  PASS_TO,
  STATE_BASE,
} from "../vcode/handler.js";
import { type ImageMachine, READABLE, SAVE_OCTETS, STLB_ENTRY, Trap, type TrapKind, WRITABLE } from "../vcode/image.js";

const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
const SPACE = 1 << (32 - PAGE_SHIFT);

/** Whether there is an environment, by the place at which a binding names it; undefined: there are all that a binding may name. */
export type Environments = readonly boolean[] | undefined;

/** Thrown through a handler that is killed. */
export class Killed extends Error {
  readonly reason: HandlerFault;

  constructor(reason: HandlerFault) {
    super(reason);
    this.reason = reason;
  }
}

export interface SentFrame {
  readonly octets: Uint8Array;
  /** -1: the one that the message came in by. */
  readonly port: number;
}

const REASON_OF: Readonly<Record<TrapKind, HandlerFault>> = {
  [Trap.pageFault]: "address",
  [Trap.protection]: "address",
  [Trap.unaligned]: "unaligned",
  [Trap.overflow]: "overflow",
  [Trap.fuel]: "fuel",
};

export class HandlerMachine implements ImageMachine {
  readonly memory: { readonly buffer: SharedArrayBuffer };
  readonly stlb = SAVE_OCTETS;
  readonly entries: number;
  readonly pageShift = PAGE_SHIFT;
  readonly space = SPACE;
  readonly salt = 0;
  /** Physical addresses. */
  readonly message: number;
  readonly sent: SentFrame[] = [];
  readonly woken: number[] = [];
  readonly transfers: (readonly number[])[] = [];
  readonly #octets: Uint8Array;
  readonly #state: number;
  readonly #stateOctets: number;
  readonly #messageOctets: number;
  readonly #environments: Environments;
  readonly #hops: number;
  /** Of what runs: pays for a call; false, and nothing is paid, where so much is not left. */
  pay: (units: number) => boolean = () => true;

  /** `hops`: answers in a row of which the message is the last. */
  constructor(message: Uint8Array, state: Uint8Array, environments: Environments, hops = 0) {
    this.#environments = environments;
    this.#hops = hops;
    const pages = Math.max(1, Math.ceil(state.length / PAGE));
    this.entries = 2 ** Math.ceil(Math.log2(pages));
    this.#state = Math.ceil((this.stlb + this.entries * STLB_ENTRY) / PAGE) * PAGE;
    this.message = this.#state + pages * PAGE;
    this.#stateOctets = state.length;
    this.#messageOctets = message.length;
    const buffer = new SharedArrayBuffer(this.message + Math.max(1, message.length));
    this.memory = { buffer };
    this.#octets = new Uint8Array(buffer);
    this.#octets.set(state, this.#state);
    this.#octets.set(message, this.message);
    const words = new Int32Array(buffer, this.stlb, this.entries * 2);
    for (let page = 0; page < pages; page++) {
      const virtual = (STATE_BASE >>> PAGE_SHIFT) + page;
      const entry = (virtual & (this.entries - 1)) * 2;
      words[entry] = SPACE | virtual;
      words[entry + 1] = (this.#state + page * PAGE) | READABLE | WRITABLE;
    }
  }

  /** A copy of the state as it is. */
  get state(): Uint8Array {
    return this.#octets.slice(this.#state, this.#state + this.#stateOctets);
  }

  trap(kind: TrapKind): never {
    throw new Killed(REASON_OF[kind]);
  }

  skipped(): never {
    throw new Killed("address");
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    switch (call) {
      case HandlerCall.fault:
        this.pay(HANDLER_CALL_FUEL.fault);
        throw new Killed(faultOf(a) ?? "call");
      case HandlerCall.vector: {
        const to = this.#at(c, b);
        if (a < 0 || a + b > this.#messageOctets) throw new Killed("call");
        this.#charge("vector", b);
        this.#octets.copyWithin(to, this.message + a, this.message + a + b);
        return 0;
      }
      case HandlerCall.send:
        return this.#send(a, b, c);
      case HandlerCall.wake:
        this.#charge("wake");
        this.woken.push(a);
        return 0;
      case HandlerCall.transfer:
        if (!isNamed(this.#environments, a)) throw new Killed("call");
        this.#charge("transfer");
        this.transfers.push([a, b, c, d]);
        return 0;
      case HandlerCall.clear: {
        const to = this.#at(a, b);
        this.#charge("clear", b);
        this.#octets.fill(0, to, to + b);
        return 0;
      }
      case HandlerCall.move: {
        const [from, to] = [this.#at(a, c), this.#at(b, c)];
        this.#charge("move", c);
        this.#octets.copyWithin(to, from, from + c);
        return 0;
      }
      default:
        throw new Killed("call");
    }
  }

  #send(frame: number, length: number, port: number): number {
    const at = this.#at(frame, length);
    this.#charge("send", length);
    if (this.#hops >= MAX_HOPS) return errorNumber("E_HOPS");
    if (length < MIN_SENT_OCTETS || length > MAX_SENT_OCTETS) return errorNumber("E_FRAME_LENGTH");
    this.sent.push({ octets: this.#octets.slice(at, at + length), port });
    return 0;
  }

  #charge(name: keyof typeof HandlerCall, octets = 0): void {
    if (!this.pay(HANDLER_CALL_FUEL[name] + (octets >>> 4))) throw new Killed("fuel");
  }

  /** Physical address of octets that are all the state's. */
  #at(virtual: number, octets: number): number {
    const offset = (virtual >>> 0) - STATE_BASE;
    if (octets < 0 || offset < 0 || offset + octets > this.#stateOctets) throw new Killed("call");
    return this.#state + offset;
  }
}

/** What an outcome's word says; undefined: it is none that the handler can have. */
export function outcomeOf(
  word: number,
  environments: Environments,
): { readonly kind: "pass" | "consume" | "pass-to"; readonly environment: number } | undefined {
  if (word === PASS) return { kind: "pass", environment: 0 };
  if (word === CONSUME) return { kind: "consume", environment: 0 };
  const environment = word - PASS_TO;
  return isNamed(environments, environment) ? { kind: "pass-to", environment } : undefined;
}

function isNamed(environments: Environments, place: number): boolean {
  return place >= 0 && place < MAX_PASS_TO && (environments === undefined || environments[place] === true);
}
