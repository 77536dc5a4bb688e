/** A filter walked atom by atom, beside the specification: on frames that are cut at every length. */
import { describe, expect, test } from "vitest";
import { type Frame, matches, matchesConjunction } from "../../src/dpf/brute.js";
import { type AtomOutcome, bestBits, walk } from "../../src/dpf/explain.js";
import { compileText } from "../../src/filter/filter.js";
import { Chance } from "../seeded.js";
import { octets as memoryOctets } from "./machine.js";
import { randomPredicate } from "./predicates.js";
import { randomFilter, randomFrame } from "./samples.js";
import { residualAnswer } from "./support.js";

const FRAMES = 12;
const FILTERS = 60;
const LONGEST = 64;

/** Where frames lie that have others around them. */
const ADDRESS = 77;

function frameOf(octets: Uint8Array): Frame {
  return { octets, address: 0, captured: octets.length, facts: { wire: octets.length, link: 1 } };
}

/** As many of its octets as were captured, in the middle of others. */
function inMemory(octets: Uint8Array, captured: number): Frame {
  memoryOctets.fill(0x45, 0, 2 * ADDRESS + octets.length);
  memoryOctets.set(octets.subarray(0, captured), ADDRESS);
  return { octets: memoryOctets, address: ADDRESS, captured, facts: { wire: octets.length, link: 1 } };
}

function walkText(text: string, octets: readonly number[]) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(text);
  return walk(compiled.filter, frameOf(Uint8Array.from(octets)));
}

describe.each([1, 2, 3])("seed %i", (seed) => {
  const chance = new Chance(seed);
  const frames = Array.from({ length: FRAMES }, () => randomFrame(chance, LONGEST));
  const filters = Array.from({ length: FILTERS }, (_, at) => {
    const filter = randomFilter(chance, frames);
    return at % 4 === 0 ? { ...filter, residual: randomPredicate(chance, 8) } : filter;
  });

  test("it matches where the filter does, conjunction by conjunction, and says what stopped it", () => {
    let matching = 0;
    for (const filter of filters) {
      for (const octets of frames) {
        for (let captured = 0; captured <= octets.length; captured++) {
          const frame = inMemory(octets, captured);
          const walked = walk(filter, frame);
          expect(walked.matches).toBe(matches(filter, frame.octets, ADDRESS, captured, residualAnswer, frame.facts));
          if (walked.matches) matching++;
          for (const [at, { matches: holds, steps }] of walked.conjunctions.entries()) {
            expect(holds).toBe(matchesConjunction(filter.conjunctions[at] ?? [], octets, 0, captured, frame.facts));
            const outcomes = steps.map(({ outcome }) => outcome);
            const stop = outcomes.findIndex((outcome) => outcome !== "holds");
            expect(stop < 0).toBe(holds);
            // One stops it, and nothing behind it was looked at.
            if (stop >= 0)
              expect(new Set(outcomes.slice(stop + 1))).toEqual(new Set(outcomes.slice(stop + 1, stop + 2)));
            for (const { octets: read, outcome, found } of steps) {
              expect(found === undefined).toBe(outcome === "not-reached");
              if (read !== undefined && outcome === "differs") expect(read.to).toBeLessThanOrEqual(captured);
              if (read !== undefined && outcome === "holds") expect(read.to).toBeLessThanOrEqual(captured);
              if (read !== undefined) expect(read.from).toBeGreaterThanOrEqual(0);
            }
          }
        }
      }
    }
    expect(matching).toBeGreaterThan(100);
  });
});

describe("what an atom says of the frame 02 01 80 ff", () => {
  test.each<[string, AtomOutcome, string | undefined, [number, number] | undefined, string]>([
    ["0:8 == 0x02", "holds", "0x02", [0, 1], "0x02"],
    ["2:16 & 0x80f0 == 0x80f0", "holds", "0x80f0", [2, 4], "0x80f0 under the mask 0x80f0"],
    ["0:16 != 0x0201", "differs", "0x0201", [0, 2], "anything but 0x0201"],
    ["1:8 in 0x02..0x09", "differs", "0x01", [1, 2], "0x02 to 0x09"],
    ["3:16 == 0x0001", "beyond", "the frame ends at 4", [3, 5], "0x0001"],
    ["length >= 4", "holds", "4 octets are left", undefined, "at least 4 octets"],
    ["length in 5..6", "differs", "4 octets are left", undefined, "5 to 6 octets"],
    ["shift 5", "beyond", "4 octets are left", undefined, "at least 5 octets, to pass over them"],
    ["shift 0:8 << 1", "holds", "0x02: the base moves to 4", [0, 1], "a header that ends inside of the frame"],
    ["shift 0:8 << 2", "beyond", "0x02: the base moves to 8", [0, 1], "a header that ends inside of the frame"],
    ["wire >= 5", "differs", "4", undefined, "at least 5"],
    ["link == 1", "holds", "1", undefined, "1"],
  ])("%s", (text, outcome, found, octets, wanted) => {
    const { conjunctions, matches: holds } = walkText(text, [2, 1, 0x80, 0xff]);
    const [step] = conjunctions[0]?.steps ?? [];
    const place = octets === undefined ? undefined : { from: octets[0], to: octets[1] };
    expect(step).toEqual({ text, outcome, found, octets: place, wanted });
    expect(holds).toBe(outcome === "holds");
  });

  test("behind what fails nothing is reached, and nothing is known of its place", () => {
    const [walked] = walkText("0:8 == 3 && shift 1 && 0:8 == 1", [2, 1]).conjunctions;
    expect(walked?.steps.map(({ outcome, octets }) => [outcome, octets?.from])).toEqual([
      ["differs", 0],
      ["not-reached", undefined],
      ["not-reached", undefined],
    ]);
  });

  test("places count from the frame's begin, wherever the base is", () => {
    const [walked] = walkText("shift 1 && 0:8 == 1 && shift 1 && 0:16 == 0x80ff", [2, 1, 0x80, 0xff]).conjunctions;
    expect(walked?.steps.map(({ octets }) => octets)).toEqual([
      undefined,
      { from: 1, to: 2 },
      undefined,
      { from: 2, to: 4 },
    ]);
  });

  test("the bits of the best conjunction that matches count", () => {
    expect(bestBits(walkText("0:8 == 2 || 0:16 == 0x0201 || 0:32 == 7", [2, 1]))).toBe(16);
    expect(bestBits(walkText("0:8 == 3", [2, 1]))).toBeUndefined();
    expect(bestBits(walkText("true", []))).toBe(0);
  });
});
