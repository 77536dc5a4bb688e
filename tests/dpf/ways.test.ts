/** What filters cost in code is known before any is made, and holds whatever the plan does. */
import { describe, expect, test } from "vitest";
import { Classifier, programOf } from "../../src/dpf/dpf.js";
import { MAX_CODE } from "../../src/dpf/limits.js";
import { Plan, planOf } from "../../src/dpf/plan.js";
import { compileText } from "../../src/filter/filter.js";
import { instructionsOf } from "../../src/vcode/insn.js";
import { Chance } from "../seeded.js";
import { makeSet } from "./sets.js";

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function filterOf(text: string) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.filter;
}

function classifierOf(texts: readonly string[]): Classifier {
  const classifier = new Classifier("interpreter");
  for (const [index, text] of texts.entries()) classifier.insert(index + 1, filterOf(text), "tap", 0, index, index % 3);
  return classifier;
}

function hop(chance: Chance): string {
  const shift = `shift ${chance.below(8)}:8 & 0x0f << ${chance.below(3)}`;
  return `${shift} && ${chance.below(9)}:8 != ${chance.below(256)}`;
}

/** Alternatives of loaded shifts with tests between, as somebody would make them to hurt. */
function hops(seed: number, texts: number, alternatives: number, length: number): string[] {
  const chance = new Chance(seed);
  return range(texts).map(() =>
    range(alternatives)
      .map(() =>
        range(length)
          .map(() => hop(chance))
          .join(" && "),
      )
      .join(" || "),
  );
}

describe("the code of filters", () => {
  /** Small programs have more beside their ways: gates, heat, calls of pieces. */
  const MORE = 1.5;

  test("tells that of a program in which all is shared, with heat and without, of 200 sets", () => {
    for (const seed of range(200)) {
      const classifier = new Classifier("interpreter");
      for (const { id, filter, mode, priority, age } of makeSet(seed).engines.bound.values()) {
        classifier.insert(id, filter, mode, priority, age);
      }
      for (const heat of [false, true]) {
        const program = programOf(new Plan(classifier.trie, heat, false), { heat, residuals: classifier.residuals });
        expect(instructionsOf(program), `seed ${seed}, heat ${heat}`).toBeLessThanOrEqual(MORE * classifier.code);
      }
    }
  });

  test("does not grow with values, is its owners' together at most, and goes as its filters go", () => {
    const texts = [...range(30).map((at) => `12:16 == 0x800 && 36:16 == ${at}`), ...hops(1, 6, 5, 3)];
    const classifier = classifierOf(texts);
    const first = classifierOf(texts.slice(0, 1)).code;
    expect(classifierOf(texts.slice(0, 30)).code).toBe(first);
    const owners = range(3).map((owner) => classifier.codeOf(owner));
    expect(Math.max(...owners)).toBeLessThan(classifier.code);
    expect(owners.reduce((sum, code) => sum + code, 0)).toBeGreaterThan(classifier.code);
    for (const index of range(texts.length).slice(1)) classifier.remove(index + 1);
    expect([classifier.code, classifier.codeOf(0)]).toEqual([first, first]);
    classifier.remove(1);
    expect([classifier.code, classifier.codeOf(0)]).toEqual([new Classifier().code, new Classifier().code]);
  });
});

describe("a plan", () => {
  /** Below each of `values` values the same ways. */
  const repeated = (values: number) =>
    range(values).flatMap((value) =>
      hops(3, 1, 60, 2).map((text) => {
        const before = range(3).map((place) => `${place}:8 == ${(value >> (2 * place)) % 4}`);
        return text
          .replaceAll("shift 0:8", "shift 1:8")
          .split(" || ")
          .map((one) => [...before, one].join(" && "))
          .join(" || ");
      }),
    );

  test("that repeats what lies below single nodes until it is too much shares it instead", () => {
    const { trie, code } = classifierOf(repeated(64));
    expect(() => new Plan(trie, false)).toThrow();
    expect(code).toBeLessThanOrEqual(MAX_CODE);
    const plan = planOf(trie, false);
    expect(plan.roomForStatic).toBe(false);
    expect(instructionsOf(programOf(plan, { heat: false, residuals: [] }))).toBeLessThanOrEqual(code);
  });

  test("that fits keeps its single nodes", () => {
    expect(planOf(classifierOf(repeated(4)).trie, false).roomForStatic).toBe(true);
  });
});

test("loops within loops are proved in time linear in their code", () => {
  const classifier = classifierOf(hops(5, 10, 100, 8).slice(0, 5));
  const program = programOf(planOf(classifier.trie, false), { heat: false, residuals: [] });
  expect(instructionsOf(program)).toBeGreaterThan(20_000);
});
