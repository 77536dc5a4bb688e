/** The UDP header: RFC 768; RFC 8200 §8.1 on checksums over IPv6. */
import { field } from "./field.js";
import { u16 } from "./octets.js";

export const UDP = {
  sourcePort: field("udp.sourcePort", 0, 16),
  destinationPort: field("udp.destinationPort", 2, 16),
  length: field("udp.length", 4, 16),
  checksum: field("udp.checksum", 6, 16),
} as const;
export const UDP_OCTETS = 8;

export type UdpProblem = "udp: header cut" | "udp: length below 8" | "udp: length beyond the packet";

/** `end`: of the captured octets; `wireEnd`: of the packet as it was on the wire. */
export function checkUdp(octets: Uint8Array, at: number, end: number, wireEnd: number): UdpProblem | undefined {
  if (at + UDP_OCTETS > end) return "udp: header cut";
  const length = udpLength(octets, at);
  // 0 is a jumbogram's (RFC 2675 §4): the packet's end counts.
  if (length !== 0 && length < UDP_OCTETS) return "udp: length below 8";
  return at + length <= wireEnd ? undefined : "udp: length beyond the packet";
}

export function udpDestinationPort(octets: Uint8Array, at: number): number {
  return u16(octets, at + UDP.destinationPort.offset);
}

/** Header and data, in octets. */
export function udpLength(octets: Uint8Array, at: number): number {
  return u16(octets, at + UDP.length.offset);
}

/** 0 over IPv4: the sender took none. */
export function udpChecksum(octets: Uint8Array, at: number): number {
  return u16(octets, at + UDP.checksum.offset);
}
