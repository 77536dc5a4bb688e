/** Arguments of calls: how many, of which types, and constant offsets that cannot be. */
import { MAX_FRAME_OCTETS } from "../vcode/handler.js";
import type { Body } from "./body.js";
import { mustHold } from "./holding.js";
import { described, octetsOf } from "./meaning.js";
import type { Expression } from "./syntax.js";
import type { Expr, Octets, Scalar, Span } from "./tree.js";
import { numberOf } from "./value.js";

export type Call = Extract<Expression, { kind: "call" }>;

/** Whether there are as many arguments as are wanted; complains else, and looks for mistakes in those that there are. */
export function counted(body: Body, call: Call, least: number, most = least): boolean {
  const { length } = call.args;
  if (length >= least && length <= most) return true;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  const name = body.unit.complaints.quote(call.callee);
  body.unit.complaints.add(
    "E_ARGUMENTS",
    call,
    `${name} takes ${wanted} argument${wanted === "1" ? "" : "s"}, and is given ${length}`,
  );
  return false;
}

/** All arguments, which are scalars; undefined after a complaint. */
export function scalars(
  body: Body,
  call: Call,
  types: readonly Scalar[],
  least = types.length,
): readonly Expr[] | undefined {
  if (!counted(body, call, least, types.length)) return undefined;
  const args = call.args.map((arg, k) => body.checkTo(arg, types[k] ?? "u32"));
  const whole = args.filter((arg) => arg !== undefined);
  return whole.length === args.length ? whole : undefined;
}

export function argument(body: Body, call: Call, index: number, type: Scalar): Expr | undefined {
  const arg = call.args[index];
  return arg && body.checkTo(arg, type);
}

/** Whether an argument is the message; complains else. */
export function isMessage(body: Body, call: Call, index: number): boolean {
  const arg = call.args[index];
  if (arg === undefined) return false;
  const meaning = body.check(arg);
  if (meaning.kind === "message") return true;
  if (meaning.kind !== "wrong") {
    body.unit.complaints.add(
      "E_TYPE",
      arg,
      `the message is needed, and this is ${described(meaning)}`,
      "write message",
    );
  }
  return false;
}

/** An argument that is a buffer or the frame; undefined after a complaint. */
export function octetsArgument(body: Body, call: Call, index: number): Octets | undefined {
  const arg = call.args[index];
  if (arg === undefined) return undefined;
  const meaning = body.check(arg);
  const octets = octetsOf(meaning);
  if (meaning.kind === "frame") mustHold(body, meaning.hold, arg);
  if (meaning.kind === "held") mustHold(body, body.holding.get(meaning.local), arg);
  if (octets === undefined && meaning.kind !== "wrong") {
    const hint = "declare one: const kept = array(u8, 1500);";
    body.unit.complaints.add("E_TYPE", arg, `octets are needed, and this is ${described(meaning)}`, hint);
  }
  return octets;
}

export function limitOf(octets: Octets): { readonly most: number; readonly what: string } {
  if (octets.kind === "frame") return { most: MAX_FRAME_OCTETS, what: "the frame" };
  return { most: octets.length, what: `a buffer of ${octets.length} octets` };
}

/** Whether `octets` from a constant offset on may lie in so many; complains else. What is not constant may. */
export function within(
  body: Body,
  offset: Expr,
  octets: number,
  { most, what }: { readonly most: number; readonly what: string },
  span: Span = offset,
): boolean {
  const known = numberOf(offset);
  if (known === undefined || known + BigInt(octets) <= BigInt(most)) return true;
  const hint = most >= octets ? `write at most ${most - octets}` : undefined;
  body.unit.complaints.add("E_INDEX", span, `${known} is beyond ${what}`, hint);
  return false;
}
