/**
 * Where the link types of captures (LINKTYPE_ of tcpdump.org/linktypes.html) have their headers, as libpcap 1.10.3 sees
 * it. Offsets count from the start of the frame, `network` and `withoutSnap` from the link layer's payload; NOT_SET stands
 * where a link type has no such thing, and sums with it are taken modulo 2^32.
 */

export const NOT_SET = 0xffffffff;

export type Family =
  | "ethernet"
  | "wlan"
  | "ppi"
  | "fddi"
  | "token ring"
  | "fibre channel"
  | "atm"
  | "sunatm"
  | "hdlc"
  | "frame relay"
  | "multilink frame relay"
  | "ppp"
  | "ppp bsdos"
  | "raw"
  | "ipv4"
  | "ipv6"
  | "loopback"
  | "arcnet"
  | "localtalk"
  | "sll"
  | "sll2"
  | "ipnet"
  | "pflog"
  | "juniper"
  | "bacnet"
  | "mtp"
  | "other";

export interface LinkLayer {
  readonly number: number;
  readonly family: Family;
  readonly name: string;
  /** Of the field that names the next protocol. */
  readonly type: number;
  readonly payload: number;
  readonly network: number;
  /** Of the network header where 802.2 stands before it without SNAP. */
  readonly withoutSnap: number;
  /** Of the link header, behind a pseudo-header. */
  readonly header: number;
  /** The length before the link header, or before the payload, is told by the frame. */
  readonly variable: "nothing" | "payload" | "header and payload";
}

type Row = readonly [
  number: number,
  family: Family,
  name: string,
  type: number,
  payload: number,
  network: number,
  withoutSnap: number,
];

const NONE = NOT_SET;

const ROWS: readonly Row[] = [
  [0, "loopback", "BSD loopback", 0, 4, 0, 0],
  [1, "ethernet", "Ethernet", 12, 14, 0, 3],
  [6, "token ring", "Token ring", 14, 14, 8, 3],
  [7, "arcnet", "ARCnet", 2, 6, 0, 0],
  [8, "raw", "SLIP", NONE, 16, 0, 0],
  [9, "ppp", "PPP", 2, 4, 0, 0],
  [10, "fddi", "FDDI", 13, 13, 8, 3],
  [50, "ppp", "PPP over serial", 2, 4, 0, 0],
  [51, "ppp", "PPPoE", 6, 8, 0, 0],
  [99, "other", "Symantec Firewall", 6, 44, 0, 0],
  [100, "atm", "RFC 1483 ATM", 0, 0, 8, 3],
  [101, "raw", "raw IP", NONE, 0, 0, 0],
  [102, "raw", "BSD/OS SLIP", NONE, 24, 0, 0],
  [103, "ppp bsdos", "BSD/OS PPP", 5, 24, 0, 0],
  [104, "hdlc", "Cisco HDLC", 2, 4, 0, 0],
  [105, "wlan", "802.11", 24, 0, 8, 3],
  [106, "atm", "Linux Classical IP over ATM", 0, 0, 8, 3],
  [107, "frame relay", "Frame Relay", NONE, 0, 0, 0],
  [108, "loopback", "OpenBSD loopback", 0, 4, 0, 0],
  [109, "loopback", "OpenBSD encapsulated IP", 0, 12, 0, 0],
  [112, "hdlc", "NetBSD HDLC", 2, 4, 0, 0],
  [113, "sll", "Linux cooked v1", 14, 16, 0, 0],
  [114, "localtalk", "LocalTalk", NONE, 0, 0, 0],
  [117, "pflog", "OpenBSD pflog", 0, 0, 0, 0],
  [119, "wlan", "802.11 plus Prism header", 24, 0, 8, 3],
  [122, "fibre channel", "RFC 2625 IP over Fibre Channel", 16, 16, 8, 3],
  [123, "sunatm", "Sun raw ATM", 4, 4, 8, 3],
  [127, "wlan", "802.11 plus radiotap header", 24, 0, 8, 3],
  [129, "arcnet", "Linux ARCnet", 4, 8, 0, 0],
  [138, "other", "Apple IP over IEEE 1394", 16, 18, 0, 0],
  [139, "mtp", "MTP2 with pseudo-header", NONE, NONE, NONE, NONE],
  [140, "mtp", "MTP2", NONE, NONE, NONE, NONE],
  [163, "wlan", "802.11 plus AVS header", 24, 0, 8, 3],
  [165, "bacnet", "BACnet MS/TP", NONE, NONE, NONE, NONE],
  [166, "ppp", "PPP with direction", 2, 4, 0, 0],
  [182, "multilink frame relay", "multilink Frame Relay", NONE, 0, 4, 0],
  [192, "ppi", "Per-Packet Information", 24, 0, 8, 3],
  [197, "mtp", "ERF", NONE, NONE, NONE, NONE],
  [226, "ipnet", "Solaris ipnet", 1, 24, 0, NONE],
  [228, "ipv4", "raw IPv4", NONE, 0, 0, 0],
  [229, "ipv6", "raw IPv6", NONE, 0, 0, 0],
  [240, "ethernet", "netANALYZER Ethernet", 16, 18, 0, 3],
  [241, "ethernet", "transparent netANALYZER Ethernet", 24, 26, 0, 3],
  [246, "other", "OpenBSD pfsync", NONE, 4, 0, 0],
  [276, "sll2", "Linux cooked v2", 0, 20, 0, 0],
  ...juniper([130, 131, 134, 179, 180, 181], 4, 4, 0, NONE),
  ...juniper([132], 6, NONE, NONE, NONE),
  ...juniper([133], 6, 12, 0, NONE),
  ...juniper([135], 8, 8, 0, 10),
  ...juniper([136], 12, NONE, NONE, NONE),
  ...juniper([137], 4, 4, 0, 10),
  ...juniper([164], 12, 12, 0, NONE),
  ...juniper([167, 178], 16, 14, 18, 21),
  ...juniper([168], 4, 6, 0, NONE),
  ...juniper([183, 200], 18, NONE, NONE, NONE),
  ...juniper([194, 232, 233, 234, 238], 8, NONE, NONE, NONE),
];

