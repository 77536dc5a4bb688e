/**
 * Bugs of a code generator, planted on purpose: each spoils what was generated from a right plan, in the way in
 * which a generator goes wrong. A harness that lets one through is no harness.
 */
import { DETAIL_WORDS, DetailWord, MAX_WAY, SLOT_WORDS, SlotWord, slotsOf } from "../../src/dpf/layout.js";
import { FIRST_NUMBERED, TableNumber } from "../../src/dpf/tables.js";
import type { Insn, Lambda, Program } from "../../src/vcode/insn.js";
import type { Spoil } from "./support.js";

export interface Planted extends Spoil {
  readonly name: string;
  /** The verifier sees it too, since it makes an access that is not proved. */
  readonly refused?: boolean;
}

/** What generated code is, without residuals, which are the authors' own. */
function inGenerated(program: Program, spoil: (lambda: Lambda) => readonly Insn[]): Program {
  const lambdas = program.lambdas.map((lambda) =>
    lambda.result === undefined ? { ...lambda, insns: spoil(lambda) } : lambda,
  );
  return { ...program, lambdas };
}

/** Every instruction as `change` makes it; undefined: it is left out. */
function each(change: (insn: Insn, lambda: Lambda) => Insn | undefined): (program: Program) => Program {
  return (program) => inGenerated(program, (lambda) => lambda.insns.flatMap((insn) => change(insn, lambda) ?? []));
}

type Of<O extends Insn["op"]> = Extract<Insn, { op: O }>;

function isBound(insn: Insn): insn is Of<"bri"> {
  return insn.op === "bri" && insn.branch === "blt" && insn.type === "i";
}

const isInterval = (insn: Insn): insn is Of<"bri"> =>
  insn.op === "bri" && insn.type === "u" && (insn.branch === "bgt" || insn.branch === "ble");

/** Addresses that were moved, by the register that the move went to: where from. */
function movedFrom({ insns }: Lambda): Map<number, number> {
  const moves = insns.filter((insn) => insn.op === "alu").filter(({ type }) => type === "p");
  return new Map(moves.map(({ rd, rs1 }) => [rd, rs1]));
}

/** Loads and moves with addresses in other registers. */
function rebased(insn: Insn, name: (register: number) => number): Insn {
  if (insn.op === "ld") return { ...insn, base: name(insn.base) };
  if (insn.op === "alu" && insn.type === "p") return { ...insn, rd: name(insn.rd), rs1: name(insn.rs1) };
  return insn;
}

/** The last that `is` so goes. */
function withoutLast(insns: readonly Insn[], is: (insn: Insn) => boolean): readonly Insn[] {
  const last = insns.findLastIndex(is);
  return last < 0 ? insns : insns.toSpliced(last, 1);
}

/** What leaves the first alternative leaves the whole piece of code. */
function leavesAll({ insns }: Lambda): readonly Insn[] {
  const [exit] = insns.filter((insn) => insn.op === "label").slice(-1);
  const first = insns.find((insn) => insn.op === "bri" && exit?.op === "label" && insn.label !== exit.label);
  if (exit?.op !== "label" || first?.op !== "bri") return insns;
  return insns.map((insn) => (insn.op === "bri" && insn.label === first.label ? { ...insn, label: exit.label } : insn));
}

function isDispatch(table: Int32Array): boolean {
  const slots = slotsOf(table.length);
  return slots >= 8 && Math.log2(slots) % 1 === 0 && table[table.length - 2] !== 0 && table.length > 2 * MAX_WAY;
}

/** The first entry of each dispatch table lies further on than any way leads. */
function displace(tables: readonly Int32Array[]): void {
  for (const table of tables.slice(FIRST_NUMBERED).filter(isDispatch)) {
    const slots = Array.from({ length: slotsOf(table.length) }, (_, slot) => SLOT_WORDS * slot);
    const from = slots.find((at) => table[at + SlotWord.child] !== 0);
    if (from === undefined) continue;
    const way = (table[table.length - 1] ?? 0) + 1;
    const to = slots.find((at) => at >= from + SLOT_WORDS * way && table[at + SlotWord.child] === 0);
    if (to === undefined) continue;
    table.copyWithin(to, from, from + SLOT_WORDS);
    table.fill(0, from, from + SLOT_WORDS);
  }
}

