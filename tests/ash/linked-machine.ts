/**
 * A handler linked as its kernel links it (linked-handler.ts), on a machine of its own: a state in pages, of which the software TLB holds
 * few, and kernel calls that do what handler.ts says. What a message's calls were is written down in octets, to be compared with another
 * target's without looking into them.
 */
import {
  HANDLER_CALL_FUEL,
  HandlerCall,
  type HandlerCallName,
  type HandlerFault,
  MAX_FRAME_OCTETS,
  MAX_PASS_TO,
  OUTCOME_BITS,
  STATE_BASE,
} from "../../src/vcode/handler.js";
import { emitHandler, linkHandler } from "../../src/vcode/handler-target.js";
import { READABLE, WRITABLE } from "../../src/vcode/image.js";
import { type HandlerMachine, killed, type LinkedHandler, NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import type { TargetName } from "../../src/vcode/target.js";
import type { Verified } from "../../src/vcode/verify.js";

const PAGE = 4096;
const FACTS = { stlb: 4096, entries: 16, pageShift: 12 };
const SPACE = 0x5a30_0000;
const SALT = 6;
/** Physical. */
const PACKET = 8192;
export const MOST_MESSAGE = 16_384;
const STATE = PACKET + MOST_MESSAGE + PAGE;
const MEMORY_PAGES = 8;
const MEMORY_PAGE = 65_536;
/** Octets of what is written down of one message. */
const MOST_TOLD = 65_536;
const WORDS_A_CALL = 5;

/** A message, as its descriptor says it. */
export interface LinkedMessage {
  readonly octets: Uint8Array;
  readonly wire: number;
  /** ns since 1970. */
  readonly time: bigint;
  readonly port: number;
  /** From 1. */
  readonly number: number;
}

export class LinkedMachine implements HandlerMachine {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly space = SPACE;
  readonly salt = SALT;
  readonly memory: HandlerMachine["memory"];
  readonly target: TargetName;
  /** What the message's calls were, one after the other: the call, its words, and a frame's octets behind them; `told` octets of it. */
  readonly record = Buffer.alloc(MOST_TOLD);
  told = 0;
  /** Pages that the software TLB had forgotten, and was told again. */
  refilled = 0;
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;
  readonly #linked: LinkedHandler;
  readonly #after: number;
  #message = 0;

  /** `size`: octets of state. `after`: what lies behind each message. */
  constructor(program: Verified, size: number, target: TargetName, after: number) {
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
    if (STATE + size > MEMORY_PAGES * MEMORY_PAGE) throw new RangeError(`linked machine: ${size} octets of state`);
    this.memory = { buffer: memory.buffer, memory };
    this.target = target;
    this.#octets = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#size = size;
    this.#after = after;
    this.#linked = linkHandler(emitHandler(program, target, FACTS), this);
  }

  /** The state as it lies. */
  get state(): Buffer {
    return Buffer.from(this.memory.buffer, STATE, this.#size);
  }

  /** The outcome in the low OUTCOME_BITS, NO_OUTCOME where it was killed; above them the fuel used. */
  run(message: LinkedMessage, budget: number): number {
    const { octets, wire, time, port, number } = message;
    this.#octets.set(octets, PACKET);
    this.#octets.fill(this.#after, PACKET + octets.length, PACKET + octets.length + 64);
    this.#message = octets.length;
    this.told = 0;
    const high = Number(BigInt.asIntN(32, time >> 32n));
    const low = Number(BigInt.asIntN(32, time));
    try {
      return this.#linked.message(PACKET, octets.length, budget, wire, high, low, port, 1, number | 0, 0);
    } catch (error) {
      if (error !== killed) throw error;
      return NO_OUTCOME | ((budget - this.#linked.left()) << OUTCOME_BITS);
    }
  }

  /** Why the last message killed it, where one did. */
  get reason(): HandlerFault {
    return this.#linked.killing.reason;
  }

  get place(): number {
    return this.#linked.killing.place;
  }

  refill(address: number): boolean {
    const page = (address - STATE_BASE) >>> FACTS.pageShift;
    if (page * PAGE >= this.#size) return false;
    const virtual = address >>> FACTS.pageShift;
    const entry = FACTS.stlb + ((virtual ^ SALT) & (FACTS.entries - 1)) * 8;
    this.#view.setInt32(entry, SPACE | virtual, true);
    this.#view.setInt32(entry + 4, (STATE + page * PAGE) | READABLE | WRITABLE, true);
    this.refilled++;
    return true;
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    this.#tell(call, a, b, c, d);
    switch (call) {
      case HandlerCall.fault:
        this.#pay("fault");
        return this.#linked.killing.fault(a, b);
      case HandlerCall.vector:
        return this.#vector(a, b, c);
      case HandlerCall.send:
        return this.#send(a, b);
      case HandlerCall.wake:
        this.#pay("wake");
        return 0;
      case HandlerCall.transfer:
        if (a >>> 0 >= MAX_PASS_TO) this.#linked.killing.kill("call");
        this.#pay("transfer");
        return 0;
      case HandlerCall.clear: {
        const at = this.#at(a, b);
        this.#pay("clear", b);
        this.#octets.fill(0, at, at + b);
        return 0;
      }
      case HandlerCall.move: {
        const [from, to] = [this.#at(a, c), this.#at(b, c)];
        this.#pay("move", c);
        this.#octets.copyWithin(to, from, from + c);
        return 0;
      }
      default:
        return this.#linked.killing.kill("call");
    }
  }

  #vector(from: number, length: number, to: number): number {
    const at = this.#at(to, length);
    if (from < 0 || from + length > this.#message) this.#linked.killing.kill("call");
    this.#pay("vector", length);
    this.#octets.copyWithin(at, PACKET + from, PACKET + from + length);
    return 0;
  }

  #send(frame: number, length: number): number {
    const at = this.#at(frame, length);
    this.#pay("send", length);
    if (length > MAX_FRAME_OCTETS) this.#linked.killing.kill("length");
    this.record.set(this.#octets.subarray(at, at + length), this.told);
    this.told += length;
    return 0;
  }

  #pay(name: HandlerCallName, octets = 0): void {
    if (!this.#linked.pay(HANDLER_CALL_FUEL[name] + (octets >> 4))) this.#linked.killing.kill("fuel");
  }

  #at(address: number, length: number): number {
    const from = (address >>> 0) - STATE_BASE;
    if (from < 0 || length < 0 || from + length > this.#size) this.#linked.killing.kill("call");
    return STATE + from;
  }

  #tell(...words: readonly number[]): void {
    if (this.told + 4 * WORDS_A_CALL + MAX_FRAME_OCTETS > MOST_TOLD) throw new Error("linked machine: too many calls");
    for (const word of words) this.told = this.record.writeInt32LE(word, this.told);
  }
}