function juniper(
  numbers: readonly number[],
  type: number,
  payload: number,
  network: number,
  withoutSnap: number,
): Row[] {
  return numbers.map((number) => [number, "juniper", "Juniper", type, payload, network, withoutSnap]);
}

/** Numbers that files use for a link type beside its own: what DLT_ calls it on some system. */
const OTHER_NUMBERS: ReadonlyMap<number, number> = new Map([
  [11, 100],
  [12, 101],
  [15, 102],
  [16, 103],
  [19, 106],
]);

const HEADERS: ReadonlyMap<number, number> = new Map([
  [240, 4],
  [241, 12],
]);

const VARIABLE: ReadonlyMap<number, LinkLayer["variable"]> = new Map([
  [105, "payload"],
  [117, "payload"],
  [119, "header and payload"],
  [127, "header and payload"],
  [163, "header and payload"],
  [192, "header and payload"],
]);

const LAYERS: ReadonlyMap<number, LinkLayer> = new Map(ROWS.map((row) => [row[0], layer(row)]));

function layer([number, family, name, type, payload, network, withoutSnap]: Row): LinkLayer {
  const header = HEADERS.get(number) ?? 0;
  const variable = VARIABLE.get(number) ?? "nothing";
  return { number, family, name, type, payload, network, withoutSnap, header, variable };
}

const FIRST_ASSIGNED = 104;
const LAST_ASSIGNED = 289;

/** Undefined for numbers that no link type has; of those that only `link[n]` and sizes can be asked, all is NOT_SET. */
export function linkLayerOf(linkType: number): LinkLayer | undefined {
  const known = LAYERS.get(OTHER_NUMBERS.get(linkType) ?? linkType);
  if (known !== undefined) return known;
  if (linkType < FIRST_ASSIGNED || linkType > LAST_ASSIGNED) return undefined;
  return layer([linkType, "other", `link type ${linkType}`, NONE, NONE, NONE, NONE]);
}

/** What `pppoes`, `lane` and `geneve` put their headers into. */
export const ETHERNET = layer([1, "ethernet", "Ethernet", 12, 14, 0, 3]);
export const PPP = layer([9, "ppp", "PPP", 2, 4, 0, 0]);
