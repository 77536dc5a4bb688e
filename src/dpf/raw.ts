/**
 * Values as a load in host order gives them. Equality does not ask for the order of octets, so such fields are
 * loaded as they lie and the constants are swapped, once, when code and tables are made.
 */
import type { Width } from "./atom.js";
import type { Field, Step } from "./trie.js";

/** An int32. */
export function swapped(value: number, width: Width): number {
  if (width === 8) return value;
  if (width === 16) return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** A value of the field as its load gives it: facts are words of the host already. */
export function rawValue({ of, width }: Field, value: number): number {
  return of === undefined ? swapped(value, width) : value | 0;
}

/** The value of a test's step. */
export function rawOf({ field, low }: Step): number {
  return rawValue(field, low);
}
