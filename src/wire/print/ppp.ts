/** PPP and PPPoE in a line: RFC 1661 §2 and §5, RFC 1332, RFC 1334, RFC 1994, RFC 2516 §4 and §5. */
import { u8, u16 } from "../octets.js";
import { escapeSome, hex, hexOctets } from "../text.js";
import { after, has, lengthOf, type Piece, upTo } from "./piece.js";

/** Control protocols by PPP's number. */
const CONTROL: ReadonlyMap<number, string> = new Map([
  [0x8021, "IPCP"],
  [0x8057, "IP6CP"],
  [0x80fd, "CCP"],
  [0x8281, "MPLSCP"],
  [0xc021, "LCP"],
  [0xc023, "PAP"],
  [0xc223, "CHAP"],
]);

const CODES: readonly string[] = [
  "Vendor-Extension",
  "Conf-Request",
  "Conf-Ack",
  "Conf-Nack",
  "Conf-Reject",
  "Term-Request",
  "Term-Ack",
  "Code-Reject",
  "Prot-Reject",
  "Echo-Request",
  "Echo-Reply",
  "Discard-Request",
];
const PAP_CODES: readonly string[] = ["", "Auth-Req", "Auth-ACK", "Auth-NACK"];
const CHAP_CODES: readonly string[] = ["", "Challenge", "Response", "Success", "Failure"];

/** EtherTypes of the network protocols that PPP numbers in its own way. */
export const PPP_ETHER_TYPES: ReadonlyMap<number, number> = new Map([
  [0x0021, 0x0800],
  [0x0057, 0x86dd],
  [0x0281, 0x8847],
  [0x0283, 0x8848],
]);

/** From the protocol field on, or from address and control where they were not left out. */
export function printPpp(piece: Piece): string {
  const { octets, at } = piece;
  const skip = has(piece, 2) && u16(octets, at) === 0xff03 ? 2 : 0;
  if (!has(piece, skip + 1)) return "PPP [|ppp]";
  const short = (u8(octets, at + skip) & 1) === 1;
  if (!short && !has(piece, skip + 2)) return "PPP [|ppp]";
  const protocol = short ? u8(octets, at + skip) : u16(octets, at + skip);
  const payload = after(piece, skip + (short ? 1 : 2));
  const type = PPP_ETHER_TYPES.get(protocol);
  if (type !== undefined) return piece.inner(type, payload);
  const control = CONTROL.get(protocol);
  return control === undefined
    ? `PPP unknown protocol (${hex(protocol, 4)}), length ${lengthOf(payload)}`
    : printControl(control, payload);
}

function printControl(name: string, piece: Piece): string {
  if (!has(piece, 4)) return `${name}, [|${name.toLowerCase()}]`;
  const { octets, at } = piece;
  const code = u8(octets, at);
  const codes = name === "PAP" ? PAP_CODES : name === "CHAP" ? CHAP_CODES : CODES;
  const text = codes[code] ?? "";
  const head = `${name}, ${text === "" ? "Unknown" : text} (${hex(code, 2)})`;
  return `${head}, id ${u8(octets, at + 1)}, length ${u16(octets, at + 2)}`;
}

/** RFC 2516 §4: code, session, length, payload; a code of 0 is a session's. */
export function printPppoe(piece: Piece): string {
  if (!has(piece, 6)) return "PPPoE [|pppoe]";
  const { octets, at } = piece;
  const code = u8(octets, at + 1);
  const session = u16(octets, at + 2);
  const name = code === 0 ? "" : ` ${DISCOVERY.get(code) ?? `unknown code ${hex(code, 2)}`}`;
  const head = `PPPoE${name}${session === 0 ? "" : ` [ses ${hex(session)}]`}`;
  const payload = upTo(after(piece, 6), at + 6 + u16(octets, at + 4));
  return `${head}${code === 0 ? ` ${printPpp(payload)}` : printTags(payload)}`;
}

const DISCOVERY: ReadonlyMap<number, string> = new Map([
  [0x07, "PADO"],
  [0x09, "PADI"],
  [0x19, "PADR"],
  [0x65, "PADS"],
  [0xa7, "PADT"],
]);

const TAGS: ReadonlyMap<number, string> = new Map([
  [0x0101, "Service-Name"],
  [0x0102, "AC-Name"],
  [0x0103, "Host-Uniq"],
  [0x0104, "AC-Cookie"],
  [0x0105, "Vendor-Specific"],
  [0x0110, "Relay-Session-ID"],
  [0x0120, "PPP-Max-Payload"],
  [0x0201, "Service-Name-Error"],
  [0x0202, "AC-System-Error"],
  [0x0203, "Generic-Error"],
]);
/** Tags of a frame, and octets of one tag's value, that are shown. */
const MOST_TAGS = 10;
const MOST_VALUE = 40;

function printTags({ octets, at, end, wireEnd }: Piece): string {
  let text = "";
  let place = at;
  for (let count = 0; place < wireEnd; count++) {
    if (count === MOST_TAGS) return `${text} ...`;
    if (place + 4 > end) return `${text} [|pppoe]`;
    const tag = u16(octets, place);
    const to = place + 4 + u16(octets, place + 2);
    // End-of-List.
    if (tag === 0) return text;
    if (to > end) return `${text} [${TAGS.get(tag) ?? hex(tag, 4)}] [|pppoe]`;
    text += ` [${TAGS.get(tag) ?? hex(tag, 4)}${to === place + 4 ? "" : ` ${tagValue(octets, tag, place + 4, to)}`}]`;
    place = to;
  }
  return text;
}

/** Names as text, what only machines read in hex. */
function tagValue(octets: Uint8Array, tag: number, from: number, to: number): string {
  if (tag < 0x0103 || tag >= 0x0201) return `"${escapeSome(octets, from, to, MOST_VALUE, 0x22)}"`;
  return `0x${hexOctets(octets, from, Math.min(to, from + MOST_VALUE))}${to - from > MOST_VALUE ? "..." : ""}`;
}
