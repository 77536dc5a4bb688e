import { describe, expect, test } from "vitest";
import { ARP, arpOperation, checkArp } from "../../src/wire/arp.js";
import { complement, fold, intact, pseudoIpv4, sum } from "../../src/wire/checksum.js";
import { ETHERNET, ethernetType, VLAN, vlanId } from "../../src/wire/ethernet.js";
import type { Field } from "../../src/wire/field.js";
import { ICMP, icmpCode, icmpType } from "../../src/wire/icmp.js";
import * as ipv4 from "../../src/wire/ipv4.js";
import * as ipv6 from "../../src/wire/ipv6.js";
import { i32, putU16, putU32, u8, u24, u32 } from "../../src/wire/octets.js";
import * as tcp from "../../src/wire/tcp.js";
import * as udp from "../../src/wire/udp.js";
import { Chance } from "../seeded.js";

type Accessor = (octets: Uint8Array, at: number) => number;

/** Each accessor beside its field of the table; `times` where the accessor counts in octets. */
const ACCESSORS: readonly [Field, Accessor, number][] = [
  [ETHERNET.type, ethernetType, 1],
  [VLAN.id, vlanId, 1],
  [ARP.operation, arpOperation, 1],
  [ipv4.IPV4.headerLength, ipv4.ipv4HeaderLength, 4],
  [ipv4.IPV4.identification, ipv4.ipv4Identification, 1],
  [ipv4.IPV4.moreFragments, (octets, at) => Number(ipv4.ipv4MoreFragments(octets, at)), 1],
  [ipv4.IPV4.fragmentOffset, ipv4.ipv4FragmentOffset, 8],
  [ipv4.IPV4.protocol, ipv4.ipv4Protocol, 1],
  [ipv6.IPV6.nextHeader, ipv6.ipv6NextHeader, 1],
  [ipv6.IPV6_FRAGMENT.nextHeader, ipv6.fragmentNextHeader, 1],
  [ipv6.IPV6_FRAGMENT.offset, ipv6.fragmentOffset, 8],
  [ipv6.IPV6_FRAGMENT.more, (octets, at) => Number(ipv6.fragmentMore(octets, at)), 1],
  [ipv6.IPV6_FRAGMENT.identification, ipv6.fragmentIdentification, 1],
  [ICMP.type, icmpType, 1],
  [ICMP.code, icmpCode, 1],
  [udp.UDP.destinationPort, udp.udpDestinationPort, 1],
  [udp.UDP.length, udp.udpLength, 1],
  [udp.UDP.checksum, udp.udpChecksum, 1],
  [tcp.TCP.sourcePort, tcp.tcpSourcePort, 1],
  [tcp.TCP.destinationPort, tcp.tcpDestinationPort, 1],
  [tcp.TCP.sequence, tcp.tcpSequence, 1],
  [tcp.TCP.acknowledgment, tcp.tcpAcknowledgment, 1],
  [tcp.TCP.dataOffset, tcp.tcpHeaderLength, 4],
  [tcp.TCP.flags, tcp.tcpFlags, 1],
];

