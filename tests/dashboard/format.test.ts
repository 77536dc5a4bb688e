import { describe, expect, test } from "vitest";
import {
  bitRate,
  causes,
  clock,
  drift,
  exact,
  formatWords,
  fractionDigits,
  middleCut,
  octets,
  packetRate,
  parseTime,
  roughly,
  share,
  si,
  spanLength,
  utc,
} from "../../src/dashboard/format.js";

describe("SI numbers", () => {
  test.each([
    [0, "0"],
    [7, "7"],
    [999, "999"],
    [1000, "1.00 k"],
    [999.6, "1.00 k"],
    [0.25, "0.25"],
    [12.345, "12.3"],
    [1_240_000, "1.24 M"],
    [999_499, "999 k"],
    [999_500, "1.00 M"],
    [8_000_000_000, "8.00 G"],
    [2 ** 53, "9.01 P"],
    [-1500, "−1.50 k"],
    [Number.NaN, "–"],
  ])("%d is %s", (value, text) => expect(si(value)).toBe(text));

  test("units stand behind the prefix", () => {
    expect(packetRate(1_240_000)).toBe("1.24 Mpps");
    expect(packetRate(0.0001)).toBe("0 pps");
    expect(bitRate(125)).toBe("1.00 kb/s");
    expect(octets(1536)).toBe("1.54 kB");
  });

  test("never more than three digits and a prefix, for any magnitude", () => {
    for (let power = -2; power < 17; power++) {
      for (const lead of [1, 1.005, 4.995, 9.994, 9.995, 9.9999]) {
        const text = si(lead * 10 ** power);
        expect(text, `${lead}e${power}`).toMatch(/^\d{1,3}(\.\d{1,2})?( [kMGTP])?$/);
        expect(text.split(" ")[0]).not.toMatch(/^\d{4}/);
      }
    }
  });
});

test("exact groups every digit", () => {
  expect(exact(1234567)).toBe("1\u202f234\u202f567");
  expect(exact(999)).toBe("999");
  expect(exact(-1234)).toBe("-1\u202f234");
});

test("shares", () => {
  expect(share(1, 3)).toBe("33.3 %");
  expect(share(3, 3)).toBe("100 %");
  expect(share(1, 100_000)).toBe("<0.1 %");
  expect(share(0, 10)).toBe("0.0 %");
  expect(share(1, 0)).toBe("–");
});

describe("names cut in the middle", () => {
  test("both ends stay", () => expect(middleCut("tcp-requests-to-port-8080", 13)).toBe("tcp-re…t-8080"));
  test("what fits is left alone", () => expect(middleCut("dns", 3)).toBe("dns"));
  test("length is kept, in characters", () => {
    for (let limit = 1; limit < 30; limit++) expect([...middleCut("🦊".repeat(40), limit)]).toHaveLength(limit);
  });
});

describe("times", () => {
  const second = 1_000_000_000n;
  test("lengths, with the digits that matter", () => {
    expect(clock(83n * second + 250_000_000n, 3)).toBe("1:23.250");
    expect(clock(3_661n * second, 0)).toBe("1:01:01");
    expect(clock(0n, 3)).toBe("0:00.000");
    expect(clock(-1_500_000_000n, 1)).toBe("−0:01.5");
    expect(clock(123n, 9)).toBe("0:00.000000123");
  });
  test("digits fall as the whole grows", () => {
    expect([1_000n, second, 100n * second, 100_000n * second].map(fractionDigits)).toEqual([9, 6, 3, 0]);
  });
  test("moments are exact to the ns and reach 2106", () => {
    expect(utc(1_772_366_400_123_456_789n, 9)).toBe("2026-03-01 12:00:00.123456789");
    expect(utc(4_294_967_295n * second, 0)).toBe("2106-02-07 06:28:15");
  });
  test("lengths and formats of captures", () => {
    expect([spanLength(8_998_000_000n), spanLength(12_345n)]).toEqual(["0:08.998", "0:00.000012345"]);
    expect(formatWords("pcap-le-us")).toBe("pcap");
    expect(formatWords("pcap-be-ns-modified")).toBe("pcap, big-endian, ns, modified");
  });
  test("only decimal numbers are times", () => {
    expect(parseTime("12")).toBe(12n);
    expect([parseTime(null), parseTime(""), parseTime("-1"), parseTime("1e3")]).toEqual([null, null, null, null]);
  });
  test("spans of wall time", () => {
    expect([drift(0), drift(850), drift(12_345), drift(4_560_000), drift(1.2e9)]).toEqual([
      "0",
      "850 ns",
      "12.3 µs",
      "4.56 ms",
      "1.20 s",
    ]);
    expect([roughly(420), roughly(12_000), roughly(180_000), roughly(7_200_000)]).toEqual([
      "0.4 s",
      "12 s",
      "3 min",
      "2 h",
    ]);
  });
});

test("causes in words, the largest first, none where nothing was counted", () => {
  expect(causes({ ringFull: 3, environmentFailed: 2000, other: 0 })).toBe("environment failed 2.00 k, ring full 3");
  expect(causes({ ringFull: 0 })).toBe("");
});
