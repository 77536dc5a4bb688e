/** Arithmetic, conversions and comparisons of all types against bigints. */
import { describe, expect, test } from "vitest";
import type { Arithmetic, Comparison, Expr, Scalar, Stmt } from "../../src/ash/tree.js";
import { Chance } from "../seeded.js";
import { onAll } from "./running.js";
import * as t from "./trees.js";

const OPS: readonly Arithmetic[] = ["add", "sub", "mul", "div", "mod", "and", "or", "xor", "shl", "shr"];
const COMPARISONS: readonly Comparison[] = ["lt", "le", "gt", "ge", "eq", "ne"];
const SCALARS: readonly Scalar[] = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];
const WIDE = ["i32", "u32", "i64", "u64"] as const;
const BITS: Readonly<Record<Scalar, number>> = {
  i8: 8,
  u8: 8,
  i16: 16,
  u16: 16,
  i32: 32,
  u32: 32,
  i64: 64,
  u64: 64,
  bool: 1,
};

function cut(value: bigint, type: Scalar): bigint {
  if (type === "bool") return value === 0n ? 0n : 1n;
  return type.startsWith("i") ? BigInt.asIntN(BITS[type], value) : BigInt.asUintN(BITS[type], value);
}

function computed(op: Arithmetic, x: bigint, y: bigint, type: Scalar): bigint {
  const count = y & BigInt(BITS[type] - 1);
  switch (op) {
    case "add":
      return cut(x + y, type);
    case "sub":
      return cut(x - y, type);
    case "mul":
      return cut(x * y, type);
    case "div":
      return y === 0n ? 0n : cut(x / y, type);
    case "mod":
      return y === 0n ? x : cut(x % y, type);
    case "and":
      return cut(x & y, type);
    case "or":
      return cut(x | y, type);
    case "xor":
      return cut(x ^ y, type);
    case "shl":
      return cut(x << count, type);
    case "shr":
      return cut(x >> count, type);
  }
}

function compared(op: Comparison, x: bigint, y: bigint): boolean {
  return { lt: x < y, le: x <= y, gt: x > y, ge: x >= y, eq: x === y, ne: x !== y }[op];
}

