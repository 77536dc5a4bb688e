/** Addresses of 48 bits somewhere in the link header. */
import type { Predicate } from "../predicate.js";
import { and, equal } from "./compose.js";
import type { Scope } from "./scope.js";

/** The last four octets are asked first. */
export function hasAddress(scope: Scope, at: number, address: readonly number[]): Predicate {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = address;
  return and(
    equal(scope.load("header", at + 2, 4), ((c << 24) | (d << 16) | (e << 8) | f) >>> 0),
    equal(scope.load("header", at, 2), (a << 8) | b),
  );
}
