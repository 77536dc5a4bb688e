/**
 * Every operation on registers, type and form on every target, after VCODE's own regression generator: random and edge
 * operands. What is expected comes from whole numbers without width, not from any code of ours.
 */
import { afterAll, describe, test } from "vitest";
import {
  ALU,
  type Alu,
  BRANCH,
  type Branch,
  type Immediate,
  type Insn,
  SMALL_TYPES,
  type SmallType,
  UNARY,
  type Unary,
  VALUE_TYPES,
  type ValueType,
} from "../../src/vcode/insn.js";
import { bits, chance, check, edges, held, LONG, least, program, random, view } from "./cases.js";

const MODEL: Record<Alu, (a: bigint, b: bigint, width: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  mod: (a, b) => (b === 0n ? a : a - b * (a / b)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  lsh: (a, b, width) => a << (((b % width) + width) % width),
  rsh: (a, b, width) => a >> (((b % width) + width) % width),
};

function aluExpected(alu: Alu, type: ValueType, a: bigint, b: bigint): Immediate {
  const shift = alu === "lsh" || alu === "rsh";
  return held(type, MODEL[alu](view(type, a), shift ? b : view(type, b), BigInt(bits(type))));
}

const ALUS = ALU.flatMap((alu) => VALUE_TYPES.map((type) => [alu, type] as const));
const SOME = 24;

describe("arithmetic", () => {
  test.each(ALUS)("v_%s%s", (alu, type) => {
    const run = program(
      [type, type],
      type,
      [
        { op: "alu", alu, type, rd: 4, rs1: 2, rs2: 3 },
        { op: "ret", value: { reg: 4 } },
      ],
      [type],
    );
    const values = edges(bits(type));
    const pairs = values.flatMap((a) => values.map((b): [bigint, bigint] => [a, b]));
    while (pairs.length < 60) pairs.push([random(bits(type)), random(bits(type))]);
    const chosen = pairs.length > 900 ? pairs.filter((_, index) => index % 2 === chance.below(2)) : pairs;
    for (let each = 0; each < 60; each++) chosen.push([random(bits(type)), random(each % 2 === 0 ? bits(type) : 8)]);
    chosen.push([-(1n << BigInt(bits(type) - 1)), -1n], [7n, 0n], [-7n, 0n], [-7n, 2n], [7n, -2n]);
    for (let count = 0; count <= bits(type) + 1; count++) chosen.push([random(bits(type)), BigInt(count)]);
    for (const [a, b] of chosen) {
      check(`v_${alu}${type}`, run, [held(type, a), held(type, b)], aluExpected(alu, type, a, b));
    }
  });

  test.each(ALUS)("v_%s%si", (alu, type) => {
    const shift = alu === "lsh" || alu === "rsh";
    const counts = shift ? Array.from({ length: bits(type) + 2 }, (_, count) => BigInt(count)) : [];
    for (const b of [...edges(bits(type)), ...counts, random(bits(type))]) {
      const run = program([type], type, [
        { op: "alui", alu, type, rd: 2, rs1: 2, imm: held(type, b) },
        { op: "ret", value: { reg: 2 } },
      ]);
      const values = edges(bits(type));
      const some = Array.from({ length: SOME }, () => (chance.percent(70) ? chance.pick(values) : random(bits(type))));
      for (const a of [...some, -(1n << BigInt(bits(type) - 1))]) {
        check(`v_${alu}${type}i`, run, [held(type, a)], aluExpected(alu, type, a, b));
      }
    }
  });

  const UNARY_MODEL: Record<Unary, (a: bigint) => bigint> = {
    com: (a) => -a - 1n,
    not: (a) => (a === 0n ? 1n : 0n),
    neg: (a) => -a,
  };
  test.each(UNARY.flatMap((unary) => VALUE_TYPES.map((type) => [unary, type] as const)))("v_%s%s", (unary, type) => {
    const run = program(
      [type],
      type,
      [
        { op: "unary", unary, type, rd: 3, rs: 2 },
        { op: "ret", value: { reg: 3 } },
      ],
      [type],
    );
    for (const a of [...edges(bits(type)), ...Array.from({ length: SOME }, () => random(bits(type)))]) {
      check(`v_${unary}${type}`, run, [held(type, a)], held(type, UNARY_MODEL[unary](a)));
    }
  });

  test.each(VALUE_TYPES)("v_set%s, v_mov%s, v_ret%si", (type) => {
    for (const a of [...edges(bits(type)), random(bits(type))]) {
      const imm = held(type, a);
      const set: Insn = { op: "set", type, rd: 2, imm };
      check(`v_set${type}`, program([], type, [set, { op: "ret", value: { reg: 2 } }], [type]), [], imm);
      check(`v_ret${type}i`, program([], type, [{ op: "ret", value: { imm } }]), [], imm);
    }
    const run = program(
      [type],
      type,
      [
        { op: "mov", type, rd: 3, rs: 2 },
        { op: "set", type, rd: 2, imm: held(type, 5n) },
        { op: "ret", value: { reg: 3 } },
      ],
      [type],
    );
    for (const a of edges(bits(type))) check(`v_mov${type}`, run, [held(type, a)], held(type, a));
  });
});

describe("conversions", () => {
  const low: Record<SmallType, (a: bigint) => bigint> = {
    c: (a) => BigInt.asIntN(8, a),
    uc: (a) => BigInt.asUintN(8, a),
    s: (a) => BigInt.asIntN(16, a),
    us: (a) => BigInt.asUintN(16, a),
  };
  const pairs = VALUE_TYPES.flatMap((from) => {
    return [...VALUE_TYPES, ...(LONG(from) ? [] : SMALL_TYPES)].map((to) => [from, to] as const);
  });
  test.each(pairs)("v_cv%s2%s", (from, to) => {
    const small = SMALL_TYPES.find((each) => each === to);
    const result = VALUE_TYPES.find((each) => each === to) ?? "i";
    const run = program(
      [from],
      result,
      [
        { op: "cv", from, to, rd: 3, rs: 2 },
        { op: "ret", value: { reg: 3 } },
      ],
      [result],
    );
    for (const a of [...edges(bits(from)), ...Array.from({ length: SOME }, () => random(bits(from)))]) {
      const expected = small === undefined ? view(from, a) : low[small](a);
      check(`v_cv${from}2${to}`, run, [held(from, a)], held(result, expected));
    }
  });
});

describe("branches", () => {
  const RELATION: Record<Branch, (a: bigint, b: bigint) => boolean> = {
    blt: (a, b) => a < b,
    ble: (a, b) => a <= b,
    bgt: (a, b) => a > b,
    bge: (a, b) => a >= b,
    beq: (a, b) => a === b,
    bne: (a, b) => a !== b,
  };
  const BRANCHES = BRANCH.flatMap((branch) => VALUE_TYPES.map((type) => [branch, type] as const));
  const decided = (insn: Insn): Insn[] => [
    insn,
    { op: "ret", value: { imm: 0 } },
    { op: "label", label: 0 },
    { op: "ret", value: { imm: 1 } },
  ];
  test.each(BRANCHES)("v_%s%s and v_%s%si", (branch, type) => {
    const values = edges(bits(type));
    const expected = (a: bigint, b: bigint) => (RELATION[branch](view(type, a), view(type, b)) ? 1 : 0);
    const run = program([type, type], "i", decided({ op: "br", branch, type, rs1: 2, rs2: 3, label: 0 }));
    for (let each = 0; each < 250; each++) {
      const a = chance.percent(80) ? chance.pick(values) : random(bits(type));
      const b = chance.percent(20) ? a : chance.percent(80) ? chance.pick(values) : random(bits(type));
      check(`v_${branch}${type}`, run, [held(type, a), held(type, b)], expected(a, b));
    }
    for (const b of [...values, random(bits(type))]) {
      const imm = held(type, b);
      const fixed = program([type], "i", decided({ op: "bri", branch, type, rs1: 2, imm, label: 0 }));
      for (const a of [b, b + 1n, b - 1n, chance.pick(values), chance.pick(values), random(bits(type))]) {
        check(`v_${branch}${type}i`, fixed, [held(type, a)], expected(a, b));
      }
    }
  });

  test("v_jt: within, at the end and beyond, of either sign", () => {
    for (const size of [0, 1, 5, 130, 300]) {
      const labels = Array.from({ length: size }, (_, index) => (index * 7) % Math.min(size, 40));
      const distinct = [...new Set(labels)];
      const run = program(["u"], "i", [
        { op: "jt", rs: 2, labels, other: 999 },
        ...distinct.flatMap((label): Insn[] => [
          { op: "label", label },
          { op: "ret", value: { imm: 1000 + label } },
        ]),
        { op: "label", label: 999 },
        { op: "ret", value: { imm: -1 } },
      ]);
      for (const index of [...labels.keys(), size, size + 1, -1, -size, 0x7fffffff, -0x80000000]) {
        const label = index >= 0 ? labels[index] : undefined;
        check("v_jt", run, [index], label === undefined ? -1 : 1000 + label);
      }
    }
  });
});

afterAll(() => {
  least(
    ALUS.map(([alu, type]) => `v_${alu}${type}`),
    400,
  );
  least(
    ALUS.map(([alu, type]) => `v_${alu}${type}i`),
    800,
  );
  least(
    VALUE_TYPES.flatMap((type) => UNARY.map((unary) => `v_${unary}${type}`)),
    50,
  );
  least(
    VALUE_TYPES.flatMap((type) => ["set", "mov"].map((op) => `v_${op}${type}`)),
    30,
  );
  least(
    VALUE_TYPES.map((type) => `v_ret${type}i`),
    30,
  );
  least(
    VALUE_TYPES.flatMap((type) => BRANCH.map((branch) => `v_${branch}${type}`)),
    250,
  );
  least(
    VALUE_TYPES.flatMap((type) => BRANCH.map((branch) => `v_${branch}${type}i`)),
    180,
  );
  least(
    VALUE_TYPES.flatMap((from) => VALUE_TYPES.map((to) => `v_cv${from}2${to}`)),
    50,
  );
  least(
    ["i", "u"].flatMap((from) => SMALL_TYPES.map((to) => `v_cv${from}2${to}`)),
    50,
  );
  least(["v_jt"], 400);
});
