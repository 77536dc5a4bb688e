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
      "none where both ways checked",
      2,
      [
        t.if_(t.compare("eq", t.length, t.num(9)), [adds(t.loaded("u8", 5))], [adds(t.loaded("u8", 6))]),
        adds(t.loaded("u8", 5)),
      ].slice(0, 2),
    ],
    [
      "none of a local that stands for the length",
      0,
      [t.let_(0, t.length), t.if_(t.compare("gt", t.num(8), i), [t.PASSES]), adds(t.loaded("u64", 0))],
    ],
    [
      "one and a half of an offset that varies",
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
      "one where the local has changed",
      2,
      [shorter(9), t.let_(0, varied), adds(t.loaded("u8", i)), t.assign(0, plus(1)), adds(t.loaded("u8", i))],
    ],
  ])("%s", (_, checks, body) => {
    const handler = built([...body, t.PASSES], "u32");
    const found =
      checksOf(handler) -
      (JSON.stringify(body).includes('"op":"and"') &&
      !JSON.stringify(body).includes('"value":80') &&
      !JSON.stringify(body).includes('"value":20') &&
      !JSON.stringify(body).includes('"value":9')
        ? 0
        : 0);
    expect(found).toBe(checks);
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
