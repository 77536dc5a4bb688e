/** Frames to print and to dissect: those of the captures here, and made ones for what no capture here holds. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readOctets } from "../capture/read.js";
import type { Chance } from "../seeded.js";

export interface Frame {
  readonly octets: Uint8Array;
  readonly wire: number;
  readonly linkType: number;
}

export const CAPTURES = [
  "demo.pcap",
  "dns.pcap",
  "fragments.pcap",
  "headers.pcap.gz",
  "lossy-tcp.pcap",
  "mixed.pcapng",
  "nanoseconds.pcap",
  "ping-arp.pcap",
  "tls.pcapng",
  "vlan.pcap",
  "web.pcap",
] as const;

const STRETCH = 2 * 1024 * 1024;

/** The capture's file, gunzipped. */
export function captureFile(name: string): Buffer {
  const file = readFileSync(`captures/${name}`);
  return name.endsWith(".gz") ? gunzipSync(file) : file;
}

export function captureFrames(name: string): Frame[] {
  return readOctets(captureFile(name), STRETCH).records.map(({ octets, wire, linkType }) => ({
    octets: Uint8Array.from(Buffer.from(octets, "hex")),
    wire,
    linkType,
  }));
}

/** A frame cut and hit at random, or noise. */
export function damaged(chance: Chance, frames: readonly Frame[]): Uint8Array {
  const from = chance.pick(frames).octets;
  const octets = chance.percent(20) ? new Uint8Array(chance.below(200)) : from.slice(0, 1 + chance.below(from.length));
  if (chance.percent(20)) octets.set(octets.map(() => chance.below(256)));
  for (let hits = chance.below(8); hits > 0; hits--) octets[chance.below(octets.length)] = chance.below(256);
  return octets;
}

/** Octets from hexadecimal digits; blanks are for the reader. */
export function hex(...texts: string[]): string {
  return texts.join("").replaceAll(" ", "");
}

export function text(characters: string): string {
  return Buffer.from(characters, "utf8").toString("hex");
}

export function word(value: number, octets = 2): string {
  return value.toString(16).padStart(2 * octets, "0");
}

const size = (digits: string) => hex(digits).length / 2;

export function ipv4(protocol: number, payload: string, fragment = 0): string {
  const total = word(20 + size(payload));
  return hex("4500", total, "1a2b", word(fragment), "40", word(protocol, 1), "0000 0a000001 0a000002", payload);
}

const IPV6_ADDRESSES = "20010db8000000000000000000000001 20010db8000000000000000000000002";

export function ipv6(next: number, payload: string): string {
  return hex("60000000", word(size(payload)), word(next, 1), "40", IPV6_ADDRESSES, payload);
}

export function udp(source: number, destination: number, payload: string): string {
  return hex(word(source), word(destination), word(8 + size(payload)), "0000", payload);
}

export function tcp(flags: number, payload: string, options = "", ports = "c350 0050"): string {
  const offset = word(((20 + size(options)) / 4) * 16, 1);
  return hex(ports, "00000064 000000c8", offset, word(flags, 1), "0200 0000 0000", options, payload);
}

export function ethernet(type: number, payload: string): string {
  return hex("020000000002 020000000001", word(type), payload);
}

function frame(octets: string, linkType = 1): Frame {
  const made = Uint8Array.from(Buffer.from(hex(octets), "hex"));
  return { octets: made, wire: made.length, linkType };
}

const label = (name: string) => word(Buffer.byteLength(name), 1) + text(name);
export const dnsName = (...labels: string[]) => `${labels.map(label).join("")}00`;

/** A query for one name, whatever its labels hold. */
export function dnsQuery(name: string): string {
  return hex("0007 0100 0001 0000 0000 0000", name, "0001 0001");
}

