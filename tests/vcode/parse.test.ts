/** VCODE's text: what is printed reads back, what is wrong is told with its place. */
import { describe, expect, test } from "vitest";
import { FORMS } from "../../src/vcode/forms.js";
import { MAX_REGISTERS, type Program } from "../../src/vcode/insn.js";
import { MAX_DECLARED, MAX_TEXT, parse } from "../../src/vcode/parse.js";
import { nameOf, printInsn, printProgram } from "../../src/vcode/print.js";
import { Chance } from "../seeded.js";
import { casesOf } from "./hostile/cases.js";
import { RandomProgram } from "./random.js";

function parsed(text: string): Program {
  const result = parse(text);
  if (!result.ok) throw new Error(`${JSON.stringify(result.error)}\n${text}`);
  return result.program;
}

describe("what is printed reads back", () => {
  test("4,000 programs of chance, with every name of an instruction", () => {
    const names = new Set<string>();
    let longest = 0;
    for (let seed = 1; seed <= 4000; seed++) {
      const program = new RandomProgram(new Chance(seed)).program();
      const text = printProgram(program);
      expect(parsed(text), `seed ${seed}\n${text}`).toEqual(program);
      expect(printProgram(parsed(text))).toBe(text);
      for (const lambda of program.lambdas) {
        for (const insn of lambda.insns) names.add(nameOf(insn, lambda, program));
        longest = Math.max(longest, lambda.insns.length);
      }
    }
    names.delete("label");
    expect([...FORMS.keys()].filter((name) => !names.has(name))).toEqual([
      // Of primitives with such results there are none.
      "v_scallu",
      "v_scalll",
      "v_scallul",
    ]);
    expect([...names].filter((name) => !FORMS.has(name))).toEqual([]);
    expect(longest).toBe(24);
  });

  test("hostile programs and harmless ones", () => {
    for (const file of ["bounds", "regions", "types", "flow", "accepted"]) {
      for (const { program } of casesOf(`${file}.cases`)) expect(parsed(printProgram(program))).toEqual(program);
    }
  });

  test("no tables may be said as well as left out", () => {
    const lambda = "v_lambda f0()\n  v_retv\nv_end\n";
    expect(parsed(`v_tables 0\n\n${lambda}`)).toEqual(parsed(lambda));
  });

  test("one instruction of each kind, as it stands in listings", () => {
    const text = `v_tables 3

v_lambda f0(r0:p, r1:i, r2:p, r3:i): ul in packet, environment
  v_getreg r4..r6:u, r7:ul, r8:p
  v_setu r4, 7
  v_setul r7, 7n
  v_movp r8, r0
  v_addu r4, r5, r6
  v_subii r1, r1, -14
  v_rshuli r7, r7, 32n
  v_addpi r8, r8, 14
  v_comu r4, r5
  v_cvu2ul r7, r4
  v_cvi2uc r4, r1
  v_ldnusi r4, r0, 12
  v_ldul r7, r0, r4
  v_stnui r4, r2, 0
  v_stuc r4, r2, r5
  v_ldvusi r4, r5, -2
  v_ldvnul r7, r4, r5
  v_stvni r4, r5, r6
  v_stvli r7, r5, 8
  v_addoi r1, r3, r1
  v_muloii r1, r3, -10
L0:
  v_fuel 10
  v_bltii r1, 14, L0
  v_bgeul r7, r7, L1
  v_jt r4, [L0, L1], L2
L1:
  v_jv L2
L2:
  v_scallv leaf, r4
  v_scalli r1, probe, 2, r4, 5
  v_callu r4, f1, r0, r1, 7, 8n
  v_retuli 5n
v_end

v_lambda f1(r0:p, r1:i, r2:u, r3:l): u in packet
  v_genlabel 4
  v_retu r2
v_end
`;
    expect(printProgram(parsed(text))).toBe(text);
  });
});

