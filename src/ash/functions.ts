/** The handler's functions: what they take and give, their bodies, the one that is exported, and that none calls itself. */
import type { Body } from "./body.js";
import type { TypeMeaning } from "./builtin-names.js";
import { checkInOrder } from "./check-statement.js";
import { namesOf } from "./check-switch.js";
import { MAX_FUNCTION_PARAMETERS, MAX_FUNCTIONS } from "./limits.js";
import type { FunctionText, Parameter } from "./syntax.js";
import type { Func, Scalar } from "./tree.js";
import type { CallSite, Signature, Unit } from "./unit.js";

/** What a function takes and gives, by what is written; `exporting`: one of the text's functions is exported. */
export function signatureOf(unit: Unit, func: FunctionText, exporting: boolean): Signature {
  const entry = func.exported;
  const name = func.name?.name ?? "";
  const parameters = func.parameters.map((parameter) => parameterType(unit, parameter, entry));
  if (func.parameters.length > MAX_FUNCTION_PARAMETERS) {
    const span = func.parameters[MAX_FUNCTION_PARAMETERS]?.name ?? func;
    unit.complaints.add(
      "E_TOO_MANY",
      span,
      `a function has at most ${MAX_FUNCTION_PARAMETERS} parameters`,
      "keep some in a record",
    );
  }
  const message = parameters[0] === "message";
  const scalars = parameters.slice(message ? 1 : 0).map((type, k): Scalar | "wrong" => {
    if (type !== "message") return type;
    const at = func.parameters[k + (message ? 1 : 0)]?.name;
    if (at !== undefined && !entry)
      unit.complaints.add("E_PARAMETER", at, "the message is the first parameter", "write it first");
    return "wrong";
  });
  if (entry) checkEntry(unit, func, parameters);
  return {
    name,
    message,
    parameters: scalars,
    loose: func.wrong !== undefined,
    result: resultOf(unit, func, exporting),
  };
}

function parameterType(unit: Unit, { name, type }: Parameter, entry: boolean): Scalar | "message" | "wrong" {
  if (type === undefined) {
    if (!entry)
      unit.complaints.add("E_TYPE_NAME", name, `the parameter "${name.name}" has no type`, `write ${name.name}: u32`);
    return "wrong";
  }
  const meaning = unit.typeOf(type);
  if (meaning !== "outcome" && meaning !== "void") return meaning;
  unit.complaints.add(
    "E_TYPE_NAME",
    type,
    `a parameter is a scalar or the message, and not ${type.name ?? "this"}`,
    "write u32, …",
  );
  return "wrong";
}

/** Where no function is exported, what is left unwritten may be an outcome. */
function resultOf(unit: Unit, { result, exported }: FunctionText, exporting: boolean): Signature["result"] {
  if (result === undefined) return exported ? "outcome" : exporting ? "void" : "wrong";
  const meaning: TypeMeaning = unit.typeOf(result);
  if (exported && meaning !== "outcome" && meaning !== "wrong") {
    unit.complaints.add(
      "E_ENTRY",
      result,
      "what a handler exports gives an outcome",
      "leave the type out, or write Outcome",
    );
    return "wrong";
  }
  if (meaning !== "message") return meaning;
  unit.complaints.add(
    "E_TYPE_NAME",
    result,
    "a function gives a scalar, an outcome or nothing",
    "write u32, …, Outcome or void",
  );
  return "wrong";
}

function checkEntry(unit: Unit, func: FunctionText, types: readonly (Scalar | "message" | "wrong")[]): void {
  const { name, parameters, wrong } = func;
  const hint = "export default function NAME(message: Message)";
  if (name === undefined) {
    if (wrong === undefined) {
      unit.complaints.add(
        "E_ENTRY",
        { start: func.start, end: func.start + "function".length },
        "the exported function has no name",
        hint,
      );
    }
    return;
  }
  const [first] = parameters;
  const typed = first?.type !== undefined;
  const refused = wrong !== undefined || (typed && types[0] === "wrong");
  if (refused || (parameters.length === 1 && types[0] === "message")) return;
  const span = parameters.length > 1 && types[0] === "message" ? (parameters[1]?.name ?? name) : (first?.name ?? name);
  unit.complaints.add("E_ENTRY", span, "the exported function takes the message, and nothing else", hint);
}

/** A function's body, which is empty as yet. */
export function checkFunction(body: Body, func: FunctionText): Func {
  const { unit, signature } = body;
  body.enter();
  body.announce([...func.parameters.map(({ name }) => name), ...(func.wrong ?? [])]);
  for (const { name } of func.wrong ?? []) body.declare(name, { kind: "wrong" });
  func.parameters.forEach(({ name }, k) => {
    const message = signature?.message === true;
    const type = signature?.parameters[k - (message ? 1 : 0)];
    if (k === 0 && message) body.declare(name.name, { kind: "message" });
    else if (type === undefined || type === "wrong") body.declare(name.name, { kind: "wrong" });
    else body.declare(name.name, { kind: "local", local: body.local(name.name, type, name), type, constant: false });
  });
  const parameters = body.locals.length;
  body.announce(func.body.flatMap(namesOf));
  const { stmts, open } = checkInOrder(body, func.body);
  const result = signature?.result ?? "wrong";
  if (open && result !== "void" && result !== "wrong") missingReturn(unit, func, result);
  const { start, end } = func;
  return {
    name: signature?.name ?? "",
    parameters,
    message: signature?.message ?? false,
    locals: body.locals,
    result: result === "wrong" ? "void" : result,
    body: stmts,
    start,
    end,
  };
}

function missingReturn(unit: Unit, { name, start, end, body }: FunctionText, result: string): void {
  if (body.some(({ kind }) => kind === "wrong")) return;
  const span = name ?? { start, end: Math.min(end, start + "function".length) };
  const hint = result === "outcome" ? "write return pass; at its end" : `return a value of ${result} at its end`;
  unit.complaints.add("E_RETURN", span, `"${name?.name ?? "it"}" comes to its end without a return`, hint);
}

export function countFunctions(unit: Unit, functions: readonly FunctionText[]): void {
  const over = functions[MAX_FUNCTIONS];
  if (over === undefined) return;
  unit.complaints.add(
    "E_TOO_MANY",
    over.name ?? over,
    `a handler has at most ${MAX_FUNCTIONS} functions`,
    "leave some out",
  );
}

/** Complains of each call that closes a circle, once for each circle that is found on the way from the first function on. */
export function findRecursion(unit: Unit): void {
  const calls = unit.signatures.map((_, from) => unit.calls.filter((call) => call.from === from));
  const state = new Map<number, "open" | "done">();
  const visit = (func: number): void => {
    state.set(func, "open");
    for (const call of calls[func] ?? []) {
      const there = state.get(call.to);
      if (there === "open") complainOfCircle(unit, call);
      else if (there === undefined) visit(call.to);
    }
    state.set(func, "done");
  };
  unit.signatures.forEach((_, func) => {
    if (!state.has(func)) visit(func);
  });
}

function complainOfCircle(unit: Unit, call: CallSite): void {
  const name = unit.signatures[call.to]?.name ?? "";
  const from = unit.signatures[call.from]?.name ?? "";
  const message =
    call.from === call.to ? `"${name}" calls itself` : `"${from}" calls "${name}", from which it is called`;
  unit.complaints.add("E_RECURSION", call, message, "write a loop");
}
