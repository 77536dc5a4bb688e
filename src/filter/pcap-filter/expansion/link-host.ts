/** Hosts by their address of 48 bits in the link header, each link type's where that one has it; ARCnet's have 8 bits. */
import type { Direction } from "../ast.js";
import type { Predicate } from "../predicate.js";
import { and, equal } from "./compose.js";
import { insideCheck } from "./ether-type.js";
import { directed } from "./host.js";
import type { Family } from "./link-layer.js";
import { hasAddress } from "./mac-address.js";
import type { Scope } from "./scope.js";
import { wlanHost } from "./wlan.js";

export interface Addresses {
  readonly source: number;
  readonly destination: number;
}

export const ADDRESSES: ReadonlyMap<Family, Addresses> = new Map([
  ["ethernet", { source: 6, destination: 0 }],
  ["fddi", { source: 7, destination: 1 }],
  ["token ring", { source: 8, destination: 2 }],
  ["fibre channel", { source: 10, destination: 2 }],
]);

export const BROADCAST = [255, 255, 255, 255, 255, 255];

/** `address` has 6 octets. */
export function linkHost(scope: Scope, address: readonly number[], direction: Direction | undefined): Predicate {
  const { family } = scope.layer;
  if (family === "wlan" || family === "ppi") return wlanHost(scope, address, direction);
  const addresses = ADDRESSES.get(family);
  if (addresses === undefined) {
    return scope.refuse("E_LINK_TYPE", `frames of ${scope.layer.name} have no addresses of 48 bits`);
  }
  return inside(
    scope,
    directed(scope, direction, `addresses of ${scope.layer.name}`, (end) => hasAddress(scope, addresses[end], address)),
  );
}

/** Ethernet may lie inside of another link layer, and then may not be there. */
export function inside(scope: Scope, test: Predicate): Predicate {
  const check = scope.layer.family === "ethernet" ? insideCheck(scope) : undefined;
  return check === undefined ? test : and(check, test);
}

/** The source stands first. */
export function arcnetHost(scope: Scope, address: number, direction: Direction | undefined): Predicate {
  if (scope.layer.family !== "arcnet") {
    return scope.refuse("E_LINK_TYPE", `only ARCnet has addresses of one octet, ${scope.layer.name} has not`);
  }
  return directed(scope, direction, "addresses of ARCnet", (end) =>
    equal(scope.load("header", end === "source" ? 0 : 1, 1), address),
  );
}
