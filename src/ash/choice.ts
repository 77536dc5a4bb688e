/** The tree's nodes that choose: the only ones with a member that is named as a promise's. */
/* oxlint-disable unicorn/no-thenable */
import type { Expr, Outcome, Scalar, Span, Stmt } from "./tree.js";

export function ifStatement(
  condition: Expr,
  then: readonly Stmt[],
  otherwise: readonly Stmt[],
  { start, end }: Span,
): Stmt {
  return { kind: "if", condition, then, otherwise, start, end };
}

export function choice(type: Scalar, condition: Expr, then: Expr, otherwise: Expr, { start, end }: Span): Expr {
  return { kind: "choose", type, condition, then, otherwise, start, end };
}

export function outcomeChoice(condition: Expr, then: Outcome, otherwise: Outcome, { start, end }: Span): Outcome {
  return { kind: "outcome-choice", condition, then, otherwise, start, end };
}
