/**
 * Whether a frame carries a protocol. All link types are asked with Ethernet's numbers: an EtherType, or, up to 1500, the
 * service access point of an 802.2 header; each link type has its own way to say it (IEEE 802.3, 802.2; RFC 1042, 1661, …).
 */

import type { Predicate } from "../predicate.js";
import { and, bits, compare, equal, FALSE, not, or, TRUE } from "./compose.js";
import { NOT_SET } from "./link-layer.js";
import type { Scope } from "./scope.js";

export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  teb: 0x6558,
  moprc: 0x6002,
  mopdl: 0x6001,
  decnet: 0x6003,
  lat: 0x6004,
  sca: 0x6007,
  ns: 0x0600,
  rarp: 0x8035,
  atalk: 0x809b,
  aarp: 0x80f3,
  vlan: 0x8100,
  ipx: 0x8137,
  ipv6: 0x86dd,
  mpls: 0x8847,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  providerVlan: 0x88a8,
  stackedVlan: 0x9100,
} as const;

/** IEEE 802.2 service access points. */
export const Sap = { ip: 0x06, stp: 0x42, snap: 0xaa, ipx: 0xe0, netbeui: 0xf0, iso: 0xfe } as const;

/** RFC 1661's protocol numbers, with those of its companions. */
const Ppp = { ipv4: 0x21, osi: 0x23, ns: 0x25, decnet: 0x27, apple: 0x29, ipx: 0x2b } as const;
const PPP_COMPRESSED_TCP = 0x2d;
const PPP_UNCOMPRESSED_TCP = 0x2f;
const PPP_BRIDGING = 0x31;
const PPP_IPV6 = 0x57;
export const PPP_MPLS = 0x281;

/** More is an EtherType, not a length. */
export const MAX_LENGTH_FIELD = 1500;

const APPLE = 0x080007;

export function carries(scope: Scope, type: number): Predicate {
  if (scope.labels > 0) return behindLabels(scope, type);
  switch (scope.layer.family) {
    case "ethernet":
      return ethernet(scope, type);
    case "hdlc":
      return typeField(scope, type === Sap.iso ? (Sap.iso << 8) | Sap.iso : type);
    case "wlan":
    case "ppi":
      return and(isData(scope), behindLlc(scope, type));
    case "fddi":
    case "token ring":
    case "atm":
    case "fibre channel":
      return behindLlc(scope, type);
    case "sunatm":
      return and(isAtmLlc(scope), behindLlc(scope, type));
    case "sll":
      return cooked(scope, type);
    case "ppp":
      return typeField(scope, pppType(type));
    case "ppp bsdos":
      return pppBsdos(scope, type);
    case "raw":
      return version(scope, type);
    case "ipv4":
      return type === EtherType.ipv4 ? TRUE : FALSE;
    case "ipv6":
      return type === EtherType.ipv6 ? TRUE : FALSE;
    case "loopback":
      return loopback(scope, type);
    case "pflog":
      return octet(scope, "header", 1, new Map([PFLOG_IPV4, PFLOG_IPV6]), type);
    case "arcnet":
      return arcnet(scope, type);
    case "localtalk":
      return type === EtherType.atalk ? TRUE : FALSE;
    case "frame relay":
      return frameRelay(scope, type);
    case "ipnet":
      return octet(scope, "type", 0, new Map([IPNET_IPV4, IPNET_IPV6]), type);
    case "juniper":
      return equal(scope.load("header", 0, 4, 0xffffff00), JUNIPER_MAGIC);
    case "bacnet":
      return equal(scope.load("header", 0, 4, 0xffff0000), BACNET_PREAMBLE);
    case "sll2":
    case "other":
    case "mtp":
    case "multilink frame relay":
      return ofNamelessFamily(scope, type);
  }
}

const SUNATM_LLC = 2;
/** LAN emulation: what stands in an LE header's place where no frame follows. */
const LANE_CONTROL = 0xff00;
const JUNIPER_MAGIC = 0x4d474300;
const BACNET_PREAMBLE = 0x55ff0000;
const AF_INET = 2;
/** Linux's, whose header libpcap was built with. */
const AF_INET6 = 10;
const PFLOG_IPV4 = [EtherType.ipv4, AF_INET] as const;
const PFLOG_IPV6 = [EtherType.ipv6, AF_INET6] as const;
const IPNET_IPV4 = [EtherType.ipv4, 2] as const;
const IPNET_IPV6 = [EtherType.ipv6, 26] as const;

