/**
 * `vlan`, `mpls`, `pppoed` and `pppoes` (IEEE 802.1Q and 802.1ad, RFC 3032, RFC 2516): each asks for its header, and moves
 * the offsets of all that stands to its right behind that header.
 */

import type { Predicate } from "../predicate.js";
import { and, equal, or } from "./compose.js";
import { carries, EtherType, PPP_MPLS } from "./ether-type.js";
import { PPP } from "./link-layer.js";
import type { Scope } from "./scope.js";

const MAX_VLAN = 0xfff;
const MAX_LABEL = 0xfffff;
const MAX_SESSION = 0xffff;

const VLAN_TAG = 4;
const LABEL = 4;
const LABEL_BITS = 0xfffff000;
const PPPOE_HEADER = 6;
const PPP_TYPE = 2;

export function vlan(scope: Scope, number: number | undefined): Predicate {
  if (scope.labels > 0) return scope.refuse("E_MPLS", "there are no VLAN tags behind `mpls`");
  const { family } = scope.layer;
  if (family !== "ethernet" && family !== "wlan") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no VLAN tags`);
  }
  const tag = or(
    carries(scope, EtherType.vlan),
    carries(scope, EtherType.providerVlan),
    carries(scope, EtherType.stackedVlan),
  );
  const test = number === undefined ? tag : and(tag, vlanNumber(scope, number));
  scope.payload = moved(scope.payload, VLAN_TAG);
  scope.type = moved(scope.type, VLAN_TAG);
  return test;
}

function moved<T extends { readonly constant: number }>(offset: T, by: number): T {
  return { ...offset, constant: (offset.constant + by) >>> 0 };
}

function vlanNumber(scope: Scope, number: number): Predicate {
  if (number > MAX_VLAN) return scope.refuse("E_VALUE", `VLAN ${number}: there are none beyond ${MAX_VLAN}`);
  return equal(scope.load("network", 0, 2, MAX_VLAN), number);
}

export function mpls(scope: Scope, number: number | undefined): Predicate {
  const stack = labelStack(scope);
  const test = number === undefined ? stack : and(stack, labelNumber(scope, number));
  scope.network = (scope.network + LABEL) >>> 0;
  scope.withoutSnap = (scope.withoutSnap + LABEL) >>> 0;
  scope.labels++;
  return test;
}

/** The first label follows from the link header; a further one from the one before not being marked as the last. */
function labelStack(scope: Scope): Predicate {
  if (scope.labels > 0) return equal(scope.load("label", 2, 1, 1), 0);
  switch (scope.layer.family) {
    case "ethernet":
    case "hdlc":
      return carries(scope, EtherType.mpls);
    case "ppp":
      if (scope.layer.number === PPP.number) return carries(scope, PPP_MPLS);
  }
  return scope.refuse("E_LINK_TYPE", `\`mpls\` cannot be told on ${scope.layer.name}`);
}

function labelNumber(scope: Scope, number: number): Predicate {
  if (number > MAX_LABEL) return scope.refuse("E_VALUE", `label ${number}: there are none beyond ${MAX_LABEL}`);
  return equal(scope.load("network", 0, 4, LABEL_BITS), number << 12);
}

export function pppoeDiscovery(scope: Scope): Predicate {
  return carries(scope, EtherType.pppoeDiscovery);
}

export function pppoeSession(scope: Scope, number: number | undefined): Predicate {
  const session = carries(scope, EtherType.pppoeSession);
  const test = number === undefined ? session : and(session, sessionNumber(scope, number));
  const { variable, cell } = scope.payload;
  const constant = (scope.payload.constant + scope.network + PPPOE_HEADER) >>> 0;
  scope.push(PPP, { constant, variable, cell });
  scope.type = { ...scope.header };
  scope.payload = { ...scope.payload, constant: (constant + PPP_TYPE) >>> 0 };
  scope.network = 0;
  scope.withoutSnap = 0;
  return test;
}

function sessionNumber(scope: Scope, number: number): Predicate {
  if (number > MAX_SESSION) return scope.refuse("E_VALUE", `session ${number}: there are none beyond ${MAX_SESSION}`);
  return equal(scope.load("network", 0, 4, MAX_SESSION), number);
}
