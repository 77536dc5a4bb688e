/** What qualifiers are said of: the values behind `tcp port`, `host` and the like, and those that take over qualifiers. */
import { decnetNumbers, ipv4Octets } from "./address.js";
import type { Direction, Expression, IdentityKind, Mask, Place, Protocol, Value } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { shortened, type Token } from "./lexer.js";

export interface Qualifiers {
  readonly protocol: Protocol | undefined;
  readonly word: string | undefined;
  readonly direction: Direction | undefined;
  readonly of: IdentityKind | undefined;
}

/** What a value without qualifiers of its own takes over: none after `tcp` or a relation, unknown after an error. */
export type Inherited = Qualifiers | "none" | "unknown";

const NOT_OF_ADDRESSES: ReadonlySet<IdentityKind | undefined> = new Set(["port", "portrange", "proto", "protochain"]);

const VALUES: ReadonlySet<Token["kind"]> = new Set(["name", "ipv4", "ipv6", "mac", "arcnet"]);

/** Whether a value stands here that is no number. */
export function atValue(cursor: Cursor): boolean {
  return VALUES.has(cursor.token.kind);
}

/** The value that stands here, with the qualifiers; the place is the value's. */
export function identity(cursor: Cursor, inherited: Inherited): Expression {
  const { start } = cursor.token;
  const value = valueHere(cursor, inherited);
  return identityOf(cursor, inherited, value, cursor.placeFrom(start));
}

/** A value that was read already. */
export function identityOf(cursor: Cursor, inherited: Inherited, value: Value, { start, end }: Place): Expression {
  if (typeof inherited !== "string") return { kind: "identity", ...inherited, value, start, end };
  if (inherited === "none") {
    const found = JSON.stringify(shortened(cursor.source({ start, end })));
    cursor.tell("E_QUALIFIER", `what is ${found}? Nothing before it says "host", "port" or the like`, { start, end });
  }
  const none = { protocol: undefined, word: undefined, direction: undefined, of: undefined };
  return { kind: "identity", ...none, value, start, end };
}

function valueHere(cursor: Cursor, inherited: Inherited): Value {
  const { token } = cursor;
  switch (token.kind) {
    case "number":
      cursor.next();
      return { kind: "number", value: token.value };
    case "name":
      cursor.next();
      return { kind: "name", text: token.name, escaped: token.escaped };
    case "ipv4":
      cursor.next();
      return ipv4(cursor, token, inherited);
    case "ipv6":
      cursor.next();
      return { kind: "ipv6", octets: token.octets, bits: cursor.is("/") ? bitsHere(cursor) : undefined };
    case "mac":
      cursor.next();
      return { kind: "mac", octets: token.octets };
    case "arcnet":
      cursor.next();
      return { kind: "arcnet", octet: token.octet };
    default:
      return cursor.expected("a name, a number or an address");
  }
}

function ipv4(cursor: Cursor, token: Extract<Token, { kind: "ipv4" }>, inherited: Inherited): Value {
  const { protocol, of } = typeof inherited === "string" ? { protocol: undefined, of: undefined } : inherited;
  const mask = maskHere(cursor);
  if (!mask && NOT_OF_ADDRESSES.has(of))
    cursor.tell("E_QUALIFIER", `an address cannot be what "${of}" is said of`, token);
  const decnet = protocol === "decnet" && !mask;
  return { kind: "ipv4", octets: octetsOf(cursor, token, decnet), mask };
}

function maskHere(cursor: Cursor): Mask | undefined {
  if (cursor.is("/")) return { kind: "bits", bits: bitsHere(cursor) };
  if (!cursor.isKeyword("mask")) return undefined;
  cursor.next();
  const { token } = cursor;
  if (token.kind !== "ipv4") return cursor.expected("a dotted mask");
  cursor.next();
  return { kind: "dotted", octets: octetsOf(cursor, token, false) };
}

function bitsHere(cursor: Cursor): number {
  cursor.next();
  return cursor.number("a number of bits");
}

function octetsOf(cursor: Cursor, token: Extract<Token, { kind: "ipv4" }>, decnet: boolean): readonly number[] {
  const octets = decnet ? decnetNumbers(token.parts) : ipv4Octets(token.parts);
  if (octets) return octets;
  const form = decnet ? "DECnet address: two decimal numbers" : "IPv4 address: decimal numbers of 0 to 255";
  cursor.tell("E_ADDRESS", `${shortened(cursor.source(token))} is no ${form}`, token);
  return [0, 0];
}
