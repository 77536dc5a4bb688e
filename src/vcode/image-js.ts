/**
 * Images as JavaScript. A load that hits is three reads of memory and one test, in which whatever is wrong leaves a bit:
 *
 *   v: { a = …; g = a >>> 12; t = (((g ^ salt) & 4095) << 3) + 65536;      page, and place of its entry
 *   for (;;) {
 *     f = view.getInt32(t + 4, true);
 *     if (((view.getInt32(t, true) ^ (space | g)) | (a & 3) | (~f & 1)) === 0) { p = (f & -4096) | (a & 4095); break; }
 *     if (s0(whyNot(a, 4, 1), a, 0, place, r0, …) === 1) { r3 = skippedWord(); break v; }
 *   }
 *   r3 = view.getInt32(p, true); }
 *
 * With `lastPage` all that is done for another page only than that of the function's last access, l, whose frame is f still.
 *
 * Names that it takes beside those of js-function.ts: a0 … a9 for the arguments of run, s0 … for the lambdas' saving, the label v.
 * s0 saves registers of lambda 0 and asks the kernel. Variables that functions share (js-function.ts) are set and read without an
 * instruction between, so a run inside of a trap does not disturb them.
 */
import { isLong } from "./compute.js";
import {
  ENTRY_PARAMETERS,
  type ImageFacts,
  type ImageMachine,
  type LinkedImage,
  READABLE,
  STLB_ENTRY,
  Trap,
  TrapAnswer,
  WRITABLE,
} from "./image.js";
import { type Bookkeeping, IMAGES_OWN, placeOf, savedOf, skippedLong, skippedWord, whyNot } from "./image-trap.js";
import { type ImageInsn, type Insn, type Lambda, OCTETS, type Register } from "./insn.js";
import { type EmittedJs, emitJs, instantiate, type JsPrimitives } from "./js.js";
import type { TrapText } from "./js-function.js";
import { address, int, loadFrom, operand, reg, storeTo } from "./js-insn.js";
import type { StructureLimits } from "./structure.js";
import type { Verified } from "./verify.js";

const PRIMITIVES: JsPrimitives = {
  kernel: (rd, operands) => `${rd} = kernel(${operands.join(", ")}) | 0;`,
  left: (rd) => `${rd} = fuel;`,
};

/** Text that `linkJs` makes an image of. */
export function emitImageJs(program: Verified, facts: ImageFacts, limits: StructureLimits = {}): string {
  return [
    ...emitTrapping(program, facts, limits, (parameters, { locals, body }) => [
      `function run(${parameters.join(", ")}) {`,
      locals,
      ...parameters.map((parameter, register) => `${reg(register)} = ${parameter} | 0;`),
      body,
      "return v_ret;",
      "}",
    ]),
    "return { run,",
    "get fuel() { return fuel; }, set fuel(units) { fuel = units | 0; },",
    "get save() { return save; }, set save(address) { save = address; },",
    "get accesses() { return accesses; } };",
  ].join("\n");
}

/** Text of the program, but for what it returns; `define` makes a function of its entry. */
export function emitTrapping(
  program: Verified,
  facts: ImageFacts,
  limits: StructureLimits,
  define: (parameters: readonly string[], entry: EmittedJs["entry"]) => readonly string[],
  keeps = IMAGES_OWN,
): string[] {
  const of = (lambda: Lambda, number: number) => trapText(lambda, number, facts, keeps);
  const { prelude, functions, entry } = emitJs(program, PRIMITIVES, limits, { saved: keeps.saved, of });
  const parameters = Array.from({ length: ENTRY_PARAMETERS }, (_, register) => `a${register}`);
  return [
    '"use strict";',
    "const { view, space, salt, whyNot, trap, skippedWord, skippedLong, kernel } = environment;",
    "let accesses = 0, save = 0;",
    prelude,
    ...program.lambdas.map((lambda, number) => saveText(lambda, number, keeps)),
    ...functions,
    ...define(parameters, entry),
  ];
}

/** Saves registers of the lambda, and asks the kernel. */
function saveText(lambda: Lambda, number: number, keeps: Bookkeeping): string {
  const longs = savedOf(lambda, keeps);
  const lines = Array.from({ length: keeps.saved }, (_, register) => {
    const at = `save + ${int(8 * register)}`;
    if (longs[register] === undefined) return `view.setBigInt64(${at}, 0n, true);`;
    if (longs[register]) return `view.setBigInt64(${at}, ${reg(register)}, true);`;
    return `view.setInt32(${at}, ${reg(register)}, true); view.setInt32(${at} + 4, ${reg(register)} >> 31, true);`;
  });
  const parameters = ["kind", "address", "write", "place", ...longs.map((_, register) => reg(register))];
  const name = `s${int(number)}`;
  return [
    `function ${name}(${parameters.join(", ")}) {`,
    ...lines,
    "return trap(kind, address, write, place);",
    "}",
  ].join("\n");
}