const PING = hex("0800 0000 0001 0002", text("abcd"));
const SYN = tcp(2, "", "020405b4 0402 080a0000000100000000 01 030307");
const HELLO_NAME = hex("0000 0015 0013 00 0010", text("web.lab.example."));
const HELLO_BODY = hex("0303", "00".repeat(32), "00 0002 1301 0100", word(size(HELLO_NAME)), HELLO_NAME);
const HELLO = hex("16 0301", word(size(HELLO_BODY) + 4), "01", word(size(HELLO_BODY), 3), HELLO_BODY);
const RADIOTAP = hex("0000 0f00 2e000000 00 16 6c09 a000 ba");
const STATION = "020000000002 020000000001 020000000003";
const SNAP_IPV4 = hex("aaaa03 000000 0800", ipv4(1, PING));
const RESPONSE = hex(
  "0007 8580 0001 0006 0000 0000",
  dnsName("a", "example"),
  "0001 0001",
  "c00c 0005 0001 00000e10 0004 0162c00e",
  "c00c 0001 0001 00000e10 0004 0a000050",
  "c00c 001c 0001 00000e10 0010 20010db8000000000000000000000001",
  "c00c 000f 0001 00000e10 0004 000ac00c",
  "c00c 0021 0001 00000e10 0008 0001 0002 0050 c00c",
  "c00c 0010 0001 00000e10 0004 03",
  text('a"\\'),
);

