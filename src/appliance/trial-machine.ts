/**
 * A machine for one handler alone: a memory of its own with the message and the state, in which what the handler does reaches
 * nobody. Its calls are judged and paid for by the kernel's rules; frames that it sends, wakes and transfers are written down.
 */
import { type CallEffects, JudgedCalls } from "../kernel/judged-calls.js";
import { errorNumber } from "../kernel/kerrno.js";
import { MAX_HOPS, MAX_SENT_OCTETS, MIN_SENT_OCTETS } from "../kernel/limits.js";
import type { Mover } from "../machine/mover.js";
import { MAX_PASS_TO, STATE_BASE } from "../vcode/handler.js";
import { InterpretedHandler } from "../vcode/handler-interpreter.js";
import { READABLE, STLB_ENTRY, WRITABLE } from "../vcode/image.js";
import type { Program } from "../vcode/insn.js";
import type { HandlerMachine } from "../vcode/linked-handler.js";

const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
const SPACE = 1 << (32 - PAGE_SHIFT);

/** Whether there is an environment, by the place at which a binding names it; undefined: there are all that a binding may name. */
export type NamedEnvironments = readonly boolean[] | undefined;

export interface SentFrame {
  readonly octets: Uint8Array;
  /** -1: the one that the message came in by. */
  readonly port: number;
}

export class TrialMachine implements HandlerMachine, CallEffects {
  readonly memory: { readonly buffer: SharedArrayBuffer; readonly octets: Uint8Array; readonly move: Mover };
  readonly stlb = 0;
  readonly entries: number;
  readonly pageShift = PAGE_SHIFT;
  readonly space = SPACE;
  readonly salt = 0;
  readonly state: { readonly address: number; readonly octets: number };
  readonly messageAddress: number;
  readonly messageOctets: number;
  readonly sent: SentFrame[] = [];
  readonly woken: number[] = [];
  readonly transfers: (readonly number[])[] = [];
  readonly linked: InterpretedHandler;
  readonly #environments: NamedEnvironments;
  readonly #hops: number;
  readonly #calls = new JudgedCalls(this);

  /** `hops`: answers in a row of which the message is the last. */
  constructor(
    program: Program,
    { octets: message, hops }: { readonly octets: Uint8Array; readonly hops: number },
    state: Uint8Array,
    environments: NamedEnvironments,
  ) {
    this.#environments = environments;
    this.#hops = hops;
    const pages = Math.ceil(state.length / PAGE);
    this.entries = 2 ** Math.ceil(Math.log2(Math.max(1, pages)));
    const address = Math.ceil((this.entries * STLB_ENTRY) / PAGE) * PAGE;
    this.state = { address, octets: state.length };
    this.messageAddress = address + pages * PAGE;
    this.messageOctets = message.length;
    const buffer = new SharedArrayBuffer(this.messageAddress + Math.max(1, message.length));
    const octets = new Uint8Array(buffer);
    octets.set(state, address);
    octets.set(message, this.messageAddress);
    this.memory = { buffer, octets, move: (to, from, length) => octets.copyWithin(to, from, from + length) };
    this.#mapState(pages);
    this.linked = new InterpretedHandler(program, this);
  }

  /** All of it at once: there is an entry for each of its pages. */
  #mapState(pages: number): void {
    const words = new Int32Array(this.memory.buffer, this.stlb, this.entries * 2);
    for (let page = 0; page < pages; page++) {
      const virtual = (STATE_BASE >>> PAGE_SHIFT) + page;
      const entry = (virtual & (this.entries - 1)) * 2;
      words[entry] = SPACE | virtual;
      words[entry + 1] = (this.state.address + page * PAGE) | READABLE | WRITABLE;
    }
  }

  /** A copy of the state as it is. */
  stateNow(): Uint8Array {
    const { address, octets } = this.state;
    return this.memory.octets.slice(address, address + octets);
  }

  refill(): boolean {
    return false;
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    return this.#calls.make(call, a, b, c, d);
  }

  names(k: number): boolean {
    return k >= 0 && k < MAX_PASS_TO && (this.#environments === undefined || this.#environments[k] === true);
  }

  send(address: number, length: number, port: number): number {
    if (this.#hops >= MAX_HOPS) return errorNumber("E_HOPS");
    if (length < MIN_SENT_OCTETS || length > MAX_SENT_OCTETS) return errorNumber("E_FRAME_LENGTH");
    this.sent.push({ octets: this.memory.octets.slice(address, address + length), port });
    return 0;
  }

  wake(tag: number): void {
    this.woken.push(tag);
  }

  transfer(...words: readonly number[]): number {
    this.transfers.push(words);
    return 0;
  }
}
