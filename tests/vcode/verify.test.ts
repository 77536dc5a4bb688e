/** What the verifier says, its limits, and that no value whatever makes it throw. (What it refuses: hostile.test.ts.) */
import { describe, expect, test } from "vitest";
import {
  type Insn,
  type Lambda,
  MAX_INSNS,
  MAX_JUMP_TABLE,
  MAX_LAMBDAS,
  MAX_REGISTERS,
  MAX_TABLES,
  type Program,
  type Type,
} from "../../src/vcode/insn.js";
import { parse } from "../../src/vcode/parse.js";
import { MAX_REJECTIONS, REJECTION_CODES, type Rejection } from "../../src/vcode/rejection.js";
import { Assembler } from "../../src/vcode/vcode.js";
import { type VerifyOptions, verify } from "../../src/vcode/verify.js";
import { MAX_FLOW_WORDS } from "../../src/vcode/verify-assigned.js";
import { MAX_PROOF_STEPS } from "../../src/vcode/verify-bounds.js";
import { MAX_UNPAID } from "../../src/vcode/verify-flow.js";
import { MAX_PARAMETERS, MAX_PROGRAM } from "../../src/vcode/verify-shape.js";
import { Chance } from "../seeded.js";
import { casesOf } from "./hostile/cases.js";

const RET: Insn = { op: "ret" };

function lambdaOf(insns: readonly Insn[], registers: readonly Type[] = ["p", "i", "u"], labels = 0): Lambda {
  return { regions: ["packet"], parameters: 2, registers, result: undefined, labels, insns };
}

function programOf(...lambdas: Lambda[]): Program {
  return { lambdas, tables: 0 };
}

function refused(program: unknown, options?: VerifyOptions): readonly Rejection[] {
  const verdict = verify(program, options);
  return verdict.ok ? [] : verdict.rejections;
}

