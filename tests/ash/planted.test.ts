/** The comparison with the evaluator is tested by bugs that are planted in what is lowered, and in what the lowering makes: each is noticed. */
import { expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { lowerHandler } from "../../src/ash/lower.js";
import { compare } from "./handler-running.js";
import { PLANTED, type Planted, plantedProgram, plantedTree } from "./planted.js";
import { randomHandler } from "./random-handler.js";

/** Handlers within which each is found by what they do, not only by the verifier. */
const WITHIN = 400;
/** Where the verifier's proof is about it: refused so often, it is found as well. */
const REFUSED = 20;

/** How the seed's handler fares with it: the same, otherwise, or not at all. */
function fares(planted: Planted, seed: number): "the same" | "otherwise" | "refused" {
  const checked = checkHandler(randomHandler(seed, new Map()));
  if (!checked.ok) throw new Error(`seed ${seed}: ${JSON.stringify(checked.errors[0])}`);
  const lowered = lowerHandler(plantedTree(planted, checked.tree));
  if (!lowered.ok) return "refused";
  const { program, layout } = lowered.handler;
  const handler = { program: plantedProgram(planted, program, checked.tree.layout), layout };
  const { difference, refused } = compare(checked.tree, handler, seed, ["js"]);
  return refused ? "refused" : difference === undefined ? "the same" : "otherwise";
}

test.each(PLANTED)("$name", (planted) => {
  let refused = 0;
  for (let seed = 1; seed <= WITHIN; seed++) {
    const how = fares(planted, seed);
    if (how === "refused") refused++;
    if (planted.proved === true && refused > REFUSED) return;
    if (how !== "otherwise") continue;
    expect(fares({ name: "nothing" }, seed), "the same without it").toBe("the same");
    return;
  }
  expect.fail(`not noticed within ${WITHIN} handlers, of which ${refused} were refused`);
});
