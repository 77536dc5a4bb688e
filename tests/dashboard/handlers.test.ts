/** What of the Handlers view is plain calculation: fuel against its budget, outcomes as rates, steps, state, errors at their fields. */
import { describe, expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { type HandlerStateItem, medianFuel } from "../../src/control/protocol.js";
import { fuelPicture } from "../../src/dashboard/fuel.js";
import { attachProblem, cameBy } from "../../src/dashboard/handler-bindings.js";
import { TEMPLATE } from "../../src/dashboard/handler-drafts.js";
import { linesOf } from "../../src/dashboard/handler-lines.js";
import { handlerSelection, parseHandlerPlace } from "../../src/dashboard/handler-place.js";
import {
  hexOf,
  listingOf,
  nextOfInsn,
  nextOfLine,
  otherLine,
  valueWords,
  walkOf,
} from "../../src/dashboard/handler-steps.js";
import { fuelOf, type TrialForm, trialOf } from "../../src/dashboard/handler-trial.js";
import { RequestError } from "../../src/dashboard/http.js";
import { KEPT, Outcomes } from "../../src/dashboard/outcomes.js";
import { countOf, elementsOf, linesOfArray, pageOf, scalarWords } from "../../src/dashboard/state-words.js";
import { Chance } from "../seeded.js";
import { handlerBinding } from "./handler-binding.js";

test("what is looked at stands in the address, empty where nothing is chosen", () => {
  const places = [
    ["", "", ""],
    ["count", "", ""],
    ["count", "vcode", ""],
    ["count", "", "dns"],
    ["count", "wat", "dns"],
  ].map(([handler = "", stage = "", binding = ""]) => ({ handler, stage, binding }));
  expect(places.map(handlerSelection)).toEqual(["", "count", "count/vcode", "count//dns", "count/wat/dns"]);
  expect(places.map(handlerSelection).map(parseHandlerPlace)).toEqual(places);
});

describe("lines of the list", () => {
  const handlers = [
    { name: "a", octets: 10, bindings: [1, 2] },
    { name: "b", octets: 10, bindings: [] },
  ];

  test("add up what a handler did in all its bindings", () => {
    const first = handlerBinding(1, "a", {
      consumed: 5,
      passed: 1,
      killed: { fuel: 2, message: 1 },
      spread: [{ from: 6, to: 6, runs: 9 }],
    });
    const second = handlerBinding(2, "a", {
      passedTo: 7,
      spread: [
        { from: 30, to: 30, runs: 4 },
        { from: 32, to: 32, runs: 3 },
      ],
      bound: false,
    });
    const [a, b] = linesOf(handlers, [first, second, handlerBinding(3, "elsewhere")]);
    expect(a).toMatchObject({ run: 16, consumed: 5, passed: 8, killed: 3, throttled: 14, dropped: 1, fuelMost: 32 });
    expect(a?.fuelMedian).toBe(6);
    expect(b).toMatchObject({ run: 0, fuelMedian: 0, fuelMost: 0, throttled: 0, dropped: 0, bound: [] });
  });

  test("the median is the middle of the range it lies in, in whatever order ranges come", () => {
    const ranges = [
      { from: 124, to: 127, runs: 2 },
      { from: 0, to: 0, runs: 1 },
      { from: 6, to: 6, runs: 2 },
    ];
    expect([[], ranges.slice(0, 1), ranges.slice(0, 2), ranges].map(medianFuel)).toEqual([0, 125, 125, 6]);
  });
});

describe("fuel against its budget", () => {
  test("bars are powers of two, without gaps, and one stands free at each side", () => {
    const { bars, total, budgetAt } = fuelPicture(
      [
        { from: 4, to: 4, runs: 1 },
        { from: 7, to: 7, runs: 3 },
        { from: 30, to: 30, runs: 8 },
      ],
      16,
    );
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [2, 3],
      [4, 7],
      [8, 15],
      [16, 31],
      [32, 63],
    ]);
    expect(bars.map(({ height }) => height)).toEqual([0, 0.5, 0, 1, 0]);
    expect(total).toBe(12);
    // At the left edge of the bar that begins with it.
    expect(budgetAt).toBeCloseTo(3 / 5);
  });

  test("without runs the budget stands alone", () => {
    const { bars, total, budgetAt } = fuelPicture([], 2000);
    expect([bars.length, total]).toEqual([3, 0]);
    expect(budgetAt).toBeGreaterThan(1 / 3);
    expect(budgetAt).toBeLessThan(2 / 3);
  });

  test("of any distribution and budget, all runs are in the bars and the budget's line is on the axis", () => {
    let used = 0;
    const random = new Chance(17);
    for (let round = 0; round < 300; round++) {
      const spread = Array.from({ length: random.below(9) }, () => {
        const from = Math.floor(2 ** (random.below(2500) / 100)) - 1;
        return { from, to: from, runs: random.below(1000) };
      });
      const budget = 1 + random.below(2 ** 25 - 2);
      const { bars, total, budgetAt } = fuelPicture(spread, budget);
      expect(bars.reduce((all, { count }) => all + count, 0)).toBe(total);
      expect(budgetAt).toBeGreaterThanOrEqual(0);
      expect(budgetAt).toBeLessThan(1);
      const at = bars[Math.floor(budgetAt * bars.length + 1e-9)];
      expect(budget).toBeGreaterThanOrEqual(at?.from ?? Number.NaN);
      expect(budget).toBeLessThanOrEqual(at?.to ?? Number.NaN);
      if (total > 0) used++;
    }
    expect(used).toBeGreaterThan(200);
  });
});

