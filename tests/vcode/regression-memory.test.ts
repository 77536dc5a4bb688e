/**
 * Every load and store, in both orders, of every memory type and form on every target, aligned and not; calls and fuel. What
 * is expected comes from octets put together here.
 */
import { afterAll, describe, expect, test } from "vitest";
import {
  type Insn,
  MEMORY_TYPES,
  type MemoryType,
  OCTETS,
  ORDERS,
  type Order,
  VALUE_TYPES,
  type ValueType,
} from "../../src/vcode/insn.js";
import { TARGETS } from "../../src/vcode/target.js";
import { bits, chance, check, edges, held, LONG, least, program, ran, random, UNSIGNED } from "./cases.js";
import { BASE, Everywhere, LENGTH, lambdaOf } from "./running.js";

/** The octets of a value, as they lie in memory. */
function octetsOf(value: bigint, count: number, order: Order): number[] {
  const low = Array.from({ length: count }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
  return order === "host" ? low : low.reverse();
}

const ACCESSES = ORDERS.flatMap((order) => MEMORY_TYPES.map((memory) => [order, memory] as const));
const inRegister = (memory: MemoryType): ValueType => (LONG(memory) ? "l" : "i");
const OFFSETS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 247];

describe("memory", () => {
  test.each(ACCESSES)("loads in %s order of %s", (order, memory) => {
    const type = inRegister(memory);
    const count = OCTETS[memory];
    const name = `v_ld ${order} ${memory}`;
    const ret: Insn = { op: "ret", value: { reg: 3 } };
    const byRegister = program(
      ["i"],
      type,
      [{ op: "ld", order, memory, rd: 3, base: 0, offset: { reg: 2 } }, ret],
      [type],
    );
    for (const offset of OFFSETS) {
      const constant: Insn = { op: "ld", order, memory, rd: 3, base: 0, offset: { imm: offset } };
      const byConstant = program(["i"], type, [constant, ret], [type]);
      for (let each = 0; each < 8; each++) {
        const value = each < 4 ? chance.pick(edges(8 * count)) : random(8 * count);
        const content = Uint8Array.from({ length: LENGTH }, () => chance.below(256));
        content.set(octetsOf(value, count, order), offset);
        const expected = UNSIGNED(memory) ? BigInt.asUintN(8 * count, value) : BigInt.asIntN(8 * count, value);
        for (const [form, run] of [
          ["register", byRegister],
          ["constant", byConstant],
        ] as const) {
          for (const { target, outcome, left } of run.run([BASE, LENGTH, offset], 0, content)) {
            const told = outcome.ok ? outcome.value : "fault";
            expect(told, `${name} at ${offset} on ${target}`).toBe(held(type, expected));
            expect(Buffer.from(left).equals(content)).toBe(true);
          }
          ran.set(`${name} ${form}`, (ran.get(`${name} ${form}`) ?? 0) + 1);
        }
      }
    }
  });

  test.each(ACCESSES)("stores in %s order of %s", (order, memory) => {
    const type = inRegister(memory);
    const count = OCTETS[memory];
    const name = `v_st ${order} ${memory}`;
    const ret: Insn = { op: "ret", value: { imm: 1 } };
    const byRegister = program(["i", type], "i", [
      { op: "st", order, memory, rs: 3, base: 0, offset: { reg: 2 } },
      ret,
    ]);
    for (const offset of OFFSETS) {
      const constant: Insn = { op: "st", order, memory, rs: 3, base: 0, offset: { imm: offset } };
      const byConstant = program(["i", type], "i", [constant, ret]);
      for (let each = 0; each < 8; each++) {
        const value = each < 4 ? chance.pick(edges(bits(type))) : random(bits(type));
        const content = Uint8Array.from({ length: LENGTH }, () => chance.below(256));
        const expected = content.slice();
        expected.set(octetsOf(value, count, order), offset);
        for (const [form, run] of [
          ["register", byRegister],
          ["constant", byConstant],
        ] as const) {
          for (const { target, left } of run.run([BASE, LENGTH, offset, held(type, value)], 0, content)) {
            expect(Buffer.from(left).equals(expected), `${name} at ${offset} on ${target}`).toBe(true);
          }
          ran.set(`${name} ${form}`, (ran.get(`${name} ${form}`) ?? 0) + 1);
        }
      }
    }
  });

  test("v_addp, v_addpi, v_movp", () => {
    const content = Uint8Array.from({ length: LENGTH }, (_, index) => index);
    for (const by of [0, 1, 3, 100, 200]) {
      const load: Insn = { op: "ld", order: "host", memory: "uc", rd: 5, base: 4, offset: { imm: 5 } };
      const moves: [string, Insn[]][] = [
        ["v_addp", [{ op: "alu", alu: "add", type: "p", rd: 4, rs1: 0, rs2: 2 }]],
        ["v_addpi", [{ op: "alui", alu: "add", type: "p", rd: 4, rs1: 0, imm: by }]],
        [
          "v_movp",
          [
            { op: "alu", alu: "add", type: "p", rd: 3, rs1: 0, rs2: 2 },
            { op: "mov", type: "p", rd: 4, rs: 3 },
          ],
        ],
      ];
      for (const [name, insns] of moves) {
        const run = program(["u"], "u", [...insns, load, { op: "ret", value: { reg: 5 } }], ["p", "p", "u"]);
        for (const { target, outcome } of run.run([BASE, LENGTH, by], 0, content)) {
          expect(outcome, `${name} on ${target}`).toEqual({ ok: true, value: by + 5, fuel: 0 });
        }
        ran.set(name, (ran.get(name) ?? 0) + 1);
      }
    }
  });
});

