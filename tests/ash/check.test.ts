import { describe, expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { HANDLER_ERRORS, MAX_HANDLER_ERRORS } from "../../src/ash/diagnostic.js";
import { atTop, inside, lineAndColumn } from "./cases.js";
import { WRONG } from "./wrong-lines.js";

/** What the lowering finds, not the checker. */
const OF_THE_LOWERING = ["E_FUEL", "E_TOO_COMPLEX"];

function errorsOf(text: string) {
  const result = checkHandler(text);
  return result.ok ? [] : result.errors;
}

function told(text: string): readonly string[] {
  return errorsOf(text).map(({ code, line, column, length }) => `${line}:${column}+${length} ${code}`);
}

describe("one mistake is one error, at its place", () => {
  const shown = WRONG.map((one) => ({
    ...one,
    name: `${one.code} ${one.text.slice(Math.max(one.start - 30, 0), one.start + one.length + 8)}`,
  }));

  test.each(shown)("$name", ({ code, text, start, length }) => {
    const { line, column } = lineAndColumn(text, start);
    expect(told(text)).toEqual([`${line}:${column}+${length} ${code}`]);
  });

  test("every code has a wrong handler", () => {
    const codes = new Set<string>(WRONG.map(({ code }) => code));
    expect(Object.keys(HANDLER_ERRORS).filter((code) => !codes.has(code))).toEqual(
      OF_THE_LOWERING.toSorted().reverse(),
    );
  });

  test("what is told has not changed unread", async () => {
    const lines = WRONG.flatMap(({ text, start, length }) => {
      const excerpt = text.length > 20_000 ? "…" : text.slice(text.lastIndexOf("\n", start) + 1, start + length).trim();
      return errorsOf(text).map(
        ({ code, message, hint }) => `${excerpt}\n  ${code}: ${message}${hint === undefined ? "" : `\n    ${hint}`}`,
      );
    });
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("errors.golden.txt");
  });
});

describe("several mistakes", () => {
  test("are all told, in the order of their places", () => {
    expect(
      errorsOf(inside("seen.n = true;\n  var x = 1;\n  seen.m = x;\n  counts[16] = 1n;")).map(({ code }) => code),
    ).toEqual(["E_TYPE", "E_VAR", "E_MEMBER", "E_INDEX"]);
  });

  test(`more than ${MAX_HANDLER_ERRORS} are not`, () => {
    expect(errorsOf(inside("seen.n = true;\n".repeat(30)))).toHaveLength(MAX_HANDLER_ERRORS);
  });

  test("in declarations and functions are told together", () => {
    const text = atTop(
      "const r = record({ a: shape({}) });\nfunction f(x: u32) { return x; }\nconst s = array(u8, 0);",
    );
    expect(errorsOf(text).map(({ code, line }) => `${line} ${code}`)).toEqual([
      "2 E_SHAPE",
      "3 E_TYPE",
      "4 E_CAPACITY",
    ]);
  });

  test("a name whose declaration is wrong is complained of once", () => {
    const text = inside("const a = nowhere;\n  let b: u32 = a + 1;\n  b += a;\n  if (a) seen.n = half(a);\n  a.x(a);");
    expect(told(text)).toEqual(["15:13+7 E_NAME"]);
  });
});

test("lines end as TypeScript's do", () => {
  const text = inside("seen.n = 1;\r\n  seen.n = 2;\u2028  seen.n = true;")
    .replaceAll("\n", "\r\n")
    .replaceAll("\r\r\n", "\r\n");
  expect(told(text)).toEqual(["17:12+4 E_TYPE"]);
});
