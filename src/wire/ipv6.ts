/** The IPv6 header and its chain of extensions. Read first: RFC 8200 §3, §4.1–§4.5; RFC 4302 §2.2 (AH counts otherwise). */
import { field } from "./field.js";
import { u8, u16, u32 } from "./octets.js";

export const IPV6 = {
  version: field("ipv6.version", 0, 4),
  trafficClass: field("ipv6.trafficClass", 0, 8, 4),
  flowLabel: field("ipv6.flowLabel", 1, 20, 4),
  payloadLength: field("ipv6.payloadLength", 4, 16),
  nextHeader: field("ipv6.nextHeader", 6, 8),
  hopLimit: field("ipv6.hopLimit", 7, 8),
  source: field("ipv6.source", 8, 128),
  destination: field("ipv6.destination", 24, 128),
} as const;
export const IPV6_HEADER_OCTETS = 40;

/** Of a fragment header (RFC 8200 §4.5). */
export const IPV6_FRAGMENT = {
  nextHeader: field("ipv6.fragment.nextHeader", 0, 8),
  offset: field("ipv6.fragment.offset", 2, 13),
  more: field("ipv6.fragment.more", 3, 1, 7),
  identification: field("ipv6.fragment.identification", 4, 32),
} as const;
export const IPV6_FRAGMENT_OCTETS = 8;

/** Protocol and next-header numbers that are told apart here (IANA, Protocol Numbers). */
export const Protocol = {
  hopByHop: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  esp: 50,
  authentication: 51,
  icmpv6: 58,
  noNext: 59,
  destinationOptions: 60,
  mobility: 135,
  hip: 139,
  shim6: 140,
} as const;

export type Ipv6Problem = "ipv6: header cut" | "ipv6: version is not 6";

export function checkIpv6(octets: Uint8Array, at: number, end: number): Ipv6Problem | undefined {
  if (at + IPV6_HEADER_OCTETS > end) return "ipv6: header cut";
  return u8(octets, at) >> 4 === 6 ? undefined : "ipv6: version is not 6";
}

/** Where the packet ends on the wire; a payload length of 0 is a jumbogram's or TSO's: the frame's end counts. */
export function ipv6End(octets: Uint8Array, at: number, frameEnd: number): number {
  const payload = u16(octets, at + IPV6.payloadLength.offset);
  return payload === 0 ? frameEnd : at + IPV6_HEADER_OCTETS + payload;
}

export function ipv6NextHeader(octets: Uint8Array, at: number): number {
  return u8(octets, at + IPV6.nextHeader.offset);
}

/** The chain runs out of the captured octets. */
export const CHAIN_CUT = -1;

/** The octets of the extension header `kind` at `at`, or 0 where it is none that can be stepped over. */
function extensionLength(octets: Uint8Array, at: number, kind: number): number {
  switch (kind) {
    case Protocol.hopByHop:
    case Protocol.routing:
    case Protocol.destinationOptions:
    case Protocol.mobility:
    case Protocol.hip:
    case Protocol.shim6:
      return (u8(octets, at + 1) + 1) << 3;
    case Protocol.authentication:
      return (u8(octets, at + 1) + 2) << 2;
    default:
      return 0;
  }
}

/**
 * Follows the chain that begins at `at` with a header of `kind`, up to the first header that is no
 * extension, or a fragment header. The answer is one number, (octets from `at`, kind): see
 * chainKind and chainLength; CHAIN_CUT where a header is cut.
 */
export function walkChain(octets: Uint8Array, at: number, end: number, kind: number): number {
  let next = at;
  let current = kind;
  for (;;) {
    if (next + 2 > end) return EXTENSIONS.has(current) ? CHAIN_CUT : ((next - at) << 8) | current;
    const length = extensionLength(octets, next, current);
    if (length === 0) return ((next - at) << 8) | current;
    if (next + length > end) return CHAIN_CUT;
    current = u8(octets, next);
    next += length;
  }
}

/** Headers that walkChain steps over. */
export const EXTENSIONS: ReadonlySet<number> = new Set([
  Protocol.hopByHop,
  Protocol.routing,
  Protocol.destinationOptions,
  Protocol.authentication,
  Protocol.mobility,
  Protocol.hip,
  Protocol.shim6,
]);

export function chainKind(chain: number): number {
  return chain & 0xff;
}

export function chainLength(chain: number): number {
  return chain >> 8;
}

/** The four below: of a fragment header of which IPV6_FRAGMENT_OCTETS octets were captured. */
export function fragmentNextHeader(octets: Uint8Array, at: number): number {
  return u8(octets, at);
}

/** In octets. */
export function fragmentOffset(octets: Uint8Array, at: number): number {
  return u16(octets, at + IPV6_FRAGMENT.offset.offset) & 0xfff8;
}

export function fragmentMore(octets: Uint8Array, at: number): boolean {
  return (u8(octets, at + IPV6_FRAGMENT.more.offset) & 1) === 1;
}

export function fragmentIdentification(octets: Uint8Array, at: number): number {
  return u32(octets, at + IPV6_FRAGMENT.identification.offset);
}
