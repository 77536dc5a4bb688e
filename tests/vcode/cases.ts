/** Cases of the regression tests: operands, what is expected of them without any code of ours, and the count of what ran. */
import { expect } from "vitest";
import type { Immediate, Insn, Type, ValueType } from "../../src/vcode/insn.js";
import { Chance } from "../seeded.js";
import { BASE, Everywhere, LENGTH, lambdaOf } from "./running.js";

export const LONG = (type: string) => type === "l" || type === "ul";
export const UNSIGNED = (type: string) => type === "u" || type === "ul" || type === "uc" || type === "us";
export const bits = (type: ValueType) => (LONG(type) ? 64 : 32);

/** How a type looks at a register's bits. */
export function view(type: ValueType, value: bigint): bigint {
  return UNSIGNED(type) ? BigInt.asUintN(bits(type), value) : BigInt.asIntN(bits(type), value);
}

/** What a register of that width holds, as our targets give it back. */
export function held(type: string, value: bigint): Immediate {
  return LONG(type) ? BigInt.asIntN(64, value) : Number(BigInt.asIntN(32, value));
}

export function edges(width: number): bigint[] {
  const values = [0n, 1n, -1n, 2n, -2n];
  for (const power of [5, 7, 8, 15, 16, 31, 32, 33, 47, 63].filter((each) => each <= width)) {
    for (const near of [-1n, 0n, 1n]) values.push((1n << BigInt(power)) + near, -(1n << BigInt(power)) + near);
  }
  const alternating = BigInt(`0x${"55".repeat(width / 8)}`);
  values.push(alternating, alternating << 1n, BigInt(width), BigInt(width + 1));
  return [...new Set(values.map((value) => BigInt.asIntN(width, value)))];
}

export const chance = new Chance(3);
export function random(width: number): bigint {
  const word = () => BigInt(chance.below(0x100000000));
  return BigInt.asIntN(width, (word() << 32n) | word());
}

/** Cases run on all targets, by what was run. */
export const ran = new Map<string, number>();

export function check(name: string, everywhere: Everywhere, args: readonly Immediate[], expected: Immediate): void {
  for (const { target, outcome } of everywhere.run([BASE, LENGTH, ...args], 100)) {
    const told = outcome.ok ? outcome.value : outcome.fault;
    if (told !== expected) expect.fail(`${name} of ${args.join(", ")} on ${target}: ${told}, not ${expected}`);
  }
  ran.set(name, (ran.get(name) ?? 0) + 1);
}

/** A program over its parameters, from register 2 on, whose result is of that type. */
export function program(
  types: readonly Type[],
  result: ValueType,
  insns: readonly Insn[],
  more: readonly Type[] = [],
): Everywhere {
  const lambda = lambdaOf(insns, ["p", "i", ...types, ...more], { parameters: 2 + types.length, result });
  return new Everywhere({ lambdas: [lambda], tables: 0 });
}

export function least(names: readonly string[], count: number): void {
  for (const name of names) expect(ran.get(name) ?? 0, name).toBeGreaterThanOrEqual(count);
}
