/** Statements: their flow (what is come to, what ends on all ways), and what is known behind them. */
import { assign, expressionStatement } from "./assignment.js";
import type { Body, Breakable } from "./body.js";
import { checkCondition, outcomeOf } from "./check-expression.js";
import { type Checked, checkSwitch, namesOf } from "./check-switch.js";
import { ifStatement } from "./choice.js";
import { declare } from "./declaration.js";
import { endingsIn, endingsInExpressions } from "./endings.js";
import { both, either } from "./known.js";
import { described } from "./meaning.js";
import type { Statement } from "./syntax.js";
import type { Span, Stmt } from "./tree.js";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** Statements one after the other, in a scope of their own. */
function checkBlock(body: Body, statements: readonly Statement[]): Checked {
  body.enter();
  const checked = checkList(body, statements);
  body.leave();
  return checked;
}

/** In the scope that is there; the names in it are announced first. */
function checkList(body: Body, statements: readonly Statement[]): Checked {
  body.announce(statements.flatMap(namesOf));
  return checkInOrder(body, statements);
}

export function checkInOrder(body: Body, statements: readonly Statement[]): Checked {
  const stmts: Stmt[] = [];
  let open = true;
  let told = false;
  for (const statement of statements) {
    if (!open && !told) {
      told = true;
      body.unit.complaints.add("E_UNREACHABLE", statement, "this is never come to", "leave it out");
    }
    const checked = checkStatement(body, statement);
    stmts.push(...checked.stmts);
    open = open && checked.open;
  }
  return { stmts, open };
}

function checkStatement(body: Body, statement: Statement): Checked {
  switch (statement.kind) {
    case "wrong":
      for (const { name } of statement.names) body.declare(name, { kind: "wrong" });
      return { stmts: [], open: true };
    case "declare":
      return { stmts: declare(body, statement.declaration), open: true };
    case "assign":
      return { stmts: assign(body, statement), open: true };
    case "expression":
      return { stmts: expressionStatement(body, statement.expression, statement), open: true };
    case "if":
      return checkIf(body, statement);
    case "loop":
      return checkLoop(body, statement);
    case "switch":
      return checkSwitch(body, statement, checkInOrder);
    case "break":
    case "continue":
      return checkJump(body, statement);
    case "return":
      return checkReturn(body, statement);
    case "block": {
      const { stmts, open } = checkBlock(body, statement.body);
      return { stmts: [{ kind: "block", body: stmts, start: statement.start, end: statement.end }], open };
    }
  }
}

function checkIf(body: Body, { condition, chosen, otherwise, start, end }: Of<"if">): Checked {
  const { expr, narrowing } = checkCondition(body, condition);
  const before = body.known;
  body.known = both(before, narrowing.yes);
  const first = checkBlock(body, chosen);
  const afterYes = body.known;
  body.known = both(before, narrowing.no);
  const second = checkBlock(body, otherwise);
  const afterNo = body.known;
  body.known = !first.open ? afterNo : !second.open ? afterYes : either(afterYes, afterNo);
  const stmts = expr ? [ifStatement(expr, first.stmts, second.stmts, { start, end })] : [];
  return { stmts, open: first.open || second.open };
}

/** A condition that always holds is that of an endless loop, for TypeScript too, only as the word itself, without brackets of its own. */
function isEndless({ unit }: Body, { condition, start }: Of<"loop">): boolean {
  if (condition === undefined) return true;
  if (condition.kind !== "boolean" || !condition.value) return false;
  const before = unit.complaints.text.slice(start, condition.start).replaceAll(COMMENTS, " ");
  return /(?:while\s*\(|;)\s*$/.test(before);
}

const COMMENTS = /\/\/.*|\/\*[\s\S]*?\*\//g;

function checkLoop(body: Body, loop: Of<"loop">): Checked {
  const { first, initial, condition, update, body: inner, start, end } = loop;
  body.enter();
  const begun = checkList(body, initial);
  const { unit } = body;
  body.end(endingsIn(unit, [...inner, ...update]));
  body.end(endingsInExpressions(unit, condition === undefined ? [] : [condition]));
  const before = body.known;
  let tested = first && condition !== undefined ? checkCondition(body, condition) : undefined;
  if (tested !== undefined) body.known = both(before, tested.narrowing.yes);
  const breakable: Breakable = { kind: "loop", broken: false };
  body.breakables.push(breakable);
  const round = checkBlock(body, inner);
  body.breakables.pop();
  body.known = before;
  if (!first && condition !== undefined) tested = checkCondition(body, condition);
  const step = checkInOrder(body, update);
  body.leave();
  const endless = isEndless(body, loop);
  if (tested !== undefined && !breakable.broken && first) body.known = both(before, tested.narrowing.no);
  const open = breakable.broken || !endless;
  if (condition !== undefined && tested?.expr === undefined) return { stmts: [], open };
  const stmt: Stmt = {
    kind: "loop",
    first,
    condition: endless ? undefined : tested?.expr,
    update: step.stmts,
    body: round.stmts,
    start,
    end,
  };
  if (begun.stmts.length === 0) return { stmts: [stmt], open };
  return { stmts: [{ kind: "block", body: [...begun.stmts, stmt], start, end }], open };
}

function checkJump(body: Body, { kind, start, end }: Of<"break" | "continue">): Checked {
  const target = kind === "break" ? body.breakables.at(-1) : body.breakables.findLast((one) => one.kind === "loop");
  if (target === undefined) {
    const where = kind === "break" ? "a loop or switch" : "a loop";
    body.unit.complaints.add(
      "E_BREAK",
      { start, end },
      `${kind} stands outside of ${where}`,
      "leave it out, or return",
    );
    return { stmts: [], open: true };
  }
  if (kind === "break") target.broken = true;
  return { stmts: [{ kind, start, end }], open: false };
}

function checkReturn(body: Body, { value, start, end }: Of<"return">): Checked {
  const { complaints } = body.unit;
  const result = body.signature?.result ?? "wrong";
  const ended = (stmt?: Stmt): Checked => ({ stmts: stmt ? [stmt] : [], open: false });
  if (result === "wrong") {
    if (value !== undefined) body.check(value);
    return ended();
  }
  if (value === undefined) {
    if (result === "void") return ended({ kind: "return", value: undefined, start, end });
    const hint = result === "outcome" ? "return pass" : `return a value of ${result}`;
    complaints.add("E_TYPE", { start, end }, "this function gives something back, and this return does not", hint);
    return ended();
  }
  if (result === "outcome") return ended(returned(outcomeOf(body, body.check(value), value), { start, end }));
  if (result !== "void") return ended(returned(body.checkTo(value, result), { start, end }));
  const meaning = body.check(value);
  if (meaning.kind !== "wrong") {
    const hint = "write its type behind the parameters: function f(x: u32): u32";
    complaints.add("E_TYPE", value, `this function gives nothing back, and this is ${described(meaning)}`, hint);
  }
  return ended();
}

function returned(value: Extract<Stmt, { kind: "return" }>["value"], { start, end }: Span): Stmt | undefined {
  return value && { kind: "return", value, start, end };
}
