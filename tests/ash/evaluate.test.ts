/** The evaluator against what is known by other means: JavaScript's own arithmetic, and hand-made ways through statements. */
import { describe, expect, test } from "vitest";
import { LayoutBuilder } from "../../src/ash/layout.js";
import type { Expr, Outcome, Scalar, Stmt } from "../../src/ash/tree.js";
import { CONSUME, PASS, PASS_TO } from "../../src/vcode/handler.js";
import { Chance } from "../seeded.js";
import { arithmetic, fold16, patched, swapped, wrapped } from "./evaluate-value.js";
import {
  at,
  both,
  CONSUMED,
  called,
  chosen,
  compared,
  compute,
  constant,
  converted,
  doing,
  func,
  give,
  handlerOf,
  held,
  leave,
  loaded,
  local,
  NOWHERE,
  PASSED,
  place,
  run,
  set,
  store,
  when,
  word,
} from "./hand-trees.js";

const EDGES = [0, 1, -1, 2, 7, 31, 32, 33, 255, 0x7fff_ffff, -0x8000_0000, 0x1234_5678, -77];

describe("numbers", () => {
  test("words are what JavaScript's operators of 32 bits make of them", () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        const signed = (op: Parameters<typeof arithmetic>[0]) => arithmetic(op, "i32", a, b);
        const unsigned = (op: Parameters<typeof arithmetic>[0]) => arithmetic(op, "u32", a >>> 0, b >>> 0);
        expect([signed("add"), signed("sub"), signed("mul")]).toEqual([(a + b) | 0, (a - b) | 0, Math.imul(a, b)]);
        expect([unsigned("add"), unsigned("mul")]).toEqual([(a + b) >>> 0, Math.imul(a, b) >>> 0]);
        expect([signed("shl"), signed("shr"), unsigned("shr")]).toEqual([a << b, a >> b, (a >>> 0) >>> b]);
        expect([signed("and"), signed("or"), unsigned("xor")]).toEqual([a & b, a | b, (a ^ b) >>> 0]);
        if (b === 0) continue;
        expect([signed("div"), signed("mod")]).toEqual([(a / b) | 0, (a % b) | 0]);
        expect(unsigned("div")).toBe(Math.floor((a >>> 0) / (b >>> 0)));
      }
      expect([arithmetic("div", "i32", a, 0), arithmetic("mod", "i32", a, 0)]).toEqual([0, a]);
    }
  });

  test("longs wrap at 64 bits, and their shifts count modulo 64", () => {
    const least = -(2n ** 63n);
    expect(arithmetic("div", "i64", least, -1n)).toBe(least);
    expect(arithmetic("mod", "i64", least, -1n)).toBe(0n);
    expect(arithmetic("add", "u64", 2n ** 64n - 1n, 2n)).toBe(1n);
    expect(arithmetic("shl", "u64", 3n, 65n)).toBe(6n);
    expect(arithmetic("shr", "i64", -4n, 65n)).toBe(-2n);
    expect(arithmetic("shr", "i64", -4n, -1n)).toBe(-1n);
  });

  test("conversions keep low bits, and a boolean asks whether there are any", () => {
    const cases: readonly (readonly [Scalar, bigint, number | bigint])[] = [
      ["i8", 0x180n, -128],
      ["u8", -1n, 255],
      ["i16", 0x1_8000n, -32_768],
      ["u16", -2n, 65_534],
      ["u32", -1n, 0xffff_ffff],
      ["i64", 2n ** 63n, -(2n ** 63n)],
      ["u64", -1n, 2n ** 64n - 1n],
      ["bool", 2n ** 32n, 1],
      ["bool", 0n, 0],
    ];
    for (const [type, exact, value] of cases) expect(wrapped(type, exact), `${type} of ${exact}`).toBe(value);
  });

  test("a checksum patched is the checksum of what was changed", () => {
    const chance = new Chance(7);
    for (let round = 0; round < 500; round++) {
      const words = Array.from({ length: 10 }, () => chance.pick([0, 1, 0xffff, chance.below(65_536)]));
      const checksum = 0xffff - fold16(words.reduce((sum, each) => sum + each, 0));
      const [high, low] = [chance.below(65_536), chance.below(65_536)];
      const changed = 0xffff - fold16([...words.slice(0, 8), high, low].reduce((sum, each) => sum + each, 0));
      const [a = 0, b = 0] = words.slice(8);
      expect(patched(4, checksum, a * 65_536 + b, high * 65_536 + low) % 0xffff).toBe(changed % 0xffff);
      expect(patched(2, patched(2, checksum, a, high), b, low) % 0xffff).toBe(changed % 0xffff);
    }
    expect([swapped(2, 0x1234), swapped(4, 0x1234_5678)]).toEqual([0x3412, 0x7856_3412]);
  });
});

