/**
 * The checker: text → the typed tree, or all its mistakes (up to MAX_HANDLER_ERRORS, in the order of their places). In passes: parse
 * (acorn), read (what the language has not is refused), then names at the top, state, functions, and ways. Never throws, whatever the text.
 */
import { Body } from "./body.js";
import { BUILTINS, PIPE_MAKERS, STATE_MAKERS, TYPE_NAMES } from "./builtin-names.js";
import { check } from "./check-expression.js";
import { Complaints } from "./complaints.js";
import { scalarTypeOf } from "./declaration.js";
import type { HandlerError } from "./diagnostic.js";
import { endingsOf } from "./endings.js";
import { checkFunction, countFunctions, findRecursion, signatureOf } from "./functions.js";
import { described, type Meaning, WRONG } from "./meaning.js";
import { checkNarrowing } from "./narrow.js";
import { decoratorIn, directiveIn, parse } from "./parse.js";
import { makePipe } from "./pipes.js";
import { read } from "./read.js";
import { makeState } from "./state.js";
import type { Declaration, Import, Text } from "./syntax.js";
import type { Handler } from "./tree.js";
import { Unit } from "./unit.js";
import { landed, numberOf, scalarOf } from "./value.js";

export type CheckedHandler =
  | { readonly ok: true; readonly tree: Handler }
  | { readonly ok: false; readonly errors: readonly HandlerError[] };

export function checkHandler(text: string): CheckedHandler {
  const complaints = new Complaints(text);
  const program = parse(text, complaints);
  if (program === undefined) return { ok: false, errors: complaints.list() };
  const unit = new Unit(complaints);
  const written = read(program, complaints);
  const tree = checkText(unit, written);
  refuseDecorator(text, complaints);
  refuseDirective(text, complaints);
  if (!complaints.any) checkNarrowing(written, complaints);
  return complaints.any || tree === undefined ? { ok: false, errors: complaints.list() } : { ok: true, tree };
}

/** Where nothing else is wrong: what is refused may have such a sign inside. */
function refuseDecorator(text: string, complaints: Complaints): void {
  const start = complaints.any ? undefined : decoratorIn(text);
  if (start === undefined) return;
  complaints.add(
    "E_TYPE_DECLARATION",
    { start, end: start + 1 },
    "a decorator is not part of the language",
    "leave it out",
  );
}

/** What stands in comments is nothing to the language, and something to TypeScript. */
function refuseDirective(text: string, complaints: Complaints): void {
  const found = complaints.any ? undefined : directiveIn(text);
  if (found === undefined) return;
  const span = { start: found.start, end: found.start + 3 };
  if (found.kind === "reference") {
    complaints.add("E_IMPORT", span, "a reference to another file is not part of the language", "leave it out");
  } else {
    complaints.add("E_ASSERTION", span, "@ts-expect-error expects a mistake, and there is none", "leave it out");
  }
}

function checkText(unit: Unit, text: Text): Handler | undefined {
  const entry = text.functions.findIndex(({ exported }) => exported);
  for (const name of text.wrong) unit.names.set(name.name, WRONG);
  for (const one of text.imports) checkImport(unit, one);
  const constants = declareNames(unit, text);
  unit.signatures.push(...text.functions.map((func) => signatureOf(unit, func, entry >= 0)));
  countFunctions(unit, text.functions);
  const top = new Body(unit, "top", check);
  for (const declaration of constants) unit.names.set(declaration.name.name, meaningOf(top, declaration));
  for (const draft of unit.pipes) {
    if (draft.state === undefined) continue;
    draft.offset = unit.addItem(
      draft.name,
      { kind: "accumulator", of: draft.state.of },
      text.constants[0]?.name ?? NOWHERE,
    ).offset;
  }
  unit.endings = endingsOf(unit, text.functions);
  const functions = text.functions.map((func, index) => checkFunction(new Body(unit, "function", check, index), func));
  if (unit.frames) unit.addItem("frame", { kind: "frame" }, NOWHERE);
  findRecursion(unit);
  if (entry < 0) missingEntry(unit, text);
  const pipes = unit.pipes.map((draft) => draft.pipe(draft.offset));
  return { layout: unit.layout.end(), functions, entry, pipes, pipelines: unit.pipelines };
}

