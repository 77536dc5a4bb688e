/** Whole handlers: what they do on all targets, which checks are left in them, and what is refused. */
import { describe, expect, test } from "vitest";
import type { CompiledHandler } from "../../src/ash/ash.js";
import { lowerHandler } from "../../src/ash/lower.js";
import type { Expr, Func, Local, Scalar, Stmt } from "../../src/ash/tree.js";
import { HandlerCall } from "../../src/vcode/handler.js";
import type { Operand } from "../../src/vcode/insn.js";
import { instructionsOf } from "../../src/vcode/insn.js";
import { onAll } from "./running.js";
import * as t from "./trees.js";

/** Branches to blocks that tell the kernel a fault. */
function checksOf({ program }: CompiledHandler): number {
  let checks = 0;
  for (const { insns } of program.lambdas) {
    const faults = new Set<number>();
    for (const [index, insn] of insns.entries()) {
      const next = insns[index + 1];
      if (insn.op === "label" && next?.op === "scall" && isFault(next.args[0])) faults.add(insn.label);
    }
    for (const insn of insns) if ("label" in insn && insn.op !== "label" && faults.has(insn.label)) checks++;
  }
  return checks;
}

function isFault(call: Operand | undefined): boolean {
  return call !== undefined && "imm" in call && call.imm === HandlerCall.fault;
}

const RESULT = t.at("u32", 0);
const STATE = t.stateOf(t.record("u32", "u32"), { kind: "array", of: "u32", count: 16 });

function built(body: readonly Stmt[], ...types: readonly Local["type"][]): CompiledHandler {
  return t.lowered(t.handler([t.entry(body, types)], { layout: STATE }));
}

function adds(value: Expr): Stmt {
  return t.increase(RESULT, value);
}

function resultOf({ state }: { readonly state: Uint8Array }): number {
  return new DataView(state.buffer).getUint32(0, true);
}

const shorter = (octets: Expr | number) =>
  t.if_(t.compare("lt", t.length, typeof octets === "number" ? t.num(octets) : octets), [t.PASSES]);

const counted = Uint8Array.from({ length: 64 }, (_, at) => at);

describe("a handler", () => {
  test("that counts is two loads, two stores and what it computes", () => {
    const layout = t.stateOf(t.record("u64", "u64"));
    const body = [
      t.increase(t.at("u64", 0), t.num(1n)),
      t.increase(t.at("u64", 8), t.convert("u64", t.length)),
      t.PASSES,
    ];
    const compiled = t.lowered(t.handler([t.entry(body)], { layout }));
    expect(instructionsOf(compiled.program)).toBe(10);
    const { told, state } = onAll(compiled, [new Uint8Array(60), new Uint8Array(1500), new Uint8Array()]);
    expect(told.map(({ outcome, fuel }) => [outcome, fuel])).toEqual(Array.from({ length: 3 }, () => [0, 10]));
    const view = new DataView(state.buffer);
    expect([view.getBigUint64(0, true), view.getBigUint64(8, true)]).toEqual([3n, 1560n]);
  });

  test("is told everything about a message, and so are its functions", () => {
    const field = (name: "wire" | "time" | "port" | "link" | "number"): Expr => ({
      ...t.AT,
      kind: "message",
      type: name === "time" ? "u64" : "u32",
      field: name,
    });
    const inner = func("inner", true, [], "void", [
      t.store(t.at("u64", 0), field("time")),
      t.store(t.at("u32", 8), field("wire")),
      t.store(t.at("u32", 12), field("port")),
    ]);
    const outer = func("outer", true, ["u32"], "u32", [
      t.run(call(1, "void", true)),
      t.give(t.math("add", t.local(0), field("link"))),
    ]);
    const body = [
      t.store(t.at("u32", 16), call(2, "u32", true, t.num(5))),
      t.store(t.at("u32", 20), field("number")),
      t.CONSUMES,
    ];
    const layout = t.stateOf({ kind: "array", of: "u32", count: 6 });
    const compiled = t.lowered(t.handler([t.entry(body), inner, outer], { layout }));
    expect(compiled.names).toEqual(["entry", "outer", "inner"]);
    const words = { wire: 900, time: 0x1122_3344_8866_7788n, port: 4, link: 113, packet: 0x8000_0001 };
    const view = new DataView(onAll(compiled, [new Uint8Array(4)], { words }).state.buffer);
    expect(view.getBigUint64(0, true)).toBe(0x1122_3344_8866_7788n);
    expect([8, 12, 16, 20].map((at) => view.getUint32(at, true))).toEqual([900, 4, 118, 0x8000_0001]);
  });

  test("may ask for nothing that it does not use", () => {
    const uses = { sends: false, wakes: false, transfers: false, passesTo: false };
    expect(built([t.PASSES]).uses).toEqual(uses);
    const environment = t.loaded("u8", 0);
    const compiled = built([t.give({ ...t.AT, kind: "pass-to", environment })]);
    expect(compiled.uses).toEqual({ ...uses, passesTo: true });
    const { told } = onAll(
      compiled,
      [0, 3, 15, 16, 255].map((k) => Uint8Array.of(k)),
    );
    expect(told.map(({ outcome }) => outcome)).toEqual([2, 5, 17, "outcome", "outcome"]);
  });

  test("has places for its instructions", () => {
    const compiled = built([
      { ...t.increase(RESULT, t.loaded("u8", 3)), start: 40 },
      { ...t.PASSES, start: 60 },
    ]);
    const [places, insns] = [compiled.places[0], compiled.program.lambdas[0]?.insns];
    expect(places?.length).toBe(insns?.length);
    const load = insns?.findIndex(({ op }) => op === "ld") ?? -1;
    expect(places?.[load]).toBe(40);
    expect(places?.[insns?.findIndex(({ op }) => op === "ret") ?? -1]).toBe(60);
    expect(onAll(compiled, [new Uint8Array(3)]).told[0]).toMatchObject({ outcome: "message", place: 40 });
  });
});