function trapText(lambda: Lambda, number: number, facts: ImageFacts, keeps: Bookkeeping): TrapText {
  const saved = savedOf(lambda, keeps).map((_, register) => `, ${reg(register)}`);
  const asked = (kind: string, at: string, write: number, index: number) =>
    `s${int(number)}(${kind}, ${at}, ${write}, ${int(placeOf(number, index))}${saved.join("")}) === ${TrapAnswer.skip}`;
  const skipped = (rd: Register) =>
    `${reg(rd)} = ${isLong(lambda.registers[rd] ?? "i") ? "skippedLong()" : "skippedWord()"};`;
  const statement: TrapText["statement"] = (insn, index) => {
    switch (insn.op) {
      case "fuel": {
        const units = int(insn.units);
        const paid = `fuel = (fuel - ${units}) | 0;`;
        return `v: { while (fuel < ${units}) if (${asked(int(Trap.fuel), "0", 0, index)}) break v;\n${paid} }`;
      }
      case "aluo":
        return `{ x = ${exact(insn)};
if (x === (x | 0)) ${reg(insn.rd)} = x | 0;
else { while (!(${asked(int(Trap.overflow), "0", 0, index)}));\n${skipped(insn.rd)} } }`;
      case "ldv":
        return access(
          insn,
          { ...facts, ...keeps },
          READABLE,
          (why) => `if (${asked(why, "a", 0, index)}) { ${skipped(insn.rd)} break v; }`,
        );
      case "stv":
        return access(insn, { ...facts, ...keeps }, WRITABLE, (why) => `if (${asked(why, "a", 1, index)}) break v;`);
    }
  };
  return { temporaries: "a = 0, g = 0, t = 0, f = 0, l = 0, p = 0, x = 0", statement };
}

const OPERATOR = { add: "+", sub: "-", mul: "*" } as const;

/** A double, which is no word where the exact result is none, even where it is rounded. */
function exact({ alu, rs1, second }: Extract<ImageInsn, { op: "aluo" }>): string {
  return `${reg(rs1)} ${OPERATOR[alu]} ${operand(second)}`;
}

type Access = Extract<Insn, { op: "ldv" | "stv" }>;

function access(
  insn: Access,
  { stlb, entries, pageShift, counts, lastPage }: ImageFacts & Bookkeeping,
  right: number,
  missed: (why: string) => string,
): string {
  const octets = OCTETS[insn.memory];
  const size = 2 ** pageShift;
  const unaligned = octets === 1 ? "" : ` | (a & ${octets - 1})`;
  // Both begin as 0: a frame without rights.
  const [unlike, like] = lastPage ? [`if (((g ^ l)${unaligned} | (~f & ${right})) !== 0) {`, "l = g; }"] : ["", ""];
  return `v: { ${counts ? "accesses = (accesses + 1) | 0;" : ""}
a = ${address(insn)}; g = a >>> ${int(pageShift)};
${unlike}
t = (((g ^ salt) & ${int(entries - 1)}) << ${int(Math.log2(STLB_ENTRY))}) + ${int(stlb)};
for (;;) { f = view.getInt32(t + 4, true);
if (((view.getInt32(t, true) ^ (space | g))${unaligned} | (~f & ${right})) === 0) break;
${missed(`whyNot(a, ${octets}, ${right})`)} }
${like}
p = (f & ${-size}) | (a & ${size - 1});
${insn.op === "ldv" ? loadFrom(insn, "p") : storeTo(insn, "p")} }`;
}

/** The functions that the text asks for, under its names. */
export interface Environment extends Pick<ImageMachine, "space" | "salt" | "kernel" | "trap"> {
  readonly view: DataView;
  whyNot(address: number, octets: number, right: number): number;
  skippedWord(): number;
  skippedLong(): bigint;
}

export function linkJs(text: string, machine: ImageMachine): LinkedImage {
  const view = new DataView(machine.memory.buffer);
  return instantiate<Environment, LinkedImage>(text, {
    view,
    space: machine.space,
    salt: machine.salt,
    whyNot: (at, octets, right) => whyNot(view, machine, at, octets, right),
    trap: (kind, at, write, place) => machine.trap(kind, at >>> 0, write, place),
    skippedWord: () => skippedWord(machine.skipped()),
    skippedLong: () => skippedLong(machine.skipped()),
    kernel: (call, a, b, c, d, e, f) => machine.kernel(call, a, b, c, d, e, f),
  });
}
