/**
 * Octets of MAC addresses as ether_aton(3) reads them, and of IPv4's and DECnet's as libpcap itself does: decimal even
 * after a leading 0. IPv6's are read by wire/address.ts, as inet_pton(3) does.
 */

/** Of text in one of the lexer's forms of MAC addresses. */
export function macOctets(text: string): number[] {
  const groups = text.split(/[-:.]/);
  if (groups.length === 6) return groups.map((group) => Number.parseInt(group, 16));
  const digits = groups.join("");
  return [0, 2, 4, 6, 8, 10].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

/** Undefined where a part is no number of 0 to 255. */
export function ipv4Octets(parts: readonly string[]): number[] | undefined {
  const octets = parts.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : 256));
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

const MOST_OF_LONG = 2n ** 63n - 1n;

/** DECnet's area and node (and what follows, which means nothing): undefined where they are not decimal. */
export function decnetNumbers(parts: readonly string[]): number[] | undefined {
  if (!parts.slice(0, 2).every((part) => /^[0-9]+$/.test(part))) return undefined;
  return parts.slice(0, 2).map((part) => {
    const value = BigInt(part);
    // What scanf(3) stores in 32 bits.
    return Number(BigInt.asUintN(32, value < MOST_OF_LONG ? value : MOST_OF_LONG));
  });
}
