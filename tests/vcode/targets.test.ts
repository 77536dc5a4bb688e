/** What targets promise beyond computing alike: how their output is put together, what they count, what they refuse. */
import { describe, expect, test } from "vitest";
import { type Insn, type Lambda, MEMORY_TYPES, ORDERS } from "../../src/vcode/insn.js";
import { Fault, Interpreter } from "../../src/vcode/interp.js";
import { emitJs, instantiate, type JsPrimitives } from "../../src/vcode/js.js";
import { compile, TARGETS } from "../../src/vcode/target.js";
import { emitWasm, type WasmPrimitives } from "../../src/vcode/wasm.js";
import { Code, Locals } from "../../src/vcode/wasm-code.js";
import { Module } from "../../src/vcode/wasm-module.js";
import { Chance } from "../seeded.js";
import { randomLambda } from "./graphs.js";
import { BASE, branded, LENGTH, lambdaOf, memory } from "./running.js";

const RET: Insn = { op: "ret" };

/** Leaf of the first octet where it is at least 100, else of its step plus 1; a lambda in between, so that there is a call. */
const PROGRAM = {
  lambdas: [
    lambdaOf(
      [
        { op: "ld", order: "network", memory: "uc", rd: 2, base: 0, offset: { imm: 0 } },
        { op: "bri", branch: "bge", type: "i", rs1: 2, imm: 100, label: 0 },
        { op: "scall", primitive: "step", rd: 3, args: [{ reg: 2 }] },
        { op: "call", lambda: 1, args: [{ reg: 0 }, { reg: 1 }, { reg: 3 }] },
        RET,
        { op: "label", label: 0 },
        { op: "scall", primitive: "leaf", args: [{ reg: 2 }] },
        RET,
      ],
      ["p", "i", "i", "i"],
    ),
    lambdaOf(
      [
        { op: "alui", alu: "add", type: "i", rd: 2, rs1: 2, imm: 1 },
        { op: "scall", primitive: "leaf", args: [{ reg: 2 }] },
        RET,
      ],
      ["p", "i", "i"],
      { parameters: 3 },
    ),
  ],
  tables: 0,
};
const ROWS = 256;
const expected = (row: number) => (row >= 100 ? row : 2 * row + 1);

