/** Octets of buffers and frames at all alignments, frames built and sent, vectors, checksums patched. */
import { describe, expect, test } from "vitest";
import { FRAME_AT, type ItemKind } from "../../src/ash/layout.js";
import type { Expr, Handler, Octets, Scalar, Stmt } from "../../src/ash/tree.js";
import { Chance } from "../seeded.js";
import { onAll, type RunningHandler } from "./running.js";
import * as t from "./trees.js";

const SIZE = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;
type Unsigned = keyof typeof SIZE;
const TYPES: readonly Unsigned[] = ["u8", "u16", "u32", "u64"];

const ROOM = 40;
const RESULT = t.at("u64", 0);
const LAYOUT: readonly ItemKind[] = [
  { kind: "array", of: "u64", count: 1 },
  { kind: "array", of: "u8", count: ROOM + 8 },
  { kind: "frame" },
];
const BUFFER_AT = 8;
const FRAME_OCTETS_AT = 8 + ROOM + 8 + FRAME_AT;

function storing(octets: Octets, type: Unsigned, offset: Expr, value: Expr): Stmt {
  return t.run({ ...t.AT, kind: "octets-store", type: "void", octets, width: SIZE[type], offset, value });
}

function loading(octets: Octets, type: Scalar, offset: Expr): Expr {
  return { ...t.AT, kind: "octets-load", type, octets, offset };
}

function valued(call: Extract<Expr, { kind: "reply" | "frame" | "frame-resize" | "frame-swap" | "vector" | "wake" }>) {
  return t.run(call);
}

const reply = valued({ ...t.AT, kind: "reply", type: "void" });

function framed(length: Expr | number): Stmt {
  return valued({ ...t.AT, kind: "frame", type: "void", length: typeof length === "number" ? t.num(length) : length });
}

function resized(length: Expr | number): Stmt {
  const octets = typeof length === "number" ? t.num(length) : length;
  return valued({ ...t.AT, kind: "frame-resize", type: "void", length: octets });
}

function swap(a: Expr, b: Expr, octets: Expr): Stmt {
  return valued({ ...t.AT, kind: "frame-swap", type: "void", a, b, octets });
}

function sent(port?: Expr): Expr {
  return { ...t.AT, kind: "frame-send", type: "bool", port };
}

function built(body: readonly Stmt[], types: Parameters<typeof t.entry>[1] = []): Handler {
  return t.handler([t.entry(body, types)], { layout: t.stateOf(...LAYOUT) });
}

const VALUE = 0x1122_3344_5566_7788n;

function wordOf(type: Unsigned): bigint {
  return BigInt.asUintN(8 * SIZE[type], VALUE);
}

describe("octets", () => {
  const where = ["buffer", "odd", "frame"].flatMap((name) => TYPES.map((type) => [name, type] as const));

  test.each(where)("of a %s, %s at every offset, constant or not", (name, type) => {
    const octets = name === "frame" ? t.FRAME : t.buffer(BUFFER_AT + (name === "odd" ? 1 : 0), ROOM);
    const begin = name === "frame" ? FRAME_OCTETS_AT : BUFFER_AT + (name === "odd" ? 1 : 0);
    const value = type === "u64" ? t.num(VALUE) : t.num(Number(wordOf(type)));
    const compiledAt = (at: Expr) =>
      t.lowered(
        built([
          ...(name === "frame" ? [framed(17)] : []),
          storing(octets, type, at, value),
          t.store(RESULT, t.convert("u64", loading(octets, type, at))),
          t.CONSUMES,
        ]),
      );
    const varied = compiledAt(t.convert("u32", t.loaded("u8", 0)));
    for (let offset = 0; offset + SIZE[type] <= 17; offset++) {
      for (const compiled of [compiledAt(t.num(offset)), varied]) {
        const { state, told } = onAll(compiled, [Uint8Array.of(offset)]);
        expect(told[0]?.outcome).toBe(1);
        const view = new DataView(state.buffer);
        expect(view.getBigUint64(0, true)).toBe(wordOf(type));
        const stored = Array.from(state.subarray(begin + offset, begin + offset + SIZE[type]));
        const expected = Array.from({ length: SIZE[type] }, (_, octet) =>
          Number((wordOf(type) >> BigInt(8 * (SIZE[type] - 1 - octet))) & 0xffn),
        );
        expect(stored).toEqual(expected);
      }
    }
    for (const far of [18 - SIZE[type], 17, 255].filter(() => name === "frame")) {
      expect(onAll(varied, [Uint8Array.of(far)]).told[0]?.outcome).toBe("index");
    }
  });

  test("signed ones keep their sign, however they are put together", () => {
    for (const octets of [t.buffer(BUFFER_AT, ROOM), t.buffer(BUFFER_AT + 1, ROOM)]) {
      const body = [
        storing(octets, "u16", t.num(0), t.num(0xfffe)),
        t.store(t.at("i64", 0), t.convert("i64", loading(octets, "i16", t.num(0)))),
        t.CONSUMES,
      ];
      const { state } = onAll(t.lowered(built(body)), [new Uint8Array()]);
      expect(new DataView(state.buffer).getBigInt64(0, true)).toBe(-2n);
    }
  });

  test("offsets beyond a buffer are faults, also such as wrap", () => {
    const octets = t.buffer(BUFFER_AT, ROOM);
    const body = [t.store(RESULT, t.convert("u64", loading(octets, "u32", t.loaded("u32", 0)))), t.PASSES];
    const compiled = t.lowered(built(body));
    const at = (offset: number) => Uint8Array.of(offset >>> 24, offset >>> 16, offset >>> 8, offset);
    const outcomes = [0, ROOM - 4, ROOM - 3, ROOM, 0xffff_ffff, 0xffff_fffc].map(
      (offset) => onAll(compiled, [at(offset)]).told[0]?.outcome,
    );
    expect(outcomes).toEqual([0, 0, "index", "index", "index", "index"]);
  });
});

