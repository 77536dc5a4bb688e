/**
 * A machine for one handler alone: a memory of its own with the message and the state, in which what the handler does reaches
 * nobody. Frames that it sends, wakes and transfers are written down. For trials, and the obvious twin of the kernel's.
 */
import {
  CONSUME,
  faultOf,
  HANDLER_CALL_FUEL,
  HandlerCall,
  type HandlerFault,
  MAX_FRAME_OCTETS,
  MAX_PASS_TO,
  PASS,
  PASS_TO,
  STATE_BASE,
} from "../vcode/handler.js";
import { type ImageMachine, READABLE, SAVE_OCTETS, STLB_ENTRY, Trap, type TrapKind, WRITABLE } from "../vcode/image.js";

const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
const SPACE = 1 << (32 - PAGE_SHIFT);

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
  [Trap.overflow]: "address",
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
  /** Of what runs: who pays for calls. */
  pay: (units: number) => void = () => {};

  constructor(message: Uint8Array, state: Uint8Array) {
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
        throw new Killed(faultOf(a) ?? "call");
      case HandlerCall.vector:
        this.#charge("vector", b);
        if (a < 0 || b < 0 || a + b > this.#messageOctets) throw new Killed("message");
        this.#octets.copyWithin(this.#at(c, b), this.message + a, this.message + a + b);
        return 0;
      case HandlerCall.send:
        return this.#send(a, b, c);
      case HandlerCall.wake:
        this.#charge("wake");
        this.woken.push(a);
        return 0;
      case HandlerCall.transfer:
        this.#charge("transfer");
        if (a < 0 || a >= MAX_PASS_TO) throw new Killed("call");
        this.transfers.push([a, b, c, d]);
        return 0;
      case HandlerCall.clear:
        this.#charge("clear", b);
        this.#octets.fill(0, this.#at(a, b), this.#at(a, b) + b);
        return 0;
      case HandlerCall.move:
        this.#charge("move", c);
        this.#octets.copyWithin(this.#at(b, c), this.#at(a, c), this.#at(a, c) + c);
        return 0;
      default:
        throw new Killed("call");
    }
  }

  #send(frame: number, length: number, port: number): number {
    this.#charge("send", length);
    if (length < 1 || length > MAX_FRAME_OCTETS) throw new Killed("length");
    const at = this.#at(frame, length);
    this.sent.push({ octets: this.#octets.slice(at, at + length), port });
    return 0;
  }

  #charge(name: keyof typeof HandlerCall, octets = 0): void {
    this.pay(HANDLER_CALL_FUEL[name] + (Math.max(0, octets) >>> 4));
  }

  /** Physical address of octets that are all the state's. */
  #at(virtual: number, octets: number): number {
    const offset = (virtual >>> 0) - STATE_BASE;
    if (octets < 0 || offset < 0 || offset + octets > this.#stateOctets) throw new Killed("address");
    return this.#state + offset;
  }
}

/** What an outcome's word says; undefined: it is none. */
export function outcomeOf(
  word: number,
): { readonly kind: "pass" | "consume" | "pass-to"; readonly environment: number } | undefined {
  if (word === PASS) return { kind: "pass", environment: 0 };
  if (word === CONSUME) return { kind: "consume", environment: 0 };
  const environment = word - PASS_TO;
  return environment >= 0 && environment < MAX_PASS_TO ? { kind: "pass-to", environment } : undefined;
}
