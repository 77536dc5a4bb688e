/** Octets gathered one after the other, as words and copies: little-endian, in a buffer that is made anew only where it must grow. */
import { copyOctets, newOctets, type Octets } from "../machine/copy.js";

const WORD = 4;
const TWO_32 = 4_294_967_296;

export class Gathered {
  readonly #first: number;
  #octets: Octets;
  #head: Uint8Array;
  used = 0;

  /** `first`: how many octets `head` has. */
  constructor(room: number, first = 0) {
    this.#first = first;
    this.#octets = newOctets(room);
    this.#head = this.#octets.octets.subarray(0, first);
  }

  /** The first of them: no view is made for it each time. */
  get head(): Uint8Array {
    return this.#head;
  }

  get room(): number {
    return this.#octets.octets.length;
  }

  /** All of the buffer: the first `used` are gathered. */
  get octets(): Uint8Array {
    return this.#octets.octets;
  }

  /** Room for so many more; what is there stays. */
  reserve(more: number): void {
    if (this.used + more <= this.room) return;
    const larger = newOctets((this.used + more) * 2);
    copyOctets(this.#octets, 0, larger, 0, this.used);
    this.#octets = larger;
    this.#head = larger.octets.subarray(0, this.#first);
  }

  word(value: number): void {
    this.#octets.view.setInt32(this.used, value, true);
    this.used += WORD;
  }

  /** A count, low word first. */
  double(value: number): void {
    this.word(value | 0);
    this.word((value / TWO_32) | 0);
  }

  copy(from: Octets, length: number): void {
    copyOctets(from, 0, this.#octets, this.used, length);
    this.used += length;
  }

  /** All that the other has gathered. */
  append(other: Gathered): void {
    this.copy(other.#octets, other.used);
  }

  /** Those of `head` are gone, the others are moved to the begin. */
  dropHead(): void {
    this.octets.copyWithin(0, this.#first, this.used);
    this.used -= this.#first;
  }
}
