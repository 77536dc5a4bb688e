/** Methods of the message, of octets and the frame, of tables and of pipelines. */
import { MAX_FRAME_OCTETS } from "../vcode/handler.js";
import { argument, type Call, counted, isMessage, limitOf, octetsArgument, scalars, within } from "./arguments.js";
import type { Body } from "./body.js";
import { holding, ownerOfOctets } from "./holding.js";
import { MAX_MESSAGE_OCTETS } from "./limits.js";
import { type Meaning, octetsOf, WRONG } from "./meaning.js";
import { isScalarName, SCALARS } from "./scalar.js";
import type { Expr, Octets, Scalar } from "./tree.js";
import { numberOf } from "./value.js";

const MESSAGE = { most: MAX_MESSAGE_OCTETS, what: "what a message may have" };

export function callMethod(body: Body, { of, name }: Extract<Meaning, { kind: "method" }>, call: Call): Meaning {
  switch (of.kind) {
    case "message":
      return name === "vector" ? vector(body, call) : load(body, name, call);
    case "table":
      return tableMethod(body, of, name, call);
    case "pipeline":
      return name === "run" ? run(body, of.pipeline, call) : readOver(body, of.pipeline, call);
    case "frame":
      return frameMethod(body, name, call);
    default: {
      const octets = octetsOf(of);
      return octets === undefined ? WRONG : octetsMethod(body, octets, name, call);
    }
  }
}

function load(body: Body, name: string, call: Call): Meaning {
  const [offset] = scalars(body, call, ["u32"]) ?? [];
  if (offset === undefined || !isScalarName(name)) return WRONG;
  if (!within(body, offset, SCALARS[name].bits / 8, MESSAGE)) return WRONG;
  const { start, end } = call;
  return { kind: "value", type: name, expr: { kind: "message-load", type: name, offset, start, end } };
}

function vector(body: Body, call: Call): Meaning {
  if (!counted(body, call, 4)) return WRONG;
  const from = argument(body, call, 0, "u32");
  const length = argument(body, call, 1, "u32");
  const to = octetsArgument(body, call, 2);
  const at = holding(body, ownerOfOctets(body, to), call.args[2] ?? call, () => argument(body, call, 3, "u32"));
  if (!from || !length || !to || !at) return WRONG;
  if (!stretch(body, from, length, MESSAGE) || !stretch(body, at, length, limitOf(to))) return WRONG;
  const { start, end } = call;
  return nothing({ kind: "vector", type: "void", from, length, to, at, start, end });
}

function nothing(expr: Expr): Meaning {
  return { kind: "nothing", expr };
}

/** Whether `length` octets from `from` on may lie in so many. */
function stretch(
  body: Body,
  from: Expr,
  length: Expr,
  limit: { readonly most: number; readonly what: string },
): boolean {
  const known = numberOf(length) ?? 0n;
  if (known > BigInt(limit.most)) return within(body, length, 0, limit);
  return within(body, from, Number(known), limit);
}

const WIDTHS: ReadonlyMap<string, { readonly type: Scalar; readonly width: 2 | 4 | 8 }> = new Map([
  ["u16", { type: "u16", width: 2 }],
  ["u32", { type: "u32", width: 4 }],
  ["u64", { type: "u64", width: 8 }],
  ["setU16", { type: "u16", width: 2 }],
  ["setU32", { type: "u32", width: 4 }],
  ["setU64", { type: "u64", width: 8 }],
]);

function octetsMethod(body: Body, octets: Octets, name: string, call: Call): Meaning {
  const found = WIDTHS.get(name);
  if (found === undefined) return WRONG;
  const { type, width } = found;
  const { start, end } = call;
  const types: readonly Scalar[] = name.startsWith("set") ? ["u32", type] : ["u32"];
  const held = call.callee.kind === "member" ? call.callee.object : call;
  const [offset, value] = holding(body, ownerOfOctets(body, octets), held, () => scalars(body, call, types)) ?? [];
  if (offset === undefined || !within(body, offset, width, limitOf(octets))) return WRONG;
  if (value === undefined)
    return { kind: "value", type, expr: { kind: "octets-load", type, octets, offset, start, end } };
  return nothing({ kind: "octets-store", type: "void", octets, width, offset, value, start, end });
}

function frameMethod(body: Body, name: string, call: Call): Meaning {
  const make = FRAME_CALLS.get(name);
  if (make === undefined) return octetsMethod(body, { kind: "frame" }, name, call);
  const held = call.callee.kind === "member" ? call.callee.object : call;
  return holding(body, "frame", held, () => make(body, call));
}

const FRAME = { most: MAX_FRAME_OCTETS, what: "the frame" };

const FRAME_CALLS: ReadonlyMap<string, (body: Body, call: Call) => Meaning> = new Map([
  ["swap", frameSwap],
  ["copy", frameCopy],
  ["resize", frameResize],
  ["send", frameSend],
]);

function frameSwap(body: Body, call: Call): Meaning {
  const [a, b, octets] = scalars(body, call, ["u32", "u32", "u32"]) ?? [];
  if (!a || !b || !octets || !stretch(body, a, octets, FRAME) || !stretch(body, b, octets, FRAME)) return WRONG;
  return nothing({ kind: "frame-swap", type: "void", a, b, octets, start: call.start, end: call.end });
}

