/**
 * One filter for frames of several link types, of predicates for one each. Frames of a type are told by the descriptor, so
 * the types' conjunctions stand side by side, each behind a test of the type. Where one of them needs a residual
 * there is one for all, since a filter has one: it is the whole of every type's predicate.
 */
import { type Conjunction, LINK, MAX_CONJUNCTIONS } from "../../dpf/atom.js";
import { and, equal, or } from "./expansion/compose.js";
import { type Lowered, lower, residualFor } from "./lower.js";
import type { Predicate, PredicateProgram, Value } from "./predicate.js";

export interface LinkProgram {
  readonly linkType: number;
  readonly program: PredicateProgram;
}

/** At least one program. A frame of another type does not match. */
export function lowerForLinks(programs: readonly LinkProgram[]): Lowered {
  const conjunctions: Conjunction[] = [];
  let reason: string | undefined;
  for (const { linkType, program } of programs) {
    const lowered = lower(program);
    if ("problem" in lowered) return lowered;
    reason ??= lowered.residual;
    conjunctions.push(...lowered.filter.conjunctions.map((each) => [isOf(linkType), ...each]));
  }
  if (conjunctions.length <= MAX_CONJUNCTIONS) {
    if (reason === undefined) return { filter: { conjunctions }, residual: undefined };
    return residualFor(together(programs), conjunctions, reason);
  }
  const necessary = programs.map(({ linkType }) => [isOf(linkType)]);
  return residualFor(together(programs), necessary, `${conjunctions.length} conjunctions`);
}

function isOf(linkType: number): Conjunction[number] {
  return { kind: "equal", ...LINK, value: linkType };
}

function together(programs: readonly LinkProgram[]): PredicateProgram {
  return { first: [], predicate: or(...programs.map(guarded)) };
}

function guarded({ linkType, program }: LinkProgram): Predicate {
  const isOfType = equal({ kind: "link" }, linkType);
  return and(isOfType, ...program.first.map(computed), program.predicate);
}

/** True, and a fault where the value cannot be computed. */
function computed(value: Value): Predicate {
  return { kind: "comparison", operator: ">=", left: value, right: { kind: "constant", value: 0 } };
}
