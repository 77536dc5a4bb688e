/**
 * Numbers that people know by name, as tcpdump's users know them: EtherTypes (IEEE), protocols, DNS parameters (IANA).
 * What is not here has a number only.
 */
export const ETHER_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0800, "IPv4"],
  [0x0806, "ARP"],
  [0x0842, "Wake-on-LAN"],
  [0x22f0, "AVTP"],
  [0x6558, "Bridged Ethernet"],
  [0x8035, "Reverse ARP"],
  [0x809b, "Appletalk"],
  [0x80f3, "Appletalk ARP"],
  [0x8100, "802.1Q"],
  [0x8137, "IPX"],
  [0x86dd, "IPv6"],
  [0x8808, "MPCP"],
  [0x8809, "Slow Protocols"],
  [0x8847, "MPLS unicast"],
  [0x8848, "MPLS multicast"],
  [0x8863, "PPPoE D"],
  [0x8864, "PPPoE S"],
  [0x888e, "EAPOL"],
  [0x88a2, "ATA over Ethernet"],
  [0x88a8, "802.1Q-QinQ"],
  [0x88cc, "LLDP"],
  [0x88e5, "MACsec"],
  [0x88e7, "802.1ah"],
  [0x88f7, "PTP"],
  [0x8902, "CFM"],
  [0x8906, "FCoE"],
  [0x9000, "Loopback"],
  [0x9100, "802.1Q-9100"],
  [0x9200, "802.1Q-9200"],
]);

export const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "HOPOPT"],
  [1, "ICMP"],
  [2, "IGMP"],
  [4, "IPIP"],
  [6, "TCP"],
  [8, "EGP"],
  [17, "UDP"],
  [33, "DCCP"],
  [41, "IPv6"],
  [43, "IPv6-Route"],
  [44, "IPv6-Frag"],
  [46, "RSVP"],
  [47, "GRE"],
  [50, "ESP"],
  [51, "AH"],
  [58, "ICMPv6"],
  [59, "IPv6-NoNxt"],
  [60, "IPv6-Opts"],
  [88, "EIGRP"],
  [89, "OSPF"],
  [97, "EtherIP"],
  [103, "PIM"],
  [108, "IPComp"],
  [112, "VRRP"],
  [115, "L2TP"],
  [132, "SCTP"],
  [135, "Mobility"],
  [136, "UDPLite"],
  [137, "MPLS-in-IP"],
]);

export const ICMP_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "echo reply"],
  [3, "unreachable"],
  [4, "source quench"],
  [5, "redirect"],
  [8, "echo request"],
  [9, "router advertisement"],
  [10, "router solicitation"],
  [11, "time exceeded"],
  [12, "parameter problem"],
  [13, "time stamp query"],
  [14, "time stamp reply"],
  [15, "information request"],
  [16, "information reply"],
  [17, "address mask request"],
  [18, "address mask reply"],
]);

export const ICMPV6_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "destination unreachable"],
  [2, "packet too big"],
  [3, "time exceeded"],
  [4, "parameter problem"],
  [128, "echo request"],
  [129, "echo reply"],
  [130, "multicast listener query"],
  [131, "multicast listener report"],
  [132, "multicast listener done"],
  [133, "router solicitation"],
  [134, "router advertisement"],
  [135, "neighbor solicitation"],
  [136, "neighbor advertisement"],
  [137, "redirect"],
  [138, "router renumbering"],
  [139, "node information query"],
  [140, "node information reply"],
  [143, "multicast listener report v2"],
  [151, "multicast router advertisement"],
  [152, "multicast router solicitation"],
  [153, "multicast router termination"],
  [155, "RPL"],
]);

const DNS_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [10, "NULL"],
  [12, "PTR"],
  [13, "HINFO"],
  [15, "MX"],
  [16, "TXT"],
  [24, "SIG"],
  [25, "KEY"],
  [28, "AAAA"],
  [29, "LOC"],
  [33, "SRV"],
  [35, "NAPTR"],
  [39, "DNAME"],
  [41, "OPT"],
  [43, "DS"],
  [44, "SSHFP"],
  [46, "RRSIG"],
  [47, "NSEC"],
  [48, "DNSKEY"],
  [50, "NSEC3"],
  [51, "NSEC3PARAM"],
  [52, "TLSA"],
  [64, "SVCB"],
  [65, "HTTPS"],
  [99, "SPF"],
  [250, "TSIG"],
  [251, "IXFR"],
  [252, "AXFR"],
  [255, "ANY"],
  [257, "CAA"],
]);

const DNS_CLASS_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "IN"],
  [3, "CHAOS"],
  [4, "HS"],
  [255, "ANY"],
]);

const DNS_OPCODE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "inv_q"],
  [2, "stat"],
  [4, "notify"],
  [5, "update"],
]);

const DNS_RESPONSE_NAMES: readonly string[] = [
  "",
  "FormErr",
  "ServFail",
  "NXDomain",
  "NotImp",
  "Refused",
  "YXDomain",
  "YXRRSet",
  "NXRRSet",
  "NotAuth",
  "NotZone",
];

export function dnsTypeName(type: number): string {
  return DNS_TYPE_NAMES.get(type) ?? `Type${type}`;
}

export function dnsClassName(value: number): string {
  return DNS_CLASS_NAMES.get(value) ?? `Class${value}`;
}

/** Empty for the query, which is what most messages are. */
export function dnsOpcodeName(opcode: number): string {
  return opcode === 0 ? "" : (DNS_OPCODE_NAMES.get(opcode) ?? `op${opcode}`);
}

/** Empty where there was no error. */
export function dnsResponseName(code: number): string {
  return DNS_RESPONSE_NAMES[code] ?? `Resp${code}`;
}
