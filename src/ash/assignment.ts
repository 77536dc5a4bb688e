/** Assignments, and += and its like: into locals, places in state, and octets of the frame. */
import { binary } from "./arithmetic.js";
import type { Body } from "./body.js";
import { holding, type Owner, ownerOf } from "./holding.js";
import { described, type Meaning } from "./meaning.js";
import type { Expression, Statement } from "./syntax.js";
import type { Expr, Scalar, Span, Stmt } from "./tree.js";
import { converted, masked, scalarOf } from "./value.js";

type Assignment = Extract<Statement, { kind: "assign" }>;

/** The statements that it becomes; none after a complaint. */
export function assign(body: Body, assignment: Assignment): readonly Stmt[] {
  const { start, end, target } = assignment;
  const to = body.check(target);
  switch (to.kind) {
    case "wrong":
      body.check(assignment.value);
      return [];
    case "local": {
      if (to.constant) return refused(body, to, assignment);
      const value = assigned(body, to, to.type, assignment);
      return value ? [{ kind: "assign-local", local: to.local, value, start, end }] : [];
    }
    case "place": {
      const { place, mask } = to;
      const held: Expr = { kind: "held", type: place.type, start: target.start, end: target.end };
      const now: Meaning = { kind: "value", type: place.type, expr: masked(held, mask, target) };
      const value = assignedTo(body, ownerOf(body, place), now, place.type, assignment);
      return value ? [{ kind: "store", place, value: masked(value, mask, target), start, end }] : [];
    }
    case "octet":
      return assignOctet(body, to.offset, assignment);
    default:
      return refused(body, to, assignment);
  }
}

function refused(body: Body, to: Meaning, { target, value }: Assignment): readonly Stmt[] {
  const { complaints } = body.unit;
  const hint = to.kind === "local" ? "declare it by let" : "assign to a let, a field or an element";
  const why =
    to.kind === "local" || to.kind === "exact" ? "is constant" : `is ${described(to)}, which cannot be assigned to`;
  complaints.add("E_CONSTANT", target, `"${complaints.quote(target)}" ${why}`, hint);
  complaints.muted(() => body.check(value));
  return [];
}

/** What is stored into what an owner gave, and must not end before. */
function assignedTo(
  body: Body,
  owner: Owner | undefined,
  now: Meaning,
  type: Scalar,
  assignment: Assignment,
): Expr | undefined {
  return holding(body, owner, assignment.target, () => assigned(body, now, type, assignment));
}

/** What is stored; `now` is what is there. */
function assigned(body: Body, now: Meaning, type: Scalar, assignment: Assignment): Expr | undefined {
  const { op, target, value, start, end } = assignment;
  if (op === undefined) return body.checkTo(value, type);
  const { complaints } = body.unit;
  if (type === "bool") {
    const hint = "write x = a && b";
    body.check(value);
    complaints.add("E_TYPE", target, "a number is needed, and this is bool", hint);
    return undefined;
  }
  const right = body.check(value, type);
  const spans = [target, value] as const;
  const result = binary(complaints, op, { left: now, right, spans, wanted: type, start, end });
  const computed = result.kind === "wrong" ? undefined : scalarOf(complaints, result, assignment);
  return computed && converted(computed.expr, type, value);
}

function assignOctet(body: Body, offset: Expr, assignment: Assignment): readonly Stmt[] {
  const { start, end, target, op } = assignment;
  const once = op !== undefined && offset.kind !== "constant" && offset.kind !== "local";
  const local = once ? body.local("", "u32", target) : 0;
  const at: Expr = once ? { kind: "local", type: "u32", local, start: offset.start, end: offset.end } : offset;
  const value = assignedTo(body, "frame", { kind: "octet", offset: at }, "u8", assignment);
  if (value === undefined) return [];
  const store: Stmt = { kind: "do", call: octetStore(at, value, assignment), start, end };
  if (!once) return [store];
  return [{ kind: "block", body: [{ kind: "let", local, value: offset, start, end }, store], start, end }];
}

function octetStore(offset: Expr, value: Expr, { start, end }: Span): Expr {
  return { kind: "octets-store", type: "void", octets: { kind: "frame" }, width: 1, offset, value, start, end };
}

/** Whether a statement of this expression does something. */
function hasEffect(expr: Expr): boolean {
  switch (expr.kind) {
    case "call":
    case "octets-store":
    case "vector":
    case "reply":
    case "frame":
    case "frame-swap":
    case "frame-resize":
    case "frame-send":
    case "wake":
    case "transfer":
    case "table-find":
    case "table-enter":
    case "table-delete":
    case "pipeline-run":
    case "pipeline-read":
      return true;
    default:
      return false;
  }
}

export function expressionStatement(body: Body, expression: Expression, { start, end }: Span): readonly Stmt[] {
  const meaning = body.check(expression);
  const { complaints } = body.unit;
  const call = callIn(meaning);
  if (call !== undefined && hasEffect(call)) return [{ kind: "do", call, start, end }];
  switch (meaning.kind) {
    case "wrong":
      return [];
    case "function":
    case "method":
    case "builtin":
    case "undefined":
      scalarOf(complaints, meaning, expression);
      return [];
    default: {
      const hint = meaning.kind === "outcome" ? "return it" : "assign it to something, or leave it out";
      complaints.add("E_EFFECT", expression, "nobody uses what this gives", hint);
      return [];
    }
  }
}

function callIn(meaning: Meaning): Expr | undefined {
  switch (meaning.kind) {
    case "value":
    case "entry":
    case "new-frame":
    case "nothing":
      return meaning.expr;
    case "outcome":
      return meaning.outcome.kind === "outcome-of" ? meaning.outcome.call : undefined;
    default:
      return undefined;
  }
}
