/** No program is refused for its size or depth: what is too much for one function is cut, and runs on every target. */
import { describe, expect, test } from "vitest";
import { bytecodeOf, MAX_BYTECODE } from "../../src/vcode/bytecode.js";
import type { Insn, Lambda } from "../../src/vcode/insn.js";
import { emitJs } from "../../src/vcode/js.js";
import { MAX_NESTING } from "../../src/vcode/pieces.js";
import { structureOf } from "../../src/vcode/structure.js";
import { Chance } from "../seeded.js";
import { BASE, branded, Everywhere, LENGTH, lambdaOf } from "./running.js";

const SUM = 3;
const INPUT = 2;

/** r2 is given, r3 is the result. */
function program(insns: readonly Insn[]): Lambda {
  const body: Insn[] = [{ op: "set", type: "i", rd: SUM, imm: 1 }, ...insns, { op: "ret", value: { reg: SUM } }];
  return lambdaOf(body, ["p", "i", "i", "i", "i"], { parameters: 3, result: "i" });
}

function add(imm: number): Insn {
  return { op: "alui", alu: "add", type: "i", rd: SUM, rs1: SUM, imm };
}

function times(imm: number): Insn {
  return { op: "alui", alu: "mul", type: "i", rd: SUM, rs1: SUM, imm };
}

function branch(rs1: number, imm: number, label: number): Insn {
  return { op: "bri", branch: "bgt", type: "i", rs1, imm, label };
}

/** if (r2 <= 0) { sum++; if (r2 <= 1) { sum++; … } sum *= 3 } */
function nestedIfs(depth: number): Lambda {
  const open = Array.from({ length: depth }, (_, level) => [branch(INPUT, depth - level, level), add(level)]);
  const close = Array.from({ length: depth }, (_, level): Insn[] => {
    return [{ op: "label", label: depth - 1 - level }, times(3)];
  });
  return program([...open, ...close].flat());
}

/** Loops within loops: each runs its body once more where the sum is even. */
function nestedLoops(depth: number): Lambda {
  const open = Array.from({ length: depth }, (_, level): Insn[] => {
    return [{ op: "label", label: level }, { op: "fuel", units: 1 }, add(level + 1)];
  });
  const close = Array.from({ length: depth }, (_, level): Insn[] => [
    times(5),
    { op: "alui", alu: "and", type: "i", rd: 4, rs1: SUM, imm: 0x1f00 },
    { op: "bri", branch: "beq", type: "i", rs1: 4, imm: 0, label: depth - 1 - level },
  ]);
  return program([...open, ...close].flat());
}

/** Every block goes on to the next or to one of those after it: all are reached in many ways. */
function ladder(blocks: number, reach: number): Lambda {
  const chance = new Chance(blocks);
  const rungs = Array.from({ length: blocks }, (_, block): Insn[] => {
    const place: Insn = { op: "label", label: block };
    const target = Math.min(block + 1 + chance.below(reach), blocks - 1);
    return block === blocks - 1 ? [place] : [place, times(7), add(block), branch(SUM, chance.below(1 << 30), target)];
  });
  return program(rungs.flat());
}

function jumpTable(targets: number): Lambda {
  const labels = Array.from({ length: targets }, (_, target) => (target * 7919) % targets);
  const cases = labels.flatMap((_, label): Insn[] => {
    return [{ op: "label", label }, add(label), ...(label % 3 === 0 ? [] : [{ op: "j", label: targets } as const])];
  });
  const table: Insn = { op: "jt", rs: INPUT, labels, other: targets };
  return program([table, ...cases, { op: "label", label: targets }]);
}

function straight(length: number): Lambda {
  return program(Array.from({ length }, (_, index) => (index % 3 === 0 ? times(index | 1) : add(index))));
}

/** Long code over many registers: calls within calls, each with all of them, would not fit a stack. */
function wide(length: number, registers: number): Lambda {
  const register = (index: number) => SUM + (index % (registers - SUM));
  const sets = Array.from({ length: registers - SUM }, (_, index): Insn => {
    return { op: "set", type: "i", rd: register(index), imm: index };
  });
  const adds = Array.from({ length }, (_, index): Insn => {
    const [rs1, rs2] = [register(index * 31), register(index)];
    return { op: "alu", alu: "add", type: "i", rd: register(index * 7919), rs1, rs2 };
  });
  const lambda = program([...sets, ...adds]);
  return { ...lambda, registers: [...lambda.registers, ...Array<"i">(registers - lambda.registers.length).fill("i")] };
}

const PROGRAMS: [string, Lambda, readonly number[], { deep?: boolean; fuelLasts?: boolean }][] = [
  ["2,000 ifs within each other", nestedIfs(2000), [-5, 3, 777, 1999, 2500], {}],
  ["40,000 ifs within each other", nestedIfs(40_000), [-5, 20_000, 39_999], {}],
  ["1,000 loops within each other", nestedLoops(1000), [0], { fuelLasts: false }],
  ["40,000 blocks, reached from near", ladder(40_000, 5), [0], { deep: false }],
  ["10,000 blocks, reached from afar", ladder(10_000, 3000), [0], {}],
  ["a jump table of 10,000 targets", jumpTable(10_000), [0, 1, 5000, 9999, 10_000, -1], {}],
  ["120,000 instructions in a row", straight(120_000), [0], { deep: false }],
];

describe("large programs", () => {
  test("100,000 instructions over 4,000 registers", () => {
    const lambda = wide(100_000, 4000);
    expect(structureOf(lambda, (insn) => bytecodeOf(insn), { size: MAX_BYTECODE }).length).toBeGreaterThan(40);
    const outcomes = new Everywhere({ lambdas: [lambda], tables: 0 })
      .run([BASE, LENGTH, 0], 0)
      .map(({ outcome }) => outcome);
    expect(outcomes[0]!.ok).toBe(true);
    expect(outcomes).toEqual([outcomes[0], outcomes[0], outcomes[0]]);
  });

  test.each(PROGRAMS)("%s", (_, lambda, inputs, { deep = true, fuelLasts = true }) => {
    const emitted = emitJs(branded({ lambdas: [lambda], tables: 0 }));
    expect(emitted.largest).toBeLessThanOrEqual(MAX_BYTECODE);
    const pieces = structureOf(lambda, (insn) => bytecodeOf(insn), { size: MAX_BYTECODE });
    expect(Math.max(...pieces.map(({ depth }) => depth))).toBeLessThanOrEqual(MAX_NESTING);
    // Without the cut it would not be possible.
    const whole = structureOf(lambda, () => 0, { nesting: Number.POSITIVE_INFINITY });
    if (deep) expect(whole[0]!.depth).toBeGreaterThan(MAX_NESTING);
    else expect(emitted.octets).toBeGreaterThan(500_000);
    const everywhere = new Everywhere({ lambdas: [lambda], tables: 0 });
    let ended = 0;
    for (const input of inputs) {
      const [expected, ...others] = everywhere.run([BASE, LENGTH, input], 100_000);
      ended += expected!.outcome.ok ? 1 : 0;
      for (const { target, outcome } of others) expect(outcome, `${input} on ${target}`).toEqual(expected!.outcome);
    }
    // Loops within loops take longer than anybody would wait.
    expect(ended).toBe(fuelLasts ? inputs.length : 0);
  });

  test("nothing is cut that need not be", () => {
    for (const lambda of [nestedIfs(400), nestedLoops(200), ladder(300, 400), jumpTable(400), straight(1000)]) {
      const pieces = structureOf(lambda, (insn) => bytecodeOf(insn), { size: MAX_BYTECODE });
      expect(pieces).toHaveLength(1);
    }
  });
});
