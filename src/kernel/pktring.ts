/**
 * The kernel's side of an environment's packet ring (layout and ownership of entries: abi.ts).
 * `head` and the last clamped `tail` are kept here, in memory that is shared with nobody: what the
 * environment writes into its mailbox is a wish, clamped to what is possible.
 */
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Segments } from "../nic/segments.js";
import { EnvironmentWord, Mailbox, RING_ENTRY_WORDS, RingEntry } from "./abi.js";
import { WAKE_ENTRIES, WAKE_NS } from "./limits.js";

/** ms asleep at most while waiting: an environment that fails does not change the word that is waited on. */
const LOOK_MS = 20;

const never = () => false;

export class PacketRing {
  readonly mailbox: number;
  readonly ring: number;
  readonly entries: number;
  readonly #words: Int32Array;
  readonly #box: number;
  readonly #first: number;
  readonly #mask: number;
  readonly #segments: Segments;
  /** Per segment: one more than the position of this ring's last entry in it; held while tail is below. */
  readonly #holdUntil: Float64Array;
  #head = 0;
  #tail = 0;
  #published = 0;
  /** The head that it was woken for last, and when. */
  #roused = 0;
  #rousedAt = Number.NEGATIVE_INFINITY;
  /** Entries below the tail at which the environment may still believe to be: it has been overtaken by force. */
  #behind = 0;
  /** The environment wrote a tail that cannot be: nothing it writes is believed any more. */
  lied = false;

  /** `mailbox` and `ring` are physical addresses of pages of the environment's own. */
  constructor(
    memory: Pick<PhysicalMemory, "words">,
    mailbox: number,
    ring: number,
    entries: number,
    segments: Segments,
  ) {
    this.mailbox = mailbox;
    this.ring = ring;
    this.entries = entries;
    this.#words = memory.words;
    this.#box = mailbox >> 2;
    this.#first = ring >> 2;
    this.#mask = entries - 1;
    this.#segments = segments;
    this.#holdUntil = new Float64Array(segments.count);
  }

  /** Entries that the environment has not given back, as of the last collect. */
  get depth(): number {
    return this.#head - this.#tail;
  }

  get full(): boolean {
    return this.#head - this.#tail >= this.entries;
  }

