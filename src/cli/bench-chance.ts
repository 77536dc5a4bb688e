/** Repeatable chance for the benches' traffic (xorshift32). */

/** A generator: each call gives a whole number in [0, below). */
export function chanceOf(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