function func(
  name: string,
  message: boolean,
  parameters: readonly Scalar[],
  result: Func["result"],
  body: readonly Stmt[],
): Func {
  return { ...t.AT, name, parameters: parameters.length, message, locals: t.locals(...parameters), result, body };
}

function call(number: number, type: Expr["type"], message: boolean, ...args: readonly Expr[]): Expr {
  return { ...t.AT, kind: "call", type, func: number, message, args };
}

describe("checks of the message", () => {
  const varied = t.math("mul", t.math("and", t.loaded("u8", 0), t.num(15)), t.num(4));
  const unknown = t.load(t.at("u32", 4));
  const i = t.local(0);
  const plus = (addend: number) => t.math("add", i, t.num(addend));
  const count = (from: number, by: number, condition: Expr, body: readonly Stmt[]) => [
    t.let_(0, t.num(from)),
    t.while_(condition, body, [t.assign(0, plus(by))]),
  ];

  test.each<readonly [string, number, readonly Stmt[]]>([
    [
      "one for each that asks for more",
      2,
      [adds(t.loaded("u8", 3)), adds(t.loaded("u8", 2)), adds(t.loaded("u32", 6))],
    ],
    ["none below what the program checked", 0, [shorter(34), adds(t.loaded("u32", 30)), adds(t.loaded("u16", 12))]],
    ["one beyond that", 1, [shorter(34), adds(t.loaded("u32", 31))]],
    [
      "none inside of a condition, one behind it",
      1,
      [t.if_(t.compare("ge", t.length, t.num(20)), [adds(t.loaded("u8", 19))]), adds(t.loaded("u8", 19))],
    ],
    [
      "none on the other way",
      0,
      [
        t.if_(t.either(t.compare("lt", t.length, t.num(20)), t.compare("eq", t.loaded("u8", 19), t.num(1, "u8"))), [
          t.PASSES,
        ]),
        adds(t.loaded("u8", 19)),
      ],
    ],
    [
      "one of two ways, none behind them",
      1,
      [
        t.if_(t.compare("eq", t.length, t.num(9)), [adds(t.loaded("u8", 5))], [adds(t.loaded("u8", 6))]),
        adds(t.loaded("u8", 5)),
      ],
    ],
    [
      "none of a local that stands for the length",
      0,
      [
        t.let_(0, t.length),
        t.if_(t.compare("gt", t.num(8), i), [t.PASSES]),
        adds(t.convert("u32", t.loaded("u64", 0))),
      ],
    ],
    [
      "one of an offset that varies, for those before it as well",
      1,
      [shorter(20), t.let_(0, varied), adds(t.loaded("u16", plus(14))), adds(t.loaded("u8", plus(3)))],
    ],
    ["none where it cannot be beyond", 0, [shorter(80), t.let_(0, varied), adds(t.loaded("u32", plus(14)))]],
    [
      "none in a loop that counts to the length",
      0,
      [...count(0, 1, t.compare("lt", i, t.length), [adds(t.loaded("u8", i))])],
    ],
    [
      "none in one by four",
      0,
      [...count(0, 4, t.compare("le", plus(4), t.length), [adds(t.loaded("u32", i)), adds(t.loaded("u16", plus(2)))])],
    ],
    [
      "none in one to the length less three",
      0,
      [shorter(3), ...count(0, 1, t.compare("lt", i, t.math("sub", t.length, t.num(3))), [adds(t.loaded("u32", i))])],
    ],
    [
      "none before a loop that changes nothing",
      0,
      [shorter(9), ...count(0, 1, t.compare("lt", i, t.num(3)), [adds(t.loaded("u8", 8))])],
    ],
    [
      "another one where the local has changed",
      2,
      [shorter(9), t.let_(0, varied), adds(t.loaded("u8", i)), t.assign(0, plus(1)), adds(t.loaded("u8", i))],
    ],
  ])("%s", (_, checks, body) => {
    const handler = built([...body, t.PASSES], "u32");
    expect(checksOf(handler)).toBe(checks);
    for (let octets = 0; octets <= 64; octets++) onAll(handler, [counted.subarray(0, octets)]);
  });

  test("what only looks proved is checked after all", () => {
    // From state: 0xfffffffe + 10 lies in the message, 0xfffffffe + 2 does, but 0xfffffffe + 0 does not.
    const body = [t.let_(0, unknown), adds(t.loaded("u8", plus(10))), adds(t.loaded("u8", i)), t.PASSES];
    const handler = built(body, "u32");
    expect(checksOf(handler)).toBe(2);
    const run = (word: number) =>
      onAll(handler, [counted], { prepare: (machine) => machine.poke(4, new Uint8Array(Uint32Array.of(word).buffer)) });
    expect(run(5).told[0]?.outcome).toBe(0);
    expect(run(53).told[0]?.outcome).toBe(0);
    expect(run(54).told[0]?.outcome).toBe("message");
    expect(run(0xffff_fffe).told[0]?.outcome).toBe("message");
  });

  test.each([1, 2, 4, 8])("loads of %i octets at the message's end, and at every offset of words", (size) => {
    const type = ({ 1: "u8", 2: "u16", 4: "u32", 8: "u64" } as const)[size as 1 | 2 | 4 | 8];
    const handler = built([t.let_(0, unknown), adds(t.convert("u32", t.loaded(type, i))), t.PASSES], "u32");
    for (const octets of [0, 1, size - 1, size, size + 1, 60]) {
      for (const offset of [
        0,
        1,
        octets - size,
        octets - size + 1,
        octets,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff - size,
        0xffff_ffff,
      ]) {
        const word = offset >>> 0;
        const prepare = (machine: { poke(at: number, octets: Uint8Array): void }) =>
          machine.poke(4, new Uint8Array(Uint32Array.of(word).buffer));
        const { told } = onAll(handler, [counted.subarray(0, octets)], { prepare });
        expect(told[0]?.outcome, `${word} of ${octets}`).toBe(word + size <= octets ? 0 : "message");
      }
    }
  });
});

