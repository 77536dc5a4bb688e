/**
 * Lines: goldens to be read, a stranger's opinion (tcpdump's, packet by packet), and rubbish of every kind. A change of a
 * golden is reviewed, then written with UPDATE_GOLDEN=1.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LONGEST_LINE, printPacket } from "../../src/wire/print.js";
import { printTime, TIME_FORMS } from "../../src/wire/time.js";
import { HAS_TCPDUMP } from "../installed.js";
import { Chance } from "../seeded.js";
import {
  CAPTURES,
  captureFile,
  captureFrames,
  damaged,
  dnsName,
  dnsQuery,
  ENDLESS,
  ethernet,
  type Frame,
  hex,
  ipv4,
  MADE,
  tcp,
  text,
  udp,
  word,
} from "./frames.js";

const PRINTABLE = /^[\x20-\x7e]*$/;
const LINK_TYPES = [0, 1, 9, 12, 50, 51, 101, 104, 105, 108, 113, 127, 147, 228, 229, 276];

function print({ octets, wire, linkType }: Frame): string {
  return printPacket(octets, 0, octets.length, wire, linkType);
}

function golden(name: string, lines: readonly string[]): void {
  const path = `tests/wire/print/${name}.txt`;
  const now = `${lines.join("\n")}\n`;
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, now);
  expect(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 npm test writes it`).toBe(true);
  expect(now).toBe(readFileSync(path, "utf8"));
}

describe("lines of packets", () => {
  test.each(CAPTURES)("%s", (name) => {
    const lines = captureFrames(name).map(print);
    // The first ones whole, of the rest a sample: goldens are there to be read.
    golden(
      name,
      lines.map((line, i) => `${i + 1}: ${line}`).filter((_, i) => i < 40 || i % 50 === 0),
    );
  });

  test("of each protocol and link type", () => {
    golden(
      "made",
      Object.entries(MADE).map(([name, frame]) => `${name}: ${print(frame)}`),
    );
  });

  test("every cut of each", () => {
    golden(
      "cuts",
      ["two tags", "DNS response", "extension headers", "QoS data with radiotap"].flatMap((name) => {
        const frame = MADE[name];
        if (frame === undefined) throw new Error(name);
        const lines = Array.from(frame.octets, (_, cut) => print({ ...frame, octets: frame.octets.subarray(0, cut) }));
        return [`${name}:`, ...lines.filter((line, i) => line !== lines[i - 1]), ""];
      }),
    );
  });
});

describe.skipIf(!HAS_TCPDUMP)("beside tcpdump", () => {
  let compared = 0;

  function tcpdump(name: string): string[] {
    const run = spawnSync("tcpdump", ["-n", "-S", "-t", "-r", "-"], { input: captureFile(name), maxBuffer: 2 ** 26 });
    return run.stdout.toString("latin1").trimEnd().split("\n");
  }

  /** Without what only we show: tags, fragments, what is told by content instead of by port. DNS over TCP has a colon more. */
  function ours(line: string): string {
    const text = line
      .replace(/^(vlan \d+, p \d, )+/, "")
      .replace(/, frag \d+ \(\d+\|\d+\)\+?$/, "")
      .replace(/: TLS: .*/, "")
      .replace(/(length \d+): (\d+[+*%|$-]? .*\(\d+\))$/, "$1 $2");
    return /\.443[ :]/.test(text) ? text.replace(/: HTTP: .*/, "") : text;
  }

  /** Messages in pieces, of which it says more or less than we do. */
  function theirs(line: string): string {
    return line.replace(/ \[prefix length.*/, "").replace(/ TXT \[\|domain\]$/, " [|domain] (1645)");
  }

  test.each(CAPTURES.filter((name) => name !== "headers.pcap.gz"))("%s: the same lines", (name) => {
    const lines = captureFrames(name).map((frame) => ours(print(frame)));
    const expected = tcpdump(name).map(theirs);
    compared += lines.length;
    expect(lines.length).toBe(expected.length);
    const pairs = lines.map((line, i) => [line, expected[i]]);
    expect(pairs.filter(([line, their]) => line !== their)).toEqual([]);
  });

  test("where packets are cut: the same addresses, ports, flags, numbers and lengths", () => {
    const NUMBERS =
      /IP6? (\S+) > (\S+): (?:Flags \[(\S+)\]|ICMP6?, \w+ \w+|\d+[+*]).*?(?:seq (\d+(?::\d+)?))?, (?:ack (\d+), )?win (\d+).*length (\d+)/;
    const lines = captureFrames("headers.pcap.gz").map((frame) => NUMBERS.exec(print(frame))?.slice(1));
    const expected = tcpdump("headers.pcap.gz").map((line) => NUMBERS.exec(line)?.slice(1));
    const both = lines.flatMap((line, i) =>
      line === undefined || expected[i] === undefined ? [] : [[line, expected[i]]],
    );
    compared += both.length;
    expect(both.length).toBeGreaterThan(400);
    expect(both.filter(([line, their]) => line?.join() !== their?.join())).toEqual([]);
  });

  test("they were many", () => expect(compared).toBeGreaterThan(9000));
});

