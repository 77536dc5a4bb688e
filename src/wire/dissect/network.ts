/** From an EtherType to the network layer, as layers: tags, labels and sessions, each with the filter that looks inside it. */
import { ARP_OCTETS, checkArp } from "../arp.js";
import { EtherType, isMpls, isTag, typeOfVersion } from "../ethernet.js";
import { IPV4_HEADER_OCTETS, ipv4End, ipv4FragmentOffset, ipv4HeaderLength, ipv4Protocol } from "../ipv4.js";
import { EXTENSIONS, fragmentOffset, IPV6_HEADER_OCTETS, ipv6End, ipv6NextHeader, Protocol } from "../ipv6.js";
import { LinkType } from "../linktype.js";
import { u8, u16, u32 } from "../octets.js";
import { FIRST_TYPE, printNetwork } from "../print/link.js";
import { printLlc } from "../print/llc.js";
import { after, BRIDGED, has, lengthOf, type Piece, upTo } from "../print/piece.js";
import { PPP_ETHER_TYPES, printPpp, printPppoe } from "../print/ppp.js";
import { ETHER_TYPE_NAMES } from "../registry.js";
import { hexOctets } from "../text.js";
import {
  ARP_HEADER,
  ETHERNET_HEADER,
  EXTENSION_HEADER,
  FRAGMENT_HEADER,
  IEEE_802_3_HEADER,
  IPV4_HEADER,
  IPV6_HEADER,
  MPLS_HEADER,
  PPPOE_HEADER,
  VLAN_HEADER,
} from "./headers.js";
import { type Access, accessAfter } from "./layer.js";
import { dissectTransport } from "./transport.js";
import { addData, addHeader, addSummary, beyondFilters, fieldAt, inside, MOST_LAYERS, type Walk } from "./walk.js";

const ETHERNET: readonly number[] = [LinkType.ethernet];
/** Link types under which filters know labels: PPP in both forms and Cisco's HDLC, too. */
const LABELLED: readonly number[] = [LinkType.ethernet, LinkType.ppp, 50, 104];

export function dissectNetwork(walk: Walk, type: number, piece: Piece): void {
  if (walk.layers.length >= MOST_LAYERS) return;
  if (isTag(type)) return dissectTag(walk, type, piece);
  if (isMpls(type)) return dissectMpls(walk, piece);
  switch (type) {
    case EtherType.ipv4:
      return dissectIpv4(walk, piece);
    case EtherType.ipv6:
      return dissectIpv6(walk, piece);
    case EtherType.arp:
    case 0x8035:
      return dissectArp(walk, piece, type === EtherType.arp);
    case BRIDGED:
      return dissectEthernet(walk, piece);
    case 0x8863:
    case EtherType.pppoeSession:
      return dissectPppoe(walk, piece, type);
    default: {
      const name = ETHER_TYPE_NAMES.get(type);
      if (name === undefined) return addData(walk, piece);
      addSummary(walk, piece, name.toLowerCase(), name, printNetwork(type, piece));
    }
  }
}

/** Filters that load a frame's own octets, wherever its headers stand. */
function frameAccess(walk: Walk, piece: Piece): Access | undefined {
  return walk.linkType === LinkType.ethernet ? { name: "ether", base: piece.at - walk.start } : undefined;
}

export function dissectEthernet(walk: Walk, piece: Piece): void {
  const type = has(piece, 14) ? u16(piece.octets, piece.at + 12) : FIRST_TYPE;
  const header = type < FIRST_TYPE ? IEEE_802_3_HEADER : ETHERNET_HEADER;
  if (!addHeader(walk, piece, header, frameAccess(walk, piece))) return;
  if (type < FIRST_TYPE) dissectLlc(beyondFilters(walk), upTo(after(piece, 14), piece.at + 14 + type));
  else dissectNetwork(walk, type, after(piece, 14));
}

