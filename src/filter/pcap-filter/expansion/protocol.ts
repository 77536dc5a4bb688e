/**
 * Protocols by number and by word: IPv4's protocol field and IPv6's next header (through a fragment header, no other),
 * OSI's network layer protocol identifiers (ISO 9577) and IS-IS's PDU types (ISO 10589).
 */
import type { Protocol } from "../ast.js";
import type { Predicate, Protochain } from "../predicate.js";
import { and, equal, or } from "./compose.js";
import { carries, EtherType, Sap } from "./ether-type.js";
import { NOT_SET } from "./link-layer.js";
import type { Scope } from "./scope.js";

const FRAGMENT_HEADER = 44;
export const ICMPV6 = 58;

/** ISO 9577. */
export const Osi = { clnp: 0x81, esis: 0x82, isis: 0x83 } as const;

const ETHER_TYPES: Partial<Record<Protocol, number>> = {
  ip: EtherType.ipv4,
  arp: EtherType.arp,
  rarp: EtherType.rarp,
  ip6: EtherType.ipv6,
  atalk: EtherType.atalk,
  aarp: EtherType.aarp,
  decnet: EtherType.decnet,
  sca: EtherType.sca,
  lat: EtherType.lat,
  mopdl: EtherType.mopdl,
  moprc: EtherType.moprc,
  iso: Sap.iso,
  stp: Sap.stp,
  ipx: Sap.ipx,
  netbeui: Sap.netbeui,
};

/** IANA's numbers, and whether IPv4, IPv6 or both carry it here. */
const IP_PROTOCOLS: Partial<Record<Protocol, readonly [number: number, over: "ip" | "ip6" | undefined]>> = {
  sctp: [132, undefined],
  tcp: [6, undefined],
  udp: [17, undefined],
  icmp: [1, "ip"],
  igmp: [2, "ip"],
  igrp: [9, "ip"],
  pim: [103, undefined],
  vrrp: [112, "ip"],
  carp: [112, "ip"],
  icmp6: [ICMPV6, "ip6"],
  ah: [51, undefined],
  esp: [50, undefined],
};

const OSI_PROTOCOLS: Partial<Record<Protocol, number>> = { esis: Osi.esis, isis: Osi.isis, clnp: Osi.clnp };

/** IS-IS's PDU types: hellos of level 1, level 2 and point to point, then the others of level 1 and level 2. */
const L1_HELLO = 15;
const L2_HELLO = 16;
const P2P_HELLO = 17;
const L1_LSP = 18;
const L2_LSP = 20;
const L1_CSNP = 24;
const L2_CSNP = 25;
const L1_PSNP = 26;
const L2_PSNP = 27;

const ISIS_PDUS: Partial<Record<Protocol, readonly number[]>> = {
  l1: [L1_PSNP, L1_CSNP, L1_LSP, P2P_HELLO, L1_HELLO],
  l2: [L2_PSNP, L2_CSNP, L2_LSP, P2P_HELLO, L2_HELLO],
  iih: [P2P_HELLO, L2_HELLO, L1_HELLO],
  lsp: [L2_LSP, L1_LSP],
  snp: [L2_PSNP, L1_PSNP, L2_CSNP, L1_CSNP],
  csnp: [L2_CSNP, L1_CSNP],
  psnp: [L2_PSNP, L1_PSNP],
};

/** A protocol's word alone. */
export function named(scope: Scope, protocol: Protocol): Predicate {
  const type = ETHER_TYPES[protocol];
  if (type !== undefined) return carries(scope, type);
  const ip = IP_PROTOCOLS[protocol];
  if (ip !== undefined) return hasProtocol(scope, ip[0], ip[1]);
  const osi = OSI_PROTOCOLS[protocol];
  if (osi !== undefined) return hasProtocol(scope, osi, "iso");
  const pdus = ISIS_PDUS[protocol];
  if (pdus !== undefined) return or(...pdus.map((pdu) => hasProtocol(scope, pdu, "isis")));
  return scope.refuse("E_QUALIFIER", `\`${protocol}\` alone asks nothing`);
}

/** `proto`: that the payload of `over` is of this number; undefined stands for IPv4 and IPv6. */
export function hasProtocol(scope: Scope, number: number, over: Protocol | undefined): Predicate {
  switch (over) {
    case undefined:
      return or(hasProtocol(scope, number, "ip"), hasProtocol(scope, number, "ip6"));
    case "link":
      return carries(scope, number);
    case "ip":
      return and(carries(scope, EtherType.ipv4), equal(scope.load("network", 9, 1), number));
    case "ip6":
      return and(carries(scope, EtherType.ipv6), nextHeader(scope, number));
    case "iso":
      return osiProtocol(scope, number);
    case "isis":
      return and(osiProtocol(scope, Osi.isis), equal(scope.load("network without snap", 4, 1), number));
    default:
      return scope.refuse(
        "E_QUALIFIER",
        `\`${over} proto\` asks nothing: \`ether\`, \`ip\`, \`ip6\`, \`iso\`, \`isis\` do`,
      );
  }
}

function nextHeader(scope: Scope, number: number): Predicate {
  const next = () => scope.load("network", 6, 1);
  const fragment = and(equal(next(), FRAGMENT_HEADER), equal(scope.load("network", 40, 1), number));
  return or(equal(next(), number), fragment);
}

function osiProtocol(scope: Scope, number: number): Predicate {
  switch (scope.layer.family) {
    case "frame relay":
      return equal(scope.load("header", 2, 2), 0x0300 | number);
    case "hdlc":
      // Cisco puts an octet before OSI's header.
      return and(carries(scope, (Sap.iso << 8) | Sap.iso), equal(scope.load("network without snap", 1, 1), number));
    default:
      return and(carries(scope, Sap.iso), equal(scope.load("network without snap", 0, 1), number));
  }
}

export function protochain(scope: Scope, number: number, over: Protocol | undefined): Predicate {
  const scratch = scope.take();
  scope.chains.add(scratch);
  if (over === undefined) return or(protochain(scope, number, "ip"), protochain(scope, number, "ip6"));
  if (over !== "ip" && over !== "ip6") {
    return scope.refuse("E_QUALIFIER", `\`${over}\` has no chain of headers: \`ip\` and \`ip6\` have`);
  }
  if (scope.payload.variable) {
    return scope.refuse(
      "E_LINK_TYPE",
      `\`protochain\` needs headers of one length before IP's: not those of radio, pflog and \`geneve\``,
    );
  }
  const offset = (scope.payload.constant + scope.network) >>> 0;
  if (offset > NOT_SET / 2) {
    return scope.refuse(
      "E_NOT_YET",
      `\`protochain\` is not done on ${scope.layer.name}, whose network header is not known`,
    );
  }
  const chain: Protochain = {
    kind: "protochain",
    version: over === "ip" ? 4 : 6,
    base: undefined,
    offset,
    protocol: number,
  };
  const test = and(carries(scope, over === "ip" ? EtherType.ipv4 : EtherType.ipv6), chain);
  scope.give(scratch);
  return test;
}
