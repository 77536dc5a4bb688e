/** The rows of each header: names and labels for people, filters where pcap-filter has words for the field. */
import { ARP, ARP_OCTETS } from "../arp.js";
import { DNS, DNS_OCTETS } from "../dns.js";
import { ETHERNET, ETHERNET_OCTETS, TAG_OCTETS, VLAN } from "../ethernet.js";
import { field } from "../field.js";
import { ICMP, ICMP_OCTETS } from "../icmp.js";
import { IPV4, IPV4_HEADER_OCTETS } from "../ipv4.js";
import { IPV6, IPV6_FRAGMENT, IPV6_FRAGMENT_OCTETS, IPV6_HEADER_OCTETS } from "../ipv6.js";
import { ETHER_TYPE_NAMES, ICMP_TYPE_NAMES, ICMPV6_TYPE_NAMES, PROTOCOL_NAMES } from "../registry.js";
import { TCP, TCP_OCTETS } from "../tcp.js";
import { GENEVE, GENEVE_OCTETS, GRE, GRE_OCTETS, VXLAN, VXLAN_OCTETS } from "../tunnel.js";
import { UDP, UDP_OCTETS } from "../udp.js";
import { row } from "./layer.js";
import type { Header } from "./walk.js";

export const ETHERNET_HEADER: Header = {
  name: "eth",
  label: "Ethernet",
  octets: ETHERNET_OCTETS,
  rows: [
    row("eth.dst", "Destination", ETHERNET.destination, "mac", "ether dst %"),
    row("eth.src", "Source", ETHERNET.source, "mac", "ether src %"),
    row("eth.type", "Type", ETHERNET.type, ETHER_TYPE_NAMES, "ether proto %"),
  ],
};

/** Of a frame whose type is a length: the LLC header behind it tells what it carries. */
export const IEEE_802_3_HEADER: Header = {
  ...ETHERNET_HEADER,
  label: "IEEE 802.3 Ethernet",
  rows: [
    row("eth.dst", "Destination", ETHERNET.destination, "mac", "ether dst %"),
    row("eth.src", "Source", ETHERNET.source, "mac", "ether src %"),
    row("eth.len", "Length", ETHERNET.type),
  ],
};

/** From the tag's contents on: its TPID was the type of what came before. */
const tag = (of: { name: string; offset: number; bits: number; skip: number }) =>
  field(of.name, of.offset - 2, of.bits, of.skip);

export const VLAN_HEADER: Header = {
  name: "vlan",
  label: "802.1Q tag",
  octets: TAG_OCTETS,
  rows: [
    row("vlan.priority", "Priority", tag(VLAN.priority)),
    row("vlan.dei", "Drop eligible", tag(VLAN.dropEligible), "flag"),
    row("vlan.id", "VLAN", tag(VLAN.id), "decimal", "vlan %"),
    row("vlan.etype", "Type", tag(VLAN.type), ETHER_TYPE_NAMES),
  ],
};

export const MPLS_HEADER: Header = {
  name: "mpls",
  label: "MPLS label",
  octets: 4,
  rows: [
    row("mpls.label", "Label", field("mpls.label", 0, 20), "decimal", "mpls %"),
    row("mpls.exp", "Traffic class", field("mpls.trafficClass", 2, 3, 4)),
    row("mpls.bottom", "Bottom of stack", field("mpls.bottom", 2, 1, 7), "flag"),
    row("mpls.ttl", "Time to live", field("mpls.ttl", 3, 8)),
  ],
};

export const PPPOE_HEADER: Header = {
  name: "pppoe",
  label: "PPPoE",
  octets: 6,
  rows: [
    row("pppoe.version", "Version", field("pppoe.version", 0, 4)),
    row("pppoe.type", "Type", field("pppoe.type", 0, 4, 4)),
    row("pppoe.code", "Code", field("pppoe.code", 1, 8), "hex"),
    row("pppoe.session_id", "Session", field("pppoe.session", 2, 16), "hex", "pppoes %"),
    row("pppoe.payload_length", "Payload length", field("pppoe.length", 4, 16)),
  ],
};

