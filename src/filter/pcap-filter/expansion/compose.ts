/** Makes predicates and values. Chains of chains stay flat where their first part is one, and nothing else is simplified. */
import type { Comparison, NumberOperator, Predicate, Step, Value } from "../predicate.js";

export const TRUE: Predicate = { kind: "constant", value: true };
export const FALSE: Predicate = { kind: "constant", value: false };

/** In this order: what stands first is asked first, and may end it all. */
export function and(...terms: readonly Predicate[]): Predicate {
  return chain("and", terms);
}

export function or(...terms: readonly Predicate[]): Predicate {
  return chain("or", terms);
}

export function not(of: Predicate): Predicate {
  return of.kind === "not" && of.place === undefined ? of.of : { kind: "not", of };
}

function chain(operator: Step["operator"], terms: readonly Predicate[]): Predicate {
  const [first, ...others] = terms;
  if (first === undefined) throw new Error("compose: a chain of nothing");
  if (others.length === 0) return first;
  const rest = others.map((term) => ({ operator, term }));
  // (a or b) and c is a or b and c: chains bind to the left.
  return first.kind === "chain" && first.place === undefined
    ? { kind: "chain", first: first.first, rest: [...first.rest, ...rest] }
    : { kind: "chain", first, rest };
}

export function constant(value: number): Value {
  return { kind: "constant", value: value >>> 0 };
}

export function operation(left: Value, operator: NumberOperator, right: Value): Value {
  return { kind: "operation", operator, left, right };
}

export function masked(value: Value, mask: number): Value {
  return mask >>> 0 === 0xffffffff ? value : operation(value, "&", constant(mask));
}

export function compare(left: Value, operator: Comparison, right: number): Predicate {
  return { kind: "comparison", operator, left, right: constant(right) };
}

export function equal(left: Value, right: number): Predicate {
  return compare(left, "==", right);
}

/** Some of the bits are set. */
export function bits(left: Value, mask: number): Predicate {
  return compare(left, "&", mask);
}

export function store(cell: number, value: Value): Predicate {
  return { kind: "store", cell, value };
}

export function cell(number: number): Value {
  return { kind: "cell", cell: number };
}
