/**
 * From a frame's first octet to its network layer, in a line. Tags, labels and what else wraps the network layer is
 * printed; Ethernet's addresses only where nothing further in is known.
 */
import { formatMac } from "../address.js";
import { ETHERNET_OCTETS, EtherType, isMpls, isTag, typeOfVersion } from "../ethernet.js";
import { LinkType, linkPayload, typeOf } from "../linktype.js";
import { u8, u16, u32 } from "../octets.js";
import { ETHER_TYPE_NAMES } from "../registry.js";
import { escapeSome, hex } from "../text.js";
import { printArp, printIpv4, printIpv6 } from "./ip.js";
import { printLlc } from "./llc.js";
import { after, BRIDGED, has, lengthOf, type Piece, upTo } from "./piece.js";
import { printPpp, printPppoe } from "./ppp.js";
import { printRadiotap, printWifi } from "./wifi.js";

/** Tags or labels of a frame that are shown; three dots stand for more. */
const MOST_TAGS = 8;
/** Types from here on are EtherTypes; up to 1500 they are lengths of LLC frames (IEEE 802.3 §3.2.6). */
export const FIRST_TYPE = 1536;

export function printLink(piece: Piece, linkType: number): string {
  const printer = LINKS.get(linkType);
  return printer === undefined ? `link type ${linkType}, length ${lengthOf(piece)}` : printer(piece);
}

type Printer = (piece: Piece) => string;

const LINKS: ReadonlyMap<number, Printer> = new Map<number, Printer>([
  [LinkType.ethernet, printEthernet],
  [LinkType.raw, printRaw],
  [LinkType.rawOld, printRaw],
  [LinkType.ipv4, printIpv4],
  [LinkType.ipv6, printIpv6],
  [LinkType.null, printFamily],
  [LinkType.loop, printFamily],
  [LinkType.linuxSll, (piece) => (has(piece, 16) ? printTyped(piece, u16(piece.octets, piece.at + 14), 16) : "[|sll]")],
  [LinkType.linuxSll2, printSll2],
  [LinkType.ppp, printPpp],
  // PPP in HDLC framing, PPPoE without Ethernet, Cisco's HDLC, 802.11 bare and with radiotap.
  [50, printPpp],
  [51, printPppoe],
  [104, (piece) => (has(piece, 4) ? printTyped(piece, u16(piece.octets, piece.at + 2), 4) : "[|chdlc]")],
  [105, printWifi],
  [127, printRadiotap],
]);

function printEthernet(piece: Piece): string {
  if (!has(piece, ETHERNET_OCTETS)) return "[|ether]";
  const { octets, at } = piece;
  const type = u16(octets, at + 12);
  const payload = after(piece, ETHERNET_OCTETS);
  if (type < FIRST_TYPE) return printLlc(upTo(payload, at + ETHERNET_OCTETS + type));
  if (NETWORKS.has(type) || isTag(type) || isMpls(type)) return printNetwork(type, payload);
  const addresses = `${formatMac(octets, at + 6)} > ${formatMac(octets, at)}`;
  return `${addresses}, ethertype ${etherType(type)}, length ${lengthOf(piece)}`;
}

/** Name and number, for people. */
function etherType(type: number): string {
  return `${ETHER_TYPE_NAMES.get(type) ?? "Unknown"} (${hex(type, 4)})`;
}

/** Network layers within each other that are followed: a line is to be read by somebody, and recursion has to end. */
const DEEPEST = 4;

/** What an EtherType announces: tags and labels one after the other, then what they wrap. */
export function printNetwork(type: number, piece: Piece): string {
  if (piece.depth === DEEPEST)
    return `ethertype ${etherType(type)} within ${DEEPEST} others, length ${lengthOf(piece)}`;
  let text = "";
  let current = type;
  let rest: Piece = { ...piece, depth: piece.depth + 1 };
  for (let count = 0; isTag(current); count++) {
    if (count === MOST_TAGS) return `${text}...`;
    if (!has(rest, 4)) return `${text}[|vlan]`;
    const tag = u16(rest.octets, rest.at);
    text += `vlan ${tag & 0xfff}, p ${tag >> 13}${(tag & 0x1000) === 0 ? "" : ", DEI"}, `;
    current = u16(rest.octets, rest.at + 2);
    rest = after(rest, 4);
  }
  if (isMpls(current)) return text + printMpls(rest);
  if (current < FIRST_TYPE && text !== "") return text + printLlc(upTo(rest, rest.at + current));
  const printer = NETWORKS.get(current);
  return text + (printer === undefined ? `ethertype ${etherType(current)}, length ${lengthOf(rest)}` : printer(rest));
}

