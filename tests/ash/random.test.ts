/** Handlers of chance: interpreter = JavaScript = WebAssembly, in all they do and what it costs, and all of them = the evaluator. */
import { describe, expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { checkHandler } from "../../src/ash/check.js";
import { compare } from "./handler-running.js";
import { type Constructs, randomHandler } from "./random-handler.js";

const SEEDS = 2000;
const PARTS = 5;
/** Of each construct that a handler may have, so many at least. */
const EACH = 20;

describe("handlers of chance", () => {
  const constructs: Constructs = new Map();
  const ends = new Map<string, number>();

  test.each(Array.from({ length: PARTS }, (_, part) => part))(`part %i of ${SEEDS}`, (part) => {
    for (let seed = part + 1; seed <= SEEDS; seed += PARTS) {
      const text = randomHandler(seed, constructs);
      const [checked, compiled] = [checkHandler(text), compileHandler(text)];
      if (!checked.ok || !compiled.ok) {
        expect.fail(`seed ${seed}: ${JSON.stringify(checked.ok || checked.errors[0])}\n${text}`);
      }
      const { difference, ends: told } = compare(checked.tree, compiled.handler.program, seed);
      if (difference !== undefined) expect.fail(`${difference}\n${text}`);
      for (const end of told) {
        const name = end.kind === "fault" ? end.reason : end.kind;
        ends.set(name, (ends.get(name) ?? 0) + 1);
      }
    }
  });

  test("every construct was among them", () => {
    expect(constructs.size).toBeGreaterThan(CONSTRUCTS);
    for (const [construct, times] of constructs) expect(times, construct).toBeGreaterThanOrEqual(EACH);
  });

  test("most come to an end, and some to each kind of it", () => {
    expect(ends.get("outcome")).toBeGreaterThan(2 * SEEDS);
    for (const reason of ["message", "index", "length", "outcome", "endless"]) {
      expect(ends.get(reason), reason).toBeGreaterThan(5);
    }
  });
});
