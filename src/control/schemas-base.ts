/** What schemas are made of everywhere: closed objects, names, numbers in addresses. */
import Type, { type TProperties } from "typebox";
import { NAME_PATTERN } from "../store/name.js";

export const closed = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Name = Type.String({ pattern: NAME_PATTERN });
/** Numbers in addresses are texts: they are checked as such, and read by `numberOf`. */
export const Digits = Type.String({ pattern: "^(0|[1-9][0-9]{0,8})$" });
/** A LINKTYPE_ number has 16 bits in a capture's header. */
const MAX_LINK_TYPE = 0xffff;
export const LinkTypeNumber = Type.Integer({
  minimum: 0,
  maximum: MAX_LINK_TYPE,
  description: "LINKTYPE_ number; 1, Ethernet, unless said",
});
export const Flag = Type.Enum(["yes", "no"]);
export const Serial = Type.String({
  pattern: "^[A-Za-z0-9_-]{1,64}$",
  description: "of the capability that it is made under",
});