/** By name. */
export const MADE: Readonly<Record<string, Frame>> = {
  "arp probe with a target": frame(
    ethernet(0x0806, hex("0001 0800 06 04 0001 020000000001 00000000 020000000009 0a000002")),
  ),
  "arp of other hardware": frame(ethernet(0x0806, hex("0006 0800 06 04 0001", "00".repeat(20)))),
  "reverse arp": frame(ethernet(0x8035, hex("0001 0800 06 04 0003 020000000001 00000000 020000000009 00000000"))),
  "two tags": frame(ethernet(0x88a8, hex("2064 8100 500a 0800", ipv4(6, SYN)))),
  "tag and LLC": frame(ethernet(0x8100, hex("0005 0003 f0f07f"))),
  "MPLS, two labels": frame(ethernet(0x8847, hex("00010040 00011f40", ipv4(1, PING)))),
  "PPPoE session": frame(ethernet(0x8864, hex("1100 0011", word(2 + size(ipv4(1, PING))), "0021", ipv4(1, PING)))),
  "PPPoE discovery": frame(ethernet(0x8863, hex("1107 0000 000c 0101 0000 0102 0004", text("BR\u001bS")))),
  LLC: frame(ethernet(3, "e0e003")),
  "spanning tree": frame(
    ethernet(38, hex("424203 0000 00 00 00 8000020000000001 00000000 8000020000000001 8001 0000 1400 0200 0f00")),
  ),
  "rapid spanning tree": frame(
    ethernet(39, hex("424203 0000 02 02 3c 8000020000000001 00000000 8000020000000001 8001 0000 1400 0200 0f00 00")),
  ),
  CDP: frame(ethernet(12, hex("aaaa03 00000c 2000 02b40000"))),
  EAPOL: frame(ethernet(0x888e, "02010000")),
  LLDP: frame(ethernet(0x88cc, hex("0207 04020000000001 0403 026131 0602 0078 0a05", text("sw\u202e"), "0000"))),
  "unknown type": frame(ethernet(0x88b5, "00112233")),
  "first fragment": frame(ethernet(0x0800, ipv4(17, hex("c350 0007 0bc0 0000", "61".repeat(16)), 0x2000))),
  "later fragment": frame(ethernet(0x0800, ipv4(17, "61".repeat(16), 0x0003))),
  "unknown protocol": frame(ethernet(0x0800, ipv4(254, "00112233"))),
  "version 5 in an IPv4 frame": frame(ethernet(0x0800, "55".repeat(24))),
  "header length below 20": frame(ethernet(0x0800, hex("44", "00".repeat(23)))),
  "longer than its frame": frame(ethernet(0x0800, ipv4(17, udp(50_000, 7, "61".repeat(40))).slice(0, -20))),
  "segmented later (total length 0)": frame(ethernet(0x0800, ipv4(6, SYN).replace(/^4500..../, "45000000"))),
  "sack, fast open, urgent": frame(
    ethernet(0x0800, ipv4(6, tcp(0x38, "61", hex("0101 050a 0000000a 00000014 2206 aabbccdd 0100"), "1000 2000"))),
  ),
  "bad option": frame(ethernet(0x0800, ipv4(6, tcp(0x10, "", "0801 0101")))),
  "no flags, bad offset": frame(ethernet(0x0800, ipv4(6, hex("c3500050 00000000 00000000 1000 0200 0000 0000")))),
  "TLS client hello": frame(ethernet(0x0800, ipv4(6, tcp(0x18, HELLO, "", "c350 01bb")))),
  "HTTP request": frame(ethernet(0x0800, ipv4(6, tcp(0x18, text("GET /\u001b[2Jx HTTP/1.1\r\nHost: a\r\n"))))),
  "SSH greeting": frame(ethernet(0x86dd, ipv6(6, tcp(0x18, text("SSH-2.0-x\r\n"), "", "c350 0016")))),
  "DNS response": frame(ethernet(0x0800, ipv4(17, udp(53, 50_000, RESPONSE)))),
  "DNS over TCP": frame(
    ethernet(0x0800, ipv4(6, tcp(0x18, hex("001b", dnsQuery(dnsName("example", "x"))), "", "c350 0035"))),
  ),
  "multicast DNS": frame(ethernet(0x86dd, ipv6(17, udp(5353, 5353, dnsQuery(dnsName("_http", "_tcp", "local")))))),
  DHCP: frame(
    ethernet(0x0800, ipv4(17, udp(68, 67, hex("01010600", "00".repeat(24), "020000000001", "00".repeat(210))))),
  ),
  DHCPv6: frame(ethernet(0x86dd, ipv6(17, udp(546, 547, "01abcdef")))),
  NTP: frame(ethernet(0x0800, ipv4(17, udp(123, 123, "23".padEnd(96, "0"))))),
  syslog: frame(ethernet(0x0800, ipv4(17, udp(50_000, 514, text("<134>a\nb"))))),
  "port unreachable": frame(ethernet(0x0800, ipv4(1, hex("0303 0000 00000000", ipv4(17, udp(50_000, 9, "")))))),
  "need to frag": frame(ethernet(0x0800, ipv4(1, hex("0304 0000 00000578", ipv4(6, "c3500050 00000064"))))),
  redirect: frame(ethernet(0x0800, ipv4(1, hex("0501 0000 0a0000fe", ipv4(17, udp(50_000, 9, "")))))),
  "time exceeded": frame(ethernet(0x0800, ipv4(1, hex("0b00 0000 00000000", ipv4(17, udp(50_000, 9, "")))))),
  "ICMPv6 port unreachable": frame(ethernet(0x86dd, ipv6(58, hex("0104 0000 00000000", ipv6(17, udp(50_000, 9, "")))))),
  "neighbor solicitation": frame(
    ethernet(0x86dd, ipv6(58, hex("8700 0000 00000000 20010db8000000000000000000000009"))),
  ),
  "extension headers": frame(ethernet(0x86dd, ipv6(0, hex("3c00 0502 0000 0100 0600 0104 00000000", SYN)))),
  "IPv6 fragment": frame(ethernet(0x86dd, ipv6(44, hex("1100 0001 00000007", udp(50_000, 7, "61"))))),
  "routing header": frame(ethernet(0x86dd, ipv6(43, hex("1100 0400 00000000", udp(50_000, 7, "61"))))),
  IGMP: frame(ethernet(0x0800, ipv4(2, "1600 0000 e0000001"))),
  OSPF: frame(ethernet(0x0800, ipv4(89, hex("0201 002c", "00".repeat(40))))),
  ESP: frame(ethernet(0x0800, ipv4(50, hex("0000000a 00000001", "00".repeat(16))))),
  AH: frame(ethernet(0x0800, ipv4(51, hex("06 04 0000 0000000a 00000001", "00".repeat(12), SYN)))),
  SCTP: frame(ethernet(0x0800, ipv4(132, hex("0b59 0b59 00000000 00000000 0003 0010 00000001", "00".repeat(8))))),
  GRE: frame(ethernet(0x0800, ipv4(47, hex("3000 0800 00000007 00000008", ipv4(1, PING))))),
  "GRE, bridging": frame(
    ethernet(0x0800, ipv4(47, hex("0000 6558", ethernet(0x0806, hex("0001 0800 06 04 0002", "00".repeat(20)))))),
  ),
  "IP in IP": frame(ethernet(0x0800, ipv4(4, ipv4(1, PING)))),
  "IPv6 in IPv4": frame(ethernet(0x0800, ipv4(41, ipv6(6, SYN)))),
  "many tunnels": frame(ethernet(0x0800, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(1, PING)))))))),
  VXLAN: frame(
    ethernet(0x0800, ipv4(17, udp(50_000, 4789, hex("08000000 00000700", ethernet(0x0800, ipv4(1, PING)))))),
  ),
  Geneve: frame(
    ethernet(0x0800, ipv4(17, udp(50_000, 6081, hex("0140 6558 00000700 01020304", ethernet(0x86dd, ipv6(6, SYN)))))),
  ),
  "raw IPv4": frame(ipv4(6, SYN), 101),
  "raw IPv6": frame(ipv6(6, SYN), 12),
  "IPv4 alone": frame(ipv4(6, SYN), 228),
  "IPv6 alone": frame(ipv6(6, SYN), 229),
  null: frame(hex("02000000", ipv4(1, PING)), 0),
  "loop, IPv6": frame(hex("0000001c", ipv6(6, SYN)), 108),
  "null, unknown family": frame("0700000000", 0),
  PPP: frame(hex("ff03 0021", ipv4(1, PING)), 9),
  "PPP, short protocol": frame(hex("21", ipv4(1, PING)), 9),
  LCP: frame("ff03 c021 0101 0008 01040578", 9),
  "PPP, unknown protocol": frame("ff03 4021 00", 50),
  "PPPoE alone": frame(hex("1100 0011", word(2 + size(ipv4(1, PING))), "0021", ipv4(1, PING)), 51),
  "Cisco HDLC": frame(hex("0f00 0800", ipv4(1, PING)), 104),
  SLL: frame(hex("0000 0001 0006 0200000000010000 0800", ipv4(6, SYN)), 113),
  SLL2: frame(hex("0800 0000 00000014 0001 00 06 0200000000010000", ipv4(6, SYN)), 276),
  beacon: frame(
    hex("8000 0000 ffffffffffff 020000000001 020000000001 0000", "00".repeat(8), "6400 1104 0005", text("a)\u0007b!")),
    105,
  ),
  acknowledgment: frame("d400 0000 020000000001", 105),
  "802.11 data": frame(hex("0801 0000", STATION, "0000", SNAP_IPV4), 105),
  "QoS data with radiotap": frame(hex(RADIOTAP, "8802 0000", STATION, "0000 0000", SNAP_IPV4), 127),
  "protected data": frame(hex("0841 0000", STATION, "0000", "00".repeat(16)), 105),
  "unknown link type": frame("00112233", 147),
};

