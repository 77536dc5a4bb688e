/**
 * An environment's packet ring, read in place. Rows [tail, head) are the environment's until it moves
 * its tail; cursors are 32-bit numbers that wrap, here as signed ones, so that
 * `for (let i = from; i !== to; i = (i + 1) | 0)` walks any stretch. Nothing is allocated for a packet.
 */
import { type HostedStart, Mailbox, RING_ENTRY_WORDS, RingEntry } from "../kernel/abi.js";

const GENERATION_MASK = 0xff_ffff;

/** What a view needs to tell frames that were taken by force from those that are there. */
export type RingGuard = Pick<HostedStart, "mailbox" | "segments" | "generations" | "machine">;

export class RingView {
  readonly entries: number;
  /** All of physical memory. */
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #size: number;
  readonly #guard: RingGuard | undefined;

  /** `at`: physical address of the ring; `entries`: a power of two. Without a guard no frame is ever stale. */
  constructor(memory: WebAssembly.Memory, at: number, entries: number, guard?: RingGuard) {
    if (entries <= 0 || (entries & (entries - 1)) !== 0) throw new Error(`ring: ${entries} entries, no power of two`);
    this.entries = entries;
    this.octets = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#first = at >> 2;
    this.#size = memory.buffer.byteLength;
    this.#guard = guard;
  }

  /** Entries before this cursor are the kernel's, taken by force where the tail lags behind it. It only moves on. */
  get floor(): number {
    return this.#guard === undefined ? 0 : Atomics.load(this.#words, (this.#guard.mailbox >> 2) + Mailbox.floor);
  }

  /**
   * The entry was taken by force: what was read of it and of its frame may be of another. Ask *after* reading: where the
   * answer is no, what was read before was right.
   */
  isStale(cursor: number): boolean {
    return this.#guard !== undefined && ((this.floor - cursor) | 0) > 0;
  }

  /** Generation of the segment in which the frame lies, for `isCurrent`. */
  generation(cursor: number): number {
    return this.#word(cursor, RingEntry.generation) & GENERATION_MASK;
  }

  /**
   * The octets at the address are still those of this generation. For what is looked at after its entry went back, which
   * nobody promises to keep: ask after reading, as with isStale.
   */
  isCurrent(address: number, generation: number): boolean {
    if (this.#guard === undefined) return true;
    const { segments, generations, machine } = this.#guard;
    const segment = Math.floor((address - segments) / machine.segmentSize);
    if (segment < 0 || segment >= machine.segments) return false;
    return Atomics.load(this.#words, (generations >> 2) + segment) === generation;
  }

  #word(cursor: number, word: number): number {
    return this.#words[this.#first + (cursor & (this.entries - 1)) * RING_ENTRY_WORDS + word] ?? 0;
  }

  /** Physical address of the frame's first octet; throws where the frame is not inside memory. */
  address(cursor: number): number {
    const address = this.#word(cursor, RingEntry.address);
    const captured = this.#word(cursor, RingEntry.captured);
    if (address < 0 || captured < 0 || address + captured > this.#size) {
      throw new Error(`ring: entry ${cursor >>> 0} names octets ${address} + ${captured}, memory has ${this.#size}`);
    }
    return address;
  }

  /** Octets that lie at the address. */
  captured(cursor: number): number {
    return this.#word(cursor, RingEntry.captured);
  }

  /** Octets that the frame had on the wire. */
  wire(cursor: number): number {
    return this.#word(cursor, RingEntry.wire) >>> 0;
  }

  /** Slot of the binding that delivered the frame. */
  binding(cursor: number): number {
    return this.#word(cursor, RingEntry.binding) & 0xffff;
  }

  /** LINKTYPE_ number. */
  linkType(cursor: number): number {
    return this.#word(cursor, RingEntry.binding) >>> 16;
  }

  /** Time in ns since 1970, low and high half; 0 and 0 where the record has none. */
  timeLow(cursor: number): number {
    return this.#word(cursor, RingEntry.timeLow) >>> 0;
  }

  timeHigh(cursor: number): number {
    return this.#word(cursor, RingEntry.timeHigh) >>> 0;
  }

  /** Number of the frame in its epoch, from 1, modulo 2^32. */
  packet(cursor: number): number {
    return this.#word(cursor, RingEntry.packet) >>> 0;
  }

  /** The port on which the frame arrived. */
  port(cursor: number): number {
    return this.#word(cursor, RingEntry.generation) >>> 24;
  }
}