/** Words that a handler of one array of 16 u32 leaves there. */
function words(body: readonly Stmt[], ...more: Parameters<typeof handlerOf>[1]): number[] {
  const builder = new LayoutBuilder();
  builder.add("words", { kind: "array", of: "u32", count: 16 });
  const layout = builder.end();
  const state = new Uint8Array(layout.octets);
  run(handlerOf(layout, [func("outcome", 0, body), ...more]), state, Uint8Array.of(0x81, 2, 3, 4));
  return Array.from(new Uint32Array(state.buffer));
}

/** words[0] = words[0] × 10 + digit: who came when. */
const mark = (digit: number): Stmt =>
  store(place("u32", 0), compute("u32", compute("u32", held("u32"), "mul", word(10)), "add", word(digit)));
const loop = (
  first: boolean,
  condition: Expr | undefined,
  body: readonly Stmt[],
  update: readonly Stmt[] = [],
): Stmt => ({
  ...NOWHERE,
  kind: "loop",
  first,
  condition,
  update,
  body,
});
const count = (number: number): Stmt => set(number, compute("u32", local("u32", number), "add", word(1)));
const below = (number: number, limit: number) => compared("u32", local("u32", number), "lt", word(limit));

describe("ways", () => {
  test("continue goes to the update, break behind the loop", () => {
    const body = [
      when(compared("u32", local("u32", 0), "eq", word(1)), [leave("continue")]),
      when(compared("u32", local("u32", 0), "eq", word(3)), [leave("break")]),
      mark(1),
    ];
    expect(words([set(0, word(0)), loop(true, below(0, 9), body, [mark(2), count(0)]), mark(3)])[0]).toBe(12_2123);
  });

  test("a do loop does one round before its condition", () => {
    expect(words([loop(false, constant("bool", 0), [mark(4)]), loop(true, constant("bool", 0), [mark(5)])])[0]).toBe(4);
  });

  test("arms do not fall through, break ends the switch, continue the round", () => {
    const arms = [
      { values: [0, 1], body: [mark(1), leave("break"), mark(9)] },
      { values: [2], body: [leave("continue")] },
    ];
    const choice: Stmt = { ...NOWHERE, kind: "switch", subject: local("u32", 0), arms, otherwise: [mark(7)] };
    expect(words([set(0, word(0)), loop(true, below(0, 4), [choice, mark(2)], [count(0)])])[0]).toBe(12_1272);
  });

  test("&& and || look at their right side only where it matters; a return leaves all loops", () => {
    const counted = func("bool", 1, [mark(8), give(local("bool", 0))]);
    const some = (value: number) => called("bool", 1, constant("bool", value));
    const body = [
      when(both("and", some(0), some(1)), [mark(1)]),
      when(both("or", some(1), some(0)), [mark(2)]),
      loop(true, undefined, [loop(true, undefined, [mark(3), give(PASSED)])]),
    ];
    expect(words(body, counted)[0]).toBe(8_823);
  });

  test("an index is computed and checked before what is stored, once", () => {
    const counted = func("u32", 1, [mark(1), give(local("u32", 0))]);
    const to = place("u32", 0, at(called("u32", 1, word(5)), 16, 4));
    const update = store(to, compute("u32", held("u32"), "add", word(9)));
    expect(words([update, update], counted).slice(0, 6)).toEqual([11, 0, 0, 0, 0, 18]);
    const beyond = store(place("u32", 0, at(word(16), 16, 4)), called("u32", 1, word(0)));
    expect(words([beyond], counted)[0]).toBe(0);
    const negative = store(place("u32", 0, at(constant("i32", -1), 16, 4)), word(1));
    expect(words([negative])).toEqual(Array.from({ length: 16 }, () => 0));
  });

  test("message loads are in network order, with their sign", () => {
    const into = (n: number, type: Scalar, offset: number) =>
      store(place("u32", 4 * n), converted("u32", loaded(type, offset)));
    expect(words([into(0, "i8", 0), into(1, "u16", 0), into(2, "i32", 0), into(3, "u16", 3)])).toEqual([
      0xffff_ff81,
      0x8102,
      0x8102_0304,
      ...Array.from({ length: 13 }, () => 0),
    ]);
  });
});

