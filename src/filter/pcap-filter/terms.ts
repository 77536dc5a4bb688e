/**
 * A predicate as terms that have all to be true, from left to right. A fault in one is a fault of the whole, and so is "no":
 * which frames match is what the terms say one by one, in whatever order they are asked, as long as none reads
 * what another one stores.
 *
 *   p and q         terms of p, terms of q          not (p or q)    terms of not p, terms of not q
 */
import { not } from "./expansion/compose.js";
import type { Predicate, Value } from "./predicate.js";

export function termsOf(predicate: Predicate): Predicate[] {
  return termsFor(predicate, true);
}

/** Does it store anything, or read what was stored? */
export function usesCells(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case "constant":
      return false;
    case "store":
      return true;
    case "comparison":
      return readsCell(predicate.left) || readsCell(predicate.right);
    case "protochain":
      return predicate.base !== undefined && readsCell(predicate.base);
    case "not":
      return usesCells(predicate.of);
    case "chain":
      return usesCells(predicate.first) || predicate.rest.some(({ term }) => usesCells(term));
  }
}

function readsCell(value: Value): boolean {
  for (let at: Value | undefined = value; at !== undefined; ) {
    if (at.kind === "cell") return true;
    if (at.kind === "operation" && readsCell(at.right)) return true;
    at = at.kind === "operation" ? at.left : at.kind === "load" ? at.base : undefined;
  }
  return false;
}

function termsFor(predicate: Predicate, answer: boolean): Predicate[] {
  if (predicate.kind === "not") return termsFor(predicate.of, !answer);
  if (predicate.kind !== "chain") return [answer ? predicate : not(predicate)];
  const { first, rest } = predicate;
  const undecided = answer ? "and" : "or";
  let from = rest.length;
  while (from > 0 && rest[from - 1]?.operator === undecided) from--;
  const prefix: Predicate = from === 0 ? first : { kind: "chain", first, rest: rest.slice(0, from) };
  const before = from === 0 ? termsFor(prefix, answer) : [answer ? prefix : not(prefix)];
  return [...before, ...rest.slice(from).flatMap(({ term }) => termsFor(term, answer))];
}
