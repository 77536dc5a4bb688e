/**
 * The specification of who gets a frame, among all filters that are bound: every tap that matches, and of the
 * claims one. DESIGN.md's rule: the highest priority; then most bits tested by the conjunction that matched; then,
 * where one claim lies inside the other, the inner; then the oldest.
 */
import type { Conjunction, Filter } from "./atom.js";
import { matches, matchesConjunction, plainFacts, type ResidualEvaluator } from "./brute.js";
import { bitsTested, canonical } from "./canonical.js";
import { type Prepared, prepare } from "./prepared.js";
import { relate } from "./relation.js";

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

export function judge(
  bound: Iterable<Bound>,
  octets: Uint8Array,
  address: number,
  captured: number,
  residual?: ResidualEvaluator,
  facts = plainFacts(captured),
): Judgement {
  const matched = [...bound].filter(({ filter }) => matches(filter, octets, address, captured, residual, facts));
  const isMatched = (one: Conjunction) => matchesConjunction(one, octets, address, captured, facts);
  const taps = matched.filter(({ mode }) => mode === "tap").map(({ id }) => id);
  const claims = matched.filter(({ mode }) => mode === "claim");
  const priority = Math.max(...claims.map((claim) => claim.priority));
  const urgent = claims.filter((claim) => claim.priority === priority);
  const bits = urgent.map(({ filter }) => Math.max(...filter.conjunctions.filter(isMatched).map(bitsOf)));
  const best = urgent.filter((_, index) => bits[index] === Math.max(...bits));
  // Claims of which another lies inside are out; something is left, as no claim lies inside itself. Of what is left the oldest wins.
  const byAge = best.toSorted((a, b) => a.age - b.age || a.id - b.id);
  const winner = byAge.find((claim) => !best.some((other) => liesInside(other.filter, claim.filter)));
  return { winner: winner?.id ?? 0, taps: taps.sort((a, b) => a - b) };
}

// What does not depend on the frame is found once, however many frames are judged.
const BITS = new WeakMap<Conjunction, number>();
const PREPARED = new WeakMap<Filter, Prepared>();
const INSIDE = new WeakMap<Filter, WeakMap<Filter, boolean>>();

/** Is every frame of `a` one of `b`, and not vice versa? Where that is not known: no. */
export function liesInside(a: Filter, b: Filter): boolean {
  const known = INSIDE.get(a) ?? new WeakMap<Filter, boolean>();
  INSIDE.set(a, known);
  const inside = known.get(b) ?? relate(preparedOf(a), preparedOf(b)).relation === "inside";
  known.set(b, inside);
  return inside;
}

function bitsOf(conjunction: Conjunction): number {
  const known = BITS.get(conjunction);
  if (known !== undefined) return known;
  const form = canonical(conjunction);
  const bits = form === undefined ? 0 : bitsTested(form);
  BITS.set(conjunction, bits);
  return bits;
}

function preparedOf(filter: Filter): Prepared {
  const known = PREPARED.get(filter) ?? prepare(filter);
  PREPARED.set(filter, known);
  return known;
}
