/** Handlers of chance are TypeScript with exonet/ash as its declaration: what an editor would say of them is nothing. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Constructs, randomHandler } from "./random-handler.js";

const TEXTS = 400;
/** Within the package, so that its own name leads to its declaration. */
const FOLDER = "dist/random-handlers";

test(`TypeScript has nothing against ${TEXTS} handlers of chance, and something against a wrong one`, () => {
  const constructs: Constructs = new Map();
  mkdirSync(FOLDER, { recursive: true });
  try {
    const files = Array.from({ length: TEXTS }, (_, seed) =>
      write(`seed${seed + 1}`, randomHandler(seed + 1, constructs)),
    );
    expect(typescript(files)).toBe("");
    const wrong = write("wrong", randomHandler(1, constructs).replace("return", "const wrong: bigint = 1;\nreturn"));
    expect(typescript([wrong])).toContain("TS2322");
  } finally {
    rmSync(FOLDER, { recursive: true });
  }
});

function write(name: string, text: string): string {
  const file = `${FOLDER}/${name}.ash.ts`;
  writeFileSync(file, text);
  return file;
}

/** What it prints. */
function typescript(files: readonly string[]): string {
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--target", "es2023"];
  const modules = ["--module", "nodenext", "--moduleResolution", "nodenext"];
  try {
    return execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options, ...modules, ...files], {
      encoding: "utf8",
    });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}
