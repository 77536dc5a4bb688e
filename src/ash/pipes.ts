/** Pipes and pipelines, declared at the top. */
import { type Call, counted } from "./arguments.js";
import { Body } from "./body.js";
import { PIPE_MAKERS } from "./builtin-names.js";
import { MAX_PIPELINES, MAX_PIPES } from "./limits.js";
import { described, type Meaning, WRONG } from "./meaning.js";
import type { PipeDraft } from "./pipe-draft.js";
import { isScalarName } from "./scalar.js";
import type { Expression, Name } from "./syntax.js";
import type { Expr, Gauge, Pipe, Scalar } from "./tree.js";
import { constant, converted, landed, numberOf } from "./value.js";

type Arrow = Extract<Expression, { kind: "arrow" }>;
type Order = Pipe["order"];

export function makePipe(body: Body, maker: string, call: Call, name: Name): Meaning {
  if (maker === "pipeline") return makePipeline(body, call, name);
  const drafts = draftsOf(body, maker, call, name);
  const [first] = drafts ?? [];
  if (drafts === undefined || first === undefined) return WRONG;
  const { pipes } = body.unit;
  const pipe = pipes.length;
  pipes.push(...drafts);
  if (pipe <= MAX_PIPES && pipes.length > MAX_PIPES) {
    body.unit.complaints.add(
      "E_TOO_MANY",
      call,
      `a handler has at most ${MAX_PIPES} pipes`,
      "use one in several pipelines",
    );
  }
  return { kind: "pipe", pipe };
}

function stateless(name: string, gauge: Gauge, order: Order, work: Pipe["work"]): PipeDraft {
  return { name, state: undefined, pipe: () => ({ name, gauge, order, work }), offset: 0 };
}

function gathering(
  name: string,
  gauge: Gauge,
  order: Order,
  of: Scalar,
  work: (accumulator: number) => Pipe["work"],
): PipeDraft {
  const state = { member: "value", of, mask: 0n } as const;
  return { name, state, pipe: (offset) => ({ name, gauge, order, work: work(offset) }), offset: 0 };
}

/** One pipe; two of xor where its first key is not 0: state begins as zeros, so that what it begins with is a pipe behind it. */
function draftsOf(body: Body, maker: string, call: Call, { name }: Name): readonly PipeDraft[] | undefined {
  switch (maker) {
    case "map":
      return wrap(makeMap(body, call, name));
    case "fold":
      return wrap(makeFold(body, call, name));
    case "xor":
      return makeXor(body, call, name);
    default:
      return counted(body, call, 0) ? [plain(maker, name)] : undefined;
  }
}

function wrap(draft: PipeDraft | undefined): readonly PipeDraft[] | undefined {
  return draft && [draft];
}

function plain(maker: string, name: string): PipeDraft {
  switch (maker) {
    case "checksum":
      return gathering(name, 2, "free", "u32", (accumulator) => ({ kind: "checksum", accumulator }));
    case "crc32":
      return gathering(name, 1, "kept", "u32", (accumulator) => ({ kind: "crc32", accumulator }));
    case "byteswap16":
      return stateless(name, 2, "free", { kind: "byteswap" });
    case "byteswap32":
      return stateless(name, 4, "free", { kind: "byteswap" });
    default:
      return stateless(name, 1, "free", { kind: "copy" });
  }
}

function makeXor(body: Body, call: Call, name: string): readonly PipeDraft[] | undefined {
  const [arg] = call.args;
  if (!counted(body, call, 1) || arg === undefined) return undefined;
  const key = body.checkTo(arg, "u32");
  const mask = key && numberOf(key);
  if (mask === undefined) {
    if (key !== undefined)
      body.unit.complaints.add("E_PIPE", arg, "an xor pipe begins with a constant key", "set its key in the function");
    return undefined;
  }
  const state = { member: "key", of: "u32", mask } as const;
  const keyed: PipeDraft = {
    name,
    state,
    pipe: (offset) => ({ name, gauge: 4, order: "free", work: { kind: "xor", key: offset } }),
    offset: 0,
  };
  if (mask === 0n) return [keyed];
  const { start, end } = arg;
  const word: Expr = { kind: "local", type: "u32", local: 0, start, end };
  const right = constant("u32", mask, arg);
  const map: Expr = { kind: "arithmetic", type: "u32", op: "xor", left: word, right, start, end };
  return [keyed, stateless(name, 4, "free", { kind: "map", body: map })];
}

