/** Packets built by tests: as little as a case needs, with checksums that are right. */
import { parseIpv4, parseIpv6 } from "../../src/wire/address.js";
import { complement, pseudoIpv4, pseudoIpv6, sum } from "../../src/wire/checksum.js";
import { putU16, putU32 } from "../../src/wire/octets.js";
import type { Frame } from "./frames.js";

export interface Ends {
  readonly from: string;
  readonly to: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface IpOptions {
  readonly identification?: number;
  /** In octets. */
  readonly offset?: number;
  readonly more?: boolean;
}

export function ipv4(
  from: string,
  to: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  const packet = new Uint8Array(20 + payload.length);
  packet[0] = 0x45;
  putU16(packet, 2, packet.length);
  putU16(packet, 4, options.identification ?? 0);
  putU16(packet, 6, ((options.offset ?? 0) >> 3) | (options.more ? 0x2000 : 0));
  packet[8] = 64;
  packet[9] = protocol;
  packet.set(parseIpv4(from) ?? [], 12);
  packet.set(parseIpv4(to) ?? [], 16);
  putU16(packet, 10, complement(sum(packet, 0, 20)));
  packet.set(payload, 20);
  return packet;
}

export function ipv6(from: string, to: string, nextHeader: number, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(40 + payload.length);
  packet[0] = 0x60;
  putU16(packet, 4, payload.length);
  packet[6] = nextHeader;
  packet.set(parseIpv6(from) ?? [], 8);
  packet.set(parseIpv6(to) ?? [], 24);
  packet.set(payload, 40);
  return packet;
}

/** The packet of a payload, with the checksum at `checksumAt` of the payload filled in. */
function pack({ from, to }: Ends, protocol: number, payload: Uint8Array, checksumAt: number): Uint8Array {
  const six = from.includes(":");
  const packet = six ? ipv6(from, to, protocol, payload) : ipv4(from, to, protocol, payload);
  const at = packet.length - payload.length;
  const pseudo = six
    ? pseudoIpv6(packet, 8, protocol, payload.length)
    : pseudoIpv4(packet, 12, protocol, payload.length);
  putU16(packet, at + checksumAt, complement(sum(packet, at, payload.length, pseudo)) || 0xffff);
  return packet;
}

export function udp(ends: Ends, data: Uint8Array = new Uint8Array()): Uint8Array {
  const datagram = new Uint8Array(8 + data.length);
  putU16(datagram, 0, ends.sourcePort);
  putU16(datagram, 2, ends.destinationPort);
  putU16(datagram, 4, datagram.length);
  datagram.set(data, 8);
  return pack(ends, 17, datagram, 6);
}

export interface TcpOptions {
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
}

export function tcp(segment: Ends & TcpOptions, data: Uint8Array = new Uint8Array()): Uint8Array {
  const octets = new Uint8Array(20 + data.length);
  putU16(octets, 0, segment.sourcePort);
  putU16(octets, 2, segment.destinationPort);
  putU32(octets, 4, segment.seq);
  putU32(octets, 8, segment.ack ?? 0);
  octets[12] = 0x50;
  octets[13] = segment.flags;
  putU16(octets, 14, 0xffff);
  octets.set(data, 20);
  return pack(segment, 6, octets, 16);
}

export function raw(packet: Uint8Array, time = 1_000n): Frame {
  return { octets: packet, wire: packet.length, linkType: 101, time };
}

/** An Ethernet frame; `padding` octets of rubbish follow the packet. */
export function ethernet(packet: Uint8Array, time = 1_000n, padding = 0): Frame {
  const octets = new Uint8Array(14 + packet.length + padding).fill(0xa5);
  putU16(octets, 12, (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x800);
  octets.set(packet, 14);
  return { octets, wire: octets.length, linkType: 1, time };
}
