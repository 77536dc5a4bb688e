/** Qualified values: what `tcp port 80`, `src net 10/8`, `ether host 2:0:0:0:0:1`, `ip proto \udp` ask, by the kind of the value. */
import type { Identity, IdentityKind, Mask, Protocol, Value } from "../ast.js";
import type { Predicate } from "../predicate.js";
import { etherTypeOf, llcSapOf, protocolOf } from "../protocols.js";
import { portOf, portRangeOf } from "../services.js";
import { FALSE } from "./compose.js";
import { decnetHost, host4, host6 } from "./host.js";
import { arcnetHost, linkHost } from "./link-host.js";
import { NOT_SET } from "./link-layer.js";
import { MAX_PORT, onePort, type PortRange, port, Transport } from "./port.js";
import { hasProtocol, Osi, protochain } from "./protocol.js";
import type { Scope } from "./scope.js";
import { inet6, inetAton } from "./written-address.js";

type Of<K extends Value["kind"]> = Extract<Value, { readonly kind: K }>;

const FULL = 0xffffffff;
const FULL_6 = Array.from({ length: 16 }, () => 255);

export function identity(scope: Scope, of: Identity): Predicate {
  if (of.of === "gateway") {
    return scope.refuse(
      "E_QUALIFIER",
      "`gateway` wants hosts looked up, which is not done: name its addresses instead",
    );
  }
  const { value } = of;
  switch (value.kind) {
    case "name":
      return name(scope, of, value);
    case "number":
      return number(scope, of, value.value);
    case "ipv4":
      return value.mask === undefined ? address4(scope, of, value) : network4(scope, of, value, value.mask);
    case "ipv6":
      return address6(scope, of, value);
    case "mac":
      return mac(scope, of, value);
    case "arcnet":
      if (scope.layer.family === "arcnet" && !isLinkHost(of)) return notOfThisKind(scope, of, "`arc host`");
      return arcnetHost(scope, value.octet, of.direction);
  }
}

function isHost(of: IdentityKind | undefined): boolean {
  return of === undefined || of === "host";
}

function isLinkHost(of: Identity): boolean {
  return isHost(of.of) && of.protocol === "link";
}

function notOfThisKind(scope: Scope, of: Identity, wanted: string): Predicate {
  const words = [of.word, of.direction, of.of].filter((word) => word !== undefined).join(" ");
  return scope.refuse("E_ADDRESS", `this address goes with ${wanted}, not with \`${words}\``);
}

function name(scope: Scope, of: Identity, { text }: Of<"name">): Predicate {
  switch (of.of) {
    case undefined:
    case "host":
      return hostName(scope, of, text);
    case "net":
      return networkName(scope, of, text);
    case "port":
    case "portrange":
      return portName(scope, of, text);
    case "proto":
    case "protochain": {
      const found = namedProtocol(text, of.protocol);
      if (found === undefined) return scope.refuse("E_UNKNOWN_NAME", `there is no protocol "${text}" here`);
      return of.of === "proto" ? hasProtocol(scope, found, of.protocol) : protochain(scope, found, of.protocol);
    }
    case "gateway":
      throw new Error("identity: gateway was refused before");
  }
}

/** Hosts are not looked up, but what the resolver would take for an address is one. */
function hostName(scope: Scope, of: Identity, text: string): Predicate {
  const { protocol, direction } = of;
  // Without a type field, ARP and RARP are not asked.
  const typeless = protocol === undefined && scope.type.constant === NOT_SET;
  if (protocol !== "link" && protocol !== "decnet") {
    const address = inetAton(text);
    if (address !== undefined) return host4(scope, address, FULL, typeless ? "ip" : protocol, direction);
    const address6 = inet6(text);
    if (address6 !== undefined) return host6(scope, address6, FULL_6, protocol, direction);
  }
  return scope.refuse("E_UNKNOWN_NAME", `"${text}" is no address, and hosts are not looked up`);
}

function namedProtocol(text: string, over: Protocol | undefined): number | undefined {
  switch (over) {
    case undefined:
    case "ip":
    case "ip6":
      return protocolOf(text);
    case "link":
      return etherTypeOf(text) ?? llcSapOf(text);
    case "iso":
      return OSI_NAMES.get(text);
    default:
      return undefined;
  }
}

const OSI_NAMES: ReadonlyMap<string, number> = new Map(Object.entries(Osi));

/** As Debian's netbase 6.4 lists them in /etc/networks; its default, 0.0.0.0, is none to libpcap. */
const NETWORKS: ReadonlyMap<string, number> = new Map([
  ["loopback", 0x7f000000],
  ["link-local", 0xa9fe0000],
]);

function networkName(scope: Scope, of: Identity, text: string): Predicate {
  const found = NETWORKS.get(text);
  if (found === undefined) return scope.refuse("E_UNKNOWN_NAME", `there is no network "${text}"`);
  return shortNetwork(scope, of, found);
}

/** A number's leading octets of 0 are none of its octets: 10 is 10.0.0.0/8. */
function shortNetwork(scope: Scope, of: Identity, number: number): Predicate {
  let address = number >>> 0;
  let mask = FULL;
  while (address !== 0 && address >>> 24 === 0) {
    address = (address << 8) >>> 0;
    mask = (mask << 8) >>> 0;
  }
  return host4(scope, address, mask, of.protocol, of.direction);
}

