/**
 * Bugs as a lowering might have them, planted from outside: in the tree that it is handed, or in the program that it gives back. Of registers and
 * labels nothing is assumed but what VCODE says; of state, where layout.ts has it.
 */
import { type Layout, TableHead } from "../../src/ash/layout.js";
import type { Handler } from "../../src/ash/tree.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { type Branch, type Insn, type Lambda, type MemoryType, OCTETS, type Program } from "../../src/vcode/insn.js";

export interface Planted {
  readonly name: string;
  /** It is about the message's bounds: the verifier may refuse all that have it. */
  readonly proved?: boolean;
  /** The tree that is lowered in the place of the checked one. */
  readonly tree?: (node: object) => void;
  /** What becomes of the instructions of a lambda. */
  readonly insns?: (insns: readonly Insn[], layout: Layout) => readonly Insn[];
}

/** A tree with the bug in it. */
export function plantedTree({ tree }: Planted, handler: Handler): Handler {
  if (tree === undefined) return handler;
  const copy = structuredClone(handler);
  eachNode([copy.functions, copy.pipes], tree);
  return copy;
}

export function plantedProgram({ insns }: Planted, program: Program, layout: Layout): Program {
  if (insns === undefined) return program;
  const planted = (lambda: Lambda) => ({ ...lambda, insns: insns(lambda.insns, layout) });
  return { ...program, lambdas: program.lambdas.map(planted) };
}

/** Whatever has a kind, what it is made of first. */
function eachNode(value: unknown, visit: (node: object) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const part of Object.values(value)) eachNode(part, visit);
  if ("kind" in value) visit(value);
}

/** Each instruction by itself. */
const each = (change: (insn: Insn, layout: Layout) => Insn) => (insns: readonly Insn[], layout: Layout) =>
  insns.map((insn) => change(insn, layout));

const NARROW: readonly string[] = ["c", "uc", "s", "us"];
const SIGNLESS: Partial<Record<MemoryType, MemoryType>> = { c: "uc", s: "us" };
const ORDERED: readonly Branch[] = ["blt", "ble", "bgt", "bge"];

/** Offset in state of a virtual access with a constant. */
function offsetOf(insn: Insn): number | undefined {
  if ((insn.op !== "ldv" && insn.op !== "stv") || !("imm" in insn.offset)) return undefined;
  const offset = Number(insn.offset.imm);
  return offset >= STATE_BASE ? offset - STATE_BASE : offset;
}

function isAccumulator(offset: number, { items }: Layout): boolean {
  return items.some((item) => item.kind === "accumulator" && item.offset === offset);
}

/** Where a word of a table's head lies. */
function headsOf({ items }: Layout, word: "size" | "newest" | "oldest"): number[] {
  return items.filter(({ kind }) => kind === "table").map(({ offset }) => offset + TableHead[word]);
}

/** Out of a line of instructions without labels and branches, a load comes behind the call that follows it. */
function callsFirst(insns: readonly Insn[]): readonly Insn[] {
  const turned = [...insns];
  for (let at = 0; at < turned.length; at++) {
    const [load, call] = [turned[at], turned[at + 1]];
    if (load?.op !== "ldv" || call === undefined) continue;
    const end = turned.findIndex((insn, index) => index > at && !isPure(insn, load.rd, load.base));
    const last = turned[end];
    if (last?.op !== "call" || last.rd === load.rd || last.rd === load.base) continue;
    if (last.args.some((arg) => "reg" in arg && arg.reg === load.rd)) continue;
    turned.splice(at, end - at + 1, ...turned.slice(at + 1, end + 1), load);
    at = end;
  }
  return turned;
}

/** It computes something else, and stores nothing. */
function isPure(insn: Insn, value: number, base: number): boolean {
  if (insn.op !== "set" && insn.op !== "mov" && insn.op !== "alui" && insn.op !== "cv") return false;
  const read = insn.op === "set" ? undefined : insn.op === "alui" ? insn.rs1 : insn.rs;
  return insn.rd !== value && insn.rd !== base && read !== value;
}

function firstTwoTurned<T>(args: readonly T[]): readonly T[] {
  const [first, second, ...others] = args;
  return first === undefined || second === undefined ? args : [second, first, ...others];
}

function sizesKept(insns: readonly Insn[], layout: Layout): readonly Insn[] {
  const sizes = headsOf(layout, "size");
  return insns.map((insn, at) => {
    const next = insns[at + 1];
    const offset = next === undefined ? undefined : offsetOf(next);
    const counts = insn.op === "alui" && (insn.imm === -1 || (insn.alu === "sub" && insn.imm === 1));
    return counts && next?.op === "stv" && offset !== undefined && sizes.includes(offset) ? { ...insn, imm: 0 } : insn;
  });
}

/** Two loads that are put together become one of the width of both, whatever it is aligned to. */
const loadedAtOnce = (narrow: MemoryType, wide: MemoryType) => (insns: readonly Insn[]) => {
  const octets = OCTETS[narrow];
  const joined: Insn[] = [];
  for (let at = 0; at < insns.length; at++) {
    const [first, second, shift, or] = insns.slice(at, at + 4);
    const both = [first, second].every((insn) => insn?.op === "ldv" && insn.memory === narrow);
    const follow = offsetsOf(second) - offsetsOf(first) === octets;
    const put = shift?.op === "alui" && shift.alu === "lsh" && shift.imm === 8 * octets && or?.op === "alu";
    if (first?.op === "ldv" && both && follow && put && or.alu === "or" && shift.rd === first.rd) {
      joined.push({ ...first, memory: wide });
      at += 3;
    } else if (insns[at] !== undefined) joined.push(insns[at]!);
  }
  return joined;
};

