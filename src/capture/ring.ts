/**
 * A ring of octets in shared memory: one producer in one thread, one consumer in another. Neither
 * blocks: an empty ring reads as "none yet", a full one makes the producer's promise wait.
 * Cursors count octets from 0 and wrap at 2^32; the size is a power of two.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { DamageCode, Fault } from "./damage.js";
import { CAPTURE_DAMAGE } from "./damage.js";
import type { OctetSink, OctetSource } from "./octet-source.js";

/** Words before the octets. */
const Word = { head: 0, tail: 1, state: 2, code: 3, detailLength: 4 } as const;
const State = { open: 0, ended: 1, failed: 2, closed: 3 } as const;
const DETAIL_AT = 32;
const DETAIL_LENGTH = 224;
const OCTETS_AT = DETAIL_AT + DETAIL_LENGTH;
const CODES = Object.keys(CAPTURE_DAMAGE);
/** Waits for room grow from 1 ms to this; a paused replay must not cost a processor. */
const LONGEST_WAIT = 16;

/** Shared memory for a ring of `octets`, a power of two. Give it to one writer and one reader. */
export function createRing(octets = 1 << 20): SharedArrayBuffer {
  if (octets < 16 || (octets & (octets - 1)) !== 0) throw new RangeError(`ring: ${octets} is no power of two`);
  return new SharedArrayBuffer(OCTETS_AT + octets);
}

/** The consumer closed the ring; what is written after that goes nowhere. */
export class RingClosed extends Error {
  override readonly name = "RingClosed";
  constructor() {
    super("the reader of this ring has closed it");
  }
}

export class RingWriter implements OctetSink {
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #memory: SharedArrayBuffer;
  readonly #written: () => void;

  /** `written` is called after each step of writing and at the end, so that a sleeping reader can be woken. */
  constructor(ring: SharedArrayBuffer, written: () => void = () => {}) {
    this.#memory = ring;
    this.#words = new Int32Array(ring, 0, DETAIL_AT >> 2);
    this.#octets = new Uint8Array(ring, OCTETS_AT);
    this.#written = written;
  }

  get closed(): boolean {
    return Atomics.load(this.#words, Word.state) === State.closed;
  }

  /** Resolves when all of `chunk` lies in the ring; rejects with RingClosed where the reader has gone. */
  async write(chunk: Uint8Array): Promise<void> {
    let wait = 1;
    for (let done = 0; done < chunk.length; ) {
      if (this.closed) throw new RingClosed();
      const moved = this.#put(chunk, done);
      done += moved;
      if (moved > 0) {
        wait = 1;
        this.#written();
      } else {
        await delay(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  end(): void {
    Atomics.compareExchange(this.#words, Word.state, State.open, State.ended);
    this.#written();
  }

  /** The octets end here, before their end; the reader's `failure` says why. */
  fail(fault: Fault): void {
    if (Atomics.load(this.#words, Word.state) !== State.open) return;
    const detail = new TextEncoder().encode(fault.detail ?? "").subarray(0, DETAIL_LENGTH);
    new Uint8Array(this.#memory, DETAIL_AT, DETAIL_LENGTH).set(detail);
    this.#words[Word.code] = CODES.indexOf(fault.code);
    this.#words[Word.detailLength] = fault.detail === undefined ? -1 : detail.length;
    Atomics.compareExchange(this.#words, Word.state, State.open, State.failed);
    this.#written();
  }

  #put(chunk: Uint8Array, from: number): number {
    const size = this.#octets.length;
    const head = Atomics.load(this.#words, Word.head);
    const free = size - ((head - Atomics.load(this.#words, Word.tail)) >>> 0);
    const at = head & (size - 1);
    const count = Math.min(chunk.length - from, free, size - at);
    if (count === 0) return 0;
    this.#octets.set(chunk.subarray(from, from + count), at);
    Atomics.store(this.#words, Word.head, (head + count) | 0);
    return count;
  }
}

export class RingOctets implements OctetSource {
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #memory: SharedArrayBuffer;

  constructor(ring: SharedArrayBuffer) {
    this.#memory = ring;
    this.#words = new Int32Array(ring, 0, DETAIL_AT >> 2);
    this.#octets = new Uint8Array(ring, OCTETS_AT);
  }

  get failure(): Fault | undefined {
    if (Atomics.load(this.#words, Word.state) !== State.failed) return undefined;
    const code = damageCode(CODES[this.#words[Word.code] ?? 0]);
    const length = this.#words[Word.detailLength] ?? -1;
    if (length < 0) return { code };
    // TextDecoder refuses shared memory, so the octets are copied.
    const detail = new TextDecoder().decode(new Uint8Array(this.#memory, DETAIL_AT, length).slice());
    return { code, detail };
  }

  read(into: Uint8Array): number {
    // The state is read before the cursor: what was written before the end is then seen.
    const state = Atomics.load(this.#words, Word.state);
    if (state === State.closed) return 0;
    const size = this.#octets.length;
    const tail = Atomics.load(this.#words, Word.tail);
    const ready = (Atomics.load(this.#words, Word.head) - tail) >>> 0;
    const at = tail & (size - 1);
    const count = Math.min(into.length, ready, size - at);
    if (count === 0) return state === State.open ? -1 : 0;
    into.set(this.#octets.subarray(at, at + count));
    Atomics.store(this.#words, Word.tail, (tail + count) | 0);
    return count;
  }

  close(): void {
    Atomics.store(this.#words, Word.state, State.closed);
  }
}

function damageCode(name: string | undefined): DamageCode {
  return name !== undefined && isDamageCode(name) ? name : "E_READ";
}

function isDamageCode(name: string): name is DamageCode {
  return Object.hasOwn(CAPTURE_DAMAGE, name);
}
