/**
 * Addresses written as names (`host \10.1`), which libpcap gives to the resolver: inet_aton(3) reads them there, with other
 * meanings than libpcap's own addresses have.
 */
import { parseIpv6 } from "../../../wire/address.js";

const PART = /^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/;

/** One to four parts, hexadecimal, octal or decimal; the last one fills what is left. Undefined where it is none. */
export function inetAton(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => PART.test(part))) return undefined;
  const numbers = parts.map(partOf);
  const last = numbers.pop() ?? 0;
  const left = 4 - numbers.length;
  if (numbers.some((number) => !(number <= 255)) || !(last < 256 ** left)) return undefined;
  return numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), last);
}

/** NaN where digits are not the base's. */
function partOf(part: string): number {
  return /^0[0-7]*$/.test(part) ? Number.parseInt(part, 8) : /^0[0-9]/.test(part) ? Number.NaN : Number(part);
}

/** Sixteen octets. Zones are not read. */
export function inet6(text: string): readonly number[] | undefined {
  const octets = text.includes(":") ? parseIpv6(text) : undefined;
  return octets && [...octets];
}
