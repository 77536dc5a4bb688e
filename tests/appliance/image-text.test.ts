import { expect, test } from "vitest";
import { instructionLines, makeImage } from "../../src/appliance/image-text.js";
import { parse } from "../../src/vcode/parse.js";
import { printProgram } from "../../src/vcode/print.js";

const facts = { stlb: 0, entries: 64, pageShift: 12 };
const made = (text: string) => makeImage({ text, target: "js", facts });

test("what cannot be read is told with line and column", () => {
  expect(made("v_lambda f0(r0:p)\n  v_nothing r0\nv_end\n")).toEqual({
    ok: false,
    errors: [
      {
        code: "E_VCODE",
        message: expect.stringContaining("v_nothing"),
        line: 2,
        column: 3,
        length: 9,
      },
    ],
  });
});

test("what is rejected is told with the line of its instruction, and why", () => {
  const text = `# an image
v_lambda f0(r0:p, r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i) : i in packet

v_getreg r10:i
v_genlabel 1
  v_seti r10, 1   # a loop that pays nothing
L0:
  v_addii r10, r10, 1
  v_jv L0
v_end
`;
  const answer = made(text);
  expect(answer).toMatchObject({ ok: false, errors: [{ code: "E_VCODE_FUEL", line: 8 }] });
  expect(answer.ok ? "" : answer.errors[0]?.message).toMatch(/^f0 2 v_addii/);
});

test("lines of instructions are those that the parser counts", () => {
  const text =
    "v_tables 1\nv_lambda f0()\n  v_fuel 1 # x\n\n  v_jv L0\nL0:\n  v_retv\nv_end\n#\nv_lambda f1() : i\n  v_retii 1\nv_end\n";
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  expect(printProgram(parsed.program)).toContain("v_fuel 1");
  expect(parsed.program.lambdas.map(({ insns }) => insns.length)).toEqual([4, 1]);
  expect(instructionLines(text)).toEqual([[3, 5, 6, 7], [11]]);
});