/** By name: Ethernet frames whose headers go on and on, or lead back to where they were. */
export const ENDLESS: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  (
    [
      ["bridges within bridges", ethernet(0x6558, ethernet(0x6558, "").repeat(4000))],
      ["tags", ethernet(0x8100, "00018100".repeat(60_000))],
      ["labels", ethernet(0x8847, "00010040".repeat(60_000))],
      ["tags within SNAP", ethernet(0x8100, "00010008aaaa030000008100".repeat(20_000))],
      ["GRE within GRE", ethernet(0x0800, ipv4(47, hex("00000800", ipv4(47, "").repeat(2000))))],
      ["authentication headers", ethernet(0x86dd, ipv6(51, "33000000".repeat(16_000)))],
      ["hop-by-hop headers", ethernet(0x86dd, ipv6(0, "0000000000000000".repeat(8000)))],
      ["DNS pointers that turn in circles", ethernet(0x0800, ipv4(17, udp(1, 53, dnsQuery("c00c"))))],
      [
        "questions without end",
        ethernet(0x0800, ipv4(17, udp(1, 53, hex("0007 0100 ffff 0000 0000 0000", "c00c00010001".repeat(9000))))),
      ],
      [
        "questions before an answer",
        ethernet(0x0800, ipv4(17, udp(53, 1, hex("0007 8180 ffff 0001 0000 0000", "c00c00010001".repeat(9000))))),
      ],
      [
        "a long text record",
        ethernet(
          0x0800,
          ipv4(
            17,
            udp(53, 1, hex("0007 8180 0000 0001 0000 0000 00 0010 0001 00000000", word(60_000), "01".repeat(60_000))),
          ),
        ),
      ],
      ["TCP options", ethernet(0x0800, ipv4(6, tcp(2, "", "22280000".padEnd(80, "f"))))],
    ] as const
  ).map(([name, digits]) => [name, Uint8Array.from(Buffer.from(hex(digits), "hex"))]),
);
