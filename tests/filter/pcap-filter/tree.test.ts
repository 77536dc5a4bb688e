/** The tree of every construct, written out; places apart, which have their own cases. */
import { describe, expect, test } from "vitest";
import { bareTree, parsed } from "./bare.js";

const number = (value: number) => ({ kind: "number", value });
const name = (text: string, escaped = false) => ({ kind: "name", text, escaped });
const ipv4 = (...octets: number[]) => ({ kind: "ipv4", octets, mask: undefined });
const TCP = { kind: "named", protocol: "tcp", word: "tcp" };
const UDP = { kind: "named", protocol: "udp", word: "udp" };
const len = { kind: "len" };

/** `qualifiers`: protocol's word, direction, kind; "-" for none. */
function identity(qualifiers: string, value: unknown) {
  const [word = "-", direction = "-", of = "-"] = qualifiers.split(", ");
  const some = (text: string) => (text === "-" ? undefined : text);
  const protocol = { ether: "link", wlan: "link", "es-is": "esis" }[word] ?? some(word);
  return { kind: "identity", protocol, word: some(word), direction: some(direction), of: some(of), value };
}

function chain(first: unknown, ...rest: [string, unknown][]) {
  return { kind: "chain", first, rest: rest.map(([operator, term]) => ({ operator, term })) };
}

const not = (of: unknown) => ({ kind: "not", of });
const relation = (left: unknown, operator: string, right: unknown) => ({ kind: "relation", operator, left, right });
const binary = (left: unknown, operator: string, right: unknown) => ({ kind: "binary", operator, left, right });
const load = (word: string, offset: unknown, size = 1) => ({ kind: "load", protocol: word, word, offset, size });
const special = (word: string, operands: unknown[], operator?: string) => ({
  kind: "special",
  word,
  operands,
  ...(operator && { operator }),
});

test.each(["", " ", "\n\t \r\n"])("%j has no tree: every packet matches", (text) => {
  expect(parsed(text)).toBeUndefined();
});

describe("chains", () => {
  const a = identity("-, -, host", ipv4(1, 1, 1, 1));
  test.each<[string, unknown]>([
    ["tcp and udp", chain(TCP, ["and", UDP])],
    ["tcp && udp || tcp", chain(TCP, ["and", UDP], ["or", TCP])],
    ["tcp or udp and tcp", chain(TCP, ["or", UDP], ["and", TCP])],
    ["tcp or (udp and tcp)", chain(TCP, ["or", chain(UDP, ["and", TCP])])],
    ["(tcp or udp) and tcp", chain(chain(TCP, ["or", UDP]), ["and", TCP])],
    ["((tcp))", TCP],
    ["not tcp and udp", chain(not(TCP), ["and", UDP])],
    ["!tcp", not(TCP)],
    ["not !(tcp or udp)", not(not(chain(TCP, ["or", UDP])))],
    ["not host 1.1.1.1", not(a)],
    ["host not 1.1.1.1", not(a)],
    ["not len = 1", not(relation(len, "=", number(1)))],
    ["tcp\nand\tudp\r\n", chain(TCP, ["and", UDP])],
  ])("%s", (text, tree) => {
    expect(bareTree(text)).toEqual(tree);
  });
});