/** LLC as it prints, and what SNAP announces. Filters reach behind it on 802.11 only, where every frame has one. */
export function dissectLlc(walk: Walk, piece: Piece): void {
  const { octets, at } = piece;
  const snap =
    has(piece, 8) &&
    u16(octets, at) === 0xaaaa &&
    u8(octets, at + 2) === 3 &&
    hexOctets(octets, at + 3, at + 6) === "000000";
  if (!snap) return addSummary(walk, piece, "llc", "LLC", printLlc(piece));
  const type = u16(octets, at + 6);
  const shown = `0x${hexOctets(octets, at + 6, at + 8)}`;
  const field = fieldAt(walk, piece, "llc.type", "Type", [at + 6, at + 8], shown, `ether proto ${shown}`);
  if (addHeader(walk, piece, { name: "llc", label: "LLC and SNAP", rows: [], octets: 8 }, undefined, 8, [field])) {
    dissectNetwork(walk, type, after(piece, 8));
  }
}

/** Filters know the TPIDs of 802.1Q, 802.1ad and 0x9100. */
function dissectTag(walk: Walk, type: number, piece: Piece): void {
  const known = type === EtherType.olderQinq ? beyondFilters(walk) : inside(walk, "vlan", ETHERNET);
  const here = known.before === undefined ? known : { ...known, before: walk.before };
  if (!addHeader(here, piece, VLAN_HEADER, frameAccess(walk, piece))) return;
  const { octets, at } = piece;
  const within = inside(here, `vlan ${u16(octets, at) & 0xfff}`, ETHERNET);
  const next = u16(octets, at + 2);
  if (next < FIRST_TYPE) dissectLlc(beyondFilters(within), upTo(after(piece, 4), at + 4 + next));
  else dissectNetwork(within, next, after(piece, 4));
}

function dissectMpls(walk: Walk, first: Piece): void {
  let piece = first;
  let within = walk;
  for (;;) {
    const here = inside(within, "mpls", LABELLED).before === undefined ? beyondFilters(within) : within;
    if (!addHeader(here, piece, MPLS_HEADER)) return;
    const entry = u32(piece.octets, piece.at);
    within = inside(here, `mpls ${entry >>> 12}`, LABELLED);
    piece = after(piece, 4);
    if ((entry & 0x100) !== 0) break;
  }
  const type = typeOfVersion(piece.octets, piece.at, piece.end);
  if (type === 0) addData(within, piece);
  else dissectNetwork(within, type, piece);
}

export function dissectPppoe(walk: Walk, piece: Piece, type: number): void {
  const session = type === EtherType.pppoeSession;
  const here = session && walk.linkType === LinkType.ethernet ? walk : beyondFilters(walk);
  if (!addHeader(here, piece, PPPOE_HEADER)) return;
  const { octets, at } = piece;
  const payload = upTo(after(piece, 6), at + 6 + u16(octets, at + 4));
  if (u8(octets, at + 1) !== 0) return addSummary(here, payload, "pppoed", "PPPoE discovery", printPppoe(piece));
  dissectPpp(inside(here, `pppoes 0x${u16(octets, at + 2).toString(16)}`, ETHERNET), payload);
}

/** Filters expect address and control on PPP links, and none of them in PPPoE; a protocol of one octet they do not know. */
export function dissectPpp(walk: Walk, piece: Piece): void {
  const { octets, at } = piece;
  const skip = has(piece, 2) && u16(octets, at) === 0xff03 ? 2 : 0;
  const short = has(piece, skip + 1) && (u8(octets, at + skip) & 1) === 1;
  const length = skip + (short ? 1 : 2);
  if (!has(piece, length)) return addSummary(walk, piece, "ppp", "PPP", printPpp(piece));
  const protocol = short ? u8(octets, at + skip) : u16(octets, at + skip);
  const type = PPP_ETHER_TYPES.get(protocol);
  if (type === undefined) return addSummary(walk, piece, "ppp", "PPP", printPpp(piece));
  const regular = !short && (skip === 2) === (walk.linkType !== LinkType.ethernet);
  const here = regular ? walk : beyondFilters(walk);
  const field = fieldAt(
    here,
    piece,
    "ppp.protocol",
    "Protocol",
    [at + skip, at + length],
    `0x${protocol.toString(16).padStart(4, "0")}`,
  );
  if (addHeader(here, piece, { name: "ppp", label: "PPP", rows: [], octets: length }, undefined, length, [field])) {
    dissectNetwork(here, type, after(piece, length));
  }
}