  /** Writes an entry for a row; the ring must not be full. The environment sees it when it is shown. */
  put(binding: number, rows: Descriptors, row: number, packet: number): void {
    const words = this.#words;
    const at = this.#first + (this.#head & this.#mask) * RING_ENTRY_WORDS;
    const address = rows.address[row]!;
    const segment = this.#segments.at(address);
    words[at + RingEntry.address] = address;
    words[at + RingEntry.captured] = rows.captured[row]!;
    words[at + RingEntry.wire] = rows.wire[row]!;
    words[at + RingEntry.binding] = binding | (rows.linkType[row]! << 16);
    words[at + RingEntry.timeLow] = rows.timeLow[row]!;
    words[at + RingEntry.timeHigh] = rows.timeHigh[row]!;
    words[at + RingEntry.packet] = packet;
    words[at + RingEntry.generation] = this.#segments.generationOf(segment) | (rows.port[row]! << 24);
    if (this.#holdUntil[segment] === 0) this.#segments.hold(segment);
    this.#holdUntil[segment] = ++this.#head;
  }

  /** Lets the environment see what was put, if it looks. */
  show(): void {
    if (this.#published === this.#head) return;
    this.#published = this.#head;
    Atomics.store(this.#words, this.#box + Mailbox.head, this.#head | 0);
  }

  /**
   * Shows what was put, and wakes the environment for it, unless it was woken within WAKE_NS before wall ns `now` and little has come
   * since: waking a thread takes as long as handing over some hundred frames. Whoever stops then, to wait or to sleep, calls rouse.
   */
  publish(now: number): void {
    this.show();
    const more = this.#head - this.#roused;
    if (more >= WAKE_ENTRIES || (more > 0 && now - this.#rousedAt >= WAKE_NS)) this.#rouse(now);
  }

  /** Shows what was put; wakes the environment where it was not yet woken for that. */
  rouse(now: number): void {
    this.show();
    if (this.#head !== this.#roused) this.#rouse(now);
  }

  #rouse(now: number): void {
    this.#roused = this.#head;
    this.#rousedAt = now;
    this.wake();
  }

  /** Bumps the doorbell and wakes the environment. */
  wake(): void {
    Atomics.add(this.#words, this.#box + Mailbox.doorbell, 1);
    Atomics.notify(this.#words, this.#box + Mailbox.doorbell);
  }

  /** Reads how far the environment has come and lets go of its segments; how many entries came back. */
  collect(): number {
    const wish = Atomics.load(this.#words, this.#box + Mailbox.tail) >>> 0;
    const given = (wish - this.#tail) >>> 0;
    if (given === 0) {
      this.#behind = 0;
      return 0;
    }
    if (given > this.#published - this.#tail) {
      if ((this.#tail - wish) >>> 0 > this.#behind) this.lied = true;
      return 0;
    }
    this.#behind = 0;
    this.#moveTail(given);
    return given;
  }

  /**
   * Waits for the environment to give everything back, until wall ns `deadline` or `until()`; how many entries
   * came back.
   */
  awaitDrained(deadline: number, now: () => number, until: (now: number) => boolean = never): number {
    this.rouse(now());
    let given = this.collect();
    while (this.#tail < this.#head && !this.failed && !this.lied) {
      const at = now();
      const left = (deadline - at) / 1e6;
      if (left <= 0 || until(at)) break;
      Atomics.wait(this.#words, this.#box + Mailbox.tail, this.#tail | 0, Math.min(left, LOOK_MS));
      given += this.collect();
    }
    return given;
  }

  /** The environment says of itself that it failed. */
  get failed(): boolean {
    return Atomics.load(this.#words, this.#box + Mailbox.state) === EnvironmentWord.failed;
  }

  /** Tells that an epoch begins; the ring must be drained. */
  tellEpoch(epoch: number): void {
    Atomics.store(this.#words, this.#box + Mailbox.epoch, epoch);
    this.wake();
  }

  /** Waits until the environment has dealt with the epoch; false where it did not by wall ns `deadline`, or `until()`. */
  awaitEpoch(epoch: number, deadline: number, now: () => number, until: (now: number) => boolean = never): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#box + Mailbox.epochSeen);
      if (seen === epoch) return true;
      const at = now();
      const left = (deadline - at) / 1e6;
      if (left <= 0 || this.failed || until(at)) return false;
      Atomics.wait(this.#words, this.#box + Mailbox.epochSeen, seen, Math.min(left, LOOK_MS));
    }
  }

  /** It writes tails of its own again, beyond what was taken from it. */
  get caughtUp(): boolean {
    return this.#behind === 0;
  }

  /** Segments that the ring holds. */
  get segments(): number {
    let held = 0;
    for (const until of this.#holdUntil) if (until !== 0) held++;
    return held;
  }

  holds(segment: number): boolean {
    return (this.#holdUntil[segment] ?? 0) !== 0;
  }

  /** Entries ever put; a position that does not wrap. */
  get head(): number {
    return this.#head;
  }

  /** How far the environment has come, as of the last collect; a position that does not wrap. */
  get tail(): number {
    return this.#tail;
  }

  /** Where the tail must come to so that one, two, … `count` segments are let go of; ascending. */
  endsOf(count: number): number[] {
    const ends = [...this.#holdUntil].filter((until) => until !== 0).sort((a, b) => a - b);
    return ends.slice(0, count);
  }

  /** Segments whose last entry here lies before `cursor`. */
  segmentsBefore(cursor: number): number[] {
    const segments = [...this.#holdUntil.keys()];
    return segments.filter((segment) => this.holds(segment) && this.#holdUntil[segment]! <= cursor);
  }

  /**
   * Takes entries before `cursor` back by force; how many. What the environment writes as its tail may lag behind from now
   * on, which is no lie, until it has come past the cursor.
   */
  repossess(cursor: number): number {
    this.show();
    const lost = Math.max(0, cursor - this.#tail);
    this.#behind += lost;
    this.#moveTail(lost);
    return lost;
  }

  /** Takes all entries back by force; how many. The environment must never see the ring again. */
  abandon(): number {
    const lost = this.#head - this.#tail;
    this.#tail = this.#head;
    this.#letGo(Number.POSITIVE_INFINITY);
    return lost;
  }

  /** The floor before the segments: an entry is seen to be taken before its octets can change. */
  #moveTail(entries: number): void {
    this.#tail += entries;
    Atomics.store(this.#words, this.#box + Mailbox.floor, this.#tail | 0);
    this.#letGo(this.#tail);
  }

  #letGo(tail: number): void {
    const until = this.#holdUntil;
    for (let segment = 0; segment < until.length; segment++) {
      if (until[segment] !== 0 && until[segment]! <= tail) {
        until[segment] = 0;
        this.#segments.release(segment);
      }
    }
  }
}
