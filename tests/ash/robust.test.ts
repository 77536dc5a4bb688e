import { expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { HANDLER_ERRORS, MAX_HANDLER_ERRORS, MAX_HANDLER_TEXT } from "../../src/ash/diagnostic.js";
import { Chance } from "../seeded.js";
import { ACCEPTED } from "./accepted.js";
import { inside } from "./cases.js";
import { mutated } from "./mutations.js";
import { WRONG } from "./wrong-lines.js";

/** What must hold of any text; gives the codes that it was told. */
function judged(text: string): readonly string[] {
  const result = checkHandler(text);
  if (result.ok) return [];
  const { errors } = result;
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(MAX_HANDLER_ERRORS);
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  let before = [0, 0];
  for (const { line, column, length, message, code } of errors) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThan(0);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(length).toBeGreaterThan(0);
    expect(message).not.toBe("");
    expect(Object.keys(HANDLER_ERRORS)).toContain(code);
    expect(line > (before[0] ?? 0) || column >= (before[1] ?? 0)).toBe(true);
    before = [line, column];
  }
  return errors.map(({ code }) => code);
}

test("2,500 mutations of right and wrong handlers, seed 61: nothing throws, and every complaint lies in its text", () => {
  const chance = new Chance(61);
  const good = ACCEPTED.filter((text) => text.length < 8000);
  const texts = [...good, ...WRONG.map(({ text }) => text).filter((text) => text.length < 8000)];
  const seen = new Map<string, number>();
  let accepted = 0;
  for (let k = 0; k < 2500; k++) {
    const text = mutated(chance, chance.pick(texts), good);
    const codes = judged(text);
    if (codes.length === 0) accepted++;
    for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  expect(accepted).toBeGreaterThan(50);
  expect(seen.get("E_SYNTAX")).toBeGreaterThan(300);
  expect(seen.size).toBeGreaterThan(40);
});

const DEEP: readonly (readonly [string, string])[] = [
  ["brackets", inside(`seen.n = ${"(".repeat(20_000)}`)],
  ["negations", inside(`seen.on = ${"!".repeat(20_000)}seen.on;`)],
  ["signs", inside(`seen.n = ${"- ".repeat(20_000)}1;`)],
  ["sums", inside(`seen.n = 1${" + 1".repeat(15_000)};`)],
  ["choices", inside(`seen.n = ${"seen.on ? 1 : ".repeat(4_000)}1;`)],
  ["ways", inside(`${"if (seen.on) seen.n = 1; else ".repeat(2_000)}seen.n = 2;`)],
  ["loops", inside(`${"while (seen.on) ".repeat(3_000)}seen.n = 2;`)],
  ["members", inside(`seen.n = seen${".n".repeat(20_000)};`)],
  ["arrows", inside(`seen.n = ${"(a) => ".repeat(5_000)}1;`)],
  ["casts", inside(`seen.n = ${"<u32>".repeat(10_000)}1;`)],
  ["generic arrows", inside(`seen.n = ${"<a>(".repeat(90)}1${")".repeat(90)};`)],
  ["generic calls", inside(`seen.n = ${"half<u32>(".repeat(90)}1${")".repeat(90)};`)],
  ["tries of type arguments", inside(`seen.n = ${"a<b>(f<a>(".repeat(45)}`)],
  ["tries of arrow functions", inside(`seen.n = ${"a ? (f<a>(".repeat(45)}`)],
  ["types", inside(`let x: ${"(".repeat(90)}u32${")".repeat(90)} = 1;`)],
  ["type arguments", inside(`let x: ${"a<".repeat(10_000)}u32${">".repeat(10_000)} = 1;`)],
  ["comparisons like types", inside(`seen.on = ${"half < ".repeat(5_000)}1;`)],
  ["assignments", inside(`${"seen.n = ".repeat(6_000)}1;`)],
  ["templates", inside(`seen.n = ${"`${".repeat(10_000)}`)],
  ["blocks", inside(`${"{".repeat(100)} seen.n = 1; ${"}".repeat(100)}`)],
  ["digits", inside(`seen.wide = ${"9".repeat(60_000)}n;`)],
  [
    "powers",
    inside(
      `${Array.from({ length: 1000 }, (_, k) => `const b${k + 1} = b${k} * b${k};`).join("\n")}`.replace(
        "b0 * b0",
        "9n * 9n",
      ),
    ),
  ],
  ["one line of everything", "let ".repeat(MAX_HANDLER_TEXT / 4)],
  ["nothing", ""],
  ["zeros", "\0".repeat(1000)],
  ["half of a pair", "\ud83d"],
  ["a comment without end", "/* "],
  ["a string without end", '"'],
  ["a hashbang", "#!/usr/bin/env node\nexport default 1;"],
];

test.each(DEEP)("%s: an answer, whatever the text", (_name, text) => {
  expect(judged(text).length).toBeGreaterThan(0);
});

test("a text full of comparisons is read, each of which might have been a type argument", () => {
  const result = checkHandler(inside("if (seen.n < half(seen.n)) seen.n += 1;\n".repeat(1500)));
  expect(result.ok).toBe(true);
});

test("loops in loops, each of which changes what the next one knows, are followed", () => {
  const loops = "while (seen.n > 1) { b = c; c = seen.on; ".repeat(90);
  const result = checkHandler(inside(`let b = true; let c = true; ${loops}seen.n--; if (b) break;${"}".repeat(90)}`));
  expect(result.ok).toBe(true);
});

test("what nests as deep as is allowed is read", () => {
  const result = checkHandler(inside(`seen.n = ${"(".repeat(90)}1${")".repeat(90)};`));
  expect(result.ok).toBe(true);
});
