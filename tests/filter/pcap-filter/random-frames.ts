/** Frames of a link type by chance, with plausible headers around the packets of random-packets.ts. Some are cut. */
import type { Chance } from "../../seeded.js";
import {
  double,
  ethernetFrame,
  labelled,
  llc,
  macOctets,
  noise,
  type Octets,
  type Packet,
  packet,
  pppType,
  tags,
  word,
} from "./random-packets.js";

export interface Frame {
  readonly octets: Uint8Array;
  readonly wire: number;
}

/** Frame control, and as many addresses as its bits say. */
function wlan(chance: Chance, inside: Packet): Octets {
  const kind = chance.percent(60) ? chance.pick([0x08, 0x88]) : chance.below(256) & 0xfc;
  const direction = chance.below(4);
  const addresses = Array.from({ length: direction === 3 && chance.percent(50) ? 4 : 3 }, () => macOctets(chance));
  const [a = [], b = [], c = [], d = []] = addresses;
  const qos = (kind & 0x8c) === 0x88 ? noise(chance, 2) : [];
  const tagged = chance.percent(15) ? tags(chance, inside) : inside;
  return [
    kind,
    direction,
    ...noise(chance, 2),
    ...a,
    ...b,
    ...c,
    ...noise(chance, 2),
    ...qos,
    ...d,
    ...llc(chance, tagged),
  ];
}

function radiotap(chance: Chance, frame: Octets): Octets {
  const stamp = chance.percent(40);
  const flags = chance.percent(60);
  const present = (stamp ? 1 : 0) | (flags ? 2 : 0);
  const more = chance.percent(10) ? 0x80 : 0;
  const fields = [
    ...(stamp ? noise(chance, 8) : []),
    ...(flags ? [chance.pick([0, 0x20, 0x10])] : []),
    ...noise(chance, 3),
  ];
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
      return [
        ...before,
        ...(chance.percent(30) ? [9, 3, 0, 0, 0, chance.pick([5, 7, 0x5a]), ...noise(chance, 9)] : llc(chance, inside)),
      ];
    }
    case 7:
      return [
        chance.pick([1, 0x2a, 0]),
        chance.pick([0, 0x2a]),
        chance.pick([212, 240, 213, 241, 214, 196, 221]),
        ...noise(chance, 3),
        ...octets,
      ];
    case 129:
      return [...noise(chance, 4), chance.pick([212, 240, 213, 241, 214, 196, 221]), ...noise(chance, 3), ...octets];
    case 9:
    case 50:
    case 166: {
      const type = chance.percent(15)
        ? [...word(0x281), ...labelled(chance, octets)]
        : chance.percent(15)
          ? [...word(0x23), ...osi()]
          : [...word(pppType(inside)), ...octets];
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
      return [
        ...word(etherType),
        0,
        0,
        ...double(1 + chance.below(3)),
        0,
        1,
        chance.below(5),
        6,
        ...macOctets(chance),
        0,
        0,
        ...octets,
      ];
    case 117: {
      const family = etherType === 0x0800 ? 2 : etherType === 0x86dd ? 10 : chance.pick([2, 24, 30]);
      const names = [..."en0\0\0\0\0\0\0\0\0\0\0\0\0\0main\0\0\0\0\0\0\0\0\0\0\0\0"].map((letter) =>
        letter.charCodeAt(0),
      );
      const length = chance.pick([61, 64, 62]);
      const head = [
        length,
        family,
        chance.below(3),
        chance.below(5),
        ...names,
        ...double(chance.pick([10, 7])),
        ...double(chance.pick([3, 4])),
      ];
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
  return [
    ...noise(chance, 2),
    chance.pick([0, 1, 2, 3, 40]),
    chance.pick([5, 3]),
    chance.below(3),
    chance.pick([0, 64, 128]),
    ...noise(chance, 12),
  ];
}

/** Of a link type; a third is cut somewhere, and then had more on the wire, or not. */
export function randomFrame(chance: Chance, linkType: number): Frame {
  const whole = chance.percent(6) ? noise(chance, chance.below(120)) : linked(chance, linkType);
  const octets = Uint8Array.from(chance.percent(33) ? whole.slice(0, chance.below(whole.length + 1)) : whole);
  return { octets, wire: chance.percent(50) ? whole.length : octets.length };
}
