/**
 * Ethernet II and what may stand between it and the network layer: 802.1Q and 802.1ad tags
 * (IEEE 802.1Q-2022 §9), LLC/SNAP (RFC 1042), MPLS (RFC 3032 §2.1), PPPoE sessions (RFC 2516 §4).
 */
import { field } from "./field.js";
import { u8, u16 } from "./octets.js";

export const ETHERNET = {
  destination: field("ethernet.destination", 0, 48),
  source: field("ethernet.source", 6, 48),
  type: field("ethernet.type", 12, 16),
} as const;
export const ETHERNET_OCTETS = 14;

/** Counted from the tag's TPID, which stands where the frame's type would. */
export const VLAN = {
  priority: field("vlan.priority", 2, 3),
  dropEligible: field("vlan.dropEligible", 2, 1, 3),
  id: field("vlan.id", 2, 12, 4),
  type: field("vlan.type", 4, 16),
} as const;
export const TAG_OCTETS = 4;

export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  providerVlan: 0x88a8,
  /** TPIDs in use before 802.1ad was finished. */
  oldQinq: 0x9100,
  olderQinq: 0x9200,
} as const;

/** Stands for a type where the frame has none that is known. */
export const NO_TYPE = 0;

export type EthernetProblem = "ethernet: header cut";

export function checkEthernet(at: number, end: number): EthernetProblem | undefined {
  return at + ETHERNET_OCTETS <= end ? undefined : "ethernet: header cut";
}

export function ethernetType(octets: Uint8Array, at: number): number {
  return u16(octets, at + ETHERNET.type.offset);
}

export function isTag(type: number): boolean {
  return (
    type === EtherType.vlan ||
    type === EtherType.providerVlan ||
    type === EtherType.oldQinq ||
    type === EtherType.olderQinq
  );
}

export function isMpls(type: number): boolean {
  return type === EtherType.mpls || type === EtherType.mplsMulticast;
}

/** `at`: the tag's TPID. */
export function vlanId(octets: Uint8Array, at: number): number {
  return u16(octets, at + VLAN.id.offset) & 0xfff;
}

/** The type of RFC 1042's SNAP header at `at`, where an LLC frame (type ≤ 1500) has one. */
export function snapType(octets: Uint8Array, at: number, end: number): number {
  if (at + 8 > end || u16(octets, at) !== 0xaaaa || u8(octets, at + 2) !== 3) return NO_TYPE;
  return u16(octets, at + 3) === 0 && u8(octets, at + 5) === 0 ? u16(octets, at + 6) : NO_TYPE;
}

/** The EtherType that a packet's first nibble tells, as under MPLS and on raw links. */
export function typeOfVersion(octets: Uint8Array, at: number, end: number): number {
  if (at >= end) return NO_TYPE;
  const version = u8(octets, at) >> 4;
  return version === 4 ? EtherType.ipv4 : version === 6 ? EtherType.ipv6 : NO_TYPE;
}
