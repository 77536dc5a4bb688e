/** What IP carries, as layers. Where no table knows a protocol, its layer says in a line what printing would. */
import { Protocol } from "../ipv6.js";
import { u8, u16 } from "../octets.js";
import { printTcpPayload, streamName } from "../print/payload.js";
import { after, BRIDGED, has, lengthOf, type Piece, upTo } from "../print/piece.js";
import { readTcpOptions, tcpFlagLetters } from "../print/tcp.js";
import { printTransport } from "../print/transport.js";
import { udpUser } from "../print/udp.js";
import { PROTOCOL_NAMES } from "../registry.js";
import { TCP_OCTETS, tcpFlags, tcpHeaderLength } from "../tcp.js";
import { GENEVE_OCTETS, GRE_OCTETS, GreFlag, geneveHeaderLength, greHeaderLength, VXLAN_OCTETS } from "../tunnel.js";
import { UDP, UDP_OCTETS } from "../udp.js";
import { dissectDns } from "./dns.js";
import {
  ECHO_ROWS,
  GENEVE_HEADER,
  GRE_HEADER,
  ICMP_HEADER,
  ICMPV6_HEADER,
  NEIGHBOR_ROWS,
  TCP_HEADER,
  UDP_HEADER,
  VXLAN_HEADER,
} from "./headers.js";
import type { Access } from "./layer.js";
import { addData, addHeader, addSummary, beyondFilters, fieldAt, type Header, type Walk } from "./walk.js";

/** How filters reach what a packet carries. */
interface Reach {
  /** By the protocol's own name, as over IPv4. */
  readonly named: boolean;
  /** By an offset from IPv6's header, which all extension headers have pushed on. */
  readonly ipv6: Access | undefined;
}

export function dissectTransport(walk: Walk, protocol: number, piece: Piece, reach: Reach): void {
  switch (protocol) {
    case Protocol.tcp:
      return dissectTcp(walk, piece, reach);
    case Protocol.udp:
      return dissectUdp(walk, piece, reach);
    case Protocol.icmp:
      return dissectIcmp(walk, piece, reach.named ? { name: "icmp", base: 0 } : reach.ipv6);
    case Protocol.icmpv6:
      return dissectIcmpv6(walk, piece, reach.ipv6);
    case 4:
    case 41:
      return walk.inner(beyondFilters(walk), protocol === 4 ? 0x0800 : 0x86dd, piece);
    case 47:
      return dissectGre(walk, piece);
    default: {
      const text = printTransport(piece, protocol, { source: "", destination: "", printed: true, fragment: false });
      addSummary(walk, piece, `ip-proto-${protocol}`, PROTOCOL_NAMES.get(protocol) ?? `Protocol ${protocol}`, text);
    }
  }
}

/** Rows whose filters speak of ports hold only where those words reach: behind extension headers they do not. */
function reachable(header: Header, reach: Reach, version4: string): { header: Header; access: Access | undefined } {
  const words = reach.named || reach.ipv6?.base === 40;
  const rows = words ? header.rows : header.rows.map(({ name, label, field, form }) => ({ name, label, field, form }));
  return { header: { ...header, rows }, access: reach.named ? { name: version4, base: 0 } : reach.ipv6 };
}

function dissectTcp(walk: Walk, piece: Piece, reach: Reach): void {
  const { header, access } = reachable(TCP_HEADER, reach, "tcp");
  if (!has(piece, TCP_OCTETS)) {
    addHeader(walk, piece, header, access);
    return;
  }
  const { octets, at } = piece;
  const length = Math.min(Math.max(TCP_OCTETS, tcpHeaderLength(octets, at)), lengthOf(piece));
  const letters = fieldAt(
    walk,
    piece,
    "tcp.flags.str",
    "Flags as letters",
    [at + 13, at + 14],
    tcpFlagLetters(tcpFlags(octets, at)),
  );
  const options = readTcpOptions(piece, length)
    .filter((option) => option.to > option.from)
    .map(({ from, to, name, text }) => fieldAt(walk, piece, `tcp.options.${name}`, "Option", [from, to], text));
  if (!addHeader(walk, piece, header, access, length, [letters, ...options])) return;
  dissectStream(walk, after(piece, length), u16(octets, at), u16(octets, at + 2));
}

