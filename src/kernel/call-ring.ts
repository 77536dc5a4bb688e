/**
 * The kernel's side of an environment's call ring (layout: abi.ts). A slot is copied once, into memory of the kernel's own, and
 * what is judged and done is the copy. A cursor that cannot be is a lie: nothing of the ring is believed any more.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import { CALL_SLOT_WORDS, CALL_SLOTS, CALL_WORDS, CallSlot, CallState, Mailbox } from "./abi.js";

/** A call as it was asked; its words become those of the answer. */
export class AskedCall {
  call = 0;
  handle = 0;
  count = 0;
  readonly words = new Int32Array(CALL_WORDS);

  /** Makes these the answer's words. */
  answer(...words: readonly number[]): void {
    this.words.set(words);
    this.count = words.length;
  }
}

export class CallRing {
  readonly #words: Int32Array;
  readonly #box: number;
  readonly #first: number;
  readonly #asked = new AskedCall();
  #tail = 0;
  lied = false;

  /** `mailbox`, `calls`: physical addresses of pages of the environment's own. */
  constructor(memory: PhysicalMemory, mailbox: number, calls: number) {
    this.#words = memory.words;
    this.#box = mailbox >> 2;
    this.#first = calls >> 2;
  }

  /** Calls that wait for an answer: 0 where the environment lied. */
  get waiting(): number {
    const waiting = ((Atomics.load(this.#words, this.#box + Mailbox.callHead) >>> 0) - this.#tail) >>> 0;
    if (waiting > CALL_SLOTS) this.lied = true;
    return this.lied ? 0 : waiting;
  }

  /** The next call, which must be answered before the one after; undefined where its slot is not well formed. */
  next(): AskedCall | undefined {
    const at = this.#slot;
    const words = this.#words;
    const asked = this.#asked;
    const state = Atomics.load(words, at + CallSlot.state);
    const sequence = words[at + CallSlot.sequence]! >>> 0;
    const count = words[at + CallSlot.count]!;
    asked.call = words[at + CallSlot.call]!;
    asked.handle = words[at + CallSlot.handle]!;
    asked.words.set(words.subarray(at + CallSlot.words, at + CallSlot.words + CALL_WORDS));
    asked.count = Math.min(Math.max(count, 0), CALL_WORDS);
    return state === CallState.asked && sequence === this.#tail && count === asked.count ? asked : undefined;
  }

  /** `error`: its number, or 0. */
  answer(error: number, answered: AskedCall | undefined): void {
    const at = this.#slot;
    const words = this.#words;
    const count = error === 0 && answered !== undefined ? answered.count : 0;
    for (let word = 0; word < count; word++) words[at + CallSlot.words + word] = answered!.words[word]!;
    words[at + CallSlot.count] = count;
    words[at + CallSlot.error] = error;
    this.#tail = (this.#tail + 1) >>> 0;
    Atomics.store(words, this.#box + Mailbox.callTail, this.#tail | 0);
    Atomics.store(words, at + CallSlot.state, CallState.answered);
    Atomics.notify(words, at + CallSlot.state);
  }

  get #slot(): number {
    return this.#first + (this.#tail & (CALL_SLOTS - 1)) * CALL_SLOT_WORDS;
  }
}
