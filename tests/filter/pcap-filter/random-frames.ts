/**
 * Frames by chance, with plausible headers: network packets with options, fragments and extension headers, behind the
 * link headers of many link types and, on Ethernet, behind VLAN tags, MPLS labels, PPPoE and Geneve. Their values are often
 * those of random-expressions.ts. Some are cut.
 */
import type { Chance } from "../../seeded.js";
import { DECNET, HOSTS, HOSTS6, LABELS, MACS, NETWORKS, PORTS, SESSIONS, VLANS } from "./random-expressions.js";

export interface Frame {
  readonly octets: Uint8Array;
  readonly wire: number;
}

type Octets = number[];

interface Packet {
  readonly etherType: number;
  readonly octets: Octets;
}

const word = (value: number): Octets => [(value >> 8) & 255, value & 255];
const double = (value: number): Octets => [...word(value >>> 16), ...word(value)];
const noise = (chance: Chance, count: number): Octets => Array.from({ length: count }, () => chance.below(256));

function ipv4Octets(text: string): Octets {
  return text.split(".").map(Number);
}

function ipv6Octets(text: string): Octets {
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = groups(tail);
  const middle = new Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...middle, ...right].flatMap(word);
}

function macOctets(chance: Chance): Octets {
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
function llc(chance: Chance, { etherType, octets }: Packet): Octets {
  switch (chance.below(5)) {
    case 0:
      return [0xfe, 0xfe, 0x03, chance.pick([0x81, 0x82, 0x83]), ...noise(chance, 3), chance.pick([15, 16, 18, 24, 27])];
    case 1:
      return [chance.pick([0x42, 0xe0, 0xf0, 0x06, 0xff]), chance.pick([0x42, 0xf0, 0x06, 0xff]), ...noise(chance, 20)];
    default: {
      const organisation = etherType === 0x809b ? [0x08, 0x00, 0x07] : [0, 0, 0];
      return [0xaa, 0xaa, 0x03, ...organisation, ...word(etherType), ...octets];
    }
  }
}

function tags(chance: Chance, inside: Packet): Packet {
  switch (chance.below(10)) {
    case 0:
    case 1: {
      const { etherType, octets } = chance.percent(30) ? tags(chance, inside) : inside;
      const tag = chance.pick(VLANS) | (chance.below(8) << 13);
      return { etherType: chance.pick([0x8100, 0x8100, 0x88a8, 0x9100]), octets: [...word(tag), ...word(etherType), ...octets] };
    }
    case 2:
      return { etherType: 0x8847, octets: labelled(chance, inside.octets) };
    case 3:
      return { etherType: 0x8864, octets: [0x11, 0, ...word(chance.pick(SESSIONS)), 0, 40, ...word(pppType(inside)), ...inside.octets] };
    default:
      return inside;
  }
}

function labelled(chance: Chance, octets: Octets): Octets {
  const label = (last: number) => double(((chance.pick(LABELS) << 12) | (last << 8) | 64) >>> 0);
  return [...(chance.percent(40) ? label(0) : []), ...label(1), ...octets];
}

const PPP_TYPES: Record<number, number> = { 0x0800: 0x21, 0x86dd: 0x57, 0x809b: 0x29, 0x6003: 0x27 };

function pppType({ etherType }: Packet): number {
  return PPP_TYPES[etherType] ?? etherType;
}

export function ethernetFrame(chance: Chance, inside: Packet): Octets {
  const addresses = [...macOctets(chance), ...macOctets(chance)];
  if (chance.percent(10)) return [...addresses, ...word(chance.below(1500)), ...llc(chance, inside)];
  const { etherType, octets } = tags(chance, inside);
  return [...addresses, ...word(etherType), ...octets];
}

/** Frame control, and as many addresses as its bits say. */
function wlan(chance: Chance, inside: Packet): Octets {
  const kind = chance.percent(60) ? chance.pick([0x08, 0x88]) : chance.below(256) & 0xfc;
  const direction = chance.below(4);
  const addresses = Array.from({ length: direction === 3 && chance.percent(50) ? 4 : 3 }, () => macOctets(chance));
  const [a = [], b = [], c = [], d = []] = addresses;
  const qos = (kind & 0x8c) === 0x88 ? noise(chance, 2) : [];
  const tagged = chance.percent(15) ? tags(chance, inside) : inside;
  return [kind, direction, ...noise(chance, 2), ...a, ...b, ...c, ...noise(chance, 2), ...qos, ...d, ...llc(chance, tagged)];
}

function radiotap(chance: Chance, frame: Octets): Octets {
  const stamp = chance.percent(40);
  const flags = chance.percent(60);
  const present = (stamp ? 1 : 0) | (flags ? 2 : 0);
  const more = chance.percent(10) ? 0x80 : 0;
  const fields = [...(stamp ? noise(chance, 8) : []), ...(flags ? [chance.pick([0, 0x20, 0x10])] : []), ...noise(chance, 3)];
  return [0, 0, 8 + fields.length, 0, present, 0, 0, more, ...fields, ...frame];
}

function linked(chance: Chance, linkType: number): Octets {
  const inside = packet(chance);
  const { etherType, octets } = inside;
  const osi = () => [chance.pick([0x81, 0x82, 0x83]), ...noise(chance, 30)];
  switch (linkType) {
    case 0:
    case 109: {
      const family = etherType === 0x0800 ? 2 : etherType === 0x86dd ? chance.pick([10, 24, 28, 30]) : chance.below(40);
      return [family, 0, 0, 0, ...(linkType === 109 ? noise(chance, 8) : []), ...octets];
    }
    case 108:
      return [0, 0, 0, etherType === 0x0800 ? 2 : chance.pick([24, 28, 30]), ...octets];
    case 1:
      return ethernetFrame(chance, inside);
    case 240:
      return [...noise(chance, 4), ...ethernetFrame(chance, inside)];
    case 241:
      return [...noise(chance, 12), ...ethernetFrame(chance, inside)];
    case 6:
      return [...noise(chance, 2), ...macOctets(chance), ...macOctets(chance), ...llc(chance, inside)];
    case 10:
      return [0x50, ...macOctets(chance), ...macOctets(chance), ...llc(chance, inside)];
    case 122:
      return [0, 0, ...macOctets(chance), 0, 0, ...macOctets(chance), ...llc(chance, inside)];
    case 100:
    case 106:
      return llc(chance, inside);
    case 123: {
      const lane = chance.percent(40);
      const before = [lane ? 1 : chance.pick([2, 0x82, 5]), chance.below(3), ...word(chance.pick([1, 2, 3, 4, 5, 16]))];
      if (lane) return [...before, ...word(chance.percent(20) ? 0xff00 : 7), ...ethernetFrame(chance, inside)];
      return [...before, ...(chance.percent(30) ? [9, 3, 0, 0, 0, chance.pick([5, 7, 0x5a]), ...noise(chance, 9)] : llc(chance, inside))];
    }
    case 7:
      return [chance.pick([1, 0x2a, 0]), chance.pick([0, 0x2a]), chance.pick([212, 240, 213, 241, 214, 196, 221]), ...noise(chance, 3), ...octets];
    case 129:
      return [...noise(chance, 4), chance.pick([212, 240, 213, 241, 214, 196, 221]), ...noise(chance, 3), ...octets];
    case 9:
    case 50:
    case 166: {
      const type = chance.percent(15) ? [...word(0x281), ...labelled(chance, octets)] : chance.percent(15) ? [...word(0x23), ...osi()] : [...word(pppType(inside)), ...octets];
      return [chance.pick([0xff, 0, 1]), 3, ...type];
    }
    case 51:
      return [0x11, 0, ...word(5), 0, 40, ...word(pppType(inside)), ...octets];
    case 103:
      return [...noise(chance, 5), ...word(chance.pick([0x21, 0x2d, 0x2f, 0x57])), ...noise(chance, 17), ...octets];
    case 104:
    case 112:
      if (chance.percent(15)) return [0x0f, 0, 0xfe, 0xfe, 3, ...osi()];
      if (chance.percent(15)) return [0x0f, 0, 0x88, 0x47, ...labelled(chance, octets)];
      return [0x0f, 0, ...word(etherType), ...octets];
    case 107:
      if (chance.percent(20)) return [0x18, 0x41, 3, ...osi()];
      return [0x18, 0x41, 3, etherType === 0x0800 ? 0xcc : 0x8e, ...octets];
    case 8:
      return [chance.below(2), ...noise(chance, 15), ...octets];
    case 102:
      return [...noise(chance, 24), ...octets];
    case 101:
    case 228:
    case 229:
    case 114:
      return octets;
    case 113:
      if (chance.percent(10)) return [0, chance.below(5), ...noise(chance, 12), 0, 4, ...llc(chance, inside)];
      return [0, chance.below(5), ...noise(chance, 12), ...word(etherType), ...octets];
    case 276:
      return [...word(etherType), 0, 0, ...double(1 + chance.below(3)), 0, 1, chance.below(5), 6, ...macOctets(chance), 0, 0, ...octets];
    case 117: {
      const family = etherType === 0x0800 ? 2 : etherType === 0x86dd ? 10 : chance.pick([2, 24, 30]);
      const names = [..."en0\0\0\0\0\0\0\0\0\0\0\0\0\0main\0\0\0\0\0\0\0\0\0\0\0\0"].map((letter) => letter.charCodeAt(0));
      const length = chance.pick([61, 64, 62]);
      const head = [length, family, chance.below(3), chance.below(5), ...names, ...double(chance.pick([10, 7])), ...double(chance.pick([3, 4]))];
      return [...head, ...noise(chance, 16), chance.pick([1, 2]), 0, 0, 0, ...octets];
    }
    case 105:
      return wlan(chance, inside);
    case 127:
      return radiotap(chance, wlan(chance, inside));
    case 163:
      return [0x80, 0x21, 0x10, 1, 0, 0, 0, 64, ...noise(chance, 56), ...wlan(chance, inside)];
    case 119:
      if (chance.percent(30)) return [0x80, 0x21, 0x10, 1, 0, 0, 0, 64, ...noise(chance, 56), ...wlan(chance, inside)];
      return [...noise(chance, 144), ...wlan(chance, inside)];
    case 192:
      return [0, 0, 16, 0, chance.percent(80) ? 105 : 1, 0, 0, 0, ...noise(chance, 8), ...wlan(chance, inside)];
    case 226:
      return [1, chance.percent(50) ? 2 : 26, 0, chance.pick([1, 2]), ...noise(chance, 20), ...octets];
    case 99:
      return [...noise(chance, 6), ...word(etherType), ...noise(chance, 36), ...octets];
    case 138:
      return [...noise(chance, 16), ...word(etherType), ...octets];
    case 140:
      return mtp(chance);
    case 139:
      return [...noise(chance, 4), ...mtp(chance)];
    case 197:
      return [...noise(chance, 20), ...mtp(chance)];
    case 165:
      return [0x55, 0xff, ...noise(chance, 40)];
    default:
      return chance.percent(70) ? [0x4d, 0x47, 0x43, chance.below(4), ...noise(chance, 6), ...octets] : octets;
  }
}

function mtp(chance: Chance): Octets {
  return [...noise(chance, 2), chance.pick([0, 1, 2, 3, 40]), chance.pick([5, 3]), chance.below(3), chance.pick([0, 64, 128]), ...noise(chance, 12)];
}

/** Of a link type; a third is cut somewhere, and then had more on the wire, or not. */
export function randomFrame(chance: Chance, linkType: number): Frame {
  const whole = chance.percent(6) ? noise(chance, chance.below(120)) : linked(chance, linkType);
  const octets = Uint8Array.from(chance.percent(33) ? whole.slice(0, chance.below(whole.length + 1)) : whole);
  return { octets, wire: chance.percent(50) ? whole.length : octets.length };
}
