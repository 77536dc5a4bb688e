/** The specification: what a filter means, one atom after the other, with nothing clever. */
import type { Atom, Conjunction, Filter, Width } from "./atom.js";
import { bitsTested, canonical } from "./canonical.js";

interface Frame {
  readonly octets: Uint8Array;
  readonly address: number;
  readonly captured: number;
}

/** The field at `base + offset`, unsigned, or undefined where it is not all inside the frame. */
function load(frame: Frame, base: number, offset: number, width: Width): number | undefined {
  const from = base + offset;
  const octets = width / 8;
  if (from + octets > frame.captured) return undefined;
  let value = 0;
  for (let index = 0; index < octets; index++) value = value * 256 + (frame.octets[frame.address + from + index] ?? 0);
  return value;
}

/** The base after the atom, or undefined where the atom fails. */
function step(frame: Frame, base: number, atom: Atom): number | undefined {
  if (atom.kind === "shift") return base + atom.octets <= frame.captured ? base + atom.octets : undefined;
  const value = load(frame, base, atom.offset, atom.width);
  if (value === undefined) return undefined;
  const masked = (value & atom.mask) >>> 0;
  if (atom.kind === "equal") return masked === atom.value ? base : undefined;
  const moved = base + masked * 2 ** atom.left;
  return moved <= frame.captured ? moved : undefined;
}

export function matchesConjunction(
  conjunction: Conjunction,
  octets: Uint8Array,
  address: number,
  captured: number,
): boolean {
  const frame = { octets, address, captured };
  let base: number | undefined = 0;
  for (const atom of conjunction) {
    base = step(frame, base, atom);
    if (base === undefined) return false;
  }
  return true;
}

/** Does the frame at `octets[address … address + captured)` match? */
export function matches(filter: Filter, octets: Uint8Array, address: number, captured: number): boolean {
  return filter.conjunctions.some((conjunction) => matchesConjunction(conjunction, octets, address, captured));
}

/** A filter as it was bound. */
export interface Bound {
  readonly id: number;
  readonly filter: Filter;
  readonly mode: "claim" | "tap";
  readonly priority: number;
  readonly age: number;
}

/** Who gets a frame: the winning claim (0: none) and the taps, ascending. */
export interface Judgement {
  readonly winner: number;
  readonly taps: readonly number[];
}

/** DESIGN.md's rule: priority, then bits tested by the conjunction that matched, then the oldest. */
export function judge(bound: Iterable<Bound>, octets: Uint8Array, address: number, captured: number): Judgement {
  let best: readonly [number, number, number, number] | undefined;
  const taps: number[] = [];
  for (const { id, filter, mode, priority, age } of bound) {
    const matched = filter.conjunctions.filter((conjunction) =>
      matchesConjunction(conjunction, octets, address, captured),
    );
    if (matched.length === 0) continue;
    if (mode === "tap") taps.push(id);
    for (const conjunction of mode === "claim" ? matched : []) {
      const form = canonical(conjunction);
      const rank = [priority, form === undefined ? 0 : bitsTested(form), -age, id] as const;
      if (best === undefined || isBetter(rank, best)) best = rank;
    }
  }
  return { winner: best?.[3] ?? 0, taps: taps.sort((a, b) => a - b) };
}

function isBetter(a: readonly [number, number, number, number], b: readonly [number, number, number, number]): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] !== b[1] ? a[1] > b[1] : a[2] > b[2];
}
