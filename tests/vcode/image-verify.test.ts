/** What the verifier asks of images beyond what it asks of any program: how they are entered, and what they may use. */
import { describe, expect, test } from "vitest";
import { parse } from "../../src/vcode/parse.js";
import { printProgram } from "../../src/vcode/print.js";
import type { RejectionCode } from "../../src/vcode/rejection.js";
import { type Verdict, verify } from "../../src/vcode/verify.js";
import { MAX_IMAGE_LAMBDAS } from "../../src/vcode/verify-image.js";

const WORDS = "r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i";
const ENTRY = `v_lambda f0(r0:p, ${WORDS}): i in packet`;
const REGISTERS = "v_getreg r10..r12:i, r13..r14:l, r15:u, r16:p";

/** The lines are the entry's body, or whole lambdas. */
function judged(lines: string, image = true): Verdict {
  const text = lines.split(" | ").join("\n");
  const whole = text.startsWith("v_lambda") ? text : `${ENTRY}\n${REGISTERS}\n${text}\nv_end`;
  const parsed = parse(whole);
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.error)}\n${whole}`);
  expect(parse(printProgram(parsed.program))).toEqual(parsed);
  return verify(parsed.program, { image });
}

const REFUSED: readonly [RejectionCode, string, string][] = [
  [
    "image",
    "nine parameters",
    "v_lambda f0(r0:p, r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i): i in packet | v_retii 0 | v_end",
  ],
  ["image", "eleven parameters", `v_lambda f0(r0:p, ${WORDS}, r10:i): i in packet | v_retii 0 | v_end`],
  [
    "image",
    "a long among the message",
    `v_lambda f0(r0:p, ${WORDS.replace("r9:i", "r9:l")}): i in packet | v_retii 0 | v_end`,
  ],
  [
    "image",
    "an unsigned cause",
    `v_lambda f0(r0:p, ${WORDS.replace("r2:i", "r2:u")}): i in packet | v_retii 0 | v_end`,
  ],
  ["image", "no result", `v_lambda f0(r0:p, ${WORDS}) in packet | v_retv | v_end`],
  ["image", "a long result", `v_lambda f0(r0:p, ${WORDS}): l in packet | v_retli 0 | v_end`],
  ["image", "an unsigned result", `v_lambda f0(r0:p, ${WORDS}): u in packet | v_retui 0 | v_end`],
  ["image", "another region", `v_lambda f0(r0:p, ${WORDS}): i in environment | v_retii 0 | v_end`],
  ["image", "no region", `v_lambda f0(r0:i, ${WORDS}): i | v_retii 0 | v_end`],
  [
    "image",
    "two regions",
    "v_lambda f0(r0:p, r1:i, r2:p, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i): i in packet, environment | v_retii 0 | v_end",
  ],
  ["region", "a store into the packet", "v_bltii r1, 4, L0 | v_stui r2, r0, 0 | L0: | v_retii 0"],
  ["bounds", "a load beyond the packet", "v_ldui r10, r0, 0 | v_reti r10"],
  ["bounds", "a load beyond what was asked", "v_bltii r1, 4, L0 | v_ldui r10, r0, 1 | L0: | v_retii 0"],
  [
    "bounds",
    "the packet moved by what a virtual octet says",
    "v_bltii r1, 300, L0 | v_ldvuci r10, r2, 0 | v_ldui r11, r0, 0 | v_ldui r11, r0, r10 | L0: | v_retii 0".replace(
      "v_ldui r11, r0, r10",
      "v_ldu r11, r0, r10",
    ),
  ],
  [
    "bounds",
    "a sum that is skipped may be anything",
    "v_bltii r1, 300, L0 | v_seti r10, 1 | v_addoii r10, r10, 1 | v_ldu r11, r0, r10 | L0: | v_retii 0",
  ],
  ["type", "a virtual load at the packet's address", "v_ldvui r10, r0, 0 | v_reti r10"],
  ["type", "a virtual store at the packet's address", "v_stvui r2, r0, 0 | v_retii 0"],
  ["type", "a virtual address that is a long", "v_setl r13, 1 | v_ldvui r10, r13, 0 | v_reti r10"],
  ["type", "an offset that is a long", "v_setl r13, 1 | v_ldvu r10, r2, r13 | v_reti r10"],
  ["type", "a long into a word", "v_ldvli r10, r2, 0 | v_reti r10"],
  ["type", "a word into a long", "v_ldvui r13, r2, 0 | v_retii 0"],
  ["type", "a long is stored from a word", "v_stvli r2, r3, 0 | v_retii 0"],
  ["type", "an address is loaded", "v_ldvui r16, r2, 0 | v_retii 0"],
  ["type", "an address is stored", "v_stvui r0, r2, 0 | v_retii 0"],
  ["type", "a sum of longs that traps", "v_setl r13, 1 | v_addoi r10, r13, r2 | v_retii 0"],
  ["type", "the packet's address moved by a sum that traps", "v_addoii r0, r0, 4 | v_retii 0"],
  ["type", "a register that there is not", "v_ldvui r99, r2, 0 | v_retii 0"],
  ["immediate", "an offset beyond a word", "v_ldvui r10, r2, 4294967296 | v_reti r10"],
  ["immediate", "an addend of 64 bits", "v_addoii r10, r2, 5n | v_reti r10"],
  ["unassigned", "a virtual address that nobody made", "v_ldvui r10, r11, 0 | v_reti r10"],
  ["unassigned", "what nobody made is stored", "v_stvui r10, r2, 0 | v_retii 0"],
  ["unassigned", "an addend that nobody made", "v_addoi r10, r2, r11 | v_reti r10"],
  ["fuel", "a loop that traps and pays nothing", "L0: | v_ldvui r10, r2, 0 | v_bneii r10, 0, L0 | v_reti r10"],
  [
    "fuel",
    "a loop that calls the kernel and pays nothing",
    "L0: | v_scalli r10, kernel, 1, 2, 3, 4, 5, 6, 7 | v_bneii r10, 0, L0 | v_reti r10",
  ],
  ["call", "too few arguments of the kernel", "v_scalli r10, kernel, 1, 2, 3 | v_reti r10"],
  ["call", "a kernel without a result", "v_scallv kernel, 1, 2, 3, 4, 5, 6, 7 | v_retii 0"],
  ["call", "an argument of what is left", "v_scalli r10, left, 1 | v_reti r10"],
  ["type", "the kernel is told an address", "v_scalli r10, kernel, r0, 2, 3, 4, 5, 6, 7 | v_reti r10"],
  ["call", "a primitive of the data plane", "v_scallv leaf, r2 | v_retii 0"],
  ["call", "a call of the entry itself", "v_calli r10, f0, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 | v_reti r10"],
];

describe("images that are refused", () => {
  test.each(REFUSED)("%s: %s", (code, _, lines) => {
    const verdict = judged(lines);
    if (verdict.ok) expect.fail("it was let through");
    expect(verdict.rejections[0]?.code, verdict.rejections[0]?.reason).toBe(code);
  });

  test("each is another, and there are enough", () => {
    expect(new Set(REFUSED.map(([, , lines]) => lines)).size).toBe(REFUSED.length);
    expect(REFUSED.length).toBeGreaterThanOrEqual(20);
  });

  test("too many lambdas for the place of a trap", () => {
    const lambda = "v_lambda fN(): i | v_retii 0 | v_end";
    const more = (count: number) => Array.from({ length: count }, (_, at) => lambda.replace("fN", `f${at + 1}`));
    const whole = (count: number) => [`${ENTRY} | v_retii 0 | v_end`, ...more(count)].join(" | ");
    expect(judged(whole(MAX_IMAGE_LAMBDAS - 1)).ok).toBe(true);
    const verdict = judged(whole(MAX_IMAGE_LAMBDAS));
    expect(verdict.ok ? [] : verdict.rejections.map(({ code }) => code)).toEqual(["limit"]);
  });

  test.each([
    { op: "ldv", order: "host", memory: "f", rd: 10, base: 2, offset: { imm: 0 } },
    { op: "ldv", order: "host", memory: "u", rd: 10, base: -1, offset: { imm: 0 } },
    { op: "stv", order: "middle", memory: "u", rs: 10, base: 2, offset: { imm: 0 } },
    { op: "stv", order: "host", memory: "u", rs: 10, base: 2 },
    { op: "aluo", alu: "div", rd: 10, rs1: 2, second: { imm: 1 } },
    { op: "aluo", alu: "add", rd: 10, rs1: 2, second: "alert()" },
  ])("no instruction: %j", (insn) => {
    const parsed = parse(`${ENTRY}\n${REGISTERS}\nv_retii 0\nv_end`);
    if (!parsed.ok) throw new Error("no entry");
    const [entry] = parsed.program.lambdas;
    const verdict = verify(
      { lambdas: [{ ...entry, insns: [insn, ...(entry?.insns ?? [])] }], tables: 0 },
      { image: true },
    );
    expect(verdict.ok ? [] : verdict.rejections.map(({ code }) => code)).toEqual(["shape"]);
  });
});

describe("images that are let through", () => {
  test.each([
    ["nothing", "v_retii 0"],
    [
      "virtual accesses anywhere",
      "v_ldvui r10, r2, 0 | v_ldvnul r13, r2, r3 | v_stvc r10, r2, r3 | v_stvnli r13, r2, -8 | v_reti r10",
    ],
    [
      "arithmetic that traps, of either sign",
      "v_addoi r10, r2, r3 | v_seti r15, 7 | v_suboii r15, r15, 9 | v_muloi r10, r15, r10 | v_reti r10",
    ],
    ["a packet that is read", "v_bltii r1, 4, L0 | v_ldnui r10, r0, 0 | v_reti r10 | L0: | v_retii 0"],
    [
      "the kernel, and what is left",
      "v_scalli r10, kernel, 1, r2, r3, r4, r5, r6, 7 | v_scalli r11, left | v_addi r10, r10, r11 | v_reti r10",
    ],
    ["a loop that pays", "v_seti r10, 9 | L0: | v_fuel 3 | v_suboii r10, r10, 1 | v_bneii r10, 0, L0 | v_reti r10"],
    [
      "a lambda that is given the packet",
      `${ENTRY} | v_getreg r10:i | v_calli r10, f1, r0, r1 | v_reti r10 | v_end | v_lambda f1(r0:p, r1:i): i in packet | v_ldvii r1, r1, 0 | v_reti r1 | v_end`,
    ],
  ])("%s", (_, lines) => {
    const verdict = judged(lines);
    expect(verdict.ok ? [] : verdict.rejections).toEqual([]);
    if (lines.includes("ldv") || lines.includes("oi") || lines.includes("kernel"))
      expect(judged(lines, false).ok).toBe(false);
  });
});
