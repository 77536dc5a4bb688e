/**
 * What is known of octets, bit by bit, with a way back: everything learnt after a mark can be forgotten.
 * Fields are looked at as words in network order, so a field of 8 bits has its octet in the low bits.
 */
import type { Width } from "./atom.js";

export class Bits {
  /** Octet's place → its known bits << 8 | their values. */
  readonly #known = new Map<number, number>();
  /** Pairs of place and what was known of it before. */
  readonly #trail: number[] = [];

  get mark(): number {
    return this.#trail.length;
  }

  undo(mark: number): void {
    while (this.#trail.length > mark) {
      const before = this.#trail.pop() ?? 0;
      this.#known.set(this.#trail.pop() ?? 0, before);
    }
  }

  /** Learns that (field & mask) is `value`; false where that contradicts what is known (part of it may be learnt). */
  require(at: number, width: Width, mask: number, value: number): boolean {
    for (let right = width - 8, place = at; right >= 0; right -= 8, place++) {
      const bits = (mask >>> right) & 0xff;
      if (bits === 0) continue;
      const wanted = (value >>> right) & bits;
      const before = this.#known.get(place) ?? 0;
      if (((before ^ wanted) & (before >>> 8) & bits) !== 0) return false;
      const after = before | (bits << 8) | wanted;
      if (after === before) continue;
      this.#trail.push(place, before);
      this.#known.set(place, after);
    }
    return true;
  }

  /** Which bits of the field are known. */
  maskOf(at: number, width: Width): number {
    let mask = 0;
    for (let place = at; place < at + width / 8; place++) mask = (mask << 8) | ((this.#known.get(place) ?? 0) >>> 8);
    return mask >>> 0;
  }

  /** Their values; unknown bits are 0. */
  valueOf(at: number, width: Width): number {
    let value = 0;
    for (let place = at; place < at + width / 8; place++) value = (value << 8) | ((this.#known.get(place) ?? 0) & 0xff);
    return value >>> 0;
  }

  /** Octets of which anything is known, as (place, known bits, values); in no order. */
  *octets(): Generator<readonly [number, number, number]> {
    for (const [place, known] of this.#known) if (known !== 0) yield [place, known >>> 8, known & 0xff];
  }
}
