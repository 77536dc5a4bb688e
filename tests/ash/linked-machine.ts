/**
 * A handler linked as its kernel links it (linked-handler.ts), on a machine of its own: a state in pages, of which the software TLB holds
 * few, and calls by the kernel's rules. What a message's calls were is written down in octets, to be compared with another
 * target's without looking into them.
 */
import { type CallEffects, JudgedCalls } from "../../src/kernel/judged-calls.js";
import { moverOf } from "../../src/machine/mover.js";
import { type HandlerFault, MAX_FRAME_OCTETS, MAX_PASS_TO, OUTCOME_BITS, STATE_BASE } from "../../src/vcode/handler.js";
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

export class LinkedMachine implements HandlerMachine, CallEffects {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly space = SPACE;
  readonly salt = SALT;
  readonly memory: HandlerMachine["memory"] & CallEffects["memory"];
  readonly state: CallEffects["state"];
  readonly linked: LinkedHandler;
  readonly messageAddress = PACKET;
  messageOctets = 0;
  readonly target: TargetName;
  /** What the message's calls were, one after the other: the call, its words, and a frame's octets behind them; `told` octets of it. */
  readonly record = Buffer.alloc(MOST_TOLD);
  told = 0;
  /** Pages that the software TLB had forgotten, and was told again. */
  refilled = 0;
  readonly #view: DataView;
  readonly #after: number;
  readonly #calls = new JudgedCalls(this);

  /** `size`: octets of state. `after`: what lies behind each message. */
  constructor(program: Verified, size: number, target: TargetName, after: number) {
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
    if (STATE + size > MEMORY_PAGES * MEMORY_PAGE) throw new RangeError(`linked machine: ${size} octets of state`);
    this.memory = { buffer: memory.buffer, memory, octets: new Uint8Array(memory.buffer), move: moverOf(memory) };
    this.target = target;
    this.#view = new DataView(memory.buffer);
    this.state = { address: STATE, octets: size };
    this.#after = after;
    this.linked = linkHandler(emitHandler(program, target, FACTS), this);
  }

  /** The state as it lies. */
  get stateOctets(): Buffer {
    return Buffer.from(this.memory.buffer, STATE, this.state.octets);
  }

  /** The outcome in the low OUTCOME_BITS, NO_OUTCOME where it was killed; above them the fuel used. */
  run(message: LinkedMessage, budget: number): number {
    const { octets, wire, time, port, number } = message;
    this.memory.octets.set(octets, PACKET);
    this.memory.octets.fill(this.#after, PACKET + octets.length, PACKET + octets.length + 64);
    this.messageOctets = octets.length;
    this.told = 0;
    const high = Number(BigInt.asIntN(32, time >> 32n));
    const low = Number(BigInt.asIntN(32, time));
    try {
      return this.linked.message(PACKET, octets.length, budget, wire, high, low, port, 1, number | 0, 0);
    } catch (error) {
      if (error !== killed) throw error;
      return NO_OUTCOME | ((budget - this.linked.left()) << OUTCOME_BITS);
    }
  }

  /** Why the last message killed it, where one did. */
  get reason(): HandlerFault {
    return this.linked.killing.reason;
  }

  get place(): number {
    return this.linked.killing.place;
  }

  refill(address: number): boolean {
    const page = (address - STATE_BASE) >>> FACTS.pageShift;
    if (page * PAGE >= this.state.octets) return false;
    const virtual = address >>> FACTS.pageShift;
    const entry = FACTS.stlb + ((virtual ^ SALT) & (FACTS.entries - 1)) * 8;
    this.#view.setInt32(entry, SPACE | virtual, true);
    this.#view.setInt32(entry + 4, (STATE + page * PAGE) | READABLE | WRITABLE, true);
    this.refilled++;
    return true;
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    this.#tell(call, a, b, c, d);
    return this.#calls.make(call, a, b, c, d);
  }

  names(k: number): boolean {
    return k >= 0 && k < MAX_PASS_TO;
  }

  send(address: number, length: number): number {
    if (length > MAX_FRAME_OCTETS) this.linked.killing.kill("length");
    this.record.set(this.memory.octets.subarray(address, address + length), this.told);
    this.told += length;
    return 0;
  }

  wake(): void {}

  transfer(): number {
    return 0;
  }

  #tell(...words: readonly number[]): void {
    if (this.told + 4 * WORDS_A_CALL + MAX_FRAME_OCTETS > MOST_TOLD) throw new Error("linked machine: too many calls");
    for (const word of words) this.told = this.record.writeInt32LE(word, this.told);
  }
}
