/**
 * Texts from pcap-filter(7)'s grammar, by chance: every primitive, qualifier and operator, with values that random frames
 * (random-frames.ts) often have. Some are refused, as some of what people write is.
 */
import type { Chance } from "../../seeded.js";

export const HOSTS = ["10.9.0.1", "10.9.1.2", "192.168.7.9", "224.0.0.251", "255.255.255.255", "0.0.0.0"];
export const HOSTS6 = ["2001:db8::1", "2001:db8:0:7::2", "fe80::1", "ff02::1"];
export const MACS = ["02:00:00:00:00:01", "02:00:00:00:00:02", "01:00:5e:00:00:fb", "ff:ff:ff:ff:ff:ff"];
export const PORTS = [22, 53, 80, 443, 6081, 40000];
export const VLANS = [10, 20, 100];
export const LABELS = [16, 100000];
export const SESSIONS = [5, 17];
export const NETWORKS = [1, 77];
export const DECNET = ["1.5", "10.300"];

/** Separated by commas. */
function list(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}

/** Names of ports and protocols that Debian's netbase has. */
const PORT_NAMES = ["http", "domain", "ssh", "https", "bootps", "ntp"];
const IP_PROTOCOLS = list(String.raw`
  6, 17, 1, 58, 50, 132, \tcp, \udp, \icmp, 0x11, 44, 51, 300
`);
const ETHER_PROTOCOLS = list(String.raw`
  0x800, 0x86dd, \ip, \ip6, \arp, \stp, 0x42, \ipx, 4, \aarp, \iso, 0xaaaa
`);
const NAMED = list(`
  ip, ip6, arp, rarp, tcp, udp, icmp, icmp6, sctp, igmp, pim, ah, esp, vrrp, carp, igrp
`);
const SELDOM = list(`
  atalk, aarp, decnet, iso, stp, ipx, netbeui, lat, sca, moprc, mopdl, esis, isis, clnp, l1, l2, iih, lsp, snp,
  csnp, psnp
`);
const INDEXED = list(`
  ether, ip, ip6, tcp, udp, icmp, icmp6, arp, link, sctp, igmp, pim, decnet, atalk, radio, wlan
`);
const LLC_FORMS = list(`
  ,  i,  s,  u,  rr,  rnr,  rej,  ui,  ua,  disc,  sabme,  test,  xid,  frmr
`);
const FRAMES = list(`
  type mgt, type ctl, type data, type mgt subtype beacon, type ctl subtype rts, subtype qos-data, type data
  subtype null, dir nods, dir tods, dir fromds, dir dstods, dir 3, type 0x08
`);
const DIRECTIONS = ["", "", "", "src ", "dst ", "src or dst ", "src and dst "];
const WLAN_DIRECTIONS = ["addr1 ", "addr2 ", "addr3 ", "addr4 ", "ra ", "ta "];
const TRANSPORTS = ["", "", "tcp ", "udp ", "sctp "];
const RELATIONS = ["=", "==", "!=", "<", "<=", ">", ">="];
const OPERATORS = list(`
  +, -, *, /, %, &, |, ^, <<, >>
`);
const NUMBERS = list(`
  0, 1, 2, 4, 5, 6, 8, 14, 16, 20, 64, 80, 255, 1500, 0x800, 0xffff, 4294967295
`);
const PF = ["on en0", "rset main", "rnr 10", "srnr 3", "reason match", "reason 3", "action pass", "action block"];
const ATM = list(`
  lane, metac, bcc, oamf4sc, oamf4ec, sc, ilmic, oam, oamf4, connectmsg, metaconnect, vpi 0, vpi > 2, vci 5, vci
  (3 or 4), vci != 5, vpi <= 1, llc
`);
const SS7 = list(`
  fisu, lssu, msu, hfisu, hlssu, hmsu, sio 5, opc 300, dpc (1 or 513), sls 7, hsio > 5, hopc 1, hdpc 2, hsls < 9,
  sls != 3
`);

type Make = (chance: Chance) => string;

