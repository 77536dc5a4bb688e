/**
 * Why filters match a packet or do not, and who of them would get it: for the command line and the control plane alike.
 * Slow and plain: specifications are walked, nothing that was generated runs.
 */
import type { Filter } from "../dpf/atom.js";
import type { Frame } from "../dpf/brute.js";
import { bestBits, residualSays, type Walk, walk } from "../dpf/explain.js";
import { judge, liesInside } from "../dpf/judge.js";
import { explainText, type Term } from "../filter/explain.js";
import { compileText, type FilterLanguage } from "../filter/filter.js";

export interface FilterToExplain {
  readonly name: string;
  readonly language: FilterLanguage;
  readonly text: string;
}

export interface FilterExplained extends Walk {
  readonly name: string;
  readonly language: FilterLanguage;
  /** Of a pcap-filter text, in its order. */
  readonly terms: readonly Term[];
  /** What else is to be known. */
  readonly notes: readonly string[];
}

export interface PacketExplained {
  /** Who would get it, were all of them claims of one priority, bound in this order. */
  readonly winner: string | undefined;
  readonly reason: string;
  readonly filters: readonly FilterExplained[];
}

const NOTHING: Walk = { matches: false, conjunctions: [], residual: undefined };
const OPTIMISED =
  "a load beyond the captured octets rejects the packet here, as with tcpdump -O; tcpdump's optimiser may leave such a load out and answer otherwise";
const HEAD = "the link's header, whose length the text needs, was not captured whole, which rejects the packet at once";
const RESIDUAL = "atoms alone cannot say this text: where they match, a residual predicate decides the rest";

export function explainPacket(frame: Frame, asked: readonly FilterToExplain[]): PacketExplained {
  const compiled = asked.map((each) => compileText(each.text, each.language, frame.facts.link));
  const filters = asked.map((each, at) => explained(frame, each, compiled[at]));
  const claims = compiled.flatMap((each, at) => (each.ok ? [{ id: at + 1, filter: each.filter }] : []));
  return { ...winnerOf(frame, filters, claims), filters };
}

function explained(
  frame: Frame,
  { name, language, text }: FilterToExplain,
  compiled: ReturnType<typeof compileText> | undefined,
): FilterExplained {
  if (!compiled?.ok) {
    const errors = compiled?.errors ?? [];
    const notes = errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    return { ...NOTHING, name, language, terms: [], notes };
  }
  const read = language === "pcap-filter" ? explainText(text, frame) : undefined;
  const { terms, head } = read?.ok === true ? read : { terms: [], head: [] };
  const notes = [
    ...(head.some(({ value }) => value === undefined) ? [HEAD] : []),
    ...(compiled.filter.residual !== undefined && language === "pcap-filter" ? [RESIDUAL] : []),
    ...(terms.some(({ outcome }) => outcome === "fault") ? [OPTIMISED] : []),
  ];
  return { ...walk(compiled.filter, frame), name, language, terms, notes };
}

interface Claim {
  readonly id: number;
  readonly filter: Filter;
}

function winnerOf(
  frame: Frame,
  filters: readonly FilterExplained[],
  claims: readonly Claim[],
): Pick<PacketExplained, "winner" | "reason"> {
  const matching = claims.filter(({ id }) => filters[id - 1]?.matches === true);
  const bound = matching.map(({ id, filter }) => ({ id, filter, mode: "claim" as const, priority: 0, age: id }));
  const { octets, address, captured, facts } = frame;
  const says = (program: Parameters<typeof residualSays>[0]) => residualSays(program, frame);
  const { winner } = judge(bound, octets, address, captured, says, facts);
  const first = filters[winner - 1];
  if (first === undefined) return { winner: undefined, reason: "no filter matches" };
  return { winner: first.name, reason: reasonFor(winner, filters, matching) };
}

/** The rule that decided between the winner and the one that comes nearest to it. */
function reasonFor(winner: number, filters: readonly FilterExplained[], matching: readonly Claim[]): string {
  const bitsOf = ({ id }: Claim) => bestBits(filters[id - 1] ?? NOTHING) ?? 0;
  const first = matching.find(({ id }) => id === winner);
  const [next] = matching.filter(({ id }) => id !== winner).sort((a, b) => bitsOf(b) - bitsOf(a));
  if (first === undefined || next === undefined) return "no other filter matches";
  const [ours, theirs] = [bitsOf(first), bitsOf(next)];
  const name = filters[next.id - 1]?.name ?? "";
  if (ours > theirs) return `it tests ${ours} bits, and the next, ${name}, ${theirs}`;
  if (liesInside(first.filter, next.filter)) return `it tests ${ours} bits as ${name} does, and lies inside it`;
  return `it tests ${ours} bits as ${name} does, and is the older`;
}
