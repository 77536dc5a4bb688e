/**
 * Schemas of requests, closed and without coercion: what does not fit is refused by pointer. The
 * types of answers are those of protocol.ts; `answer` names them for OpenAPI.
 */

import Type, { type Static, type TSchema, type TString } from "typebox";
import { TARGETS } from "../dpf/target.js";
import { MESSAGE_REGISTERS, RESOURCES } from "../kernel/abi.js";
import { RIGHTS } from "../kernel/capability.js";
import { LEVELS } from "../kernel/events.js";
import {
  CAPABILITY_CHARACTERS,
  MAX_DEADLINE_MS,
  MAX_DELAY_NS,
  MAX_OUTSIDE_FUEL,
  MAX_PORTS,
  MAX_RATE,
} from "../kernel/limits.js";
import { closed, Digits, Flag, LinkTypeNumber, Name, Serial } from "./schemas-base.js";
import { Attachment, Fuel, Sends, Share } from "./schemas-handlers.js";

export const Nothing = Type.Union([Type.Null(), closed({})]);
export const NoQuery = closed({});

const Language = Type.Enum(["dpf", "pcap-filter"]);
const Mode = Type.Enum(["claim", "tap"]);

export const ByName = closed({ name: Name });
/** NAME.dpf or NAME.pcap-filter: the name's 64 characters, and the extension's. */
export const ByFile = closed({ file: Type.String({ maxLength: 80 }) });
export const ById = closed({ id: Digits });
export const BySlice = closed({ id: Digits, position: Digits });
export const ByQuery = closed({ id: Digits, what: Type.String({ pattern: "^[a-z-]{1,32}$" }) });

export const ByStage = closed({ name: Name, stage: Type.String({ pattern: "^[a-z]{1,16}$" }) });

export const UploadQuery = closed({ replace: Type.Optional(Flag) });
export const PutFilterQuery = closed({ bind: Type.Optional(Flag) });
export const DeleteFilterQuery = closed({ unbind: Type.Optional(Flag) });
export const PreviewQuery = closed({ limit: Type.Optional(Digits) });

/** Packets count from 1, and there may be more of them than 32 bits count. */
const PacketNumber = Type.String({ pattern: "^[1-9][0-9]{0,14}$", description: "from 1" });
export const ByPacket = closed({ name: Name, number: PacketNumber });
export const PacketsQuery = closed({
  from: Type.Optional(PacketNumber),
  limit: Type.Optional(Type.String({ pattern: "^([1-9][0-9]{0,2}|1000)$", description: "at most 1000" })),
  filter: Type.Optional(Name),
});
export const FileQuery = closed({ filter: Type.Optional(Name) });
export const BindingFileQuery = closed({ capture: Name });
export const Matches = closed({
  text: Type.String(),
  language: Language,
  samples: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
});
const Packet = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const FilterNames = Type.Array(Name, { maxItems: 200, uniqueItems: true });
/** By the filters that are named, by a text, or both; by all that are stored where there is neither. */
export const Explain = Type.Union([
  closed({ packet: Packet, filters: Type.Optional(FilterNames) }),
  closed({ packet: Packet, text: Type.String(), language: Language, filters: Type.Optional(FilterNames) }),
]);
/** What programs can be asked; one that does not know a key says so. */
const Word = Type.String({ pattern: "^[a-z-]{1,32}$" });
/** 0 to 4,096: the most entries in one answer of a program (libos/argument.ts). */
const Limit = Type.String({
  pattern: "^([0-9]|[1-9][0-9]{1,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-6])$",
  description: "at most 4096",
});
export const ProgramQuery = closed({
  limit: Type.Optional(Limit),
  from: Type.Optional(Digits),
  sort: Type.Optional(Word),
  epoch: Type.Optional(Word),
});

export const Session = closed({ token: Type.String({ minLength: 1, maxLength: CAPABILITY_CHARACTERS }) });

const Speed = Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Literal("max")]);
const Captures = Type.Array(Name, { minItems: 1, maxItems: 32, uniqueItems: true });
const Loop = Type.Integer({ minimum: 0, maximum: 0xffffffff, description: "times; 0: until stopped" });