const address: Make = (chance) => {
  switch (chance.below(8)) {
    case 0:
    case 1:
      return `${direct(chance)}host ${chance.pick(HOSTS6)}`;
    case 2:
      return `${direct(chance)}net ${chance.pick(["10.9", "10", "192.168.7.0/24", "10.9.0.0 mask 255.255.0.0", "0.0.0.0/0", "172.16.0.0/12", "169", "3232237321"])}`;
    case 3:
      return `${direct(chance)}net ${chance.pick(["2001:db8::/32", "fe80::/10", "::/0", "2001:db8::/127", "fe80::1/10"])}`;
    case 4:
      return `${chance.pick(["ip ", "arp ", "rarp ", "ip6 ", "tcp "])}${direct(chance)}host ${chance.pick(HOSTS)}`;
    default:
      return `${direct(chance)}${chance.pick(["host ", "host ", ""]) || "host "}${chance.pick(HOSTS)}`;
  }
};

function direct(chance: Chance): string {
  return chance.pick(DIRECTIONS);
}

const port: Make = (chance) => {
  const head = `${chance.pick(TRANSPORTS)}${direct(chance)}`;
  if (chance.percent(25)) return `${head}portrange ${chance.pick(["1-100", "50-60", "443-22", "1024-65535", "80"])}`;
  const more = chance.percent(15) ? ` or ${chance.pick(PORTS)}` : "";
  return `${head}port ${chance.percent(20) ? chance.pick(PORT_NAMES) : chance.pick(PORTS)}${more}`;
};

const linkAddress: Make = (chance) => {
  const word = chance.pick(["ether", "wlan", "link", "fddi", "tr"]);
  const direction = chance.percent(30) ? chance.pick(WLAN_DIRECTIONS) : direct(chance);
  return `${word} ${direction}host ${chance.pick(MACS)}`.replace("wlan addr", "wlan addr");
};

const protocol: Make = (chance) => {
  switch (chance.below(8)) {
    case 0:
      return `ether proto ${chance.pick(ETHER_PROTOCOLS)}`;
    case 1:
      return `${chance.pick(["", "ip ", "ip6 "])}proto ${chance.pick(IP_PROTOCOLS)}`;
    case 2:
      return `${chance.pick(["", "ip ", "ip6 "])}protochain ${chance.pick(IP_PROTOCOLS)}`;
    case 3:
      return chance.pick(["iso proto \\isis", "iso proto 0x82", "isis proto 18", "iso proto \\clnp"]);
    case 4:
      return chance.pick(SELDOM);
    default:
      return chance.pick(NAMED);
  }
};

const ofLink: Make = (chance) => {
  switch (chance.below(6)) {
    case 0:
      return `${chance.pick(["", "ether ", "ip "])}broadcast`;
    case 1:
      return `${chance.pick(["", "ether ", "ip ", "ip6 "])}multicast`;
    case 2:
      return `llc${chance.pick(LLC_FORMS)}`;
    case 3:
      return chance.pick(["inbound", "outbound", "ifindex 2"]);
    case 4:
      return `decnet ${direct(chance)}host ${chance.pick(DECNET)}`;
    default:
      return chance.pick([
        "less 100",
        "greater 60",
        "less 2000",
        "greater 64",
        "byte 0 = 2",
        "byte 12 > 6",
        "byte 1 < 9",
        "byte 3 & 4",
      ]);
  }
};

const encapsulation: Make = (chance) => {
  switch (chance.below(5)) {
    case 0:
      return chance.percent(50) ? "mpls" : `mpls ${chance.pick(LABELS)}`;
    case 1:
      return chance.pick(["pppoed", "pppoes", `pppoes ${chance.pick(SESSIONS)}`]);
    case 2:
      return chance.percent(50) ? "geneve" : `geneve ${chance.pick(NETWORKS)}`;
    default:
      return chance.percent(50) ? "vlan" : `vlan ${chance.pick(VLANS)}`;
  }
};

