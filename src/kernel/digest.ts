/**
 * The digest of an epoch: SHA-256 over what became of each packet, so that two runs can be compared.
 * A packet is, as 32-bit little-endian words:
 *
 *   number (low, high) | winner's name (hash: high, low; 0, 0 without) | handler's outcome | frames sent
 *   | count of taps | each tap's name (hash: high, low), ascending as signed 64-bit numbers
 *
 * where a name's hash is the first eight octets of its SHA-256. Outcome and frames sent are 0 until
 * handlers and transmission exist.
 */
import { createHash, type Hash } from "node:crypto";
import type { Bindings } from "./binding.js";
import type { Verdicts } from "./deliver.js";

const FIXED_WORDS = 7;
const TWO_32 = 4_294_967_296;
const FLUSH_WORDS = 16_384;

export class Digest {
  readonly #bindings: Bindings;
  #hash: Hash = createHash("sha256");
  #words = new Int32Array(FLUSH_WORDS + FIXED_WORDS + 64);
  #octets = new Uint8Array(this.#words.buffer);
  #used = 0;
  #sorting = new BigInt64Array(64);
  #halves = new Int32Array(this.#sorting.buffer);

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
  }

  batch(from: number, to: number, verdicts: Verdicts, packet: number): void {
    const { winner, tapStart, tapCount } = verdicts;
    for (let row = from; row < to; row++, packet++) {
      const count = tapCount[row]!;
      this.#room(FIXED_WORDS + 2 * count);
      const words = this.#words;
      const at = this.#used;
      const claim = winner[row]!;
      words[at] = packet | 0;
      words[at + 1] = (packet / TWO_32) | 0;
      words[at + 2] = claim === 0 ? 0 : this.#bindings.hashHigh[claim]!;
      words[at + 3] = claim === 0 ? 0 : this.#bindings.hashLow[claim]!;
      words[at + 4] = 0;
      words[at + 5] = 0;
      words[at + 6] = count;
      this.#used = at + FIXED_WORDS;
      if (count !== 0) this.#taps(verdicts.taps, tapStart[row]!, count);
    }
  }

  /** The digest in hex; the next epoch's begins empty. */
  finish(): string {
    this.#flush();
    const digest = this.#hash.digest("hex");
    this.#hash = createHash("sha256");
    return digest;
  }

  #taps(taps: Int32Array, start: number, count: number): void {
    const first = this.#used;
    const names = this.#names(count);
    const halves = this.#halves;
    for (let tap = 0; tap < count; tap++) {
      const slot = taps[start + tap]!;
      halves[2 * tap] = this.#bindings.hashLow[slot]!;
      halves[2 * tap + 1] = this.#bindings.hashHigh[slot]!;
    }
    if (count > 1) names.subarray(0, count).sort();
    const words = this.#words;
    for (let tap = 0; tap < count; tap++) {
      words[first + 2 * tap] = halves[2 * tap + 1]!;
      words[first + 2 * tap + 1] = halves[2 * tap]!;
    }
    this.#used = first + 2 * count;
  }

  /** Room to sort the names of one packet's taps: the halves are its words. */
  #names(count: number): BigInt64Array {
    if (count > this.#sorting.length) {
      this.#sorting = new BigInt64Array(count * 2);
      this.#halves = new Int32Array(this.#sorting.buffer);
    }
    return this.#sorting;
  }

  #room(words: number): void {
    if (this.#used + words <= this.#words.length) return;
    this.#flush();
    if (words > this.#words.length) {
      this.#words = new Int32Array(words);
      this.#octets = new Uint8Array(this.#words.buffer);
    }
  }

  #flush(): void {
    this.#hash.update(this.#octets.subarray(0, this.#used * 4));
    this.#used = 0;
  }
}