describe("outcomes over time", () => {
  test("are rates between two looks, by outcome", () => {
    const outcomes = new Outcomes();
    outcomes.take([handlerBinding(1, "a")], 1000);
    expect(outcomes.ratesOf(1).times).toEqual([]);
    outcomes.take([handlerBinding(1, "a", { consumed: 10, killed: { fuel: 1, call: 1 } })], 3000);
    outcomes.take([handlerBinding(1, "a", { consumed: 10, passed: 4, killed: { fuel: 1, call: 1 } })], 4000);
    const { times, rates } = outcomes.ratesOf(1);
    expect(times).toEqual([3000, 4000]);
    expect(rates).toEqual({ consumed: [5, 0], passed: [0, 4], passedTo: [0, 0], killed: [1, 0] });
  });

  test("begin anew where the counters do, end with the binding, and are kept for two minutes", () => {
    const outcomes = new Outcomes();
    for (let second = 0; second < 200; second++)
      outcomes.take([handlerBinding(1, "a", { passed: second })], second * 1000);
    expect(outcomes.ratesOf(1).times.length).toBe(KEPT - 1);
    outcomes.take([handlerBinding(1, "b", { passed: 0 })], 201_000);
    expect(outcomes.ratesOf(1).times).toEqual([]);
    outcomes.take([handlerBinding(1, "b", { passed: 3 })], 202_000);
    expect(outcomes.ratesOf(1).rates.passed).toEqual([3]);
    outcomes.take([], 203_000);
    expect(outcomes.ratesOf(1).times).toEqual([]);
  });
});

