/**
 * Live claims: how they lie to each other, and the order that decides where priority and bits do not. Among claims of
 * equal priority that test equally many bits the older wins, but the inner where one lies inside the other; so claims
 * between which that happens, and all that overlap with them at the same rank, are a *group* with an order of its own
 * (winner.ts). All others are ordered by age alone.
 */
import { factOctet } from "./fact.js";
import { MAX_AGE } from "./limits.js";
import { nodesNear } from "./near.js";
import type { Prepared } from "./prepared.js";
import { RELATION_WORK, type Relation, relate } from "./relation.js";
import { Search } from "./search.js";
import type { Node, Trie } from "./trie.js";
import { orderClaims } from "./winner.js";
import type { Witness } from "./witness.js";

/** Work that comparing one claim with all others may cost; where there are many, each gets its share. */
const ALL_WORK = 2_000_000;
const LEAST_WORK = 200;
/** A group has at most so many members, and so many pairs are compared to find them; beyond, age alone decides. */
export const MAX_GROUP = 256;
/** Steps of looking for the claims that a new one may overlap with. Where they do not suffice its age alone decides. */
const MAX_NEAR = 20_000;
/** The same, where it has to be known: where these do not suffice all claims are compared. */
const ALL_NEAR = 500_000;
const MAX_PAIRS = 20_000;

export interface NewClaim {
  readonly id: number;
  readonly prepared: Prepared;
  readonly priority: number;
  readonly age: number;
  /** Bits that each conjunction tests. */
  readonly bits: readonly number[];
}

export interface Related extends Relation {
  readonly id: number;
}

interface Claim extends NewClaim {
  /** A frame that it matches: what it does not match does not contain it. Undefined where none was found. */
  readonly sample: Witness | undefined;
  /** Of a member of a group: claims of its rank that overlap with it, and how it lies to them. */
  readonly tied: Map<number, Relation["relation"]>;
  group: Group | undefined;
  /** Greater wins. */
  order: number;
}

/** Members in the order in which they win. */
interface Group {
  members: Claim[];
  /** No order agrees with the rule for all of them. */
  readonly ring: boolean;
}

export class Claims {
  readonly #trie: Trie;
  readonly #claims = new Map<number, Claim>();

  constructor(trie: Trie) {
    this.#trie = trie;
  }

  /** What decides between claims of the same priority and bits: greater wins. */
  orderOf(id: number): number {
    return this.#claims.get(id)?.order ?? 0;
  }

  /** Is it of a group in which the age rule had to give way (winner.ts)? */
  inRing(id: number): boolean {
    return this.#claims.get(id)?.group?.ring === true;
  }

  /** Claims that have frames in common with a filter, or may have. */
  related(prepared: Prepared): Related[] {
    const near = this.#near(prepared, ALL_NEAR) ?? [...this.#claims.values()];
    const related = near.map(({ id, prepared: its }) => ({ id, ...relate(prepared, its, shareOf(near.length)) }));
    return related.filter(({ relation }) => relation !== "disjoint");
  }

  /** A claim of that priority that matches the same frames. */
  identicalTo(prepared: Prepared, priority: number): number | undefined {
    const sample = sampleOf(prepared);
    const isLike = (claim: Claim) => claim.priority === priority && mayContain(claim.prepared, sample);
    const near = this.#near(prepared, MAX_NEAR)?.filter(isLike) ?? [];
    return near.find(({ prepared: its }) => relate(prepared, its, shareOf(near.length)).relation === "identical")?.id;
  }

  /** Its filter is in the trie, or will be. Claims whose order is another now. */
  add(given: NewClaim): number[] {
    const sample = sampleOf(given.prepared);
    const claim: Claim = { ...given, sample, tied: new Map(), group: undefined, order: MAX_AGE - given.age };
    this.#claims.set(claim.id, claim);
    const tied = this.#tiedTo(claim);
    const asks = tied?.some((other) => other.group !== undefined || isNested(claim, other, shareOf(tied.length)));
    return asks === true ? this.#group(claim) : [];
  }

  /** What is left keeps its order: it agrees with the rule whoever is missing. */
  remove(id: number): void {
    const claim = this.#claims.get(id);
    if (claim === undefined) return;
    this.#claims.delete(id);
    for (const other of claim.tied.keys()) this.#claims.get(other)?.tied.delete(id);
    if (claim.group) claim.group.members = claim.group.members.filter((member) => member !== claim);
  }

