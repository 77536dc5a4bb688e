/**
 * Network packets by chance, and the Ethernet frames around them: IPv4 with options and fragments, IPv6 with extension
 * headers, Geneve with frames inside, ARP, DECnet; VLAN tags, MPLS labels, PPPoE, 802.2. Their values are often those of
 * random-expressions.ts.
 */
import type { Chance } from "../../seeded.js";
import { DECNET, HOSTS, HOSTS6, LABELS, MACS, NETWORKS, PORTS, SESSIONS, VLANS } from "./random-expressions.js";

export type Octets = number[];

export interface Packet {
  readonly etherType: number;
  readonly octets: Octets;
}

export const word = (value: number): Octets => [(value >> 8) & 255, value & 255];
export const double = (value: number): Octets => [...word(value >>> 16), ...word(value)];
export const noise = (chance: Chance, count: number): Octets => Array.from({ length: count }, () => chance.below(256));

function ipv4Octets(text: string): Octets {
  return text.split(".").map(Number);
}

function ipv6Octets(text: string): Octets {
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...middle, ...right].flatMap(word);
}

export function macOctets(chance: Chance): Octets {
  return chance.percent(20)
    ? noise(chance, 6)
    : chance
        .pick(MACS)
        .split(":")
        .map((octet) => Number.parseInt(octet, 16));
}

function transport(chance: Chance, depth: number): { readonly number: number; readonly octets: Octets } {
  const ports = [...word(chance.pick(PORTS)), ...word(chance.pick(PORTS))];
  switch (chance.below(8)) {
    case 0:
    case 1:
    case 2:
      return { number: 6, octets: [...ports, ...noise(chance, 9), chance.below(64), ...noise(chance, 12)] };
    case 3:
      if (depth < 2) return { number: 17, octets: geneve(chance, depth) };
      return { number: 17, octets: [...ports, ...noise(chance, 20)] };
    case 4:
      return { number: 17, octets: [...ports, ...word(chance.below(300)), ...noise(chance, 12)] };
    case 5:
      return { number: chance.pick([1, 58]), octets: [chance.pick([0, 3, 8, 135, 128]), ...noise(chance, 15)] };
    case 6:
      return { number: 132, octets: [...ports, ...noise(chance, 8)] };
    default:
      return { number: chance.pick([2, 9, 50, 103, 112, 59, 89]), octets: noise(chance, 24) };
  }
}

function geneve(chance: Chance, depth: number): Octets {
  const options = chance.below(3);
  const ethernet = chance.percent(60);
  const inside = packet(chance, depth + 1);
  const body = ethernet ? ethernetFrame(chance, inside) : inside.octets;
  const version = chance.percent(10) ? 0x40 : 0;
  return [
    ...word(40000),
    ...word(6081),
    ...noise(chance, 4),
    version | options,
    0,
    ...word(ethernet ? 0x6558 : inside.etherType),
    ...double(chance.pick(NETWORKS) << 8),
    ...noise(chance, options * 4),
    ...body,
  ];
}

function ipv4(chance: Chance, depth: number): Octets {
  const { number, octets } = chance.percent(8) ? authenticated(chance, depth) : transport(chance, depth);
  const options = chance.percent(30) ? chance.below(4) : 0;
  const fragment = chance.percent(20) ? chance.pick([0x2000, 0x00b9, 0x2010]) : chance.pick([0, 0x4000]);
  return [
    0x45 + options,
    0,
    ...word(20 + options * 4 + octets.length),
    ...noise(chance, 2),
    ...word(fragment),
    64,
    number,
    ...noise(chance, 2),
    ...ipv4Octets(chance.pick(HOSTS)),
    ...ipv4Octets(chance.pick(HOSTS)),
    ...noise(chance, options * 4),
    ...octets,
  ];
}

/** A header of RFC 4302; libpcap looks for the next one at 4 times its length from the packet's start, and often finds noise. */
function authenticated(chance: Chance, depth: number): { readonly number: number; readonly octets: Octets } {
  const { number, octets } = transport(chance, depth);
  const length = chance.pick([3, 4, 8]);
  return { number: 51, octets: [number, length, ...noise(chance, length * 4 + 6), ...octets] };
}

function ipv6(chance: Chance, depth: number): Octets {
  let { number, octets } = chance.percent(8) ? authenticated(chance, depth) : transport(chance, depth);
  for (let more = chance.percent(35) ? 1 + chance.below(3) : 0; more > 0; more--) {
    const kind = chance.pick([0, 43, 44, 60]);
    const length = kind === 44 ? 0 : chance.below(2);
    octets = [number, length, ...noise(chance, length * 8 + 6), ...octets];
    number = kind;
  }
  const addresses = [...ipv6Octets(chance.pick(HOSTS6)), ...ipv6Octets(chance.pick(HOSTS6))];
  return [0x60, 0, 0, 0, ...word(octets.length), number, 64, ...addresses, ...octets];
}