function parsed(text: string): Program {
  const result = parse(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.program;
}

describe("a refusal says what and why", () => {
  test("the instruction as it prints, and how much is missing", () => {
    const text = `v_lambda f0(r0:p, r1:i) in packet
  v_getreg r2:u
  v_bltii r1, 14, L0
  v_ldnusi r2, r0, 13
L0:
  v_retv
v_end`;
    expect(refused(parsed(text))).toEqual([
      {
        code: "bounds",
        lambda: 0,
        index: 1,
        insn: "v_ldnusi r2, r0, 13",
        reason: "the load needs 15 octets; only 14 are proved to be left there",
      },
    ]);
  });

  test("two entries of a loop by their labels", () => {
    const text = `v_lambda f0(r0:p, r1:i) in packet
  v_bltii r1, 4, L1
L0:
  v_fuel 1
L1:
  v_fuel 1
  v_bltii r1, 9, L0
  v_retv
v_end`;
    const [first] = refused(parsed(text));
    expect(first?.code).toBe("irreducible");
    expect(first?.reason).toMatch(/^the loop of L[01] and L[01] can be entered at both/);
  });

  test("all of them, up to a limit", () => {
    const bad: Insn = { op: "ld", order: "host", memory: "u", rd: 2, base: 0, offset: { imm: 0 } };
    expect(refused(programOf(lambdaOf([bad, bad, RET]), lambdaOf([bad, RET]))).map(({ lambda }) => lambda)).toEqual([
      0, 0, 1,
    ]);
    expect(refused(programOf(lambdaOf([...Array<Insn>(100).fill(bad), RET]))).length).toBe(MAX_REJECTIONS);
  });

  test("a lambda that fails one question is not asked the next, the others are", () => {
    const program = parsed(`v_lambda f0(r0:p, r1:i) in packet
  v_ldui r0, r0, 0
  v_jv L0
v_end
v_lambda f1(r0:p, r1:i) in packet
  v_jv L0
v_end
v_lambda f2(r0:p, r1:i) in packet
  v_ldui r1, r0, 0
  v_retv
v_end`);
    expect(refused(program).map(({ code, lambda }) => [code, lambda])).toEqual([
      ["type", 0],
      ["label", 1],
      ["bounds", 2],
    ]);
  });
});

describe("options", () => {
  const STORE = parsed(`v_lambda f0(r0:p, r1:i) in packet
  v_bltii r1, 4, L0
  v_stui r1, r0, 0
L0:
  v_retv
v_end`);

  test("regions that may be written", () => {
    expect(refused(STORE).map(({ code, index }) => [code, index])).toEqual([["region", 1]]);
    expect(refused(STORE, { writable: ["packet"] })).toEqual([]);
    expect(refused(STORE, { writable: [] }).map(({ code }) => code)).toEqual(["region"]);
  });

  test("primitives of one's own", () => {
    const program = parsed(`v_lambda f0(r0:p, r1:i) in packet
  v_getreg r2:ul
  v_scallul r2, clock
  v_retv
v_end`);
    expect(refused(program).map(({ code }) => code)).toEqual(["call"]);
    expect(refused(program, { primitives: { clock: { parameters: [], result: "ul" } } })).toEqual([]);
    expect(
      refused(program, { primitives: { clock: { parameters: [], result: "u" } } }).map(({ code }) => code),
    ).toEqual(["type"]);
  });
});

describe("limits", () => {
  const blocks = (count: number): Insn[] =>
    Array.from({ length: count }, (_, label): Insn[] => [
      { op: "bri", branch: "beq", type: "i", rs1: 1, imm: 0, label },
      { op: "label", label },
    ]).flat();
  const words = (count: number): Type[] => ["p", "i", ...Array<Type>(count - 2).fill("u")];
  const jump = (count: number): Insn => ({ op: "jt", rs: 1, labels: Array<number>(count).fill(0), other: 0 });
  const fall = lambdaOf([jump(MAX_JUMP_TABLE), { op: "label", label: 0 }, RET], undefined, 1);
  const call = (count: number): Insn => ({
    op: "call",
    lambda: 1,
    args: Array<{ imm: number }>(count).fill({ imm: 1 }),
  });
  const callee = (count: number): Lambda => ({
    regions: [],
    parameters: count,
    registers: Array<Type>(count).fill("u"),
    result: undefined,
    labels: 0,
    insns: [RET],
  });
  const RETS = Array<Insn>(MAX_INSNS).fill(RET);

  const within: [string, Program][] = [
    ["lambdas", programOf(...Array<Lambda>(MAX_LAMBDAS).fill(lambdaOf([RET])))],
    ["registers", programOf(lambdaOf([RET], words(MAX_REGISTERS)))],
    ["labels", programOf(lambdaOf([RET], undefined, MAX_INSNS))],
    ["tables", { lambdas: [lambdaOf([RET])], tables: MAX_TABLES }],
    ["entries of a jump table", programOf(fall)],
    ["parameters", programOf(lambdaOf([call(MAX_PARAMETERS), RET]), callee(MAX_PARAMETERS))],
  ];
  test.each(within)("as many %s as there may be", (_, program) => expect(refused(program)).toEqual([]));

  const beyond: [string, Program, string][] = [
    ["lambdas", programOf(...Array<Lambda>(MAX_LAMBDAS + 1).fill(lambdaOf([RET]))), `limit ${MAX_LAMBDAS}`],
    ["instructions", programOf(lambdaOf([...RETS, RET])), `limit ${MAX_INSNS}`],
    ["registers", programOf(lambdaOf([RET], words(MAX_REGISTERS + 1))), `limit ${MAX_REGISTERS}`],
    ["labels", programOf(lambdaOf([RET], undefined, MAX_INSNS + 1)), `limit ${MAX_INSNS}`],
    ["tables", { lambdas: [lambdaOf([RET])], tables: MAX_TABLES + 1 }, `limit ${MAX_TABLES}`],
    ["entries of a jump table", programOf(lambdaOf([jump(MAX_JUMP_TABLE + 1), RET])), `limit ${MAX_JUMP_TABLE}`],
    ["arguments", programOf(lambdaOf([call(MAX_PARAMETERS + 1), RET])), `limit ${MAX_PARAMETERS}`],
    ["parameters", programOf(lambdaOf([RET]), callee(MAX_PARAMETERS + 1)), `limit ${MAX_PARAMETERS}`],
    ["instructions in all", programOf(...Array<Lambda>(9).fill(lambdaOf(RETS))), `limit ${MAX_PROGRAM}`],
    ["entries in all", programOf(lambdaOf(Array<Insn>(200).fill(jump(MAX_JUMP_TABLE)))), `limit ${MAX_PROGRAM}`],
    ["arguments in all", programOf(lambdaOf(Array<Insn>(40_000).fill(call(MAX_PARAMETERS)))), `limit ${MAX_PROGRAM}`],
    [
      "registers in so many blocks",
      programOf(lambdaOf([...blocks(16_385), RET], words(MAX_REGISTERS), 16_385)),
      `limit ${MAX_FLOW_WORDS} words`,
    ],
  ];
  test.each(beyond)("too many %s", (_, program, reason) => {
    const rejections = refused(program);
    expect(rejections.map(({ code }) => code)).toContain("limit");
    expect(rejections.map((each) => each.reason).join("; ")).toContain(reason);
  });

  test("loops within loops: the proof is given up, and says so", () => {
    const nested = (depth: number) => {
      const v = new Assembler(["p", "i"]);
      const registers = Array.from({ length: depth }, () => v.getreg("u"));
      const heads = registers.map((register) => {
        v.set("u", register, 0);
        const [head, out] = [v.genlabel(), v.genlabel()];
        v.label(head);
        v.fuel(1);
        v.br("bge", "u", register, 1, out);
        return { register, head, out };
      });
      for (const { register, head, out } of heads.toReversed()) {
        v.ld("host", "uc", 1, 0, { reg: register });
        v.alui("add", "u", register, register, 1);
        v.j(head);
        v.label(out);
      }
      v.ret();
      return programOf(v.end());
    };
    // The count is overwritten in each: so no more than the first round is right.
    expect(refused(nested(1)).map(({ code }) => code)).toEqual(["bounds"]);
    // With each loop the work grows, but does not double: what is wrong in many is still found.
    expect(new Set(refused(nested(20)).map(({ code }) => code))).toEqual(new Set(["bounds"]));
    const [first] = refused(nested(100));
    expect([first?.code, first?.reason]).toEqual(["limit", `its proof takes more than ${MAX_PROOF_STEPS} steps`]);
  });

  describe("fuel between calls", () => {
    const chain = (lambdas: number, fuel: boolean) =>
      programOf(
        ...Array.from({ length: lambdas }, (_, number): Lambda => {
          const next: Insn = { op: "call", lambda: number + 1, args: [] };
          const body: Insn[] = number === lambdas - 1 ? [RET] : [next, next, RET];
          const insns: Insn[] = fuel ? [{ op: "fuel", units: 1 }, ...body] : body;
          return { ...lambdaOf(insns), regions: [], parameters: 0, registers: [] };
        }),
      );
    test("each lambda calls the next twice: too much runs unpaid", () => {
      expect(refused(chain(20, false))).toEqual([]);
      const rejections = refused(chain(60, false));
      expect(new Set(rejections.map(({ code }) => code))).toEqual(new Set(["fuel"]));
      expect(rejections[0]?.reason).toContain(`more than ${MAX_UNPAID} instructions`);
    });
    test("who pays first may", () => expect(refused(chain(60, true))).toEqual([]));
  });
});

describe("any value at all", () => {
  const VALUES = [undefined, null, true, "", "u", "constructor", "__proto__", 0, -0, 1, -1, 1.5, Number.NaN];
  const LARGE = [Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 32, 2 ** 53, 0n, -1n, 2n ** 63n, 2n ** 200n];
  const JUNK: readonly (() => unknown)[] = [
    ...[...VALUES, ...LARGE].map((value) => () => value),
    () => [],
    () => ({}),
    () => [[]],
    () => {
      const holes: unknown[] = [];
      holes.length = 5;
      return holes;
    },
    () => ({ reg: 0 }),
    () => ({ imm: 0 }),
    () => ({ reg: 0, imm: 0 }),
    () => ({ reg: -1 }),
    () => ({ imm: "0" }),
    () => ({ length: 3 }),
    () => new Map(),
    () => new Set([1]),
    () => new Date(0),
    () => new Uint8Array(8),
    () => new Error("junk"),
    () => /junk/,
    () => {
      const cycle: unknown[] = [];
      cycle.push(cycle);
      return cycle;
    },
  ];

  test("by itself", () => {
    for (const junk of JUNK) expect(refused(structuredClone(junk())).map(({ code }) => code)).toEqual(["shape"]);
  });

  /** Replaces something somewhere within, by junk, or by something else that stands there. */
  function spoil(value: unknown, chance: Chance): unknown {
    if (typeof value !== "object" || value === null || chance.percent(15)) return chance.pick(JUNK)();
    if (Array.isArray(value)) {
      const copy: unknown[] = [...value];
      const at = chance.below(value.length + 1);
      if (chance.percent(15)) delete copy[at];
      else copy[at] = spoil(copy[at], chance);
      return copy;
    }
    const keys = Object.keys(value);
    if (keys.length === 0) return chance.pick(JUNK)();
    const key = chance.pick(keys);
    const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] =>
      name !== key ? [[name, field]] : chance.percent(10) ? [] : [[name, spoil(field, chance)]],
    );
    return Object.fromEntries(entries);
  }

  test("in 20,000 programs, somewhere: an answer each, and every refusal has a place", () => {
    const programs = ["accepted", "bounds", "regions"].flatMap((file) => casesOf(`${file}.cases`));
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 20_000; seed++) {
      const chance = new Chance(seed);
      const spoiled: unknown = structuredClone(spoil(chance.pick(programs).program, chance));
      const rejections = refused(spoiled);
      const odd = rejections.filter(
        ({ code, lambda, index, reason }) =>
          !REJECTION_CODES.includes(code) || !(lambda >= 0) || !(index >= 0) || reason === "",
      );
      if (odd.length > 0) expect.fail(`seed ${seed}: ${JSON.stringify(odd)}`);
      const code = rejections[0]?.code ?? "ok";
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    for (const code of ["ok", "shape", "type", "immediate", "label", "bounds", "call"]) {
      expect(seen.get(code) ?? 0, code).toBeGreaterThan(5);
    }
  });
});