function typeField(scope: Scope, type: number): Predicate {
  return equal(scope.load("type", 0, 2), type);
}

function octet(
  scope: Scope,
  from: "header" | "type",
  at: number,
  values: ReadonlyMap<number, number>,
  type: number,
): Predicate {
  const value = values.get(type);
  return value === undefined ? FALSE : equal(scope.load(from, at, 1), value);
}

function ofNamelessFamily(scope: Scope, type: number): Predicate {
  if (scope.layer.family !== "mtp" && scope.layer.type !== NOT_SET) return typeField(scope, type);
  return scope.refuse("E_LINK_TYPE", `${scope.layer.name} does not say which protocol a frame carries`);
}

/** Behind MPLS labels nothing names the protocol: the last label is marked, and IP tells its version. */
function behindLabels(scope: Scope, type: number): Predicate {
  const version = type === EtherType.ipv4 ? 0x40 : type === EtherType.ipv6 ? 0x60 : undefined;
  if (version === undefined) return scope.refuse("E_MPLS", "behind `mpls`, only IPv4 and IPv6 can be told");
  return and(equal(scope.load("network", -2, 1, 1), 1), equal(scope.load("network", 0, 1, 0xf0), version));
}

/** What must hold of the layers around before a header inside is looked at. */
export function insideCheck(scope: Scope): Predicate | undefined {
  if (scope.geneve) return hasInnerHeader(scope);
  if (scope.previous.family === "sunatm") {
    return not(equal(scope.load("previous header", scope.previous.payload, 2), LANE_CONTROL));
  }
  return undefined;
}

/** Geneve may carry IP without a link header: then that header and its payload begin at one place. */
function hasInnerHeader(scope: Scope): Predicate {
  const header = scope.variable(scope.header);
  const payload = scope.variable(scope.payload);
  if (header === undefined || payload === undefined) throw new Error("ether-type: Geneve at a constant offset");
  return not({ kind: "comparison", operator: "==", left: header, right: payload });
}

function ethernet(scope: Scope, type: number): Predicate {
  // Geneve has an EtherType whether a link header follows or not.
  const inside = scope.geneve ? undefined : insideCheck(scope);
  const test = ethernetType(scope, type);
  return inside === undefined ? test : and(inside, test);
}

function hasLength(scope: Scope): Predicate {
  return not(compare(scope.load("type", 0, 2), ">", MAX_LENGTH_FIELD));
}

function ethernetType(scope: Scope, type: number): Predicate {
  switch (type) {
    case Sap.iso:
    case Sap.ip:
    case Sap.netbeui:
      return and(hasLength(scope), bothSaps(scope, type));
    case Sap.ipx: {
      const framing = or(
        snap(scope, 0, EtherType.ipx),
        equal(scope.load("llc", 0, 1), Sap.ipx),
        equal(scope.load("llc", 0, 2), 0xffff),
      );
      return or(typeField(scope, EtherType.ipx), and(hasLength(scope), framing));
    }
    case EtherType.atalk:
    case EtherType.aarp:
      return or(typeField(scope, type), and(hasLength(scope), appleSnap(scope, type)));
    default:
      if (type > MAX_LENGTH_FIELD) return typeField(scope, type);
      return and(hasLength(scope), equal(scope.load("type", 2, 1), type));
  }
}

const SLL_802_3 = 1;
const SLL_802_2 = 4;

function cooked(scope: Scope, type: number): Predicate {
  const llc = typeField(scope, SLL_802_2);
  switch (type) {
    case Sap.iso:
    case Sap.ip:
    case Sap.netbeui:
      return and(llc, bothSaps(scope, type));
    case Sap.ipx: {
      const framing = or(equal(scope.load("llc", 0, 1), Sap.ipx), snap(scope, 0, EtherType.ipx));
      return or(typeField(scope, EtherType.ipx), typeField(scope, SLL_802_3), and(llc, framing));
    }
    case EtherType.atalk:
    case EtherType.aarp:
      return or(typeField(scope, type), and(llc, appleSnap(scope, type)));
    default:
      if (type > MAX_LENGTH_FIELD) return typeField(scope, type);
      return and(llc, equal(scope.load("header", scope.payload.constant, 1), type));
  }
}

function bothSaps(scope: Scope, sap: number): Predicate {
  return equal(scope.load("llc", 0, 2), (sap << 8) | sap);
}

function appleSnap(scope: Scope, type: number): Predicate {
  return snap(scope, type === EtherType.atalk ? APPLE : 0, type);
}

