import { describe, expect, test } from "vitest";
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  inCidr,
  parseCidr,
  parseIpv4,
  parseIpv6,
  parseMac,
} from "../../src/wire/address.js";

describe("IPv6 text", () => {
  // RFC 5952 §2 and §4, and RFC 4291 §2.2: any form in, the canonical one out.
  test.each([
    ["2001:DB8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::13.1.68.3", "::d01:4403"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ])("%s is %s", (text, canonical) => {
    const octets = parseIpv6(text);
    expect(octets).toHaveLength(16);
    expect(formatIpv6(octets ?? new Uint8Array(16), 0)).toBe(canonical);
  });

  test.each([
    "",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "g::",
    "12345::",
    "1:2:3:4:5:6:7:8::",
    "::1.2.3",
    "1.2.3.4::",
    ":1:2:3:4:5:6:7",
    "::1%eth0",
  ])("%j is no address", (text) => expect(parseIpv6(text)).toBeUndefined());
});

test("IPv4 text", () => {
  expect(formatIpv4(parseIpv4("192.0.2.255") ?? new Uint8Array(4), 0)).toBe("192.0.2.255");
  for (const wrong of ["", "1.2.3", "1.2.3.4.5", "256.0.0.0", "01.2.3.4", "1.2.3.x", "1..2.3"]) {
    expect(parseIpv4(wrong), wrong).toBeUndefined();
  }
});

test("MAC text", () => {
  expect(formatMac(parseMac("00-1B-44-11-3a-b7") ?? new Uint8Array(6), 0)).toBe("00:1b:44:11:3a:b7");
  for (const wrong of ["", "00:11:22:33:44", "00:11:22:33:44:5g", "001122334455"]) {
    expect(parseMac(wrong), wrong).toBeUndefined();
  }
});

test("prefixes hold their addresses and no others", () => {
  const holds = (cidr: string, address: string) => {
    const octets = parseIpv4(address) ?? parseIpv6(address) ?? new Uint8Array();
    const prefix = parseCidr(cidr);
    return prefix !== undefined && inCidr(octets, 0, prefix);
  };
  expect(holds("10.0.0.0/8", "10.255.1.2")).toBe(true);
  expect(holds("10.0.0.0/8", "11.0.0.0")).toBe(false);
  expect(holds("192.0.2.128/25", "192.0.2.127")).toBe(false);
  expect(holds("192.0.2.128/25", "192.0.2.200")).toBe(true);
  expect(holds("0.0.0.0/0", "255.1.2.3")).toBe(true);
  expect(holds("2001:db8::/33", "2001:db8:8000::")).toBe(false);
  expect(holds("2001:db8::1", "2001:db8::1")).toBe(true);
  for (const wrong of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "::/129", "/8"]) {
    expect(parseCidr(wrong), wrong).toBeUndefined();
  }
});
