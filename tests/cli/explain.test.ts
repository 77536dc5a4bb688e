/** `exonet explain`: for people and for machines, from every kind of capture. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildPcap, PcapngBuilder, payload } from "../capture/build.js";
import { ownFolder, type Ran, run } from "./work.js";

const at = ownFolder();
const LIST = at(
  "list.txt",
  "dns: udp port 53\nweb: tcp port 80 or tcp port 443\nquiet: udp and not port 53\nfar: udp[200] = 1 or udp\nsum: udp and udp[0:2] + udp[2:2] = 58873\n",
);
const explain = (...args: readonly string[]): Ran => run(["explain", ...args]);

test("what matches is told whole, what does not in a line", () => {
  const { status, text, error } = explain("captures/dns.pcap", "5", "--filters", LIST);
  expect([status, error]).toEqual([0, ""]);
  expect(
    text,
  ).toBe(`packet 5: 2026-11-22T09:46:39.357931000Z IP 10.9.0.11.58820 > 10.9.0.53.53: 53453+ [1au] AAAA? web.lab.example. (56)
98 octets captured of 98, link type ETHERNET

among claims of one priority dns would win: it tests 53 bits, and the next, sum, 37

dns matches
  true        udp port 53  octets 12-13: 0x0800, octet 23: 0x11, octets 20-21: 0x0000, octet 14: 0x45, octets 34-35: 0xe5c4, octets 36-37: 0x0035
  conjunction 4, 53 bits tested
    12:16 == 0x0800           octets 12-13: 0x0800
    20:16 & 0x1fff == 0x0000  octets 20-21: 0x0000
    23:8 == 0x11              octet 23: 0x11
    shift 14:8 & 0x0f << 2    octet 14: 0x05: the base moves to 20
    16:16 == 0x0035           octets 36-37: 0x0035

sum matches
  true        udp                          octets 12-13: 0x0800, octet 23: 0x11
  true        udp[0:2] + udp[2:2] = 58873  octets 12-13: 0x0800, octet 23: 0x11, octets 20-21: 0x0000, octet 14: 0x45, octets 34-35: 0xe5c4, octets 36-37: 0x0035
  conjunction 1, 37 bits tested
    12:16 == 0x0800           octets 12-13: 0x0800
    20:16 & 0x1fff == 0x0000  octets 20-21: 0x0000
    23:8 == 0x11              octet 23: 0x11
    shift 14:8 & 0x0f << 2    octet 14: 0x05: the base moves to 20
    length >= 18              78 octets are left
  residual predicate: yes
  note: atoms alone cannot say this text: where they match, a residual predicate decides the rest

do not match:
  web    false: tcp port 80 (octet 23: 0x11); tcp port 443 (octet 23: 0x11)
  quiet  false: not port 53 (octets 36-37: 0x0035)
  far    udp[200] = 1 asks for octets that were not captured
`);
});

test("of many that do not match the first are told, and with --all every one", () => {
  const some = explain("captures/dns.pcap", "5", "--filters", "filters").text.split("\ndo not match:\n")[1] ?? "";
  expect(some.trimEnd().split("\n")).toHaveLength(21);
  const more = Number(/^ {2}and (\d+) more, of which --all tells$/m.exec(some)?.[1]);
  const all =
    explain("captures/dns.pcap", "5", "--filters", "filters", "--all").text.split("\ndo not match:\n")[1] ?? "";
  expect(all.trimEnd().split("\n")).toHaveLength(20 + more);
  expect(all).toContain("  web                   ");
  for (const line of all.split("\n")) expect(line.length).toBeLessThan(200);
});

test("of many that match too, and the winner comes first", () => {
  const many = Array.from({ length: 30 }, (_, n) => `any${n}: greater ${n}\n`).join("");
  const args = ["captures/dns.pcap", "5", "--filters", at("many.txt", `${many}dns: udp port 53\n`)];
  const some = explain(...args).text;
  expect(some.match(/^.+ matches$/gm)?.slice(0, 2)).toEqual(["dns matches", "any0 matches"]);
  expect(some).toContain("\nand 11 more match, of which --all tells\n");
  expect(explain(...args, "--all").text.match(/^.+ matches$/gm)).toHaveLength(31);
});

test("--json has every step of every filter", () => {
  const { status, text } = explain("captures/dns.pcap", "5", "--filters", LIST, "--json");
  const { packet, winner, reason, filters } = JSON.parse(text);
  expect(status).toBe(0);
  expect(packet).toMatchObject({ number: 5, time: "1795340799357931000", captured: 98, wire: 98, linkType: 1 });
  expect(packet.octets).toMatch(/^[0-9a-f]{196}$/);
  expect(packet.line).toMatch(/^IP 10\.9\.0\.11\.58820 > 10\.9\.0\.53\.53: /);
  expect([winner, reason]).toEqual(["dns", "it tests 53 bits, and the next, sum, 37"]);
  expect(filters.map(({ name, matches }: { name: string; matches: boolean }) => [name, matches])).toEqual([
    ["dns", true],
    ["web", false],
    ["quiet", false],
    ["far", false],
    ["sum", true],
  ]);
  const [dns, web, quiet] = filters;
  expect(dns.conjunctions.length).toBeGreaterThan(1);
  expect(web.terms.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["false", "false"]);
  expect(quiet.terms[1]).toMatchObject({ text: "port 53", negated: true, outcome: "true" });
  const none = JSON.parse(explain("captures/ping-arp.pcap", "1", "--filters", LIST, "--json").text);
  expect([none.winner, none.reason]).toEqual([null, "no filter matches"]);
});

describe("captures", () => {
  const capture = readFileSync("captures/dns.pcap");
  const expected = explain("captures/dns.pcap", "7", "--filters", LIST).text;

  test("stdin, and gzipped", () => {
    expect(expected).toMatch(/^packet 7: /);
    for (const input of [capture, gzipSync(capture)]) {
      expect(run(["explain", "-", "7", "--filters", LIST], { input }).text).toBe(expected);
    }
    expect(explain(at("gzipped", gzipSync(capture)), "7", "--filters", LIST).text).toBe(expected);
  });

  test("pcapng: each frame is of its own link type", () => {
    const { octets } = new PcapngBuilder()
      .section()
      .interface({ linkType: 101 })
      .interface()
      .enhanced({ octets: Uint8Array.of(0x45, ...payload(40)), interface: 0 })
      .enhanced({ octets: payload(40), interface: 1 });
    const path = at("two.pcapng", octets);
    const list = at("ip.txt", "v4: ip\nall: greater 1\ngroup: ether multicast\n");
    const raw = explain(path, "1", "--filters", list).text;
    expect(raw).toContain("link type RAW");
    expect(raw).toContain("\nv4 matches\n");
    expect(raw).toMatch(/\n {2}group {2}1:1: /);
    expect(explain(path, "2", "--filters", list).text).not.toContain("\nv4 matches\n");
  });

  test("a frame before the damage is explained, one behind it is not there", () => {
    const cut = at("cut.pcap", capture.subarray(0, 400));
    expect(explain(cut, "1", "--filters", LIST).status).toBe(0);
    const beyond = explain(cut, "50", "--filters", LIST);
    expect([beyond.status, beyond.text]).toEqual([1, ""]);
    expect(beyond.error).toMatch(/the capture has \d packets, and no number 50/);
  });
});

test("what a capture or a filter holds cannot write on the terminal", () => {
  const evil = "\u001b[2Jevil\u202e";
  const frame = Buffer.concat([Buffer.alloc(60, 0x1b), Buffer.from(evil)]);
  const capture = at("evil.pcap", buildPcap([{ octets: frame }]));
  const folder = at("evil.dpf", `0:8 == 0x1b # ${evil}\n`);
  const { status, text } = explain(capture, "1", "--filters", folder);
  expect(status).toBe(0);
  expect(text).toMatch(/^evil matches$/m);
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
});

test.each([
  ["a packet that is not there", ["captures/dns.pcap", "102", "--filters", LIST], 1, /101 packets, and no number 102/],
  ["number 0", ["captures/dns.pcap", "0", "--filters", LIST], 2, /0/],
  ["what is no number", ["captures/dns.pcap", "five", "--filters", LIST], 2, /five/],
  ["no number", ["captures/dns.pcap", "--filters", LIST], 2, /missing required argument 'packet'/],
  ["no filters", ["captures/dns.pcap", "1"], 2, /--filters/],
  ["filters that are not there", ["captures/dns.pcap", "1", "--filters", at("absent")], 1, /absent: no such file/],
  ["a capture that is not there", [at("absent.pcap"), "1", "--filters", LIST], 1, /absent\.pcap: no such file/],
  ["what is no capture", [at("text", "no capture, for sure"), "1", "--filters", LIST], 1, /./],
  [
    "a text that is wrong",
    ["captures/dns.pcap", "1", "--filters", at("wrong.txt", "a: port\n")],
    1,
    /wrong\.txt:1:\d+: /,
  ],
])("refuses %s", (_, args, status, error) => {
  const ended = explain(...args);
  expect([ended.status, ended.text]).toEqual([status, ""]);
  expect(ended.error).toMatch(error);
});
