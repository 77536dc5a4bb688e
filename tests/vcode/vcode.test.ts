/** The instruction set: verifier, interpreter and JavaScript on programs of hand and of chance. */
import { describe, expect, test } from "vitest";
import { ALU, type Alu, BRANCH, type Insn, type Lambda, type Program, type Type } from "../../src/vcode/insn.js";
import { compare, compute, Interpreter } from "../../src/vcode/interp.js";
import { emit, instantiate } from "../../src/vcode/js.js";
import type { BatchEnvironment } from "../../src/vcode/primitive.js";
import { printProgram } from "../../src/vcode/print.js";
import { Assembler } from "../../src/vcode/vcode.js";
import { verify } from "../../src/vcode/verify.js";
import { Chance } from "../seeded.js";

const NODES = 4;

function environment(memory: ArrayBufferLike): BatchEnvironment {
  const record = new Int32Array(4 * NODES);
  for (let node = 1; node < NODES; node++) record[4 * node] = node;
  return {
    view: new DataView(memory),
    tables: {
      record,
      key: new Float64Array(NODES),
      present: new Int32Array(NODES),
      link: new Int32Array(2),
      dispatch: [],
    },
    winner: new Int32Array(1),
    tapStart: new Int32Array(1),
    tapCount: new Int32Array(1),
    taps: new Int32Array(1),
    tapReserve: 1,
    seen: new Float64Array(1),
  };
}

/** The node whose leaf was reached, by each target. */
function reached(
  lambdas: readonly Lambda[],
  octets: Uint8Array = new Uint8Array(8),
): { js: number; interpreter: number } {
  const program: Program = { lambdas, tables: 0 };
  const verdict = verify(program);
  if (!verdict.ok)
    throw new Error(`${verdict.rejections[0]?.insn}: ${verdict.rejections[0]?.reason}\n${printProgram(program)}`);
  const batch = environment(octets.buffer);
  const run = instantiate(emit(verdict.program).source, batch);
  run(new Int32Array(1), Int32Array.of(octets.length), 0, 1);
  let interpreted = 0;
  const leaf = (node = 0) => {
    interpreted = node;
    return 0;
  };
  const none = () => 0;
  new Interpreter(program, batch.view, { leaf, probe: none, step: none, present: none }).run(0, octets.length);
  return { js: batch.winner[0]!, interpreter: interpreted };
}

const EDGES = [0, 1, -1, 2, 31, 32, 33, 0x7fffffff, -0x80000000, -0x7fffffff, 0xffff, 0x10000, 255];

function operands(seed: number): [number, number][] {
  const chance = new Chance(seed);
  const random = () => (chance.percent(50) ? chance.pick(EDGES) : chance.below(0x100000000) | 0);
  return Array.from({ length: 40 }, () => [random(), random()]);
}

/** A function that ends in leaf 1 where its result is `expected`, else in leaf 2. */
function expecting(type: Type & ("i" | "u"), expected: number, build: (v: Assembler, rd: number) => void): Lambda {
  const v = new Assembler(["p", "i"]);
  const rd = v.getreg(type);
  const other = v.genlabel();
  const end = v.genlabel();
  build(v, rd);
  v.bri("bne", type, rd, expected, other);
  v.scallv("leaf", { imm: 1 });
  v.j(end);
  v.label(other);
  v.scallv("leaf", { imm: 2 });
  v.label(end);
  v.ret();
  return v.end();
}

const MODEL: Record<Alu, (a: bigint, b: bigint, unsigned: boolean) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  lsh: (a, b) => a << (b & 31n),
  rsh: (a, b, unsigned) => (unsigned ? BigInt.asUintN(32, a) : a) >> (b & 31n),
};

