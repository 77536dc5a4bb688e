/** Trees as text: what is printed reads back as the same tree; and as lines, for people. */
import { describe, expect, test } from "vitest";
import { printExpression } from "../../../src/filter/pcap-filter/print.js";
import { printTree } from "../../../src/filter/pcap-filter/print-tree.js";
import { Chance } from "../../seeded.js";
import { bare, bareTree, parsed } from "./bare.js";
import { randomTokens } from "./random-texts.js";

function printed(text: string): string {
  const expression = parsed(text);
  return expression ? printExpression(expression) : "";
}

describe("text", () => {
  test.each([
    ["tcp&&udp", "tcp and udp"],
    ["tcp port 80 or 443", "tcp port 80 or tcp port 443"],
    ["tcp port (http or \\tcp) and not 0x16", "(tcp port http or tcp port \\tcp) and not tcp port 22"],
    ["not (tcp or udp)", "not (tcp or udp)"],
    ["!(tcp)", "not tcp"],
    ["src or dst net 10.1 mask 255.255", "src or dst net 10.1 mask 255.255"],
    ["net 10.0.0.0/8 or 2001:DB8:0:0::/32", "net 10.0.0.0/8 or net 2001:db8::/32"],
    ["ether host A-B-C-D-E-F", "ether host 0a:0b:0c:0d:0e:0f"],
    ["link host $2a", "link host $2"],
    ["decnet host 10.1023", "decnet host 10.1023"],
    ["portrange 1-1024", "portrange 1-1024"],
    ["tcp[tcpflags]&(tcp-syn|tcp-ack)!=0", "tcp[13] & (2 | 16) != 0"],
    ["(1+2)*3 == 1+(2*3)", "(1 + 2) * 3 = 1 + 2 * 3"],
    ["1-(2 - 3) = (1 - 2)-3", "1 - (2 - 3) = 1 - 2 - 3"],
    ["1%2+3 = (1%2)+3", "1 % (2 + 3) = (1 % 2) + 3"],
    ["1^2%3&4 = (1^2)%3", "1 ^ 2 % (3 & 4) = (1 ^ 2) % 3"],
    ["-1%2 = (-1)%2", "-(1 % 2) = (-1) % 2"],
    ["- - length = 0", "--len = 0"],
    ["ip[0x2:2] > 4", "ip[2:2] > 4"],
    ["ip6 multicast or broadcast", "ip6 multicast or broadcast"],
    ["vlan (5) and mpls and pppoes 1", "vlan 5 and mpls and pppoes 1"],
    ["byte 1==2", "byte 1 = 2"],
    ["wlan type MGT subtype Beacon", "type mgt subtype beacon"],
    ["subtype RTS or direction 3", "subtype rts or dir 3"],
    ["llc RNR or llc", "llc rnr or llc"],
    ["ifname en0 or on \\5 or on \\tcp", "on \\en0 or on \\5 or on \\tcp"],
    ["reason bad-offset and action PASS", "reason bad-offset and action pass"],
    ["vci (5 or 6) or vpi >= 1 or lsu", "vci (5 or 6) or vpi >= 1 or lssu"],
    ["less 64 or greater 0100", "less 64 or greater 64"],
    ["inbound and ifindex 1", "inbound and ifindex 1"],
  ])("%s", (text, expected) => {
    expect(printed(text)).toBe(expected);
    expect(bareTree(expected)).toEqual(bareTree(text));
  });

  test.each([11, 12, 13])("reads back as the same tree, seed %d", (seed) => {
    const chance = new Chance(seed);
    for (let i = 0; i < 1000; i++) {
      const text = randomTokens(chance).join(" ");
      const again = printed(text);
      expect(bare(parsed(again)), text).toEqual(bareTree(text));
      // What was printed once is printed as it is.
      expect(printed(again), text).toBe(again);
    }
  });
});

test("lines", () => {
  const expression = parsed("tcp port (80 or http) and not ip[0] & 0xf + 1 != -len or (wlan type mgt and vlan 7)");
  if (!expression) throw new Error("no tree");
  expect(printTree(expression)).toBe(
    `
chain
  chain
    identity: tcp port 80
    or identity: tcp port http
  and not
    relation !=
      arithmetic
        load ip, 1 octet at
          0
        & arithmetic
          15
          + 1
      minus
        len
  or chain
    frame: type mgt
    and encapsulation: vlan 7
`.slice(1),
  );
});
