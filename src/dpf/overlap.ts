/**
 * Which claims a new claim would meet: packets that both would match, and who would get those. It decides what a claim
 * needs a capability for, and is shown before a claim is bound, and with one that is refused.
 */

import { excludes } from "./aligned.js";
import { type Atom, type Conjunction, FACTS, type Fact, type Filter } from "./atom.js";
import { matchesConjunction } from "./brute.js";
import { bitsTested } from "./canonical.js";
import type { Related } from "./claims.js";
import type { Classifier } from "./dpf.js";
import { type Form, type Prepared, prepare } from "./prepared.js";
import type { RelationName } from "./relation.js";
import type { Witness } from "./witness.js";

/** `inside`: every packet of the new claim is one of the old; `contains`: the other way round. */
export type ClaimRelation = Exclude<RelationName, "disjoint">;

/** Who gets what both match; `depends`: on the packet, or it is not known. */
export type ClaimWinner = "new" | "old" | "depends";

export interface ClaimOverlap {
  readonly id: number;
  readonly priority: number;
  readonly relation: ClaimRelation;
  readonly wins: ClaimWinner;
  /** A packet that both match, where one is known. */
  readonly witness: Witness | null;
  /** What else of the witness decides: facts that the atoms of either claim look at. */
  readonly facts: readonly Fact[];
  /** Places of the witness that the new claim's atoms look at, ascending. */
  readonly decisive: readonly number[];
}

export interface Overlaps {
  /** The first OVERLAPS_TOLD: those of other owners come first, of them those that the new claim may win from. */
  readonly overlaps: readonly ClaimOverlap[];
  readonly total: number;
}

export const OVERLAPS_TOLD = 20;

/** `isOther`: is a claim another owner's? Those come first. */
export function overlapsOf(
  classifier: Classifier,
  filter: Filter,
  priority: number,
  isOther: (id: number) => boolean = () => false,
): Overlaps {
  const claim = { ...prepare(filter), priority };
  const related = classifier.related(filter).map((each) => ({ each, wins: winnerOf(classifier, each, claim) }));
  const rank = ({ each, wins }: (typeof related)[number]) => 2 * Number(!isOther(each.id)) + Number(wins === "old");
  const sorted = related.toSorted((a, b) => rank(a) - rank(b) || a.each.id - b.each.id);
  const overlaps = sorted.slice(0, OVERLAPS_TOLD).map(({ each, wins }) => told(classifier, filter, each, wins));
  return { overlaps, total: related.length };
}

/** Of claims that are related to a new one, those from which it would win a packet, or may. */
export function losersOf(
  classifier: Classifier,
  filter: Filter,
  priority: number,
  related: readonly Related[],
): Related[] {
  const claim = { ...prepare(filter), priority };
  return related.filter((each) => winnerOf(classifier, each, claim) !== "old");
}

function told(classifier: Classifier, filter: Filter, each: Related, wins: ClaimWinner): ClaimOverlap {
  const { id, relation, witness = null } = each;
  const old = classifier.live.get(id);
  return {
    id,
    priority: old?.priority ?? 0,
    relation: relation === "disjoint" ? "unknown" : relation,
    wins,
    witness,
    facts: witness === null ? [] : factsOf(filter, old?.filter),
    decisive: witness === null ? [] : octetsRead(filter, witness),
  };
}

type Rival = Pick<Prepared, "forms"> & { readonly priority: number };

/** DESIGN.md's rule for two: priority, bits, the inner, the oldest; the new one is the youngest. */
function winnerOf(classifier: Classifier, { id, relation }: Related, claim: Rival): ClaimWinner {
  const old = classifier.live.get(id);
  if (old === undefined) return "new";
  if (claim.priority !== old.priority) return claim.priority > old.priority ? "new" : "old";
  const margins = marginsOf(claim.forms, prepare(old.filter).forms);
  if (margins.every((margin) => margin < 0)) return "old";
  if (margins.every((margin) => margin > 0)) return "new";
  if (margins.some((margin) => margin !== 0) || relation === "unknown") return "depends";
  return relation === "inside" ? "new" : "old";
}

/** Of conjunctions that a packet may match together: by how many bits the first tests more than the second. */
function marginsOf(forms: readonly Form[], others: readonly Form[]): number[] {
  return forms.flatMap((form) => {
    const bits = bitsTested(form.conjunction);
    return others.filter((other) => !excludes(form, other)).map(({ conjunction }) => bits - bitsTested(conjunction));
  });
}

/** A witness as text: its octets in hex, and the facts that decide. */
export function witnessText(witness: Witness, facts: readonly Fact[]): string {
  const told = facts.map((fact) => `, ${fact} ${witness[fact]}`).join("");
  return Buffer.from(witness.octets).toString("hex") + told;
}

/** Facts that the filters' atoms look at. */
export function factsOf(...filters: readonly (Filter | undefined)[]): Fact[] {
  const atoms = filters.flatMap((filter) => filter?.conjunctions.flat() ?? []);
  return FACTS.filter((fact) => atoms.some((atom) => "of" in atom && atom.of === fact));
}

/** Places that the first conjunction that matches looks at. */
export function octetsRead(filter: Filter, { octets, wire, link }: Witness): number[] {
  const facts = { wire, link };
  const matches = (one: Conjunction) => matchesConjunction(one, octets, 0, octets.length, facts);
  const matching = filter.conjunctions.find(matches) ?? [];
  return [...placesOf(matching, octets)].sort((a, b) => a - b);
}

function placesOf(conjunction: Conjunction, octets: Uint8Array): Set<number> {
  const read = new Set<number>();
  let base = 0;
  for (const atom of conjunction) base = look(atom, octets, base, read);
  return read;
}

/** The base after the atom. */
function look(atom: Atom, octets: Uint8Array, base: number, read: Set<number>): number {
  if (atom.kind === "shift") return base + atom.octets;
  if (atom.kind === "length" || ("of" in atom && atom.of !== undefined)) return base;
  let value = 0;
  for (let at = base + atom.offset; at < base + atom.offset + atom.width / 8; at++) {
    read.add(at);
    value = value * 256 + (octets[at] ?? 0);
  }
  return atom.kind === "shift-loaded" ? base + ((value & atom.mask) >>> 0) * 2 ** atom.left : base;
}
