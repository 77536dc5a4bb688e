/**
 * Names that stand for numbers in DPF text: values and masks, never offsets. They are spelled as in the registries of
 * IANA and IEEE, in lower case. A name is one number, wherever it stands: `ip` is the EtherType of IPv4, not a
 * protocol number. The kernel sees the numbers only.
 */
import { EtherType } from "../wire/ethernet.js";
import { Protocol } from "../wire/ipv6.js";
import { TcpFlag } from "../wire/tcp.js";

const ETHERTYPES = {
  ip: EtherType.ipv4,
  arp: EtherType.arp,
  ip6: EtherType.ipv6,
  vlan: EtherType.vlan,
  qinq: EtherType.providerVlan,
  mpls: EtherType.mpls,
  pppoe: EtherType.pppoeSession,
  rarp: 0x8035,
  lldp: 0x88cc,
  ptp: 0x88f7,
  macsec: 0x88e5,
};

/** Of IPv4's protocol and IPv6's next header. */
const PROTOCOLS = {
  icmp: Protocol.icmp,
  tcp: Protocol.tcp,
  udp: Protocol.udp,
  esp: Protocol.esp,
  ah: Protocol.authentication,
  icmp6: Protocol.icmpv6,
  igmp: 2,
  gre: 47,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: 132,
};

const PORTS = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  dns: 53,
  dhcp_server: 67,
  dhcp_client: 68,
  tftp: 69,
  http: 80,
  pop3: 110,
  ntp: 123,
  imap: 143,
  snmp: 161,
  bgp: 179,
  ldap: 389,
  https: 443,
  syslog: 514,
  ipfix: 4739,
  sip: 5060,
  mdns: 5353,
};

/** Of ICMP, type 8 and its answer. */
const ICMP_TYPES = { echo_reply: 0, echo_request: 8 };

/** Of those that have fields to test; the registry's LINKTYPE_ names. */
const LINK_TYPES = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  raw: 101,
  ieee802_11: 105,
  loop: 108,
  linux_sll: 113,
  ieee802_11_radiotap: 127,
  linux_sll2: 276,
};

const CONSTANTS: ReadonlyMap<string, number> = new Map(
  Object.entries({ ...ETHERTYPES, ...PROTOCOLS, ...PORTS, ...ICMP_TYPES, ...LINK_TYPES, ...TcpFlag }),
);

/** The number that the name stands for, or undefined. */
export function constantOf(name: string): number | undefined {
  return CONSTANTS.get(name);
}

/** All names, in order of the alphabet. For tests that write every one of them in a text. */
export function constantNames(): string[] {
  return [...CONSTANTS.keys()].sort();
}