describe("every operation, on random and edge operands", () => {
  const cases = ALU.flatMap((alu) => (["i", "u"] as const).map((type) => [alu, type] as const));
  test.each(cases)("v_%s%s and its immediate form", (alu, type) => {
    for (const [a, b] of operands(alu.length * 7 + type.charCodeAt(0))) {
      const expected = Number(BigInt.asIntN(32, MODEL[alu](BigInt(a), BigInt(b), type === "u")));
      expect(compute(alu, type === "u", a, b), `${a} ${alu} ${b}`).toBe(expected);
      const register = expecting(type, expected, (v, rd) => {
        const [x, y] = [v.getreg(type), v.getreg(type)];
        v.set(type, x, a);
        v.set(type, y, b);
        v.alu(alu, type, rd, x, y);
      });
      const immediate = expecting(type, expected, (v, rd) => {
        v.set(type, rd, a);
        v.alui(alu, type, rd, rd, b);
      });
      expect(reached([register])).toEqual({ js: 1, interpreter: 1 });
      expect(reached([immediate])).toEqual({ js: 1, interpreter: 1 });
    }
  });

  const branches = BRANCH.flatMap((branch) => (["i", "u"] as const).map((type) => [branch, type] as const));
  test.each(branches)("v_%s%s and its immediate form", (branch, type) => {
    for (const [a, b] of operands(branch.charCodeAt(2) * 3 + type.charCodeAt(0))) {
      const view = (word: number) => (type === "u" ? word >>> 0 : word);
      const [x, y] = [view(a), view(b)];
      const taken = { blt: x < y, ble: x <= y, bgt: x > y, bge: x >= y, beq: x === y, bne: x !== y }[branch];
      expect(compare(branch, type, a, b)).toBe(taken);
      for (const form of ["br", "bri"] as const) {
        const v = new Assembler(["p", "i"]);
        const [left, right] = [v.getreg(type), v.getreg(type)];
        const label = v.genlabel();
        v.set(type, left, a);
        v.set(type, right, b);
        v.scallv("leaf", { imm: 1 });
        if (form === "br") v.br(branch, type, left, right, label);
        else v.bri(branch, type, left, b, label);
        v.ret();
        v.label(label);
        v.scallv("leaf", { imm: 1 });
        v.ret();
        const { js, interpreter } = reached([v.end()]);
        expect({ js, interpreter }).toEqual({ js: 1, interpreter: 1 });
        const decided = new Assembler(["p", "i"]);
        const [l, r] = [decided.getreg(type), decided.getreg(type)];
        const yes = decided.genlabel();
        decided.set(type, l, a);
        decided.set(type, r, b);
        if (form === "br") decided.br(branch, type, l, r, yes);
        else decided.bri(branch, type, l, b, yes);
        decided.scallv("leaf", { imm: 2 });
        decided.ret();
        decided.label(yes);
        decided.scallv("leaf", { imm: 1 });
        decided.ret();
        const node = taken ? 1 : 2;
        expect(reached([decided.end()]), `${a} ${branch} ${b}`).toEqual({ js: node, interpreter: node });
      }
    }
  });

  test("loads in network order, aligned and not", () => {
    const octets = Uint8Array.of(0x80, 0x01, 0xfe, 0x7f, 0xff, 0x00, 0x12, 0x34, 0x56);
    const view = new DataView(octets.buffer);
    for (let offset = 0; offset <= 5; offset++) {
      const expected = { uc: view.getUint8(offset), us: view.getUint16(offset), u: view.getInt32(offset) };
      for (const memory of ["uc", "us", "u"] as const) {
        const lambda = expecting("u", expected[memory], (v, rd) => {
          const out = v.genlabel();
          v.set("u", rd, 77);
          v.bri("blt", "i", 1, offset + 4, out);
          v.ldn(memory, rd, 0, offset);
          v.label(out);
        });
        expect(reached([lambda], octets)).toEqual({ js: 1, interpreter: 1 });
      }
    }
  });
});

describe("control flow", () => {
  test("branches that cross, skip and meet: random forward programs", () => {
    let compared = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const chance = new Chance(seed);
      const v = new Assembler(["p", "i"]);
      const word = v.getreg("u");
      v.set("u", word, chance.below(100));
      const open: number[] = [];
      for (let step = 0; step < 30; step++) {
        v.alui(chance.pick(["add", "mul", "xor"]), "u", word, word, chance.below(1000));
        if (chance.percent(40)) {
          open.push(v.genlabel());
          v.bri(chance.pick(BRANCH), chance.pick(["i", "u"]), word, chance.below(500), open.at(-1)!);
        }
        if (chance.percent(10) && open.length > 0) {
          v.j(chance.pick(open));
          v.label(open.splice(chance.below(open.length), 1)[0]!);
          v.alui("add", "u", word, word, 1);
        }
        if (chance.percent(35) && open.length > 0) v.label(open.splice(chance.below(open.length), 1)[0]!);
      }
      for (const label of open) v.label(label);
      v.alui("and", "u", word, word, 1);
      v.alui("add", "u", word, word, 1);
      v.scallv("leaf", { reg: word });
      v.ret();
      const lambda = v.end();
      const verdict = verify({ lambdas: [lambda], tables: 0 });
      // A jump may leave what follows it without a way there; that is refused, and no matter here.
      if (!verdict.ok) {
        expect(verdict.rejections.every(({ reason }) => reason === "no way leads here")).toBe(true);
        continue;
      }
      const { js, interpreter } = reached([lambda]);
      expect(js, `seed ${seed}`).toBe(interpreter);
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });

  test("calls pass the packet and words", () => {
    const entry = new Assembler(["p", "i"]);
    entry.callv(1, { reg: 0 }, { reg: 1 }, { imm: 3 });
    entry.ret();
    const callee = new Assembler(["p", "i", "i"]);
    callee.scallv("leaf", { reg: 2 });
    callee.ret();
    expect(reached([entry.end(), callee.end()])).toEqual({ js: 3, interpreter: 3 });
  });

  test("the interpreter counts what it executes", () => {
    const v = new Assembler(["p", "i"]);
    const label = v.genlabel();
    v.bri("bge", "i", 1, 0, label);
    v.scallv("leaf", { imm: 1 });
    v.label(label);
    v.ret();
    const none = () => 0;
    const interpreter = new Interpreter({ lambdas: [v.end()], tables: 0 }, new DataView(new ArrayBuffer(4)), {
      leaf: none,
      probe: none,
      step: none,
      present: none,
    });
    interpreter.run(0, 4);
    expect(interpreter.executed).toBe(2);
  });
});

