/** What OpenBSD's packet filter logs of a packet (if_pflog.h): interface, ruleset, rule, reason and action. */
import type { Predicate } from "../predicate.js";
import { pfActionOf, pfReasonOf } from "../special-words.js";
import { and, equal } from "./compose.js";
import type { Special } from "./field.js";
import type { Scope } from "./scope.js";

const PF_NAME = 16;

export function pfLog(scope: Scope, { word, operands: [operand = ""] }: Special): Predicate {
  if (scope.layer.family !== "pflog") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no log of a packet filter`);
  }
  switch (word) {
    case "on":
      return pfName(scope, 4, String(operand));
    case "rset":
      return pfName(scope, 20, String(operand));
    case "rnr":
      return equal(scope.load("header", 36, 4), Number(operand));
    case "srnr":
      return equal(scope.load("header", 40, 4), Number(operand));
    case "reason":
      return equal(scope.load("header", 3, 1), pfNumber(operand, pfReasonOf));
    default:
      return equal(scope.load("header", 2, 1), pfNumber(operand, pfActionOf));
  }
}

function pfNumber(operand: string | number, named: (word: string) => number | undefined): number {
  const number = typeof operand === "number" ? operand : named(operand);
  if (number === undefined) throw new Error(`special: the parser let "${operand}" pass`);
  return number;
}

/** As a prefix, from its end in steps of 4, 2 and 1 octets. */
function pfName(scope: Scope, at: number, name: string): Predicate {
  const octets = new TextEncoder().encode(name);
  if (octets.length >= PF_NAME) {
    return scope.refuse("E_LENGTH", `the log has names of at most ${PF_NAME - 1} octets, this has ${octets.length}`);
  }
  const tests: Predicate[] = [];
  let left = octets.length;
  while (left > 0) {
    const size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    left -= size;
    const value = octets.subarray(left, left + size).reduce((sum, octet) => ((sum << 8) | octet) >>> 0, 0);
    tests.push(equal(scope.load("header", at + left, size), value));
  }
  return and(...tests);
}