function frameCopy(body: Body, call: Call): Meaning {
  if (!counted(body, call, 4)) return WRONG;
  const message = isMessage(body, call, 0);
  const from = argument(body, call, 1, "u32");
  const length = argument(body, call, 2, "u32");
  const at = argument(body, call, 3, "u32");
  if (!message || !from || !length || !at) return WRONG;
  if (!stretch(body, from, length, MESSAGE) || !stretch(body, at, length, FRAME)) return WRONG;
  const { start, end } = call;
  return nothing({ kind: "vector", type: "void", from, length, to: { kind: "frame" }, at, start, end });
}

function frameResize(body: Body, call: Call): Meaning {
  const [length] = scalars(body, call, ["u32"]) ?? [];
  if (length === undefined || !within(body, length, 0, FRAME)) return WRONG;
  return nothing({ kind: "frame-resize", type: "void", length, start: call.start, end: call.end });
}

function frameSend(body: Body, call: Call): Meaning {
  const args = scalars(body, call, ["u32"], 0);
  if (args === undefined) return WRONG;
  const { start, end } = call;
  return { kind: "value", type: "bool", expr: { kind: "frame-send", type: "bool", port: args[0], start, end } };
}

function tableMethod(
  body: Body,
  { item, table, scalar }: Extract<Meaning, { kind: "table" }>,
  name: string,
  call: Call,
): Meaning {
  if (!counted(body, call, 1)) return WRONG;
  const key = keysOf(body, table.key.fields, scalar, call);
  if (key === undefined) return WRONG;
  if (name !== "find") body.end([item]);
  const { start, end } = call;
  if (name === "delete") {
    return {
      kind: "value",
      type: "bool",
      expr: { kind: "table-delete", type: "bool", table: item, ...key, start, end },
    };
  }
  const kind = name === "find" ? "table-find" : "table-enter";
  const expr: Expr = { kind, type: "reference", table: item, ...key, start, end };
  return { kind: "entry", expr, of: { kind: "record", shape: table.value }, maybe: name === "find" };
}

interface KeyField {
  readonly name: string;
  readonly type: Scalar;
}

/** As tree.ts has it. */
interface Key {
  readonly keys: readonly Expr[];
  readonly order: readonly number[];
}

function keysOf(body: Body, fields: readonly KeyField[], isScalar: boolean, call: Call): Key | undefined {
  const [arg] = call.args;
  if (arg === undefined) return undefined;
  const { complaints } = body.unit;
  const scalar = isScalar ? fields[0] : undefined;
  if (scalar !== undefined) {
    if (arg.kind === "object") {
      complaints.add("E_KEY", arg, `the table's key is ${scalar.type}, and no object`, "write the number itself");
      return undefined;
    }
    const key = body.checkTo(arg, scalar.type);
    return key && { keys: [key], order: [0] };
  }
  const wanted = `{ ${fields.map(({ name }) => name).join(", ")} }`;
  if (arg.kind !== "object") {
    if (body.check(arg).kind !== "wrong")
      complaints.add("E_KEY", arg, `the table's key is ${wanted}`, `write ${wanted} here`);
    return undefined;
  }
  return objectKeys(body, fields, arg, wanted);
}

function objectKeys(
  body: Body,
  fields: readonly KeyField[],
  object: Extract<Call["args"][number], { kind: "object" }>,
  wanted: string,
): Key | undefined {
  const { complaints } = body.unit;
  const names = object.fields.map(({ name }) => name);
  const twice = names.find(({ name }, k) => names.findIndex((other) => other.name === name) < k);
  const strange = names.find(({ name }) => !fields.some((field) => field.name === name));
  const missing = fields.find(({ name }) => !names.some((other) => other.name === name));
  if (twice !== undefined)
    complaints.add("E_NAME_TWICE", twice, `"${twice.name}" is there already`, `the key is ${wanted}`);
  else if (strange !== undefined)
    complaints.add("E_KEY", strange, `the key has no "${strange.name}"`, `the key is ${wanted}`);
  else if (missing !== undefined)
    complaints.add("E_KEY", object, `the key lacks "${missing.name}"`, `the key is ${wanted}`);
  const values = new Map(
    object.fields.map(({ name, value }) => {
      const field = fields.find((one) => one.name === name.name);
      return [name.name, field && body.checkTo(value, field.type)];
    }),
  );
  if (twice ?? strange ?? missing) return undefined;
  const keys = fields.map(({ name }) => values.get(name));
  const whole = keys.filter((key) => key !== undefined);
  if (whole.length < fields.length) return undefined;
  return { keys: whole, order: names.map(({ name }) => fields.findIndex((field) => field.name === name)) };
}

function run(body: Body, pipeline: number, call: Call): Meaning {
  if (!counted(body, call, 5)) return WRONG;
  const message = isMessage(body, call, 0);
  const from = argument(body, call, 1, "u32");
  const length = argument(body, call, 2, "u32");
  const to = octetsArgument(body, call, 3);
  const at = holding(body, ownerOfOctets(body, to), call.args[3] ?? call, () => argument(body, call, 4, "u32"));
  if (!message || !from || !length || !to || !at) return WRONG;
  if (!stretch(body, from, length, MESSAGE) || !stretch(body, at, length, limitOf(to))) return WRONG;
  const { start, end } = call;
  return nothing({ kind: "pipeline-run", type: "void", pipeline, from, length, to, at, start, end });
}

function readOver(body: Body, pipeline: number, call: Call): Meaning {
  if (!counted(body, call, 3)) return WRONG;
  const message = isMessage(body, call, 0);
  const from = argument(body, call, 1, "u32");
  const length = argument(body, call, 2, "u32");
  if (!message || !from || !length || !stretch(body, from, length, MESSAGE)) return WRONG;
  const { start, end } = call;
  return nothing({ kind: "pipeline-read", type: "void", pipeline, from, length, start, end });
}