describe("calls and fuel", () => {
  test.each(VALUE_TYPES)("v_call%s passes and gives back every type", (type) => {
    const args = [{ reg: 0 }, { reg: 1 }, { reg: 2 }, { imm: held(type, 3n) }];
    const entry = lambdaOf(
      [
        { op: "call", lambda: 1, rd: 3, args },
        { op: "ret", value: { reg: 3 } },
      ],
      ["p", "i", type, type],
      { parameters: 3, result: type },
    );
    const callee = lambdaOf(
      [
        { op: "alu", alu: "mul", type, rd: 2, rs1: 2, rs2: 3 },
        { op: "ret", value: { reg: 2 } },
      ],
      ["p", "i", type, type],
      { parameters: 4, result: type },
    );
    const run = new Everywhere({ lambdas: [entry, callee], tables: 0 });
    for (const a of edges(bits(type))) check(`v_call${type}`, run, [held(type, a)], held(type, 3n * a));
  });

  test("a call that gives nothing back, a lambda that does not either", () => {
    const entry = lambdaOf([{ op: "call", lambda: 1, args: [{ reg: 0 }, { reg: 1 }] }, { op: "ret" }], ["p", "i"]);
    const callee = lambdaOf(
      [
        { op: "set", type: "i", rd: 2, imm: 77 },
        { op: "st", order: "host", memory: "uc", rs: 2, base: 0, offset: { imm: 0 } },
        { op: "ret" },
      ],
      ["p", "i", "i"],
    );
    for (const { outcome, left } of new Everywhere({ lambdas: [entry, callee], tables: 0 }).run([BASE, LENGTH], 9)) {
      expect(outcome).toEqual({ ok: true, value: 0, fuel: 9 });
      expect(left[0]).toBe(77);
    }
  });

  test("fuel is paid before what follows, exactly, in lambdas that are called as well", () => {
    const store: Insn = { op: "st", order: "host", memory: "uc", rs: 2, base: 0, offset: { imm: 0 } };
    const entry = lambdaOf(
      [
        { op: "set", type: "i", rd: 2, imm: 5 },
        { op: "fuel", units: 10 },
        store,
        { op: "call", lambda: 1, args: [] },
        { op: "ret" },
      ],
      ["p", "i", "i"],
    );
    const callee = { ...lambdaOf([{ op: "fuel", units: 20 }, { op: "ret" }], [], { parameters: 0 }), regions: [] };
    const everywhere = new Everywhere({ lambdas: [entry, callee], tables: 0 });
    const cases: [number, boolean, number, number][] = [
      [0, false, 0, 0],
      [9, false, 9, 0],
      [10, false, 0, 5],
      [29, false, 19, 5],
      [30, true, 0, 5],
      [0x7fffffff, true, 0x7fffffff - 30, 5],
    ];
    for (const [fuel, ok, left, stored] of cases) {
      const runs = everywhere.run([BASE, LENGTH], fuel);
      expect(runs.map(({ target }) => target)).toEqual([...TARGETS]);
      for (const run of runs) {
        expect(run.outcome).toEqual(ok ? { ok, value: 0, fuel: left } : { ok, fault: "fuel", fuel: left });
        expect(run.left[0], `${run.target} with ${fuel}`).toBe(stored);
      }
    }
  });
});

afterAll(() => {
  const forms = (op: string) =>
    ACCESSES.flatMap(([order, memory]) => ["register", "constant"].map((form) => `v_${op} ${order} ${memory} ${form}`));
  least(forms("ld"), 96);
  least(forms("st"), 96);
  least(["v_addp", "v_addpi", "v_movp"], 5);
  least(
    VALUE_TYPES.map((type) => `v_call${type}`),
    30,
  );
});
