/**
 * The Internet checksum. Read first: RFC 1071 §1 and §2 (the sum may be taken in any order and
 * folded late).
 */
import { u8, u16 } from "./octets.js";

/**
 * Ones' complement sum of the 16-bit words of a stretch, not yet folded, added to `initial`; an odd
 * last octet counts as the high half of a word. Exact for up to 2^36 octets.
 */
export function sum(octets: Uint8Array, at: number, length: number, initial = 0): number {
  let total = initial;
  const even = at + (length & ~1);
  // Partial sums stay below 2^31, so that the inner loop is integer arithmetic.
  for (let from = at; from < even; from += 32_768) {
    const to = Math.min(from + 32_768, even);
    let part = 0;
    for (let i = from; i < to; i += 2) part = (part + u16(octets, i)) | 0;
    total += part;
  }
  return (length & 1) === 0 ? total : total + (u8(octets, even) << 8);
}

/** End-around carries until 16 bits are left. */
export function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** What belongs into a checksum field that was 0 when the sum was taken. */
export function complement(total: number): number {
  return ~fold(total) & 0xffff;
}

/** Whether a stretch whose checksum field is filled in is intact: its sum is all ones (RFC 1071 §1). */
export function intact(total: number): boolean {
  return fold(total) === 0xffff;
}

/**
 * Sum of the pseudo-header of TCP and UDP over IPv4 (RFC 9293 §3.1). `addresses`: where source
 * and destination lie, one after the other.
 */
export function pseudoIpv4(octets: Uint8Array, addresses: number, protocol: number, length: number): number {
  return sum(octets, addresses, 8, protocol + length);
}

/** The same over IPv6 (RFC 8200 §8.1); ICMPv6 has one, too (RFC 4443 §2.3). */
export function pseudoIpv6(octets: Uint8Array, addresses: number, protocol: number, length: number): number {
  return sum(octets, addresses, 32, protocol + (length >>> 16) + (length & 0xffff));
}
