/**
 * Names whose types go round in a circle in a loop. TypeScript asks what a reference is at the begin of a round by what it was assigned, or compared to, in
 * the one before; where that is a name without a written type, whose value is made of that reference, it finds no type for it.
 */
import { pathsOf } from "./facts.js";
import type { Knowledge } from "./knowledge.js";
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

/** `begun`: what is known before the first round. What nothing is known of then has its declared type when a round begins, and closes no circle. */
export function complainOfCircle(typing: Typing, begun: Knowledge, loop: Extract<Statement, { kind: "loop" }>): void {
  if (typing.muted || begun.facts === undefined) return;
  const { variables } = typing;
  const makings: Makings = { of: new Map(), declarations: [] };
  gather(variables, [...loop.body, ...loop.update], makings);
  if (loop.condition !== undefined) gatherComparisons(variables, loop.condition, makings);
  const circles = circlesIn(makings.of);
  const closing = new Set(pathsOf(begun.facts).flatMap((path) => circles.get(path) ?? []));
  for (const { name } of makings.declarations) {
    const circle = circles.get(variables.declared(name)?.path ?? "");
    if (circle === undefined || !closing.has(circle)) continue;
    const message = `for TypeScript the type of "${name.name}" depends on itself, by what this loop assigns or compares`;
    typing.complain("E_TYPE", name, message, `write its type: ${name.name}: bool, or u32, …`);
  }
}

/** By path, which circle it is part of: paths of one reach each other (their strongly connected components, by Kosaraju). */
function circlesIn(of: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, number> {
  const from = new Map<string, Set<string>>();
  for (const [path, parts] of of) for (const part of parts) from.set(part, (from.get(part) ?? new Set()).add(path));
  const order: string[] = [];
  const seen = new Set<string>();
  for (const path of of.keys()) walk(of, path, seen, (left) => order.push(left));
  const circles = new Map<string, number>();
  const placed = new Set<string>();
  order.toReversed().forEach((path, circle) => {
    const members: string[] = [];
    walk(from, path, placed, (member) => members.push(member));
    if (members.length > 1 || of.get(path)?.has(path) === true)
      for (const member of members) circles.set(member, circle);
  });
  return circles;
}

/** All that is reached, and was not seen, each when it is left. */
function walk(
  of: ReadonlyMap<string, ReadonlySet<string>>,
  begin: string,
  seen: Set<string>,
  leave: (path: string) => void,
): void {
  const open: { readonly path: string; readonly parts: Iterator<string> }[] = [];
  const enter = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    open.push({ path, parts: (of.get(path) ?? new Set<string>()).values() });
  };
  enter(begin);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.parts.next();
    if (next.done !== true) enter(next.value);
    else {
      open.pop();
      leave(top.path);
    }
  }
}

function gather(variables: Variables, statements: readonly Statement[], makings: Makings): void {
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
      if (path !== undefined && mayBeBoolean(statement.value)) add(variables, makings, path, statement.value);
    }
    for (const expression of expressionsOf(statement)) gatherComparisons(variables, expression, makings);
    for (const body of bodiesOf(statement)) gather(variables, body, makings);
  }
}

/** What is assigned to a number is not asked for: its type is the declared one. */
function mayBeBoolean(value: Expression): boolean {
  switch (value.kind) {
    case "number":
    case "binary":
      return false;
    case "unary":
      return value.op === "!";
    case "conditional":
      return mayBeBoolean(value.chosen) && mayBeBoolean(value.otherwise);
    default:
      return true;
  }
}

function gatherComparisons(variables: Variables, expression: Expression, makings: Makings): void {
  if (expression.kind === "compare") {
    for (const [side, other] of [
      [expression.left, expression.right],
      [expression.right, expression.left],
    ] as const) {
      const path = pathOf(variables, side);
      if (path !== undefined) add(variables, makings, path, other);
    }
  }
  for (const part of partsOf(expression)) gatherComparisons(variables, part, makings);
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
