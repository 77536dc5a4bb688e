/** The specification, on a frame that anyone can follow by hand. */
import { describe, expect, test } from "vitest";
import { matches } from "../../src/dpf/brute.js";
import { compileText } from "../../src/filter/filter.js";

const MEMORY = Uint8Array.of(99, 99, 0x02, 0x01, 0x80, 0xff, 0x00, 99);

function filter(text: string) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

/** The frame is 02 01 80 ff 00, in the middle of other octets. */
const holds = (text: string, captured = 5) => matches(filter(text), MEMORY, 2, captured);

describe("what an atom means", () => {
  test.each<[string, boolean]>([
    ["true", true],
    ["0:8 == 2", true],
    ["0:16 == 0x0201", true],
    ["0:32 == 0x020180ff", true],
    ["2:16 & 0x80f0 == 0x80f0", true],
    ["0:8 == 3", false],
    ["0:8 != 3", true],
    ["0:8 != 2", false],
    ["2:8 & 0x0f != 0", false],
    // unsigned, whatever the first bit
    ["2:32 in 0x80ff0000..0x80ffffff", false],
    ["1:32 in 0x0180ff00..0x0180ff00", true],
    ["2:16 > 0x7fff", true],
    ["2:16 < 0x80ff", false],
    ["2:16 <= 0x80ff", true],
    ["2:16 & 0x00ff in 0..0xfe", false],
    // inside, else it fails, whatever the test
    ["4:8 == 0", true],
    ["5:8 == 99", false],
    ["5:8 != 0", false],
    ["5:8 in 0..255", false],
    ["4:16 & 0xff00 == 0", false],
    ["2:32 != 0", false],
    // lengths count from the base
    ["length == 5", true],
    ["length >= 6", false],
    ["length <= 4", false],
    ["shift 2 && length == 3", true],
    ["shift 5 && length == 0", true],
    ["shift 6", false],
    ["shift 4 && shift 2", false],
    ["shift 1 && 0:8 == 1 && shift 1 && 0:8 == 0x80", true],
    ["shift 0:8 && 0:8 == 0x80", true],
    ["shift 0:8 << 1 && 0:8 == 0", true],
    ["shift 0:8 << 1 && shift 1 && length == 0", true],
    ["shift 0:8 << 2", false],
    ["shift 2:8", false],
    ["shift 3:8 & 0x07 << 31", false],
    ["shift 1 && shift 0:8 && length == 3", true],
    // alternatives
    ["0:8 == 9 || 1:8 == 1", true],
    ["(0:8 == 9 || 0:8 == 2) && (1:8 == 9 || 1:8 == 8)", false],
  ])("%s: %s", (text, expected) => expect(holds(text)).toBe(expected));

  test("octets beyond what was captured are not there", () => {
    expect(holds("4:8 == 0", 4)).toBe(false);
    expect(holds("length == 4", 4)).toBe(true);
    expect(holds("shift 5", 4)).toBe(false);
    expect(holds("true", 0)).toBe(true);
    expect(holds("length == 0", 0)).toBe(true);
    expect(holds("0:8 != 1", 0)).toBe(false);
  });
});

describe("facts", () => {
  const facts = { wire: 0x80000001, link: 113 };
  test.each<[string, boolean]>([
    ["wire == 0x80000001", true],
    ["wire >= 0x80000002", false],
    ["wire > 5 && length == 5", true],
    ["wire & 3 == 1", true],
    ["wire & 3 != 1", false],
    ["wire != 5", true],
    ["link == 113", true],
    ["link in 1..112", false],
    // no shift moves them, and nothing has to be there
    ["shift 0:8 << 1 && wire == 0x80000001 && 0:8 == 0", true],
    ["shift 5 && link == 113", true],
    ["length == 0 && link == 113", false],
  ])("%s: %s", (text, expected) => {
    expect(matches(filter(text), MEMORY, 2, 5, undefined, facts)).toBe(expected);
  });

  test("of a frame of no octets are there as well", () => {
    expect(matches(filter("wire == 0x80000001 && link != 1"), MEMORY, 2, 0, undefined, facts)).toBe(true);
  });

  test("that nobody tells are those of a whole frame of Ethernet", () => {
    expect(holds("wire == 5 && link == 1")).toBe(true);
    expect(holds("wire == 4 && link == ethernet", 4)).toBe(true);
  });

  test("are told to a residual", () => {
    const asked: unknown[] = [];
    const evaluator = (...of: unknown[]) => asked.push(of) > 0;
    const residual = { lambdas: [], tables: 0 };
    matches({ ...filter("true"), residual }, MEMORY, 2, 5, evaluator, facts);
    expect(asked).toEqual([[residual, MEMORY, 2, 5, facts]]);
  });
});

describe("a residual", () => {
  const residual = { lambdas: [], tables: 0 };

  test("is asked of the whole frame, where a conjunction matches", () => {
    const asked: unknown[] = [];
    const evaluator = (...of: unknown[]) => {
      asked.push(of);
      return asked.length === 2;
    };
    expect(matches({ ...filter("0:8 == 9"), residual }, MEMORY, 2, 5, evaluator)).toBe(false);
    expect(matches({ ...filter("shift 2"), residual }, MEMORY, 2, 5, evaluator)).toBe(false);
    expect(matches({ ...filter("0:8 == 9 || 0:8 == 2"), residual }, MEMORY, 2, 5, evaluator)).toBe(true);
    expect(asked).toEqual([
      [residual, MEMORY, 2, 5, { wire: 5, link: 1 }],
      [residual, MEMORY, 2, 5, { wire: 5, link: 1 }],
    ]);
  });

  test("without an evaluator is an error, not a guess", () => {
    expect(() => matches({ ...filter("true"), residual }, MEMORY, 2, 5)).toThrow("brute");
  });
});
