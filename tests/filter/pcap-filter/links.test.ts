/** One filter for frames of several link types: each frame is judged as one of its own type. */
import { expect, test } from "vitest";
import { matches } from "../../../src/dpf/brute.js";
import { residualSays } from "../../../src/dpf/explain.js";
import { residualProblem } from "../../../src/dpf/residual.js";
import { checkFilter } from "../../../src/dpf/wellformed.js";
import { type Compiled, compileExpression, compileForLinks } from "../../../src/filter/filter.js";

const [ETHERNET, RAW, SLL, SLL2, RADIOTAP] = [1, 101, 113, 276, 127];

/** A SYN to port 80, behind each header. */
const PACKET = Buffer.from("45000028000040004006000a0a0000010a000002c350005000000001000000005002ffff00000000", "hex");
const FRAMES = new Map([
  [ETHERNET, Buffer.concat([Buffer.from("0200000000010200000000020800", "hex"), PACKET])],
  [RAW, PACKET],
  [SLL, Buffer.concat([Buffer.from("00000001000602000000000100000800", "hex"), PACKET])],
  [SLL2, Buffer.concat([Buffer.from("0800000000000001000100060200000000010000", "hex"), PACKET])],
]);

function matchesFrame(compiled: Compiled, octets: Uint8Array, link: number): boolean {
  if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
  const facts = { wire: octets.length, link };
  const frame = { octets, address: 0, captured: octets.length, facts };
  return matches(compiled.filter, octets, 0, octets.length, (program) => residualSays(program, frame), facts);
}

const TEXTS = [
  "tcp port 80",
  "not tcp port 80",
  "host 10.0.0.1 and tcp[tcpflags] & tcp-syn != 0",
  "ip[2:2] - ((ip[0] & 0xf) << 2) = 20",
  "tcp[0:2] > tcp[2:2]",
  "len > 45",
  "udp or arp",
  "",
];

test.each(TEXTS)("%s", (text) => {
  const types = [...FRAMES.keys()];
  const together = compileForLinks(text, "pcap-filter", types);
  for (const [link, octets] of FRAMES) {
    const alone = compileExpression(text, link);
    const others = compileForLinks(
      text,
      "pcap-filter",
      types.filter((type) => type !== link),
    );
    for (let captured = 0; captured <= octets.length; captured++) {
      const frame = octets.subarray(0, captured);
      const expected = matchesFrame(alone, frame, link);
      expect(matchesFrame(together, frame, link), `link type ${link}, ${captured} octets`).toBe(expected);
      // Of a type that was not asked for none matches, whatever its octets.
      expect(matchesFrame(together, frame, RADIOTAP)).toBe(false);
      expect(matchesFrame(others, frame, link)).toBe(false);
    }
  }
});

test("a text that only some types allow matches none of the others; one that none allows is refused", () => {
  const vlan = compileForLinks("vlan", "pcap-filter", [SLL2, ETHERNET]);
  const tagged = Buffer.from("02000000000102000000000281000001080045", "hex");
  expect(matchesFrame(vlan, tagged, ETHERNET)).toBe(true);
  expect(matchesFrame(vlan, tagged, SLL2)).toBe(false);
  const refused = compileForLinks("vlan", "pcap-filter", [SLL2]);
  expect(refused.ok).toBe(false);
  expect(compileForLinks("tcp prot 80", "pcap-filter", [ETHERNET]).ok).toBe(false);
});

test.each([200, 240, 254, 255, 256, 260])("what the kernel accepts: all but %i hosts", (count) => {
  const hosts = Array.from({ length: count }, (_, number) => `10.0.${number >> 8}.${number & 255}`);
  const compiled = compileForLinks(`ip and not (src host ${hosts.join(" or ")})`, "pcap-filter", [ETHERNET, RAW]);
  if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
  expect(checkFilter(compiled.filter, residualProblem)).toBeUndefined();
});

test("at least one link type is asked for", () => {
  expect(() => compileForLinks("ip", "pcap-filter", [])).toThrow(RangeError);
});

test("lines that begin with # are comments, and places stay where they were", () => {
  expect(compileForLinks("# for whoever\ntcp\n  # and\nport 80", "pcap-filter", [ETHERNET]).ok).toBe(true);
  const wrong = compileForLinks("# for whoever\ntcp prot 80", "pcap-filter", [ETHERNET]);
  expect(wrong.ok ? [] : wrong.errors.map(({ line, column }) => [line, column])).toEqual([[2, 5]]);
  expect(compileExpression("# for whoever\ntcp").ok).toBe(false);
});
