/** What was found out of filters and a packet, as the protocol has it. */
import type { FilterExplained, PacketExplained } from "../appliance/explanation.js";
import type { AtomStep, ConjunctionWalk } from "../dpf/explain.js";
import type { Term } from "../filter/explain.js";
import type {
  AtomExplanation,
  ConjunctionExplanation,
  FilterExplanation,
  PacketExplanation,
  TermExplanation,
} from "./protocol.js";

/** Conjunctions of one filter that are told: nobody reads more, and answers stay small where there are many filters. */
const TOLD_CONJUNCTIONS = 64;

type Explanation = Pick<PacketExplanation, "winner" | "reason" | "filters">;

export function explanationOf({ winner, reason, filters }: PacketExplained): Explanation {
  return { winner: winner ?? null, reason, filters: filters.map(filterOf) };
}

function filterOf({
  name,
  language,
  matches,
  conjunctions,
  residual,
  terms,
  notes,
}: FilterExplained): FilterExplanation {
  const told = toldOf(conjunctions);
  const left = conjunctions.length - told.length;
  return {
    name,
    language,
    matches,
    conjunctions: told.map(conjunctionOf),
    residual: residual ?? null,
    terms: terms.map(termOf),
    notes: left === 0 ? notes : [...notes, `${left} more conjunctions came less far, and are not told`],
  };
}

/** Those that match and those that came furthest, in their order. */
function toldOf(conjunctions: readonly ConjunctionWalk[]): readonly ConjunctionWalk[] {
  if (conjunctions.length <= TOLD_CONJUNCTIONS) return conjunctions;
  const reached = ({ matches, steps }: ConjunctionWalk) =>
    matches ? Number.POSITIVE_INFINITY : steps.filter(({ outcome }) => outcome === "holds").length;
  const ranked = conjunctions.map((conjunction) => ({ conjunction, far: reached(conjunction) }));
  const told = new Set(ranked.toSorted((a, b) => compare(b.far, a.far)).slice(0, TOLD_CONJUNCTIONS));
  return ranked.filter((each) => told.has(each)).map(({ conjunction }) => conjunction);
}

/** The difference of two infinities is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function conjunctionOf({ matches, bits, steps }: ConjunctionWalk): ConjunctionExplanation {
  return { matches, bits, atoms: steps.map(atomOf) };
}

function atomOf({ text, octets, found, wanted, outcome }: AtomStep): AtomExplanation {
  const { from, to } = octets ?? { from: null, to: null };
  return { text, from, to, found: found ?? null, wanted, outcome };
}

function termOf({ text, start, end, outcome, loads }: Term): TermExplanation {
  return { text, start, end, outcome, loads: loads.map(({ from, to, value = null }) => ({ from, to, value })) };
}
