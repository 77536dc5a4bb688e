/**
 * The front door of the lowering: a predicate becomes a filter that matches the same frames, whatever they have and however
 * they are cut.
 *
 *   number       numbers, each once, with constants folded
 *   form, place  numbers that one field decides; where loads are
 *   leaf, paths  which frames make the predicate true, as alternatives of conjunctions
 *   alternatives, conjunction, allowed       sets of frames, and their simplification
 *   atoms        conjunctions as DPF has them
 *   decision, residual, protochain           the predicate as VCODE, where atoms cannot say it
 *
 * Where they can, the conjunctions are all. Where they cannot, the residual is the whole predicate, and the
 * conjunctions are a few that every matching frame satisfies, so that filters merge and the residual is asked rarely.
 */
import { type Conjunction, type Filter, MAX_RESIDUAL_INSNS, RESIDUAL_FUEL } from "../../dpf/atom.js";
import type { Program } from "../../vcode/insn.js";
import type { TextErrorCode } from "../error.js";
import { Algebra, type Alternatives } from "./alternatives.js";
import { atomsFor, NEVER } from "./atoms.js";
import { decisionsOf } from "./decision.js";
import { Forms } from "./form.js";
import { Leaves } from "./leaf.js";
import { Numbers } from "./number.js";
import { Paths } from "./paths.js";
import type { PredicateProgram } from "./predicate.js";
import { MAX_CHAIN_FUEL } from "./protochain.js";
import { residualOf } from "./residual.js";

/** A predicate that no filter can say within its limits. */
export interface LowerProblem {
  readonly code: Extract<TextErrorCode, "E_TOO_COMPLEX">;
  /** Which limits it exceeds, and by how much. */
  readonly message: string;
}

export type Lowered =
  | { readonly filter: Filter /** Why there is a residual, or undefined. */; readonly residual: string | undefined }
  | { readonly problem: LowerProblem };

export function lower(program: PredicateProgram): Lowered {
  const numbers = new Numbers();
  const algebra = new Algebra();
  const conjunctions = conjunctionsOf(where(program, numbers, algebra), algebra);
  if (algebra.inexact === undefined) return { filter: { conjunctions }, residual: undefined };
  return residualFor(program, conjunctions, algebra.inexact);
}

/** The predicate as a residual, beside conjunctions that every frame satisfies which it matches. */
export function residualFor(program: PredicateProgram, conjunctions: readonly Conjunction[], reason: string): Lowered {
  const residual = residualOf(decisionsOf(program, new Numbers()));
  const excess = excessOf(residual);
  if (excess === undefined) return { filter: { conjunctions, residual }, residual: reason };
  return { problem: { code: "E_TOO_COMPLEX", message: `as conjunctions: ${reason}; as a residual: ${excess}` } };
}

function where({ first, predicate }: PredicateProgram, numbers: Numbers, algebra: Algebra): Alternatives {
  const leaves = new Leaves(algebra, numbers, new Forms());
  const matching = new Paths(algebra, numbers, leaves).where(predicate, true);
  return first.reduce((set, value) => algebra.product(leaves.computable(numbers.of(value)), set), matching);
}

function conjunctionsOf(matching: Alternatives, algebra: Algebra): Conjunction[] {
  if (matching.length === 0) return [NEVER];
  return matching.map((each) => {
    const { atoms, less } = atomsFor(each);
    if (less !== undefined) algebra.approximate(less);
    return atoms;
  });
}

/** Which limit of residuals it exceeds, or undefined. */
function excessOf({ lambdas }: Program): string | undefined {
  const insns = lambdas.flatMap((lambda) => lambda.insns);
  if (insns.length > MAX_RESIDUAL_INSNS) return `${insns.length} instructions, limit ${MAX_RESIDUAL_INSNS}`;
  const fuel = insns.filter(({ op }) => op === "fuel").length * MAX_CHAIN_FUEL;
  return fuel > RESIDUAL_FUEL ? `${fuel} units of fuel, limit ${RESIDUAL_FUEL}` : undefined;
}
