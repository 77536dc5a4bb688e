/**
 * Primitives that begin with a word.
 *
 *   head      = [ protocol ] ( direction [ kind ] | kind | "gateway" | "proto" | "protochain" ), and a value follows
 *   direction = "src" | "dst" | "src" ( "or" | "and" ) "dst" | "dst" ( "or" | "and" ) "src" | "addr1" … "addr4" | "ra" | "ta"
 *   kind      = "host" | "net" | "port" | "portrange"
 *   whole     = protocol | [ protocol ] ( "broadcast" | "multicast" ) | [ protocol ] frame | "less" number | …
 *
 * A protocol before 802.11's words is allowed and means nothing.
 */
import type { Direction, Expression, IdentityKind, Primitive, Protocol } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { frame } from "./frame.js";
import type { Qualifiers } from "./identity.js";
import { special } from "./special.js";
import type { Keyword } from "./words.js";

const DIRECTIONS: ReadonlyMap<Keyword, Direction> = new Map(
  (["src", "dst", "addr1", "addr2", "addr3", "addr4", "ra", "ta"] as const).map((word) => [word, word]),
);
const KINDS: ReadonlyMap<Keyword, IdentityKind> = new Map(
  (["host", "net", "port", "portrange"] as const).map((word) => [word, word]),
);
/** They take no direction before them. */
const UNDIRECTED: ReadonlyMap<Keyword, IdentityKind> = new Map(
  (["gateway", "proto", "protochain"] as const).map((word) => [word, word]),
);
const FRAME_WORDS: ReadonlySet<Keyword> = new Set(["type", "subtype", "dir"]);

/** Qualifiers, whose value is still to be read, or all of a primitive. Undefined where none begins. */
export function primitive(cursor: Cursor): { qualifiers: Qualifiers } | { whole: Expression } | undefined {
  const { token } = cursor;
  const { start } = token;
  const protocol = token.kind === "protocol" ? token.protocol : undefined;
  const word = protocol && cursor.source(token);
  if (protocol) cursor.next();
  const qualifiers = head(cursor, protocol, word);
  if (qualifiers) return { qualifiers };
  const whole = rest(cursor, protocol, word) ?? (protocol === undefined ? special(cursor) : undefined);
  if (whole) return { whole: { ...whole, ...cursor.placeFrom(start) } };
  if (protocol === undefined || word === undefined) return undefined;
  return { whole: { kind: "named", protocol, word, ...cursor.placeFrom(start) } };
}

function head(cursor: Cursor, protocol: Protocol | undefined, word: string | undefined): Qualifiers | undefined {
  const direction = takeDirection(cursor);
  const of = takeOf(cursor, KINDS) ?? (direction ? undefined : takeOf(cursor, UNDIRECTED));
  return direction || of ? { protocol, word, direction, of } : undefined;
}

function takeDirection(cursor: Cursor): Direction | undefined {
  const { token } = cursor;
  const direction = token.kind === "keyword" ? DIRECTIONS.get(token.keyword) : undefined;
  if (!direction) return undefined;
  cursor.next();
  if ((direction !== "src" && direction !== "dst") || !(cursor.is("or") || cursor.is("and"))) return direction;
  const both = cursor.is("or") ? "src or dst" : "src and dst";
  cursor.next();
  const other = direction === "src" ? "dst" : "src";
  if (!cursor.isKeyword(other)) return cursor.expected(`"${other}"`);
  cursor.next();
  return both;
}

function takeOf(cursor: Cursor, kinds: ReadonlyMap<Keyword, IdentityKind>): IdentityKind | undefined {
  const { token } = cursor;
  const kind = token.kind === "keyword" ? kinds.get(token.keyword) : undefined;
  if (kind) cursor.next();
  return kind;
}

/** What may have a protocol before it, and is no head. */
function rest(cursor: Cursor, protocol: Protocol | undefined, word: string | undefined): Primitive | undefined {
  const { token } = cursor;
  if (token.kind !== "keyword") return undefined;
  const { keyword } = token;
  if (FRAME_WORDS.has(keyword)) return frame(cursor);
  if (keyword !== "broadcast" && keyword !== "multicast") return undefined;
  cursor.next();
  return { kind: keyword, protocol, word: word ?? keyword };
}
