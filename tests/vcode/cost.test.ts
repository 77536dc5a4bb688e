/** Simulated cycles, counted out by hand from the machine's instructions. */
import { describe, expect, test } from "vitest";
import { cyclesOf, TAKEN } from "../../src/vcode/cost.js";
import { ALU, type Insn, type VALUE_TYPES } from "../../src/vcode/insn.js";
import { Interpreter } from "../../src/vcode/interp.js";
import { BASE, lambdaOf, memory } from "./running.js";

const view = new DataView(memory.buffer);

describe("cycles", () => {
  const cases: [string, Insn, number][] = [
    ["addu", { op: "alu", alu: "add", type: "i", rd: 2, rs1: 2, rs2: 2 }, 1],
    ["addiu", { op: "alui", alu: "add", type: "i", rd: 2, rs1: 2, imm: -5 }, 1],
    ["lui, ori, addu", { op: "alui", alu: "add", type: "i", rd: 2, rs1: 2, imm: 0x12345 }, 3],
    ["lui, and", { op: "alui", alu: "and", type: "i", rd: 2, rs1: 2, imm: 0x7fff0000 }, 2],
    ["andi", { op: "alui", alu: "and", type: "i", rd: 2, rs1: 2, imm: 0xffff }, 1],
    ["mult, mflo", { op: "alu", alu: "mul", type: "u", rd: 2, rs1: 2, rs2: 2 }, 13],
    ["div, mfhi", { op: "alu", alu: "mod", type: "u", rd: 2, rs1: 2, rs2: 2 }, 36],
    ["lui, ori", { op: "set", type: "u", rd: 2, imm: 0x12345678 }, 2],
    ["two lui, two ori", { op: "set", type: "l", rd: 2, imm: 0x1234567812345678n }, 4],
    ["lbu, slot", { op: "ld", order: "network", memory: "uc", rd: 2, base: 0, offset: { imm: 9 } }, 2],
    ["lbu, lbu, slot, sll, or", { op: "ld", order: "network", memory: "us", rd: 2, base: 0, offset: { imm: 12 } }, 5],
    ["lwl, lwr, slot", { op: "ld", order: "network", memory: "u", rd: 2, base: 0, offset: { imm: 26 } }, 3],
    ["addu, lwl, lwr, slot", { op: "ld", order: "network", memory: "u", rd: 2, base: 0, offset: { reg: 1 } }, 4],
    [
      "lbu four times, slot, sll and or thrice",
      { op: "ld", order: "host", memory: "u", rd: 2, base: 0, offset: { imm: 0 } },
      11,
    ],
    ["swl, swr", { op: "st", order: "network", memory: "i", rs: 2, base: 0, offset: { imm: 0 } }, 2],
    ["lw, slot", { op: "ldv", order: "network", memory: "u", rd: 2, base: 2, offset: { imm: 8 } }, 2],
    ["addu, lhu, slot", { op: "ldv", order: "network", memory: "us", rd: 2, base: 2, offset: { reg: 1 } }, 3],
    [
      "lhu, slot, srl, andi, sll, or",
      { op: "ldv", order: "host", memory: "us", rd: 2, base: 2, offset: { imm: 0 } },
      6,
    ],
    ["sw, sw", { op: "stv", order: "network", memory: "l", rs: 2, base: 2, offset: { imm: 8 } }, 2],
    ["addi", { op: "aluo", alu: "add", rd: 2, rs1: 2, second: { imm: 5 } }, 1],
    ["lui, ori, sub", { op: "aluo", alu: "sub", rd: 2, rs1: 2, second: { imm: 0x12345 } }, 3],
    ["mult, mfhi, mflo, sra, bne", { op: "aluo", alu: "mul", rd: 2, rs1: 2, second: { reg: 2 } }, 16],
    ["bltz", { op: "bri", branch: "blt", type: "i", rs1: 2, imm: 0, label: 0 }, 1],
    ["slti, bne", { op: "bri", branch: "blt", type: "i", rs1: 2, imm: 14, label: 0 }, 2],
    ["li, bne", { op: "bri", branch: "bne", type: "u", rs1: 2, imm: 0x800, label: 0 }, 2],
    ["lui, ori, bne", { op: "bri", branch: "bne", type: "u", rs1: 2, imm: 0x0a000101, label: 0 }, 3],
    ["j, slot", { op: "j", label: 0 }, 2],
    ["jr, slot", { op: "ret" }, 2],
    ["jal, slot, sw, lw, slot; a move each", { op: "call", lambda: 1, args: [{ reg: 0 }, { reg: 1 }] }, 7],
    ["a label", { op: "label", label: 0 }, 0],
  ];
  test.each(cases)("%s", (_, insn, cycles) => expect(cyclesOf(insn)).toBe(cycles));

  test("a long never costs less than a word, a constant never less than what it needs", () => {
    for (const alu of ALU) {
      const of = (type: (typeof VALUE_TYPES)[number]) => cyclesOf({ op: "alu", alu, type, rd: 2, rs1: 2, rs2: 2 });
      expect(of("l")).toBeGreaterThan(of("i"));
      expect(of("ul")).toBeGreaterThan(of("u"));
    }
  });
});

describe("the interpreter counts", () => {
  test("what was executed: a branch that is taken costs one more, a primitive what its caller says", () => {
    const lambda = lambdaOf(
      [
        { op: "bri", branch: "bge", type: "i", rs1: 1, imm: 0, label: 0 },
        { op: "set", type: "i", rd: 2, imm: 1 },
        { op: "label", label: 0 },
        { op: "scall", primitive: "step", rd: 2, args: [{ imm: 3 }] },
        { op: "ret" },
      ],
      ["p", "i", "i"],
    );
    const interpreter = new Interpreter({ lambdas: [lambda], tables: 0 }, view, {
      step: () => {
        interpreter.cycles += 10;
        return 0;
      },
    });
    interpreter.run([BASE, 0]);
    expect(interpreter.executed).toBe(3);
    expect(interpreter.cycles).toBe(1 + TAKEN + 10 + 2);
    interpreter.run([BASE, -1]);
    expect(interpreter.executed).toBe(7);
    expect(interpreter.cycles).toBe(14 + 1 + 1 + 10 + 2);
  });
});