function dissectArp(walk: Walk, piece: Piece, arp: boolean): void {
  const { octets, at, end } = piece;
  const access = arp ? { name: "arp", base: 0 } : undefined;
  const foreign = has(piece, 8) && checkArp(octets, at, end) === "arp: not IPv4 over Ethernet";
  const header = foreign ? { ...ARP_HEADER, rows: ARP_HEADER.rows.slice(0, 5) } : ARP_HEADER;
  if (addHeader(walk, piece, header, access, foreign ? 8 : ARP_OCTETS) && foreign) addData(walk, after(piece, 8));
}

export function dissectIpv4(walk: Walk, piece: Piece): void {
  const { octets, at } = piece;
  const access = { name: "ip", base: 0 };
  if (!has(piece, IPV4_HEADER_OCTETS)) {
    addHeader(walk, piece, IPV4_HEADER, access);
    return;
  }
  // Filters that compare octets would have to find version 4 first, and this is none.
  if (u8(octets, at) >> 4 !== 4) return addData(walk, piece);
  const header = Math.max(IPV4_HEADER_OCTETS, ipv4HeaderLength(octets, at));
  const options = Math.min(at + header, piece.end);
  const more =
    options > at + 20
      ? [fieldAt(walk, piece, "ip.options", "Options", [at + 20, options], `0x${hexOctets(octets, at + 20, options)}`)]
      : [];
  if (!addHeader(walk, piece, IPV4_HEADER, access, header, more)) return;
  const payload = after(upTo(piece, ipv4End(octets, at, piece.wireEnd)), header);
  // A header that says to be shorter than it is leaves open where the next one begins.
  const lost = ipv4HeaderLength(octets, at) < IPV4_HEADER_OCTETS;
  if (lost || ipv4FragmentOffset(octets, at) !== 0 || lengthOf(payload) === 0) return addData(walk, payload);
  dissectTransport(walk, ipv4Protocol(octets, at), payload, { named: true, ipv6: undefined });
}

export function dissectIpv6(walk: Walk, piece: Piece): void {
  const { octets, at } = piece;
  const access = { name: "ip6", base: 0 };
  if (has(piece, 1) && u8(octets, at) >> 4 !== 6) return addData(walk, piece);
  if (!addHeader(walk, piece, IPV6_HEADER, access)) return;
  const payload = after(upTo(piece, ipv6End(octets, at, piece.wireEnd)), IPV6_HEADER_OCTETS);
  dissectChain(walk, ipv6NextHeader(octets, at), payload, { name: "ip6", base: IPV6_HEADER_OCTETS });
}

function dissectChain(walk: Walk, first: number, payload: Piece, behind: Access): void {
  let [kind, piece, access] = [first, payload, behind];
  while (EXTENSIONS.has(kind) || kind === Protocol.fragment) {
    const { octets, at } = piece;
    const fragment = kind === Protocol.fragment;
    const header = fragment ? FRAGMENT_HEADER : EXTENSION_HEADER;
    const words = has(piece, 2) && !fragment ? u8(octets, at + 1) : 0;
    const length = kind === Protocol.authentication ? Math.max(8, (words + 2) << 2) : (words + 1) << 3;
    if (!addHeader(walk, piece, header, access, length)) return;
    if (fragment && fragmentOffset(octets, at) !== 0) return addData(walk, after(piece, length));
    kind = u8(octets, at);
    piece = after(piece, length);
    access = accessAfter(access, length) ?? access;
  }
  if (lengthOf(piece) === 0) return;
  dissectTransport(walk, kind, piece, { named: false, ipv6: access });
}
