/**
 * The specification: what a filter means, one atom after the other, with nothing clever. Who of several
 * gets a frame is specified in judge.ts.
 */
import type { Program } from "../vcode/insn.js";
import type { Atom, Conjunction, Filter, FrameFacts, Tested } from "./atom.js";

/** A frame as it is judged: its octets lie from `address` on. */
export interface Frame {
  readonly octets: Uint8Array;
  readonly address: number;
  readonly captured: number;
  readonly facts: FrameFacts;
}

const ETHERNET = 1;

/** Of a frame of which nobody says more than its octets: it was captured whole, and is Ethernet's. */
export function plainFacts(captured: number): FrameFacts {
  return { wire: captured, link: ETHERNET };
}

/** Does the residual answer other than 0, within its fuel, for the frame at `octets[address … address + captured)`? */
export type ResidualEvaluator = (
  program: Program,
  octets: Uint8Array,
  address: number,
  captured: number,
  facts: FrameFacts,
) => boolean;

/** The masked field, unsigned, or undefined where it is not all inside the frame. */
export function loadOf(frame: Frame, base: number, { of, offset, width, mask }: Tested): number | undefined {
  if (of !== undefined) return (frame.facts[of] & mask) >>> 0;
  const from = base + offset;
  const octets = width / 8;
  if (from + octets > frame.captured) return undefined;
  let value = 0;
  for (let index = 0; index < octets; index++) value = value * 256 + (frame.octets[frame.address + from + index] ?? 0);
  return (value & mask) >>> 0;
}

/** The base after the atom, or undefined where the atom fails. */
export function stepOf(frame: Frame, base: number, atom: Atom): number | undefined {
  const left = frame.captured - base;
  if (atom.kind === "length") return left >= atom.least && left <= atom.most ? base : undefined;
  if (atom.kind === "shift") return atom.octets <= left ? base + atom.octets : undefined;
  const value = loadOf(frame, base, atom);
  if (value === undefined) return undefined;
  switch (atom.kind) {
    case "equal":
      return value === atom.value ? base : undefined;
    case "not-equal":
      return value !== atom.value ? base : undefined;
    case "range":
      return value >= atom.low && value <= atom.high ? base : undefined;
    case "shift-loaded":
      return value * 2 ** atom.left <= left ? base + value * 2 ** atom.left : undefined;
  }
}

export function matchesConjunction(
  conjunction: Conjunction,
  octets: Uint8Array,
  address: number,
  captured: number,
  facts = plainFacts(captured),
): boolean {
  return matchesFrame(conjunction, { octets, address, captured, facts });
}

/** The same of a frame that is there as one; allocates nothing. */
export function matchesFrame(conjunction: Conjunction, frame: Frame): boolean {
  let base: number | undefined = 0;
  for (const atom of conjunction) {
    base = stepOf(frame, base, atom);
    if (base === undefined) return false;
  }
  return true;
}

/**
 * Does the frame at `octets[address … address + captured)`, of which the descriptor says `facts`, match? Throws where there is a residual and
 * nothing to evaluate it.
 */
export function matches(
  filter: Filter,
  octets: Uint8Array,
  address: number,
  captured: number,
  residual?: ResidualEvaluator,
  facts = plainFacts(captured),
): boolean {
  const some = filter.conjunctions.some((one) => matchesConjunction(one, octets, address, captured, facts));
  if (!some || filter.residual === undefined) return some;
  if (residual === undefined) throw new Error("brute: a filter with a residual, and nothing to evaluate it");
  return residual(filter.residual, octets, address, captured, facts);
}