const GAUGES: ReadonlyMap<string, Gauge> = new Map([
  ["u8", 1],
  ["u16", 2],
  ["u32", 4],
]);

interface GaugeRead {
  readonly type: Scalar;
  readonly gauge: Gauge;
}

function gaugeOf(body: Body, expression: Expression | undefined): GaugeRead | undefined {
  if (expression === undefined) return undefined;
  const type = scalarNamed(body, expression);
  if (type === "wrong") return undefined;
  const gauge = type && GAUGES.get(type);
  if (type !== undefined && gauge !== undefined) return { type, gauge };
  body.unit.complaints.add("E_PIPE", expression, "a pipe works on words of u8, u16 or u32", "write u8, u16 or u32");
  return undefined;
}

function scalarNamed(body: Body, expression: Expression): Scalar | "wrong" | undefined {
  if (expression.kind === "wrong") return "wrong";
  if (expression.kind !== "name") return undefined;
  const meaning = body.lookup(expression.name, expression);
  if (meaning.kind === "wrong") return "wrong";
  return meaning.kind === "builtin" && isScalarName(meaning.name) ? meaning.name : undefined;
}

/** What a changed word is, is cut to the gauge. */
function makeMap(body: Body, call: Call, name: string): PipeDraft | undefined {
  if (!counted(body, call, 2, 3)) return undefined;
  const gauge = gaugeOf(body, call.args[0]);
  const arrow = arrowOf(body, call.args[1], 1);
  const order = orderOf(body, call.args[2]);
  if (gauge === undefined || arrow === undefined || order === undefined) return undefined;
  const result = inPipe(body, arrow, ["u32"], gauge.type);
  const value = result && landed(body.unit.complaints, result.meaning, "u32", arrow.body);
  return value && stateless(name, gauge.gauge, order, { kind: "map", body: converted(value, gauge.type, arrow.body) });
}

function makeFold(body: Body, call: Call, name: string): PipeDraft | undefined {
  if (!counted(body, call, 3, 4)) return undefined;
  const gauge = gaugeOf(body, call.args[0]);
  const type = accumulatorOf(body, call.args[1]);
  const arrow = arrowOf(body, call.args[2], 2);
  const order = orderOf(body, call.args[3]);
  if (gauge === undefined || type === undefined || arrow === undefined || order === undefined) return undefined;
  const result = inPipe(body, arrow, [type, "u32"], type);
  const value = result && landed(body.unit.complaints, result.meaning, type, arrow.body);
  if (value === undefined) return undefined;
  return gathering(name, gauge.gauge, order, type, (accumulator) => ({ kind: "fold", accumulator, type, body: value }));
}

function accumulatorOf(body: Body, expression: Expression | undefined): "u32" | "i32" | "u64" | "i64" | undefined {
  if (expression === undefined) return undefined;
  const type = scalarNamed(body, expression);
  if (type === "u32" || type === "i32" || type === "u64" || type === "i64") return type;
  if (type !== "wrong") {
    body.unit.complaints.add("E_PIPE", expression, "what is gathered is u32, i32, u64 or i64", "write one of these");
  }
  return undefined;
}

function arrowOf(body: Body, expression: Expression | undefined, parameters: number): Arrow | undefined {
  if (expression === undefined || expression.kind === "wrong") return undefined;
  const example = parameters === 1 ? "(word) => word ^ 1" : "(sum, word) => sum + word";
  if (expression.kind !== "arrow") {
    if (expression.kind === "name" && body.lookup(expression.name, expression).kind === "wrong") return undefined;
    body.unit.complaints.add(
      "E_PIPE",
      expression,
      "a pipe's function is written where it is declared",
      `write ${example}`,
    );
    return undefined;
  }
  if (expression.parameters.length !== parameters) {
    const message = `a function of ${parameters} parameter${parameters === 1 ? "" : "s"} is needed`;
    body.unit.complaints.add("E_ARGUMENTS", expression, message, `write ${example}`);
    return undefined;
  }
  return expression;
}

