/**
 * One filter for frames of several link types, of predicates for one each. Frames of a type are told by the descriptor, so
 * the types' conjunctions stand side by side, each behind a test of the type. Where one of them needs a residual
 * there is one for all, since a filter has one: it asks the type again, and what that type's conjunctions leave open.
 */
import { type Conjunction, LINK, MAX_CONJUNCTIONS } from "../../dpf/atom.js";
import { and, equal, or } from "./expansion/compose.js";
import { type Lowered, partsOf, residualFor } from "./lower.js";
import type { Predicate } from "./predicate.js";
import type { Shapes } from "./shapes.js";
import { termsOf } from "./terms.js";

export interface LinkPredicate {
  readonly linkType: number;
  readonly predicate: Predicate;
}

/** At least one. A frame of another type does not match. */
export function lowerForLinks(predicates: readonly LinkPredicate[], shapes?: Shapes): Lowered {
  const parts = predicates.map(({ linkType, predicate }) => ({ linkType, ...partsOf(predicate, shapes) }));
  const conjunctions = parts.flatMap(({ linkType, conjunctions }) =>
    conjunctions.map((each) => [isOf(linkType), ...each]),
  );
  if (conjunctions.length > MAX_CONJUNCTIONS) {
    const necessary = predicates.map(({ linkType }) => [isOf(linkType)]);
    return residualFor(together(predicates), necessary, `${conjunctions.length} conjunctions`);
  }
  const reason = parts.find(({ open }) => open !== undefined)?.open?.reason;
  if (reason === undefined) return { filter: { conjunctions }, residual: undefined };
  const open = parts.map(({ linkType, open }) => ({ linkType, predicate: open?.predicate }));
  return residualFor(together(open), conjunctions, reason);
}

function isOf(linkType: number): Conjunction[number] {
  return { kind: "equal", ...LINK, value: linkType };
}

function together(all: readonly { linkType: number; predicate: Predicate | undefined }[]): Predicate {
  return or(...all.map(guarded));
}

function guarded({ linkType, predicate }: Parameters<typeof together>[0][number]): Predicate {
  const isOfType = equal({ kind: "link" }, linkType);
  return predicate === undefined ? isOfType : and(isOfType, ...termsOf(predicate));
}
