import { intact, pseudoIpv4, pseudoIpv6, sum } from "../../wire/checksum.js";
import type { IpPacket } from "./packet.js";

/**
 * Whether the checksum over pseudo-header and payload is right, `length` octets of it. Only for packets
 * that were captured whole; what cannot be judged counts as right.
 */
export function payloadIntact(packet: IpPacket, length: number): boolean {
  if (packet.at + length > packet.end) return true;
  const pseudo = packet.version === 4 ? pseudoIpv4 : pseudoIpv6;
  const initial = pseudo(packet.header, packet.addressesAt, packet.protocol, length);
  return intact(sum(packet.octets, packet.at, length, initial));
}