describe("an entry inside a loop over rows", () => {
  const octets = new Uint8Array(memory.buffer, BASE, ROWS);

  test.each([{}, { size: 1 }, { nesting: 1 }])("of JavaScript, with primitives in line and limits %j", (limits) => {
    const primitives: JsPrimitives = {
      step: (rd, [node]) => `${rd} = (${node} << 1) | 0;`,
      leaf: (_, [node]) => `leaves[at++] = ${node};`,
    };
    const { prelude, functions, entry } = emitJs(branded(PROGRAM), primitives, limits);
    const source = [
      '"use strict"; const { view, exhausted, leaves } = environment; let at = 0;',
      prelude,
      ...functions,
      `return function run(from, to) { ${entry.locals}`,
      `for (let row = from; row < to; row++) { r0 = (${BASE} + row) | 0; r1 = ${LENGTH};\n${entry.body}\n} return at; };`,
    ].join("\n");
    const leaves = new Int32Array(ROWS);
    const run = instantiate<object, (from: number, to: number) => number>(source, {
      view: new DataView(memory.buffer),
      exhausted: new Error("fuel"),
      leaves,
    });
    octets.set(Array.from({ length: ROWS }, (_, row) => row));
    expect(run(0, ROWS)).toBe(ROWS);
    expect([...leaves]).toEqual(Array.from({ length: ROWS }, (_, row) => expected(row)));
  });

  test.each([{}, { size: 1 }, { nesting: 1 }])("of WebAssembly, with primitives in line and limits %j", (limits) => {
    const [LEAVES, ROW, TO] = [8192, 0, 1];
    const module = new Module({ module: "m", name: "m", initial: 1, maximum: 1, shared: true });
    const at = module.global("i32");
    const primitives: WasmPrimitives = {
      step: ({ code, operand, result }) => {
        operand(0);
        code.i32_const(1).op("i32.shl");
        result();
      },
      leaf: ({ code, locals, operand }) => {
        const address = locals.scratch("i32");
        code.global_get(at).i32_const(2).op("i32.shl").local_set(address).local_get(address);
        operand(0);
        code.store("i32.store", LEAVES).global_get(at).i32_const(1).op("i32.add").global_set(at);
      },
    };
    const emitted = emitWasm(branded(PROGRAM), primitives, module, limits);
    const locals = new Locals(["i32", "i32"]);
    const registers = emitted.kinds.map((kind) => locals.add(kind));
    const code = new Code().loop();
    code.i32_const(BASE).local_get(ROW).op("i32.add").local_set(registers[0]!);
    code.i32_const(LENGTH).local_set(registers[1]!);
    emitted.emitBody(code, locals, (register) => registers[register]!);
    code.local_get(ROW).i32_const(1).op("i32.add").local_tee(ROW).local_get(TO).op("i32.lt_s").br_if(0).op("end");
    code.global_get(at).op("end");
    const run = module.declare(["i32", "i32"], ["i32"]);
    module.define(run, locals, code);
    module.exportFunction("run", run);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.octets()), { m: { m: memory } });
    if (typeof instance.exports.run !== "function") throw new Error("no run");
    octets.set(Array.from({ length: ROWS }, (_, row) => row));
    expect(instance.exports.run(0, ROWS)).toBe(ROWS);
    const leaves = new Int32Array(memory.buffer, LEAVES, ROWS);
    expect([...leaves]).toEqual(Array.from({ length: ROWS }, (_, row) => expected(row)));
    new Uint8Array(memory.buffer).fill(0xa5);
  });

  test("a primitive that nobody expands is told", () => {
    expect(() => emitJs(branded(PROGRAM))).toThrow("there is no step here");
    const module = new Module({ module: "m", name: "m", initial: 1, maximum: 1, shared: true });
    expect(() => emitWasm(branded(PROGRAM), {}, module)).toThrow("there is no leaf here");
  });
});

describe("every load is one load", () => {
  test("in each of 400 random programs, cut and not", () => {
    let loads = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const lambda = randomLambda(new Chance(seed), { blocks: 60 });
      if (lambda === undefined) continue;
      const count = lambda.insns.filter(({ op }) => op === "ld").length;
      const stores = lambda.insns.filter(({ op }) => op === "st").length;
      const { functions, entry } = emitJs(
        branded({ lambdas: [lambda], tables: 0 }),
        {},
        seed % 2 === 0 ? { size: 1 } : {},
      );
      const text = [...functions, entry.body].join("\n");
      expect(text.match(/\bview\.get/g) ?? [], `seed ${seed}`).toHaveLength(count);
      expect(text.match(/\bview\.set/g) ?? [], `seed ${seed}`).toHaveLength(stores);
      loads += count;
    }
    expect(loads).toBeGreaterThan(600);
  });
});