describe("the verifier refuses", () => {
  type Build = (v: Assembler) => void;
  const RET: Insn = { op: "ret" };
  const word = (v: Assembler) => {
    const register = v.getreg("u");
    v.set("u", register, 1);
    return register;
  };
  const cases: [string, string, Build][] = [
    [
      "a load that nothing guards",
      "the load needs 1 octets at r0; only 0 are proved to be left",
      (v) => v.ldn("uc", v.getreg("u"), 0, 0),
    ],
    [
      "a load one octet too far",
      "the load needs 15 octets at r0; only 14 are proved",
      (v) => {
        const out = v.genlabel();
        v.bri("blt", "i", 1, 14, out);
        v.ldn("us", v.getreg("u"), 0, 13);
        v.label(out);
      },
    ],
    [
      "a guard on one way only",
      "only 0 are proved",
      (v) => {
        const [skip, out] = [v.genlabel(), v.genlabel()];
        v.bri("beq", "u", word(v), 1, skip);
        v.bri("blt", "i", 1, 14, out);
        v.label(skip);
        v.ldn("uc", v.getreg("u"), 0, 0);
        v.label(out);
      },
    ],
    [
      "a guard of the wrong sign",
      "only 0 are proved",
      (v) => {
        const out = v.genlabel();
        v.bri("bge", "i", 1, 14, out);
        v.ldn("uc", v.getreg("u"), 0, 0);
        v.label(out);
      },
    ],
    [
      "a guard on another register",
      "only 0 are proved",
      (v) => {
        const out = v.genlabel();
        v.bri("blt", "i", word(v), 14, out);
        v.ldn("uc", v.getreg("u"), 0, 0);
        v.label(out);
      },
    ],
    [
      "a guard whose register was assigned since",
      "nothing is proved",
      (v) => {
        const out = v.genlabel();
        v.bri("blt", "i", 1, 14, out);
        v.set("i", 1, 100);
        v.ldn("uc", v.getreg("u"), 0, 0);
        v.label(out);
      },
    ],
    ["a negative offset", "is not within", (v) => v.ldn("uc", v.getreg("u"), 0, -1)],
    ["an offset that overflows", "is not within", (v) => v.ldn("u", v.getreg("u"), 0, 0x7fffffff)],
    [
      "a shift that nothing bounds",
      "nothing is proved of that address",
      (v) => {
        const [by, base, left, out] = [word(v), v.getreg("p"), v.getreg("i"), v.genlabel()];
        v.alu("sub", "i", left, 1, by);
        v.alu("add", "p", base, 0, by);
        v.bri("blt", "i", left, 4, out);
        v.ldn("u", v.getreg("u"), base, 0);
        v.label(out);
      },
    ],
    [
      "a shift bounded as a signed word",
      "nothing is proved of that address",
      (v) => {
        const [by, base, left, out] = [word(v), v.getreg("p"), v.getreg("i"), v.genlabel()];
        v.br("bgt", "i", by, 1, out);
        v.alu("sub", "i", left, 1, by);
        v.alu("add", "p", base, 0, by);
        v.bri("blt", "i", left, 4, out);
        v.ldn("u", v.getreg("u"), base, 0);
        v.label(out);
      },
    ],
    [
      "a shift by another register than was bounded",
      "nothing is proved of that address",
      (v) => {
        const [by, other, base, left, out] = [word(v), word(v), v.getreg("p"), v.getreg("i"), v.genlabel()];
        v.br("bgt", "u", by, 1, out);
        v.alu("sub", "i", left, 1, by);
        v.alu("add", "p", base, 0, other);
        v.bri("blt", "i", left, 4, out);
        v.ldn("u", v.getreg("u"), base, 0);
        v.label(out);
      },
    ],
    [
      "a register that was never assigned",
      "is not assigned on every way here",
      (v) => v.mov("u", v.getreg("u"), v.getreg("u")),
    ],
    [
      "a register assigned on one way",
      "is not assigned on every way here",
      (v) => {
        const [skip, register] = [v.genlabel(), v.getreg("u")];
        v.bri("beq", "i", 1, 3, skip);
        v.set("u", register, 1);
        v.label(skip);
        v.alui("add", "u", register, register, 1);
      },
    ],
    ["an address as a word", "r0 is no word", (v) => v.alui("add", "u", v.getreg("u"), 0, 1)],
    ["a word as an address", "is no address", (v) => v.ldn("uc", v.getreg("u"), word(v), 0)],
    ["an address moved by a constant", "takes no constant", (v) => v.alui("add", "p", v.getreg("p"), 0, 1)],
    ["an address subtracted from", "only added to", (v) => v.alu("sub", "p", v.getreg("p"), 0, word(v))],
    [
      "a branch backwards",
      "a branch backwards",
      (v) => {
        const label = v.genlabel();
        v.label(label);
        v.bri("beq", "i", 1, 0, label);
      },
    ],
    ["a label never placed", "never placed", (v) => v.bri("beq", "i", 1, 0, v.genlabel())],
    [
      "a label placed twice",
      "placed twice",
      (v) => {
        const label = v.genlabel();
        v.label(label);
        v.label(label);
      },
    ],
    ["a label that nobody made", "not made by genlabel", (v) => v.j(7)],
    [
      "code that no way leads to",
      "no way leads here",
      (v) => {
        v.ret();
        v.set("u", v.getreg("u"), 1);
      },
    ],
    [
      "a table that is not there",
      "there is no table 0",
      (v) => v.scalli(v.getreg("i"), "probe", { imm: 0 }, { imm: 1 }, { imm: 1 }),
    ],
    [
      "a table in a register",
      "named by a constant",
      (v) => v.scalli(v.getreg("i"), "probe", { reg: word(v) }, { imm: 1 }, { imm: 1 }),
    ],
    ["a primitive with too few arguments", "it takes 1 arguments", (v) => v.scallv("leaf")],
    ["a primitive without its result", "it has a result", (v) => v.scallv("step", { imm: 1 })],
    ["a call of itself", "later lambdas only", (v) => v.callv(0, { reg: 0 }, { reg: 1 })],
    ["a call of nobody", "there is no lambda f9", (v) => v.callv(9, { reg: 0 }, { reg: 1 })],
  ];

  test.each(cases)("%s", (_, reason, build) => {
    const v = new Assembler(["p", "i"]);
    build(v);
    v.ret();
    const verdict = verify({ lambdas: [v.end()], tables: 0 });
    if (verdict.ok) expect.fail("it was let through");
    expect(verdict.rejections.map((each) => each.reason).join("; ")).toContain(reason);
    expect(verdict.rejections.every(({ insn }) => insn.length > 0)).toBe(true);
  });

  test("a call with a count that is not the packet's", () => {
    const v = new Assembler(["p", "i"]);
    v.callv(1, { reg: 0 }, { reg: word(v) });
    v.ret();
    const verdict = verify({
      lambdas: [v.end(), { parameters: 2, registers: ["p", "i"], labels: 0, insns: [RET] }],
      tables: 0,
    });
    expect(verdict.ok ? "" : verdict.rejections[0]?.reason).toContain("not known to count");
  });

  test("a primitive that is not declared, a lambda without end, numbers that are no words", () => {
    const reasons = (insns: unknown[]) => {
      const lambda = JSON.parse(
        JSON.stringify({ parameters: 2, registers: ["p", "i", "u"], labels: 0, insns }),
      ) as Lambda;
      const verdict = verify({ lambdas: [lambda], tables: 0 });
      return verdict.ok ? [] : verdict.rejections.map((each) => each.reason);
    };
    expect(reasons([{ op: "scall", primitive: "constructor", args: [] }, RET])).toEqual([
      "the primitive is not declared",
    ]);
    expect(reasons([{ op: "set", type: "u", rd: 2, imm: 1 }])).toEqual([
      "the lambda's end can be passed: v_retv is missing",
    ]);
    expect(reasons([{ op: "set", type: "u", rd: 2, imm: 2 ** 40 }, RET])).toEqual([`${2 ** 40} is no 32-bit word`]);
  });

  test("what is proved by a bounded shift is let through", () => {
    const v = new Assembler(["p", "i"]);
    const [by, base, left, out] = [v.getreg("u"), v.getreg("p"), v.getreg("i"), v.genlabel()];
    v.bri("blt", "i", 1, 1, out);
    v.ldn("uc", by, 0, 0);
    v.br("bgt", "u", by, 1, out);
    v.alu("sub", "i", left, 1, by);
    v.alu("add", "p", base, 0, by);
    v.bri("blt", "i", left, 4, out);
    v.ldn("u", v.getreg("u"), base, 0);
    v.label(out);
    v.ret();
    expect(verify({ lambdas: [v.end()], tables: 0 }).ok).toBe(true);
  });
});