describe("steps", () => {
  /** Lines 5, 6 twice through a loop, a called lambda on line 9, and 7. */
  const ran = {
    lambdas: [
      {
        name: "count",
        insns: ["v_fuel 4", "v_setu r1, 1", "L0:", "v_callu r2, f1", "v_retii 0"],
        lines: [0, 5, 6, 6, 7],
      },
      { name: "help", insns: ["v_addui r0, r0, 1", "v_ret r0", "v_nop"], lines: [9, 9, 9] },
    ],
    steps: [
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 0],
      [1, 1],
      [0, 2],
      [0, 3],
      [1, 0],
      [1, 1],
      [0, 4],
    ].map(([lambda = 0, insn = 0]) => ({ lambda, insn, register: -1, value: "0", fuel: 1 })),
  };
  const walk = walkOf(ran);

  test("what has no line belongs to that of the step before", () => {
    expect(walk.lines).toEqual([0, 5, 6, 6, 9, 9, 6, 6, 9, 9, 7]);
  });

  test("the next line, and the first step of the one before", () => {
    expect([0, 1, 2, 3, 4].map((step) => otherLine(walk, step, 1))).toEqual([1, 2, 4, 4, 6]);
    expect(otherLine(walk, 10, 1)).toBe(10);
    expect([10, 9, 8, 6, 1, 0].map((step) => otherLine(walk, step, -1))).toEqual([8, 6, 6, 4, 0, 0]);
  });

  test("forward and back again by line is where one was, from each line's first step", () => {
    for (let step = 0; step < 10; step = otherLine(walk, step, 1)) {
      expect(otherLine(walk, otherLine(walk, step, 1), -1)).toBe(step);
    }
  });

  test("a line or an instruction is gone to where it is run next, round and round", () => {
    expect([0, 2, 6].map((step) => nextOfLine(walk, step, 6))).toEqual([2, 6, 2]);
    expect(nextOfLine(walk, 0, 8)).toBeNull();
    expect([0, 5, 9].map((step) => nextOfInsn(walk, step, 1, 1))).toEqual([5, 9, 5]);
    expect(nextOfInsn(walk, 0, 1, 2)).toBeNull();
  });

  test("the listing says how often each was run", () => {
    const lines = listingOf(ran);
    expect(lines.length).toBe(2 + 5 + 3);
    expect(lines.map(({ ran: times }) => times)).toEqual([1, 1, 1, 2, 2, 1, 2, 2, 2, 0]);
    expect(lines.filter(({ insn }) => insn === -1).map(({ text }) => text)).toEqual(["count", "help"]);
  });

  test("values stand as numbers and in hex, at their width", () => {
    expect(valueWords("2048")).toBe("2048 · 0x800");
    expect(valueWords("-1")).toBe("-1 · 0xffffffff");
    expect(valueWords("-5000000000")).toBe("-5000000000 · 0xfffffffed5fa0e00");
    expect(valueWords("true")).toBe("true");
  });
});

test("what killed it is told by the way that it came: a number has only a packet of a capture", () => {
  const made = [
    { port: 240, name: "wire loop, end 1" },
    { port: 241, name: "wire loop, end 2" },
  ];
  expect(cameBy({ port: 0, packet: 1234 }, made)).toBe("packet 1\u202f234");
  expect(cameBy({ port: 239, packet: 7 }, made)).toBe("packet 7");
  expect(cameBy({ port: 241, packet: 1234 }, made)).toBe("a message that came in by wire loop, end 2");
  // The wire may be gone.
  expect(cameBy({ port: 242, packet: 1234 }, made)).toBe("a message that came in by port 242");
});

test("what a new handler may begin with is right", () => {
  expect(compileHandler(TEMPLATE)).toMatchObject({ ok: true });
});

describe("octets that are typed", () => {
  test.each([
    ["0200", "0200"],
    ["02 00:5E-0a\n0x0B", "02005e0a0b"],
    ["", null],
    ["0", null],
    ["02 0g", null],
  ])("%j are %j", (text, expected) => expect(hexOf(text)).toBe(expected));
});

describe("state", () => {
  const item = (change: Partial<HandlerStateItem>): HandlerStateItem => ({
    name: "x",
    kind: "array",
    columns: ["value"],
    types: ["u32"],
    keys: 0,
    size: 200,
    capacity: 200,
    rows: Array.from({ length: 64 }, (_, index) => [index]),
    from: 64,
    ...change,
  });

  test("pages say which of how many, and where the others begin", () => {
    expect(pageOf(item({}))).toEqual({ text: "64 to 127, of 200", previous: 0, next: 128 });
    expect(pageOf(item({ kind: "table", from: 0 }))).toEqual({ text: "1 to 64, of 200", previous: null, next: 64 });
    expect(pageOf(item({ from: 192, rows: [[1]], size: 193 }))).toMatchObject({ previous: 128, next: null });
    // A table that has shrunk since.
    expect(pageOf(item({ kind: "table", rows: [], size: 3 }))).toEqual({ text: "none", previous: 0, next: null });
    expect(countOf(item({ kind: "record", rows: [[1, 2]] }))).toBe(1);
  });

  test("an array stands in lines of eight", () => {
    const lines = linesOfArray(item({ rows: Array.from({ length: 11 }, (_, index) => [index]) }));
    expect(lines.map(({ from, values }) => [from, values.length])).toEqual([
      [64, 8],
      [72, 3],
    ]);
  });

  test("a change of an array is that of its elements", () => {
    const change = { item: "x", at: "7", column: "bits", type: "u32[3]", before: "0,5,6", after: "0,9,6" };
    expect(elementsOf(change)).toEqual([{ ...change, type: "u32", column: "bits[1]", before: 5, after: 9 }]);
    expect(elementsOf({ ...change, before: null })).toMatchObject([
      { column: "bits[1]", before: null, after: 9 },
      { column: "bits[2]", before: null, after: 6 },
    ]);
    const octets = { ...change, type: "u8[2]", before: "0a10", after: "0a1f" };
    expect(elementsOf(octets)).toMatchObject([{ type: "u8", column: "bits[1]", before: 16, after: 31 }]);
    const long = { ...change, type: "u64[1]", before: "0", after: "18446744073709551615" };
    expect(elementsOf(long)).toMatchObject([{ type: "u64", before: 0, after: "18446744073709551615" }]);
    const scalar = { ...change, type: "u32", before: 1, after: 2 };
    expect(elementsOf(scalar)).toEqual([scalar]);
  });

  test("numbers in hex have the width of their type; octets, lists and booleans stay", () => {
    expect(scalarWords(255, "u8", "hex")).toBe("0xff");
    expect(scalarWords(-1, "i16", "hex")).toBe("0xffff");
    expect(scalarWords("18446744073709551615", "u64", "hex")).toBe("0xffffffffffffffff");
    expect(scalarWords("-2", "i64", "hex")).toBe("0xfffffffffffffffe");
    expect(scalarWords("00112233", "u8[4]", "hex")).toBe("00112233");
    expect(scalarWords(true, "bool", "hex")).toBe("true");
    expect(scalarWords(255, "u8", "decimal")).toBe("255");
  });
});

