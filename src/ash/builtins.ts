/** The functions of exonet/ash: by name, how their arguments are checked and what a call becomes. */
import { MAX_FRAME_OCTETS, MAX_PASS_TO } from "../vcode/handler.js";
import { type Call, counted, isMessage, scalars, within } from "./arguments.js";
import type { Body } from "./body.js";
import { type Meaning, WRONG } from "./meaning.js";
import type { Expr, Scalar } from "./tree.js";

type BuiltinCall = (body: Body, call: Call) => Meaning;

const ENVIRONMENTS = { most: MAX_PASS_TO, what: "the environments that a binding may name" };

/** A function of scalars to a scalar. */
function pure(
  types: readonly Scalar[],
  result: Scalar,
  make: (
    args: readonly Expr[],
    at: { readonly type: Scalar; readonly start: number; readonly end: number },
  ) => Expr | undefined,
): BuiltinCall {
  return (body, call) => {
    const args = scalars(body, call, types);
    const expr = args && make(args, { type: result, start: call.start, end: call.end });
    return expr ? { kind: "value", type: result, expr } : WRONG;
  };
}

function patch(width: 2 | 4): BuiltinCall {
  const field = width === 2 ? "u16" : "u32";
  return pure(
    ["u16", field, field],
    "u16",
    ([checksum, before, after], at) =>
      checksum && before && after && { kind: "patch", width, checksum, before, after, ...at },
  );
}

function swapOctets(width: 2 | 4): BuiltinCall {
  const type = width === 2 ? "u16" : "u32";
  return pure([type], type, ([operand], at) => operand && { kind: "swap-octets", width, operand, ...at });
}

function passTo(body: Body, call: Call): Meaning {
  const [environment] = scalars(body, call, ["u32"]) ?? [];
  if (environment === undefined || !within(body, environment, 1, ENVIRONMENTS)) return WRONG;
  return { kind: "outcome", outcome: { kind: "pass-to", environment, start: call.start, end: call.end } };
}

function reply(body: Body, call: Call): Meaning {
  if (!counted(body, call, 1) || !isMessage(body, call, 0)) return WRONG;
  body.unit.frames = true;
  body.end(["frame"]);
  return { kind: "new-frame", expr: { kind: "reply", type: "void", start: call.start, end: call.end } };
}

function frame(body: Body, call: Call): Meaning {
  const [length] = scalars(body, call, ["u32"]) ?? [];
  if (length === undefined || !within(body, length, 0, { most: MAX_FRAME_OCTETS, what: "what a frame may have" }))
    return WRONG;
  body.unit.frames = true;
  body.end(["frame"]);
  return { kind: "new-frame", expr: { kind: "frame", type: "void", length, start: call.start, end: call.end } };
}

function wake(body: Body, call: Call): Meaning {
  const [tag] = scalars(body, call, ["u32"]) ?? [];
  return tag ? { kind: "nothing", expr: { kind: "wake", type: "void", tag, start: call.start, end: call.end } } : WRONG;
}

function transfer(body: Body, call: Call): Meaning {
  const [environment, a, b, c] = scalars(body, call, ["u32", "u32", "u32", "u32"]) ?? [];
  if (!environment || !a || !b || !c || !within(body, environment, 1, ENVIRONMENTS)) return WRONG;
  const { start, end } = call;
  return {
    kind: "value",
    type: "bool",
    expr: { kind: "transfer", type: "bool", environment, words: [a, b, c], start, end },
  };
}

export const BUILTIN_CALLS: ReadonlyMap<string, BuiltinCall> = new Map([
  ["fold16", pure(["u32"], "u16", ([operand], at) => operand && { kind: "fold16", operand, ...at })],
  ["patch16", patch(2)],
  ["patch32", patch(4)],
  ["swap16", swapOctets(2)],
  ["swap32", swapOctets(4)],
  ["passTo", passTo],
  ["reply", reply],
  ["frame", frame],
  ["wake", wake],
  ["transfer", transfer],
]);
