/**
 * A packet as one line, as `tcpdump -n` would have it, for people who know its lines by heart. What differs: nothing is
 * remembered from packet to packet, so TCP's sequence numbers are absolute; VLAN tags and fragments are always shown; what a
 * tunnel carries stands in the same line; service names are told by content or by well-known port, never looked up.
 *
 * `[|tcp]` marks where the captured octets ran out, here inside a TCP header. Lines are printable ASCII whatever the packet
 * holds (text.ts), have at most LONGEST_LINE characters, and nothing about the octets makes printing throw.
 */
import { printLink, printNetwork } from "./print/link.js";

/** Characters; three dots at the end stand for more. */
export const LONGEST_LINE = 2000;

/**
 * `octets` holds, from `at` on, the first `captured` octets of a frame that had `wire` octets; `linkType` is its LINKTYPE_
 * number. Without the time: see printTime.
 */
export function printPacket(octets: Uint8Array, at: number, captured: number, wire: number, linkType: number): string {
  const end = Math.min(at + captured, octets.length);
  // A record may claim a wire length below what it holds.
  const wireEnd = Math.max(end, at + wire);
  const line = printLink({ octets, at, end, wireEnd, depth: 0, inner: printNetwork }, linkType);
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 3)}...`;
}