const NETWORKS: ReadonlyMap<number, Printer> = new Map<number, Printer>([
  [EtherType.ipv4, printIpv4],
  [EtherType.ipv6, printIpv6],
  [EtherType.arp, printArp],
  [BRIDGED, printEthernet],
  [0x8035, printArp],
  [0x8863, printPppoe],
  [EtherType.pppoeSession, printPppoe],
  [0x880b, printPpp],
  [0x888e, printEapol],
  [0x88cc, printLldp],
]);

/** RFC 3032 §2.1; what follows the last label is told by its first nibble (RFC 4928 §3). */
function printMpls(piece: Piece): string {
  let text = "MPLS";
  let rest = piece;
  for (let count = 0; ; count++) {
    if (count === MOST_TAGS) return `${text} ...`;
    if (!has(rest, 4)) return `${text} [|mpls]`;
    const entry = u32(rest.octets, rest.at);
    const bottom = (entry & 0x100) !== 0;
    text += ` (label ${entry >>> 12}, tc ${(entry >> 9) & 7}${bottom ? ", [S]" : ""}, ttl ${entry & 255})`;
    rest = after(rest, 4);
    if (bottom) break;
  }
  const type = typeOfVersion(rest.octets, rest.at, rest.end);
  const printer = NETWORKS.get(type);
  return `${text} ${printer === undefined ? `length ${lengthOf(rest)}` : printer(rest)}`;
}

/** Linux numbers below 1536 are its own: 1 and 4 are frames with an LLC header, 3 any. */
function printTyped(piece: Piece, type: number, skip: number): string {
  const payload = after(piece, skip);
  return type === 4 ? printLlc(payload) : printNetwork(type, payload);
}

const DIRECTIONS: readonly string[] = ["In", "B", "M", "P", "Out"];

function printSll2(piece: Piece): string {
  if (!has(piece, 20)) return "[|sll2]";
  const { octets, at } = piece;
  const direction = DIRECTIONS[u8(octets, at + 10)] ?? "?";
  return `ifindex ${u32(octets, at + 4)} ${direction} ${printTyped(piece, u16(octets, at), 20)}`;
}

function printFamily(piece: Piece): string {
  if (!has(piece, 4)) return "[|null]";
  const { octets, at, end } = piece;
  const type = typeOf(linkPayload(octets, at, end, LinkType.null));
  if (type !== 0) return printNetwork(type, after(piece, 4));
  return `AF ${hex(u32(octets, at), 8)}, length ${lengthOf(piece)}`;
}

function printRaw(piece: Piece): string {
  const { octets, at, end } = piece;
  if (at >= end) return "[|ip]";
  const type = typeOfVersion(octets, at, end);
  return type === 0 ? `IP bad version ${u8(octets, at) >> 4}, length ${lengthOf(piece)}` : printNetwork(type, piece);
}

const EAPOL_PACKETS: readonly string[] = ["EAP packet", "EAPOL start", "EAPOL logoff", "EAPOL key"];

/** IEEE 802.1X-2020 §11.3. */
function printEapol(piece: Piece): string {
  if (!has(piece, 4)) return "[|eap]";
  const { octets, at } = piece;
  const type = u8(octets, at + 1);
  return `${EAPOL_PACKETS[type] ?? "EAPOL unknown"} (${type}) v${u8(octets, at)}, len ${u16(octets, at + 2)}`;
}

/** Entries of an LLDP frame that are looked at for the system's name. */
const MOST_ENTRIES = 32;

/** IEEE 802.1AB-2016 §8.4: seven bits of type, nine of length; 5 is the system's name. */
function printLldp(piece: Piece): string {
  const { octets, end } = piece;
  const head = `LLDP, length ${lengthOf(piece)}`;
  let place = piece.at;
  for (let i = 0; i < MOST_ENTRIES && place + 2 <= end; i++) {
    const entry = u16(octets, place);
    const to = place + 2 + (entry & 0x1ff);
    if (entry >> 9 === 0 || to > end) break;
    if (entry >> 9 === 5) return `${head}: ${escapeSome(octets, place + 2, to, 80)}`;
    place = to;
  }
  return head;
}
