/** Calls: of conversions and other functions of exonet/ash, of methods, and of the handler's own functions. */
import { argument, type Call, counted } from "./arguments.js";
import type { Body } from "./body.js";
import { PIPE_MAKERS, STATE_MAKERS } from "./builtin-names.js";
import { BUILTIN_CALLS } from "./builtins.js";
import { described, type Meaning, WRONG } from "./meaning.js";
import { callMethod } from "./methods.js";
import { holds, isScalarName, wrapped } from "./scalar.js";
import type { Expr, Scalar } from "./tree.js";
import type { Signature } from "./unit.js";
import { constant, converted, scalarOf } from "./value.js";

export function checkCall(body: Body, call: Call, wanted: Scalar | undefined): Meaning {
  const callee = body.check(call.callee);
  switch (callee.kind) {
    case "builtin":
      return callBuiltin(body, callee.name, call, wanted);
    case "function":
      return callFunction(body, callee.func, call);
    case "method":
      return callMethod(body, callee, call);
    case "wrong":
      return WRONG;
    default: {
      const { complaints } = body.unit;
      const message = `"${complaints.quote(call.callee)}" is ${described(callee)}, and no function`;
      complaints.add("E_CALL", call.callee, message, "leave ( ) out, or call a function");
      return WRONG;
    }
  }
}

function callBuiltin(body: Body, name: string, call: Call, wanted: Scalar | undefined): Meaning {
  const { complaints } = body.unit;
  if (isScalarName(name)) return convert(body, name, call, wanted);
  if (STATE_MAKERS.has(name) || PIPE_MAKERS.has(name)) {
    const message = `${name}() declares, and is no expression`;
    complaints.add("E_STATE_PLACE", call, message, `const NAME = ${name}(…); at the top`);
    return WRONG;
  }
  if (body.standing === "pipe" && !["fold16", "swap16", "swap32"].includes(name)) {
    complaints.add(
      "E_PIPE",
      call,
      `a pipe's function does not call ${name}`,
      "it computes from its word and constants",
    );
    return WRONG;
  }
  return BUILTIN_CALLS.get(name)?.(body, call) ?? notAFunction(body, call);
}

function notAFunction(body: Body, call: Call): Meaning {
  body.unit.complaints.add(
    "E_CALL",
    call.callee,
    `"${body.unit.complaints.quote(call.callee)}" is no function`,
    "leave ( ) out",
  );
  return WRONG;
}

/** The low bits of a number, or of a boolean. */
function convert(body: Body, type: Scalar, call: Call, wanted: Scalar | undefined): Meaning {
  if (!counted(body, call, 1)) return WRONG;
  const arg = call.args[0];
  if (arg === undefined) return WRONG;
  const meaning = body.check(arg, wanted);
  if (meaning.kind === "exact") {
    const fits = holds("u64", meaning.value) || holds("i64", meaning.value);
    if (fits) return { kind: "value", type, expr: constant(type, wrapped(type, meaning.value), call) };
    body.unit.complaints.add("E_LITERAL", arg, `${meaning.value} fits no type`, "write a number of at most 64 bits");
    return WRONG;
  }
  const value = scalarOf(body.unit.complaints, meaning, arg);
  if (value === undefined) return WRONG;
  return { kind: "value", type, expr: converted(value.expr, type, call) };
}

function callFunction(body: Body, func: number, call: Call): Meaning {
  const { unit } = body;
  const signature = unit.signatures[func];
  if (signature === undefined) return WRONG;
  unit.calls.push({ from: body.func, to: func, start: call.start, end: call.end });
  const takesMessage = signature.message ? 1 : 0;
  if (signature.loose) return WRONG;
  if (!counted(body, call, signature.parameters.length + takesMessage)) return resultOf(signature, undefined);
  const given = !signature.message || givesMessage(body, signature, call);
  const args = signature.parameters.map((type, k) =>
    type === "wrong" ? undefined : argument(body, call, k + takesMessage, type),
  );
  body.end(unit.endings[func] ?? []);
  const whole = args.filter((arg) => arg !== undefined);
  if (!given || whole.length < args.length) return resultOf(signature, undefined);
  const { start, end } = call;
  const { result, message } = signature;
  if (result === "wrong") return WRONG;
  return resultOf(signature, { kind: "call", type: result, func, message, args: whole, start, end });
}

function givesMessage(body: Body, signature: Signature, call: Call): boolean {
  const arg = call.args[0];
  if (arg === undefined) return false;
  const meaning = body.check(arg);
  if (meaning.kind === "message") return true;
  if (meaning.kind !== "wrong") {
    const hint = `write ${signature.name}(message, …)`;
    body.unit.complaints.add("E_TYPE", arg, `the message is needed, and this is ${described(meaning)}`, hint);
  }
  return false;
}

/** What a call stands for; nobody complains further of one with a mistake in it. */
function resultOf({ result }: Signature, expr: Expr | undefined): Meaning {
  if (expr === undefined || result === "wrong") return WRONG;
  switch (result) {
    case "void":
      return { kind: "nothing", expr };
    case "outcome":
      return { kind: "outcome", outcome: { kind: "outcome-of", call: expr, start: expr.start, end: expr.end } };
    default:
      return { kind: "value", type: result, expr };
  }
}
