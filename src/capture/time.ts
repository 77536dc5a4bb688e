/**
 * Time stamps to ns since 1970, as two 32-bit halves, without BigInt and without rounding. A pcapng
 * interface counts ticks of 10^-n or 2^-n seconds (if_tsresol) and adds whole seconds (if_tsoffset);
 * ns = floor(ticks · 10⁹ / units) + offset · 10⁹, held inside [0, 2⁶⁴).
 */

const TWO_32 = 4_294_967_296;
const GIGA = 1_000_000_000;
/** 128 bits in limbs of 16: ticks · 10⁹ needs 94, the largest offset 94, their sum 95. */
const LIMBS = 8;
const LIMB = 65_536;

export class TickClock {
  /** Result of the last `set`. */
  high = 0;
  low = 0;
  /** ns per tick where that is whole, at most 10⁶, and there is no offset; else 0: the long way. */
  readonly #factor: number;
  readonly #binary: boolean;
  readonly #exponent: number;
  readonly #offset: bigint;
  readonly #offsetLimbs: Float64Array;
  readonly #limbs = new Float64Array(LIMBS);

  /** Whether its ticks are no whole µs. */
  get fine(): boolean {
    return this.#binary ? this.#exponent > 0 : this.#exponent > 6;
  }

  /** `resolution` as if_tsresol has it: exponent, and bit 7 set for a power of 2. `offset` in seconds. */
  constructor(resolution: number, offset: bigint) {
    this.#binary = (resolution & 0x80) !== 0;
    this.#exponent = resolution & 0x7f;
    this.#offset = offset;
    this.#offsetLimbs = limbsOf((offset < 0n ? -offset : offset) * BigInt(GIGA));
    const whole = !this.#binary && offset === 0n && this.#exponent >= 3 && this.#exponent <= 9;
    this.#factor = whole ? 10 ** (9 - this.#exponent) : 0;
  }

  /** Converts; the answer is in `high` and `low`. */
  set(ticksHigh: number, ticksLow: number): void {
    const factor = this.#factor;
    if (factor === 0) {
      this.#setLong(ticksHigh, ticksLow);
      return;
    }
    const product = ticksLow * factor;
    this.#store(ticksHigh * factor + Math.floor(product / TWO_32), product % TWO_32);
  }

  /** The same without the bounds of 64 bits. */
  exact(ticksHigh: number, ticksLow: number): bigint {
    const ticks = BigInt(ticksHigh) * BigInt(TWO_32) + BigInt(ticksLow);
    const exponent = BigInt(this.#exponent);
    const units = this.#binary ? 2n ** exponent : 10n ** exponent;
    return (ticks * BigInt(GIGA)) / units + this.#offset * BigInt(GIGA);
  }

  #store(high: number, low: number): void {
    const over = high >= TWO_32;
    this.high = over ? 0xffff_ffff : high;
    this.low = over ? 0xffff_ffff : low;
  }

  #setLong(ticksHigh: number, ticksLow: number): void {
    const limbs = this.#limbs;
    limbs.fill(0);
    limbs[0] = ticksLow % LIMB;
    limbs[1] = Math.floor(ticksLow / LIMB);
    limbs[2] = ticksHigh % LIMB;
    limbs[3] = Math.floor(ticksHigh / LIMB);
    this.#toNanoseconds();
    if (this.#offset < 0n ? subtract(limbs, this.#offsetLimbs) : add(limbs, this.#offsetLimbs)) {
      this.high = 0;
      this.low = 0;
      return;
    }
    const over = (limbs[4] ?? 0) + (limbs[5] ?? 0) + (limbs[6] ?? 0) + (limbs[7] ?? 0) > 0;
    const high = (limbs[3] ?? 0) * LIMB + (limbs[2] ?? 0);
    this.#store(over ? TWO_32 : high, (limbs[1] ?? 0) * LIMB + (limbs[0] ?? 0));
  }

  #toNanoseconds(): void {
    const limbs = this.#limbs;
    if (this.#binary) {
      multiply(limbs, GIGA);
      shiftRight(limbs, this.#exponent);
    } else if (this.#exponent <= 9) {
      multiply(limbs, 10 ** (9 - this.#exponent));
    } else {
      for (let left = this.#exponent - 9; left > 0; left -= 9) divide(limbs, 10 ** Math.min(left, 9));
    }
  }
}

function limbsOf(value: bigint): Float64Array {
  return Float64Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(16 * i)) & 0xffffn));
}

/** The four below work in place; `by` is at most 10⁹, so every intermediate fits a double exactly. */
function multiply(limbs: Float64Array, by: number): void {
  let carry = 0;
  for (let i = 0; i < LIMBS; i++) {
    const product = (limbs[i] ?? 0) * by + carry;
    limbs[i] = product % LIMB;
    carry = Math.floor(product / LIMB);
  }
}

function divide(limbs: Float64Array, by: number): void {
  let rest = 0;
  for (let i = LIMBS - 1; i >= 0; i--) {
    const dividend = rest * LIMB + (limbs[i] ?? 0);
    limbs[i] = Math.floor(dividend / by);
    rest = dividend % by;
  }
}

function shiftRight(limbs: Float64Array, bits: number): void {
  const whole = bits >> 4;
  const split = 2 ** (bits & 15);
  for (let i = 0; i < LIMBS; i++) {
    const lower = limbs[i + whole] ?? 0;
    const upper = limbs[i + whole + 1] ?? 0;
    limbs[i] = Math.floor(lower / split) + (upper % split) * (LIMB / split);
  }
}

function add(limbs: Float64Array, other: Float64Array): boolean {
  let carry = 0;
  for (let i = 0; i < LIMBS; i++) {
    const sum = (limbs[i] ?? 0) + (other[i] ?? 0) + carry;
    limbs[i] = sum % LIMB;
    carry = sum >= LIMB ? 1 : 0;
  }
  return false;
}

/** True where the difference would be below 0. */
function subtract(limbs: Float64Array, other: Float64Array): boolean {
  let borrow = 0;
  for (let i = 0; i < LIMBS; i++) {
    const difference = (limbs[i] ?? 0) - (other[i] ?? 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    limbs[i] = difference + borrow * LIMB;
  }
  return borrow === 1;
}