function arp(chance: Chance): Octets {
  const half = () => [...macOctets(chance), ...ipv4Octets(chance.pick(HOSTS))];
  return [0, 1, 8, 0, 6, 4, 0, 1 + chance.below(4), ...half(), ...half()];
}

function decnet(chance: Chance): Octets {
  const [area = 0, node = 0] = chance.pick(DECNET).split(".").map(Number);
  const address = (area << 10) | node;
  const pad = chance.percent(50) ? [0x81] : [];
  const long = chance.percent(50);
  const flags = long ? 6 : 2;
  const at = [address & 255, address >> 8];
  const header = long ? [flags, ...noise(chance, 6), ...at, ...noise(chance, 6), ...at] : [flags, ...at, ...at];
  return [...noise(chance, 2), ...pad, ...header, ...noise(chance, 12)];
}

const OTHER_TYPES = [0x809b, 0x80f3, 0x8137, 0x6004, 0x6007, 0x6001, 0x6002, 0x8863, 0x0600];

export function packet(chance: Chance, depth = 0): Packet {
  switch (chance.below(12)) {
    case 0:
      return { etherType: chance.percent(70) ? 0x0806 : 0x8035, octets: arp(chance) };
    case 1:
      return { etherType: chance.pick(OTHER_TYPES), octets: noise(chance, 40) };
    case 2:
      return { etherType: 0x6003, octets: decnet(chance) };
    case 3:
    case 4:
    case 5:
    case 6:
      return { etherType: 0x86dd, octets: ipv6(chance, depth) };
    default:
      return { etherType: 0x0800, octets: ipv4(chance, depth) };
  }
}

/** 802.2: with SNAP before a packet, or of OSI, spanning tree, IPX, NetBEUI, and any form of control field. */
export function llc(chance: Chance, { etherType, octets }: Packet): Octets {
  switch (chance.below(5)) {
    case 0:
      return [
        0xfe,
        0xfe,
        0x03,
        chance.pick([0x81, 0x82, 0x83]),
        ...noise(chance, 3),
        chance.pick([15, 16, 18, 24, 27]),
      ];
    case 1:
      return [chance.pick([0x42, 0xe0, 0xf0, 0x06, 0xff]), chance.pick([0x42, 0xf0, 0x06, 0xff]), ...noise(chance, 20)];
    default: {
      const organisation = etherType === 0x809b ? [0x08, 0x00, 0x07] : [0, 0, 0];
      return [0xaa, 0xaa, 0x03, ...organisation, ...word(etherType), ...octets];
    }
  }
}

export function tags(chance: Chance, inside: Packet): Packet {
  switch (chance.below(10)) {
    case 0:
    case 1: {
      const { etherType, octets } = chance.percent(30) ? tags(chance, inside) : inside;
      const tag = chance.pick(VLANS) | (chance.below(8) << 13);
      return {
        etherType: chance.pick([0x8100, 0x8100, 0x88a8, 0x9100]),
        octets: [...word(tag), ...word(etherType), ...octets],
      };
    }
    case 2:
      return { etherType: 0x8847, octets: labelled(chance, inside.octets) };
    case 3:
      return {
        etherType: 0x8864,
        octets: [0x11, 0, ...word(chance.pick(SESSIONS)), 0, 40, ...word(pppType(inside)), ...inside.octets],
      };
    default:
      return inside;
  }
}

export function labelled(chance: Chance, octets: Octets): Octets {
  const label = (last: number) => double(((chance.pick(LABELS) << 12) | (last << 8) | 64) >>> 0);
  return [...(chance.percent(40) ? label(0) : []), ...label(1), ...octets];
}

const PPP_TYPES: Record<number, number> = { 2048: 0x21, 34525: 0x57, 32923: 0x29, 24579: 0x27 };

export function pppType({ etherType }: Packet): number {
  return PPP_TYPES[etherType] ?? etherType;
}

export function ethernetFrame(chance: Chance, inside: Packet): Octets {
  const addresses = [...macOctets(chance), ...macOctets(chance)];
  if (chance.percent(10)) return [...addresses, ...word(chance.below(1500)), ...llc(chance, inside)];
  const { etherType, octets } = tags(chance, inside);
  return [...addresses, ...word(etherType), ...octets];
}