function dissectStream(walk: Walk, payload: Piece, source: number, destination: number): void {
  const text = lengthOf(payload) === 0 ? "" : printTcpPayload(payload, source, destination);
  if (text === "") return addData(walk, payload);
  const name = streamName(text);
  if (name === "dns" && has(payload, 2 + 12)) return dissectDns(walk, after(payload, 2), undefined);
  addSummary(walk, payload, name, name.toUpperCase(), text.slice(2));
}

function dissectUdp(walk: Walk, piece: Piece, reach: Reach): void {
  const { header, access } = reachable(UDP_HEADER, reach, "udp");
  if (!addHeader(walk, piece, header, access)) return;
  const { octets, at } = piece;
  const told = u16(octets, at + UDP.length.offset);
  const payload = after(upTo(piece, told < UDP_OCTETS ? piece.wireEnd : at + told), UDP_OCTETS);
  const user = udpUser(u16(octets, at), u16(octets, at + 2));
  if (user === undefined || lengthOf(payload) === 0) return addData(walk, payload);
  switch (user.name) {
    case "dns":
    case "mdns":
      return dissectDns(
        walk,
        payload,
        access === undefined ? undefined : { ...access, base: access.base + UDP_OCTETS },
      );
    case "vxlan":
      return dissectTunnel(walk, payload, VXLAN_HEADER, VXLAN_OCTETS, BRIDGED);
    case "geneve": {
      const whole = has(payload, GENEVE_OCTETS);
      const length = whole ? geneveHeaderLength(octets, payload.at) : GENEVE_OCTETS;
      return dissectTunnel(walk, payload, GENEVE_HEADER, length, whole ? u16(octets, payload.at + 2) : 0);
    }
    default:
      addSummary(walk, payload, user.name, user.name.toUpperCase(), user.print(payload, lengthOf(payload)));
  }
}

function dissectTunnel(walk: Walk, piece: Piece, header: Header, length: number, type: number): void {
  const outside = beyondFilters(walk);
  if (addHeader(outside, piece, header, undefined, length)) walk.inner(outside, type, after(piece, length));
}

function dissectGre(walk: Walk, piece: Piece): void {
  if (!has(piece, GRE_OCTETS)) {
    addHeader(walk, piece, GRE_HEADER);
    return;
  }
  const { octets, at } = piece;
  const flags = u16(octets, at);
  const known = (flags & 7) < 2 && (flags & GreFlag.routing) === 0;
  const length = known ? greHeaderLength(octets, at) : GRE_OCTETS;
  const outside = beyondFilters(walk);
  if (!addHeader(outside, piece, GRE_HEADER, undefined, length)) return;
  if (known) walk.inner(outside, u16(octets, at + 2), after(piece, length));
  else addData(outside, after(piece, length));
}

/** The quoted packet of an error is a packet, too; no filter speaks of what is in it. */
function dissectQuoted(walk: Walk, piece: Piece, type: number): void {
  if (lengthOf(piece) > 0) walk.inner(beyondFilters(walk), type, piece);
}

const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

function dissectIcmp(walk: Walk, piece: Piece, access: Access | undefined): void {
  const type = has(piece, 1) ? u8(piece.octets, piece.at) : -1;
  const echo = type === 0 || type === 8;
  const header = echo ? { ...ICMP_HEADER, rows: [...ICMP_HEADER.rows, ...ECHO_ROWS] } : ICMP_HEADER;
  const length = echo || ICMP_ERRORS.has(type) ? 8 : 4;
  if (!addHeader(walk, piece, header, access, length)) return;
  if (ICMP_ERRORS.has(type)) dissectQuoted(walk, after(piece, length), 0x0800);
  else addData(walk, after(piece, length));
}

function dissectIcmpv6(walk: Walk, piece: Piece, access: Access | undefined): void {
  const type = has(piece, 1) ? u8(piece.octets, piece.at) : -1;
  const neighbor = type === 135 || type === 136;
  const rows = neighbor ? NEIGHBOR_ROWS : type === 128 || type === 129 ? ECHO_ROWS : [];
  const length = neighbor ? 24 : rows.length > 0 || (type > 0 && type < 5) ? 8 : 4;
  const header = { ...ICMPV6_HEADER, rows: [...ICMPV6_HEADER.rows, ...rows] };
  if (!addHeader(walk, piece, header, access, length)) return;
  if (type > 0 && type < 5) dissectQuoted(walk, after(piece, length), 0x86dd);
  else addData(walk, after(piece, length));
}
