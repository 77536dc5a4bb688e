/** A small generator of repeatable chance (xorshift32): the seed is in the test's name or printed where it fails. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds begin far from each other.
    this.#state = Math.imul(seed, 0x9e3779b1) | 1;
    for (let warm = 0; warm < 8; warm++) this.below(2);
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % below;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error("chance: nothing to pick from");
    return picked;
  }

  /** True in so many of a hundred cases. */
  percent(percent: number): boolean {
    return this.below(100) < percent;
  }
}
