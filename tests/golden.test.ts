/**
 * What the compiler makes of each filter in filters/, all stages in one file. A change of the compiler shows here
 * which programs it changed and which it did not: read the difference, then rewrite with UPDATE_GOLDEN=1 npm test.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { STAGE_NAMES } from "../src/dpf/stage-names.js";
import { printStages, stagesOf } from "../src/dpf/stages.js";
import { compileText } from "../src/filter/filter.js";

const GOLDEN = "tests/golden";
const names = readdirSync("filters")
  .filter((file) => file.endsWith(".dpf"))
  .map((file) => basename(file, ".dpf"));

function compiled(name: string): string {
  const result = compileText(readFileSync(`filters/${name}.dpf`, "utf8"), "dpf");
  if (!result.ok) throw new Error(`${name}: ${result.errors[0]?.message}`);
  const stages = stagesOf(result.filter, () => 0);
  return printStages(stages, (stage) => `${stage.name}: ${stage.instructions}, ${stage.octets} octets`);
}

describe("goldens", () => {
  test.each(names)("%s", (name) => {
    const path = `${GOLDEN}/${name}.txt`;
    const text = compiled(name);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
    expect(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 npm test writes it`).toBe(true);
    expect(text).toBe(readFileSync(path, "utf8"));
  });

  test("there is one for each filter and for nothing else, with every stage", () => {
    expect(names.length).toBeGreaterThan(10);
    expect(readdirSync(GOLDEN).sort()).toEqual(names.map((name) => `${name}.txt`).sort());
    for (const name of names) {
      const headings = [...readFileSync(`${GOLDEN}/${name}.txt`, "utf8").matchAll(/^--- (\w+):/gm)];
      expect(headings.map(([, stage]) => stage)).toEqual(STAGE_NAMES);
    }
  });
});
