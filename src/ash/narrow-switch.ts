/** switch as TypeScript follows it: what each group of cases knows of the subject, and whether they are all that there are. */
import { grouped } from "./check-switch.js";
import { type Knowledge, knowing, meet } from "./knowledge.js";
import { common, disjoint, isNever, type Taken, unionOfAll, unitOf, withoutAll } from "./literals.js";
import { shown } from "./narrow-expression.js";
import type { Leaving, Narrowing } from "./narrow-statement.js";
import { pathOf } from "./reference.js";
import type { Case, Expression, Statement } from "./syntax.js";

interface Subject {
  readonly expression: Expression;
  readonly path: string | undefined;
  readonly taken: Taken;
  /** Without all the constants that are cases. */
  readonly rest: Taken;
}

export function narrowSwitch(
  narrowing: Narrowing,
  knowledge: Knowledge,
  { subject: expression, cases }: Extract<Statement, { kind: "switch" }>,
): Knowledge {
  const { typing } = narrowing;
  const typed = typing.type(knowledge, expression);
  typing.mustBe(typed, expression);
  const { taken } = typed;
  const tests = new Map<Case, Taken>();
  for (const one of cases) if (one.test !== undefined) tests.set(one, typing.type(knowledge, one.test).taken);
  const units = new Set([...tests.values()].flatMap((test) => unitOf(test) ?? []));
  const rest = withoutAll(taken, units);
  const subject: Subject = { expression, path: pathOf(typing.variables, expression), taken, rest };
  for (const [{ test }, value] of tests) refuseOther(narrowing, subject, test, value);
  const leaving: Leaving = { kind: "switch", breaks: [], continues: [] };
  narrowing.leaving.push(leaving);
  let end: Knowledge | undefined;
  for (const group of grouped(cases))
    end = narrowing.list(chosen(knowledge, subject, group, tests), group.at(-1)?.body ?? []);
  narrowing.leaving.pop();
  const behind = [...(end === undefined ? [] : [end]), ...leaving.breaks];
  const [first = knowledge, ...more] = cases.some(({ test }) => test === undefined)
    ? behind
    : [...behind, ...passing(knowledge, subject, behind)];
  return meet(first, ...more);
}

/** The way past all cases. Where they are all that there are, TypeScript goes it only where there is no other one. */
function passing(knowledge: Knowledge, subject: Subject, others: readonly Knowledge[]): readonly Knowledge[] {
  const other = others.some(({ closed }) => !closed);
  return isNever(subject.rest) && other ? [] : [known(knowledge, subject, subject.rest)];
}

function refuseOther(
  { typing }: Narrowing,
  { expression, taken }: Subject,
  test: Expression | undefined,
  value: Taken,
): void {
  if (test === undefined || isNever(taken) || !disjoint(taken, value)) return;
  const message = `"${typing.quote(expression)}" is known here to be ${shown(taken)}`;
  typing.complain("E_REDUNDANT", test, message, "this case is never chosen: leave it out");
}

function chosen(
  knowledge: Knowledge,
  subject: Subject,
  group: readonly Case[],
  tests: ReadonlyMap<Case, Taken>,
): Knowledge {
  const taken = group.map((one) => (one.test === undefined ? subject.rest : equalTo(subject, tests.get(one))));
  return known(knowledge, subject, unionOfAll(taken));
}

/** What a case gives is no literal of the text any more: what begins with it is that one only. */
function equalTo({ taken }: Subject, test: Taken): Taken {
  const equal = common(taken, test);
  return equal === undefined ? undefined : { of: equal.of, widens: false };
}

function known(knowledge: Knowledge, { path }: Subject, taken: Taken): Knowledge {
  return path === undefined || taken === undefined ? knowledge : knowing(knowledge, path, taken);
}
