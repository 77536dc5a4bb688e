/** UDP in a line, and those of its users that say something in a word or two. */
import { formatMac } from "../address.js";
import { u8, u16, u32 } from "../octets.js";
import { UDP, UDP_OCTETS } from "../udp.js";
import { printDns } from "./dns.js";
import { after, type Ends, has, lengthOf, type Piece, printHosts, printPorts, upTo } from "./piece.js";
import { printGeneve, printVxlan } from "./tunnel.js";

export function printUdp(piece: Piece, ends: Ends): string {
  if (!has(piece, 4)) return `${printHosts(ends)}[|udp]`;
  const { octets, at } = piece;
  const source = u16(octets, at);
  const destination = u16(octets, at + 2);
  const head = printPorts(ends, source, destination);
  if (!has(piece, UDP_OCTETS)) return `${head}[|udp]`;
  const told = u16(octets, at + UDP.length.offset);
  if (told !== 0 && told < UDP_OCTETS) return `${head}[bad udp length ${told}]`;
  const length = (told === 0 ? lengthOf(piece) : told) - UDP_OCTETS;
  const data = upTo(after(piece, UDP_OCTETS), at + UDP_OCTETS + length);
  const printer = udpUser(source, destination)?.print;
  if (length > lengthOf(data) && !ends.fragment) return `${head}UDP, bad length ${length} > ${lengthOf(data)}`;
  return head + (printer === undefined ? `UDP, length ${length}` : printer(data, length));
}

export interface UdpUser {
  readonly name: string;
  /** `length`: of the data as UDP's header has it. */
  readonly print: (data: Piece, length: number) => string;
}

/** Who uses a port, of either end; undefined for those that are not known here. */
export function udpUser(source: number, destination: number): UdpUser | undefined {
  return USERS.get(destination) ?? USERS.get(source);
}

const DNS: UdpUser = { name: "dns", print: (data, length) => printDns(data, false, length) };
const DHCP: UdpUser = { name: "dhcp", print: printDhcp };
const DHCP6: UdpUser = { name: "dhcpv6", print: printDhcp6 };

const USERS: ReadonlyMap<number, UdpUser> = new Map([
  [53, DNS],
  [67, DHCP],
  [68, DHCP],
  [123, { name: "ntp", print: printNtp }],
  [514, { name: "syslog", print: printSyslog }],
  [546, DHCP6],
  [547, DHCP6],
  [4789, { name: "vxlan", print: printVxlan }],
  [5353, { name: "mdns", print: (data: Piece, length: number) => printDns(data, true, length) }],
  [6081, { name: "geneve", print: printGeneve }],
]);

/** RFC 2131 §2: the first octet tells the direction, the client's hardware address begins at 28. */
function printDhcp(data: Piece, length: number): string {
  if (!has(data, 1)) return "[|bootp]";
  const operation = u8(data.octets, data.at);
  if (operation === 2) return `BOOTP/DHCP, Reply, length ${length}`;
  if (operation !== 1) return `BOOTP/DHCP, unknown (${operation}), length ${length}`;
  const ethernet = has(data, 34) && u8(data.octets, data.at + 1) === 1 && u8(data.octets, data.at + 2) === 6;
  return `BOOTP/DHCP, Request${ethernet ? ` from ${formatMac(data.octets, data.at + 28)}` : ""}, length ${length}`;
}

/** RFC 5905 §7.3: leap indicator, version and mode in the first octet. */
const NTP_MODES: readonly string[] = [
  "unspecified",
  "symmetric active",
  "symmetric passive",
  "Client",
  "Server",
  "Broadcast",
  "Control Message",
  "Reserved",
];

function printNtp(data: Piece, length: number): string {
  if (!has(data, 1)) return "[|ntp]";
  const first = u8(data.octets, data.at);
  return `NTPv${(first >> 3) & 7}, ${NTP_MODES[first & 7]}, length ${length}`;
}

const FACILITIES = "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console cron".split(
  " ",
);
const SEVERITIES = "emergency alert critical error warning notice info debug".split(" ");

/** RFC 3164 §4.1.1: <priority>; facility · 8 + severity. */
function printSyslog(data: Piece, length: number): string {
  const { octets, at, end } = data;
  let place = at + 1;
  let priority = 0;
  if (at < end && u8(octets, at) === 0x3c) {
    for (; place < end && place < at + 4 && u8(octets, place) >= 0x30 && u8(octets, place) <= 0x39; place++) {
      priority = priority * 10 + u8(octets, place) - 0x30;
    }
  }
  if (place === at + 1 || place >= end || u8(octets, place) !== 0x3e || priority > 191) return `UDP, length ${length}`;
  const facility = priority >> 3;
  const name = FACILITIES[facility] ?? `local${facility - 16}`;
  return `SYSLOG ${name}.${SEVERITIES[priority & 7]}, length: ${length}`;
}

/** RFC 9915 §7.3. */
const DHCP6_MESSAGES: readonly string[] = [
  "",
  "solicit",
  "advertise",
  "request",
  "confirm",
  "renew",
  "rebind",
  "reply",
  "release",
  "decline",
  "reconf",
  "inf-req",
  "relay-fwd",
  "relay-reply",
];

function printDhcp6(data: Piece, length: number): string {
  if (!has(data, 4)) return "[|dhcp6]";
  const message = u8(data.octets, data.at);
  const name = DHCP6_MESSAGES[message] ?? "";
  const number = message < 12 ? ` (xid=${(u32(data.octets, data.at) & 0xffffff).toString(16)})` : "";
  return `dhcp6 ${name === "" ? `msgtype-${message}` : name}${number}, length ${length}`;
}
