/** An explanation as the page shows it: filters in an order, and a text cut at the primitives in it. */
import type {
  AtomExplanation,
  ConjunctionExplanation,
  FilterExplanation,
  PacketExplanation,
  TermExplanation,
} from "../control/protocol.js";
import type { Range } from "./fields.js";

/** What the appliance calls a text that has no name: here the new filter that is being written. */
export const UNNAMED = "(text)";

export function shownName(name: string): string {
  return name === UNNAMED ? "the new filter" : name;
}

/** What is being written first, then the winner, then what matches, then the rest; within these as they came. */
export function inOrder({ filters, winner }: PacketExplanation): readonly FilterExplanation[] {
  const rank = ({ name, matches }: FilterExplanation) => (name === UNNAMED ? 0 : name === winner ? 1 : matches ? 2 : 3);
  return [...filters].sort((a, b) => rank(a) - rank(b));
}

/** The filter whose walk is shown: the chosen one, or the first that has been stored. */
export function chosenOf(order: readonly FilterExplanation[], chosen: string): FilterExplanation | undefined {
  const named = order.find((one) => one.name === chosen);
  return named ?? order.find(({ name }) => name !== UNNAMED) ?? order[0];
}

export interface Walked {
  readonly conjunction: ConjunctionExplanation;
  /** Its place among the filter's, from 1. */
  readonly place: number;
  /** Where it failed. */
  readonly failed: AtomExplanation | undefined;
}

/** Those that match first, then those that came furthest. */
export function furthestFirst(conjunctions: readonly ConjunctionExplanation[]): readonly Walked[] {
  const far = ({ conjunction }: Walked) => conjunction.atoms.filter(({ outcome }) => outcome === "holds").length;
  const walked = conjunctions.map((conjunction, index) => ({
    conjunction,
    place: index + 1,
    failed: conjunction.atoms.find(({ outcome }) => outcome === "differs" || outcome === "beyond"),
  }));
  return walked.sort((a, b) => Number(b.conjunction.matches) - Number(a.conjunction.matches) || far(b) - far(a));
}

export interface Segment {
  readonly text: string;
  /** Null is what stands between primitives. */
  readonly term: TermExplanation | null;
}

/** The whole text in its order. A term that does not lie in the text, or within another, is left out. */
export function segmentsOf(text: string, terms: readonly TermExplanation[]): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const term of [...terms].sort((a, b) => a.start - b.start)) {
    if (term.start < at || term.end <= term.start || term.end > text.length) continue;
    if (term.start > at) segments.push({ text: text.slice(at, term.start), term: null });
    segments.push({ text: text.slice(term.start, term.end), term });
    at = term.end;
  }
  if (at < text.length) segments.push({ text: text.slice(at), term: null });
  return segments;
}

export interface Sign {
  readonly sign: string;
  readonly words: string;
  /** Class of its colour. */
  readonly kind: "holds" | "differs" | "fault" | "rest";
}

export const TERM_SIGNS: Readonly<Record<TermExplanation["outcome"], Sign>> = {
  true: { sign: "✓", words: "true", kind: "holds" },
  false: { sign: "✗", words: "false", kind: "differs" },
  fault: { sign: "!", words: "fault: it rejects the packet", kind: "fault" },
  "not-reached": { sign: "–", words: "not reached", kind: "rest" },
};

export const ATOM_SIGNS: Readonly<Record<AtomExplanation["outcome"], Sign>> = {
  holds: { sign: "✓", words: "holds", kind: "holds" },
  differs: { sign: "✗", words: "differs", kind: "differs" },
  beyond: { sign: "!", words: "beyond what was captured", kind: "fault" },
  "not-reached": { sign: "–", words: "not reached", kind: "rest" },
};

/** Octets that an atom read, or would have. */
export function atomRanges({ from, to }: AtomExplanation): readonly Range[] {
  return from === null || to === null || to <= from ? [] : [{ from, to }];
}

export function termRanges({ loads }: TermExplanation): readonly Range[] {
  return loads.filter(({ from, to }) => to > from).map(({ from, to }) => ({ from, to }));
}

/** What a primitive loaded, in words. */
export function loadWords({ loads }: TermExplanation): string {
  return loads
    .map(({ from, to, value }) => {
      const place = to - from <= 1 ? `octet ${from}` : `octets ${from}–${to - 1}`;
      return value === null ? `${place}: not captured` : `${place} = ${value} (0x${value.toString(16)})`;
    })
    .join(", ");
}