test("100,000 instructions, 2,000 registers, 30,000 forward labels", () => {
  const chance = new Chance(1);
  const v = new Assembler(["p", "i"]);
  const out = v.genlabel();
  const registers = Array.from({ length: 1900 }, () => v.getreg("u"));
  for (const register of registers) v.set("u", register, register);
  const open: number[] = [];
  let [instructions, labels, loads] = [registers.length, 0, 0];
  while (instructions < 100_000) {
    const label = v.genlabel();
    open.push(label);
    labels++;
    v.br("blt", "u", chance.pick(registers), chance.pick(registers), label);
    v.alu("add", "u", chance.pick(registers), chance.pick(registers), chance.pick(registers));
    instructions += 2;
    if (chance.percent(2)) {
      const [octet, left, base] = [v.getreg("u"), v.getreg("i"), v.getreg("p")];
      v.bri("blt", "i", 1, 20, out);
      v.ldn("uc", octet, 0, chance.below(20));
      v.br("bgt", "u", octet, 1, out);
      v.alu("sub", "i", left, 1, octet);
      v.alu("add", "p", base, 0, octet);
      v.bri("blt", "i", left, 4, out);
      v.ldn("u", chance.pick(registers), base, 0);
      instructions += 7;
      loads += 2;
      if (chance.percent(90)) for (const register of [octet, left, base]) v.putreg(register);
    }
    while (open.length > 200) {
      v.label(open.splice(chance.below(open.length), 1)[0] ?? 0);
      instructions++;
    }
  }
  for (const label of open) v.label(label);
  v.label(out);
  v.ret();
  const lambda = v.end();
  expect(labels).toBeGreaterThan(30_000);
  expect(loads).toBeGreaterThan(1000);
  expect(lambda.registers.length).toBeGreaterThan(2000);
  expect(refused(programOf(lambda))).toEqual([]);
});
