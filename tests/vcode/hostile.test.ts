/** Programs that must be refused, for the reason that was written down beforehand, and programs that must not. */
import { describe, expect, test } from "vitest";
import { REJECTION_CODES } from "../../src/vcode/rejection.js";
import { verify } from "../../src/vcode/verify.js";
import { type Case, casesOf } from "./hostile/cases.js";

const REFUSED = ["bounds", "regions", "types", "flow"].map((name): [string, Case[]] => [
  name,
  casesOf(`${name}.cases`),
]);
const ACCEPTED = casesOf("accepted.cases");

describe.each(REFUSED)("hostile: %s", (_, cases) => {
  test.each(cases)("$name: $code", ({ code, place, program }) => {
    const verdict = verify(program);
    if (verdict.ok) expect.fail("it was let through");
    const [first] = verdict.rejections;
    expect(first?.code, first?.reason).toBe(code);
    if (place !== undefined) expect(`${first?.lambda}:${first?.index}`, first?.reason).toBe(place);
    // Whoever wrote it is told what and why, unless it is no program.
    for (const { insn, reason } of verdict.rejections) {
      expect(reason.length).toBeGreaterThan(10);
      if (code !== "shape" && program.lambdas[0]?.insns.length !== 0) expect(insn).toMatch(/^v_|^L\d+:$/);
    }
  });
});

describe("harmless", () => {
  test.each(ACCEPTED)("$name", ({ program }) => {
    const verdict = verify(program);
    expect(verdict.ok ? [] : verdict.rejections).toEqual([]);
  });
});

test("there are enough of them, each different, and each code occurs", () => {
  const refused = REFUSED.flatMap(([, cases]) => cases);
  expect(refused.length).toBeGreaterThanOrEqual(200);
  expect(ACCEPTED.length).toBeGreaterThanOrEqual(60);
  const all = [...refused, ...ACCEPTED];
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(
    new Set(
      all.map(({ program }) =>
        JSON.stringify(program, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
      ),
    ).size,
  ).toBe(all.length);
  // What is too large is in limits.test.ts, where it is made.
  const codes = new Set(refused.map(({ code }) => code));
  expect(REJECTION_CODES.filter((code) => !codes.has(code))).toEqual(["limit"]);
});
