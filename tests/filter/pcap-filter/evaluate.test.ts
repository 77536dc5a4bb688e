import { expect, test } from "vitest";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import type { NumberOperator, Predicate, Value } from "../../../src/filter/pcap-filter/predicate.js";

const FRAME = Uint8Array.from([0xa5, 0x12, 0x34, 0x56, 0xff, 0xa5]);
const TRUE: Predicate = { kind: "constant", value: true };
const FALSE: Predicate = { kind: "constant", value: false };

/** Of the four octets in the middle; the frame had 9 on the wire. */
function holds(predicate: Predicate): boolean {
  return evaluate(predicate, FRAME, 1, 4, 9);
}

function constant(value: number): Value {
  return { kind: "constant", value };
}

function is(left: Value, right: number): Predicate {
  return { kind: "comparison", operator: "==", left, right: constant(right) };
}

function load(offset: number, size: 1 | 2 | 4, base?: Value): Value {
  return { kind: "load", base, offset, size };
}

function either(...terms: Predicate[]): Predicate {
  return { kind: "chain", first: FALSE, rest: terms.map((term) => ({ operator: "or" as const, term })) };
}

const OUTSIDE = is(load(1, 4), 0);

test("loads are in network order, and of captured octets only", () => {
  expect(holds(is(load(0, 4), 0x123456ff))).toBe(true);
  expect(holds(is(load(2, 2), 0x56ff))).toBe(true);
  expect(holds(is(load(1, 1, constant(2)), 0xff))).toBe(true);
  expect(holds({ kind: "not", of: OUTSIDE })).toBe(false);
});

test("a base beyond 2^32 does not come around", () => {
  expect(holds(either({ kind: "not", of: is(load(2, 1, constant(0xffffffff)), 0) }, TRUE))).toBe(false);
});

test("a fault ends all, unless the answer is known before", () => {
  expect(holds(either(OUTSIDE, TRUE))).toBe(false);
  expect(holds(either(TRUE, OUTSIDE))).toBe(true);
  const store: Predicate = { kind: "store", cell: 0, value: load(3, 2) };
  expect(holds({ kind: "chain", first: store, rest: [{ operator: "or", term: TRUE }] })).toBe(false);
});

test("chains bind to the left", () => {
  const chain: Predicate = {
    kind: "chain",
    first: TRUE,
    rest: [
      { operator: "or", term: OUTSIDE },
      { operator: "and", term: FALSE },
      { operator: "or", term: TRUE },
    ],
  };
  expect(holds(chain)).toBe(true);
});

test.each<[number, NumberOperator, number, number]>([
  [0xffffffff, "+", 2, 1],
  [1, "-", 2, 0xffffffff],
  [0x10001, "*", 0x10001, 0x20001],
  [0xffffffff, "/", 2, 0x7fffffff],
  [0xffffffff, "%", 10, 5],
  [0xf0f0f0f0, "&", 0xff000000, 0xf0000000],
  [0x80000000, "|", 1, 0x80000001],
  [0xffffffff, "^", 1, 0xfffffffe],
  [1, "<<", 31, 0x80000000],
  [1, "<<", 32, 0],
  [0x80000000, ">>", 31, 1],
  [0x80000000, ">>", 0xffffffff, 0],
])("%i %s %i", (left, operator, right, result) => {
  expect(holds(is({ kind: "operation", operator, left: constant(left), right: constant(right) }, result))).toBe(true);
});

test.each<NumberOperator>(["/", "%"])("%s by 0 is a fault", (operator) => {
  const value: Value = { kind: "operation", operator, left: constant(1), right: constant(0) };
  expect(holds(either(is(value, 0), TRUE))).toBe(false);
});

test("comparisons are unsigned", () => {
  const compare = (operator: ">" | ">=" | "&", right: number): boolean =>
    holds({ kind: "comparison", operator, left: constant(0x80000000), right: constant(right) });
  expect([compare(">", 1), compare(">", 0x80000000), compare(">=", 0x80000000)]).toEqual([true, false, true]);
  expect([compare("&", 0xc0000000), compare("&", 0x7fffffff)]).toEqual([true, false]);
});

test("cells are 0 until something is stored, and keep it across alternatives", () => {
  const store: Predicate = { kind: "store", cell: 3, value: { kind: "wire" } };
  const chain: Predicate = {
    kind: "chain",
    first: is({ kind: "cell", cell: 3 }, 0),
    rest: [
      { operator: "and", term: store },
      { operator: "and", term: FALSE },
      { operator: "or", term: is({ kind: "cell", cell: 3 }, 9) },
    ],
  };
  expect(holds(chain)).toBe(true);
});

test("a hundred thousand terms and operators need no depth", () => {
  const rest = Array.from({ length: 100_000 }, () => ({ operator: "or" as const, term: FALSE }));
  let sum = constant(0);
  for (let term = 0; term < 100_000; term++) sum = { kind: "operation", operator: "+", left: sum, right: constant(1) };
  expect(holds({ kind: "chain", first: FALSE, rest: [...rest, { operator: "or", term: is(sum, 100_000) }] })).toBe(
    true,
  );
});

test("a chain of headers that goes in a circle is no match", () => {
  const octets = new Uint8Array(40);
  octets[0] = 0x45;
  octets[9] = 51;
  octets.set([51, 3], 20);
  const chain: Predicate = { kind: "protochain", version: 4, base: undefined, offset: 0, protocol: 6 };
  expect(evaluate({ kind: "not", of: chain }, octets, 0, 40, 40)).toBe(true);
});