/** The field's value, bit by bit: slow and obvious, the accessors' twin. */
function readField(octets: Uint8Array, at: number, { offset, skip, bits }: Field): number {
  let value = 0;
  for (let bit = skip; bit < skip + bits; bit++) {
    value = value * 2 + ((u8(octets, at + offset + (bit >> 3)) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

describe("header tables", () => {
  test.each(ACCESSORS.map(([field, accessor, times]) => [field.name, field, accessor, times] as const))(
    "%s: the accessor reads what the table says",
    (_name, field, accessor, times) => {
      const chance = new Chance(7);
      const random = () => chance.below(2 ** 32);
      const octets = new Uint8Array(80);
      for (let round = 0; round < 200; round++) {
        for (let i = 0; i < octets.length; i++) octets[i] = random() & 255;
        const at = round % 17;
        expect(accessor(octets, at)).toBe(readField(octets, at, field) * times);
      }
    },
  );
});

test("what is stored is loaded", () => {
  const octets = new Uint8Array(8).fill(0xa5);
  putU32(octets, 1, 0xfedcba98);
  expect(u32(octets, 1)).toBe(0xfedcba98);
  expect(i32(octets, 1)).toBe(0xfedcba98 | 0);
  expect(u24(octets, 1)).toBe(0xfedcba);
  putU16(octets, 5, 0x1234);
  expect([...octets]).toEqual([0xa5, 0xfe, 0xdc, 0xba, 0x98, 0x12, 0x34, 0xa5]);
});

describe("checksums", () => {
  // RFC 1071 §3: the sequence 00 01 f2 03 f4 f5 f6 f7 sums to ddf2.
  const EXAMPLE = Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);

  test("the example of RFC 1071 §3", () => {
    expect(fold(sum(EXAMPLE, 0, 8))).toBe(0xddf2);
    expect(complement(sum(EXAMPLE, 0, 8))).toBe(0x220d);
  });

  test("an odd octet is the high half; long stretches do not overflow", () => {
    expect(sum(EXAMPLE, 0, 3)).toBe(0x0001 + 0xf200);
    const ones = new Uint8Array(1 << 18).fill(0xff);
    expect(sum(ones, 0, ones.length)).toBe((ones.length / 2) * 0xffff);
    expect(fold(sum(ones, 0, ones.length))).toBe(0xffff);
  });

  test("a header with its complement filled in is intact, and not where a bit differs", () => {
    const chance = new Chance(3);
    for (let round = 0; round < 300; round++) {
      const octets = Uint8Array.from({ length: 20 }, () => chance.below(256));
      putU16(octets, 10, 0);
      putU16(octets, 10, complement(sum(octets, 0, 20)));
      expect(intact(sum(octets, 0, 20))).toBe(true);
      const place = chance.below(20);
      octets[place] = (octets[place] ?? 0) ^ (1 << chance.below(8));
      expect(intact(sum(octets, 0, 20))).toBe(false);
    }
  });

  test("a pseudo-header counts addresses, protocol and length", () => {
    expect(pseudoIpv4(Uint8Array.from([10, 0, 0, 1, 10, 0, 0, 2]), 0, 17, 8)).toBe(0x0a00 + 1 + 0x0a00 + 2 + 17 + 8);
  });
});

describe("checks", () => {
  const header = (first: number, total: number) => {
    const octets = new Uint8Array(64);
    octets[0] = first;
    putU16(octets, 2, total);
    return octets;
  };

  test.each([
    ["cut", header(0x45, 40), 19, "ipv4: header cut"],
    ["version", header(0x65, 40), 64, "ipv4: version is not 4"],
    ["IHL", header(0x44, 40), 64, "ipv4: header length below 20"],
    ["options cut", header(0x4f, 60), 59, "ipv4: header cut"],
    ["total length", header(0x46, 23), 64, "ipv4: total length below header length"],
    ["good", header(0x46, 24), 64, undefined],
    ["left to the card", header(0x45, 0), 64, undefined],
  ])("ipv4: %s", (_name, octets, end, problem) => expect(ipv4.checkIpv4(octets, 0, end)).toBe(problem));

  test("ipv6, udp, tcp and arp", () => {
    expect(ipv6.checkIpv6(header(0x60, 0), 0, 39)).toBe("ipv6: header cut");
    expect(ipv6.checkIpv6(header(0x45, 0), 0, 40)).toBe("ipv6: version is not 6");
    const datagram = new Uint8Array(8);
    putU16(datagram, 4, 9);
    expect(udp.checkUdp(datagram, 0, 8, 8)).toBe("udp: length beyond the packet");
    expect(udp.checkUdp(datagram, 0, 8, 9)).toBeUndefined();
    putU16(datagram, 4, 7);
    expect(udp.checkUdp(datagram, 0, 8, 8)).toBe("udp: length below 8");
    const segment = new Uint8Array(20);
    expect(tcp.checkTcp(segment, 0, 20, 20)).toBe("tcp: data offset below 5");
    segment[12] = 0x60;
    expect(tcp.checkTcp(segment, 0, 20, 20)).toBe("tcp: data offset beyond the packet");
    expect(tcp.checkTcp(segment, 0, 20, 24)).toBeUndefined();
    expect(checkArp(new Uint8Array(28), 0, 28)).toBe("arp: not IPv4 over Ethernet");
    expect(checkArp(new Uint8Array(28), 0, 27)).toBe("arp: header cut");
  });
});

describe("IPv6 extension chains", () => {
  const walk = (octets: number[], kind: number, end = octets.length) =>
    ipv6.walkChain(Uint8Array.from(octets), 0, end, kind);
  const hop = [43, 0, 0, 0, 0, 0, 0, 0];
  const routing = [6, 1, ...new Uint8Array(14)];

  test("steps over extensions to the upper layer", () => {
    const chain = walk([...hop, ...routing, 1, 2], 0);
    expect([ipv6.chainLength(chain), ipv6.chainKind(chain)]).toEqual([24, 6]);
  });

  test("stops at a fragment header, at ESP, at no next header", () => {
    for (const kind of [44, 50, 59]) {
      const chain = walk([kind, ...hop.slice(1), 6, 0, 0, 0], 60);
      expect([ipv6.chainLength(chain), ipv6.chainKind(chain)]).toEqual([8, kind]);
    }
  });

  test("authentication headers count in units of four", () => {
    const chain = walk([17, 4, ...new Uint8Array(22), 9], 51);
    expect([ipv6.chainLength(chain), ipv6.chainKind(chain)]).toEqual([24, 17]);
  });

  test("a chain that is cut says so", () => {
    expect(walk([...hop, ...routing], 0, 23)).toBe(ipv6.CHAIN_CUT);
    expect(walk([...hop], 0, 1)).toBe(ipv6.CHAIN_CUT);
    expect(walk([...hop], 0, 8)).toBe(ipv6.CHAIN_CUT);
  });
});

test("TCP flags as letters", () => {
  expect(tcp.formatTcpFlags(0x12)).toBe("SA");
  expect(tcp.formatTcpFlags(0xff)).toBe("FSRPAUEC");
});
