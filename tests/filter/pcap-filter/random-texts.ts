/**
 * Texts by chance, as lists of tokens: nearly all are right by pcap-filter's grammar, though not by what an Ethernet has.
 * Names of hosts do not occur, so that nobody who reads them asks a name server.
 */
import type { Chance } from "../../seeded.js";

const OPERATORS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];
const RELATIONS = ["=", "==", "!=", "<", "<=", ">", ">="];
const PROTOCOLS = [
  "ether",
  "ip",
  "ip6",
  "arp",
  "rarp",
  "tcp",
  "udp",
  "sctp",
  "icmp",
  "icmp6",
  "igmp",
  "pim",
  "vrrp",
  "iso",
];
const NUMBERS = [
  "0",
  "1",
  "2",
  "4",
  "13",
  "80",
  "443",
  "0x10",
  "0X1f",
  "017",
  "255",
  "65535",
  "tcp-syn",
  "tcpflags",
  "icmptype",
];
const ADDRESSES = [
  "10.0.0.1",
  "10.1",
  "192.168.1",
  "1.2.3.4",
  "::1",
  "2001:db8::1",
  "::ffff:1.2.3.4",
  "fe80::",
  "1:2:3:4:5:6:7:8",
];
const MACS = ["00:11:22:33:44:55", "0:1:2:3:4:5", "a-b-c-d-e-f", "aabb.ccdd.eeff", "a.b.c.d.e.f", "aabbccddeeff"];

/** What follows a relation or a protocol alone cannot take over qualifiers. */
type Qualified = ((chance: Chance) => string[]) | undefined;

interface Part {
  readonly tokens: string[];
  readonly value: Qualified;
}

export function randomTokens(chance: Chance, depth = 0): string[] {
  return chain(chance, depth, undefined).tokens;
}

function chain(chance: Chance, depth: number, inherited: Qualified): Part {
  let { tokens, value } = term(chance, depth, inherited);
  for (let more = chance.below(depth > 1 ? 2 : 4); more > 0; more--) {
    const next = value && chance.percent(50) ? id(chance, depth, value) : term(chance, depth, value);
    tokens = [...tokens, chance.pick(["and", "or", "&&", "||"]), ...next.tokens];
    value = next.value;
  }
  return { tokens, value };
}

function term(chance: Chance, depth: number, inherited: Qualified): Part {
  const kind = chance.below(12);
  if (kind === 0) {
    const { tokens, value } = term(chance, depth, inherited);
    return { tokens: [chance.pick(["not", "!"]), ...tokens], value };
  }
  if (kind === 1 && depth < 3)
    return { tokens: ["(", ...chain(chance, depth + 1, inherited).tokens, ")"], value: inherited };
  if (kind < 4) return { tokens: relation(chance, depth), value: undefined };
  if (kind < 6) return { tokens: alone(chance), value: undefined };
  const [head, value] = qualifiers(chance);
  return { tokens: [...head, ...(depth < 3 ? id(chance, depth, value).tokens : value(chance))], value };
}

function id(chance: Chance, depth: number, value: NonNullable<Qualified>): Part {
  const kind = chance.below(8);
  if (kind === 0) return { tokens: [chance.pick(["not", "!"]), ...id(chance, depth, value).tokens], value };
  if (kind > 1 || depth > 2) return { tokens: value(chance), value };
  const tokens = ["(", ...value(chance)];
  for (let more = chance.below(3); more > 0; more--)
    tokens.push(chance.pick(["and", "or"]), ...id(chance, depth + 1, value).tokens);
  return { tokens: [...tokens, ")"], value };
}