describe("qualifiers", () => {
  test.each<[string, unknown]>([
    ["host 10.0.0.1", identity("-, -, host", ipv4(10, 0, 0, 1))],
    ["src 10.0.0.1", identity("-, src", ipv4(10, 0, 0, 1))],
    ["src or dst 10.1", identity("-, src or dst", ipv4(10, 1))],
    ["dst or src host 10.1", identity("-, src or dst, host", ipv4(10, 1))],
    ["src and dst net 10.1.2", identity("-, src and dst, net", ipv4(10, 1, 2))],
    ["dst and src port 80", identity("-, src and dst, port", number(80))],
    ["tcp src port http-alt", identity("tcp, src, port", name("http-alt"))],
    ["portrange 1-1024", identity("-, -, portrange", name("1-1024"))],
    ["ip proto 6", identity("ip, -, proto", number(6))],
    ["proto \\tcp", identity("-, -, proto", name("tcp", true))],
    ["ip6 protochain \\esp", identity("ip6, -, protochain", name("esp", true))],
    ["gateway foo", identity("-, -, gateway", name("foo"))],
    ["ether host 0:1:2:3:4:5", identity("ether, -, host", { kind: "mac", octets: [0, 1, 2, 3, 4, 5] })],
    ["wlan ra 0:1:2:3:4:5", identity("wlan, ra", { kind: "mac", octets: [0, 1, 2, 3, 4, 5] })],
    [
      "wlan address1 host a-b-c-d-e-f",
      identity("wlan, addr1, host", { kind: "mac", octets: [10, 11, 12, 13, 14, 15] }),
    ],
    ["es-is proto 1", identity("es-is, -, proto", number(1))],
    ["link src $2a", { ...identity("-, src", { kind: "arcnet", octet: 0xd2 }), protocol: "link", word: "link" }],
  ])("%s", (text, tree) => {
    expect(bareTree(text)).toEqual(tree);
  });

  const port = (value: number) => identity("tcp, dst, port", number(value));
  test.each<[string, unknown]>([
    ["tcp dst port 80 or 443", chain(port(80), ["or", port(443)])],
    ["tcp dst port 80 or 443 and not 22", chain(port(80), ["or", port(443)], ["and", not(port(22))])],
    ["tcp dst port (80 or 443)", chain(port(80), ["or", port(443)])],
    ["tcp dst port (80)", port(80)],
    ["tcp dst port ((80) or (443 and not 22))", chain(port(80), ["or", chain(port(443), ["and", not(port(22))])])],
    ["tcp dst port not (80 or 443)", not(chain(port(80), ["or", port(443)]))],
    ["tcp dst port 80 or (443 or 22)", chain(port(80), ["or", chain(port(443), ["or", port(22)])])],
    ["tcp dst port 80 or ((443))", chain(port(80), ["or", port(443)])],
    ["tcp dst port 80 or (not 443)", chain(port(80), ["or", not(port(443))])],
    ["tcp dst port 80 or (tcp) or 443", chain(port(80), ["or", TCP], ["or", port(443)])],
    ["tcp dst port 80 or (443 = 443)", chain(port(80), ["or", relation(number(443), "=", number(443))])],
    ["tcp dst port 80 or 443 = 443", chain(port(80), ["or", relation(number(443), "=", number(443))])],
    [
      "tcp dst port 80 or (443) + 1 = 2",
      chain(port(80), ["or", relation(binary(number(443), "+", number(1)), "=", number(2))]),
    ],
    ["(tcp or tcp dst port 80 or 443)", chain(TCP, ["or", port(80)], ["or", port(443)])],
    [
      "tcp dst port 80 or (src 1.1 or 443)",
      chain(port(80), ["or", chain(identity("-, src", ipv4(1, 1)), ["or", identity("-, src", number(443))])]),
    ],
  ])("taken over: %s", (text, tree) => {
    expect(bareTree(text)).toEqual(tree);
  });
});

describe("values", () => {
  const ipv6 = (groups: number[], bits?: number) => ({
    kind: "ipv6",
    octets: groups.flatMap((group) => [group >> 8, group & 255]),
    bits,
  });
  const mac = { kind: "mac", octets: [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0x0f] };
  test.each<[string, unknown]>([
    ["80", number(80)],
    ["0120", number(80)],
    ["0x50", number(80)],
    ["0X50", number(80)],
    ["0", number(0)],
    ["4294967295", number(0xffffffff)],
    ["0037777777777", number(0xffffffff)],
    // Twelve digits are a MAC address first.
    ["037777777777", { kind: "mac", octets: [0x03, 0x77, 0x77, 0x77, 0x77, 0x77] }],
    ["0000000000000000000120", number(80)],
    ["tcp-syn", number(2)],
    ["icmp6-echoreply", number(129)],
    ["ftp-data", name("ftp-data")],
    ["a_b.c", name("a_b.c")],
    ["2-1", name("2-1")],
    ["10.1.", name("10.1.")],
    ["TCP", name("TCP")],
    ["tcp2", name("tcp2")],
    ["0x", name("0x")],
    ["1.2.3.4.5", name("1.2.3.4.5")],
    ["\\tcp&&udp", name("tcp&&udp", true)],
    ["\\80", name("80", true)],
    ["10.0.0.1", ipv4(10, 0, 0, 1)],
    ["010.008.0.1", ipv4(10, 8, 0, 1)],
    ["10.0.0.0/8", { ...ipv4(10, 0, 0, 0), mask: { kind: "bits", bits: 8 } }],
    ["10.1/0x10", { ...ipv4(10, 1), mask: { kind: "bits", bits: 16 } }],
    ["10.1 / 99", { ...ipv4(10, 1), mask: { kind: "bits", bits: 99 } }],
    ["10.1 mask 255.255", { ...ipv4(10, 1), mask: { kind: "dotted", octets: [255, 255] } }],
    ["::", ipv6([0, 0, 0, 0, 0, 0, 0, 0])],
    ["::1", ipv6([0, 0, 0, 0, 0, 0, 0, 1])],
    ["2001:DB8::", ipv6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0])],
    ["1:2:3:4:5:6:7:8", ipv6([1, 2, 3, 4, 5, 6, 7, 8])],
    ["1:2:3:4:5:6:7::", ipv6([1, 2, 3, 4, 5, 6, 7, 0])],
    ["::2:3:4:5:6:7:8", ipv6([0, 2, 3, 4, 5, 6, 7, 8])],
    ["::ffff:1.2.3.4", ipv6([0, 0, 0, 0, 0, 0xffff, 0x102, 0x304])],
    ["1:2:3:4:5:6:1.2.3.4", ipv6([1, 2, 3, 4, 5, 6, 0x102, 0x304])],
    ["fe80::/10", ipv6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10)],
    ["aa:bb:cc:dd:ee:f", mac],
    ["AA-BB-CC-DD-EE-F", mac],
    ["aa.bb.cc.dd.ee.f", mac],
    ["aabb.ccdd.ee0f", mac],
    ["aabbccddee0f", mac],
    ["001122334455", { kind: "mac", octets: [0, 0x11, 0x22, 0x33, 0x44, 0x55] }],
    ["aa-bb-cc-dd-ee-f-0", name("aa-bb-cc-dd-ee-f-0")],
    ["$2a", { kind: "arcnet", octet: 0xd2 }],
    ["$F", { kind: "arcnet", octet: 0xdf }],
  ])("host %s", (text, value) => {
    expect(bareTree(`host ${text}`)).toEqual(identity("-, -, host", value));
  });

  test("DECnet's area and node are no octets", () => {
    expect(bareTree("decnet host 10.1023")).toEqual(identity("decnet, -, host", ipv4(10, 1023)));
    expect(bareTree("decnet host 1.99999999999.7")).toEqual(
      identity("decnet, -, host", ipv4(1, 99999999999 % 2 ** 32)),
    );
  });
});