export const SLL_HEADER: Header = {
  name: "sll",
  label: "Linux cooked capture",
  octets: 16,
  rows: [
    row("sll.pkttype", "Packet type", field("sll.packetType", 0, 16)),
    row("sll.hatype", "Link-layer address type", field("sll.hardware", 2, 16)),
    row("sll.halen", "Address length", field("sll.addressLength", 4, 16)),
    row("sll.src.eth", "Source", field("sll.address", 6, 48), "mac"),
    row("sll.etype", "Protocol", field("sll.protocol", 14, 16), ETHER_TYPE_NAMES),
  ],
};

export const SLL2_HEADER: Header = {
  name: "sll2",
  label: "Linux cooked capture v2",
  octets: 20,
  rows: [
    row("sll.etype", "Protocol", field("sll2.protocol", 0, 16), ETHER_TYPE_NAMES),
    row("sll.ifindex", "Interface index", field("sll2.interface", 4, 32), "decimal", "ifindex %"),
    row("sll.hatype", "Link-layer address type", field("sll2.hardware", 8, 16)),
    row("sll.pkttype", "Packet type", field("sll2.packetType", 10, 8)),
    row("sll.halen", "Address length", field("sll2.addressLength", 11, 8)),
    row("sll.src.eth", "Source", field("sll2.address", 12, 48), "mac"),
  ],
};

export const CHDLC_HEADER: Header = {
  name: "chdlc",
  label: "Cisco HDLC",
  octets: 4,
  rows: [
    row("chdlc.address", "Address", field("chdlc.address", 0, 8), "hex"),
    row("chdlc.protocol", "Protocol", field("chdlc.protocol", 2, 16), ETHER_TYPE_NAMES, "ether proto %"),
  ],
};

export const ARP_HEADER: Header = {
  name: "arp",
  label: "ARP",
  octets: ARP_OCTETS,
  rows: [
    row("arp.hw.type", "Hardware type", ARP.hardware),
    row("arp.proto.type", "Protocol type", ARP.protocol, ETHER_TYPE_NAMES),
    row("arp.hw.size", "Hardware address length", ARP.hardwareLength),
    row("arp.proto.size", "Protocol address length", ARP.protocolLength),
    row("arp.opcode", "Operation", ARP.operation),
    row("arp.src.hw_mac", "Sender's MAC address", ARP.senderMac, "mac"),
    row("arp.src.proto_ipv4", "Sender's address", ARP.senderIp, "ipv4"),
    row("arp.dst.hw_mac", "Target's MAC address", ARP.targetMac, "mac"),
    row("arp.dst.proto_ipv4", "Target's address", ARP.targetIp, "ipv4"),
  ],
};

export const IPV4_HEADER: Header = {
  name: "ip",
  label: "IPv4",
  octets: IPV4_HEADER_OCTETS,
  rows: [
    row("ip.version", "Version", IPV4.version),
    row("ip.hdr_len", "Header length (words)", IPV4.headerLength),
    row("ip.dsfield.dscp", "Differentiated services", IPV4.dscp),
    row("ip.dsfield.ecn", "Congestion notification", IPV4.ecn),
    row("ip.len", "Total length", IPV4.totalLength),
    row("ip.id", "Identification", IPV4.identification, "hex"),
    row("ip.flags.df", "Don't fragment", IPV4.dontFragment, "flag"),
    row("ip.flags.mf", "More fragments", IPV4.moreFragments, "flag"),
    row("ip.frag_offset", "Fragment offset (8 octets)", IPV4.fragmentOffset),
    row("ip.ttl", "Time to live", IPV4.ttl),
    row("ip.proto", "Protocol", IPV4.protocol, PROTOCOL_NAMES, "ip proto %"),
    row("ip.checksum", "Header checksum", IPV4.checksum, "hex"),
    row("ip.src", "Source", IPV4.source, "ipv4", "src host %"),
    row("ip.dst", "Destination", IPV4.destination, "ipv4", "dst host %"),
  ],
};