describe("what is wrong stands where its cause is", () => {
  const refused = (code: string, detail: string, pointer?: string) =>
    new RequestError({
      status: 400,
      code,
      detail,
      errors: pointer === undefined ? [] : [{ message: "must be >= 1", pointer }],
    });

  test.each([
    [refused("E_SCHEMA", "the request does not fit", "/fuel"), "fuel", "must be >= 1"],
    [refused("E_SCHEMA", "the request does not fit", "/environments/3"), "environments", "must be >= 1"],
    [refused("E_SCHEMA", "the request does not fit", "/handler"), null, "the request does not fit"],
    [refused("E_BUDGET", "too much: 9 units of fuel, where 5 are allowed"), "fuel", undefined],
    [refused("E_BUDGET", "too much: a share of 1 of the time, where 0.1 is allowed"), "share", undefined],
    [refused("E_BUDGET", "too much: 9 sends a second, where 5 are allowed"), "sends", undefined],
    [refused("E_NO_ENVIRONMENT", "no environment: nobody"), "environments", undefined],
    [refused("E_NO_BINDING", "no binding: 7"), "binding", undefined],
    [refused("E_NO_MEMORY", "no pages"), null, undefined],
    [new TypeError("a bug"), null, "a bug"],
  ])("%s: %s", (error, field, text) => {
    const found = attachProblem(error);
    expect(found.field).toBe(field);
    expect(found.text).toBe(text ?? error.message);
  });

  test("a trial's form says what is asked for, or which field is wrong", () => {
    const form: TrialForm = { on: "capture", capture: "a.pcap", packet: "12", octets: "", fuel: "", binding: null };
    expect(trialOf(form, "t", 9)).toEqual({ text: "t", fuel: 9, capture: "a.pcap", packet: 12 });
    expect(trialOf({ ...form, packet: "0" }, "t", 9)).toMatchObject({ field: "packet" });
    expect(trialOf({ ...form, capture: "" }, "t", 9)).toMatchObject({ field: "capture" });
    const octets = { ...form, on: "octets", octets: "02 00", binding: 3 } as const;
    expect(trialOf(octets, "t", 9)).toEqual({ text: "t", fuel: 9, binding: 3, octets: "0200" });
    expect(trialOf({ ...octets, octets: "02 0" }, "t", 9)).toMatchObject({ field: "octets" });
    expect(trialOf({ ...form, on: "killer", binding: 3 }, "t", 9)).toEqual({
      text: "t",
      fuel: 9,
      binding: 3,
      killer: true,
    });
    expect(trialOf({ ...form, on: "killer" }, "t", 9)).toMatchObject({ field: null });
    expect([fuelOf("", 9), fuelOf(" 20 ", 9), fuelOf("0", 9), fuelOf("x", 9)]).toEqual([9, 20, null, null]);
  });
});
