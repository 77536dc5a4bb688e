/**
 * Names whose types go round in a circle in a loop. TypeScript asks what a reference is at the begin of a round by what it was assigned, or compared to, in
 * the one before; where that is a name without a written type, whose value is made of that reference, it finds no type for it.
 */
import type { Flow } from "./flow.js";
import type { Typing } from "./narrow-expression.js";
import { bodiesOf, expressionsOf, partsOf } from "./parts.js";
import { pathOf } from "./reference.js";
import type { Declaration, Expression, Statement } from "./syntax.js";
import type { Variables } from "./variables.js";

/** By path, of what its type at some point of the loop may be made. */
interface Makings {
  readonly of: Map<string, Set<string>>;
  readonly declarations: Declaration[];
}

/** `begun`: what is known before the first round. What is known nothing of has its declared type in all of them. */
export function complainOfCircle(typing: Typing, begun: Flow, loop: Extract<Statement, { kind: "loop" }>): void {
  if (typing.muted || begun.facts.size === 0) return;
  const { variables } = typing;
  const makings: Makings = { of: new Map(), declarations: [] };
  gather(variables, begun, [...loop.body, ...loop.update], makings);
  if (loop.condition !== undefined) gatherComparisons(variables, begun, loop.condition, makings);
  for (const { name } of makings.declarations) {
    const path = variables.declared(name)?.path;
    if (path === undefined || !isReached(makings, path)) continue;
    const message = `for TypeScript the type of "${name.name}" depends on itself, by what this loop assigns or compares`;
    typing.complain("E_TYPE", name, message, `write its type: ${name.name}: bool, or u32, …`);
  }
}

function isReached({ of }: Makings, path: string): boolean {
  const seen = new Set<string>();
  const open = [...(of.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === path) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(of.get(next) ?? []));
  }
  return false;
}

function gather(variables: Variables, begun: Flow, statements: readonly Statement[], makings: Makings): void {
  for (const statement of statements) {
    if (statement.kind === "declare") {
      const { name, type, value } = statement.declaration;
      const path = variables.declared(name)?.path;
      if (type === undefined && value !== undefined && path !== undefined) {
        makings.declarations.push(statement.declaration);
        add(variables, makings, path, value);
      }
    }
    if (statement.kind === "assign" && statement.op === undefined) {
      const path = pathOf(variables, statement.target);
      if (path !== undefined && begun.facts.has(path)) add(variables, makings, path, statement.value);
    }
    for (const expression of expressionsOf(statement)) gatherComparisons(variables, begun, expression, makings);
    for (const body of bodiesOf(statement)) gather(variables, begun, body, makings);
  }
}

function gatherComparisons(variables: Variables, begun: Flow, expression: Expression, makings: Makings): void {
  if (expression.kind === "compare") {
    for (const [side, other] of [
      [expression.left, expression.right],
      [expression.right, expression.left],
    ] as const) {
      const path = pathOf(variables, side);
      if (path !== undefined && begun.facts.has(path)) add(variables, makings, path, other);
    }
  }
  for (const part of partsOf(expression)) gatherComparisons(variables, begun, part, makings);
}

function add(variables: Variables, { of }: Makings, path: string, value: Expression): void {
  const paths = of.get(path) ?? new Set();
  of.set(path, paths);
  // A call's type is that of what is called.
  if (value.kind !== "call") addPaths(variables, paths, value);
}

function addPaths(variables: Variables, paths: Set<string>, expression: Expression): void {
  const path = pathOf(variables, expression);
  if (path !== undefined) paths.add(path);
  for (const part of partsOf(expression)) addPaths(variables, paths, part);
}
