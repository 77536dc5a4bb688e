/**
 * Tokens of a pcap-filter(7) text, as libpcap's scanner cuts them: the longest that is possible.
 *
 *   number   decimal | "0" octal | "0x" hex, of 32 bits | a name of a number: tcpflags, icmp-echo …
 *   ipv4     part "." part [ "." part [ "." part ] ]
 *   ipv6     as RFC 4291 section 2.2 writes it, without a zone
 *   mac      six groups of one or two hex digits with ":", "-" or "." between; three of four with "."; twelve digits
 *   arcnet   "$" and one or two hex digits
 *   name     letter or digit { letter | digit | "-" | "_" | "." }, the last one neither "-" nor "_": `1-1024` and `2-1`
 *            are names | "\" { anything but space, tab, newline, "!", "(" and ")" }
 *   protocol, keyword: words.ts
 *   symbol   "and" "&&" | "or" "||" | "not" "!" | "=" "==" | "!=" "<=" ">=" "<<" ">>" | + - * / % & | ^ < > ( ) [ ] :
 *
 * Between tokens: spaces, tabs, newlines, carriage returns. What is wrong with a token by itself is told here, and a
 * token of its kind stands in for it.
 */
import { parseIpv6 } from "../../wire/address.js";
import type { ErrorList } from "../error.js";
import { macOctets } from "./address.js";
import type { Place, Protocol } from "./ast.js";
import { type Keyword, wordOf } from "./words.js";

/** `wrong`: what is wrong with it was told. */
export type Token = Place & { readonly wrong?: boolean } & (
    | { readonly kind: "protocol"; readonly protocol: Protocol }
    | { readonly kind: "keyword"; readonly keyword: Keyword }
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "name"; readonly name: string; readonly escaped: boolean }
    | { readonly kind: "ipv4"; readonly parts: readonly string[] }
    | { readonly kind: "ipv6" | "mac"; readonly octets: readonly number[] }
    | { readonly kind: "arcnet"; readonly octet: number }
    | { readonly kind: "symbol"; readonly symbol: string }
    /** A character that begins no token: the parser tells it where it meets it. */
    | { readonly kind: "strange" | "end" }
  );

const SPACE = /[ \t\r\n]*/y;
const GROUP = "[0-9A-Fa-f]{1,4}";
const QUAD = String.raw`(?:[0-9]+|0[xX][0-9A-Fa-f]+)(?:\.(?:0[xX][0-9A-Fa-f]+|[0-9]+)){3}`;
/** More than eight groups are refused later; whatever follows them could not be read either. */
const IPV6 = new RegExp(
  `(?:${GROUP}(?::${GROUP}){0,7})?::(?:(?:${GROUP}:){0,7}${QUAD}|${GROUP}(?::${GROUP}){0,7})?` +
    `|(?:${GROUP}:){6}${QUAD}|(?:${GROUP}:){7}${GROUP}`,
  "y",
);
/** How the addresses with colons begin. */
const COLONS = /[0-9A-Fa-f]{0,4}:/y;
const MAC = /[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}/y;
/** What libpcap takes for a MAC address that went wrong. */
const BROKEN_MAC = /(?:[0-9A-Fa-f]{1,2}:+){2,}/y;
const ADDRESS_LIKE = /[0-9A-Za-z:.]*/y;
const WORD = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const ESCAPED = /\\[^ !()\n\t]+/y;
const ARCNET = /\$[0-9A-Fa-f]{1,2}/y;
const SYMBOL = /&&|\|\||[=!<>]=|<<|>>|[-+*/%:[\]!<>()&|^=]/y;
/** One character, be it two units long. */
const STRANGE = /./suy;

const NUMBER = /^(?:[0-9]+|0[xX][0-9A-Fa-f]+)$/;
const DOTTED = /^(?:[0-9]+|0[xX][0-9A-Fa-f]+)(?:\.(?:[0-9]+|0[xX][0-9A-Fa-f]+)){1,3}$/;
/** Those of its forms that look like words. */
const MAC_WORD =
  /^[0-9A-Fa-f]{1,2}(?:(?:-[0-9A-Fa-f]{1,2}){5}|(?:\.[0-9A-Fa-f]{1,2}){5})$|^[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}$|^[0-9A-Fa-f]{12}$/;

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
  ["==", "="],
]);