export const OpenReplay = closed({
  captures: Captures,
  speed: Type.Optional(Speed),
  loop: Type.Optional(Loop),
  lossless: Type.Optional(Type.Boolean()),
  play: Type.Optional(Type.Boolean({ description: "false: stand before the first packet" })),
});
export const SetSpeed = closed({ speed: Speed });
export const Step = closed({ packets: Type.Integer({ minimum: 1, maximum: 0xffffffff }) });
export const Seek = Type.Union([
  closed({ packet: Packet }),
  closed({ time: Type.String({ pattern: "^[0-9]{1,20}$", description: "ns since 1970" }) }),
]);

const Priority = Type.Integer({ minimum: 0, maximum: 255 });
const EnvironmentId = Type.Integer({ minimum: 0, maximum: 65_535 });
const Rights = Type.Array(Type.Enum([...RIGHTS]), { maxItems: RIGHTS.length, uniqueItems: true });
const Expires = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "ms since 1970; 0: never" });
const Frames = closed({ text: Type.String(), language: Language });
/** What handlers bound in its name may have at most. */
const MostBudget = closed({ fuel: Fuel, share: Share, sends: Sends });
export type FrameText = Static<typeof Frames>;
export const NewCapability = closed({
  name: Type.String({ pattern: "^[a-z0-9._-]{1,64}$" }),
  rights: Rights,
  expires: Type.Optional(Expires),
  frames: Type.Optional(Frames),
  budget: Type.Optional(MostBudget),
  environment: Type.Optional(EnvironmentId),
});
export const WeakerCapability = closed({
  rights: Rights,
  expires: Type.Optional(Expires),
  frames: Type.Optional(Frames),
  budget: Type.Optional(MostBudget),
});
/** Serial or path: 16 names of 64, and the slashes. */
export const ByCapability = closed({ of: Type.String({ pattern: "^[A-Za-z0-9._/-]{1,1100}$" }) });

/** With `claim`, the answer also names the claims that this one would meet. */
export const CheckFilter = closed({
  language: Language,
  text: Type.String(),
  mode: Type.Optional(Mode),
  environment: Type.Optional(EnvironmentId),
  priority: Type.Optional(Priority),
});
export const CheckQuery = closed({
  mode: Type.Optional(Mode),
  environment: Type.Optional(Digits),
  priority: Type.Optional(
    Type.String({ pattern: "^(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])$", description: "at most 255" }),
  ),
});

export const NewBinding = closed({
  filter: Name,
  environment: EnvironmentId,
  mode: Mode,
  priority: Type.Optional(Priority),
  name: Type.Optional(Name),
});

const Options = Type.Record(Type.String(), Type.Unknown());

const MaySend = Type.Boolean({ description: "it may send, under the capability of whoever asks for it" });
const SliceCount = Type.Integer({
  minimum: 0,
  maximum: 65_535,
  description: "of the program vcode; 1 unless said",
});
export const NewEnvironment = closed({
  name: Name,
  program: Type.String({ maxLength: 64 }),
  options: Type.Optional(Options),
  code: Type.Optional(Type.String({ description: "VCODE's text, of the program vcode" })),
  transmit: Type.Optional(MaySend),
  slices: Type.Optional(SliceCount),
});

const MessageWord = Type.Integer({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 });
/** A cause is one of the kernel's (abi.ts, Cause): 1 start, 3 message, …, but no call, return or exception. */
export const NewActivation = closed({
  cause: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
  message: Type.Optional(Type.Array(MessageWord, { maxItems: MESSAGE_REGISTERS })),
  fuel: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_OUTSIDE_FUEL })),
});

const Path = Type.String({ pattern: "^root(/[a-z0-9._-]{1,64}){0,15}$", description: "who has authority over it" });

const Chance = Type.Number({ minimum: 0, maximum: 1 });
const WIRE = {
  name: Name,
  kind: Type.Literal("wire"),
  delayNs: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_DELAY_NS })),
  rate: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_RATE, description: "bits a second; 0: any number" })),
  loss: Type.Optional(Chance),
  duplicate: Type.Optional(Chance),
  reorder: Type.Optional(Chance),
  corrupt: Type.Optional(Chance),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffffffff })),
  hairpin: Type.Optional(Type.Boolean({ description: "one end: what is sent to it arrives at it" })),
  linkType: Type.Optional(LinkTypeNumber),
};
export const NewPort = Type.Union([
  closed(WIRE),
  closed({ name: Name, kind: Type.Literal("file"), linkType: Type.Optional(LinkTypeNumber) }),
]);

