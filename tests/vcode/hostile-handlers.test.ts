/**
 * Programs that nobody compiled from a handler's text, handed straight to the verifier as images: each must be refused, for the
 * reason that was written down beforehand.
 */
import { describe, expect, test } from "vitest";
import { type Insn, type Lambda, MAX_JUMP_TABLE } from "../../src/vcode/insn.js";
import { REJECTION_CODES } from "../../src/vcode/rejection.js";
import { verify } from "../../src/vcode/verify.js";
import { type Case, casesOf, IMAGE_HEAD } from "./hostile/cases.js";

const REFUSED = ["handlers-message", "handlers-kernel"].map((name): [string, Case[]] => [
  name,
  casesOf(`${name}.cases`, IMAGE_HEAD),
]);

const ENTRY: Lambda = {
  regions: ["packet"],
  parameters: 10,
  registers: ["p", "i", "i", "i", "i", "i", "i", "i", "i", "i"],
  result: "i",
  labels: 0,
  insns: [{ op: "ret", value: { imm: 0 } }],
};

/** What no text can say. */
const MADE: readonly [string, string, unknown][] = [
  ["shape", "fuel that is taken back", program([{ op: "fuel", units: -1 }, ...ENTRY.insns])],
  ["shape", "fuel of half a unit", program([{ op: "fuel", units: 0.5 }, ...ENTRY.insns])],
  ["shape", "an operand that is register and constant", program([{ op: "ret", value: { reg: 2, imm: 0 } }])],
  ["shape", "a call of a lambda by name", program([{ op: "call", lambda: "kernel", args: [] }, ...ENTRY.insns])],
  ["shape", "an instruction that there is not", program([{ op: "eval", text: "1" }, ...ENTRY.insns])],
  ["shape", "a lambda that is a text", { lambdas: [ENTRY, "return 1"], tables: 0 }],
  ["limit", "a jump table beyond the limit", program(jumpTable(MAX_JUMP_TABLE + 1), 1)],
  ["limit", "more arguments than a lambda may take", program(kernelOf(256))],
  ["fuel", "each of 24 lambdas calls the next one twice, and none pays", { lambdas: doubling(24), tables: 0 }],
  ["immediate", "a constant that is no whole number", program([{ op: "ret", value: { imm: 0.5 } }])],
  ["immediate", "a constant that is no number", program([{ op: "ret", value: { imm: Number.NaN } }])],
];

function program(insns: readonly unknown[], labels = 0): unknown {
  return { lambdas: [{ ...ENTRY, labels, insns }], tables: 0 };
}

function jumpTable(entries: number): Insn[] {
  return [
    { op: "jt", rs: 2, labels: Array.from({ length: entries }, () => 0), other: 0 },
    { op: "label", label: 0 },
    ...ENTRY.insns,
  ];
}

function kernelOf(count: number): Insn[] {
  const args = Array.from({ length: count }, () => ({ imm: 0 }));
  return [{ op: "scall", primitive: "kernel", rd: 2, args }, ...ENTRY.insns];
}

/** The last one is found to run too much only where calls are counted, not their texts. */
function doubling(depth: number): Lambda[] {
  return Array.from({ length: depth + 1 }, (_, at) => {
    const call: Insn = { op: "call", lambda: at + 1, args: [] };
    const twice = at < depth ? [call, call] : [];
    if (at === 0) return { ...ENTRY, insns: [...twice, ...ENTRY.insns] };
    return {
      regions: [],
      parameters: 0,
      registers: [],
      result: undefined,
      labels: 0,
      insns: [...twice, { op: "ret" }],
    };
  });
}

describe.each(REFUSED)("hostile: %s", (_, cases) => {
  test.each(cases)("$name: $code", ({ code, place, program }) => {
    const verdict = verify(program, { image: true });
    if (verdict.ok) expect.fail("it was let through");
    const [first] = verdict.rejections;
    expect(first?.code, first?.reason).toBe(code);
    if (place !== undefined) expect(`${first?.lambda}:${first?.index}`, first?.reason).toBe(place);
    for (const { reason } of verdict.rejections) expect(reason.length).toBeGreaterThan(10);
  });
});

test.each(MADE)("hostile: %s: %s", (code, _, made) => {
  const verdict = verify(made, { image: true });
  if (verdict.ok) expect.fail("it was let through");
  expect(verdict.rejections[0]?.code, verdict.rejections[0]?.reason).toBe(code);
});

test("there are enough of them, each different", () => {
  const cases = REFUSED.flatMap(([, each]) => each);
  expect(cases.length).toBeGreaterThanOrEqual(180);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  expect(new Set(cases.map(({ program }) => JSON.stringify(program, plain))).size).toBe(cases.length);
  const codes = new Set(cases.map(({ code }) => code));
  expect(REJECTION_CODES.filter((code) => !codes.has(code))).toEqual([]);
});