const EDGES = [0n, 1n, 2n, 31n, 63n, 127n, 128n, 255n, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const EDGY = [...EDGES, 2n ** 63n, 2n ** 64n - 1n, -1n, -128n, -129n];

function drawn(chance: Chance, type: Scalar): bigint {
  if (chance.percent(60)) return cut(chance.pick(EDGY), type);
  return cut((BigInt(chance.below(2 ** 31)) << 33n) ^ BigInt(chance.below(2 ** 31)), type);
}

function constant(value: bigint, type: Scalar): Expr {
  return t.num(type === "i64" || type === "u64" ? value : Number(value), type);
}

/** State is a long for each result. */
const MOST = 40;

/** x and y are in the state behind the results, or constants; each test stores one result, as a long. */
function results(exprs: readonly { readonly expr: Expr; readonly operands: readonly Stmt[] }[]): bigint[] {
  const layout = t.stateOf({ kind: "array", of: "i64", count: MOST }, { kind: "array", of: "u64", count: 2 });
  const body = exprs.flatMap(({ expr, operands }, index) => [
    ...operands,
    t.store(t.at("i64", 8 * index), t.convert("i64", expr)),
  ]);
  const compiled = t.lowered(t.handler([t.entry([...body, t.PASSES])], { layout }));
  const { state, told } = onAll(compiled, [new Uint8Array()]);
  expect(told[0]?.outcome).toBe(0);
  const view = new DataView(state.buffer);
  return exprs.map((_, index) => view.getBigInt64(8 * index, true));
}

function operand(chance: Chance, value: bigint, type: Scalar, number: number): { expr: Expr; operands: Stmt[] } {
  if (chance.percent(40)) return { expr: constant(value, type), operands: [] };
  const place = t.at(type, 8 * (MOST + number));
  return { expr: t.load(place), operands: [t.store(place, constant(value, type))] };
}

describe("numbers", () => {
  test.each(WIDE.flatMap((type) => OPS.map((op) => [type, op] as const)))("%s %s", (type, op) => {
    const chance = new Chance(WIDE.indexOf(type) * 16 + OPS.indexOf(op));
    const cases = Array.from({ length: MOST }, () => {
      const [x, y] = [drawn(chance, type), drawn(chance, type)];
      const [left, right] = [operand(chance, x, type, 0), operand(chance, y, type, 1)];
      const expr = t.math(op, left.expr, right.expr, type);
      return { expr, operands: [...left.operands, ...right.operands], expected: computed(op, x, y, type) };
    });
    expect(results(cases)).toEqual(cases.map(({ expected }) => cut(expected, "i64")));
  });

  test.each(SCALARS.flatMap((from) => SCALARS.map((to) => [from, to] as const)))("%s to %s", (from, to) => {
    const chance = new Chance(SCALARS.indexOf(from) * 16 + SCALARS.indexOf(to));
    const cases = Array.from({ length: 12 }, () => {
      const x = drawn(chance, from);
      const { expr, operands } = operand(chance, x, from, 0);
      return { expr: t.convert(to, expr), operands, expected: cut(cut(x, to), "i64") };
    });
    expect(results(cases)).toEqual(cases.map(({ expected }) => expected));
  });

  test("conversions of what was converted", () => {
    const chance = new Chance(77);
    const triples = SCALARS.flatMap((from) =>
      SCALARS.flatMap((one) => SCALARS.map((two) => [from, one, two] as const)),
    );
    const cases = triples.flatMap(([from, one, two]) =>
      [-1n, drawn(chance, from)].map((value) => {
        const x = cut(value, from);
        const { expr, operands } = operand(chance, x, from, 0);
        const converted = t.convert(two, t.convert(one, expr));
        return { expr: converted, operands, expected: cut(cut(cut(x, one), two), "i64") };
      }),
    );
    for (let at = 0; at < cases.length; at += MOST) {
      const some = cases.slice(at, at + MOST);
      expect(results(some)).toEqual(some.map(({ expected }) => expected));
    }
  });

  test.each(SCALARS)("comparisons of %s, as values and as conditions", (type) => {
    const chance = new Chance(SCALARS.indexOf(type) + 200);
    const cases = Array.from({ length: MOST }, (_, number) => {
      const x = drawn(chance, type);
      const y = chance.percent(30) ? x : drawn(chance, type);
      const op = type === "bool" ? chance.pick(["eq", "ne"] as const) : chance.pick(COMPARISONS);
      const [left, right] = [operand(chance, x, type, 0), operand(chance, y, type, 1)];
      const holds = t.compare(op, left.expr, right.expr);
      const truth = compared(op, x, y);
      const [yes, no] = [t.num(7), t.num(9)];
      const kinds: readonly [Expr, boolean | number][] = [
        [holds, truth],
        [t.not(holds), !truth],
        [t.both(holds, t.compare("eq", left.expr, right.expr)), truth && x === y],
        [t.either(t.not(holds), t.compare("ne", left.expr, right.expr)), !truth || x !== y],
        [t.choose(holds, yes, no), truth ? 7 : 9],
      ];
      const [expr, expected] = kinds[number % kinds.length]!;
      return { expr, operands: [...left.operands, ...right.operands], expected: BigInt(expected) };
    });
    expect(results(cases)).toEqual(cases.map(({ expected }) => expected));
  });

  test.each(WIDE)("negative and complement of %s", (type) => {
    const chance = new Chance(300);
    const cases = Array.from({ length: 20 }, (_, number) => {
      const x = drawn(chance, type);
      const { expr, operands } = operand(chance, x, type, 0);
      const kind = number % 2 === 0 ? "negate" : "complement";
      const expected = cut(cut(kind === "negate" ? -x : ~x, type), "i64");
      return { expr: { ...t.AT, kind, type, operand: expr } satisfies Expr, operands, expected };
    });
    expect(results(cases)).toEqual(cases.map(({ expected }) => expected));
  });
});
