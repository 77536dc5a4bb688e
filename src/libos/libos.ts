/**
 * An environment's loop: what a hosted library OS does all day, synchronously, in a worker of its
 * own. It sees the kernel through its mailbox and its ring only.
 *
 *   a turn = answer messages, hear what the kernel took or asks back, see a new epoch, drain the ring; nothing to do: sleep on the doorbell
 *
 * Everybody who has something for the environment makes it visible first and rings then; the loop
 * reads the doorbell first and looks then. So no wake-up is lost, and the bounded sleep is only a net.
 */
import { EnvironmentWord, type HostedStart, Mailbox } from "../kernel/abi.js";
import { ArgumentError } from "./argument.js";
import { type Program, QueryError } from "./program.js";
import { RevocationReader } from "./repossession.js";
import { RingView } from "./ring.js";

/** Frames handed to the program at once: between chunks the tail moves and buffers go back. */
const CHUNK = 1024;
/** Longest sleep, in ms. */
const NAP = 100;
/** Beats between two measurements of memory, which take as long as some hundred frames. */
const MEASURE_BEATS = 64;

/** Said to an environment: posted first, then the doorbell is bumped and notified. */
export interface ToEnvironment {
  readonly kind: "query";
  readonly seq: number;
  readonly what: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Said by an environment. After `failed` nothing follows. */
export type FromEnvironment =
  | { readonly kind: "answer"; readonly seq: number; readonly ok: true; readonly result: unknown }
  | { readonly kind: "answer"; readonly seq: number; readonly ok: false; readonly error: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface Messages {
  /** The next message, or undefined where none waits; never blocks. */
  poll(): ToEnvironment | undefined;
  post(message: FromEnvironment): void;
}

/** Runs the program until it throws (see failEnvironment) or whoever started its worker ends that. */
export function runEnvironment(start: HostedStart, program: Program, messages: Messages): void {
  const loop = new EnvironmentLoop(start, program, messages);
  try {
    loop.ready();
    for (;;) loop.turn();
  } catch (error) {
    failEnvironment(start, messages, reasonOf(error));
  }
}

/** Marks the environment dead, says why, and wakes whoever waits for it. */
export function failEnvironment(start: HostedStart, messages: Messages, reason: string): void {
  const words = new Int32Array(start.memory.buffer, start.mailbox);
  messages.post({ kind: "failed", reason });
  Atomics.store(words, Mailbox.state, EnvironmentWord.failed);
  for (const word of [Mailbox.state, Mailbox.tail, Mailbox.epochSeen]) Atomics.notify(words, word);
}

/** Letters of a program's words that are told: they may quote what somebody sent. */
const MOST_LETTERS = 300;

export function reasonOf(error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1)}…` : words;
}

class EnvironmentLoop {
  readonly #words: Int32Array;
  readonly #ring: RingView;
  readonly #program: Program;
  readonly #messages: Messages;
  readonly #revocation: RevocationReader;
  /** Frames before it went to the program; those before the tail are given back. */
  #seen: number;
  #tail: number;
  /** Where the tail stood when frames were last taken by force. */
  #taken: number | undefined;
  #beats = 0;

  constructor(start: HostedStart, program: Program, messages: Messages) {
    this.#words = new Int32Array(start.memory.buffer, start.mailbox);
    this.#ring = new RingView(start.memory, start.ring, start.machine.ringEntries, start);
    this.#revocation = new RevocationReader(start);
    this.#program = program;
    this.#messages = messages;
    this.#seen = this.#tail = Atomics.load(this.#words, Mailbox.tail);
  }

  /** The epoch that runs when the environment starts is told as any other. */
  ready(): void {
    const epoch = Atomics.load(this.#words, Mailbox.epochSeen);
    if (epoch !== 0) this.#program.epoch(epoch >>> 0);
    this.#tell(Mailbox.state, EnvironmentWord.ready);
  }

  turn(): void {
    const rung = Atomics.load(this.#words, Mailbox.doorbell);
    this.#beat();
    this.#answerMessages();
    this.#hearKernel();
    // The head before the epoch: an epoch begins with an empty ring, so frames seen here that lie
    // behind a new epoch's beginning are never seen without that epoch.
    const head = Atomics.load(this.#words, Mailbox.head);
    const busy = this.#seeEpoch();
    const drained = this.#drain(head);
    // A question or an epoch may have moved what is kept.
    if (this.#giveBack() || drained) Atomics.notify(this.#words, Mailbox.tail);
    Atomics.store(this.#words, Mailbox.heard, rung);
    if (!drained && !busy) this.#sleep(rung);
  }

  #sleep(rung: number): void {
    Atomics.store(this.#words, Mailbox.waiting, 1);
    const woken = Atomics.wait(this.#words, Mailbox.doorbell, rung, NAP);
    Atomics.store(this.#words, Mailbox.waiting, 0);
    // Whoever is woken is wanted at once.
    if (woken === "timed-out") this.#measure();
  }

  #beat(): void {
    Atomics.add(this.#words, Mailbox.heartbeat, 1);
    if (++this.#beats % MEASURE_BEATS === 0) this.#measure();
  }

  /** Two measures overlap, and neither has all: shared buffers are in one of them, WebAssembly memories in the other. */
  #measure(): void {
    const { external, arrayBuffers } = process.memoryUsage();
    Atomics.store(this.#words, Mailbox.offHeap, Math.ceil(Math.max(external, arrayBuffers) / 1024));
  }

  /** Losses first: what is asked for then is asked of what is left. And again: an answer may have come too late. */
  #hearKernel(): void {
    this.#hearLosses();
    for (let asked = this.#revocation.next(); asked !== undefined; asked = this.#revocation.next()) {
      this.#program.revoked?.(asked);
      this.#hearLosses();
    }
  }

  #hearLosses(): void {
    const losses = this.#revocation.losses();
    if (losses !== undefined) this.#program.repossessed?.(losses);
  }

  /** What was taken by force is not ours any more. */
  #forgetTaken(): void {
    const { floor } = this.#ring;
    if (((floor - this.#tail) | 0) <= 0) return;
    this.#tail = this.#taken = floor;
    if (((floor - this.#seen) | 0) > 0) this.#seen = floor;
    Atomics.store(this.#words, Mailbox.tail, floor);
  }

  #seeEpoch(): boolean {
    const epoch = Atomics.load(this.#words, Mailbox.epoch);
    if (epoch === Atomics.load(this.#words, Mailbox.epochSeen)) return false;
    this.#program.epoch(epoch >>> 0);
    this.#tell(Mailbox.epochSeen, epoch);
    return true;
  }

  /**
   * Hands all frames before `head` to the program; false where there were none. The kernel is woken once, by the turn:
   * it waits for all of a batch, and waking it costs more than a chunk.
   */
  #drain(head: number): boolean {
    this.#forgetTaken();
    if (((head - this.#seen) | 0) <= 0) return false;
    const held = (head - this.#tail) >>> 0;
    if (held > this.#ring.entries) throw new Error(`mailbox: ${held} frames in a ring of ${this.#ring.entries}`);
    while (((head - this.#seen) | 0) > 0) {
      const to = (head - this.#seen) >>> 0 > CHUNK ? (this.#seen + CHUNK) | 0 : head;
      this.#program.frames(this.#ring, this.#seen, to);
      this.#seen = to;
      this.#forgetTaken();
      this.#giveBack();
      this.#beat();
    }
    return true;
  }

  /** What the program holds no longer; false where that is nothing. */
  #giveBack(): boolean {
    const to = this.#program.keptFrom?.() ?? this.#seen;
    if (to === this.#tail) return false;
    // What it would keep may have been taken.
    if (this.#taken !== undefined && ((to - this.#taken) | 0) <= 0) return false;
    const [given, held] = [(to - this.#tail) >>> 0, (this.#seen - this.#tail) >>> 0];
    if (given > held) throw new Error(`program: it gives ${given} frames back and has ${held}`);
    this.#tail = to;
    Atomics.store(this.#words, Mailbox.tail, to);
    return true;
  }

  #answerMessages(): void {
    for (let message = this.#messages.poll(); message !== undefined; message = this.#messages.poll()) {
      this.#answer(message.seq, message.what, message.args);
    }
  }

  /** A wrong question is answered so; any other throw is the program's fault and ends it, after the answer. */
  #answer(seq: number, what: string, args: Readonly<Record<string, unknown>>): void {
    try {
      this.#messages.post({ kind: "answer", seq, ok: true, result: this.#program.query(what, args) });
    } catch (error) {
      this.#messages.post({ kind: "answer", seq, ok: false, error: reasonOf(error) });
      if (!(error instanceof QueryError || error instanceof ArgumentError)) throw error;
    }
  }

  #tell(word: number, value: number): void {
    Atomics.store(this.#words, word, value);
    Atomics.notify(this.#words, word);
  }
}
