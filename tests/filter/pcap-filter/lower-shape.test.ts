/** How large filters of real texts come out: as many conjunctions, as many atoms, and whether there is a residual. */
import { expect, test } from "vitest";
import { printConjunction } from "../../../src/dpf/print.js";
import { filterOf } from "./lowered.js";

const TEXTS = `ip
arp
tcp
icmp
ip6
ip proto 47
ether proto 0x88cc
ether host 00:11:22:33:44:55
ether broadcast
not broadcast and not multicast
ip multicast
host 10.0.0.1
src host 10.0.0.1
net 192.168.0.0/16
src net 10.0.0.0/8 and dst net 10.0.0.0/8
host 10.0.0.1 or host 10.0.0.2
host 10.0.0.1 or host 10.0.0.2 or host 10.0.0.3
host 10.0.0.1 and host 10.0.0.2
host 10.0.0.1 and not host 10.0.0.2
ip6 host 2001:db8::1
udp port 53
port 80
port 80 or port 443
port 80 and host 10.0.0.1
tcp port 80 or tcp port 443 or tcp port 22
tcp port 80 or udp port 53 or icmp or arp
(tcp or udp) and port 53
tcp or udp or icmp
portrange 6000-6010
tcp and not port 22
not port 22
not (arp or ip6)
not (host 10.0.0.1 and port 22)
not (tcp port 80 or tcp port 443)
vlan and ip
vlan 5 and tcp port 80
vlan and vlan and ip
tcp port 80 or (vlan and tcp port 80)
mpls and ip
pppoes and ip
icmp[icmptype] == icmp-echo
tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn
tcp[12] >> 4 > 5
ip[6:2] & 0x1fff != 0
ip[0] & 0xf > 5
ip[8] < 5
greater 1000
less 64
len > 100 and len <= 200
tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420
tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)
ip protochain 6`.split("\n");

test("so many conjunctions, atoms, and instructions of a residual", async () => {
  const lines = TEXTS.map((text) => {
    const { filter } = filterOf(text);
    const atoms = filter.conjunctions.reduce((sum, conjunction) => sum + conjunction.length, 0);
    const insns = filter.residual?.lambdas[0]?.insns.length ?? "-";
    return `${filter.conjunctions.length}  ${atoms}  ${insns}  ${text}`;
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("lower-shape.golden.txt");
});

test.each<[string, string[]]>([
  ["not (arp or ip6)", ["12:16 != 0x0806 && 12:16 != 0x86dd"]],
  // What comes after an alternative that is not IPv4 needs no length for IPv4's fields; what is IPv4 has them.
  [
    "src host 10.0.0.1 or dst host 10.0.0.2",
    [
      "12:16 == 0x0800 && 26:32 == 0x0a000001",
      "12:16 == 0x0806 && 28:32 == 0x0a000001",
      "12:16 == 0x8035 && 28:32 == 0x0a000001",
      "12:16 == 0x0800 && 30:32 == 0x0a000002",
      "12:16 == 0x0806 && 38:32 == 0x0a000002",
      "12:16 == 0x8035 && 38:32 == 0x0a000002",
    ],
  ],
  // The later load decides nothing where the earlier did, and ends nothing there.
  ["ether[0] = 1 or ether[60] = 1", ["0:8 == 0x01", "60:8 == 0x01"]],
  // The earlier load ends it where it is not there.
  ["ether[60] = 1 or ether[0] = 1", ["60:8 == 0x01", "0:8 == 0x01 && length >= 61"]],
  ["not ether[60] = 1", ["60:8 != 0x01"]],
  [
    "tcp[12] >> 4 > 5",
    [
      "12:16 == 0x0800 && 20:16 & 0x1fff == 0x0000 && 23:8 == 0x06 && shift 14:8 & 0x0f << 2 && 26:8 & 0xf0 in 0x60..0xf0",
    ],
  ],
  ["len - 14 > 100", ["wire >= 115", "wire <= 13"]],
  ["less 5 and greater 6", ["length >= 1 && length <= 0"]],
])("%s", (text, conjunctions) => {
  const { filter } = filterOf(text);
  expect(filter.residual).toBeUndefined();
  expect(filter.conjunctions.map(printConjunction)).toEqual(conjunctions);
});
