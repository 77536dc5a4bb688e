/** const and let in functions: constants without a place, locals, references, and names for the message and the frame. */

import type { Body } from "./body.js";
import { TYPE_NAMES } from "./builtin-names.js";
import { holdNow, holdOf } from "./holding.js";
import { knowing, referencePath } from "./known.js";
import { type Aggregate, described, locatedOf, type Meaning, WRONG } from "./meaning.js";
import type { Declaration } from "./syntax.js";
import type { Expr, Scalar, Stmt } from "./tree.js";
import { landed, numberOf, scalarOf } from "./value.js";

/** The statements that it becomes; the name is declared in any case. */
export function declare(body: Body, declaration: Declaration): readonly Stmt[] {
  const { name, value } = declaration;
  const type = scalarTypeOf(body, declaration);
  if (value === undefined) {
    const hint = `write ${declaration.constant ? "const" : "let"} ${name.name} = 0;`;
    body.unit.complaints.add("E_INITIAL", name, `"${name.name}" has no value`, hint);
    body.declare(name.name, WRONG);
    return [];
  }
  const meaning = body.check(value, type === "wrong" ? undefined : type);
  if (type === "wrong" || meaning.kind === "wrong") {
    body.declare(name.name, wrongLocal(body, type, declaration));
    return [];
  }
  return type === undefined ? bind(body, meaning, declaration) : bindScalar(body, meaning, type, declaration);
}

/** What is known of a local whose value is wrong: its type, where it is written. */
function wrongLocal(body: Body, type: Scalar | "wrong" | undefined, { name, constant }: Declaration): Meaning {
  if (type === undefined || type === "wrong") return WRONG;
  return { kind: "local", local: body.local(name.name, type, name), type, constant };
}

/** The type that is written; undefined where none is. */
export function scalarTypeOf(body: Body, { type, name }: Declaration): Scalar | "wrong" | undefined {
  if (type === undefined) return undefined;
  const meaning = body.unit.typeOf(type);
  if (meaning !== "message" && meaning !== "outcome" && meaning !== "void") return meaning;
  const message = `"${name.name}" cannot be declared as ${type.name ?? "this"}`;
  const scalars = [...TYPE_NAMES.keys()].slice(0, 8).join(", ");
  body.unit.complaints.add("E_TYPE_NAME", type, message, `write one of ${scalars}, bool, or leave the type out`);
  return "wrong";
}

function bindScalar(body: Body, meaning: Meaning, type: Scalar, declaration: Declaration): readonly Stmt[] {
  const { name, constant, start, end } = declaration;
  const span = declaration.value ?? declaration;
  const value = landed(body.unit.complaints, meaning, type, span);
  if (value === undefined) {
    body.declare(name.name, wrongLocal(body, type, declaration));
    return [];
  }
  // Whoever writes a type wants a variable of it that is not assigned to: a division by it may be by 0, as that by a parameter.
  if (constant && declaration.type === undefined && numberOf(value) !== undefined) {
    body.declare(name.name, { kind: "value", type, expr: value });
    return [];
  }
  const local = body.local(name.name, type, name);
  const declared = { kind: "local", local, type, constant, variable: !constant } as const;
  body.declare(name.name, declared);
  return [{ kind: "let", local, value, start, end }];
}

function bind(body: Body, meaning: Meaning, declaration: Declaration): readonly Stmt[] {
  const { name, constant, start, end } = declaration;
  switch (meaning.kind) {
    case "exact":
      if (!constant) return bindTyped(body, meaning, declaration);
      body.declare(name.name, meaning);
      return [];
    case "aggregate":
    case "entry":
    case "held":
      return constant ? bindReference(body, meaning, declaration) : refuseLet(body, meaning, declaration);
    case "message":
    case "frame":
      if (!constant) return refuseLet(body, meaning, declaration);
      body.declare(name.name, meaning);
      return [];
    case "new-frame":
      if (!constant) return refuseLet(body, meaning, declaration);
      body.declare(name.name, { kind: "frame", hold: holdNow(body, "frame") });
      return [{ kind: "do", call: meaning.expr, start, end }];
    default:
      return bindTyped(body, meaning, declaration);
  }
}

/** Of the value's own type. */
function bindTyped(body: Body, meaning: Meaning, declaration: Declaration): readonly Stmt[] {
  const value = scalarOf(body.unit.complaints, meaning, declaration.value ?? declaration);
  if (value !== undefined) {
    return bindScalar(body, meaning, value.type, declaration);
  }
  body.declare(declaration.name.name, WRONG);
  return [];
}

function refuseLet(body: Body, meaning: Meaning, { name, value, start, end }: Declaration): readonly Stmt[] {
  const message = `"${name.name}" would hold ${described(meaning)}, and only a const does`;
  body.unit.complaints.add("E_REFERENCE", value ?? { start, end }, message, `write const ${name.name} = …`);
  body.declare(name.name, WRONG);
  return [];
}

function bindReference(
  body: Body,
  meaning: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>,
  { name, start, end, value }: Declaration,
): readonly Stmt[] {
  const maybe = meaning.kind !== "aggregate" && meaning.maybe;
  const of: Aggregate = meaning.of;
  const local = body.local(name.name, "reference", name);
  const known = meaning.kind === "held" ? body.known.get(referencePath(meaning.local)) : undefined;
  if (known !== undefined) body.known = knowing(body.known, referencePath(local), known);
  const hold = holdOf(body, meaning);
  if (hold !== undefined) body.holding.set(local, hold);
  body.declare(name.name, { kind: "held", local, of, maybe });
  const span = value ?? { start, end };
  return [{ kind: "let", local, value: referenceTo(meaning, span.start, span.end), start, end }];
}

function referenceTo(
  meaning: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>,
  start: number,
  end: number,
): Expr {
  switch (meaning.kind) {
    case "entry":
      return meaning.expr;
    case "held":
      return { kind: "local", type: "reference", local: meaning.local, start, end };
    case "aggregate":
      return { kind: "address", type: "reference", ...locatedOf(meaning), start, end };
  }
}
