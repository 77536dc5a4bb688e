/**
 * Seeded chance: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled from the
 * seed by a counter through a mixing function. The same seed gives the same numbers on every machine; none of it is a secret.
 */

const TWO_32 = 4_294_967_296;
const GOLDEN = 0x9e3779b9;

export class Chance {
  readonly #state = new Uint32Array(4);
  /** What was drawn last: a word that a function gives back may need a place of its own on the heap. */
  readonly #drawn = new Uint32Array(1);

  /** `seed`: any whole number; its low 32 bits count. Neighbouring seeds begin far from each other. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Begins anew. */
  seed(seed: number): void {
    for (let word = 0; word < 4; word++) this.#state[word] = mixed((seed + Math.imul(word + 1, GOLDEN)) | 0);
    // A state of zeros would stay one.
    this.#state[0]! |= 1;
  }

  /** A whole number in [0, 2^32). */
  word(): number {
    this.#draw();
    return this.#drawn[0]!;
  }

  /** A whole number in [0, below); `below` at most 2^32. */
  below(below: number): number {
    return Math.floor((this.word() / TWO_32) * below);
  }

  /** True in this part of all cases: 0 never, 1 always. One number is drawn in each case. Allocates nothing. */
  happens(probability: number): boolean {
    this.#draw();
    return this.#drawn[0]! < probability * TWO_32;
  }

  #draw(): void {
    const state = this.#state;
    const a = state[0]!;
    const b = state[1]!;
    const c = state[2]!;
    const d = state[3]!;
    this.#drawn[0] = Math.imul(rotated(Math.imul(b, 5), 7), 9);
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ state[2]!;
    state[0] = a ^ state[3]!;
    state[2]! ^= b << 9;
    state[3] = rotated(state[3]!, 11);
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mixed(word: number): number {
  let mixing = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  mixing = Math.imul(mixing ^ (mixing >>> 15), 0x735a2d97);
  return mixing ^ (mixing >>> 15);
}
