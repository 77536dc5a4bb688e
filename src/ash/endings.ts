/** Which entries and frames a text may end, whatever way it goes, by what it calls: for what is checked only later, or comes round again. */
import type { Owner } from "./holding.js";
import { bodiesOf, expressionsOf, partsOf } from "./parts.js";
import type { Expression, FunctionText, Statement } from "./syntax.js";
import type { Unit } from "./unit.js";

type Call = Extract<Expression, { kind: "call" }>;

/** Of each function, with those that it calls. */
export function endingsOf(unit: Unit, functions: readonly FunctionText[]): readonly ReadonlySet<Owner>[] {
  const own = functions.map(() => new Set<Owner>());
  const callers = functions.map((): number[] => []);
  functions.forEach(({ body }, func) => {
    eachCall(body, (call) => {
      const callee = call.callee.kind === "name" ? unit.names.get(call.callee.name) : undefined;
      if (callee?.kind === "function") callers[callee.func]?.push(func);
      const owner = endedBy(unit, call);
      if (owner !== undefined) own[func]?.add(owner);
    });
  });
  const open = own.map((_, func) => func);
  for (let func = open.pop(); func !== undefined; func = open.pop()) {
    for (const caller of callers[func] ?? []) {
      const theirs = own[caller];
      const more = [...(own[func] ?? [])].filter((owner) => theirs?.has(owner) === false);
      for (const owner of more) theirs?.add(owner);
      if (more.length > 0) open.push(caller);
    }
  }
  return own;
}

/** What statements may end of what is held before them; a list that returns comes to nothing that is behind. */
export function endingsIn(unit: Unit, statements: readonly Statement[]): ReadonlySet<Owner> {
  const owners = new Set<Owner>();
  eachCall(statements, (call) => addEndings(unit, call, owners), leaves);
  return owners;
}

export function endingsInExpressions(unit: Unit, expressions: readonly Expression[]): ReadonlySet<Owner> {
  const owners = new Set<Owner>();
  for (const expression of expressions) callsIn(expression, (call) => addEndings(unit, call, owners));
  return owners;
}

function addEndings(unit: Unit, call: Call, owners: Set<Owner>): void {
  const owner = endedBy(unit, call);
  if (owner !== undefined) owners.add(owner);
  const callee = call.callee.kind === "name" ? unit.names.get(call.callee.name) : undefined;
  if (callee?.kind !== "function") return;
  for (const one of unit.endings[callee.func] ?? []) owners.add(one);
}

/** What a call ends by itself. */
function endedBy(unit: Unit, { callee }: Call): Owner | undefined {
  if (callee.kind === "name") {
    const meaning = unit.names.get(callee.name);
    const begins = meaning?.kind === "builtin" && (meaning.name === "reply" || meaning.name === "frame");
    return begins ? "frame" : undefined;
  }
  if (callee.kind !== "member" || callee.object.kind !== "name") return undefined;
  const table = unit.names.get(callee.object.name);
  const ends = callee.name.name === "enter" || callee.name.name === "delete";
  return ends && table?.kind === "table" ? table.item : undefined;
}

/** Whether whoever comes into a list leaves the function with it. */
function leaves(statements: readonly Statement[]): boolean {
  return statements.at(-1)?.kind === "return" && !statements.some(jumps);
}

function jumps(statement: Statement): boolean {
  if (statement.kind === "break" || statement.kind === "continue") return true;
  return bodiesOf(statement).some((body) => body.some(jumps));
}

function eachCall(
  statements: readonly Statement[],
  visit: (call: Call) => void,
  without: (list: readonly Statement[]) => boolean = () => false,
): void {
  for (const statement of statements) {
    for (const expression of expressionsOf(statement)) callsIn(expression, visit);
    for (const body of bodiesOf(statement)) if (!without(body)) eachCall(body, visit, without);
  }
}

function callsIn(expression: Expression, visit: (call: Call) => void): void {
  if (expression.kind === "call") visit(expression);
  for (const part of partsOf(expression)) callsIn(part, visit);
}