describe("rubbish", () => {
  /** Fails unless the line is printable, short, and made of the captured octets alone. */
  function check(octets: Uint8Array, wire: number, linkType: number): void {
    const line = printPacket(octets, 0, octets.length, wire, linkType);
    expect(line).toMatch(PRINTABLE);
    expect(line.length).toBeGreaterThan(0);
    expect(line.length).toBeLessThanOrEqual(LONGEST_LINE);
    // Other packets' octets lie around it in memory.
    const among = new Uint8Array(octets.length + 300).fill(0xa7);
    among.set(octets, 100);
    expect(printPacket(among, 100, octets.length, wire, linkType)).toBe(line);
  }

  const frames = [
    ...Object.values(MADE),
    ...CAPTURES.flatMap((name) => captureFrames(name).filter((_, i) => i % 400 === 3)),
  ];

  test("every cut of real and made frames, as their own link type", () => {
    let cases = 0;
    for (const { octets, wire, linkType } of frames) {
      for (let cut = 0; cut <= Math.min(octets.length, 200); cut++, cases++)
        check(octets.subarray(0, cut), wire, linkType);
    }
    expect(cases).toBeGreaterThan(8000);
  });

  test.each(LINK_TYPES)("damaged frames and noise as link type %d", (linkType) => {
    const chance = new Chance(100 + linkType);
    for (let round = 0; round < 1500; round++) {
      const octets = damaged(chance, frames);
      check(octets, octets.length + (chance.percent(50) ? 0 : chance.below(3000)), linkType);
    }
  });

  test.each(Object.entries(ENDLESS))("headers that go on and on: %s", (_, octets) => {
    expect(octets.length).toBeGreaterThan(40);
    for (const linkType of LINK_TYPES) check(octets, octets.length, linkType);
  });
});

describe("names from packets", () => {
  const hostile = [
    "\u001b[2J",
    "\r\n1 forged",
    "\u202egnp.exe",
    "\u0007",
    "\u009b31m",
    "a.b",
    "\\x1b",
    "\u2028",
    "\ufeff",
    "é",
    "\0",
  ];

  test.each(hostile)("%j in DNS, HTTP, PPPoE, Wi-Fi", (name) => {
    const lines = [
      ethernet(0x0800, ipv4(17, udp(1, 53, dnsQuery(dnsName(name))))),
      ethernet(0x0800, ipv4(6, tcp(0x18, text(`GET ${name} HTTP/1.1\r\n`)))),
      ethernet(
        0x8863,
        hex("1107 0000", word(4 + Buffer.byteLength(name)), "0102", word(Buffer.byteLength(name)), text(name)),
      ),
    ].map((digits) =>
      print({ octets: Uint8Array.from(Buffer.from(digits, "hex")), wire: digits.length / 2, linkType: 1 }),
    );
    for (const line of lines) expect(line).toMatch(PRINTABLE);
    expect(new Set(lines).size).toBe(3);
  });

  test("a name's own dots and backslashes cannot be mistaken for ours", () => {
    const asked = (name: string) => {
      const digits = ethernet(0x0800, ipv4(17, udp(1, 53, dnsQuery(name))));
      return print({ octets: Uint8Array.from(Buffer.from(digits, "hex")), wire: 0, linkType: 1 });
    };
    const lines = [dnsName("a.b"), dnsName("a", "b"), dnsName("a\\x2eb"), dnsName("a\\.b"), hex("03 61ff62 00")].map(
      asked,
    );
    expect(lines.map((line) => /A\? (.*) \(/.exec(line)?.[1])).toEqual([
      "a\\.b.",
      "a.b.",
      "a\\\\x2eb.",
      "a\\\\\\.b.",
      "a\\xffb.",
    ]);
  });
});

describe("time stamps", () => {
  const time = 1_764_182_189_123_456_789n;

  test("in each form", () => {
    expect(TIME_FORMS.map((form) => printTime(time, form, 6, time - 1_000_000_001n))).toEqual([
      "2025-11-26T18:36:29.123456Z",
      "1764182189.123456",
      "1.000000",
      "1.000000",
      "",
    ]);
  });

  test("with as many digits as the capture has", () => {
    expect([0, 3, 9].map((digits) => printTime(time, "epoch", digits))).toEqual([
      "1764182189",
      "1764182189.123",
      "1764182189.123456789",
    ]);
    expect(printTime(time, "utc", 9)).toBe("2025-11-26T18:36:29.123456789Z");
    expect(printTime(0n, "utc", 0)).toBe("1970-01-01T00:00:00Z");
  });

  test("before 1970, backwards, and beyond every calendar", () => {
    expect(printTime(-1n, "utc", 9)).toBe("1969-12-31T23:59:59.999999999Z");
    expect(printTime(5n, "delta", 9, 7n)).toBe("-0.000000002");
    expect(printTime(2n ** 64n - 1n, "utc", 6)).toBe("2554-07-21T23:34:33.709551Z");
    expect(printTime(2n ** 90n, "utc", 0)).toBe("1237940039285380274");
  });
});
