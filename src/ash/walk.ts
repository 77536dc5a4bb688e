/** All expressions of a tree, each before its parts: for questions that are about what occurs anywhere. */
import type { Expr, Octets, Outcome, Place, PlaceBase, PlaceStep, Stmt } from "./tree.js";

export type Visit = (expr: Expr) => void;

export function eachExpression(body: readonly Stmt[], visit: Visit): void {
  eachStatement(body, (statement) => {
    for (const expr of expressionsOf(statement)) eachPart(expr, visit);
  });
}

/** Each statement before those inside of it. */
export function eachStatement(body: readonly Stmt[], visit: (statement: Stmt) => void): void {
  for (const statement of body) {
    visit(statement);
    for (const inner of bodiesOf(statement)) eachStatement(inner, visit);
  }
}

/** The expression, and all that it is made of. */
export function eachPart(expr: Expr, visit: Visit): void {
  visit(expr);
  for (const part of partsOf(expr)) eachPart(part, visit);
}

function bodiesOf(statement: Stmt): readonly (readonly Stmt[])[] {
  switch (statement.kind) {
    case "if":
      return [statement.then, statement.otherwise];
    case "loop":
      return [statement.body, statement.update];
    case "switch":
      return [...statement.arms.map(({ body }) => body), statement.otherwise];
    case "block":
      return [statement.body];
    default:
      return [];
  }
}

function expressionsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case "let":
    case "assign-local":
      return [statement.value];
    case "store":
      return [...inPlace(statement.place), statement.value];
    case "do":
      return [statement.call];
    case "if":
      return [statement.condition];
    case "loop":
      return statement.condition === undefined ? [] : [statement.condition];
    case "switch":
      return [statement.subject];
    case "return":
      return statement.value === undefined ? [] : inResult(statement.value);
    default:
      return [];
  }
}

export function isOutcome(value: Expr | Outcome): value is Outcome {
  return !("type" in value);
}

function inResult(value: Expr | Outcome): readonly Expr[] {
  if (!isOutcome(value)) return [value];
  switch (value.kind) {
    case "pass-to":
      return [value.environment];
    case "outcome-of":
      return [value.call];
    case "outcome-choice":
      return [value.condition, ...inResult(value.then), ...inResult(value.otherwise)];
    default:
      return [];
  }
}

function inPlace({ base, steps }: Pick<Place, "base" | "steps">): readonly Expr[] {
  return [...inBase(base), ...steps.flatMap(inStep)];
}

function inBase(base: PlaceBase): readonly Expr[] {
  return base.kind === "entered" ? [base.entry] : [];
}

function inStep(step: PlaceStep): readonly Expr[] {
  return step.kind === "index" ? [step.index] : [];
}

function inOctets(octets: Octets): readonly Expr[] {
  return octets.kind === "buffer" ? inPlace(octets) : [];
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "load":
      return inPlace(expr.place);
    case "address":
      return inPlace(expr);
    case "arithmetic":
    case "compare":
    case "and":
    case "or":
      return [expr.left, expr.right];
    case "not":
    case "negate":
    case "complement":
    case "convert":
    case "fold16":
    case "swap-octets":
      return [expr.operand];
    case "choose":
      return [expr.condition, expr.then, expr.otherwise];
    case "call":
      return expr.args;
    case "message-load":
      return [expr.offset];
    case "octets-length":
      return inOctets(expr.octets);
    case "octets-load":
      return [...inOctets(expr.octets), expr.offset];
    case "octets-store":
      return [...inOctets(expr.octets), expr.offset, expr.value];
    default:
      return partsOfCall(expr);
  }
}

/** Of what moves octets or calls the kernel or a table. */
function partsOfCall(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "vector":
    case "pipeline-run":
      return [expr.from, expr.length, ...inOctets(expr.to), expr.at];
    case "pipeline-read":
      return [expr.from, expr.length];
    case "frame":
    case "frame-resize":
      return [expr.length];
    case "frame-swap":
      return [expr.a, expr.b, expr.octets];
    case "frame-send":
      return expr.port === undefined ? [] : [expr.port];
    case "patch":
      return [expr.checksum, expr.before, expr.after];
    case "wake":
      return [expr.tag];
    case "transfer":
      return [expr.environment, ...expr.words];
    case "table-find":
    case "table-enter":
    case "table-delete":
      return expr.keys;
    default:
      return [];
  }
}
