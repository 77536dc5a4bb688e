/**
 * A library OS's side of its transmit ring (layout: kernel/abi.ts). A frame is copied into the environment's own pages and shown to the kernel, which
 * sends it at the next batch boundary, or refuses it.
 */
import {
  TRANSMIT_BOX_WORDS,
  TRANSMIT_ENTRY_WORDS,
  TransmitBox,
  TransmitEntry,
  type TransmitStart,
} from "../kernel/abi.js";
import { errorOf, type KernelError } from "../kernel/kerrno.js";

export class Transmit {
  /** Frames that found no room. */
  full = 0;
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #start: TransmitStart;
  readonly #box: number;
  #head = 0;
  #tail = 0;
  /** Octets of frames lie in a row, round and round; where each entry's end, counted on and on. */
  #used = 0;
  #free = 0;
  readonly #ends: Float64Array;

  constructor(memory: WebAssembly.Memory, start: TransmitStart) {
    this.#words = new Int32Array(memory.buffer);
    this.#octets = new Uint8Array(memory.buffer);
    this.#start = start;
    this.#box = start.box >> 2;
    this.#ends = new Float64Array(start.entries);
  }

  /** Shows the first `length` octets (all, unless told) to the kernel as a frame for this port; false where there is no room until the next boundary. */
  send(port: number, octets: Uint8Array, length = octets.length): boolean {
    const { entries, buffers, capability, mostFrameOctets } = this.#start;
    if (length > mostFrameOctets) throw new RangeError(`transmit: ${length} octets, at most ${mostFrameOctets}`);
    this.#collect();
    const place = this.#place(length);
    if (this.#head - this.#tail === entries || place < 0) {
      this.full++;
      return false;
    }
    const at = buffers + place;
    for (let index = 0; index < length; index++) this.#octets[at + index] = octets[index] ?? 0;
    const slot = this.#head & (entries - 1);
    const entry = this.#box + TRANSMIT_BOX_WORDS + slot * TRANSMIT_ENTRY_WORDS;
    this.#words[entry + TransmitEntry.address] = at;
    this.#words[entry + TransmitEntry.length] = length;
    this.#words[entry + TransmitEntry.port] = port;
    this.#words[entry + TransmitEntry.capability] = capability;
    this.#words[entry + TransmitEntry.sequence] = this.#head;
    this.#ends[slot] = this.#used;
    this.#head++;
    Atomics.store(this.#words, this.#box + TransmitBox.head, this.#head | 0);
    return true;
  }

  /** Frames that the kernel sent and refused so far, each modulo 2^32, and why the last of these was. */
  get counts(): { readonly sent: number; readonly refused: number; readonly error: KernelError | undefined } {
    const word = (index: number) => Atomics.load(this.#words, this.#box + index) >>> 0;
    const refused = word(TransmitBox.refused);
    const error = word(TransmitBox.error);
    return { sent: word(TransmitBox.sent), refused, error: error === 0 ? undefined : errorOf(error) };
  }

  /** Sees how far the kernel has come. */
  #collect(): void {
    const tail = Atomics.load(this.#words, this.#box + TransmitBox.tail);
    const done = (tail - this.#tail) >>> 0;
    if (done === 0) return;
    this.#tail += done;
    this.#free = this.#ends[(this.#tail - 1) & (this.#start.entries - 1)] ?? 0;
  }

  /** Where `length` octets in a row are free, from the buffers on; they are taken. -1: nowhere. */
  #place(length: number): number {
    const { octets } = this.#start;
    const left = octets - (this.#used % octets);
    const from = left < length ? this.#used + left : this.#used;
    if (from + length - this.#free > octets) return -1;
    if (this.#head - this.#tail < this.#start.entries) this.#used = from + length;
    return from % octets;
  }
}