/** RFC 1042: 802.2's SNAP, an organisation, its protocol. The second half is asked first. */
function snap(scope: Scope, organisation: number, type: number): Predicate {
  return and(
    equal(scope.load("llc", 4, 4), ((organisation & 0xffff) << 16) | type),
    equal(scope.load("llc", 0, 4), 0xaaaa0300 | (organisation >> 16)),
  );
}

function behindLlc(scope: Scope, type: number): Predicate {
  switch (type) {
    case Sap.iso:
    case Sap.ip:
    case Sap.netbeui:
      return bothSaps(scope, type);
    case EtherType.atalk:
      return snap(scope, APPLE, type);
    default:
      // Of SNAP, the type alone is asked.
      if (type > MAX_LENGTH_FIELD) return equal(scope.load("llc", 6, 2), type);
      return equal(scope.load("llc", 0, 1), type);
  }
}

/** Sun's header says that 802.2 follows (RFC 1483), not LAN emulation or signalling. */
export function isAtmLlc(scope: Scope): Predicate {
  return equal(scope.load("header", 0, 1, 0x0f), SUNATM_LLC);
}

/** IEEE 802.11: type 2 in the frame control field. */
export function isData(scope: Scope): Predicate {
  return and(not(bits(scope.load("header", 0, 1), 0x04)), bits(scope.load("header", 0, 1), 0x08));
}

const PPP_TYPES: ReadonlyMap<number, number> = new Map<number, number>([
  [EtherType.ipv4, Ppp.ipv4],
  [EtherType.ipv6, PPP_IPV6],
  [EtherType.decnet, Ppp.decnet],
  [EtherType.atalk, Ppp.apple],
  [EtherType.ns, Ppp.ns],
  [Sap.iso, Ppp.osi],
  [Sap.stp, PPP_BRIDGING],
  [Sap.ipx, Ppp.ipx],
]);

function pppType(type: number): number {
  return PPP_TYPES.get(type) ?? type;
}

function pppBsdos(scope: Scope, type: number): Predicate {
  if (type !== EtherType.ipv4) return typeField(scope, pppType(type));
  // Van Jacobson's compressed TCP (RFC 1144) is IP as well.
  const numbers = [Ppp.ipv4, PPP_COMPRESSED_TCP, PPP_UNCOMPRESSED_TCP];
  return or(...numbers.map((number) => typeField(scope, number)));
}

function version(scope: Scope, type: number): Predicate {
  if (type === EtherType.ipv4) return equal(scope.load("header", 0, 1, 0xf0), 0x40);
  if (type === EtherType.ipv6) return equal(scope.load("header", 0, 1, 0xf0), 0x60);
  return FALSE;
}

const OPENBSD_LOOPBACK = 108;
/** AF_INET6 is another number on Darwin, on NetBSD and OpenBSD, and on FreeBSD. */
const LOOPBACK_INET6 = [30, 24, 28];

/** The address family of the system that wrote the capture, in that system's byte order (little-endian is assumed). */
function loopback(scope: Scope, type: number): Predicate {
  const families = type === EtherType.ipv4 ? [AF_INET] : type === EtherType.ipv6 ? LOOPBACK_INET6 : [];
  if (families.length === 0) return FALSE;
  const network = scope.layer.number === OPENBSD_LOOPBACK;
  const field = scope.load("header", 0, 4);
  return or(...families.map((family) => equal(field, network ? family : family << 24)));
}

/** RFC 1201, and RFC 1051 for the old numbers. */
function arcnet(scope: Scope, type: number): Predicate {
  const numbers = ARCNET_TYPES.get(type) ?? [];
  if (numbers.length === 0) return FALSE;
  return or(...numbers.map((number) => equal(scope.load("type", 0, 1), number)));
}

const ARCNET_TYPES: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [EtherType.ipv4, [212, 240]],
  [EtherType.arp, [213, 241]],
  [EtherType.rarp, [214]],
  [EtherType.ipv6, [196]],
  [EtherType.atalk, [221]],
]);

/** RFC 2427 with an address of two octets: unnumbered information, and ISO's number of the network layer. */
function frameRelay(scope: Scope, type: number): Predicate {
  const numbers = type === EtherType.ipv4 ? [0xcc] : type === EtherType.ipv6 ? [0x8e] : type === Sap.iso ? OSI : [];
  if (numbers.length === 0) return FALSE;
  return or(...numbers.map((number) => equal(scope.load("header", 2, 2), 0x0300 | number)));
}

/** CLNP, ES-IS and IS-IS. */
const OSI = [0x81, 0x82, 0x83];
