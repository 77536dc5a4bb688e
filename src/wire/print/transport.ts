/** What IP carries, by protocol number; a number that is not known here is printed with its length. */
import { formatIpv4 } from "../address.js";
import { Protocol } from "../ipv6.js";
import { u8, u16, u32 } from "../octets.js";
import { hex } from "../text.js";
import { printIcmp } from "./icmp.js";
import { printIcmpv6 } from "./icmpv6.js";
import { after, type Ends, has, lengthOf, type Piece, printHosts, printPorts } from "./piece.js";
import { printTcp } from "./tcp.js";
import { printGre } from "./tunnel.js";
import { printUdp } from "./udp.js";

type Printer = (piece: Piece) => string;

export function printTransport(piece: Piece, protocol: number, ends: Ends): string {
  switch (protocol) {
    case Protocol.tcp:
      return printTcp(piece, ends);
    case Protocol.udp:
      return printUdp(piece, ends);
    case SCTP:
      return printSctp(piece, ends);
    case Protocol.authentication:
      return printAuthentication(piece, ends);
    default: {
      const printer = PRINTERS.get(protocol);
      const text = printer === undefined ? `ip-proto-${protocol}, length ${lengthOf(piece)}` : printer(piece);
      return printHosts(ends) + text;
    }
  }
}

const SCTP = 132;

const PRINTERS: ReadonlyMap<number, Printer> = new Map<number, Printer>([
  [Protocol.icmp, printIcmp],
  [2, printIgmp],
  [4, (piece) => piece.inner(0x0800, piece)],
  [41, (piece) => piece.inner(0x86dd, piece)],
  [47, printGre],
  [Protocol.esp, printEsp],
  [Protocol.icmpv6, printIcmpv6],
  [Protocol.noNext, () => "no next header"],
  [89, printOspf],
  [103, printPim],
  [112, printVrrp],
]);

function printEsp(piece: Piece): string {
  if (!has(piece, 8)) return "[|esp]";
  const { octets, at } = piece;
  return `ESP(spi=${hex(u32(octets, at), 8)},seq=${hex(u32(octets, at + 4))}), length ${lengthOf(piece)}`;
}

/** RFC 4302 §2: what it protects follows it in the clear. Over IPv6 the chain has stepped over it already. */
function printAuthentication(piece: Piece, ends: Ends): string {
  if (!has(piece, 12)) return `${printHosts(ends)}[|ah]`;
  const { octets, at } = piece;
  const header = (u8(octets, at + 1) + 2) << 2;
  const head = `${printHosts(ends)}AH(spi=${hex(u32(octets, at + 4), 8)},seq=${hex(u32(octets, at + 8))}): `;
  if (!has(piece, header)) return `${head}[|ah]`;
  const next = u8(octets, at);
  // One of these within another is nobody's doing, and a packet of nothing else would make a line without end.
  if (next === Protocol.authentication) return `${head}ip-proto-${next}, length ${lengthOf(piece) - header}`;
  return head + printTransport(after(piece, header), next, { ...ends, printed: true });
}

const IGMP_REPORTS: ReadonlyMap<number, string> = new Map([
  [0x12, "igmp v1 report"],
  [0x16, "igmp v2 report"],
  [0x17, "igmp leave"],
]);

/** RFC 2236 §2, RFC 3376 §4: a query of 12 octets or more is of version 3. */
function printIgmp(piece: Piece): string {
  if (!has(piece, 8)) return "[|igmp]";
  const { octets, at } = piece;
  const type = u8(octets, at);
  const group = formatIpv4(octets, at + 4);
  const report = IGMP_REPORTS.get(type);
  if (report !== undefined) return `${report} ${group}`;
  if (type === 0x22) return `igmp v3 report, ${u16(octets, at + 6)} group record(s)`;
  if (type !== 0x11) return `igmp-${type}`;
  const time = u8(octets, at + 1);
  const version = lengthOf(piece) >= 12 ? 3 : time === 0 ? 1 : 2;
  const wait = version === 2 && time !== 100 ? ` [max resp time ${time}]` : "";
  return `igmp query v${version}${wait}${u32(octets, at + 4) === 0 ? "" : ` [gaddr ${group}]`}`;
}

const OSPF_MESSAGES: readonly string[] = ["", "Hello", "Database Description", "LS-Request", "LS-Update", "LS-Ack"];

/** RFC 2328 §A.3.1, RFC 5340 §A.3.1: version, type, length. */
function printOspf(piece: Piece): string {
  if (!has(piece, 4)) return "[|ospf]";
  const { octets, at } = piece;
  const type = u8(octets, at + 1);
  const name = OSPF_MESSAGES[type] ?? "";
  return `OSPFv${u8(octets, at)}, ${name === "" ? `unknown packet type ${type}` : name}, length ${lengthOf(piece)}`;
}

const PIM_MESSAGES: readonly string[] = [
  "Hello",
  "Register",
  "Register-Stop",
  "Join / Prune",
  "Bootstrap",
  "Assert",
  "Graft",
  "Graft-ACK",
  "Candidate RP Advertisement",
];

function printPim(piece: Piece): string {
  if (!has(piece, 1)) return "[|pim]";
  const first = u8(piece.octets, piece.at);
  const name = PIM_MESSAGES[first & 15] ?? `type ${first & 15}`;
  return `PIMv${first >> 4}, ${name}, length ${lengthOf(piece)}`;
}

/** RFC 9568 §5.1. */
function printVrrp(piece: Piece): string {
  if (!has(piece, 4)) return "[|vrrp]";
  const { octets, at } = piece;
  const first = u8(octets, at);
  const name = (first & 15) === 1 ? "Advertisement" : `type ${first & 15}`;
  return `VRRPv${first >> 4}, ${name}, vrid ${u8(octets, at + 1)}, prio ${u8(octets, at + 2)}, length ${lengthOf(piece)}`;
}

const SCTP_CHUNKS: readonly string[] = [
  "DATA",
  "INIT",
  "INIT ACK",
  "SACK",
  "HB REQ",
  "HB ACK",
  "ABORT",
  "SHUTDOWN",
  "SHUTDOWN ACK",
  "OP ERR",
  "COOKIE ECHO",
  "COOKIE ACK",
  "ECN ECHO",
  "CWR",
  "SHUTDOWN COMPLETE",
];
/** Chunks of a packet that are named; three dots stand for more. */
const MOST_CHUNKS = 8;

/** RFC 9260 §3: a common header of 12 octets, chunks padded to four. */
function printSctp(piece: Piece, ends: Ends): string {
  if (!has(piece, 4)) return `${printHosts(ends)}[|sctp]`;
  const { octets, at, end, wireEnd } = piece;
  let text = `${printPorts(ends, u16(octets, at), u16(octets, at + 2))}sctp`;
  let place = at + 12;
  for (let chunk = 1; place < wireEnd; chunk++) {
    if (place + 4 > end) return `${text} [|sctp]`;
    if (chunk > MOST_CHUNKS) return `${text} ...`;
    const type = u8(octets, place);
    text += ` (${chunk}) [${SCTP_CHUNKS[type] ?? `chunk ${type}`}]`;
    if (type === 0 && place + 8 <= end) text += ` [TSN: ${u32(octets, place + 4)}]`;
    place += Math.max(4, (u16(octets, place + 2) + 3) & ~3);
  }
  return text;
}