/** The last one is of kind "end". */
export function tokens(text: string, errors: ErrorList): Token[] {
  const list: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at)?.length ?? 0;
    const token = at === text.length ? ({ kind: "end", start: at, end: at } as const) : tokenAt(text, at, errors);
    list.push(token);
    if (token.kind === "end") return list;
    at = token.end;
  }
}

function tokenAt(text: string, start: number, errors: ErrorList): Token {
  const colons = withColons(text, start, errors);
  if (colons) return colons;
  const word = matchAt(WORD, text, start);
  if (word !== undefined) return wordToken(word, start, errors);
  const escaped = matchAt(ESCAPED, text, start);
  if (escaped) return { kind: "name", name: escaped.slice(1), escaped: true, start, end: start + escaped.length };
  const arcnet = matchAt(ARCNET, text, start);
  // libpcap takes the "$" for a digit as well, and its octet is made of that and the first digit.
  if (arcnet) return { kind: "arcnet", octet: 0xd0 | digitOf(arcnet), start, end: start + arcnet.length };
  const symbol = matchAt(SYMBOL, text, start);
  if (symbol) return { kind: "symbol", symbol: ALIASES.get(symbol) ?? symbol, start, end: start + symbol.length };
  return { kind: "strange", start, end: start + (matchAt(STRANGE, text, start)?.length ?? 1) };
}

/** Addresses with colons: the longest form, the first in the order of libpcap where two are as long. */
function withColons(text: string, start: number, errors: ErrorList): Token | undefined {
  if (matchAt(COLONS, text, start) === undefined) return undefined;
  const mac = matchAt(MAC, text, start) ?? "";
  const ipv6 = matchAt(IPV6, text, start) ?? "";
  const broken = matchAt(BROKEN_MAC, text, start) ?? "";
  const length = Math.max(mac.length, ipv6.length, broken.length);
  if (length === 0) return undefined;
  const kind = ipv6.length === length ? "ipv6" : "mac";
  const octets = kind === "ipv6" ? parseIpv6(ipv6) : mac.length === length ? macOctets(mac) : undefined;
  const end = start + length;
  // Nothing goes on with a colon behind an address.
  if (octets && text.charAt(end) !== ":") return { kind, octets: [...octets], start, end };
  const rest = matchAt(ADDRESS_LIKE, text, end) ?? "";
  const place = { start, end: end + rest.length };
  const form = kind === "ipv6" ? "IPv6 address" : "address: a MAC address has six groups of one or two hex digits";
  errors.add("E_ADDRESS", `${shortened(text.slice(start, place.end))} is no ${form}`, start, place.end);
  return { kind, octets: [], wrong: true, ...place };
}

function wordToken(text: string, start: number, errors: ErrorList): Token {
  const place = { start, end: start + text.length };
  const word = wordOf(text);
  if (word?.kind === "operator") return { kind: "symbol", symbol: word.operator, ...place };
  if (word) return { ...word, ...place };
  if (MAC_WORD.test(text)) return { kind: "mac", octets: macOctets(text), ...place };
  if (NUMBER.test(text)) return { kind: "number", ...numberOf(text, place, errors), ...place };
  if (DOTTED.test(text)) return { kind: "ipv4", parts: text.split("."), ...place };
  return { kind: "name", name: text, escaped: false, ...place };
}

function numberOf(text: string, { start, end }: Place, errors: ErrorList): { value: number; wrong: boolean } {
  const octal = /^0[0-9]/.test(text);
  const notOctal = octal && /[89]/.test(text);
  const value = octal ? Number.parseInt(text, 8) : Number(text);
  if (!notOctal && value <= 0xffffffff) return { value, wrong: false };
  const why = notOctal ? "after a leading 0 a number is octal" : "it has more than 32 bits";
  errors.add("E_NUMBER", `${shortened(text)} is no number: ${why}`, start, end);
  return { value: 0, wrong: true };
}

function digitOf(arcnet: string): number {
  return Number.parseInt(arcnet.charAt(1), 16);
}

/** What a message quotes of a text. */
export function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
