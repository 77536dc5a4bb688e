/** Damages captures, from a seed: cut, flipped and spliced, with the place of the first octet that is not the original's. */
import { Chance } from "../seeded.js";

/** Numbers in [0, below). */
export function seeded(seed: number): (below: number) => number {
  const chance = new Chance(seed);
  return (below) => chance.below(below);
}

export interface Mutilated {
  readonly kind: "cut" | "flip" | "splice";
  readonly octets: Uint8Array;
  /** Octets before this are the original's. */
  readonly intact: number;
}

export function mutilate(original: Uint8Array, random: (below: number) => number): Mutilated {
  switch (random(3)) {
    case 0:
      return cut(original, random(original.length));
    case 1:
      return flip(original, random);
    default:
      return splice(original, random);
  }
}

export function cut(original: Uint8Array, at: number): Mutilated {
  return { kind: "cut", octets: original.slice(0, at), intact: at };
}

/** One to four octets get other bits. */
function flip(original: Uint8Array, random: (below: number) => number): Mutilated {
  const octets = original.slice();
  let intact = octets.length;
  for (let i = random(4); i >= 0; i--) {
    const at = random(octets.length);
    octets[at] = (octets[at] ?? 0) ^ (1 + random(255));
    if (octets[at] !== original[at]) intact = Math.min(intact, at);
  }
  return { kind: "flip", octets, intact: Math.min(intact, firstDifference(octets, original)) };
}

/** A piece is taken out, put in twice, or replaced by noise. */
function splice(original: Uint8Array, random: (below: number) => number): Mutilated {
  const from = random(original.length);
  const to = Math.min(original.length, from + 1 + random(200));
  const piece = original.subarray(from, to);
  const middle = [new Uint8Array(0), Buffer.concat([piece, piece]), piece.map(() => random(256))][random(3)];
  const octets = new Uint8Array(Buffer.concat([original.subarray(0, from), middle ?? piece, original.subarray(to)]));
  return { kind: "splice", octets, intact: firstDifference(octets, original) };
}

function firstDifference(octets: Uint8Array, original: Uint8Array): number {
  const shorter = Math.min(octets.length, original.length);
  for (let at = 0; at < shorter; at++) if (octets[at] !== original[at]) return at;
  return shorter;
}