describe("arithmetic", () => {
  const [one, two, three] = [number(1), number(2), number(3)];
  test.each<[string, unknown]>([
    ["1", one],
    ["(1)", one],
    ["length", len],
    ["tcp[0]", load("tcp", number(0))],
    ["tcp [ tcpflags ]", load("tcp", number(13))],
    ["ip[2:2]", load("ip", two, 2)],
    ["ip6[1+2:4]", load("ip6", binary(one, "+", two), 4)],
    ["udp[ip[0]:1]", load("udp", load("ip", number(0)))],
    ["-1", { kind: "negate", of: one }],
    ["- -1 + 2", binary({ kind: "negate", of: { kind: "negate", of: one } }, "+", two)],
    ["1 + 2 - 3", binary(binary(one, "+", two), "-", three)],
    ["1 - (2 + 3)", binary(one, "-", binary(two, "+", three))],
    ["1 + 2 * 3", binary(one, "+", binary(two, "*", three))],
    ["1 / 2 * 3", binary(binary(one, "/", two), "*", three)],
    ["1 << 2 + 3", binary(one, "<<", binary(two, "+", three))],
    ["1 << 2 >> 3", binary(binary(one, "<<", two), ">>", three)],
    ["1 & 2 << 3", binary(one, "&", binary(two, "<<", three))],
    ["1 | 2 & 3", binary(one, "|", binary(two, "&", three))],
    ["1 & 2 | 3", binary(binary(one, "&", two), "|", three)],
    ["1 % 2 + 3", binary(one, "%", binary(two, "+", three))],
    ["1 + 2 % 3", binary(one, "+", binary(two, "%", three))],
    ["1 % 2 * 3 + 1", binary(one, "%", binary(binary(two, "*", three), "+", one))],
    ["1 ^ 2 ^ 3", binary(one, "^", binary(two, "^", three))],
    ["(1 ^ 2) ^ 3", binary(binary(one, "^", two), "^", three)],
    ["- 1 % 2", { kind: "negate", of: binary(one, "%", two) }],
    ["(1) % 2 | 3", binary(one, "%", binary(two, "|", three))],
  ])("%s", (text, tree) => {
    expect(bareTree(`${text} = 7`)).toEqual(relation(tree, "=", number(7)));
    expect(bareTree(`7 != ${text}`)).toEqual(relation(number(7), "!=", tree));
  });

  test.each([
    ["==", "="],
    ["=", "="],
    ["<", "<"],
    ["<=", "<="],
    [">", ">"],
    [">=", ">="],
    ["!=", "!="],
  ])("a comparison: %s", (text, operator) => {
    expect(bareTree(`len${text}1`)).toEqual(relation(len, operator, one));
  });
});

