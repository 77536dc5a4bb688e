/** The scalar types: what they hold, which becomes which by itself, and which one an operation of two is computed in. */
import type { Scalar } from "./tree.js";

export interface ScalarFacts {
  readonly kind: "word" | "long" | "bool";
  readonly signed: boolean;
  readonly bits: number;
  readonly least: bigint;
  readonly most: bigint;
}

function whole(bits: number, signed: boolean): ScalarFacts {
  const kind = bits === 64 ? "long" : "word";
  const half = 1n << BigInt(bits - 1);
  return signed
    ? { kind, signed, bits, least: -half, most: half - 1n }
    : { kind, signed, bits, least: 0n, most: 2n * half - 1n };
}

export const SCALARS: Readonly<Record<Scalar, ScalarFacts>> = {
  i8: whole(8, true),
  u8: whole(8, false),
  i16: whole(16, true),
  u16: whole(16, false),
  i32: whole(32, true),
  u32: whole(32, false),
  i64: whole(64, true),
  u64: whole(64, false),
  bool: { kind: "bool", signed: false, bits: 1, least: 0n, most: 1n },
};

export function isScalarName(name: string): name is Scalar {
  return Object.hasOwn(SCALARS, name);
}

export function holds(type: Scalar, value: bigint): boolean {
  return value >= SCALARS[type].least && value <= SCALARS[type].most;
}

/** Whether every value of `from` is one of `to`, of the same kind. */
export function widens(from: Scalar, to: Scalar): boolean {
  const a = SCALARS[from];
  const b = SCALARS[to];
  return a.kind === b.kind && a.least >= b.least && a.most <= b.most;
}

/** The types that arithmetic is computed in. */
export type Computed = "u32" | "i32" | "u64" | "i64";

/** The one for such operands. Of bool there is none. */
export function computed(type: Scalar): Computed | undefined {
  const { kind, signed } = SCALARS[type];
  if (kind === "bool") return undefined;
  if (kind === "long") return signed ? "i64" : "u64";
  return signed ? "i32" : "u32";
}

/** The low bits of a number, as the type has them; of bool, whether it is not 0. */
export function wrapped(type: Scalar, value: bigint): bigint {
  if (type === "bool") return value === 0n ? 0n : 1n;
  const { signed, bits } = SCALARS[type];
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** The type that a literal has where nothing wants another. */
export function literalType(value: bigint, big: boolean): Computed {
  if (big) return value < 0n ? "i64" : "u64";
  return value < 0n ? "i32" : "u32";
}
