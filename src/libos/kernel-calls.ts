/**
 * A program's way to ask the kernel, through its environment's call ring (layout: kernel/abi.ts): synchronous, one call at a
 * time. What is asked is done at the next batch boundary; in lossless replay the turn waits for it, so a program may ask
 * while it has frames.
 */
import {
  CALL_SLOT_WORDS,
  CALL_SLOTS,
  CALL_WORDS,
  CallSlot,
  CallState,
  HostedCall,
  type HostedStart,
  Mailbox,
  Resource,
  type ResourceName,
} from "../kernel/abi.js";
import { errorOf, type KernelError } from "../kernel/kerrno.js";

/** ms asleep at most, and how often: the kernel answers at least every batch. */
const NAP_MS = 50;
const MOST_NAPS = 200;

/** The kernel refused a call. */
export class CallRefused extends Error {
  readonly code: KernelError;

  constructor(code: KernelError) {
    super(code);
    this.name = "CallRefused";
    this.code = code;
  }
}

/** All throw CallRefused with the kernel's error; names of pages are physical. */
export class KernelCalls {
  readonly #words: Int32Array;
  readonly #box: number;
  readonly #first: number;
  readonly #bell: Int32Array | undefined;

  /** `kernelBell`: what the kernel sleeps on while it has nothing to do, where it does. */
  constructor(start: HostedStart, kernelBell?: SharedArrayBuffer) {
    this.#words = new Int32Array(start.memory.buffer);
    this.#box = start.mailbox >> 2;
    this.#first = start.calls >> 2;
    this.#bell = kernelBell === undefined ? undefined : new Int32Array(kernelBell);
  }

  /** `count` pages in a row, zeroed: these very ones where `first` is told. The first. */
  allocate(count: number, first = -1, handle = 0): number {
    return this.call(HostedCall.allocate, handle, [count, first])[0] ?? -1;
  }

  /** Up to CALL_WORDS pages. */
  free(pages: readonly number[]): void {
    this.call(HostedCall.free, 0, pages);
  }

  /** Sets what another environment may do with pages of the caller's own, exactly: bits of READABLE and WRITABLE. */
  share(environment: number, access: number, pages: readonly number[], handle = 0): void {
    this.call(HostedCall.share, handle, [environment, access, ...pages]);
  }

  unshare(environment: number, pages: readonly number[]): void {
    this.call(HostedCall.unshare, 0, [environment, ...pages]);
  }

  /** All of the caller's own. */
  pages(): number[] {
    const all: number[] = [];
    for (let from = 0; ; ) {
      const some = this.call(HostedCall.pages, 0, [from]);
      all.push(...some);
      if (some.length < CALL_WORDS) return all;
      from = some[CALL_WORDS - 1]! + 1;
    }
  }

  /** Gives back what the kernel asked for, by names; how many are still asked for. */
  answer(resource: ResourceName, names: readonly number[]): number {
    let left = 0;
    for (let at = 0; at === 0 || (at < names.length && left > 0); at += CALL_WORDS - 1) {
      const some = names.slice(at, at + CALL_WORDS - 1);
      left = this.call(HostedCall.answer, 0, [Resource[resource], ...some])[0] ?? 0;
    }
    return left;
  }

  /** Where the contents of pages are saved that are taken by force. */
  saveIn(pages: readonly number[]): void {
    this.call(HostedCall.saveIn, 0, pages);
  }

  /** Any call (HostedCall): its results. Throws an Error where the kernel does not answer within 10 s. */
  call(call: number, handle: number, args: readonly number[]): number[] {
    if (args.length > CALL_WORDS) throw new CallRefused("E_ARGUMENT");
    const words = this.#words;
    const sequence = Atomics.load(words, this.#box + Mailbox.callHead);
    const at = this.#first + (sequence & (CALL_SLOTS - 1)) * CALL_SLOT_WORDS;
    words[at + CallSlot.sequence] = sequence;
    words[at + CallSlot.call] = call;
    words[at + CallSlot.handle] = handle;
    words[at + CallSlot.count] = args.length;
    words.set(args, at + CallSlot.words);
    Atomics.store(words, at + CallSlot.state, CallState.asked);
    Atomics.store(words, this.#box + Mailbox.callHead, (sequence + 1) | 0);
    this.#ring();
    this.#await(at + CallSlot.state);
    const error = words[at + CallSlot.error]!;
    if (error !== 0) throw new CallRefused(errorOf(error));
    return [...words.subarray(at + CallSlot.words, at + CallSlot.words + words[at + CallSlot.count]!)];
  }

  /** The kernel may be waiting for our tail, for our epoch, or for anybody at all. */
  #ring(): void {
    Atomics.notify(this.#words, this.#box + Mailbox.tail);
    Atomics.notify(this.#words, this.#box + Mailbox.epochSeen);
    if (this.#bell === undefined) return;
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  #await(state: number): void {
    for (let naps = 0; Atomics.load(this.#words, state) === CallState.asked; naps++) {
      if (naps === MOST_NAPS) throw new Error("kernel: a call was not answered");
      Atomics.wait(this.#words, state, CallState.asked, NAP_MS);
      Atomics.add(this.#words, this.#box + Mailbox.heartbeat, 1);
    }
  }
}
