/** Words that have a meaning on few link types, by who understands them. */
import type { Predicate } from "../predicate.js";
import { atm } from "./atm.js";
import type { Special } from "./field.js";
import { pfLog } from "./pf-log.js";
import type { Scope } from "./scope.js";
import { MTP2_WORDS, MTP3_FIELDS, mtp2, mtp3 } from "./ss7.js";

const PF_WORDS: ReadonlySet<string> = new Set(["on", "rset", "rnr", "srnr", "reason", "action"]);

export function special(scope: Scope, of: Special): Predicate {
  if (PF_WORDS.has(of.word)) return pfLog(scope, of);
  if (Object.hasOwn(MTP3_FIELDS, of.word)) return mtp3(scope, of);
  if (MTP2_WORDS.has(of.word)) return mtp2(scope, of.word);
  return atm(scope, of);
}
