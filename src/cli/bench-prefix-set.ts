/** Prefixes of addresses: a set of them for the benches, and a slow twin that says which of them cover an address. */
import { chanceOf } from "./bench-chance.js";

export interface Prefix {
  readonly address: number;
  readonly bits: number;
}

const SHORTEST = 8;
const LONGEST = 32;
/** Of the shortest length there are so many, of the next twice as many: they leave room for traffic that is in none. */
const SHORT_ONES = 16;

export function maskOf(bits: number): number {
  return bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
}

export class PrefixSet {
  readonly #numbers: readonly Map<number, number>[] = Array.from({ length: LONGEST + 1 }, () => new Map());
  readonly prefixes: Prefix[] = [];

  /** The number that it has: 1, 2, … */
  add(prefix: Prefix): number {
    const number = this.prefixes.push(prefix);
    this.#numbers[prefix.bits]?.set(prefix.address, number);
    return number;
  }

  has({ address, bits }: Prefix): boolean {
    return this.#numbers[bits]?.has(address) === true;
  }

  /** Numbers of those that cover the address, the longest first. */
  covering(address: number): number[] {
    const found: number[] = [];
    for (let bits = LONGEST; bits >= SHORTEST; bits--) {
      const number = this.#numbers[bits]?.get((address & maskOf(bits)) >>> 0);
      if (number !== undefined) found.push(number);
    }
    return found;
  }
}

/**
 * `count` distinct prefixes of 8 to 32 bits, at most `nesting` of which cover one address. The shorter come
 * first; half of the others are made inside one that is there, half anywhere.
 */
export function prefixSet(count: number, nesting: number): PrefixSet {
  const chance = chanceOf(7);
  const set = new PrefixSet();
  for (const bits of lengths(count, chance)) {
    for (;;) {
      const outer = chance(2) === 0 ? set.prefixes[chance(set.prefixes.length + 1)] : undefined;
      const inside = outer !== undefined && outer.bits < bits ? outer : { address: 0, bits: 0 };
      const prefix = { address: (addressIn(inside, chance) & maskOf(bits)) >>> 0, bits };
      if (set.has(prefix) || set.covering(prefix.address).length >= nesting) continue;
      set.add(prefix);
      break;
    }
  }
  return set;
}

function lengths(count: number, chance: (below: number) => number): number[] {
  const chosen: number[] = [];
  const of = new Int32Array(LONGEST + 1);
  while (chosen.length < count) {
    const bits = SHORTEST + chance(LONGEST - SHORTEST + 1);
    if ((of[bits] ?? 0) >= SHORT_ONES * 2 ** (bits - SHORTEST)) continue;
    of[bits] = (of[bits] ?? 0) + 1;
    chosen.push(bits);
  }
  return chosen.sort((a, b) => a - b);
}

/** Any address that the prefix covers. */
export function addressIn({ address, bits }: Prefix, chance: (below: number) => number): number {
  const random = chance(0x10000) * 0x10000 + chance(0x10000);
  return ((address & maskOf(bits)) | (random & ~maskOf(bits))) >>> 0;
}

/** Half of the addresses lie in a prefix of the set, each prefix being as likely as any other; half in none. */
export function addressesFor(set: PrefixSet, count: number): Uint32Array {
  const chance = chanceOf(11);
  return Uint32Array.from({ length: count }, () => {
    const prefix = set.prefixes[chance(set.prefixes.length)];
    if (chance(2) === 0 && prefix !== undefined) return addressIn(prefix, chance);
    for (;;) {
      const address = addressIn({ address: 0, bits: 0 }, chance);
      if (set.covering(address).length === 0) return address;
    }
  });
}
