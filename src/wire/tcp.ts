/** The TCP header: RFC 9293 §3.1; AccurateECN's bit of RFC 9768 is left unnamed. */
import { field } from "./field.js";
import { u8, u16, u32 } from "./octets.js";

export const TCP = {
  sourcePort: field("tcp.sourcePort", 0, 16),
  destinationPort: field("tcp.destinationPort", 2, 16),
  sequence: field("tcp.sequence", 4, 32),
  acknowledgment: field("tcp.acknowledgment", 8, 32),
  dataOffset: field("tcp.dataOffset", 12, 4),
  flags: field("tcp.flags", 13, 8),
  window: field("tcp.window", 14, 16),
  checksum: field("tcp.checksum", 16, 16),
  urgentPointer: field("tcp.urgentPointer", 18, 16),
} as const;
export const TCP_OCTETS = 20;

export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

const FLAG_LETTERS = "FSRPAUEC";

/** Flags as letters, in the order of their bits from the lowest. */
export function formatTcpFlags(flags: number): string {
  let text = "";
  for (let bit = 0; bit < 8; bit++) {
    if ((flags & (1 << bit)) !== 0) text += FLAG_LETTERS.charAt(bit);
  }
  return text;
}

export type TcpProblem = "tcp: header cut" | "tcp: data offset below 5" | "tcp: data offset beyond the packet";

/** `end`: of the captured octets; `wireEnd`: of the packet as it was on the wire. */
export function checkTcp(octets: Uint8Array, at: number, end: number, wireEnd: number): TcpProblem | undefined {
  if (at + TCP_OCTETS > end) return "tcp: header cut";
  const header = tcpHeaderLength(octets, at);
  if (header < TCP_OCTETS) return "tcp: data offset below 5";
  return at + header <= wireEnd ? undefined : "tcp: data offset beyond the packet";
}

export function tcpSourcePort(octets: Uint8Array, at: number): number {
  return u16(octets, at + TCP.sourcePort.offset);
}

export function tcpDestinationPort(octets: Uint8Array, at: number): number {
  return u16(octets, at + TCP.destinationPort.offset);
}

export function tcpSequence(octets: Uint8Array, at: number): number {
  return u32(octets, at + TCP.sequence.offset);
}

export function tcpAcknowledgment(octets: Uint8Array, at: number): number {
  return u32(octets, at + TCP.acknowledgment.offset);
}

/** In octets, options included; it may reach beyond what was captured. */
export function tcpHeaderLength(octets: Uint8Array, at: number): number {
  return (u8(octets, at + TCP.dataOffset.offset) >> 4) << 2;
}

export function tcpFlags(octets: Uint8Array, at: number): number {
  return u8(octets, at + TCP.flags.offset);
}
