/** ICMPv6 in a line: RFC 4443, RFC 4861 §4 (neighbours, routers), RFC 2710 and RFC 3810 (multicast listeners). */
import { formatIpv6 } from "../address.js";
import { ICMP_OCTETS } from "../icmp.js";
import { Protocol } from "../ipv6.js";
import { u8, u16, u32 } from "../octets.js";
import { ICMPV6_TYPE_NAMES } from "../registry.js";
import { has, lengthOf, type Piece } from "./piece.js";

/** Where the quoted packet of an error begins. */
const QUOTED = 8;

export function printIcmpv6(piece: Piece): string {
  if (!has(piece, ICMP_OCTETS)) return "[|icmp6]";
  return `ICMP6, ${kind(piece)}, length ${lengthOf(piece)}`;
}

function kind(piece: Piece): string {
  const { octets, at } = piece;
  const type = u8(octets, at);
  const name = ICMPV6_TYPE_NAMES.get(type) ?? `unknown icmp6 type (${type})`;
  const code = u8(octets, at + 1);
  switch (type) {
    case 1:
      return unreachable(piece, code);
    case 2:
      return has(piece, 8) ? `${name}, mtu ${u32(octets, at + 4)}` : `${name}, [|icmp6]`;
    case 3:
      return `${name} ${exceeded(code)} for ${address(piece, QUOTED + 24)}`;
    case 128:
    case 129:
      if (!has(piece, 8)) return `${name}, [|icmp6]`;
      return `${name}, id ${u16(octets, at + 4)}, seq ${u16(octets, at + 6)}`;
    case 135:
      return `${name}, who has ${address(piece, 8)}`;
    case 136:
      return `${name}, tgt is ${address(piece, 8)}`;
    case 137:
      return `${name}, ${address(piece, 24)} to ${address(piece, 8)}`;
    case 143:
      return has(piece, 8) ? `${name}, ${u16(octets, at + 6)} group record(s)` : `${name}, [|icmp6]`;
    default:
      return name;
  }
}

function exceeded(code: number): string {
  return code === 0 ? "in-transit" : code === 1 ? "in-reassembly" : `unknown code (${code})`;
}

function address(piece: Piece, offset: number): string {
  return has(piece, offset + 16) ? formatIpv6(piece.octets, piece.at + offset) : "[|icmp6]";
}

const UNREACHABLE: readonly string[] = [
  "unreachable route",
  "unreachable prohibited",
  "beyond scope",
  "unreachable address",
  "unreachable port",
  "source address failed policy",
  "reject route",
];

function unreachable(piece: Piece, code: number): string {
  const head = "destination unreachable, ";
  const what = UNREACHABLE[code] ?? `unknown unreach code (${code})`;
  if (!has(piece, QUOTED + 40)) return `${head}${what}, [|icmp6]`;
  const { octets, at } = piece;
  const host = formatIpv6(octets, at + QUOTED + 24);
  const next = u8(octets, at + QUOTED + 6);
  const named = next === Protocol.tcp ? "tcp" : next === Protocol.udp ? "udp" : undefined;
  if (code !== 4 || named === undefined || !has(piece, QUOTED + 44)) return `${head}${what} ${host}`;
  return `${head}${what}, ${host} ${named} port ${u16(octets, at + QUOTED + 42)}`;
}