describe("ends", () => {
  const layout = new LayoutBuilder().end();
  const ended = (body: readonly Stmt[], ...more: Parameters<typeof handlerOf>[1]) =>
    run(handlerOf(layout, [func("outcome", 0, body), ...more]), new Uint8Array(0), new Uint8Array(20)).end;
  const passTo = (environment: number): Outcome => ({ ...NOWHERE, kind: "pass-to", environment: word(environment) });

  test("outcomes are words, and an environment that none can name kills", () => {
    expect(ended([give(PASSED)])).toEqual({ kind: "outcome", word: PASS });
    expect(ended([give(passTo(15))])).toEqual({ kind: "outcome", word: PASS_TO + 15 });
    expect(ended([give(passTo(16))])).toEqual({ kind: "fault", reason: "outcome" });
    expect(ended([give(passTo(0xffff_ffff))])).toEqual({ kind: "fault", reason: "outcome" });
    const choice = chosen(constant("bool", 0), PASSED, { ...NOWHERE, kind: "outcome-of", call: called("outcome", 1) });
    expect(ended([give(choice)], func("outcome", 0, [give(CONSUMED)]))).toEqual({ kind: "outcome", word: CONSUME });
  });

  test("a load beyond the message kills, one at its end does not", () => {
    expect(ended([set(0, loaded("u32", 16)), give(PASSED)]).kind).toBe("outcome");
    expect(ended([set(0, loaded("u32", 17)), give(PASSED)])).toEqual({ kind: "fault", reason: "message" });
    expect(ended([set(0, loaded("u8", 0xffff_ffff)), give(PASSED)])).toEqual({ kind: "fault", reason: "message" });
  });

  test("what has no end is told", () => {
    expect(ended([loop(true, undefined, [])])).toEqual({ kind: "endless" });
  });

  test("the message's fields, and what is told to others", () => {
    const field = (name: "length" | "wire" | "time" | "port" | "link" | "number"): Expr => ({
      ...NOWHERE,
      kind: "message",
      type: name === "time" ? "u64" : "u32",
      field: name,
    });
    const wakes = (["length", "wire", "port", "link", "number"] as const).map((name) =>
      doing({ ...NOWHERE, kind: "wake", type: "void", tag: field(name) }),
    );
    const high = converted("u32", compute("u64", field("time"), "shr", constant("u64", 32n)));
    const transfer: Expr = {
      ...NOWHERE,
      kind: "transfer",
      type: "bool",
      environment: word(2),
      words: [high, converted("u32", field("time")), word(0xffff_ffff)],
    };
    const body = [...wakes, when(transfer, [give(CONSUMED)]), when(transfer, [give(passTo(3))]), give(PASSED)];
    const told = run(handlerOf(layout, [func("outcome", 0, body)]), new Uint8Array(0), new Uint8Array(20));
    expect(told.wakes).toEqual([20, 99, 3, 1, 7]);
    const transferred = { environment: 2, words: [5, 0xffff_ffff, 0xffff_ffff] };
    expect(told.transfers).toEqual([transferred, transferred]);
    expect(told.end).toEqual({ kind: "outcome", word: PASS_TO + 3 });
  });
});