/** All claims have the rank of the first. */
function levelRanks(tables: readonly Int32Array[]): void {
  const detail = tables[TableNumber.detail] ?? new Int32Array();
  for (let at = DetailWord.rank; at + 1 < detail.length; at += DETAIL_WORDS) {
    if (detail[at + 1] !== 0) detail[at + 1] = 0x41000000;
  }
}

const BOUNDS: readonly Planted[] = [
  {
    name: "bounds asked for one octet too few",
    refused: true,
    vcode: each((insn) => (isBound(insn) ? { ...insn, imm: Number(insn.imm) - 1 } : insn)),
  },
  {
    name: "bounds asked for one octet too many",
    vcode: each((insn) => (isBound(insn) ? { ...insn, imm: Number(insn.imm) + 1 } : insn)),
  },
  {
    name: "no bounds asked for at all",
    refused: true,
    vcode: each((insn) => (isBound(insn) ? undefined : insn)),
  },
];

const FIELDS: readonly Planted[] = [
  {
    name: "wrong width: 16 bits for 32",
    vcode: each((insn) => (insn.op === "ld" && insn.memory === "u" ? { ...insn, memory: "us" } : insn)),
  },
  {
    name: "the mask is dropped",
    vcode: each((insn) => (insn.op === "alui" && insn.alu === "and" && insn.type === "u" ? undefined : insn)),
  },
  {
    name: "host order for network order",
    vcode: each((insn) => (insn.op === "ld" && insn.order === "network" ? { ...insn, order: "host" } : insn)),
  },
  {
    name: "network order for host order",
    vcode: each((insn) => (insn.op === "ld" && insn.order === "host" ? { ...insn, order: "network" } : insn)),
  },
  {
    name: "the field one octet further on",
    vcode: each((insn) =>
      insn.op === "ld" && "imm" in insn.offset ? { ...insn, offset: { imm: Number(insn.offset.imm) + 1 } } : insn,
    ),
    refused: true,
  },
];

const BRANCHES: readonly Planted[] = [
  {
    name: "the sense of an equality turned round",
    vcode: each((insn) => {
      if (insn.op !== "bri" || insn.type !== "u" || (insn.branch !== "bne" && insn.branch !== "beq")) return insn;
      return { ...insn, branch: insn.branch === "bne" ? "beq" : "bne" };
    }),
  },
  {
    name: "an interval's bound off by one",
    vcode: each((insn) => (isInterval(insn) ? { ...insn, imm: (Number(insn.imm) + 1) | 0 } : insn)),
  },
  {
    name: "an interval's bound compared as signed",
    vcode: each((insn) => (isInterval(insn) ? { ...insn, type: "i" } : insn)),
  },
  {
    name: "a search's halves swapped",
    vcode: each((insn) =>
      insn.op === "bri" && insn.type === "u" && insn.branch === "bge" ? { ...insn, branch: "blt" } : insn,
    ),
  },
  {
    name: "a jump table one place off",
    vcode: each((insn) =>
      insn.op === "jt" ? { ...insn, labels: [...insn.labels.slice(1), ...insn.labels.slice(0, 1)] } : insn,
    ),
  },
  {
    name: "a length's upper bound off by one",
    vcode: each((insn) =>
      insn.op === "bri" && insn.type === "i" && insn.branch === "bgt" ? { ...insn, imm: Number(insn.imm) + 1 } : insn,
    ),
  },
  {
    name: "a residual's answer turned round",
    vcode: each((insn, { insns }) => {
      const before = insns[insns.indexOf(insn) - 1];
      const isAnswer = insn.op === "bri" && before?.op === "call" && before.rd === insn.rs1;
      return isAnswer ? { ...insn, branch: "bne" } : insn;
    }),
  },
];

const MOVES: readonly Planted[] = [
  {
    name: "a shift is not scaled",
    vcode: each((insn) => (insn.op === "alui" && insn.alu === "lsh" ? undefined : insn)),
  },
  {
    name: "a shift beyond the frame's end is let through",
    refused: true,
    vcode: each((insn) => (insn.op === "br" && insn.branch === "bgt" ? undefined : insn)),
  },
  {
    name: "the base is not moved back for the next alternative",
    vcode: (program) =>
      inGenerated(program, (lambda) => {
        const from = movedFrom(lambda);
        const home = (register: number): number => {
          const before = from.get(register);
          return before === undefined ? register : home(before);
        };
        return lambda.insns.map((insn) => rebased(insn, home));
      }),
  },
];

