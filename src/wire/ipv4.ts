/** The IPv4 header. Read first: RFC 791 §3.1, RFC 1122 §3.2.1, RFC 6864 §4 (what the identification is for). */
import { intact, sum } from "./checksum.js";
import { field } from "./field.js";
import { u8, u16 } from "./octets.js";

export const IPV4 = {
  version: field("ipv4.version", 0, 4),
  headerLength: field("ipv4.headerLength", 0, 4, 4),
  dscp: field("ipv4.dscp", 1, 6),
  ecn: field("ipv4.ecn", 1, 2, 6),
  totalLength: field("ipv4.totalLength", 2, 16),
  identification: field("ipv4.identification", 4, 16),
  dontFragment: field("ipv4.dontFragment", 6, 1, 1),
  moreFragments: field("ipv4.moreFragments", 6, 1, 2),
  fragmentOffset: field("ipv4.fragmentOffset", 6, 13, 3),
  ttl: field("ipv4.ttl", 8, 8),
  protocol: field("ipv4.protocol", 9, 8),
  checksum: field("ipv4.checksum", 10, 16),
  source: field("ipv4.source", 12, 32),
  destination: field("ipv4.destination", 16, 32),
} as const;
export const IPV4_HEADER_OCTETS = 20;

export type Ipv4Problem =
  | "ipv4: header cut"
  | "ipv4: version is not 4"
  | "ipv4: header length below 20"
  | "ipv4: total length below header length";

/** After it the accessors cannot fail. The payload may still be cut: see ipv4End. */
export function checkIpv4(octets: Uint8Array, at: number, end: number): Ipv4Problem | undefined {
  if (at + IPV4_HEADER_OCTETS > end) return "ipv4: header cut";
  const first = u8(octets, at);
  if (first >> 4 !== 4) return "ipv4: version is not 4";
  const header = (first & 15) << 2;
  if (header < IPV4_HEADER_OCTETS) return "ipv4: header length below 20";
  if (at + header > end) return "ipv4: header cut";
  const total = u16(octets, at + IPV4.totalLength.offset);
  return total === 0 || total >= header ? undefined : "ipv4: total length below header length";
}

/** In octets, options included. */
export function ipv4HeaderLength(octets: Uint8Array, at: number): number {
  return (u8(octets, at) & 15) << 2;
}

/**
 * Where the packet ends on the wire: beyond it lies padding; it may lie beyond what was captured.
 * A total length of 0 is what a card that cuts segments itself (TSO) leaves: the frame's end counts.
 */
export function ipv4End(octets: Uint8Array, at: number, frameEnd: number): number {
  const total = u16(octets, at + IPV4.totalLength.offset);
  return total === 0 ? frameEnd : at + total;
}

export function ipv4Identification(octets: Uint8Array, at: number): number {
  return u16(octets, at + IPV4.identification.offset);
}

export function ipv4MoreFragments(octets: Uint8Array, at: number): boolean {
  return (u8(octets, at + IPV4.moreFragments.offset) & 0x20) !== 0;
}

/** In octets. */
export function ipv4FragmentOffset(octets: Uint8Array, at: number): number {
  return (u16(octets, at + IPV4.fragmentOffset.offset) & 0x1fff) << 3;
}

export function ipv4IsFragment(octets: Uint8Array, at: number): boolean {
  return (u16(octets, at + IPV4.fragmentOffset.offset) & 0x3fff) !== 0;
}

export function ipv4Protocol(octets: Uint8Array, at: number): number {
  return u8(octets, at + IPV4.protocol.offset);
}

export function ipv4HeaderIntact(octets: Uint8Array, at: number): boolean {
  return intact(sum(octets, at, ipv4HeaderLength(octets, at)));
}