function arithmetic(chance: Chance, depth: number): string {
  if (depth <= 0 || chance.percent(25)) return chance.percent(15) ? "len" : chance.pick(NUMBERS);
  switch (chance.below(7)) {
    case 0:
      return `(${arithmetic(chance, depth - 1)} ${chance.pick(OPERATORS)} ${arithmetic(chance, depth - 1)})`;
    case 1:
      return `${arithmetic(chance, depth - 1)} ${chance.pick(OPERATORS)} ${arithmetic(chance, depth - 1)}`;
    case 2:
      return `-${arithmetic(chance, 0)}`;
    default: {
      const size = chance.pick(["", "", ":1", ":2", ":4"]);
      const index = chance.percent(75) ? String(chance.below(24)) : arithmetic(chance, depth - 1);
      return `${chance.pick(INDEXED)}[${index}${size}]`;
    }
  }
}

const relation: Make = (chance) =>
  `${arithmetic(chance, 2)} ${chance.pick(RELATIONS)} ${arithmetic(chance, chance.pick([0, 0, 1]))}`;

const flags: Make = (chance) =>
  chance.pick([
    "tcp[tcpflags] & tcp-syn != 0",
    "tcp[13] & 3 != 0",
    "icmp[icmptype] = 8",
    "ip[6:2] & 0x1fff = 0",
    "ip[0] & 0xf != 5",
    "icmp6[0] = 135",
    "udp[4:2] > 100",
    "ip6[6] = 58",
    "ip[2:2] - ((ip[0]&0xf)<<2) > 20",
    "len > 100",
    "link[0:2] = 0x200",
  ]);

const GENERAL: readonly Make[] = [address, address, port, port, protocol, protocol, relation, flags, ofLink];

/** What a link type has beside, as far as it is asked more often there. */
function special(linkType: number): readonly Make[] {
  switch (linkType) {
    case 1:
    case 240:
    case 241:
      return [encapsulation, encapsulation, linkAddress];
    case 9:
    case 104:
      return [encapsulation];
    case 105:
    case 119:
    case 127:
    case 163:
    case 192:
      return [
        linkAddress,
        linkAddress,
        (chance) => chance.pick(FRAMES),
        (chance) => chance.pick(FRAMES),
        (chance) => `vlan ${chance.pick(["", "10"])}`,
      ];
    case 117:
      return [(chance) => chance.pick(PF), (chance) => chance.pick(PF)];
    case 123:
      return [(chance) => chance.pick(ATM), (chance) => chance.pick(ATM)];
    case 139:
    case 140:
    case 197:
      return Array.from({ length: 40 }, () => (chance: Chance) => chance.pick(SS7));
    case 7:
    case 129:
      return [(chance) => `link ${direct(chance)}host ${chance.pick(["$01", "$2a"])}`];
    case 6:
    case 10:
    case 122:
      return [linkAddress];
    default:
      return [];
  }
}

const ANYWHERE: readonly Make[] = [
  encapsulation,
  linkAddress,
  (chance) => chance.pick([...PF, ...ATM, ...SS7, ...FRAMES]),
];

function primitive(chance: Chance, linkType: number): string {
  if (chance.percent(3)) return chance.pick(ANYWHERE)(chance);
  return chance.pick([...GENERAL, ...special(linkType)])(chance);
}

/** For frames of a link type; `terms` is how many at most. */
export function randomExpression(chance: Chance, linkType: number, terms = 4): string {
  const count = 1 + chance.below(terms);
  const parts: string[] = [];
  for (let term = 0; term < count; term++) {
    if (term > 0) parts.push(chance.pick(["and", "and", "or", "or", "&&", "||"]));
    parts.push(operand(chance, linkType, terms));
  }
  return parts.join(" ");
}

function operand(chance: Chance, linkType: number, terms: number): string {
  const not = chance.percent(20) ? chance.pick(["not ", "! "]) : "";
  if (terms > 1 && chance.percent(15)) return `${not}(${randomExpression(chance, linkType, Math.ceil(terms / 2))})`;
  return not + primitive(chance, linkType);
}
