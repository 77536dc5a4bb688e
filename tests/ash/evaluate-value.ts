/**
 * Values as the evaluator has them, computed exactly and then made to fit: numbers in the range of their type, longs as bigint,
 * booleans 0 or 1, references their virtual address, outcomes the word of handler.ts.
 */
import type { Arithmetic, Comparison, Scalar } from "../../src/ash/tree.js";

export type Value = number | bigint;

/** What of an exact whole number stays in a type: its low bits. Of a boolean: whether it is not 0. */
export function wrapped(type: Scalar, exact: bigint): Value {
  if (type === "bool") return exact === 0n ? 0 : 1;
  const bits = Number(type.slice(1));
  const kept = type.startsWith("i") ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact);
  return bits === 64 ? kept : Number(kept);
}

/** Both sides have this type, the count of a shift a whole number. */
export function arithmetic(op: Arithmetic, type: Scalar, left: Value, right: Value): Value {
  return wrapped(type, exactly(op, BigInt(left), BigInt(right), type.endsWith("64") ? 64 : 32));
}

function exactly(op: Arithmetic, a: bigint, b: bigint, width: 32 | 64): bigint {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return b === 0n ? 0n : a / b;
    case "mod":
      return b === 0n ? a : a % b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << BigInt.asUintN(width === 64 ? 6 : 5, b);
    case "shr":
      // Unsigned ones are not negative here, so that zeros come in.
      return a >> BigInt.asUintN(width === 64 ? 6 : 5, b);
  }
}

export function compare(op: Comparison, a: Value, b: Value): boolean {
  switch (op) {
    case "lt":
      return a < b;
    case "le":
      return a <= b;
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
  }
}

/** RFC 1071: carries added in until there are none. */
export function fold16(sum: number): number {
  return sum > 0xffff ? fold16((sum % 0x1_0000) + Math.floor(sum / 0x1_0000)) : sum;
}

/** RFC 1624, equation 3: HC' = ~(~HC + ~m + m'), m in halves where it is of 32 bits. */
export function patched(width: 2 | 4, checksum: number, before: number, after: number): number {
  const halves = (field: number) => (width === 2 ? [field] : [Math.floor(field / 0x1_0000), field % 0x1_0000]);
  const terms = [0xffff - checksum, ...halves(before).map((half) => 0xffff - half), ...halves(after)];
  return 0xffff - fold16(terms.reduce((sum, term) => sum + term, 0));
}

/** The octets of a number in the other order. */
export function swapped(octets: number, value: number): number {
  let rest = value;
  let turned = 0;
  for (let octet = 0; octet < octets; octet++) {
    turned = turned * 256 + (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return turned;
}
