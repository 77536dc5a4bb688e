/**
 * An environment's packet ring, read in place. Rows [tail, head) are the environment's until it moves
 * its tail; cursors are 32-bit numbers that wrap, here as signed ones, so that
 * `for (let i = from; i !== to; i = (i + 1) | 0)` walks any stretch. Nothing is allocated for a packet.
 */
import { RING_ENTRY_WORDS, RingEntry } from "../kernel/abi.js";

export class RingView {
  readonly entries: number;
  /** All of physical memory. */
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #size: number;

  /** `at`: physical address of the ring; `entries`: a power of two. */
  constructor(memory: WebAssembly.Memory, at: number, entries: number) {
    if (entries <= 0 || (entries & (entries - 1)) !== 0) throw new Error(`ring: ${entries} entries, no power of two`);
    this.entries = entries;
    this.octets = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#first = at >> 2;
    this.#size = memory.buffer.byteLength;
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