describe("ways", () => {
  const [i, sum] = [t.local(0), t.local(1)];
  const next = t.assign(0, t.math("add", i, t.num(1)));
  const more = (value: Expr) => t.assign(1, t.math("add", sum, value));
  const breaks: Stmt = { ...t.AT, kind: "break" };
  const continues: Stmt = { ...t.AT, kind: "continue" };
  const small = t.convert("u32", t.loaded("u8", 0));

  function chosen(values: readonly (readonly number[])[], of: Expr): Stmt {
    const arms = values.map((each, arm) => ({ values: each, body: [more(t.num(100 * (arm + 1))), breaks] }));
    return { ...t.AT, kind: "switch", subject: of, arms, otherwise: [more(t.num(7))] };
  }

  function returning(body: readonly Stmt[]): (n: number) => number {
    const handler = built(
      [t.let_(0, t.num(0)), t.let_(1, t.num(0)), ...body, t.store(RESULT, sum), t.CONSUMES],
      "u32",
      "u32",
    );
    return (n) => resultOf(onAll(handler, [Uint8Array.of(n)]));
  }

  const counts = Array.from({ length: 12 }, (_, n) => n);

  test("of a loop with break and continue", () => {
    const body = [
      t.while_(
        t.compare("lt", i, small),
        [t.if_(t.compare("eq", i, t.num(3)), [continues]), t.if_(t.compare("eq", i, t.num(8)), [breaks]), more(i)],
        [next],
      ),
    ];
    const run = returning(body);
    const model = (n: number) => {
      let all = 0;
      for (let at = 0; at < n && at !== 8; at++) if (at !== 3) all += at;
      return all;
    };
    expect(counts.map(run)).toEqual(counts.map(model));
  });

  test("of a loop that tests last, and of one that never does", () => {
    const last: Stmt = {
      ...t.AT,
      kind: "loop",
      first: false,
      condition: t.compare("lt", i, small),
      update: [],
      body: [more(t.num(5)), next],
    };
    expect(counts.map(returning([last]))).toEqual(counts.map((n) => 5 * Math.max(1, n)));
    const endless = t.while_(undefined, [t.if_(t.compare("ge", i, small), [breaks]), next, more(t.num(2))]);
    expect(counts.map(returning([endless]))).toEqual(counts.map((n) => 2 * n));
  });

  test.each([
    ["few", [[1], [5, 6]]],
    ["dense", [[2], [3, 4], [5], [9, 7], [1]]],
    ["far apart", [[1], [2], [0xffff], [3], [4], [0x1000_0000]]],
  ])("of a switch of %s", (_, values) => {
    const model = (n: number) => {
      const arm = values.findIndex((each) => each.includes(n));
      return arm < 0 ? 7 : 100 * (arm + 1);
    };
    expect(counts.map(returning([chosen(values, small)]))).toEqual(counts.map(model));
  });

  test("of arrays: an index is checked once, or not at all where it cannot be beyond", () => {
    const place = (at: Expr) => t.at("u32", 8, t.index(at, 16, 4));
    const at = t.math("and", small, t.num(15));
    const masked = built([t.increase(place(at), t.num(1)), t.PASSES]);
    expect(checksOf(masked)).toBe(1);
    const twice = built(
      [t.let_(0, small), t.increase(place(i), t.num(1)), t.increase(place(i), t.num(2)), t.PASSES],
      "u32",
    );
    expect(checksOf(twice)).toBe(2);
    expect(
      onAll(
        twice,
        [15, 16, 255].map((n) => Uint8Array.of(n)),
      ).told.map(({ outcome }) => outcome),
    ).toEqual([0, "index", "index"]);
    const all = built(
      [t.let_(0, t.num(0)), t.while_(t.compare("lt", i, t.num(16)), [t.store(place(i), i)], [next]), t.PASSES],
      "u32",
    );
    expect(checksOf(all)).toBe(0);
    const { state } = onAll(all, [new Uint8Array()]);
    const view = new DataView(state.buffer);
    expect(Array.from({ length: 16 }, (_, each) => view.getUint32(8 + 4 * each, true))).toEqual(
      Array.from({ length: 16 }, (_, each) => each),
    );
  });

  test("without an end run out of fuel, with the same fuel used on all targets", () => {
    const handler = built([t.let_(0, t.num(0)), t.while_(undefined, [next, t.store(RESULT, i)]), t.PASSES], "u32");
    const { told, state } = onAll(handler, [new Uint8Array()], { fuel: 1000 });
    expect(told[0]?.outcome).toBe("fuel");
    expect(told[0]?.fuel).toBeGreaterThan(990);
    expect(resultOf({ state })).toBeGreaterThan(100);
  });

  test("too heavy ones are refused: each function calls the one before it ten times", () => {
    const functions = Array.from({ length: 8 }, (_, number) => {
      const body =
        number === 0
          ? [t.increase(RESULT, t.num(1))]
          : Array.from({ length: 10 }, () => t.run(call(number, "void", false)));
      return func(`f${number}`, false, [], "void", body);
    });
    const tree = (depth: number) => {
      const entry = t.entry([t.run(call(depth, "void", false)), t.PASSES]);
      return t.handler([entry, ...functions], { layout: STATE });
    };
    expect(lowerHandler(tree(5)).ok).toBe(true);
    expect(lowerHandler(tree(8))).toEqual({ ok: false, errors: [expect.objectContaining({ code: "E_FUEL" })] });
  });

  test("a thousand checks at places of their own", () => {
    const body = Array.from({ length: 1000 }, (_, number) => {
      const offset = t.math("add", t.load(t.at("u32", 4)), t.num(number % 7));
      return { ...adds(t.loaded("u16", offset)), start: number };
    });
    const handler = built([...body, t.PASSES]);
    expect(checksOf(handler)).toBe(1001);
    expect(onAll(handler, [counted, new Uint8Array(7)]).told.map(({ outcome, place }) => [outcome, place])).toEqual([
      [0, undefined],
      ["message", 6],
    ]);
  });

  test("more than a handler may have is refused", () => {
    const body = Array.from({ length: 40_000 }, () => adds(t.loaded("u8", 0)));
    const tree = t.handler([t.entry([...body, t.PASSES])], { layout: STATE });
    expect(lowerHandler(tree)).toMatchObject({ ok: false, errors: [{ code: "E_TOO_COMPLEX" }] });
  });
});
