/** Right handlers are right for TypeScript, and together use all that the language declares. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rightHandlers } from "./right.js";
import { shippedHandlers } from "./shipped.js";

const RIGHT = rightHandlers();
const ALL = RIGHT.map(({ text }) => text).join("\n");
const LANGUAGE = readFileSync(new URL("../../src/ash/language.d.ts", import.meta.url), "utf8");
/** Without functions' parameters, which look as members do. */
const INTERFACES = LANGUAGE.replaceAll(/^export function .*\(\n[\s\S]*?^\)/gm, "");

const OPTIONS =
  "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2023";

test.each([
  ["them", RIGHT.map(({ name }) => `tests/ash/right/${name}.ash.ts`), ["--noUncheckedIndexedAccess"]],
  ["those of filters/", shippedHandlers().map(({ name }) => `filters/${name}.ash.ts`), []],
] as const)("TypeScript has nothing against %s", (_, files, options) => {
  const args = ["node_modules/typescript/bin/tsc", ...OPTIONS.split(" "), ...options, ...files];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("there are enough of them", () => expect(RIGHT.length).toBeGreaterThanOrEqual(60));

test("what the language exports is used by some", () => {
  const exported = [...LANGUAGE.matchAll(/^export (?:const|function|interface|type) (\w+)/gm)].map(([, name]) => name);
  expect(exported.length).toBeGreaterThanOrEqual(40);
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(ALL))).toEqual([]);
});

test("members of what it exports are used by some", () => {
  const members = [...INTERFACES.matchAll(/^ {2}(?:readonly )?(\w+)(?:\(|: (?!true|F|Name))/gm)].map(
    ([, name]) => name,
  );
  expect(new Set(members).size).toBeGreaterThanOrEqual(32);
  expect([...new Set(members)].filter((name) => !new RegExp(`\\.${name}\\b`).test(ALL) && name !== "order")).toEqual(
    [],
  );
});

test.each(["+ - * / % & | ^ << >> >>> < <= > >= === !== && ||", "= += -= *= /= %= &= |= ^= <<= >>= >>>="])(
  "operators: %s",
  (operators) => {
    expect(operators.split(" ").filter((operator) => !ALL.includes(` ${operator} `))).toEqual([]);
  },
);

test.each([/\w\+\+/, /\w--/, /!\w/, /~\w/, /-\w/, /\? .* : /])("%s", (form) => expect(ALL).toMatch(form));

test.each("if else for while do switch case default break continue return true false undefined let const".split(" "))(
  "%s",
  (word) => expect(ALL).toMatch(new RegExp(`\\b${word}\\b`)),
);