export const ProfileDocument = closed({
  filters: Type.Array(closed({ name: Name, language: Language, text: Type.String() })),
  handlers: Type.Optional(Type.Array(closed({ name: Name, text: Type.String() }))),
  environments: Type.Array(
    closed({
      name: Name,
      program: Type.String({ maxLength: 64 }),
      options: Type.Optional(Options),
      owner: Type.Optional(Path),
      code: Type.Optional(Type.String()),
      transmit: Type.Optional(MaySend),
      slices: Type.Optional(SliceCount),
    }),
  ),
  ports: Type.Optional(Type.Array(closed({ ...WIRE, owner: Type.Optional(Path) }), { maxItems: MAX_PORTS })),
  bindings: Type.Array(
    closed({
      name: Name,
      filter: Name,
      environment: Name,
      mode: Mode,
      priority: Type.Optional(Priority),
      capability: Type.Optional(Serial),
      handler: Type.Optional(Attachment),
    }),
  ),
  replay: Type.Optional(
    closed({
      // In a file they are paths, and names in a profile that is put: the store says which it knows.
      captures: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
        minItems: 1,
        maxItems: 32,
        uniqueItems: true,
      }),
      speed: Type.Optional(Speed),
      loop: Type.Optional(Loop),
      lossless: Type.Optional(Type.Boolean()),
    }),
  ),
});

/** A node's number, or a node's number and the place of one of its dispatches. */
export const TrieQuery = closed({
  at: Type.Optional(Type.String({ pattern: "^[0-9]{1,9}([.][0-9]{1,5})?$" })),
  from: Type.Optional(Digits),
  limit: Type.Optional(
    Type.String({ pattern: "^([1-9][0-9]{0,2}|1[0-9]{3}|2000)$", description: "nodes and dispatches, at most 2000" }),
  ),
});
const Words = (description: string) =>
  Type.String({ pattern: "^[a-zA-Z]{1,32}(,[a-zA-Z]{1,32}){0,99}$", description: `${description}, with commas` });
export const TraceQuery = closed({
  after: Type.Optional(
    Type.String({ pattern: "^(0|[1-9][0-9]{0,14})$", description: "number of an event: the first after it" }),
  ),
  limit: Type.Optional(Limit),
  level: Type.Optional(Words("of these levels")),
  name: Type.Optional(Words("of these kinds")),
  without: Type.Optional(Words("not of these kinds")),
  environment: Type.Optional(Digits),
});
export const SetTrace = closed({ levels: Type.Array(Type.Enum([...LEVELS]), { maxItems: 4, uniqueItems: true }) });
export const SetHeat = closed({ on: Type.Boolean() });
const TargetName = Type.Enum([...TARGETS]);
export const SetTarget = closed({
  target: TargetName,
  shadow: Type.Optional(Type.Union([TargetName, Type.Null()])),
});

export const PagesQuery = closed({
  from: Type.Optional(Digits),
  owner: Type.Optional(Digits),
  limit: Type.Optional(Type.String({ pattern: "^([0-9]|[1-9][0-9]{1,2}|1000)$", description: "at most 1000" })),
});
export const NewRevocation = closed({
  resource: Type.Enum([...RESOURCES]),
  count: Type.Integer({ minimum: 1, maximum: 0x7fffffff, description: "packets: in segments; cut to what is held" }),
  deadlineMs: Type.Integer({ minimum: 0, maximum: MAX_DEADLINE_MS }),
});

/** A number that a schema above has found to be digits; `otherwise` where it is absent. */
export function numberOf(digits: string | undefined, otherwise: number): number {
  return digits === undefined ? otherwise : Number(digits);
}

/** What a route answers, in words for OpenAPI: the shapes are the interfaces of protocol.ts. `schema`: field by field. */
export function answer(description: string, status = 200, schema: TSchema = Type.Unknown()): Record<number, TSchema> {
  return { [status]: { ...schema, description } };
}

/** A body that is a text as it is, of any content type. */
export function textBody(description: string): { readonly body: TString; readonly consumes: readonly string[] } {
  return { body: Type.String({ description }), consumes: ["text/plain"] };
}