describe("what people write", () => {
  test("comments, empty lines, spaces, hexadecimal numbers, longs without n", () => {
    const text = `
# what it is for
  v_lambda f0 ( r0:p,r1 : i )   in packet  # the packet
v_getreg r2 .. r3 : l
\tv_setl r2, 0x10    # sixteen
\r
v_addli r3,r2,-0x1n
v_retv
v_end # and that is all`;
    const [lambda] = parsed(text).lambdas;
    expect(lambda?.registers).toEqual(["p", "i", "l", "l"]);
    expect(lambda?.insns.map((insn) => printInsn(insn))).toEqual(["v_setl r2, 16n", "v_addli r3, r2, -1n", "v_retv"]);
  });

  test("nothing is no lambda", () => expect(parsed("")).toEqual({ lambdas: [], tables: 0 }));

  const HEAD = "v_lambda f0(r0:p, r1:i) in packet\n";
  const errors: [string, number, number, string, string][] = [
    ["v_ret", 1, 1, "v_lambda", "v_ret"],
    ["v_lambda f1()\nv_end", 1, 10, "f0", "f1"],
    ["v_lambda f00()\nv_end", 1, 10, "f0", "f00"],
    ["v_lambda f0(r1:p)\nv_end", 1, 13, "r0", "r1"],
    ["v_lambda f0(r0:q)\nv_end", 1, 16, "a type", "q"],
    ["v_lambda f0(r0:p", 1, 17, '")"', "the end of the text"],
    ["v_lambda f0(): p\nv_end", 1, 16, "a type of values", "p"],
    ["v_lambda f0() in heap\nv_end", 1, 18, "packet, environment, tables", "heap"],
    ["v_lambda f0() v_end", 1, 15, "the end of the line", "v_end"],
    [`${HEAD}v_getreg r3:u\nv_end`, 2, 10, "r2", "r3"],
    [`${HEAD}v_getreg r2..r1:u\nv_end`, 2, 14, "a register from r2 to", "r1"],
    [
      `${HEAD}v_getreg r2..r${2 * MAX_REGISTERS}:u\nv_end`,
      2,
      14,
      `to r${2 * MAX_REGISTERS - 1}`,
      `r${2 * MAX_REGISTERS}`,
    ],
    [`${HEAD}v_genlabel -1\nv_end`, 2, 12, "the number of labels", "-1"],
    [`${HEAD}v_retv`, 2, 7, "an instruction, a label or v_end", "the end of the text"],
    [`${HEAD}v_retv v_end`, 2, 8, "the end of the line", "v_end"],
    [`${HEAD}v_frobu r1, r2\nv_end`, 2, 1, "an instruction, a label or v_end", "v_frobu"],
    [`${HEAD}v_addp2 r1, r2\nv_end`, 2, 1, "an instruction, a label or v_end", "v_addp2"],
    [`${HEAD}  v_movu r1 r2\nv_end`, 2, 13, '","', "r2"],
    [`${HEAD}v_movu r1,\nv_end`, 2, 11, "a register", "the end of the line"],
    [`${HEAD}v_movu r1, 7\nv_end`, 2, 12, "a register", "7"],
    [`${HEAD}v_movu r1, r1, r1\nv_end`, 2, 14, "the end of the line", ","],
    [`${HEAD}v_setu r1, r1\nv_end`, 2, 12, "a constant", "r1"],
    [`${HEAD}v_setu r1, 1.5\nv_end`, 2, 13, "the end of the line", "."],
    [`${HEAD}v_setu r1, 9007199254740993\nv_end`, 2, 12, "a number below 2^53", "9007199254740993"],
    [`${HEAD}v_setl r1, ${"9".repeat(25)}\nv_end`, 2, 12, "a number of at most 24 characters", "9".repeat(25)],
    [`${HEAD}v_jv r1\nv_end`, 2, 6, "a label", "r1"],
    [`${HEAD}L0\nv_end`, 2, 3, '":"', "the end of the line"],
    [`${HEAD}v_jt r1, L0, L1\nv_end`, 2, 10, '"["', "L0"],
    [`${HEAD}v_jt r1, [L0,], L1\nv_end`, 2, 14, "a label", "]"],
    [`${HEAD}v_callv leaf\nv_end`, 2, 9, "a lambda", "leaf"],
    [`${HEAD}v_scallv 7\nv_end`, 2, 10, "a primitive", "7"],
    [`${HEAD}v_fuel -1\nv_end`, 2, 8, "units of fuel", "-1"],
    [`${HEAD}$\nv_end`, 2, 1, "an instruction, a label or v_end", "$"],
    ["v_tables x", 1, 10, "the number of tables", "x"],
  ];
  test.each(errors)("%j", (text, line, column, expected, found) => {
    const result = parse(text);
    expect(result.ok ? undefined : result.error).toEqual({
      line,
      column,
      expected: expect.stringContaining(expected),
      found,
    });
  });

  test("registers are short to write, and counted", () => {
    const lambda = (index: number) => `v_lambda f${index}()\nv_getreg r0..r65535:u\nv_end\n`;
    const enough = MAX_DECLARED / 65_536;
    const text = (lambdas: number) => Array.from({ length: lambdas }, (_, index) => lambda(index)).join("");
    expect(parse(text(enough)).ok).toBe(true);
    const result = parse(text(enough + 1));
    expect(result.ok ? "" : result.error.expected).toBe(`at most ${MAX_DECLARED} registers in all`);
  });

  test("a text that is too long is not read", () => {
    const result = parse(" ".repeat(MAX_TEXT + 1));
    expect(result.ok ? "" : result.error.expected).toBe(`at most ${MAX_TEXT} characters`);
  });
});

test("10,000 mutilated texts: an answer each, and the place is in the text", () => {
  const alphabet = [
    ..."rLfv_:,[]()n-x.#0123456789 \n\t$é\u{1f600}",
    "\u0000",
    "v_end",
    "..",
    "v_addu",
    "999999999999999999",
  ];
  let [read, refused] = [0, 0];
  for (let seed = 1; seed <= 10_000; seed++) {
    const chance = new Chance(seed);
    let text = printProgram(new RandomProgram(chance).program());
    for (let times = chance.below(4); times >= 0; times--) {
      const at = chance.below(text.length + 1);
      text = text.slice(0, at) + (chance.percent(60) ? chance.pick(alphabet) : "") + text.slice(at + chance.below(4));
    }
    const result = parse(text);
    if (result.ok) {
      read++;
      continue;
    }
    refused++;
    const { line, column, expected } = result.error;
    const lines = text.split("\n");
    expect(expected).not.toBe("");
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
  }
  expect(read).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(5000);
});