function qualifiers(chance: Chance): [string[], NonNullable<Qualified>] {
  const direction = chance.pick([[], [], ["src"], ["dst"], ["src", "or", "dst"], ["dst", "and", "src"]]);
  switch (chance.below(6)) {
    case 0:
      return [[...chance.pick([[], ["tcp"], ["udp"], ["sctp"]]), ...direction, "port"], port];
    case 1:
      return [[...direction, "portrange"], (by) => [by.pick(["1-1024", "80", "80-443", "ftp-http"])]];
    case 2:
      return [[...chance.pick([["ip"], ["ip6"], ["ether"], []]), chance.pick(["proto", "protochain"])], protocol];
    case 3:
      return [[...chance.pick([["ip"], ["arp"], []]), ...direction, "net"], network];
    case 4:
      return [["ether", ...direction, "host"], (by) => [by.pick(MACS)]];
    default:
      return [[...chance.pick([["ip"], ["ip6"], ["arp"], []]), ...direction, "host"], (by) => [by.pick(ADDRESSES)]];
  }
}

function port(chance: Chance): string[] {
  return chance.pick([["80"], ["(", "443", ")"], ["http"], ["domain"], ["ftp-data"], ["0120"], ["\\ssh"]]);
}

function protocol(chance: Chance): string[] {
  return [chance.pick(["\\tcp", "\\udp", "6", "17", "ospf", "\\ip6", "gre"])];
}

function network(chance: Chance): string[] {
  const whole = chance.pick([["10.1"], ["192.168.1"], ["10.0.0.0", "/", "8"], ["2001:db8::", "/", "32"]]);
  return chance.percent(20) ? ["10.0.0.0", "mask", "255.0.0.0"] : whole;
}

function alone(chance: Chance): string[] {
  const number = chance.pick(NUMBERS);
  return chance.pick([
    [chance.pick(PROTOCOLS)],
    [chance.pick(["ip", "ether"]), chance.pick(["broadcast", "multicast"])],
    ["less", number],
    ["greater", number],
    ["byte", number, chance.pick(["=", "<", ">", "&", "|"]), number],
    ["vlan"],
    ["vlan", number],
    ["mpls", "(", number, ")"],
    ["pppoes", number],
    ["pppoed"],
    ["llc"],
    ["llc", chance.pick(["i", "s", "u", "rr", "rnr", "UI"])],
  ]);
}

function relation(chance: Chance, depth: number): string[] {
  return [...arithmetic(chance, depth), chance.pick(RELATIONS), ...arithmetic(chance, depth)];
}

function arithmetic(chance: Chance, depth: number): string[] {
  const kind = chance.below(10);
  if (kind < 3 || depth > 3) return [chance.pick(NUMBERS)];
  if (kind === 3) return [chance.pick(["len", "length"])];
  if (kind === 4) return ["-", ...arithmetic(chance, depth + 1)];
  if (kind === 5) return ["(", ...arithmetic(chance, depth + 1), ")"];
  if (kind < 8) {
    const size = chance.pick([[], [], [":", "1"], [":", "2"], [":", "4"]]);
    return [chance.pick(PROTOCOLS), "[", ...arithmetic(chance, depth + 1), ...size, "]"];
  }
  return [...arithmetic(chance, depth + 1), chance.pick(OPERATORS), ...arithmetic(chance, depth + 1)];
}

/** One token dropped, doubled, moved or replaced, or two written together. */
export function mutated(chance: Chance, tokens: readonly string[]): string[] {
  const all = [...tokens];
  const at = chance.below(all.length);
  const other = chance.below(all.length);
  const token = all[at] ?? "";
  switch (chance.below(5)) {
    case 0:
      all.splice(at, 1);
      break;
    case 1:
      all.splice(at, 0, token);
      break;
    case 2:
      all[at] = all[other] ?? "";
      all[other] = token;
      break;
    case 3:
      all[at] = chance.pick([
        "(",
        ")",
        "and",
        "or",
        "not",
        "80",
        "tcp",
        "[",
        "]",
        ":",
        "/",
        "=",
        "-",
        "%",
        "$a",
        "#",
        "08",
      ]);
      break;
    default:
      all.splice(at, 2, token + (all[at + 1] ?? ""));
  }
  return all;
}