describe("primitives of their own", () => {
  const encapsulation = (word: string, value?: number) => ({ kind: "encapsulation", word, number: value });
  test.each<[string, unknown]>([
    ["ether", { kind: "named", protocol: "link", word: "ether" }],
    ["is-is", { kind: "named", protocol: "isis", word: "is-is" }],
    ["carp", { kind: "named", protocol: "carp", word: "carp" }],
    ["less 64", { kind: "size", word: "less", octets: 64 }],
    ["greater 0x40", { kind: "size", word: "greater", octets: 64 }],
    ["byte 12 == 8", { kind: "byte", octet: 12, operator: "=", value: 8 }],
    ["byte 12 & 8", { kind: "byte", octet: 12, operator: "&", value: 8 }],
    ["broadcast", { kind: "broadcast", protocol: undefined, word: "broadcast" }],
    ["ether broadcast", { kind: "broadcast", protocol: "link", word: "ether" }],
    ["ip6 multicast", { kind: "multicast", protocol: "ip6", word: "ip6" }],
    ["inbound", { kind: "inbound" }],
    ["outbound", { kind: "outbound" }],
    ["ifindex 3", { kind: "ifindex", number: 3 }],
    ["vlan", encapsulation("vlan")],
    ["vlan 7", encapsulation("vlan", 7)],
    ["vlan ((7))", encapsulation("vlan", 7)],
    ["mpls 1000", encapsulation("mpls", 1000)],
    ["pppoed", encapsulation("pppoed")],
    ["pppoes 1", encapsulation("pppoes", 1)],
    ["geneve 0xb", encapsulation("geneve", 11)],
    ["type mgt", { kind: "frame", type: "mgt" }],
    ["wlan type MGT subtype Beacon", { kind: "frame", type: "mgt", subtype: "beacon" }],
    ["type 0x08 subtype 0x80", { kind: "frame", type: 8, subtype: 0x80 }],
    ["type 4 subtype rts", { kind: "frame", type: 4, subtype: "rts" }],
    ["subtype qos-data", { kind: "frame", subtype: "qos-data" }],
    ["direction tods", { kind: "frame", dir: "tods" }],
    ["dir 77", { kind: "frame", dir: 77 }],
    ["llc", { kind: "llc", form: undefined }],
    ["llc I", { kind: "llc", form: "i" }],
    ["llc rnr", { kind: "llc", form: "rnr" }],
    ["llc \\rnr", { kind: "llc", form: "rnr" }],
    ["ifname en0", special("on", ["en0"])],
    ["on \\5", special("on", ["5"])],
    ["ruleset foo", special("rset", ["foo"])],
    ["rulenum 5", special("rnr", [5])],
    ["subrulenum 5", special("srnr", [5])],
    ["reason Match", special("reason", ["match"])],
    ["reason 2", special("reason", [2])],
    ["action block", special("action", ["block"])],
    ["lane", special("lane", [])],
    ["oamf4sc", special("oamf4sc", [])],
    ["vpi 5", special("vpi", [5])],
    ["vci >= 5", special("vci", [5], ">=")],
    ["vci (5 or 6 || 7)", special("vci", [5, 6, 7])],
    ["lsu", special("lssu", [])],
    ["hdpc != 5", special("hdpc", [5], "!=")],
  ])("%s", (text, tree) => {
    expect(bareTree(text)).toEqual(tree);
  });

  test("none of them leaves qualifiers, and none takes what follows it", () => {
    expect(bareTree("vlan and llc or inbound")).toEqual(
      chain(encapsulation("vlan"), ["and", { kind: "llc", form: undefined }], ["or", { kind: "inbound" }]),
    );
  });
});

describe("places", () => {
  const text = "not (tcp port 80 or 443)\n and ip[1 + 2] = 3";
  const at = (node: { start: number; end: number } | undefined) => node && text.slice(node.start, node.end);
  const root = parsed(text);

  test("a node is where its text is", () => {
    expect(at(root)).toBe(text);
    if (root?.kind !== "chain" || root.first.kind !== "not") throw new Error("another tree");
    expect(at(root.first)).toBe("not (tcp port 80 or 443)");
    expect(at(root.first.of)).toBe("(tcp port 80 or 443)");
    if (root.first.of.kind !== "chain") throw new Error("another tree");
    expect(at(root.first.of.first)).toBe("tcp port 80");
    expect(at(root.first.of.rest[0]?.term)).toBe("443");
    const term = root.rest[0]?.term;
    expect(at(term)).toBe("ip[1 + 2] = 3");
    if (term?.kind !== "relation" || term.left.kind !== "load") throw new Error("another tree");
    expect(at(term.left)).toBe("ip[1 + 2]");
    expect(at(term.left.offset)).toBe("1 + 2");
    expect(at(term.right)).toBe("3");
  });
});
