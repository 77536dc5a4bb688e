/**
 * Octets of addresses that the lexer has found, as inet_pton(3) and ether_aton(3) read them; IPv4's dotted parts are
 * libpcap's own, decimal even after a leading 0.
 */

/** Of text in one of the lexer's forms of MAC addresses. */
export function macOctets(text: string): number[] {
  const groups = text.split(/[-:.]/);
  if (groups.length === 6) return groups.map((group) => Number.parseInt(group, 16));
  const digits = groups.join("");
  return [0, 2, 4, 6, 8, 10].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

/** Undefined where there are too many groups, or the dotted end is none of inet_pton's. */
export function ipv6Octets(text: string): number[] | undefined {
  const [head = "", tail, ...more] = text.split("::");
  const before = groupOctets(head);
  const after = groupOctets(tail ?? "");
  if (!before || !after || more.length > 0) return undefined;
  const missing = 16 - before.length - after.length;
  // "::" stands for one group at least.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

function groupOctets(text: string): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  for (const group of text.split(":")) {
    if (group.includes(".")) {
      const quad = group.split(".");
      if (!quad.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
      octets.push(...quad.map(Number));
    } else {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    }
  }
  return octets;
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
