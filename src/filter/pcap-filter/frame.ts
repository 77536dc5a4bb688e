/**
 * 802.11's frame control, and LLC's control field.
 *
 *   frame = "type" what [ "subtype" what ] | "subtype" word | "dir" what
 *   llc   = "llc" [ word ]
 *   what  = number | word
 */
import type { Primitive, WordOrNumber } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { shortened } from "./lexer.js";
import { frameDirOf, frameKindOf, frameSubtypeOf, frameTypeOf, llcFormOf } from "./special-words.js";

const TYPE_BITS = 0x0c;
const SUBTYPE_BITS = 0xf0;

/** Stands at one of the three words. */
export function frame(cursor: Cursor): Primitive {
  if (cursor.isKeyword("type")) return typeAndSubtype(cursor);
  if (cursor.isKeyword("dir")) {
    cursor.next();
    return { kind: "frame", dir: wordOrNumber(cursor, "an 802.11 direction", frameDirOf) };
  }
  cursor.next();
  // A number would not say of which type it is a subtype.
  if (cursor.token.kind === "number") return cursor.expected("the name of an 802.11 subtype");
  return { kind: "frame", subtype: wordOrNumber(cursor, "an 802.11 subtype", frameKindOf) };
}

function typeAndSubtype(cursor: Cursor): Primitive {
  cursor.next();
  const type = wordOrNumber(cursor, "an 802.11 type", frameTypeOf, TYPE_BITS);
  if (!cursor.isKeyword("subtype")) return { kind: "frame", type };
  cursor.next();
  const number = typeof type === "number" ? type : (frameTypeOf(type) ?? 0);
  const subtypeOf = (word: string) => frameSubtypeOf(number, word);
  return { kind: "frame", type, subtype: wordOrNumber(cursor, `a subtype of type ${type}`, subtypeOf, SUBTYPE_BITS) };
}

export function llc(cursor: Cursor): Primitive {
  cursor.next();
  const { token } = cursor;
  if (token.kind === "name") return { kind: "llc", form: knownWord(cursor, "an LLC form", llcFormOf) };
  // pf has the word too.
  const rnr = token.kind === "keyword" && cursor.source(token) === "rnr";
  if (!rnr && !cursor.isKeyword("rnr")) return { kind: "llc", form: undefined };
  cursor.next();
  return { kind: "llc", form: "rnr" };
}

/** In lower case; where it is not known, that is told and it is returned all the same. */
export function knownWord(cursor: Cursor, what: string, lookup: (word: string) => number | object | undefined): string {
  const { token } = cursor;
  if (token.kind !== "name") return cursor.expected(what);
  const word = token.name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (lookup(word) === undefined)
    cursor.tell("E_WORD", `${JSON.stringify(shortened(token.name))} is not ${what}`, token);
  cursor.next();
  return word;
}

export function wordOrNumber(
  cursor: Cursor,
  what: string,
  lookup: (word: string) => number | undefined,
  bits = 0xffffffff,
): WordOrNumber {
  const { token } = cursor;
  if (token.kind !== "number") return knownWord(cursor, what, lookup);
  if ((token.value & ~bits) !== 0) {
    const mask = `0x${bits.toString(16).padStart(2, "0")}`;
    cursor.tell("E_VALUE", `${cursor.source(token)} is not ${what}: it has bits outside ${mask}`, token);
  }
  cursor.next();
  return token.value;
}
