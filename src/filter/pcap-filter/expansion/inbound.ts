/** `inbound`, `outbound` and `ifindex`: what the link headers of few link types tell of the interface. */
import type { Predicate } from "../predicate.js";
import { equal, not } from "./compose.js";
import { slipDirection } from "./relation.js";
import type { Scope } from "./scope.js";

const SLIP = 8;
const PPP_WITH_DIRECTION = 166;
const COOKED_OUTGOING = 4;
const IPNET = { inbound: 2, outbound: 1 } as const;
const PFLOG = { inbound: 1, outbound: 2 } as const;
const PFLOG_DIRECTION = 60;

export function direction(scope: Scope, word: "inbound" | "outbound"): Predicate {
  const { family, number, name } = scope.layer;
  const outbound = word === "outbound";
  const outgoing = (test: Predicate) => (outbound ? test : not(test));
  if (number === SLIP) return slipDirection(scope, outbound);
  if (number === PPP_WITH_DIRECTION) return equal(scope.load("header", 0, 1), outbound ? 1 : 0);
  switch (family) {
    case "ipnet":
      return equal(scope.load("header", 2, 2), IPNET[word]);
    case "sll":
      return outgoing(equal(scope.load("header", 0, 2), COOKED_OUTGOING));
    case "sll2":
      return outgoing(equal(scope.load("header", 10, 1), COOKED_OUTGOING));
    case "pflog":
      return equal(scope.load("header", PFLOG_DIRECTION, 1), PFLOG[word]);
    case "juniper":
      return equal(scope.load("header", 3, 1, 1), outbound ? 0 : 1);
    default:
      return scope.refuse("E_LINK_TYPE", `frames of ${name} do not say whether they came in or went out`);
  }
}

export function interfaceNumber(scope: Scope, number: number): Predicate {
  if (scope.layer.family === "sll2") return equal(scope.load("header", 4, 4), number);
  return scope.refuse("E_LINK_TYPE", `frames of ${scope.layer.name} do not say by which interface they came`);
}
