/**
 * Addresses: octets ↔ text. IPv6 text is canonical after RFC 5952 when formatted, any form of
 * RFC 4291 §2.2 when parsed. Parsers answer undefined for what is not an address; none throws.
 */
import { u8, u16 } from "./octets.js";

const MAC_OCTETS = 6;
const IPV4_OCTETS = 4;

export function formatMac(octets: Uint8Array, at: number): string {
  let text = "";
  for (let i = 0; i < MAC_OCTETS; i++) {
    text +=
      (i === 0 ? "" : ":") +
      u8(octets, at + i)
        .toString(16)
        .padStart(2, "0");
  }
  return text;
}

export function formatIpv4(octets: Uint8Array, at: number): string {
  return `${u8(octets, at)}.${u8(octets, at + 1)}.${u8(octets, at + 2)}.${u8(octets, at + 3)}`;
}

/** Four decimal numbers below 256, without leading zeros (which some read as octal). */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== IPV4_OCTETS || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const values = parts.map(Number);
  return values.every((value) => value < 256) ? Uint8Array.from(values) : undefined;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of zero groups (two or more) as `::`. */
export function formatIpv6(octets: Uint8Array, at: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push(u16(octets, at + 2 * i));
  if (isIpv4Mapped(groups)) return `::ffff:${formatIpv4(octets, at + 12)}`;
  const run = longestZeros(groups);
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return run.length < 2 ? hex(0, 8) : `${hex(0, run.start)}::${hex(run.start + run.length, 8)}`;
}

/** RFC 5952 §5: the prefix ::ffff:0:0/96 is known to hold an IPv4 address. */
function isIpv4Mapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** The first of the longest runs (RFC 5952 §4.2.3). */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  });
  return best;
}

export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const left = groupsOf(halves[0] ?? "", halves.length === 1);
  const right = halves.length === 2 ? groupsOf(halves[1] ?? "", true) : [];
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => 0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

/** The 16-bit groups of `a:b:c`; where `last`, the final one may be an IPv4 address. */
function groupsOf(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const tail = parts.at(-1) ?? "";
  const ipv4 = last && tail.includes(".") ? parseIpv4(tail) : undefined;
  const hex = ipv4 === undefined ? parts : parts.slice(0, -1);
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = hex.map((part) => Number.parseInt(part, 16));
  return ipv4 === undefined ? groups : [...groups, u16(ipv4, 0), u16(ipv4, 2)];
}
