/**
 * Primitives that begin with a keyword of their own, and have no protocol before it.
 *
 *   special = "less" number | "greater" number | "byte" number ( "=" | "<" | ">" | "&" | "|" ) number
 *           | "inbound" | "outbound" | "ifindex" number
 *           | ( "vlan" | "mpls" | "pppoes" | "geneve" ) [ any ] | "pppoed" | llc
 *           | "on" name | "rset" name | "rnr" number | "srnr" number | "reason" what | "action" word
 *           | "lane" | "oam" | "fisu" | … | field values
 *   field   = "vpi" | "vci" | "sio" | "opc" | "dpc" | "sls" | "hsio" | "hopc" | "hdpc" | "hsls"
 *   values  = [ comparison ] number | "(" number { "or" number } ")"
 *   any     = number | "(" any ")"
 */
import { takeRelation } from "./arithmetic.js";
import type { Primitive } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { knownWord, llc, wordOrNumber } from "./frame.js";
import { pfActionOf, pfReasonOf } from "./special-words.js";
import type { Keyword } from "./words.js";

type Read = (cursor: Cursor) => Primitive;

const BYTE_OPERATORS: ReadonlyMap<string, "=" | "<" | ">" | "&" | "|"> = new Map(
  (["=", "<", ">", "&", "|"] as const).map((operator) => [operator, operator]),
);

const READERS: ReadonlyMap<Keyword, Read> = new Map<Keyword, Read>([
  ...(["less", "greater"] as const).map((word): [Keyword, Read] => [word, (cursor) => size(cursor, word)]),
  ["byte", byte],
  ...(["inbound", "outbound"] as const).map((word): [Keyword, Read] => [word, (cursor) => direction(cursor, word)]),
  ["ifindex", ifindex],
  ...(["vlan", "mpls", "pppoes", "geneve"] as const).map((word): [Keyword, Read] => [
    word,
    (cursor) => encapsulation(cursor, word),
  ]),
  ["pppoed", pppoeDiscovery],
  ["llc", llc],
  ...(["on", "rset"] as const).map((word): [Keyword, Read] => [word, (cursor) => named(cursor, word)]),
  ...(["rnr", "srnr"] as const).map((word): [Keyword, Read] => [word, (cursor) => numbered(cursor, word)]),
  ["reason", reason],
  ["action", action],
  ...(
    [
      ...(["lane", "metac", "bcc", "oamf4ec", "oamf4sc", "sc", "ilmic", "oam", "oamf4", "connectmsg"] as const),
      ...(["metaconnect", "fisu", "lssu", "msu", "hfisu", "hlssu", "hmsu"] as const),
    ] as const
  ).map((word): [Keyword, Read] => [word, (cursor) => alone(cursor, word)]),
  ...(["vpi", "vci", "sio", "opc", "dpc", "sls", "hsio", "hopc", "hdpc", "hsls"] as const).map(
    (word): [Keyword, Read] => [word, (cursor) => field(cursor, word)],
  ),
]);

/** Undefined where none begins. */
export function special(cursor: Cursor): Primitive | undefined {
  const { token } = cursor;
  return token.kind === "keyword" ? READERS.get(token.keyword)?.(cursor) : undefined;
}

function size(cursor: Cursor, word: "less" | "greater"): Primitive {
  cursor.next();
  return { kind: "size", word, octets: cursor.number("a number of octets") };
}

function byte(cursor: Cursor): Primitive {
  cursor.next();
  const octet = cursor.number("the number of an octet");
  const { token } = cursor;
  const operator = token.kind === "symbol" ? BYTE_OPERATORS.get(token.symbol) : undefined;
  if (!operator) return cursor.expected('"=", "<", ">", "&" or "|"');
  cursor.next();
  return { kind: "byte", octet, operator, value: cursor.number() };
}

function direction(cursor: Cursor, kind: "inbound" | "outbound"): Primitive {
  cursor.next();
  return { kind };
}

function ifindex(cursor: Cursor): Primitive {
  cursor.next();
  return { kind: "ifindex", number: cursor.number("the number of an interface") };
}

function encapsulation(cursor: Cursor, word: "vlan" | "mpls" | "pppoes" | "geneve"): Primitive {
  cursor.next();
  const any = cursor.token.kind === "number" || cursor.is("(");
  return { kind: "encapsulation", word, number: any ? anyNumber(cursor) : undefined };
}

function pppoeDiscovery(cursor: Cursor): Primitive {
  cursor.next();
  return { kind: "encapsulation", word: "pppoed", number: undefined };
}

function anyNumber(cursor: Cursor): number {
  if (!cursor.is("(")) return cursor.number();
  const number = cursor.nested(() => {
    cursor.next();
    return anyNumber(cursor);
  });
  cursor.take(")");
  return number;
}

function named(cursor: Cursor, word: string): Primitive {
  cursor.next();
  const { token } = cursor;
  if (token.kind !== "name") return cursor.expected("a name");
  cursor.next();
  return { kind: "special", word, operands: [token.name] };
}

function numbered(cursor: Cursor, word: string): Primitive {
  cursor.next();
  return { kind: "special", word, operands: [cursor.number()] };
}

function reason(cursor: Cursor): Primitive {
  cursor.next();
  return { kind: "special", word: "reason", operands: [wordOrNumber(cursor, "a reason of pf", pfReasonOf)] };
}

function action(cursor: Cursor): Primitive {
  cursor.next();
  return { kind: "special", word: "action", operands: [knownWord(cursor, "an action of pf", pfActionOf)] };
}

function alone(cursor: Cursor, word: string): Primitive {
  cursor.next();
  return { kind: "special", word, operands: [] };
}

function field(cursor: Cursor, word: string): Primitive {
  cursor.next();
  if (cursor.is("(")) return { kind: "special", word, operands: alternatives(cursor) };
  const operator = takeRelation(cursor);
  if (operator) return { kind: "special", word, operator, operands: [cursor.number()] };
  return { kind: "special", word, operands: [cursor.number('a number, a comparison or "("')] };
}

function alternatives(cursor: Cursor): number[] {
  cursor.next();
  const all = [cursor.number()];
  while (cursor.is("or")) {
    cursor.next();
    all.push(cursor.number());
  }
  cursor.take(")", '"or" or ")"');
  return all;
}
