/**
 * The watch over hosted environments: does each still look after its ring? Its worker bumps a heartbeat word whenever it looks,
 * says when it sleeps, and says which ring of the doorbell it has dealt with: what was rung for since then is work pending.
 *
 *   alive --no beat for SILENCE_MS, with work pending--> unresponsive --a beat--> alive
 *                                                                     --none for GRACE_MS more--> failed
 *
 * All of these words are the environment's to write. One that lies about them is not found out here, and has the deadline of a
 * turn against it as before: it costs itself its packets and nobody else anything.
 */
import { EnvironmentWord, Mailbox } from "./abi.js";
import type { Environment, HostedEnvironment } from "./environment.js";
import { GRACE_MS, MAX_OFF_HEAP, SILENCE_MS } from "./limits.js";
import type { Tell } from "./trace.js";

const MS = 1e6;
const MIB = 1024 * 1024;
/** ns between two looks that count as silence, at most: who stops the whole process accuses nobody. */
const MOST_BETWEEN = 100 * MS;
/** Rings that are no work, and not heard yet: two for each kind that is asked for at once, and some more. Older ones count as work. */
const MOST_ASIDE = 16;
/** ms until the kernel looks again: where work is pending, and where none is. */
const SOON_MS = 20;
const LATER_MS = 100;

/** What is known of one environment's beats. */
export class Heartbeat {
  readonly #words: Int32Array;
  readonly #box: number;
  #beat = 0;
  /** Wall ns; Infinity before the first look. */
  #looked = Number.POSITIVE_INFINITY;
  #silent = 0;
  /** What the doorbell read after each ring that was for no work, and may not have been heard yet. */
  readonly #aside: number[] = [];

  /** `mailbox`: physical address of its mailbox page. */
  constructor(words: Int32Array, mailbox: number) {
    this.#words = words;
    this.#box = mailbox >> 2;
  }

  #word(word: number): number {
    return Atomics.load(this.#words, this.#box + word);
  }

  /**
   * Rings the doorbell for what is no work: a request to give back, or what was taken. Whoever sleeps through that loses by force what it
   * might have chosen, and that is all that it loses.
   */
  ringAside(): void {
    const bell = this.#box + Mailbox.doorbell;
    this.#aside.push((Atomics.add(this.#words, bell, 1) + 1) | 0);
    if (this.#aside.length > MOST_ASIDE) this.#aside.shift();
    Atomics.notify(this.#words, bell);
  }

  /** Work was rung for that it has not dealt with, and it is awake. */
  get pending(): boolean {
    const heard = this.#word(Mailbox.heard);
    const unheard = (this.#word(Mailbox.doorbell) - heard) >>> 0;
    if (unheard === 0) this.#aside.length = 0;
    return (
      unheard > this.#aside.filter((rung) => ((rung - heard) | 0) > 0).length &&
      this.#word(Mailbox.waiting) === 0 &&
      this.#word(Mailbox.state) === EnvironmentWord.ready
    );
  }

  /** KiB outside its heap, as it says itself. */
  get offHeap(): number {
    return this.#word(Mailbox.offHeap) >>> 0;
  }

  /** Wall ns that it has been seen to be silent for, with work pending. */
  look(now: number): number {
    const beat = this.#word(Mailbox.heartbeat);
    const since = Math.min(Math.max(0, now - this.#looked), MOST_BETWEEN);
    const isSilent = beat === this.#beat && this.pending;
    this.#silent = isSilent ? this.#silent + since : 0;
    this.#beat = beat;
    this.#looked = this.#looked === Number.POSITIVE_INFINITY ? now : Math.max(now, this.#looked);
    return this.#silent;
  }

  /** Waiting for it is over: nobody is there who would answer. */
  readonly hangs = (now: number): boolean => this.look(now) >= SILENCE_MS * MS;
}

/** What follows from what the watch sees. */
export interface Consequences {
  /** Its state has changed to unresponsive, for this reason, or back. */
  changed(environment: HostedEnvironment, reason: string | null): void;
  /** It is to be ended. */
  fail(environment: HostedEnvironment, reason: string): void;
}

export class Watch {
  readonly #tell: Tell;
  readonly #resident: () => number;
  readonly #consequences: Consequences;
  /** Resident octets of the process when an environment was first seen to be unresponsive; by environment. */
  readonly #before = new Map<Environment, number>();

  /** `resident`: octets of the whole process that lie in memory. */
  constructor(tell: Tell, resident: () => number, consequences: Consequences) {
    this.#tell = tell;
    this.#resident = resident;
    this.#consequences = consequences;
  }

  /** To be called between batches, and at least every `pause` ms. */
  look(environment: HostedEnvironment, now: number): void {
    if (environment.state === "failed") return;
    const { heartbeat } = environment;
    const silent = heartbeat.look(now) / MS;
    const offHeap = heartbeat.offHeap;
    if (offHeap * 1024 > MAX_OFF_HEAP) return this.#tooLarge(environment, offHeap);
    if (environment.state === "alive") {
      if (silent >= SILENCE_MS) this.#suspend(environment, silent);
      return;
    }
    if (silent === 0) return this.#resume(environment);
    if (silent >= SILENCE_MS + GRACE_MS) {
      return this.#end(environment, `it has not looked at its ring for ${Math.round(silent)} ms, with work waiting`);
    }
    // It says nothing of itself: what the process grows by meanwhile is charged to it.
    const grown = this.#resident() - (this.#before.get(environment) ?? 0);
    if (grown > MAX_OFF_HEAP) {
      this.#tell("environmentGrew", environment.id, Math.round(grown / 1024));
      this.#end(environment, `the process grew by ${Math.round(grown / MIB)} MiB while it did not look at its ring`);
    }
  }

  /** ms until the next look, at most. */
  pause(hosted: readonly HostedEnvironment[]): number {
    if (hosted.length === 0) return Number.POSITIVE_INFINITY;
    return hosted.some(({ heartbeat }) => heartbeat.pending) ? SOON_MS : LATER_MS;
  }

  #tooLarge(environment: HostedEnvironment, kibibytes: number): void {
    this.#tell("environmentGrew", environment.id, kibibytes);
    const held = Math.round((kibibytes * 1024) / MIB);
    this.#end(environment, `it holds ${held} MiB outside its heap, ${MAX_OFF_HEAP / MIB} MiB are allowed`);
  }

  #suspend(environment: HostedEnvironment, silent: number): void {
    environment.suspend();
    this.#before.set(environment, this.#resident());
    this.#tell("environmentUnresponsive", environment.id, Math.round(silent), environment.ring.depth);
    const words = `it has not looked at its ring for ${Math.round(silent)} ms, with work waiting`;
    this.#consequences.changed(environment, `${words}; it is ended where it does not within ${GRACE_MS} ms`);
  }

  #resume(environment: HostedEnvironment): void {
    environment.resume();
    this.#before.delete(environment);
    this.#tell("environmentResumed", environment.id);
    this.#consequences.changed(environment, null);
  }

  #end(environment: HostedEnvironment, reason: string): void {
    this.#before.delete(environment);
    this.#consequences.fail(environment, reason);
  }

  /** It has ended in any other way. */
  forget(environment: Environment): void {
    this.#before.delete(environment);
  }
}