function portName(scope: Scope, of: Identity, text: string): Predicate {
  const asked = transportOf(scope, of);
  if (asked === "refused") return FALSE;
  const found = of.of === "port" ? portOf(text) : portRangeOf(text);
  if (found === undefined) return scope.refuse("E_UNKNOWN_NAME", `there is no service "${text}"`);
  const { transports } = found;
  const only = transports.length === 1 ? transports[0] : undefined;
  if (only !== undefined && of.protocol !== undefined && of.protocol !== only) {
    return scope.refuse("E_QUALIFIER", `"${text}" is a port of \`${only}\`, not of \`${of.protocol}\``);
  }
  const transport = asked ?? (only && Transport[only]);
  if (!("first" in found)) return ports(scope, of, onePort(found.port), transport);
  const [least, most] = [found.first, found.last].sort((a, b) => a - b);
  return ports(scope, of, { least: least ?? 0, most: most ?? 0, range: true }, transport);
}

/** `undefined` is any; a refusal has been told. */
function transportOf(scope: Scope, { protocol, of }: Identity): number | "refused" | undefined {
  if (protocol === undefined) return undefined;
  if (protocol === "tcp" || protocol === "udp" || protocol === "sctp") return Transport[protocol];
  scope.refuse("E_QUALIFIER", `\`${protocol}\` has no ports: \`${of}\` goes with \`tcp\`, \`udp\` and \`sctp\``);
  return "refused";
}

function ports(scope: Scope, of: Identity, asked: PortRange, transport: number | undefined): Predicate {
  const wrong = [asked.least, asked.most].find((number) => number < 0 || number > MAX_PORT);
  if (wrong !== undefined) return scope.refuse("E_VALUE", `port ${wrong}: there are none but 0 to ${MAX_PORT}`);
  return port(scope, asked, transport, of.direction);
}

function number(scope: Scope, of: Identity, value: number): Predicate {
  switch (of.of) {
    case undefined:
    case "host":
    case "net":
      if (of.protocol === "decnet") return decnetHost(scope, value, of.direction);
      if (of.protocol === "link") return scope.refuse("E_ADDRESS", "a number is no address of a link layer");
      if (of.of === "net") return shortNetwork(scope, of, value);
      return host4(scope, value, FULL, of.protocol, of.direction);
    case "port":
    case "portrange": {
      const transport = transportOf(scope, of);
      if (transport === "refused") return FALSE;
      return ports(scope, of, { least: value, most: value, range: of.of === "portrange" }, transport);
    }
    case "proto":
      return hasProtocol(scope, value, of.protocol);
    case "protochain":
      return protochain(scope, value, of.protocol);
    case "gateway":
      throw new Error("identity: gateway was refused before");
  }
}

const AREA_BITS = 0xfc00;
const NODE_BITS = 0x03ff;

function address4(scope: Scope, of: Identity, { octets }: Of<"ipv4">): Predicate {
  if (of.of !== undefined && of.of !== "host" && of.of !== "net") {
    return notOfThisKind(scope, of, "`host` and `net`");
  }
  if (of.protocol === "decnet") {
    const [area = 0, node = 0] = octets;
    return decnetHost(scope, ((area << 10) & AREA_BITS) | (node & NODE_BITS), of.direction);
  }
  if (of.protocol === "link") return scope.refuse("E_ADDRESS", "an IPv4 address is none of a link layer");
  return host4(scope, wordOf(octets), bitMask(octets.length * 8), of.protocol, of.direction);
}

/** As the upper octets of a word. */
function wordOf(octets: readonly number[]): number {
  return [0, 1, 2, 3].reduce((sum, at) => ((sum << 8) | (octets[at] ?? 0)) >>> 0, 0);
}

function bitMask(bits: number): number {
  return bits === 0 ? 0 : (FULL << (32 - bits)) >>> 0;
}

function network4(scope: Scope, of: Identity, { octets }: Of<"ipv4">, mask: Mask): Predicate {
  if (mask.kind === "bits" && mask.bits > 32) return scope.refuse("E_PREFIX", "an IPv4 prefix has at most 32 bits");
  const network = wordOf(octets);
  const bits = mask.kind === "bits" ? bitMask(mask.bits) : wordOf(mask.octets);
  if ((network & ~bits) !== 0) return scope.refuse("E_MASK", "the address has bits outside of its mask");
  if (of.of !== "net") return scope.refuse("E_QUALIFIER", "a mask goes with `net` only");
  return host4(scope, network, bits, of.protocol, of.direction);
}

const IPV6_BITS = 128;

function address6(scope: Scope, of: Identity, { octets, bits = IPV6_BITS }: Of<"ipv6">): Predicate {
  if (bits > IPV6_BITS) return scope.refuse("E_PREFIX", `an IPv6 prefix has at most ${IPV6_BITS} bits`);
  const mask = octets.map((_, at) => (0xff00 >> Math.min(Math.max(bits - at * 8, 0), 8)) & 0xff);
  if (octets.some((octet, at) => (octet & ~(mask[at] ?? 0)) !== 0)) {
    return scope.refuse("E_MASK", "the address has bits outside of its prefix");
  }
  if (isHost(of.of) && bits !== IPV6_BITS) return scope.refuse("E_QUALIFIER", "a prefix goes with `net` only");
  if (!isHost(of.of) && of.of !== "net") return notOfThisKind(scope, of, "`host` and `net`");
  return host6(scope, octets, mask, of.protocol, of.direction);
}

function mac(scope: Scope, of: Identity, { octets }: Of<"mac">): Predicate {
  if (!isLinkHost(of)) return notOfThisKind(scope, of, "`ether host`");
  return linkHost(scope, octets, of.direction);
}
