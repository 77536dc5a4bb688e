/** Modules that we write, read back: by the engine, which validates them, and as text for people. */
import { describe, expect, test } from "vitest";
import { emitImageWasm } from "../../src/vcode/image-wasm.js";
import type { Insn } from "../../src/vcode/insn.js";
import { wasmModule } from "../../src/vcode/target.js";
import { Code, Locals, Octets } from "../../src/vcode/wasm-code.js";
import { Module } from "../../src/vcode/wasm-module.js";
import { printWat } from "../../src/vcode/wat.js";
import { Chance } from "../seeded.js";
import { randomLambda } from "./graphs.js";
import { branded, lambdaOf } from "./running.js";

describe("the printer", () => {
  test("a loop with a load, a branch and fuel", () => {
    const lambda = lambdaOf(
      [
        { op: "set", type: "u", rd: 2, imm: 0 },
        { op: "label", label: 0 },
        { op: "fuel", units: 3 },
        { op: "ld", order: "network", memory: "us", rd: 3, base: 0, offset: { imm: 12 } },
        { op: "alu", alu: "add", type: "u", rd: 2, rs1: 2, rs2: 3 },
        { op: "bri", branch: "blt", type: "u", rs1: 2, imm: 1000, label: 0 },
        { op: "ret", value: { reg: 2 } },
      ],
      ["p", "i", "u", "u"],
      { result: "u" },
    );
    const octets = wasmModule(branded({ lambdas: [lambda], tables: 0 }), 65_536);
    expect(WebAssembly.validate(octets)).toBe(true);
    const text = printWat(octets, {
      function: () => "run",
      global: (index) => ["fuel", "fault", "select", "result"][index],
      local: (_, index) => (index < 4 ? `r${index}` : undefined),
    });
    expect(text).toMatchInlineSnapshot(`
      "(module
        (import "machine" "memory" (memory 1 1 shared))
        (global $fuel (mut i32) (i32.const 0))
        (global $fault (mut i32) (i32.const 0))
        (global $select (mut i32) (i32.const 0))
        (global $result (mut i32) (i32.const 0))
        (export "run" (func $run))
        (export "fuel" (global $fuel))
        (export "fault" (global $fault))
        (func $run (param $r0 i32) (param $r1 i32) (result i32)
          (local $r2 i32)
          (local $r3 i32)
          (local $l4 i32)
          block
            i32.const 0
            local.set $r2
            loop
              global.get $fuel
              i32.const 3
              i32.lt_s
              if
                i32.const 1
                global.set $fault
                unreachable
              end
              global.get $fuel
              i32.const 3
              i32.sub
              global.set $fuel
              local.get $r0
              i32.load16_u offset=12 align=1
              local.tee $l4
              i32.const 8
              i32.shl
              i32.const 65280
              i32.and
              local.get $l4
              i32.const 8
              i32.shr_u
              i32.or
              local.set $r3
              local.get $r2
              local.get $r3
              i32.add
              local.set $r2
              local.get $r2
              i32.const 1000
              i32.lt_u
              br_if 0
              local.get $r2
              global.set $result
              br 1
            end
          end
          global.get $result
        )
      )
      "
    `);
  });

  test("functions that are imported come before others, and calls name them", () => {
    const insns: Insn[] = [
      { op: "scall", primitive: "kernel", rd: 2, args: Array.from({ length: 7 }, (_, imm) => ({ imm })) },
      { op: "ldv", order: "host", memory: "l", rd: 10, base: 2, offset: { imm: 0 } },
      { op: "ret", value: { reg: 2 } },
    ];
    const words = Array.from({ length: 9 }, () => "i" as const);
    const lambda = { ...lambdaOf(insns, ["p", ...words, "l"], { parameters: 10, result: "i" }) };
    const octets = emitImageWasm(branded({ lambdas: [lambda], tables: 0 }), { stlb: 8, entries: 64, pageShift: 12 });
    expect(WebAssembly.validate(octets)).toBe(true);
    const names = ["whyNot", "trap", "skippedWord", "skippedLong", "kernel", "ask", "run"];
    const text = printWat(octets, { function: (index) => names[index] }).split("\n");
    const imported = text.filter((line) => line.includes("(import") && line.includes("(func"));
    expect(imported.map((line) => /"(\w+)" \(func \$(\w+)/.exec(line)?.slice(1))).toEqual(
      names.slice(0, 5).map((name) => [name, name]),
    );
    expect(imported[3]).toContain("(func $skippedLong (result i64))");
    expect(text.filter((line) => /^ {2}\(func/.test(line)).length).toBe(2);
    const calls = text.flatMap((line) => /call \$(\w+)/.exec(line)?.[1] ?? []);
    expect(calls).toEqual(["trap", "kernel", "whyNot", "ask", "skippedLong"]);
  });

  test("500 random programs: every octet is read, blocks close, the engine accepts them", () => {
    let lines = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const lambda = randomLambda(new Chance(seed), { blocks: 12 });
      if (lambda === undefined) continue;
      const octets = wasmModule(branded({ lambdas: [lambda], tables: 0 }), 65_536, { nesting: 40, size: 800 });
      expect(WebAssembly.validate(octets)).toBe(true);
      const text = printWat(octets).split("\n");
      const opens = text.filter((line) => /^ +(block|loop|if)\b/.test(line)).length;
      const ends = text.filter((line) => /^ +end$/.test(line)).length;
      expect(ends, `seed ${seed}`).toBe(opens);
      lines += text.length;
    }
    expect(lines).toBeGreaterThan(20_000);
  });

  test("what is none of ours is refused", () => {
    const module = new Module({ module: "m", name: "m", initial: 1, maximum: 1, shared: true });
    const code = new Code();
    code.octets.byte(0x3f);
    module.define(module.declare([], []), new Locals([]), code.op("end"));
    expect(() => printWat(module.octets())).toThrow("opcode 63");
    expect(() => printWat(module.octets().slice(0, -3))).toThrow("too early");
  });
});

describe("the writer", () => {
  test("numbers in LEB128, as the specification's own examples have them", () => {
    const signed = (value: number) => [...new Octets().s32(value).take()];
    expect(signed(-2)).toEqual([0x7e]);
    expect(signed(127)).toEqual([0xff, 0x00]);
    expect(signed(-128)).toEqual([0x80, 0x7f]);
    expect([...new Octets().u32(624_485).take()]).toEqual([0xe5, 0x8e, 0x26]);
    expect([...new Octets().s64(-624_485n).take()]).toEqual([0x9b, 0xf1, 0x59]);
    expect(new Octets().s64(-(2n ** 63n)).take()).toHaveLength(10);
  });

  test("a function that was declared and not defined is told", () => {
    const module = new Module({ module: "m", name: "m", initial: 1, maximum: 1, shared: true });
    module.declare(["i64"], []);
    expect(() => module.octets()).toThrow("function 0 has no code");
  });

  test("scratch locals are made once, and none twice", () => {
    const locals = new Locals(["i32", "i64"]);
    const first = locals.scratch("i32");
    expect(locals.scratch("i32")).toBe(first);
    expect(new Set([first, locals.scratch("i32", 1), locals.scratch("i64"), locals.add("i32")]).size).toBe(4);
    expect(locals.kinds).toEqual(["i32", "i64", "i32", "i32", "i64", "i32"]);
  });
});