const WALKS: readonly Planted[] = [
  {
    name: "a leaf is dropped",
    vcode: (program) =>
      inGenerated(program, ({ insns }) =>
        withoutLast(insns, (insn) => insn.op === "scall" && insn.primitive === "leaf"),
      ),
  },
  { name: "an alternative is skipped", vcode: (program) => inGenerated(program, leavesAll) },
  {
    name: "the next one's bit of what is present",
    vcode: each((insn, { insns }) => {
      const before = insns.slice(0, insns.indexOf(insn)).some((each) => each.op === "scall" && each.rd !== undefined);
      const isFlag = insn.op === "alui" && insn.alu === "and" && insn.type === "i" && before;
      return isFlag ? { ...insn, imm: Number(insn.imm) << 1 } : insn;
    }),
  },
  {
    name: "only the first interval that contains the value",
    vcode: each((insn) =>
      insn.op === "scall" && insn.primitive === "next" && insn.rd !== undefined
        ? { op: "set", type: "i", rd: insn.rd, imm: 0 }
        : insn,
    ),
  },
  {
    name: "a list's later intervals are not asked",
    vcode: each((insn, { insns }) => {
      const before = insns[insns.indexOf(insn) - 1];
      const isAgain = insn.op === "scall" && insn.primitive === "scan" && before?.op === "scall";
      return isAgain && before.primitive === "next" ? undefined : insn;
    }),
  },
];

/** Octets on the wire and the link type among a piece's parameters, where the program asks for both: then the order tells. */
function bothFacts({ registers, parameters }: Lambda, isMoved: boolean): readonly number[] {
  const first = isMoved ? 3 : 2;
  return registers.slice(first, parameters).join().startsWith("u,u") ? [first, first + 1] : [];
}

/** Whatever is read from octets on the wire, or from the link type, comes as `instead` has it. */
function forFacts(instead: (insn: Of<"mov">, fact: "wire" | "link") => Insn): (program: Program) => Program {
  return (program) => {
    const hasResiduals = program.lambdas.some(({ result }) => result !== undefined);
    const lambdas = program.lambdas.map((lambda, index) => {
      if (lambda.result !== undefined) return lambda;
      const [wire, link] = bothFacts(lambda, index > 0 && hasResiduals);
      const insns = lambda.insns.map((insn) => {
        if (insn.op !== "mov" || (insn.rs !== wire && insn.rs !== link)) return insn;
        return instead(insn, insn.rs === wire ? "wire" : "link");
      });
      return { ...lambda, insns };
    });
    return { ...program, lambdas };
  };
}

const FACTS: readonly Planted[] = [
  {
    name: "octets on the wire taken for those that were captured",
    vcode: forFacts((insn, fact) => (fact === "wire" ? { ...insn, rs: 1 } : insn)),
  },
  {
    name: "the link type ignored: always Ethernet's",
    vcode: forFacts((insn, fact) => (fact === "link" ? { op: "set", type: "u", rd: insn.rd, imm: 1 } : insn)),
  },
  {
    name: "a residual is told the link type for the octets on the wire",
    vcode: each((insn) => {
      if (insn.op !== "call" || insn.args.length < 4) return insn;
      const [packet, count, , link] = insn.args;
      return { ...insn, args: [packet, count, link, link].flatMap((arg) => arg ?? []) };
    }),
  },
  {
    name: "JavaScript: octets on the wire as a signed number of 16 bits",
    js: (source) => source.replace("= wire[row] | 0", "= (wire[row] << 16) >> 16"),
  },
  {
    name: "JavaScript: the link type of the row before",
    js: (source) => source.replace("= linkType[row] | 0", "= linkType[row - 1] | 0"),
  },
];

const EMITTED: readonly Planted[] = [
  { name: "a displaced entry of a dispatch table", tables: displace },
  { name: "ranks that do not tell claims apart", tables: levelRanks },
  {
    name: "JavaScript: the list of taps one too short",
    js: (source) => source.replace("= at - start;", "= at - start - 1;"),
  },
  { name: "JavaScript: another order of octets", js: (source) => source.replaceAll(", true)", ")") },
  { name: "JavaScript: the worse claim wins", js: (source) => source.replaceAll("> rank)", "< rank || rank < 0)") },
];

export const PLANTED: readonly Planted[] = [
  ...BOUNDS,
  ...FIELDS,
  ...BRANCHES,
  ...MOVES,
  ...WALKS,
  ...FACTS,
  ...EMITTED,
];
