/**
 * How two filters lie to each other: a question about all frames, answered exactly or not at all. Filters are unions
 * of conjunctions, so
 *
 *   disjoint    no pair of their conjunctions has a frame in common
 *   inside      no conjunction of `a` has a frame that all conjunctions of `b` refuse
 *
 * Most pairs are told apart by a glance (aligned.ts); the others are searched (search.ts) with a stated amount of
 * work. Where that is spent, or a residual has its say, the answer is "unknown": whoever asks has to count that as overlap.
 * A filter that matches no frame is disjoint from every filter, itself included.
 */

import { excludes, implies } from "./aligned.js";
import type { Form, Prepared } from "./prepared.js";
import { Search, type Work } from "./search.js";
import { type Witness, witnessOf } from "./witness.js";

export type RelationName = "identical" | "inside" | "contains" | "partial" | "disjoint" | "unknown";

export interface Relation {
  /** Of the first to the second: "inside" says that every frame of the first is one of the second, and not vice versa. */
  readonly relation: RelationName;
  /** A frame that both accept; absent where there is none, or none was found, or it would be very long. */
  readonly witness?: Witness;
}

/** Steps of search that one answer may cost; some milliseconds. */
export const RELATION_WORK = 100_000;
/** Tests that a glance or a run of a filter looks at in the time of one step. */
const TESTS_A_STEP = 32;

const DISJOINT: Relation = { relation: "disjoint" };
const UNKNOWN: Relation = { relation: "unknown" };

/** Exact, within the work; see the head of this file. */
export function relate(a: Prepared, b: Prepared, limit = RELATION_WORK): Relation {
  const work = { left: limit };
  const overlap = common(a, b, work);
  if (overlap === "none") return DISJOINT;
  if (overlap === "unknown" || a.filter.residual !== undefined || b.filter.residual !== undefined) return UNKNOWN;
  work.left -= stepsFor(testsOf(a) + testsOf(b));
  const witness = work.left < 0 ? undefined : witnessOf(overlap, a.filter, b.filter);
  const found = witness === undefined ? {} : { witness };
  if (a.text === b.text) return { relation: "identical", ...found };
  const inside = isInside(a, b, work);
  const contains = isInside(b, a, work);
  if (inside === undefined || contains === undefined) return { relation: "unknown", ...found };
  if (inside) return { relation: contains ? "identical" : "inside", ...found };
  return { relation: contains ? "contains" : "partial", ...found };
}

/** A search that has found a frame of both. */
function common(a: Prepared, b: Prepared, work: Work): Search | "none" | "unknown" {
  for (const one of a.forms) {
    for (const other of b.forms) {
      if (!glance(work, one, other)) return "unknown";
      if (excludes(one, other)) continue;
      const search = new Search(work);
      if (search.find([one, other], [])) return search;
      if (search.exhausted) return "unknown";
    }
  }
  return "none";
}

/** Is every frame of `a` one of `b`? Undefined where the work did not suffice. */
function isInside(a: Prepared, b: Prepared, work: Work): boolean | undefined {
  for (const form of a.forms) {
    const answer = isCovered(form, b.forms, work);
    if (answer !== true) return answer;
  }
  return true;
}

function isCovered(form: Form, by: readonly Form[], work: Work): boolean | undefined {
  const near: Form[] = [];
  for (const other of by) {
    if (!glance(work, form, other)) return undefined;
    if (implies(form, other)) return true;
    if (!excludes(form, other)) near.push(other);
  }
  const search = new Search(work);
  if (search.find([form], near)) return false;
  return search.exhausted ? undefined : true;
}

/** Pays for what aligned.ts looks at; false where no work is left. */
function glance(work: Work, a: Form, b: Form): boolean {
  work.left -= stepsFor(a.tests + b.tests + (a.limits + b.limits) * Math.max(a.limits, b.limits));
  return work.left >= 0;
}

function testsOf({ forms }: Prepared): number {
  return forms.reduce((sum, { tests }) => sum + tests, 0);
}

function stepsFor(tests: number): number {
  return 1 + Math.floor(tests / TESTS_A_STEP);
}
