/**
 * The last part of the rule that chooses between claims (judge.ts), as one order: among claims of equal priority
 * and equally many bits tested, the first in the order that matches wins.
 *
 * For each two that can match together the rule says which comes first: of two where one lies inside the other, the
 * inner; of others, the older. An order that agrees with all these pairs agrees with the rule for all sets: its first
 * in a set has nothing inside it there, and is the oldest of those.
 *
 * From three claims on there may be no such order: A inside B, B older than C, C older than A, and each of the last two
 * pairs partly overlapping, is a ring. Then inner before outer is kept, which has no rings by itself, and
 * the age rule gives way: of those whose inner ones have all been placed, the oldest is next. This happens within
 * the ring only; the order among all others agrees with the rule.
 */

export interface AgedClaim {
  readonly id: number;
  /** Less is older. */
  readonly age: number;
}

/** A claim by its index, oldest first, with those that the rule candidates before it. */
interface Candidate {
  readonly id: number;
  /** Those that lie inside it. */
  readonly inner: ReadonlySet<number>;
  /** Those, and older ones that overlap it. */
  readonly before: ReadonlySet<number>;
}

/**
 * Ids in the order in which they win. `inside(a, b)`: a lies inside b, and not b inside a; `overlap`: some frame matches
 * both. Both are asked of every pair, so hand in only claims that compete. Equal input in any order gives equal output.
 */
export function orderClaims(
  claims: readonly AgedClaim[],
  inside: (a: number, b: number) => boolean,
  overlap: (a: number, b: number) => boolean,
): number[] {
  const sorted = claims.toSorted((a, b) => a.age - b.age || a.id - b.id);
  const candidates = sorted.map(({ id }, index): Candidate => {
    const others = sorted.map((_, other) => other).filter((other) => other !== index);
    const inner = others.filter((other) => inside(sorted[other]?.id ?? 0, id));
    const older = others.filter((other) => {
      const its = sorted[other]?.id ?? 0;
      return other < index && overlap(its, id) && !inside(id, its);
    });
    return { id, inner: new Set(inner), before: new Set([...inner, ...older]) };
  });
  const left = new Set(candidates.keys());
  const order: number[] = [];
  while (left.size > 0) {
    const next = nextOf(candidates, left);
    left.delete(next);
    order.push(candidates[next]?.id ?? 0);
  }
  return order;
}

/** The oldest before which nothing has to come; in a ring, the oldest before which nothing inner has to. */
function nextOf(candidates: readonly Candidate[], left: ReadonlySet<number>): number {
  const ready = [...left].filter((index) => isDone(candidates[index]?.inner, left));
  const free = ready.find((index) => isDone(candidates[index]?.before, left));
  if (free !== undefined) return free;
  // All that is left has something before it. What has least before it, directly or not, is part of a first ring.
  let first = ready[0] ?? 0;
  let least = Infinity;
  for (const index of ready) {
    const size = reached(candidates, left, index).size;
    if (size < least) [first, least] = [index, size];
  }
  return first;
}

function isDone(before: ReadonlySet<number> | undefined, left: ReadonlySet<number>): boolean {
  for (const index of before ?? []) if (left.has(index)) return false;
  return true;
}

/** What is left before the claim, directly or not, and the claim itself. */
function reached(candidates: readonly Candidate[], left: ReadonlySet<number>, from: number): Set<number> {
  const seen = new Set([from]);
  for (const index of seen)
    for (const before of candidates[index]?.before ?? []) if (left.has(before)) seen.add(before);
  return seen;
}
