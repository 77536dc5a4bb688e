/** The four octets that all ICMP messages share, of both versions: RFC 792, RFC 4443 §2.1. */
import { field } from "./field.js";
import { u8 } from "./octets.js";

export const ICMP = {
  type: field("icmp.type", 0, 8),
  code: field("icmp.code", 1, 8),
  checksum: field("icmp.checksum", 2, 16),
} as const;
export const ICMP_OCTETS = 4;

export type IcmpProblem = "icmp: header cut";

export function checkIcmp(at: number, end: number): IcmpProblem | undefined {
  return at + ICMP_OCTETS <= end ? undefined : "icmp: header cut";
}

export function icmpType(octets: Uint8Array, at: number): number {
  return u8(octets, at + ICMP.type.offset);
}

export function icmpCode(octets: Uint8Array, at: number): number {
  return u8(octets, at + ICMP.code.offset);
}