/** Whether the order is part of its meaning: kept unless told; undefined after a complaint. */
function orderOf(body: Body, options: Expression | undefined): Order | undefined {
  if (options === undefined) return "kept";
  const [only] = options.kind === "object" ? options.fields : [];
  const value = only?.value;
  const plainly = options.kind === "object" && options.fields.length === 1 && only?.name.name === "order";
  if (plainly && value?.kind === "string" && (value.value === "free" || value.value === "kept")) return value.value;
  if (options.kind !== "wrong") {
    body.unit.complaints.add(
      "E_PIPE",
      options,
      "the options of a pipe are its order",
      'write { order: "free" } or { order: "kept" }',
    );
  }
  return undefined;
}

/** What an arrow function's expression means, its parameters being the locals from 0 on. */
function inPipe(
  around: Body,
  arrow: Arrow,
  types: readonly ("u32" | "i32" | "u64" | "i64")[],
  wanted: Scalar,
): { readonly meaning: Meaning } | undefined {
  const body = new Body(around.unit, "pipe", around.checkExpression);
  body.enter();
  body.announce(arrow.parameters.map(({ name }) => name));
  arrow.parameters.forEach(({ name, type: written }, k) => {
    const type = types[k] ?? "u32";
    const told = written && around.unit.typeOf(written);
    if (told !== undefined && told !== "wrong" && told !== type) {
      around.unit.complaints.add("E_TYPE", written ?? name, `"${name.name}" is ${type}`, "leave its type out");
    }
    body.declare(name.name, { kind: "local", local: body.local(name.name, type, name), type, constant: true });
  });
  const meaning = body.check(arrow.body, wanted);
  return meaning.kind === "wrong" ? undefined : { meaning };
}

function makePipeline(body: Body, call: Call, name: Name): Meaning {
  const { unit } = body;
  const found = call.args.map((arg, k) => pipeOf(body, arg, name, k));
  found.forEach((pipe, k) => {
    const arg = call.args[k];
    if (arg === undefined || pipe === undefined || found.indexOf(pipe) === k) return;
    unit.complaints.add("E_PIPE", arg, "this pipe is in the pipeline already", "declare another one");
  });
  if (call.args.length === 0)
    unit.complaints.add("E_ARGUMENTS", call, "a pipeline has at least one pipe", "write pipeline(copy())");
  const pipeline = unit.pipelines.length;
  const pipes = found.flatMap((pipe) => (pipe === undefined ? [] : withItsMap(body, pipe)));
  unit.pipelines.push({ name: name.name, pipes });
  if (pipeline === MAX_PIPELINES) {
    unit.complaints.add("E_TOO_MANY", call, `a handler has at most ${MAX_PIPELINES} pipelines`, "leave some out");
  }
  return { kind: "pipeline", pipeline };
}

/** An xor pipe that does not begin with 0 has another behind it. */
function withItsMap(body: Body, pipe: number): readonly number[] {
  const state = body.unit.pipes[pipe]?.state;
  return state !== undefined && state.mask !== 0n ? [pipe, pipe + 1] : [pipe];
}

/** A pipe by name, or one that is declared where it stands. */
function pipeOf(body: Body, arg: Expression, name: Name, index: number): number | undefined {
  const maker =
    arg.kind === "call" && arg.callee.kind === "name" ? body.lookup(arg.callee.name, arg.callee) : undefined;
  if (maker?.kind === "wrong") return undefined;
  const inline = maker?.kind === "builtin" && maker.name !== "pipeline" && PIPE_MAKERS.has(maker.name);
  const meaning =
    inline && arg.kind === "call"
      ? makePipe(body, maker.name, arg, { ...name, name: `${name.name}[${index}]` })
      : body.check(arg);
  if (meaning.kind === "pipe") return meaning.pipe;
  if (meaning.kind === "wrong") return undefined;
  body.unit.complaints.add(
    "E_PIPE",
    arg,
    `a pipe is needed, and this is ${described(meaning)}`,
    "const sum = checksum();",
  );
  return undefined;
}