export const IPV6_HEADER: Header = {
  name: "ipv6",
  label: "IPv6",
  octets: IPV6_HEADER_OCTETS,
  rows: [
    row("ipv6.version", "Version", IPV6.version),
    row("ipv6.tclass", "Traffic class", IPV6.trafficClass),
    row("ipv6.flow", "Flow label", IPV6.flowLabel, "hex"),
    row("ipv6.plen", "Payload length", IPV6.payloadLength),
    row("ipv6.nxt", "Next header", IPV6.nextHeader, PROTOCOL_NAMES, "ip6 proto %"),
    row("ipv6.hlim", "Hop limit", IPV6.hopLimit),
    row("ipv6.src", "Source", IPV6.source, "ipv6", "src host %"),
    row("ipv6.dst", "Destination", IPV6.destination, "ipv6", "dst host %"),
  ],
};

export const EXTENSION_HEADER: Header = {
  name: "ipv6.ext",
  label: "IPv6 extension header",
  octets: 8,
  rows: [
    row("ipv6.ext.nxt", "Next header", field("ipv6.extension.next", 0, 8), PROTOCOL_NAMES),
    row("ipv6.ext.len", "Length", field("ipv6.extension.length", 1, 8)),
  ],
};

export const FRAGMENT_HEADER: Header = {
  name: "ipv6.fraghdr",
  label: "IPv6 fragment header",
  octets: IPV6_FRAGMENT_OCTETS,
  rows: [
    row("ipv6.fraghdr.nxt", "Next header", IPV6_FRAGMENT.nextHeader, PROTOCOL_NAMES),
    row("ipv6.fraghdr.offset", "Fragment offset (8 octets)", IPV6_FRAGMENT.offset),
    row("ipv6.fraghdr.more", "More fragments", IPV6_FRAGMENT.more, "flag"),
    row("ipv6.fraghdr.ident", "Identification", IPV6_FRAGMENT.identification, "hex"),
  ],
};

/** TCP's flags from the lowest bit on: name, label. */
const TCP_FLAGS = [
  ["fin", "Fin"],
  ["syn", "Syn"],
  ["reset", "Reset"],
  ["push", "Push"],
  ["ack", "Acknowledgment"],
  ["urg", "Urgent"],
  ["ece", "ECN-Echo"],
  ["cwr", "Congestion window reduced"],
] as const;

export const TCP_HEADER: Header = {
  name: "tcp",
  label: "TCP",
  octets: TCP_OCTETS,
  rows: [
    row("tcp.srcport", "Source port", TCP.sourcePort, "decimal", "tcp src port %"),
    row("tcp.dstport", "Destination port", TCP.destinationPort, "decimal", "tcp dst port %"),
    row("tcp.seq", "Sequence number", TCP.sequence),
    row("tcp.ack", "Acknowledgment number", TCP.acknowledgment),
    row("tcp.hdr_len", "Header length (words)", TCP.dataOffset),
    row("tcp.flags", "Flags", TCP.flags, "hex"),
    ...TCP_FLAGS.map(([name, label], bit) =>
      row(`tcp.flags.${name}`, label, field(`tcp.flag.${name}`, 13, 1, 7 - bit), "flag"),
    ),
    row("tcp.window_size_value", "Window", TCP.window),
    row("tcp.checksum", "Checksum", TCP.checksum, "hex"),
    row("tcp.urgent_pointer", "Urgent pointer", TCP.urgentPointer),
  ],
};

export const UDP_HEADER: Header = {
  name: "udp",
  label: "UDP",
  octets: UDP_OCTETS,
  rows: [
    row("udp.srcport", "Source port", UDP.sourcePort, "decimal", "udp src port %"),
    row("udp.dstport", "Destination port", UDP.destinationPort, "decimal", "udp dst port %"),
    row("udp.length", "Length", UDP.length),
    row("udp.checksum", "Checksum", UDP.checksum, "hex"),
  ],
};