describe("the interpreter", () => {
  const view = new DataView(memory.buffer);
  const access = (insn: Insn) => lambdaOf([insn, RET], ["p", "i", "i", "l"], { parameters: 3 });
  const run = (lambda: Lambda, offset: number) =>
    new Interpreter({ lambdas: [lambda], tables: 0 }, view).run([BASE, 16, offset]);

  test("faults at each access outside of its region, by one octet", () => {
    let faults = 0;
    for (const order of ORDERS) {
      for (const type of MEMORY_TYPES) {
        const octets = { c: 1, uc: 1, s: 2, us: 2, i: 4, u: 4, l: 8, ul: 8 }[type];
        const register = octets === 8 ? 3 : 2;
        const load: Insn = { op: "ld", order, memory: type, rd: register, base: 0, offset: { reg: 2 } };
        const store: Insn = { op: "st", order, memory: type, rs: register, base: 0, offset: { reg: 2 } };
        for (const insn of [load, store]) {
          expect(run(access(insn), 16 - octets).ok).toBe(true);
          expect(run(access(insn), 0).ok).toBe(true);
          for (const outside of [-1, 17 - octets, 16, 0x7fffffff, -0x80000000]) {
            expect(() => run(access(insn), outside)).toThrow(/^f0: v_(ld|st)n?\w+ .* is outside its region$/);
            faults++;
          }
        }
      }
    }
    expect(faults).toBe(160);
  });

  test("faults at what no address was made from, lands nowhere, calls nobody, or never ends", () => {
    const faults = (insns: readonly Insn[]) => () => run(lambdaOf(insns, ["p", "i", "i", "p"], { parameters: 3 }), 1);
    const load: Insn = { op: "ld", order: "host", memory: "uc", rd: 2, base: 3, offset: { imm: 0 } };
    expect(faults([load, RET])).toThrow(Fault);
    expect(faults([{ op: "j", label: 7 }])).toThrow("lands nowhere");
    expect(faults([{ op: "call", lambda: 3, args: [] }])).toThrow("no lambda f3");
    expect(faults([{ op: "scall", primitive: "leaf", args: [{ imm: 1 }] }])).toThrow("calls what is not there");
    expect(faults([{ op: "set", type: "i", rd: 2, imm: 1 }])).toThrow("past the end");
  });

  test("calls within calls need no stack of the host's", () => {
    const depth = 30_000;
    const lambdas = Array.from({ length: depth }, (_, number) => {
      const call: Insn = { op: "call", lambda: number + 1, args: [{ reg: 0 }, { reg: 1 }] };
      return lambdaOf(number === depth - 1 ? [RET] : [call, RET], ["p", "i"]);
    });
    const interpreter = new Interpreter({ lambdas, tables: 0 }, view);
    expect(interpreter.run([BASE, 16]).ok).toBe(true);
    expect(interpreter.executed).toBe(2 * depth - 1);
  });
});

describe("statistics", () => {
  const lambda = lambdaOf(
    [{ op: "label", label: 0 }, { op: "fuel", units: 1 }, { op: "set", type: "i", rd: 2, imm: 1 }, RET],
    ["p", "i", "i"],
  );
  const program = branded({ lambdas: [lambda], tables: 0 });
  const from = { buffer: memory.buffer, memory };

  test.each(TARGETS)("of %s: instructions without labels, octets, time by the clock that it is given", (target) => {
    let now = 5;
    const clock = () => {
      now += 3;
      return now;
    };
    expect(compile(program, target, from, { clock }).statistics).toEqual({
      instructions: 3,
      octets: expect.any(Number),
      milliseconds: 3,
    });
    expect(compile(program, target, from).statistics.milliseconds).toBeUndefined();
  });

  test("WebAssembly needs the memory, not only its octets", () => {
    expect(() => compile(program, "wasm", { buffer: memory.buffer })).toThrow("the memory itself");
    expect(compile(program, "js", { buffer: memory.buffer }).run([BASE, 1], 1)).toEqual({
      ok: true,
      value: 0,
      fuel: 0,
    });
  });

  test("what is no number does not become text", () => {
    const insns = JSON.parse('[{"op":"set","type":"i","rd":2,"imm":"1;alert()"},{"op":"ret"}]');
    const hostile = branded({ lambdas: [lambdaOf(insns, ["p", "i", "i"])], tables: 0 });
    expect(() => compile(hostile, "js", from)).toThrow("is no integer");
    const register = JSON.parse('[{"op":"mov","type":"i","rd":"2=alert()","rs":1},{"op":"ret"}]');
    expect(() => compile(branded({ lambdas: [lambdaOf(register, ["p", "i", "i"])], tables: 0 }), "js", from)).toThrow(
      "is no integer",
    );
  });
});
