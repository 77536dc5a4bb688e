import { describe, expect, test } from "vitest";
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6 } from "../../src/wire/address.js";

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
  expect(formatMac(Uint8Array.of(9, 0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7), 1)).toBe("00:1b:44:11:3a:b7");
});
