import { expect, test } from "vitest";
import { CUT, network, offsetOf, typeOf, UNKNOWN_LINK } from "../../src/wire/linktype.js";

const zeros = (length: number) => Array.from({ length }, () => 0);
const MACS = zeros(12);
const IP4 = [0x45, 0, 0, 20];

/** Offset and type of the network layer of a frame, behind some octets of another. */
function find(frame: readonly number[], linkType: number): [number, number] | number {
  const octets = Uint8Array.from([0xa5, 0xa5, 0xa5, ...frame]);
  const place = network(octets, 3, octets.length, linkType);
  return place < 0 ? place : [offsetOf(place), typeOf(place)];
}

test.each<[string, number, number[], [number, number] | number]>([
  ["Ethernet", 1, [...MACS, 8, 0], [14, 0x800]],
  ["Ethernet, cut", 1, [...MACS, 8], CUT],
  ["802.1Q", 1, [...MACS, 0x81, 0, 0, 7, 0x86, 0xdd], [18, 0x86dd]],
  ["802.1ad in 802.1ad in 802.1Q", 1, [...MACS, 0x88, 0xa8, 0, 1, 0x88, 0xa8, 0, 2, 0x81, 0, 0, 3, 8, 6], [26, 0x806]],
  ["802.1Q, cut", 1, [...MACS, 0x81, 0, 0, 7, 0x86], CUT],
  ["LLC", 1, [...MACS, 0, 38, 0x42, 0x42, 3], [14, 0]],
  ["LLC and SNAP", 1, [...MACS, 0, 38, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], [22, 0x800]],
  ["MPLS, two labels", 1, [...MACS, 0x88, 0x47, 0, 0, 0x10, 64, 0, 0, 0x21, 64, ...IP4], [22, 0x800]],
  ["MPLS, cut", 1, [...MACS, 0x88, 0x47, 0, 0, 0x10, 64], CUT],
  ["PPPoE", 1, [...MACS, 0x88, 0x64, 0x11, 0, 0, 1, 0, 9, 0, 0x57], [22, 0x86dd]],
  ["BSD null, little-endian", 0, [2, 0, 0, 0], [4, 0x800]],
  ["BSD null, big-endian", 0, [0, 0, 0, 30], [4, 0x86dd]],
  ["BSD null, another family", 0, [0, 0, 0, 7], [4, 0]],
  ["OpenBSD loop", 108, [0, 0, 0, 24], [4, 0x86dd]],
  ["raw", 101, IP4, [0, 0x800]],
  ["raw, the other number", 12, [0x60], [0, 0x86dd]],
  ["raw, empty", 12, [], CUT],
  ["raw IPv4", 228, IP4, [0, 0x800]],
  ["raw IPv6", 229, [0x60], [0, 0x86dd]],
  ["Linux cooked", 113, [...zeros(14), 8, 0], [16, 0x800]],
  ["Linux cooked with a tag", 113, [...zeros(14), 0x81, 0, 0, 1, 8, 6], [20, 0x806]],
  ["Linux cooked, version 2", 276, [0x86, 0xdd, ...zeros(18)], [20, 0x86dd]],
  ["PPP", 9, [0xff, 3, 0, 0x21], [4, 0x800]],
  ["PPP, compressed", 9, [0x21], [1, 0x800]],
  ["PPP with MPLS", 9, [0xff, 3, 2, 0x81, 0, 0, 0x11, 9, 0x60], [8, 0x86dd]],
  ["802.11", 105, IP4, UNKNOWN_LINK],
])("%s", (_name, linkType, frame, expected) => expect(find(frame, linkType)).toEqual(expected));

test("a tower of tags ends", () => {
  const tags = Array.from({ length: 20_000 }, () => [0x81, 0, 0, 1]).flat();
  expect(find([...MACS, ...tags, 8, 0], 1)).toBe(CUT);
});