const NOWHERE = { start: 0, end: 0 };

/** Functions and constants, in the order of the text; constants mean nothing until they are come to. Those whose names are their own. */
function declareNames(unit: Unit, { functions, constants }: Text): readonly Declaration[] {
  const own: Declaration[] = [];
  const named = [
    ...functions.flatMap(({ name }, func) => (name ? [{ name, func, declaration: undefined }] : [])),
    ...constants.map((declaration) => ({ name: declaration.name, func: -1, declaration })),
  ].toSorted((a, b) => a.name.start - b.name.start);
  for (const { name, func, declaration } of named) {
    if (unit.names.has(name.name)) unit.twice(name);
    else if (declaration === undefined) unit.names.set(name.name, { kind: "function", func });
    else {
      unit.names.set(name.name, { kind: "later" });
      own.push(declaration);
    }
  }
  return own;
}

function checkImport(unit: Unit, { imported, local, typeOnly, start, end }: Import): void {
  const type = TYPE_NAMES.get(imported);
  if (type === undefined && !BUILTINS.has(imported)) {
    unit.names.set(local.name, WRONG);
    unit.complaints.add(
      "E_IMPORT",
      { start, end },
      `exonet/ash has no "${imported}"`,
      "see its declaration for what it has",
    );
    return;
  }
  if (unit.names.has(local.name)) return unit.twice(local);
  if (type !== undefined) unit.types.set(local.name, type);
  unit.names.set(
    local.name,
    typeOnly || !BUILTINS.has(imported) ? { kind: "type" } : { kind: "builtin", name: imported },
  );
}

function missingEntry(unit: Unit, { functions }: Text): void {
  const last = functions.at(-1);
  const hint = "export default function NAME(message: Message) { … return pass; }";
  if (functions.some(({ name }) => name === undefined)) return;
  // What was refused at the top, or how it was exported, is what should have been it.
  if (unit.complaints.has("E_EXPORT") || (functions.length === 0 && unit.complaints.any)) return;
  unit.complaints.add("E_ENTRY", last?.name ?? NOWHERE, "a handler exports a function, and this one does not", hint);
}

/** What a constant at the top stands for. */
function meaningOf(top: Body, declaration: Declaration): Meaning {
  const { value, name } = declaration;
  const { complaints } = top.unit;
  if (value === undefined) {
    complaints.add("E_INITIAL", name, `"${name.name}" has no value`, `write const ${name.name} = 0;`);
    return WRONG;
  }
  const made = madeBy(top, declaration);
  if (made !== undefined) return made;
  const type = scalarTypeOf(top, declaration);
  const meaning = top.check(value, type === "wrong" ? undefined : type);
  if (meaning.kind === "wrong" || type === "wrong") return WRONG;
  if (type === undefined && meaning.kind === "exact") return meaning;
  const typed = type ?? scalarOf(complaints, meaning, value)?.type;
  const expr = typed && landed(complaints, meaning, typed, value);
  if (expr === undefined || typed === undefined) return WRONG;
  if (numberOf(expr) !== undefined) return { kind: "value", type: typed, expr };
  const message = `"${name.name}" is ${described(meaning)} that is not known before the handler runs`;
  complaints.add("E_TOP_LEVEL", value, message, "compute it in a function");
  return WRONG;
}

/** State and pipes: what record, checksum and their like declare. Undefined: it is none of these. */
function madeBy(top: Body, declaration: Declaration): Meaning | undefined {
  const { value, type, name } = declaration;
  if (value?.kind !== "call" || value.callee.kind !== "name") return undefined;
  const callee = top.unit.names.get(value.callee.name);
  if (callee?.kind !== "builtin") return undefined;
  const state = STATE_MAKERS.has(callee.name);
  if (!state && !PIPE_MAKERS.has(callee.name)) return undefined;
  if (type !== undefined && top.unit.typeOf(type) !== "wrong") {
    top.unit.complaints.add(
      "E_TYPE_NAME",
      type,
      `"${name.name}" has the type that its declaration gives it`,
      "leave the type out",
    );
  }
  return state ? makeState(top, callee.name, value, declaration) : makePipe(top, callee.name, value, name);
}
