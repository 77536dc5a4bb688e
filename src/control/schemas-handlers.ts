/** Schemas of requests about handlers, as schemas.ts has them of the rest. */
import Type from "typebox";
import { MAX_TRIAL_FUEL, MAX_TRIAL_OCTETS } from "../appliance/handler-trial.js";
import { MAX_BINDINGS } from "../kernel/books.js";
import { FIRST_PORT, LAST_PORT, MAX_MESSAGE_FUEL, MAX_PASS_TO, MAX_SENDS_A_SECOND } from "../kernel/limits.js";
import { NAME_PATTERN } from "../store/name.js";
import { closed, Digits, Flag, LinkTypeNumber, Name, Serial } from "./schemas-base.js";

/** NAME.ash.ts. */
export const ByHandlerFile = closed({ file: Type.String({ maxLength: 80 }) });
export const PutHandlerQuery = closed({
  state: Type.Optional(
    Type.Enum(["keep", "new"], { description: "keep: or else 409; new: zeros; else kept where it can be" }),
  ),
  binding: Type.Optional(
    Type.String({
      pattern: NAME_PATTERN,
      description: "name or number of a binding that gets it, where it has another or none",
    }),
  ),
  transmit: Type.Optional(Flag),
});
export const DeleteHandlerQuery = closed({ unbind: Type.Optional(Flag) });
export const CheckHandler = closed({ text: Type.String() });

export const Fuel = Type.Integer({ minimum: 1, maximum: MAX_MESSAGE_FUEL, description: "units for a message" });
export const Share = Type.Number({ exclusiveMinimum: 0, maximum: 1, description: "of the data plane's time" });
export const Sends = Type.Integer({ minimum: 0, maximum: MAX_SENDS_A_SECOND, description: "frames a second" });
/** As a profile has it, too. */
export const Attachment = closed({
  handler: Name,
  fuel: Type.Optional(Fuel),
  share: Type.Optional(Share),
  sends: Type.Optional(Sends),
  port: Type.Optional(
    Type.Integer({
      minimum: FIRST_PORT,
      maximum: LAST_PORT,
      description: "where answers go to what came in by a capture; a port that is made, now or later",
    }),
  ),
  transmit: Type.Optional(Type.Boolean({ description: "it may send, under the caller's capability" })),
  environments: Type.Optional(
    Type.Array(Name, { maxItems: MAX_PASS_TO, description: "for passTo and transfer, from 0" }),
  ),
  clearAtEpoch: Type.Optional(Type.Boolean()),
  capability: Type.Optional(Serial),
});

export const StateQuery = closed({
  item: Type.Optional(Type.String({ pattern: "^[A-Za-z_$][A-Za-z0-9_$]{0,63}$" })),
  from: Type.Optional(Digits),
  limit: Type.Optional(Type.String({ pattern: "^([0-9]|[1-9][0-9]{1,2}|1000)$", description: "rows, at most 1000" })),
});
/** Rows of each item of state that are told, where it is not said. */
export const STATE_ROWS = 100;

const MessageOctets = Type.String({
  pattern: "^([0-9a-fA-F]{2})*$",
  maxLength: 2 * MAX_TRIAL_OCTETS,
  description: `hexadecimal, two characters an octet; at most ${MAX_TRIAL_OCTETS} octets`,
});
export const Trial = closed({
  handler: Type.Optional(Name),
  text: Type.Optional(Type.String()),
  binding: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_BINDINGS - 1 })),
  fuel: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_MESSAGE_FUEL, description: `a trial is cut at ${MAX_TRIAL_FUEL}` }),
  ),
  capture: Type.Optional(Name),
  packet: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  octets: Type.Optional(MessageOctets),
  linkType: Type.Optional(LinkTypeNumber),
  killer: Type.Optional(Type.Boolean({ description: "the packet that killed the binding's handler last" })),
});
