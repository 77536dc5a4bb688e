/**
 * From a frame to its network layer. LINKTYPE_ numbers and headers are those of the registry kept
 * with libpcap. Results are one number, (offset from the frame's start, type), so that nothing
 * is allocated for a frame; see typeOf and offsetOf.
 */
import {
  checkEthernet,
  ETHERNET_OCTETS,
  EtherType,
  ethernetType,
  isMpls,
  isTag,
  NO_TYPE,
  snapType,
  TAG_OCTETS,
  typeOfVersion,
} from "./ethernet.js";
import { u8, u16, u24 } from "./octets.js";

export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  /** Raw IP as some files number it (DLT_RAW of most systems). */
  rawOld: 12,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

/** A header that does not fit in the captured octets. */
export const CUT = -1;
/** A link type whose headers are not known here. */
export const UNKNOWN_LINK = -2;

/** Headers further in than this are not followed: no sane frame stacks so many tags. */
const DEEPEST = 0x7fff;

function found(offset: number, type: number): number {
  return offset > DEEPEST ? CUT : (offset << 16) | type;
}

/** An EtherType, or NO_TYPE; of a result that is not negative. */
export function typeOf(place: number): number {
  return place & 0xffff;
}

/** Octets from the frame's start to the payload of that type. */
export function offsetOf(place: number): number {
  return place >>> 16;
}

/** What follows the link's own header: tags, if any, are still to be skipped. CUT or UNKNOWN_LINK. */
export function linkPayload(octets: Uint8Array, at: number, end: number, linkType: number): number {
  switch (linkType) {
    case LinkType.ethernet:
      return ethernetPayload(octets, at, end, 0);
    case LinkType.raw:
    case LinkType.rawOld:
      return at < end ? found(0, typeOfVersion(octets, at, end)) : CUT;
    case LinkType.ipv4:
      return found(0, EtherType.ipv4);
    case LinkType.ipv6:
      return found(0, EtherType.ipv6);
    case LinkType.linuxSll:
      return at + 16 <= end ? protocolField(octets, at, end, 14, 16) : CUT;
    case LinkType.linuxSll2:
      return at + 20 <= end ? protocolField(octets, at, end, 0, 20) : CUT;
    case LinkType.null:
    case LinkType.loop:
      return at + 4 <= end ? found(4, typeOfFamily(octets, at)) : CUT;
    case LinkType.ppp:
      return pppPayload(octets, at, end, 0);
    default:
      return UNKNOWN_LINK;
  }
}

/** The Ethernet frame that begins `offset` octets into the frame at `at`. */
function ethernetPayload(octets: Uint8Array, at: number, end: number, offset: number): number {
  if (checkEthernet(at + offset, end) !== undefined) return CUT;
  return payloadOfType(octets, at, end, offset + ETHERNET_OCTETS, ethernetType(octets, at + offset));
}

/** A 16-bit protocol field of Linux: an EtherType, or below 1536 a number of Linux's own (4 is LLC). */
function protocolField(octets: Uint8Array, at: number, end: number, fieldOffset: number, payload: number): number {
  return payloadOfType(octets, at, end, payload, u16(octets, at + fieldOffset));
}

/** Types up to 1500 are lengths of LLC frames (IEEE 802.3 §3.2.6): SNAP may tell a type. */
function payloadOfType(octets: Uint8Array, at: number, end: number, offset: number, type: number): number {
  if (type >= 1536) return found(offset, type);
  const snap = snapType(octets, at + offset, end);
  return snap === NO_TYPE ? found(offset, NO_TYPE) : found(offset + 8, snap);
}

/** BSD's address family, in the byte order of whoever captured (0) or of the network (108). */
function typeOfFamily(octets: Uint8Array, at: number): number {
  // Families fit in an octet, and that octet is the first or the last of the four.
  const family = u24(octets, at + 1) === 0 ? u8(octets, at) : u24(octets, at) === 0 ? u8(octets, at + 3) : 0;
  if (family === 2) return EtherType.ipv4;
  // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS.
  return family === 10 || family === 24 || family === 28 || family === 30 ? EtherType.ipv6 : NO_TYPE;
}

/** RFC 1661 §2 and RFC 1662 §3.1: address and control may be left out, the protocol be one octet. */
function pppPayload(octets: Uint8Array, at: number, end: number, offset: number): number {
  let next = offset;
  if (at + next + 2 <= end && u16(octets, at + next) === 0xff03) next += 2;
  if (at + next >= end) return CUT;
  const short = (u8(octets, at + next) & 1) === 1;
  if (!short && at + next + 2 > end) return CUT;
  const protocol = short ? u8(octets, at + next) : u16(octets, at + next);
  return found(next + (short ? 1 : 2), typeOfPpp(protocol));
}

function typeOfPpp(protocol: number): number {
  switch (protocol) {
    case 0x0021:
      return EtherType.ipv4;
    case 0x0057:
      return EtherType.ipv6;
    case 0x0281:
      return EtherType.mpls;
    case 0x0283:
      return EtherType.mplsMulticast;
    default:
      return NO_TYPE;
  }
}

/** Whether `place` stands before a header that `step` can take away. */
export function isWrapped(place: number): boolean {
  const type = typeOf(place);
  return place >= 0 && (isTag(type) || isMpls(type) || type === EtherType.pppoeSession);
}

/** One header further in: past a tag, an MPLS stack or a PPPoE header. CUT where it is cut. */
export function step(octets: Uint8Array, at: number, end: number, place: number): number {
  const type = typeOf(place);
  const offset = offsetOf(place);
  if (isTag(type)) {
    if (at + offset + TAG_OCTETS > end) return CUT;
    return payloadOfType(octets, at, end, offset + TAG_OCTETS, u16(octets, at + offset + 2));
  }
  if (isMpls(type)) return mplsPayload(octets, at, end, offset);
  return at + offset + 8 <= end ? pppPayload(octets, at, end, offset + 6) : CUT;
}

/** RFC 3032 §2.1: label entries of four octets, the last marked; RFC 4928 §3 on guessing what follows. */
function mplsPayload(octets: Uint8Array, at: number, end: number, offset: number): number {
  let next = offset;
  do {
    if (at + next + 4 > end) return CUT;
    next += 4;
  } while ((u8(octets, at + next - 2) & 1) === 0);
  return found(next, typeOfVersion(octets, at + next, end));
}

/** The network layer of a frame, past all that wraps it. CUT or UNKNOWN_LINK where there is none. */
export function network(octets: Uint8Array, at: number, end: number, linkType: number): number {
  let place = linkPayload(octets, at, end, linkType);
  while (isWrapped(place)) place = step(octets, at, end, place);
  return place;
}
