/** Estimates of bytecode against what V8 itself prints. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { bytecodeOf } from "../../src/vcode/bytecode.js";
import { emitImageJs } from "../../src/vcode/image-js.js";
import { type Insn, type Lambda, MEMORY_TYPES, VALUE_TYPES } from "../../src/vcode/insn.js";
import { emitJs, type JsPrimitives } from "../../src/vcode/js.js";
import { Chance } from "../seeded.js";
import { randomLambda } from "./graphs.js";
import { branded, lambdaOf } from "./running.js";

function printed(lambda: Lambda, primitives: JsPrimitives): number {
  const { prelude, functions, entry } = emitJs(branded({ lambdas: [lambda], tables: 0 }), primitives, { size: 1e9 });
  const source = [
    "const view = new DataView(new ArrayBuffer(65536)), exhausted = new Error(), record = new Int32Array(99);",
    prelude,
    ...functions,
    `function generatedRun() { ${entry.locals}\n${entry.body} }`,
    "try { generatedRun() } catch {}",
  ].join("\n");
  return bytecodeIn(source);
}

/** Octets of bytecode of the function `generatedRun`, which is compiled by running it once in a process of its own. */
function bytecodeIn(source: string): number {
  const flags = ["--print-bytecode", "--print-bytecode-filter=generatedRun"];
  const listing = execFileSync(process.execPath, [...flags, "-e", source], { maxBuffer: 1 << 28 }).toString();
  const length = /Bytecode length: (\d+)/.exec(listing)?.[1];
  if (length === undefined) throw new Error("node printed no bytecode");
  return Number(length);
}

function estimated(lambda: Lambda, primitives: JsPrimitives): number {
  return emitJs(branded({ lambdas: [lambda], tables: 0 }), primitives, { size: 1e9 }).largest;
}

const WORDS = ["p", "i", "i", "u", "l", "l"] as const;
const RET: Insn = { op: "ret" };

/** Loads, compares and shifts of the base, as filters are. */
function filterLike(tests: number): Lambda {
  const insns = Array.from({ length: tests }, (_, index): Insn[] => [
    { op: "bri", branch: "blt", type: "i", rs1: 1, imm: index, label: 0 },
    { op: "ld", order: "network", memory: index % 2 === 0 ? "us" : "u", rd: 2, base: 0, offset: { imm: index } },
    { op: "alui", alu: "and", type: "u", rd: 3, rs1: 2, imm: 0xffff },
    { op: "bri", branch: "bne", type: "u", rs1: 3, imm: index * 999, label: 0 },
  ]);
  return lambdaOf([...insns.flat(), { op: "label", label: 0 }, RET], WORDS);
}

function repeated(insns: readonly Insn[], times: number): Lambda {
  return lambdaOf([...Array.from({ length: times }, () => insns).flat(), RET], WORDS);
}

const PRIMITIVES: JsPrimitives = {
  step: (rd, [node]) => `${rd} = record[(${node} << 2) + 3];`,
  leaf: (_, [node]) => `if (record[${node}] !== 0 && record[${node} + 1] > record[3]) record[3] = ${node};`,
};

const PROGRAMS: [string, Lambda][] = [
  ["tests of a filter", filterLike(300)],
  ["words", repeated(wordInsns(), 60)],
  ["longs", repeated(longInsns(), 60)],
  ["memory", repeated(memoryInsns(), 40)],
  [
    "fuel",
    repeated(
      [
        { op: "fuel", units: 3 },
        { op: "set", type: "i", rd: 2, imm: 500 },
      ],
      100,
    ),
  ],
  [
    "primitives",
    repeated(
      [
        { op: "scall", primitive: "step", rd: 2, args: [{ imm: 7 }] },
        { op: "scall", primitive: "leaf", args: [{ imm: 9 }] },
      ],
      100,
    ),
  ],
  ["a random graph", randomGraph()],
];

function wordInsns(): Insn[] {
  return (["add", "mul", "xor", "rsh", "div", "mod"] as const).flatMap((alu): Insn[] => [
    { op: "alu", alu, type: "u", rd: 3, rs1: 2, rs2: 3 },
    { op: "alui", alu, type: "i", rd: 2, rs1: 3, imm: 77_777 },
  ]);
}

function longInsns(): Insn[] {
  const conversions = VALUE_TYPES.map(
    (from): Insn => ({ op: "cv", from, to: "l", rd: 4, rs: from === "i" || from === "u" ? 2 : 5 }),
  );
  const alus = (["add", "mul", "xor", "rsh", "div"] as const).map((alu): Insn => {
    return { op: "alu", alu, type: "ul", rd: 5, rs1: 4, rs2: 5 };
  });
  return [...conversions, ...alus];
}

function memoryInsns(): Insn[] {
  return MEMORY_TYPES.flatMap((memory): Insn[] => {
    const register = memory === "l" || memory === "ul" ? 4 : 2;
    return [
      { op: "ld", order: "network", memory, rd: register, base: 0, offset: { imm: 300 } },
      { op: "st", order: "host", memory, rs: register, base: 0, offset: { reg: 1 } },
    ];
  });
}

function randomGraph(): Lambda {
  for (let seed = 1; ; seed++) {
    const lambda = randomLambda(new Chance(seed), { blocks: 300 });
    if (lambda !== undefined && lambda.insns.length > 600) return lambda;
  }
}

describe("bytecode", () => {
  test.each(PROGRAMS)("%s: the estimate is within a third", (_, lambda) => {
    const [octets, guess] = [printed(lambda, PRIMITIVES), estimated(lambda, PRIMITIVES)];
    expect(octets).toBeGreaterThan(3000);
    expect(guess / octets).toBeGreaterThan(0.75);
    expect(guess / octets).toBeLessThan(1.33);
  });
});

describe("bytecode of images", () => {
  const insns: Insn[] = [
    { op: "ldv", order: "network", memory: "i", rd: 2, base: 3, offset: { imm: 300 } },
    { op: "stv", order: "host", memory: "l", rs: 10, base: 3, offset: { reg: 4 } },
    { op: "aluo", alu: "mul", rd: 2, rs1: 3, second: { imm: 77_777 } },
    { op: "fuel", units: 3 },
  ];

  test.each([0, 30])("each instruction, with %i registers more: the estimate is within a third", (more) => {
    const words = (count: number) => Array.from({ length: count }, () => "i" as const);
    const registers = ["p", ...words(9), "l", ...words(more)] as const;
    for (const insn of insns) {
      const body: Insn[] = [...Array.from({ length: 40 }, () => insn), { op: "ret", value: { reg: 2 } }];
      const lambda = { regions: ["packet"], parameters: 10, registers, result: "i", labels: 0, insns: body } as const;
      const facts = { stlb: 65_536, entries: 4096, pageShift: 12 };
      const text = emitImageJs(branded({ lambdas: [lambda], tables: 0 }), facts, { size: 1e9 });
      const named = text.replace("function run(", "function generatedRun(").replace("{ run,", "{ run: generatedRun,");
      const machine = "view: new DataView(new ArrayBuffer(99999)), whyNot() {}, trap: () => 1, skippedWord: () => 1";
      const octets = bytecodeIn(`((environment) => {${named}})({ ${machine} }).run(0, 0, 0, 1, 1);`);
      const guess = 40 * bytecodeOf(insn, "", Math.min(32, registers.length));
      expect(guess / octets, `${insn.op}: ${guess} of ${octets}`).toBeGreaterThan(0.7);
      expect(guess / octets, `${insn.op}: ${guess} of ${octets}`).toBeLessThan(1.33);
    }
  });
});
