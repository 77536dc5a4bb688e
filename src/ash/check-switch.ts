/** switch: constants of the subject's type, each once, in arms that do not go on into the next one. */
import type { Body, Breakable } from "./body.js";
import { endingsIn } from "./endings.js";
import type { Owner } from "./holding.js";
import { SCALARS } from "./scalar.js";
import type { Case, Expression, Name, Statement } from "./syntax.js";
import type { Scalar, Stmt } from "./tree.js";
import { landed, numberOf, scalarOf } from "./value.js";

/** `open`: there is a way to its end. */
export interface Checked {
  readonly stmts: readonly Stmt[];
  readonly open: boolean;
}

interface Arm {
  readonly values: readonly (number | bigint)[];
  readonly body: readonly Stmt[];
}

interface Cases {
  readonly type: Scalar | undefined;
  readonly seen: Set<number | bigint>;
  defaulted: boolean;
}

export function namesOf(statement: Statement): readonly Name[] {
  if (statement.kind === "declare") return [statement.declaration.name];
  return statement.kind === "wrong" ? statement.names : [];
}

export function checkSwitch(
  body: Body,
  { subject, cases, start, end }: Extract<Statement, { kind: "switch" }>,
  checkInOrder: (body: Body, statements: readonly Statement[]) => Checked,
): Checked {
  const { complaints } = body.unit;
  const meaning = body.check(subject);
  const value = meaning.kind === "wrong" ? undefined : scalarOf(complaints, meaning, subject);
  if (meaning.kind === "exact")
    complaints.add("E_REDUNDANT", subject, "a constant is switched on", "write its case only");
  if (value?.type === "bool") complaints.add("E_TYPE", subject, "a number is needed, and this is bool", "write if");
  const type = value === undefined || value.type === "bool" ? undefined : value.type;
  const breakable: Breakable = { kind: "switch", broken: false };
  body.breakables.push(breakable);
  body.enter();
  body.announce(cases.flatMap((one) => one.body).flatMap(namesOf));
  const before = body.known;
  const state: Cases = { type, seen: new Set(), defaulted: false };
  const arms: Arm[] = [];
  let otherwise: readonly Stmt[] = [];
  let open = false;
  let broken = false;
  const ended = new Set<Owner>();
  for (const group of grouped(cases)) {
    const values = group.flatMap((one) => caseValues(body, one, state));
    body.known = before;
    const last = group.at(-1);
    const checked = checkInOrder(body, last?.body ?? []);
    if (checked.open && last !== cases.at(-1) && last !== undefined) fallsThrough(body, last);
    open ||= checked.open;
    if (checked.open || breakable.broken) for (const owner of endingsIn(body.unit, last?.body ?? [])) ended.add(owner);
    broken ||= breakable.broken;
    breakable.broken = false;
    const stmts = withoutBreak(checked.stmts);
    if (group.some(({ test }) => test === undefined)) otherwise = stmts;
    else arms.push({ values, body: stmts });
    hide(body, last);
  }
  body.leave();
  body.breakables.pop();
  body.known = before;
  body.end(ended);
  const ends = open || broken || !state.defaulted;
  if (value === undefined || type === undefined) return { stmts: [], open: ends };
  return { stmts: [{ kind: "switch", subject: value.expr, arms, otherwise, start, end }], open: ends };
}

/** Cases that share one body: the last of a group has it. */
export function grouped(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups: Case[][] = [];
  let group: Case[] = [];
  for (const one of cases) {
    group.push(one);
    if (one.body.length === 0 && one !== cases.at(-1)) continue;
    groups.push(group);
    group = [];
  }
  return groups;
}

/** What an arm has declared is nothing to the next one. */
function hide(body: Body, arm: Case | undefined): void {
  for (const { name } of arm?.body.flatMap(namesOf) ?? []) body.declare(name, { kind: "later" });
}

function fallsThrough(body: Body, { test, start, end }: Case): void {
  const { complaints } = body.unit;
  const name = test ? `case ${complaints.quote(test)}` : "default";
  complaints.add(
    "E_FALLTHROUGH",
    { start, end: test?.end ?? Math.min(end, start + 7) },
    `${name} goes on into the next one`,
    "end it by break",
  );
}

/** The innermost break of an arm's end says what the arm's end says. */
function withoutBreak(stmts: readonly Stmt[]): readonly Stmt[] {
  return stmts.at(-1)?.kind === "break" ? stmts.slice(0, -1) : stmts;
}

function caseValues(body: Body, one: Case, state: Cases): readonly (number | bigint)[] {
  const { complaints } = body.unit;
  if (one.test === undefined) {
    if (state.defaulted) {
      complaints.add(
        "E_CASE_TWICE",
        { start: one.start, end: one.start + 7 },
        "there is a default already",
        "leave one out",
      );
    }
    state.defaulted = true;
    return [];
  }
  const value = caseValue(body, one.test, state.type);
  if (value === undefined) return [];
  if (state.seen.has(value)) {
    complaints.add("E_CASE_TWICE", one.test, `there is a case ${value} already`, "leave one out");
    return [];
  }
  state.seen.add(value);
  return [value];
}

function caseValue(body: Body, test: Expression, type: Scalar | undefined): number | bigint | undefined {
  const { complaints } = body.unit;
  const meaning = body.check(test, type);
  if (meaning.kind === "wrong" || type === undefined) return undefined;
  const landing = complaints.muted(() => landed(complaints, meaning, type, test));
  const known = landing && numberOf(landing);
  if (known === undefined) {
    const hint = `write a number of ${type}: ${SCALARS[type].least} … ${SCALARS[type].most}`;
    complaints.add("E_CASE", test, `"${complaints.quote(test)}" is no constant of ${type}`, hint);
    return undefined;
  }
  return SCALARS[type].kind === "long" ? known : Number(known);
}