  /** Claims that may have a frame in common with the filter; undefined where finding them takes more than the work. */
  #near({ forms }: Prepared, most: number): Claim[] | undefined {
    const ids = new Set<number>();
    const work = { left: most };
    const add = (node: Node) => {
      work.left -= node.claims.length;
      for (const { id } of node.claims) ids.add(id);
    };
    const isComplete = forms.every(({ conjunction }) => nodesNear(this.#trie, conjunction, work, add));
    return isComplete ? [...ids].flatMap((id) => this.#claims.get(id) ?? []) : undefined;
  }

  /** Claims of its rank that may overlap with it; undefined where they are too many. */
  #tiedTo(claim: Claim): Claim[] | undefined {
    return this.#near(claim.prepared, MAX_NEAR)?.filter((other) => isTied(claim, other));
  }

  /** The claim and all that hang together with it get one order, where one lies inside another. */
  #group(claim: Claim): number[] {
    const members = new Set([claim]);
    let pairs = 0;
    for (const member of members) {
      if (member.group === undefined) {
        const near = this.#tiedTo(member);
        pairs += near?.length ?? MAX_PAIRS + 1;
        if (near === undefined || pairs > MAX_PAIRS) return [];
        for (const other of near) tie(member, other, shareOf(near.length));
      }
      for (const id of member.tied.keys()) {
        const other = this.#claims.get(id);
        if (other) members.add(other);
      }
      if (members.size > MAX_GROUP) return [];
    }
    // A group that was keeps its order when what it was made for is gone, so whoever overlaps with it joins it.
    const asks = [...members].some((member) => member.group || [...member.tied.values()].includes("inside"));
    return asks ? this.#order(claim, members) : [];
  }

  #order(claim: Claim, members: ReadonlySet<Claim>): number[] {
    const sorted = this.#grow(claim, members) ?? this.#sorted([...members]);
    const ring = sorted.some((first, index) => sorted.slice(index + 1).some((later) => goesFirst(later, first)));
    const group = { members: sorted, ring };
    const orders = sorted.map(({ age }) => MAX_AGE - age).sort((a, b) => b - a);
    const changed: number[] = [];
    sorted.forEach((member, index) => {
      member.group = group;
      const order = orders[index] ?? 0;
      if (member.order === order && member !== claim) return;
      member.order = order;
      changed.push(member.id);
    });
    return changed;
  }

  /** A group that was there, with the claim in its place; undefined where that is not enough. */
  #grow(claim: Claim, members: ReadonlySet<Claim>): Claim[] | undefined {
    const [first] = [...members].filter((member) => member !== claim);
    const old = first?.group?.members;
    if (old === undefined || old.length !== members.size - 1 || old.some((member) => !members.has(member)))
      return undefined;
    const after = old.findLastIndex((member) => goesFirst(member, claim));
    const before = old.findIndex((member) => goesFirst(claim, member));
    if (before >= 0 && before <= after) return undefined;
    return old.toSpliced(after + 1, 0, claim);
  }

  #sorted(members: readonly Claim[]): Claim[] {
    const inside = (a: number, b: number) => this.#claims.get(a)?.tied.get(b) === "inside";
    const overlap = (a: number, b: number) => this.#claims.get(a)?.tied.has(b) === true;
    return orderClaims(members, inside, overlap).flatMap((id) => this.#claims.get(id) ?? []);
  }
}

function shareOf(pairs: number): number {
  return Math.max(LEAST_WORK, Math.min(RELATION_WORK, Math.floor(ALL_WORK / Math.max(pairs, 1))));
}

/** A frame that the filter matches, residuals aside; undefined where none is found soon. */
function sampleOf({ forms }: Prepared): Witness | undefined {
  const search = new Search({ left: LEAST_WORK });
  const [form] = forms;
  if (form === undefined || !search.find([form], []) || search.length > MAX_SAMPLE) return undefined;
  return search.frame();
}

const MAX_SAMPLE = 2048;

/**
 * May the filter contain whatever the sample is of? Certainly not where no conjunction accepts its octets. Only bits
 * before the first move are looked at, since this is asked of every pair.
 */
function mayContain({ forms }: Prepared, sample: Witness | undefined): boolean {
  return sample === undefined || forms.some(({ regions }) => acceptsBits(regions[0]?.fixed ?? [], sample));
}

/** `fixed`: as PreparedRegion has it. */
function acceptsBits(fixed: readonly number[], sample: Witness): boolean {
  for (const octet of fixed) {
    const place = Math.floor(octet / 65_536);
    const found = place < 0 ? factOctet(sample, place) : sample.octets[place];
    if (found === undefined || ((found ^ octet) & (octet >>> 8) & 0xff) !== 0) return false;
  }
  return true;
}

/** Does one of them lie inside the other? */
function isNested(claim: Claim, other: Claim, work: number): boolean {
  if (!mayContain(other.prepared, claim.sample) && !mayContain(claim.prepared, other.sample)) return false;
  const { relation } = relate(claim.prepared, other.prepared, work);
  return relation === "inside" || relation === "contains";
}

/** Both remember how they lie to each other, where they overlap. */
function tie(claim: Claim, other: Claim, work: number): void {
  const { relation } = relate(claim.prepared, other.prepared, work);
  if (relation === "disjoint") return;
  claim.tied.set(other.id, relation);
  other.tied.set(claim.id, opposite(relation));
}

/** Must `a` come before `b`, as the rule has it for these two? */
function goesFirst(a: Claim, b: Claim): boolean {
  const relation = a.tied.get(b.id);
  if (relation === undefined || relation === "contains") return false;
  return relation === "inside" || a.age < b.age;
}

/** May the two meet with nothing but their order to decide between them? */
function isTied(claim: Claim, other: Claim): boolean {
  if (other === claim || other.priority !== claim.priority) return false;
  return claim.bits.some((bits) => other.bits.includes(bits));
}

function opposite(relation: Relation["relation"]): Relation["relation"] {
  if (relation === "inside") return "contains";
  return relation === "contains" ? "inside" : relation;
}
