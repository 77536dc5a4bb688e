/** ICMP in a line: RFC 792, RFC 1191 §4, RFC 1256, RFC 950. What an error quotes is used to say what was not reached. */
import { formatIpv4 } from "../address.js";
import { ICMP_OCTETS } from "../icmp.js";
import { checkIpv4, ipv4HeaderLength, ipv4Protocol } from "../ipv4.js";
import { u8, u16 } from "../octets.js";
import { ICMP_TYPE_NAMES, PROTOCOL_NAMES } from "../registry.js";
import { has, lengthOf, type Piece } from "./piece.js";

/** Where the quoted packet of an error begins. */
const QUOTED = 8;

export function printIcmp(piece: Piece): string {
  if (!has(piece, ICMP_OCTETS)) return "[|icmp]";
  return `ICMP ${kind(piece)}, length ${lengthOf(piece)}`;
}

function kind(piece: Piece): string {
  const { octets, at } = piece;
  const type = u8(octets, at);
  const code = u8(octets, at + 1);
  switch (type) {
    case 0:
    case 8:
    case 13:
    case 14:
      return `${ICMP_TYPE_NAMES.get(type)}${numbers(piece)}`;
    case 3:
      return unreachable(piece, code);
    case 5:
      return redirect(piece, code);
    case 11:
      return code === 0
        ? "time exceeded in-transit"
        : code === 1
          ? "ip reassembly time exceeded"
          : `time exceeded-#${code}`;
    case 12:
      return code === 0 && has(piece, 5)
        ? `parameter problem - octet ${u8(octets, at + 4)}`
        : `parameter problem - code ${code}`;
    default:
      return ICMP_TYPE_NAMES.get(type) ?? `type-#${type}`;
  }
}

function numbers(piece: Piece): string {
  if (!has(piece, 8)) return ", [|icmp]";
  return `, id ${u16(piece.octets, piece.at + 4)}, seq ${u16(piece.octets, piece.at + 6)}`;
}

/** RFC 792 and RFC 1122 §3.2.2.1; %h is the host that was not reached. */
const UNREACHABLE: readonly string[] = [
  "net %h unreachable",
  "host %h unreachable",
  "%h protocol %p unreachable",
  "%h port unreachable",
  "%h unreachable - need to frag",
  "%h unreachable - source route failed",
  "net %h unreachable - unknown",
  "host %h unreachable - unknown",
  "%h unreachable - source host isolated",
  "net %h unreachable - admin prohibited",
  "host %h unreachable - admin prohibited",
  "net %h unreachable - tos prohibited",
  "host %h unreachable - tos prohibited",
  "host %h unreachable - admin prohibited filter",
  "host %h unreachable - host precedence violation",
  "host %h unreachable - precedence cutoff",
];

function unreachable(piece: Piece, code: number): string {
  const { octets, at, end } = piece;
  const quoted = at + QUOTED;
  if (quoted + 20 > end || checkIpv4(octets, quoted, end) !== undefined) return `unreachable-#${code}, [|icmp]`;
  const host = formatIpv4(octets, quoted + 16);
  const protocol = ipv4Protocol(octets, quoted);
  const transport = quoted + ipv4HeaderLength(octets, quoted);
  if (code === 3 && transport + 4 <= end && (protocol === 6 || protocol === 17)) {
    return `${host} ${protocol === 6 ? "tcp" : "udp"} port ${u16(octets, transport + 2)} unreachable`;
  }
  const name = PROTOCOL_NAMES.get(protocol)?.toLowerCase() ?? String(protocol);
  const text = UNREACHABLE[code] ?? `%h unreachable-#${code}`;
  const mtu = code === 4 && u16(octets, at + 6) !== 0 ? ` (mtu ${u16(octets, at + 6)})` : "";
  return text.replace("%h", host).replace("%p", name) + mtu;
}

const REDIRECTED: readonly string[] = ["net", "host", "tos net", "tos host"];

function redirect(piece: Piece, code: number): string {
  const { octets, at, end } = piece;
  if (!has(piece, 8)) return "redirect, [|icmp]";
  const host = at + QUOTED + 20 > end ? "?" : formatIpv4(octets, at + QUOTED + 16);
  return `redirect ${host} to ${REDIRECTED[code] ?? `code ${code}`} ${formatIpv4(octets, at + 4)}`;
}