describe("frames", () => {
  test("a reply is the message with what was changed, sent before anything else", () => {
    const message = Uint8Array.from({ length: 60 }, (_, at) => at);
    const body = [
      reply,
      swap(t.num(0), t.num(6), t.num(6)),
      swap(t.num(26), t.num(30), t.num(4)),
      swap(t.loaded("u8", 34), t.loaded("u8", 36), t.num(2)),
      t.if_(sent(), [t.CONSUMES]),
      t.PASSES,
    ];
    const { told } = onAll(t.lowered(built(body)), [message], { words: { port: 3 } });
    const order = [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5];
    const rest = Array.from({ length: 48 }, (_, at) => 12 + at);
    rest.splice(14, 8, 30, 31, 32, 33, 26, 27, 28, 29);
    rest.splice(22, 4, 36, 37, 34, 35);
    expect(told[0]).toMatchObject({ outcome: 1, sent: [{ frame: [...order, ...rest], port: 3 }] });
  });

  test("a port that refuses is told", () => {
    const body = [framed(20), t.if_(sent(t.num(9)), [t.CONSUMES]), t.PASSES];
    const refuse = (machine: RunningHandler) => {
      machine.refuses = true;
    };
    const { told } = onAll(t.lowered(built(body)), [new Uint8Array()], { prepare: refuse });
    expect(told[0]?.outcome).toBe(0);
    expect(told[0]?.sent[0]?.port).toBe(9);
    expect(told[0]?.sent[0]?.frame).toEqual(Array.from({ length: 20 }, () => 0));
  });

  test("what is resized has zeros behind its old end", () => {
    const varied = t.loaded("u16", 0);
    const ones = [
      storing(t.FRAME, "u32", t.num(4), t.num(0xffff_ffff)),
      storing(t.FRAME, "u32", t.num(0), t.num(0xffff_ffff)),
    ];
    const body = [framed(8), ...ones, resized(3), resized(varied), t.run(sent()), t.PASSES];
    const compiled = t.lowered(built(body));
    const { told } = onAll(compiled, [
      Uint8Array.of(0, 12),
      Uint8Array.of(0, 2),
      Uint8Array.of(8, 1),
      Uint8Array.of(8, 0),
    ]);
    expect(told.map(({ outcome }) => outcome)).toEqual([0, 0, "length", 0]);
    expect(told[0]?.sent[0]?.frame).toEqual([255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(told[1]?.sent[0]?.frame).toEqual([255, 255]);
    expect(told[3]?.sent[0]?.frame.length).toBe(2048);
  });

  test.each([
    ["length", [framed(2049)]],
    ["index", [framed(10), swap(t.num(0), t.num(6), t.num(6))]],
    ["length", [framed(20), swap(t.num(0), t.num(5), t.num(6))]],
    ["index", [framed(40), swap(t.num(0), t.num(35), t.num(36))]],
    ["length", [framed(80), swap(t.num(0), t.num(35), t.num(36))]],
    ["index", [framed(60), swap(t.num(0), t.num(33), t.num(33))]],
    ["index", [framed(4), storing(t.FRAME, "u16", t.num(3), t.num(1))]],
    ["index", [storing(t.FRAME, "u8", t.num(0), t.num(1))]],
  ])("fault %s", (reason, body) => {
    const { told } = onAll(t.lowered(built([...body, t.PASSES])), [new Uint8Array(1)]);
    expect(told[0]?.outcome).toBe(reason);
  });

  test("a message that is longer than a frame has no reply", () => {
    const { told } = onAll(t.lowered(built([reply, t.PASSES])), [new Uint8Array(2049), new Uint8Array(2048)]);
    expect(told.map(({ outcome }) => outcome)).toEqual(["length", 0]);
  });

  test("vectors go where they are told, or fault", () => {
    const to = t.buffer(BUFFER_AT, ROOM);
    const [from, length, at] = [t.loaded("u8", 0), t.loaded("u8", 1), t.loaded("u8", 2)];
    const body = [valued({ ...t.AT, kind: "vector", type: "void", from, length, to, at }), t.PASSES];
    const compiled = t.lowered(built(body));
    const message = (...first: readonly number[]) =>
      Uint8Array.from({ length: 30 }, (_, octet) => first[octet] ?? octet);
    const tried = [
      [5, 20, 20],
      [0, 30, 0],
      [0, 31, 0],
      [31, 0, 0],
      [30, 0, 40],
      [0, 20, 21],
      [0, 0, 41],
    ];
    const { told, state } = onAll(
      compiled,
      tried.map((each) => message(...each)),
    );
    expect(told.map(({ outcome }) => outcome)).toEqual([0, 0, "message", "message", 0, "index", "index"]);
    expect(Array.from(state.subarray(BUFFER_AT, BUFFER_AT + 4))).toEqual([0, 30, 0, 3]);
  });

  test("wake and transfer", () => {
    const transfer: Expr = {
      ...t.AT,
      kind: "transfer",
      type: "bool",
      environment: t.loaded("u8", 0),
      words: [t.num(1), t.num(0xffff_ffff), t.length],
    };
    const body = [
      valued({ ...t.AT, kind: "wake", type: "void", tag: t.num(77) }),
      t.if_(transfer, [t.CONSUMES]),
      t.PASSES,
    ];
    const { told } = onAll(t.lowered(built(body)), [Uint8Array.of(0), Uint8Array.of(4)]);
    expect(told.map(({ outcome }) => outcome)).toEqual([1, 0]);
    expect(told[0]?.calls).toEqual([
      [4, 77],
      [5, 0, 1, -1, 1],
    ]);
  });
});

describe("checksums", () => {
  function folded(sum: number): number {
    const once = (sum % 0x10000) + Math.floor(sum / 0x10000);
    return once > 0xffff ? folded(once) : once;
  }

  test("fold16, swap and patch", () => {
    const chance = new Chance(11);
    for (let round = 0; round < 25; round++) {
      const words = Array.from({ length: 4 }, () => chance.pick([0, 0xffff, 0x8000, chance.below(0x10000)]));
      const [a, b, c, d] = words;
      if (a === undefined || b === undefined || c === undefined || d === undefined) return;
      const [hc, wide] = [~folded(a + b + c) & 0xffff, a * 0x10000 + b];
      const results: readonly (readonly [Expr, number])[] = [
        [{ ...t.AT, kind: "fold16", type: "u16", operand: t.num(wide) }, folded(wide)],
        [
          { ...t.AT, kind: "swap-octets", type: "u16", width: 2, operand: t.num(a, "u16") },
          (a >>> 8) | ((a & 0xff) << 8),
        ],
        [
          { ...t.AT, kind: "swap-octets", type: "u32", width: 4, operand: t.num(wide) },
          Buffer.from([a >>> 8, a, b >>> 8, b]).readUInt32LE(),
        ],
        [patch(2, hc, c, d), ~folded(a + b + folded(d)) & 0xffff],
        [patch(4, hc, wide, c * 0x10000 + d), ~folded(c + d + c) & 0xffff],
        [patch(2, hc, c, d, true), ~folded(a + b + folded(d)) & 0xffff],
        [patch(4, hc, wide, c * 0x10000 + d, true), ~folded(c + d + c) & 0xffff],
      ];
      for (const [expr, expected] of results) {
        const { state } = onAll(t.lowered(built([t.store(t.at("u32", 0), expr), t.PASSES])), [new Uint8Array()]);
        // Of a checksum 0 and 0xffff are one number.
        const result = new DataView(state.buffer).getUint32(0, true);
        expect(expr.kind === "patch" ? result % 0xffff : result, `${expr.kind} ${words}`).toBe(
          expr.kind === "patch" ? expected % 0xffff : expected,
        );
      }
    }
  });

  function patch(width: 2 | 4, checksum: number, before: number, after: number, varied = false): Expr {
    const type = width === 2 ? "u16" : "u32";
    // Nobody knows that the message has no octets.
    const word = (value: number): Expr => {
      const nothing = t.convert(type, t.length);
      return varied ? t.convert(type, t.math("or", t.num(value), nothing)) : t.num(value, type);
    };
    return {
      ...t.AT,
      kind: "patch",
      type: "u16",
      width,
      checksum: t.num(checksum, "u16"),
      before: word(before),
      after: word(after),
    };
  }
});
