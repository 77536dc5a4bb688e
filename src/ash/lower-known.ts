/**
 * What is known at a point of a lambda, whichever way led there, so that what was checked is not checked again. It is
 * believed of the message as far as the verifier can prove it (lower.ts asks), and of state because nothing depends on it but
 * which fault comes first: virtual addresses are translated whatever was believed.
 *
 * Registers stand for the locals that they hold; whoever assigns one forgets what was known of it.
 */
import type { Register } from "../vcode/insn.js";

export interface Known {
  /** The message has so many octets at least. */
  readonly octets: number;
  /** The frame has so many octets at least. */
  readonly frame: number;
  /** register + reach <= octets of the message. */
  readonly reach: ReadonlyMap<Register, number>;
  /** register < below, as an unsigned word. */
  readonly below: ReadonlyMap<Register, number>;
}

const NONE: ReadonlyMap<Register, number> = new Map();

export const NOTHING_KNOWN: Known = { octets: 0, frame: 0, reach: NONE, below: NONE };

/** Of a point that no way leads to: anything. */
export type Way = Known | undefined;

export function meet(mine: Way, theirs: Way): Way {
  if (mine === undefined || mine === theirs) return theirs;
  if (theirs === undefined) return mine;
  return {
    octets: Math.min(mine.octets, theirs.octets),
    frame: Math.min(mine.frame, theirs.frame),
    reach: common(mine.reach, theirs.reach, Math.min),
    below: common(mine.below, theirs.below, Math.max),
  };
}

type Bounds = ReadonlyMap<Register, number>;

function common(mine: Bounds, theirs: Bounds, weaker: (a: number, b: number) => number): Bounds {
  if (mine === theirs) return mine;
  const both = new Map<Register, number>();
  for (const [register, bound] of mine) {
    const other = theirs.get(register);
    if (other !== undefined) both.set(register, weaker(bound, other));
  }
  return both;
}

export function atLeast(known: Known, octets: number): Known {
  return octets > known.octets ? { ...known, octets } : known;
}

export function withFrame(known: Known, frame: number): Known {
  return { ...known, frame };
}

export function reaching(known: Known, register: Register, reach: number): Known {
  const old = known.reach.get(register);
  if (old !== undefined && old >= reach) return known;
  return { ...known, reach: new Map(known.reach).set(register, reach) };
}

export function bounded(known: Known, register: Register, below: number): Known {
  const old = known.below.get(register);
  if (old !== undefined && old <= below) return known;
  return { ...known, below: new Map(known.below).set(register, below) };
}

export function forgetting(known: Known, registers: Iterable<Register>): Known {
  const [reach, below] = [new Map(known.reach), new Map(known.below)];
  for (const register of registers) {
    reach.delete(register);
    below.delete(register);
  }
  return { ...known, reach, below };
}
