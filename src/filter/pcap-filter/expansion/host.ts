/**
 * Hosts and networks by address: in IPv4's and IPv6's header, in ARP's and RARP's body (RFC 826, 903), in DECnet's
 * routing header (DECnet Phase IV).
 */
import type { Direction, Protocol } from "../ast.js";
import type { Predicate } from "../predicate.js";
import { and, equal, or } from "./compose.js";
import { carries, EtherType } from "./ether-type.js";
import type { Scope } from "./scope.js";

interface Fields {
  readonly type: number;
  readonly source: number;
  readonly destination: number;
}

const IPV4: Fields = { type: EtherType.ipv4, source: 12, destination: 16 };
const ARP: Fields = { type: EtherType.arp, source: 14, destination: 24 };
const RARP: Fields = { type: EtherType.rarp, source: 14, destination: 24 };
const IPV6: Fields = { type: EtherType.ipv6, source: 8, destination: 24 };

/** Asks one end, both ends, or either: source first. */
export function directed(
  scope: Scope,
  direction: Direction | undefined,
  of: string,
  end: (end: "source" | "destination") => Predicate,
): Predicate {
  switch (direction) {
    case "src":
      return end("source");
    case "dst":
      return end("destination");
    case "src and dst":
      return and(end("source"), end("destination"));
    case undefined:
    case "src or dst":
      return or(end("source"), end("destination"));
    default:
      return scope.refuse("E_QUALIFIER", `\`${direction}\` is for addresses of 802.11 frames, not for ${of}`);
  }
}

export function host4(
  scope: Scope,
  address: number,
  mask: number,
  protocol: Protocol | undefined,
  direction: Direction | undefined,
): Predicate {
  const of = (fields: Fields) =>
    directed(scope, direction, "IPv4 addresses", (end) =>
      and(carries(scope, fields.type), equal(scope.load("network", fields[end], 4, mask), address)),
    );
  switch (protocol) {
    case undefined:
      // Behind labels there is no ARP.
      return scope.labels > 0 ? of(IPV4) : or(of(IPV4), of(ARP), of(RARP));
    case "ip":
      return of(IPV4);
    case "arp":
      return of(ARP);
    case "rarp":
      return of(RARP);
    case "decnet":
      return decnetHost(scope, address, direction);
    default:
      return scope.refuse("E_QUALIFIER", `\`${protocol}\` has no IPv4 addresses: \`ip\`, \`arp\` and \`rarp\` have`);
  }
}

const WORDS = [0, 4, 8, 12];

/** `address` and `mask` have 16 octets. */
export function host6(
  scope: Scope,
  address: readonly number[],
  mask: readonly number[],
  protocol: Protocol | undefined,
  direction: Direction | undefined,
): Predicate {
  if (protocol !== undefined && protocol !== "ip6") {
    return scope.refuse("E_QUALIFIER", `\`${protocol}\` has no IPv6 addresses: \`ip6\` has`);
  }
  return directed(scope, direction, "IPv6 addresses", (end) => {
    const words = WORDS.map((at) => equal(scope.load("network", IPV6[end] + at, 4, word(mask, at)), word(address, at)));
    // Made last, for libpcap takes its scratch cells in this order; asked first.
    return and(carries(scope, IPV6.type), ...words);
  });
}

function word(octets: readonly number[], at: number): number {
  return octets.slice(at, at + 4).reduce((sum, octet) => ((sum << 8) | octet) >>> 0, 0);
}

/**
 * Data packets only, in the long or the short format, behind none or one octet of padding: the flags octet says which.
 * Addresses are little-endian.
 */
export function decnetHost(scope: Scope, address: number, direction: Direction | undefined): Predicate {
  const value = ((address & 0xff) << 8) | ((address >> 8) & 0xff);
  return directed(scope, direction, "DECnet addresses", (end) => {
    const [long, short] = end === "source" ? [15, 3] : [7, 1];
    const type = carries(scope, EtherType.decnet);
    const at = (offset: number) => equal(scope.load("network", offset, 2), value);
    const formats = or(
      and(equal(scope.load("network", 2, 1, 0x07), 0x02), at(2 + short)),
      and(equal(scope.load("network", 2, 2, 0xff07), 0x8102), at(3 + short)),
      and(equal(scope.load("network", 2, 1, 0x07), 0x06), at(2 + long)),
      and(equal(scope.load("network", 2, 2, 0xff07), 0x8106), at(3 + long)),
    );
    return and(type, formats);
  });
}
