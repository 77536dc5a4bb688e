/** `broadcast` and `multicast`: of the link layer by destination address, of IPv4 and IPv6 by destination. */
import type { Protocol } from "../ast.js";
import type { Predicate } from "../predicate.js";
import { and, bits, compare, equal, or } from "./compose.js";
import { carries, EtherType } from "./ether-type.js";
import { ADDRESSES, arcnetHost, BROADCAST, inside, linkHost } from "./link-host.js";
import type { Scope } from "./scope.js";
import { atDestination } from "./wlan.js";

const ARCNET_BROADCAST = 0;
const GROUP_BIT = 1;
/** 224.0.0.0/4, and 240.0.0.0/4 with it, as libpcap has it. */
const FIRST_GROUP = 224;
const IPV6_GROUPS = 255;

export function broadcast(scope: Scope, protocol: Protocol | undefined): Predicate {
  switch (protocol) {
    case undefined:
    case "link":
      return linkBroadcast(scope);
    case "ip":
      return ipBroadcast(scope);
    default:
      return scope.refuse("E_QUALIFIER", `\`${protocol}\` has no broadcasts: \`ip\` and the link layer have`);
  }
}

function linkBroadcast(scope: Scope): Predicate {
  const { family, name } = scope.layer;
  if (family === "arcnet") return arcnetHost(scope, ARCNET_BROADCAST, "dst");
  if (family === "wlan" || family === "ppi" || ADDRESSES.has(family)) return linkHost(scope, BROADCAST, "dst");
  return scope.refuse("E_LINK_TYPE", `${name} has no broadcasts`);
}

/** Host bits all 0 or all 1: with a netmask of 0, 0.0.0.0 and 255.255.255.255. */
function ipBroadcast(scope: Scope): Predicate {
  const hosts = ~scope.netmask >>> 0;
  const type = carries(scope, EtherType.ipv4);
  const destination = () => scope.load("network", 16, 4, hosts);
  return and(type, or(equal(destination(), 0), equal(destination(), hosts)));
}

export function multicast(scope: Scope, protocol: Protocol | undefined): Predicate {
  switch (protocol) {
    case undefined:
    case "link":
      return linkMulticast(scope);
    case "ip":
      return and(carries(scope, EtherType.ipv4), compare(scope.load("network", 16, 1), ">=", FIRST_GROUP));
    case "ip6":
      return and(carries(scope, EtherType.ipv6), equal(scope.load("network", 24, 1), IPV6_GROUPS));
    default:
      return scope.refuse("E_QUALIFIER", `\`${protocol}\` has no multicasts: \`ip\`, \`ip6\` and the link layer have`);
  }
}

function linkMulticast(scope: Scope): Predicate {
  const { family, name } = scope.layer;
  const group = (at: number) => bits(scope.load("header", at, 1), GROUP_BIT);
  if (family === "arcnet") return arcnetHost(scope, ARCNET_BROADCAST, "dst");
  if (family === "wlan" || family === "ppi") return atDestination(scope, group);
  const addresses = ADDRESSES.get(family);
  if (addresses === undefined) return scope.refuse("E_LINK_TYPE", `${name} has no multicasts`);
  return inside(scope, group(addresses.destination));
}
