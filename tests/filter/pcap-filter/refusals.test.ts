/** What a link type refuses, with code and place; tcpdump's refusals are compared in expand.test.ts. */
import { expect, test } from "vitest";
import { ErrorList } from "../../../src/filter/error.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";

function refusals(linkType: number, text: string): string[] {
  const errors = new ErrorList(text);
  const tree = parsePcapFilter(text, errors);
  expect(errors.list()).toEqual([]);
  expect(expand(tree, linkType, errors) === undefined).toBe(errors.any);
  return errors.list().map(({ code, column, length }) => `${code} ${text.slice(column - 1, column - 1 + length)}`);
}

test.each<[number, string, string[]]>([
  [1, "tcp port 80 and host 10.9.0.1", []],
  [300, "ip", ["E_LINK_TYPE ip"]],
  [101, "ip and (vlan 3 or not mpls)", ["E_LINK_TYPE vlan 3", "E_LINK_TYPE mpls"]],
  [1, "vlan 5000", ["E_VALUE vlan 5000"]],
  [1, "mpls and arp", ["E_MPLS arp"]],
  [1, "mpls and vlan", ["E_MPLS vlan"]],
  [1, "host no.where or ip", ["E_UNKNOWN_NAME host no.where"]],
  [1, "ether host router", ["E_UNKNOWN_NAME ether host router"]],
  [1, "udp port http", ["E_QUALIFIER udp port http"]],
  [1, "port 65536", ["E_VALUE port 65536"]],
  [1, "ip6 host 10.9.0.1", ["E_QUALIFIER ip6 host 10.9.0.1"]],
  [1, "ip host ::1", ["E_QUALIFIER ip host ::1"]],
  [1, "net 10.0.0.1/24", ["E_MASK net 10.0.0.1/24"]],
  [1, "host 10.0.0.0/24", ["E_QUALIFIER host 10.0.0.0/24"]],
  [1, "net 10.0.0.0/33", ["E_PREFIX net 10.0.0.0/33"]],
  [1, "tcp[0] / 0 = 1", ["E_VALUE tcp[0] / 0 = 1"]],
  [1, "len >> 32 = 1", ["E_SHIFT len >> 32 = 1"]],
  [1, "inbound", ["E_LINK_TYPE inbound"]],
  [1, "type mgt", ["E_LINK_TYPE type mgt"]],
  [1, "gateway a", ["E_QUALIFIER gateway a"]],
  [127, "protochain 6", ["E_LINK_TYPE protochain 6"]],
  [1, "ip and byte 0 & 1 or arp", ["E_NOT_YET byte 0 & 1"]],
  [127, "byte 0 | 1 and ip", ["E_NOT_YET byte 0 | 1"]],
  [1, "vlan and ip protochain 6", []],
  [1, "ip protochain 6 or geneve", ["E_NOT_YET ip protochain 6 or geneve"]],
])("%i %s", (linkType, text, expected) => expect(refusals(linkType, text)).toEqual(expected));

test("more nested arithmetic than there are scratch cells", () => {
  const nested = (depth: number): string => (depth === 0 ? "len" : `1 + (${nested(depth - 1)})`);
  expect(refusals(1, `${nested(14)} > 0`)).toEqual([]);
  expect(refusals(1, `${nested(16)} > 0`)).toEqual([`E_CELLS ${nested(16)} > 0`]);
});

test("the netmask says what a broadcast is", () => {
  const text = "ip broadcast";
  const predicate = (netmask?: number) =>
    JSON.stringify(
      expand(parsePcapFilter(text, new ErrorList(text)), 101, new ErrorList(text), netmask ? { netmask } : {}),
    );
  expect(predicate()).toContain(`"value":${0xffffffff}`);
  expect(predicate(0xffffff00)).toContain('"value":255');
});