function offsetsOf(insn: Insn | undefined): number {
  return insn?.op === "ldv" && "imm" in insn.offset ? Number(insn.offset.imm) : Number.NaN;
}

export const PLANTED: readonly Planted[] = [
  { name: "octets at odd offsets are loaded by halves of a word", insns: loadedAtOnce("uc", "us") },
  { name: "multiples of 2 are taken for multiples of 4", insns: loadedAtOnce("us", "u") },
  {
    name: "unsigned comparisons are signed",
    insns: each((insn) =>
      (insn.op === "br" || insn.op === "bri") && insn.type === "u" && ORDERED.includes(insn.branch)
        ? { ...insn, type: "i" }
        : insn,
    ),
  },
  {
    name: "unsigned shifts to the right keep a sign",
    insns: each((insn) =>
      (insn.op === "alu" || insn.op === "alui") && insn.alu === "rsh" && insn.type === "u"
        ? { ...insn, type: "i" }
        : insn,
    ),
  },
  {
    name: "shifts go the other way",
    insns: each((insn) => (insn.op === "alu" && insn.alu === "lsh" ? { ...insn, alu: "rsh" } : insn)),
  },
  {
    name: "small types keep all bits",
    insns: each((insn) =>
      insn.op === "cv" && NARROW.includes(insn.to) ? { op: "mov", type: "u", rd: insn.rd, rs: insn.rs } : insn,
    ),
  },
  {
    name: "small signed loads have no sign",
    insns: each((insn) =>
      insn.op === "ld" || insn.op === "ldv" ? { ...insn, memory: SIGNLESS[insn.memory] ?? insn.memory } : insn,
    ),
  },
  {
    name: "octets are loaded in the machine's order",
    insns: each((insn) => (insn.op === "ldv" && insn.order === "network" ? { ...insn, order: "host" } : insn)),
  },
  {
    name: "the message is loaded in the machine's order",
    insns: each((insn) => (insn.op === "ld" ? { ...insn, order: "host" } : insn)),
  },
  {
    name: "a difference is taken the other way round",
    insns: each((insn) =>
      insn.op === "alu" && insn.alu === "sub" && insn.type !== "p" ? { ...insn, rs1: insn.rs2, rs2: insn.rs1 } : insn,
    ),
  },
  {
    name: "a division gives what is left",
    insns: each((insn) => (insn.op === "alu" && insn.alu === "div" ? { ...insn, alu: "mod" } : insn)),
  },
  {
    name: "indexes may be one too far",
    insns: each((insn) =>
      insn.op === "bri" && (insn.branch === "bge" || insn.branch === "bgt") && insn.type === "u"
        ? { ...insn, imm: Number(insn.imm) + 1 }
        : insn,
    ),
  },
  {
    name: "the message may be one octet short",
    proved: true,
    insns: each((insn) =>
      insn.op === "bri" && insn.branch === "blt" && insn.rs1 === 1 ? { ...insn, imm: Number(insn.imm) - 1 } : insn,
    ),
  },
  {
    name: "the newest entry leaves",
    insns: each((insn, layout) => {
      const oldest = headsOf(layout, "oldest").find((offset) => offset === offsetOf(insn));
      if (insn.op !== "ldv" || oldest === undefined || !("imm" in insn.offset)) return insn;
      return { ...insn, offset: { imm: Number(insn.offset.imm) - TableHead.oldest + TableHead.newest } };
    }),
  },
  { name: "a table's size stays where an entry leaves", insns: sizesKept },
  {
    name: "what pipes gather is not stored",
    insns: (insns, layout) => insns.filter((insn) => insn.op !== "stv" || !isAccumulator(offsetOf(insn) ?? -1, layout)),
  },
  { name: "a call comes before what is left of it", insns: callsFirst },
  {
    name: "the first two arguments are turned",
    insns: each((insn) => (insn.op === "call" ? { ...insn, args: firstTwoTurned(insn.args) } : insn)),
  },
  {
    name: "a key's fields are computed in the order of its shape",
    tree: (node) => {
      if (!("keys" in node && "order" in node && Array.isArray(node.keys))) return;
      Object.assign(node, { order: [...node.keys.keys()] });
    },
  },
  {
    name: "continue skips the update",
    tree: (node) => {
      if (!("update" in node && "body" in node && Array.isArray(node.update) && Array.isArray(node.body))) return;
      Object.assign(node, { update: [], body: [...node.body, ...node.update] });
    },
  },
  {
    name: "a loop tests its condition behind the first round",
    tree: (node) => {
      if ("first" in node) Object.assign(node, { first: false });
    },
  },
  {
    name: "both sides of && are computed",
    tree: (node) => {
      if (!("kind" in node && node.kind === "and")) return;
      Object.assign(node, { kind: "arithmetic", op: "and" });
    },
  },
  {
    name: "an update keeps what was there",
    tree: (node) => {
      if ("kind" in node && node.kind === "held") Object.assign(node, { kind: "constant", value: 0 });
    },
  },
  {
    name: "arms of a switch have one value each",
    tree: (node) => {
      if (!("arms" in node && Array.isArray(node.arms))) return;
      for (const arm of node.arms) Object.assign(arm, { values: arm.values.slice(0, 1) });
    },
  },
];
