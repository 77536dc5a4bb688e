/** The checker tells each mistake of wrong/ at its line by its code, and nothing else; and nothing against what is right. */
import { describe, expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { HANDLER_ERRORS, MAX_HANDLER_ERRORS, MAX_HANDLER_TEXT } from "../../src/ash/diagnostic.js";
import { rightHandlers } from "./right.js";
import { wrongHandlers } from "./wrong.js";

const WRONG = wrongHandlers();
const FILES = [...new Set(WRONG.map(({ file }) => file))];

describe.each(FILES)("wrong: %s", (file) => {
  test.each(WRONG.filter((each) => each.file === file))("$name: $expected", ({ text, expected }) => {
    const checked = checkHandler(text);
    const errors = checked.ok ? [] : checked.errors;
    const told = new Set(errors.map(({ line, code }) => `${line} ${code}`));
    expect([...told].toSorted(), JSON.stringify(errors)).toEqual([...expected].toSorted());
    const lines = text.split("\n");
    for (const { line, column, length, message } of errors) {
      const width = lines[line - 1]?.length ?? -1;
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual(width + 1);
      expect(length).toBeGreaterThanOrEqual(0);
      expect(message.length).toBeGreaterThan(5);
    }
  });
});

test("lines end in one way or the other", () => {
  for (const { name, text, expected } of WRONG) {
    const checked = checkHandler(text.replaceAll("\n", "\r\n"));
    const told = checked.ok ? [] : checked.errors.map(({ line, code }) => `${line} ${code}`);
    expect([...new Set(told)].toSorted(), name).toEqual([...expected].toSorted());
  }
});

test.each(rightHandlers())("right: $name", ({ text }) => {
  const checked = checkHandler(text);
  expect(checked.ok ? [] : checked.errors).toEqual([]);
});

test("a text that is too long", () => {
  const rest =
    'import { type Message, pass } from "exonet/ash";\nexport default function handle(message: Message) { return pass; }\n';
  const filled = `${rest}//`;
  const whole = (length: number) => filled.padEnd(length, "x");
  expect(checkHandler(whole(MAX_HANDLER_TEXT)).ok).toBe(true);
  const checked = checkHandler(whole(MAX_HANDLER_TEXT + 1));
  expect(checked.ok ? [] : checked.errors.map(({ code }) => code)).toEqual(["E_TOO_LONG"]);
});

test("more mistakes than are told", () => {
  const mistakes = "  if (message.length == 60) return pass;\n".repeat(MAX_HANDLER_ERRORS + 5);
  const head = 'import { type Message, pass } from "exonet/ash";\nexport default function handle(message: Message) {\n';
  const checked = checkHandler(`${head}${mistakes}  return pass;\n}\n`);
  const lines = Array.from({ length: MAX_HANDLER_ERRORS }, (_, at) => at + 3);
  expect(checked.ok ? [] : checked.errors.map(({ line }) => line)).toEqual(lines);
});

test("there are enough of them, each different, and each code occurs", () => {
  expect(WRONG.length).toBeGreaterThanOrEqual(600);
  expect(new Set(WRONG.map(({ text }) => text)).size).toBe(WRONG.length);
  expect(WRONG.filter(({ expected }) => expected.length === 0)).toEqual([]);
  const codes = new Set(WRONG.flatMap(({ expected }) => expected.map((mark) => mark.split(" ")[1] ?? "")));
  const all = Object.keys(HANDLER_ERRORS);
  expect([...codes].filter((code) => !all.includes(code))).toEqual([]);
  // The first is above; limits of what is made of a text are where it is made.
  expect(all.filter((code) => !codes.has(code))).toEqual(["E_TOO_LONG", "E_TOO_COMPLEX", "E_FUEL"]);
});
