/**
 * The front door of the lowering: a predicate becomes a filter that matches the same frames, whatever they have and however
 * they are cut.
 *
 *   number       numbers, each once, with constants folded
 *   form, place  numbers that one field decides; where loads are
 *   leaf, paths  which frames make the predicate true, as alternatives of conjunctions
 *   alternatives, conjunction, allowed       sets of frames, and their simplification
 *   atoms        conjunctions as DPF has them
 *   shapes       what differs in constants only is lowered once
 *   terms        what has to be true all together
 *   decision, residual, protochain           the predicate as VCODE, where atoms cannot say it
 *
 * Where they can, the conjunctions are all. Where they cannot, the residual is what is left of the predicate without the terms
 * that the conjunctions say, and these say besides what every matching frame satisfies: so filters merge, texts with
 * other addresses and ports have the same residual, and it is asked rarely.
 */
import { type Conjunction, type Filter, MAX_RESIDUAL_INSNS, RESIDUAL_FUEL } from "../../dpf/atom.js";
import type { Program } from "../../vcode/insn.js";
import type { TextErrorCode } from "../error.js";
import { Algebra, type Alternatives, EVERYTHING, MAX_STEPS } from "./alternatives.js";
import { atomsFor, NEVER } from "./atoms.js";
import { decisionsOf } from "./decision.js";
import { and } from "./expansion/compose.js";
import { Forms } from "./form.js";
import { Leaves } from "./leaf.js";
import { Numbers } from "./number.js";
import { Paths } from "./paths.js";
import type { Predicate } from "./predicate.js";
import { MAX_CHAIN_FUEL } from "./protochain.js";
import { residualOf } from "./residual.js";
import type { Shapes } from "./shapes.js";
import { termsOf, usesCells } from "./terms.js";

/** A predicate that no filter can say within its limits. */
export interface LowerProblem {
  readonly code: Extract<TextErrorCode, "E_TOO_COMPLEX">;
  /** Which limits it exceeds, and by how much. */
  readonly message: string;
}

export type Lowered =
  | { readonly filter: Filter /** Why there is a residual, or undefined. */; readonly residual: string | undefined }
  | { readonly problem: LowerProblem };

/** A frame matches where a conjunction says so, and then what is left open. */
export interface Parts {
  readonly conjunctions: readonly Conjunction[];
  /** Undefined where the conjunctions say all. */
  readonly open: { readonly predicate: Predicate /** Why. */; readonly reason: string } | undefined;
}

/** Sets of one lowering can be taken together: a number, and a place in the frame, is the same in all of them. */
interface Lowering {
  readonly numbers: Numbers;
  readonly forms: Forms;
}

/** `shapes`: of predicates that were lowered before, for whoever lowers many that may be alike. */
export function lower(predicate: Predicate, shapes?: Shapes): Lowered {
  const { conjunctions, open } = partsOf(predicate, shapes);
  if (open === undefined) return { filter: { conjunctions }, residual: undefined };
  return residualFor(open.predicate, conjunctions, open.reason);
}

export function partsOf(predicate: Predicate, shapes?: Shapes): Parts {
  const find = () => partsFound(predicate);
  return shapes === undefined ? find() : shapes.partsOf(predicate, find);
}

function partsFound(predicate: Predicate): Parts {
  const algebra = new Algebra();
  const lowering: Lowering = { numbers: new Numbers(), forms: new Forms() };
  const matching = where(predicate, lowering, algebra);
  const said = saidOf(matching);
  const reason = algebra.inexact ?? said.less;
  if (reason === undefined) return { conjunctions: said.conjunctions, open: undefined };
  return (
    narrowed(predicate, matching, reason, lowering) ?? { conjunctions: said.conjunctions, open: { predicate, reason } }
  );
}

/**
 * Terms that conjunctions say exactly, one after the other as long as they do, are left out of what is open; undefined where there are none.
 * `matching`: what every frame satisfies that matches.
 */
function narrowed(predicate: Predicate, matching: Alternatives, reason: string, lowering: Lowering): Parts | undefined {
  let [exact, steps] = [EVERYTHING, MAX_STEPS];
  const open: Predicate[] = [];
  for (const term of termsOf(predicate)) {
    const algebra = new Algebra(steps);
    const both = usesCells(term) ? undefined : algebra.product(exact, where(term, lowering, algebra));
    steps = algebra.steps;
    if (both === undefined || algebra.inexact !== undefined) open.push(term);
    else exact = both;
  }
  if (exact === EVERYTHING || open.length === 0) return undefined;
  const algebra = new Algebra(steps);
  const narrow = saidOf(algebra.product(exact, matching));
  const { conjunctions, less } = algebra.inexact === undefined && narrow.less === undefined ? narrow : saidOf(exact);
  return less === undefined ? { conjunctions, open: { predicate: and(...open), reason } } : undefined;
}

/** The predicate as a residual, beside conjunctions that every frame satisfies which it matches. */
export function residualFor(predicate: Predicate, conjunctions: readonly Conjunction[], reason: string): Lowered {
  const residual = residualOf(decisionsOf(predicate, new Numbers()));
  const excess = excessOf(residual);
  if (excess === undefined) return { filter: { conjunctions, residual }, residual: reason };
  return { problem: { code: "E_TOO_COMPLEX", message: `as conjunctions: ${reason}; as a residual: ${excess}` } };
}

function where(predicate: Predicate, { numbers, forms }: Lowering, algebra: Algebra): Alternatives {
  const leaves = new Leaves(algebra, numbers, forms);
  return new Paths(algebra, numbers, leaves).where(predicate, true);
}

/** `less`: why the conjunctions say less than the set, or undefined. */
function saidOf(set: Alternatives): { conjunctions: readonly Conjunction[]; less: string | undefined } {
  if (set.length === 0) return { conjunctions: [NEVER], less: undefined };
  const said = set.map(atomsFor);
  return { conjunctions: said.map(({ atoms }) => atoms), less: said.find(({ less }) => less !== undefined)?.less };
}

/** Which limit of residuals it exceeds, or undefined. */
function excessOf({ lambdas }: Program): string | undefined {
  const insns = lambdas.flatMap((lambda) => lambda.insns);
  if (insns.length > MAX_RESIDUAL_INSNS) return `${insns.length} instructions, limit ${MAX_RESIDUAL_INSNS}`;
  const fuel = insns.filter(({ op }) => op === "fuel").length * MAX_CHAIN_FUEL;
  return fuel > RESIDUAL_FUEL ? `${fuel} units of fuel, limit ${RESIDUAL_FUEL}` : undefined;
}
