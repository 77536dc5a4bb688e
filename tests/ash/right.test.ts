/** Right handlers are right for TypeScript, and together use all that the language declares. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rightHandlers } from "./right.js";

const RIGHT = rightHandlers();
const ALL = RIGHT.map(({ text }) => text).join("\n");
const LANGUAGE = readFileSync(new URL("../../src/ash/language.d.ts", import.meta.url), "utf8");
/** Without functions' parameters, which look as members do. */
const INTERFACES = LANGUAGE.replaceAll(/^export function .*\(\n[\s\S]*?^\)/gm, "");

test("TypeScript has nothing against them", () => {
  const files = RIGHT.map(({ name }) => fileURLToPath(new URL(`./right/${name}.ash.ts`, import.meta.url)));
  const options =
    "--ignoreConfig --noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --module nodenext --moduleResolution nodenext --target es2023";
  const { status, stdout } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", ...options.split(" "), ...files],
    {
      encoding: "utf8",
    },
  );
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
