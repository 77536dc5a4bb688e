/** ARP for IPv4 over Ethernet. Read first: RFC 826, packet format; RFC 5227 §1.1 on probes. */
import { field } from "./field.js";
import { u8, u16 } from "./octets.js";

export const ARP = {
  hardware: field("arp.hardware", 0, 16),
  protocol: field("arp.protocol", 2, 16),
  hardwareLength: field("arp.hardwareLength", 4, 8),
  protocolLength: field("arp.protocolLength", 5, 8),
  operation: field("arp.operation", 6, 16),
  senderMac: field("arp.senderMac", 8, 48),
  senderIp: field("arp.senderIp", 14, 32),
  targetMac: field("arp.targetMac", 18, 48),
  targetIp: field("arp.targetIp", 24, 32),
} as const;
export const ARP_OCTETS = 28;

export const ArpOperation = { request: 1, reply: 2 } as const;

export type ArpProblem = "arp: header cut" | "arp: not IPv4 over Ethernet";

export function checkArp(octets: Uint8Array, at: number, end: number): ArpProblem | undefined {
  if (at + ARP_OCTETS > end) return "arp: header cut";
  const ethernet = u16(octets, at) === 1 && u8(octets, at + ARP.hardwareLength.offset) === 6;
  const ipv4 = u16(octets, at + ARP.protocol.offset) === 0x0800 && u8(octets, at + ARP.protocolLength.offset) === 4;
  return ethernet && ipv4 ? undefined : "arp: not IPv4 over Ethernet";
}

export function arpOperation(octets: Uint8Array, at: number): number {
  return u16(octets, at + ARP.operation.offset);
}
