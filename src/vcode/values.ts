/**
 * Names for what registers hold, so that facts are about values and not about registers: a value never changes, a copy has the
 * name of what it was copied from, and a register that is assigned again merely holds another value. What was
 * checked is then what is used, or the proof fails.
 *
 * A value is `base + addend` modulo 2^32. The base is an atom: the number 0, a parameter, what one instruction made, what arrives
 * at a label by several ways, or the sum or difference of two bases, which has one name however often it is
 * computed. An atom that an instruction in a loop made names the last one made; verify-bounds.ts says why
 * an older one is never taken for it.
 *
 * Addresses are values of their own: a parameter, what arrives at a label, or another one moved by a word. To each belongs
 * the word that counts the octets left from it to the end of its region, whether or not a register holds it:
 * moving by w makes it the old count minus w. The count means something only where the address is known to be inside.
 */
import type { Region } from "./insn.js";

export type Value = number;

export interface Address {
  readonly region: Region;
  /** Octets left there. */
  readonly count: Value;
  /** Where it was moved from, and by what. */
  readonly from?: Value;
  readonly by?: Value;
}

export const ZERO: Value = 0;

export class Values {
  readonly #bases: Value[] = [ZERO];
  readonly #addends: number[] = [0];
  readonly #sums = new Map<number, Value>();
  readonly #differences = new Map<number, Value>();
  readonly #shifted = new Map<number, Value>();
  readonly #moved = new Map<number, Value>();
  readonly #made = new Map<number, Value>();
  readonly #arriving = new Map<number, Value>();
  readonly #counts = new Map<number, Value>();
  readonly #addresses = new Map<Value, Address>();

  base(value: Value): Value {
    return this.#bases[value] ?? value;
  }

  addend(value: Value): number {
    return this.#addends[value] ?? 0;
  }

  isConstant(value: Value): boolean {
    return this.base(value) === ZERO;
  }

  constant(word: number): Value {
    return this.plus(ZERO, word);
  }

  /** A new one, unlike all others. */
  atom(): Value {
    const value = this.#bases.length;
    this.#bases.push(value);
    this.#addends.push(0);
    return value;
  }

  plus(value: Value, addend: number): Value {
    const base = this.base(value);
    const sum = (this.addend(value) + addend) | 0;
    if (sum === 0) return base;
    return memo(this.#shifted, base * 2 ** 32 + (sum >>> 0), () => {
      this.#addends.push(sum);
      return this.#bases.push(base) - 1;
    });
  }

  add(a: Value, b: Value): Value {
    const [x, y] = [this.base(a), this.base(b)];
    if (x === ZERO) return this.plus(b, this.addend(a));
    if (y === ZERO) return this.plus(a, this.addend(b));
    const sum = memo(this.#sums, pair(Math.min(x, y), Math.max(x, y)), () => this.atom());
    return this.plus(sum, (this.addend(a) + this.addend(b)) | 0);
  }

  subtract(a: Value, b: Value): Value {
    const [x, y] = [this.base(a), this.base(b)];
    if (x === y) return this.constant((this.addend(a) - this.addend(b)) | 0);
    if (y === ZERO) return this.plus(a, -this.addend(b) | 0);
    const difference = memo(this.#differences, pair(x, y), () => this.atom());
    return this.plus(difference, (this.addend(a) - this.addend(b)) | 0);
  }

  /** What that instruction makes. */
  made(index: number): Value {
    return memo(this.#made, index, () => this.atom());
  }

  /** What a register holds where ways meet at the beginning of a block. */
  arriving(block: number, register: number): Value {
    return memo(this.#arriving, pair(block, register), () => this.atom());
  }

  /** The count of the address that arrives there, where no register holds it. */
  countArriving(block: number, register: number): Value {
    return memo(this.#counts, pair(block, register), () => this.atom());
  }

  move(from: Value, by: Value): Value {
    const value = memo(this.#moved, pair(from, by), () => this.atom());
    const address = this.#addresses.get(from);
    if (address === undefined) this.#addresses.delete(value);
    else {
      const count = this.subtract(address.count, by);
      this.#addresses.set(value, { region: address.region, count, from, by });
    }
    return value;
  }

  /** undefined: it may be in this region or in that. */
  address(value: Value): Address | undefined {
    return this.#addresses.get(value);
  }

  /** Says what is known of an address; whether that was news. */
  setAddress(value: Value, address: Address | undefined): boolean {
    const old = this.#addresses.get(value);
    if (address === undefined) return this.#addresses.delete(value);
    this.#addresses.set(value, address);
    return old?.region !== address.region || old.count !== address.count;
  }
}

function memo(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}

/** One number for two, each below 2^26. */
function pair(a: number, b: number): number {
  return a * 2 ** 26 + b;
}
