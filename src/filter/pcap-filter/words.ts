/**
 * Words that are no names: protocols, keywords, and names of numbers. All are lower case, and whole words only:
 * `TCP` and `tcp2` are names. Where several words mean the same, one of them stands for all.
 */
import { PROTOCOLS, type Protocol } from "./ast.js";

const LINK = ["ether", "fddi", "tr", "wlan", "ppp", "slip"];

const PROTOCOL_WORDS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ...PROTOCOLS.map((protocol) => [protocol, protocol] as const),
  ...LINK.map((word) => [word, "link"] as const),
  ["es-is", "esis"],
  ["is-is", "isis"],
]);

const KEYWORDS = [
  ...(["src", "dst", "host", "net", "mask", "port", "portrange", "proto", "protochain", "gateway"] as const),
  ...(["addr1", "addr2", "addr3", "addr4", "ra", "ta", "type", "subtype", "dir"] as const),
  ...(["less", "greater", "byte", "broadcast", "multicast", "len", "inbound", "outbound", "ifindex"] as const),
  ...(["vlan", "mpls", "pppoed", "pppoes", "geneve", "llc"] as const),
  ...(["lane", "metac", "bcc", "oam", "oamf4", "oamf4ec", "oamf4sc", "sc", "ilmic", "connectmsg"] as const),
  ...(["metaconnect", "vpi", "vci", "on", "rset", "rnr", "srnr", "reason", "action"] as const),
  ...(["fisu", "lssu", "msu", "hfisu", "hlssu", "hmsu"] as const),
  ...(["sio", "opc", "dpc", "sls", "hsio", "hopc", "hdpc", "hsls"] as const),
] as const;
export type Keyword = (typeof KEYWORDS)[number];

const KEYWORD_WORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...KEYWORDS.map((keyword) => [keyword, keyword] as const),
  ["direction", "dir"],
  ["address1", "addr1"],
  ["address2", "addr2"],
  ["address3", "addr3"],
  ["address4", "addr4"],
  ["length", "len"],
  ["ifname", "on"],
  ["ruleset", "rset"],
  ["rulenum", "rnr"],
  ["subrulenum", "srnr"],
  ["lsu", "lssu"],
]);

/** Offsets, types, codes and flags that may stand wherever a number may. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmptype: 0,
    icmpcode: 1,
    "icmp-echoreply": 0,
    "icmp-unreach": 3,
    "icmp-sourcequench": 4,
    "icmp-redirect": 5,
    "icmp-echo": 8,
    "icmp-routeradvert": 9,
    "icmp-routersolicit": 10,
    "icmp-timxceed": 11,
    "icmp-paramprob": 12,
    "icmp-tstamp": 13,
    "icmp-tstampreply": 14,
    "icmp-ireq": 15,
    "icmp-ireqreply": 16,
    "icmp-maskreq": 17,
    "icmp-maskreply": 18,
    icmp6type: 0,
    icmp6code: 1,
    "icmp6-destinationunreach": 1,
    "icmp6-packettoobig": 2,
    "icmp6-timeexceeded": 3,
    "icmp6-parameterproblem": 4,
    "icmp6-echo": 128,
    "icmp6-echoreply": 129,
    "icmp6-multicastlistenerquery": 130,
    "icmp6-multicastlistenerreportv1": 131,
    "icmp6-multicastlistenerdone": 132,
    "icmp6-routersolicit": 133,
    "icmp6-routeradvert": 134,
    "icmp6-neighborsolicit": 135,
    "icmp6-neighboradvert": 136,
    "icmp6-redirect": 137,
    "icmp6-routerrenum": 138,
    "icmp6-nodeinformationquery": 139,
    "icmp6-nodeinformationresponse": 140,
    "icmp6-ineighbordiscoverysolicit": 141,
    "icmp6-ineighbordiscoveryadvert": 142,
    "icmp6-multicastlistenerreportv2": 143,
    "icmp6-homeagentdiscoveryrequest": 144,
    "icmp6-homeagentdiscoveryreply": 145,
    "icmp6-mobileprefixsolicit": 146,
    "icmp6-mobileprefixadvert": 147,
    "icmp6-certpathsolicit": 148,
    "icmp6-certpathadvert": 149,
    "icmp6-multicastrouteradvert": 151,
    "icmp6-multicastroutersolicit": 152,
    "icmp6-multicastrouterterm": 153,
    tcpflags: 13,
    "tcp-fin": 0x01,
    "tcp-syn": 0x02,
    "tcp-rst": 0x04,
    "tcp-push": 0x08,
    "tcp-ack": 0x10,
    "tcp-urg": 0x20,
    "tcp-ece": 0x40,
    "tcp-cwr": 0x80,
  }),
);

const OPERATORS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["and", "and"],
  ["or", "or"],
  ["not", "not"],
]);

export type Word =
  | { readonly kind: "protocol"; readonly protocol: Protocol }
  | { readonly kind: "keyword"; readonly keyword: Keyword }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "operator"; readonly operator: "and" | "or" | "not" };

/** Undefined where the word is a name. */
export function wordOf(text: string): Word | undefined {
  const protocol = PROTOCOL_WORDS.get(text);
  if (protocol) return { kind: "protocol", protocol };
  const keyword = KEYWORD_WORDS.get(text);
  if (keyword) return { kind: "keyword", keyword };
  const operator = OPERATORS.get(text);
  if (operator) return { kind: "operator", operator };
  const value = NUMBERS.get(text);
  return value === undefined ? undefined : { kind: "number", value };
}
