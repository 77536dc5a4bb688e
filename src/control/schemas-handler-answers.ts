/**
 * What routes about handlers answer, for OpenAPI: the shapes of protocol-handlers.ts. Answers are ours and typed, so nothing is checked by
 * these while it is sent; tests hold every answer against them, and them against those types.
 */
import Type from "typebox";
import { MAX_TRIAL_STEPS } from "../appliance/handler-trial.js";
import { closed } from "./schemas-base.js";

const Count = Type.Integer({ minimum: 0 });
const OrNull = <T extends Type.TSchema>(type: T) => Type.Union([type, Type.Null()]);
const Bindings = Type.Array(Count, { description: "numbers of the bindings that have it" });
const Octets = Type.String({ pattern: "^([0-9a-f]{2})*$", description: "hexadecimal" });

export const HandlerSummary = closed({ name: Type.String(), octets: Count, bindings: Bindings });

const Complaint = closed({
  code: Type.String(),
  message: Type.String(),
  hint: OrNull(Type.String({ description: "what to write instead" })),
  line: Type.Integer({ minimum: 1 }),
  column: Type.Integer({ minimum: 1 }),
  length: Count,
});
export const HandlerCheck = closed({
  ok: Type.Boolean(),
  errors: Type.Array(Complaint),
  instructions: Type.Optional(
    Type.Integer({ minimum: 0, description: "of VCODE; this and the rest where it is right" }),
  ),
  stateOctets: Type.Optional(Count),
  sends: Type.Optional(Type.Boolean()),
  wakes: Type.Optional(Type.Boolean()),
  transfers: Type.Optional(Type.Boolean()),
  passesTo: Type.Optional(Type.Boolean({ description: "it may give messages to other environments than its own" })),
});

export const PutHandler = closed({
  name: Type.String(),
  created: Type.Boolean({ description: "false where a handler of this name was there" }),
  bindings: Bindings,
  stateKept: OrNull(Type.Boolean({ description: "in all bindings; null where nothing ran it" })),
});

export const HandlerStage = closed({
  name: Type.String(),
  octets: Count,
  instructions: Count,
  milliseconds: Type.Number(),
});

const Counts = closed({
  run: Type.Integer({ minimum: 0, description: "consumed + passed + passedTo + killed" }),
  consumed: Count,
  passed: Count,
  passedTo: Type.Integer({ minimum: 0, description: "to other environments" }),
  killed: Type.Record(Type.String(), Count, { description: "by reason" }),
  fuel: Count,
  fuelMost: Count,
  fuelMedian: Type.Integer({ minimum: 0, description: "exact below 32 units, within a sixteenth above" }),
  fuelSpread: Type.Array(closed({ from: Count, to: Count, runs: Count }), {
    description:
      "runs by fuel, both ends included, from least to most: up to 31 units each amount for itself, beyond 16 ranges to an octave",
  }),
  sent: Count,
  sentOctets: Count,
  sendErrors: Count,
  sendRefused: Type.Record(Type.String(), Count, { description: "sendErrors, by cause" }),
  hopsCut: Count,
  throttled: closed({ share: Count, sends: Count }),
  woken: Count,
  transfers: Count,
});
export const HandlerBinding = closed({
  binding: Count,
  handler: Type.String(),
  fuel: Type.Integer({ minimum: 1, description: "units for a message" }),
  share: Type.Number({ description: "of the data plane's time" }),
  sends: Type.Integer({ minimum: 0, description: "frames a second" }),
  port: OrNull(Count),
  transmit: Type.Boolean(),
  environments: Type.Array(OrNull(Type.String()), { description: "for passTo and transfer; null: it has ended" }),
  clearAtEpoch: Type.Boolean(),
  stateOctets: Count,
  firstPage: Count,
  pages: Count,
  bound: Type.Boolean({ description: "false since it was killed too often in a row" }),
  under: Type.String({ description: "serial of the capability with which it ends" }),
  replaced: Type.Integer({ minimum: 0, description: "how often its text was replaced" }),
  counts: Counts,
});

const Scalar = Type.Union([Type.Number(), Type.String(), Type.Boolean()]);
const StateItem = closed({
  name: Type.String(),
  kind: Type.Enum(["record", "array", "places", "table", "accumulator", "frame"]),
  columns: Type.Array(Type.String()),
  types: Type.Array(Type.String()),
  keys: Type.Integer({ minimum: 0, description: "how many of the columns are the key's" }),
  size: Count,
  capacity: Count,
  rows: Type.Array(Type.Array(Scalar)),
  from: Type.Integer({ minimum: 0, description: "index of the first row" }),
});
export const HandlerStateView = closed({ octets: Count, items: Type.Array(StateItem) });

const Time = Type.String({ pattern: "^[0-9]+$", description: "ns since 1970" });
export const HandlerKiller = closed({
  reason: Type.String(),
  fuel: Count,
  packet: Count,
  time: Time,
  captured: Count,
  wire: Count,
  port: Count,
  linkType: Count,
  hops: Type.Integer({ minimum: 0, description: "answers in a row of which it was the last" }),
  octets: Octets,
});

const Lambda = closed({
  name: Type.String(),
  insns: Type.Array(Type.String()),
  lines: Type.Array(Count, { description: "of the text, by instruction; 0 where it has none" }),
});
const Step = closed({
  lambda: Count,
  insn: Count,
  register: Type.Integer({ minimum: -1, description: "that it assigned; -1: none" }),
  value: Type.String(),
  fuel: Count,
});
const Change = closed({
  item: Type.String(),
  at: OrNull(Type.String({ description: "an index, or a table's key" })),
  column: Type.String(),
  type: Type.String(),
  before: OrNull(Scalar),
  after: OrNull(Scalar),
});
export const HandlerRun = closed({
  outcome: Type.Enum(["pass", "consume", "pass-to", "killed", "cut"]),
  environment: OrNull(Type.Integer({ minimum: 0, description: "of pass-to" })),
  reason: OrNull(Type.String({ description: "of killed" })),
  line: Count,
  fuel: Count,
  cycles: Count,
  lambdas: Type.Array(Lambda),
  steps: Type.Array(Step, { description: `of the first ${MAX_TRIAL_STEPS}, and of the one at which it ended` }),
  total: Count,
  sent: Type.Array(
    closed({ octets: Octets, port: Type.Integer({ minimum: -1, description: "-1: where it came in" }) }),
  ),
  woken: Type.Array(Type.Integer()),
  transfers: Type.Array(Type.Array(Type.Integer())),
  state: HandlerStateView,
  changed: Type.Array(Type.String()),
  changes: Type.Array(Change),
});
