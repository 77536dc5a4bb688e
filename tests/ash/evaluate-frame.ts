/** The frame under construction, and stretches of octets in general, as an evaluated handler sees them. */

import { FRAME_AT, type Layout } from "../../src/ash/layout.js";
import { MAX_FRAME_OCTETS, STATE_BASE } from "../../src/vcode/handler.js";
import { checkStretch, HandlerFaulted, type Memory } from "./evaluate-memory.js";

/** Octets in state, by the address of the first. */
export interface Stretch {
  readonly address: number;
  readonly length: number;
}

/** The address of so many octets of a stretch from an offset on; a fault "index" where they are not all its. */
export function within({ address, length }: Stretch, offset: number, octets: number): number {
  checkStretch(offset, octets, length, "index");
  return address + offset;
}

export class EvaluatedFrame {
  readonly #memory: Memory;
  readonly #at: number;

  constructor(memory: Memory, { items }: Layout) {
    this.#memory = memory;
    this.#at = STATE_BASE + (items.find(({ kind }) => kind === "frame")?.offset ?? 0);
  }

  get stretch(): Stretch {
    return { address: this.#at + FRAME_AT, length: this.#memory.word(this.#at) };
  }

  /** These octets and no others. */
  begin(octets: Uint8Array): void {
    this.#setLength(octets.length);
    this.#memory.put(this.stretch.address, octets);
  }

  beginZeros(length: number): void {
    this.#setLength(length);
    this.#memory.clear(this.stretch.address, length);
  }

  resize(length: number): void {
    const before = this.stretch.length;
    this.#setLength(length);
    if (length > before) this.#memory.clear(this.stretch.address + before, length - before);
  }

  /** A fault "length" where they overlap. */
  swap(a: number, b: number, octets: number): void {
    const [first, second] = [within(this.stretch, a, octets), within(this.stretch, b, octets)];
    if (Math.abs(a - b) < octets) throw new HandlerFaulted("length");
    const kept = this.#memory.octets(first, octets);
    this.#memory.put(first, this.#memory.octets(second, octets));
    this.#memory.put(second, kept);
  }

  octets(): Uint8Array {
    const { address, length } = this.stretch;
    return this.#memory.octets(address, length);
  }

  #setLength(length: number): void {
    if (length > MAX_FRAME_OCTETS) throw new HandlerFaulted("length");
    this.#memory.setWord(this.#at, length);
  }
}
