import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { ACCEPTED, FLOWS } from "./accepted.js";

const shown = ACCEPTED.map((text, k) => ({ text, name: `${k}: ${text.slice(-160, -30).replaceAll("\n", " ")}` }));

describe("right handlers", () => {
  test.each(shown)("$name", ({ text }) => {
    const result = checkHandler(text);
    expect(result.ok ? [] : result.errors.map(({ line, code, message }) => `${line} ${code} ${message}`)).toEqual([]);
  });

  test("TypeScript has nothing against any of them", () => {
    // Inside of the package: what imports exonet/ash from there finds it.
    const folder = mkdtempSync(join(import.meta.dirname, "tsc-"));
    try {
      mkdirSync(join(folder, "handlers"));
      const files = ACCEPTED.map((text, k) => {
        const file = join(folder, "handlers", `h${k}.ash.ts`);
        writeFileSync(file, text);
        return file;
      });
      expect(typescript(files)).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

/** What TypeScript complains of. */
function typescript(files: readonly string[]): string {
  const options =
    "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2023";
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options.split(" "), ...files], {
      encoding: "utf8",
    });
    return "";
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}

test("the tree has every name resolved and every constant computed", () => {
  const result = checkHandler(FLOWS);
  if (!result.ok) throw new Error("it is right");
  const { tree } = result;
  expect(
    tree.functions.map(({ name, parameters, message, result: gives }) => [name, parameters, message, gives]),
  ).toEqual([
    ["port", 1, true, "u16"],
    ["isHot", 1, false, "bool"],
    ["decide", 0, true, "outcome"],
    ["answer", 1, true, "void"],
    ["main", 0, true, "outcome"],
  ]);
  expect(tree.functions[tree.entry]?.name).toBe("main");
  expect(tree.layout.items.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "seen record",
    "flows table",
    "byPort table",
    "slots places",
    "kept array",
    "counts array",
    "sum accumulator",
    "cipher accumulator",
    "total accumulator",
    "frame frame",
  ]);
  // An xor pipe that begins with a key is one of state and one of the key.
  expect(tree.pipelines[0]?.pipes.map((pipe) => tree.pipes[pipe]?.work.kind)).toEqual([
    "checksum",
    "byteswap",
    "xor",
    "map",
    "map",
    "fold",
  ]);
});
