/** Handlers of chance: interpreter = JavaScript = WebAssembly, in all they do and what it costs, and all of them = the evaluator. */
import { describe, expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { checkHandler } from "../../src/ash/check.js";
import { lowerHandler } from "../../src/ash/lower.js";
import type { Handler } from "../../src/ash/tree.js";
import { compare, type Lowered } from "./handler-running.js";
import { type Constructs, randomHandler } from "./random-handler.js";

const SEEDS = 2000;
const PARTS = 10;
/** Constructs of which counts are kept, and how often each is written at least. */
const CONSTRUCTS = 410;
const EACH = 20;

function loweredOf(text: string, seed: number): { tree: Handler; lowered: Lowered } {
  const checked = checkHandler(text);
  if (!checked.ok) throw new Error(`seed ${seed}: ${JSON.stringify(checked.errors[0])}\n${text}`);
  const lowered = lowerHandler(checked.tree);
  if (!lowered.ok) throw new Error(`seed ${seed}: ${JSON.stringify(lowered.errors[0])}\n${text}`);
  return { tree: checked.tree, lowered: lowered.handler };
}

describe("handlers of chance", () => {
  const constructs: Constructs = new Map();
  const ends = new Map<string, number>();

  test.each(Array.from({ length: PARTS }, (_, part) => part))(`part %i of ${SEEDS}`, (part) => {
    for (let seed = part + 1; seed <= SEEDS; seed += PARTS) {
      const text = randomHandler(seed, constructs);
      const { tree, lowered } = loweredOf(text, seed);
      // The front door does the same.
      if (seed % 50 === 0)
        expect(compileHandler(text)).toMatchObject({ ok: true, handler: { program: lowered.program } });
      const { difference, ends: told } = compare(tree, lowered, seed);
      if (difference !== undefined) expect.fail(`${difference}\n${text}`);
      for (const end of told) {
        const name = end.kind === "fault" ? `fault ${end.reason}` : end.kind;
        ends.set(name, (ends.get(name) ?? 0) + 1);
      }
    }
  });

  test("every construct was among them", () => {
    expect(constructs.size).toBe(CONSTRUCTS);
    for (const [construct, times] of constructs) expect(times, construct).toBeGreaterThanOrEqual(EACH);
  });

  test("most come to an end, and some to each kind of it", () => {
    expect(ends.get("outcome")).toBeGreaterThan(2 * SEEDS);
    for (const reason of ["message", "index", "length", "unaligned", "outcome"]) {
      expect(ends.get(`fault ${reason}`), reason).toBeGreaterThan(9);
    }
    expect(ends.get("endless")).toBeGreaterThan(9);
  });
});