export const ICMP_HEADER: Header = {
  name: "icmp",
  label: "ICMP",
  octets: ICMP_OCTETS,
  rows: [
    row("icmp.type", "Type", ICMP.type, ICMP_TYPE_NAMES),
    row("icmp.code", "Code", ICMP.code),
    row("icmp.checksum", "Checksum", ICMP.checksum, "hex"),
  ],
};

export const ICMPV6_HEADER: Header = {
  name: "icmpv6",
  label: "ICMPv6",
  octets: ICMP_OCTETS,
  rows: [
    row("icmpv6.type", "Type", ICMP.type, ICMPV6_TYPE_NAMES),
    row("icmpv6.code", "Code", ICMP.code),
    row("icmpv6.checksum", "Checksum", ICMP.checksum, "hex"),
  ],
};

/** Of echoes, behind the four octets that all messages share. */
export const ECHO_ROWS = [
  row("icmp.ident", "Identifier", field("icmp.identifier", 4, 16)),
  row("icmp.seq", "Sequence number", field("icmp.sequence", 6, 16)),
];

export const NEIGHBOR_ROWS = [row("icmpv6.nd.target_address", "Target", field("icmpv6.target", 8, 128), "ipv6")];

export const DNS_HEADER: Header = {
  name: "dns",
  label: "DNS",
  octets: DNS_OCTETS,
  rows: [
    row("dns.id", "Identification", DNS.id, "hex"),
    row("dns.flags.response", "Response", DNS.response, "flag"),
    row("dns.flags.opcode", "Opcode", DNS.opcode),
    row("dns.flags.authoritative", "Authoritative", DNS.authoritative, "flag"),
    row("dns.flags.truncated", "Truncated", DNS.truncated, "flag"),
    row("dns.flags.recdesired", "Recursion desired", DNS.recursionDesired, "flag"),
    row("dns.flags.recavail", "Recursion available", DNS.recursionAvailable, "flag"),
    row("dns.flags.authenticated", "Authentic", DNS.authentic, "flag"),
    row("dns.flags.checkdisable", "Checking disabled", DNS.checkingDisabled, "flag"),
    row("dns.flags.rcode", "Response code", DNS.responseCode),
    row("dns.count.queries", "Questions", DNS.questions),
    row("dns.count.answers", "Answers", DNS.answers),
    row("dns.count.auth_rr", "Authorities", DNS.authorities),
    row("dns.count.add_rr", "Additional", DNS.additional),
  ],
};

export const GRE_HEADER: Header = {
  name: "gre",
  label: "GRE",
  octets: GRE_OCTETS,
  rows: [
    row("gre.flags.checksum", "Checksum present", GRE.checksumPresent, "flag"),
    row("gre.flags.routing", "Routing present", GRE.routingPresent, "flag"),
    row("gre.flags.key", "Key present", GRE.keyPresent, "flag"),
    row("gre.flags.sequence_number", "Sequence number present", GRE.sequencePresent, "flag"),
    row("gre.flags.version", "Version", GRE.version),
    row("gre.proto", "Protocol", GRE.protocol, ETHER_TYPE_NAMES),
  ],
};

export const VXLAN_HEADER: Header = {
  name: "vxlan",
  label: "VXLAN",
  octets: VXLAN_OCTETS,
  rows: [row("vxlan.flags", "Flags", VXLAN.flags, "hex"), row("vxlan.vni", "Network identifier", VXLAN.network)],
};

export const GENEVE_HEADER: Header = {
  name: "geneve",
  label: "Geneve",
  octets: GENEVE_OCTETS,
  rows: [
    row("geneve.version", "Version", GENEVE.version),
    row("geneve.option.length", "Options length (words)", GENEVE.optionsLength),
    row("geneve.flags.oam", "Control", GENEVE.control, "flag"),
    row("geneve.flags.critical", "Critical options", GENEVE.critical, "flag"),
    row("geneve.proto_type", "Protocol", GENEVE.protocol, ETHER_TYPE_NAMES),
    row("geneve.vni", "Network identifier", GENEVE.network),
  ],
};
