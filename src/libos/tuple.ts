/**
 * Conversations by their two ends. A key is canonical: the smaller end stands first, so both directions
 * find the same entry, and `swapped` says which way the frame went.
 *
 *   words  0–3 one end's address · 4–7 the other's · 8 both ports · 9 family and protocol
 */

export const KEY_WORDS = 10;

/** What kind of addresses the ends have. */
export const Family = { link: 1, mac: 2, ipv4: 4, ipv6: 6 } as const;

export class TupleKey {
  readonly words = new Int32Array(KEY_WORDS);
  /** Whether the frame went from the end that stands second. */
  swapped = false;
  /** Address words of each end while the key is being made. */
  readonly source = new Int32Array(4);
  readonly destination = new Int32Array(4);

  /** Puts source and destination, with their ports, in canonical order. `protocol`: 16 bits. */
  close(family: number, protocol: number, sourcePort: number, destinationPort: number): void {
    const { words, source, destination } = this;
    let order = 0;
    for (let i = 0; order === 0 && i < 4; i++) order = (source[i] ?? 0) - (destination[i] ?? 0);
    if (order === 0) order = sourcePort - destinationPort;
    this.swapped = order > 0;
    const first = this.swapped ? destination : source;
    const second = this.swapped ? source : destination;
    for (let i = 0; i < 4; i++) {
      words[i] = first[i] ?? 0;
      words[i + 4] = second[i] ?? 0;
    }
    words[8] = this.swapped ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    words[9] = (family << 16) | protocol;
  }
}

/** No entry, and no room for one. */
export const NONE = -1;

/**
 * Keys to numbers 0, 1, 2 … in order of arrival, by open addressing in typed arrays at a load of at most
 * one half. The seed keeps a capture's author from choosing keys that collide.
 */
export class TupleTable {
  readonly capacity: number;
  readonly #seed: number;
  readonly #mask: number;
  /** Entry + 1; 0 is free. */
  readonly #slots: Int32Array;
  readonly #keys: Int32Array;
  #count = 0;

  constructor(capacity: number, seed: number) {
    this.capacity = capacity;
    this.#seed = seed;
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots);
    this.#keys = new Int32Array(capacity * KEY_WORDS);
  }

  get count(): number {
    return this.#count;
  }

  /** The key's entry; a new one, equal to the count before, where it had none; NONE where the table is full. */
  enter(key: TupleKey): number {
    const words = key.words;
    let slot = this.#hash(words) & this.#mask;
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) return this.#add(words, slot);
      if (this.#equals(entry, words)) return entry;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Word of an entry's key. */
  word(entry: number, word: number): number {
    return this.#keys[entry * KEY_WORDS + word] ?? 0;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
  }

  /** Copies an entry's key, to enter it in another table. */
  keyOf(entry: number, into: TupleKey): void {
    for (let i = 0; i < KEY_WORDS; i++) into.words[i] = this.word(entry, i);
  }

  #add(words: Int32Array, slot: number): number {
    if (this.#count === this.capacity) return NONE;
    const entry = this.#count++;
    this.#keys.set(words, entry * KEY_WORDS);
    this.#slots[slot] = entry + 1;
    return entry;
  }

  #equals(entry: number, words: Int32Array): boolean {
    const at = entry * KEY_WORDS;
    for (let i = KEY_WORDS - 1; i >= 0; i--) {
      if (this.#keys[at + i] !== words[i]) return false;
    }
    return true;
  }

  #hash(words: Int32Array): number {
    let hash = this.#seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ (words[i] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
