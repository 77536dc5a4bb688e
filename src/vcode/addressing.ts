/**
 * Registers that proofs about addresses may be about, and where they live: most registers hold data that decides no address, and
 * the verifier's search for facts does not look at those.
 *
 * A register matters if it is an address, a count or an offset; if a value that matters is computed from it; if it is
 * copied, subtracted or moved by a constant from one that matters, since what is said of it says something of that; or if it
 * is compared with one that matters.
 */
import { isLong } from "./compute.js";
import type { Flow } from "./flow.js";
import type { Insn, Lambda, Program, Register } from "./insn.js";
import { assignedBy, readsOf } from "./registers.js";

/** By register: 1 where it matters. */
export function addressing(lambda: Lambda, program: Program): Uint8Array {
  const sources: Register[][] = lambda.registers.map(() => []);
  const matters = new Uint8Array(lambda.registers.length);
  const open: Register[] = [];
  const mark = (register: Register | undefined) => {
    if (register === undefined || matters[register] !== 0 || isLong(lambda.registers[register] ?? "l")) return;
    matters[register] = 1;
    open.push(register);
  };
  lambda.registers.forEach((type, register) => {
    if (type === "p") mark(register);
  });
  for (let pair = 0; pair < lambda.regions.length; pair++) mark(2 * pair + 1);
  for (const insn of lambda.insns) {
    for (const register of seedsOf(insn, program)) mark(register);
    connect(insn, sources);
  }
  for (let register = open.pop(); register !== undefined; register = open.pop()) sources[register]?.forEach(mark);
  return matters;
}

function seedsOf(insn: Insn, program: Program): readonly (Register | undefined)[] {
  if (insn.op === "ld" || insn.op === "st") return "reg" in insn.offset ? [insn.offset.reg] : [];
  if (insn.op !== "call") return [];
  const pairs = 2 * (program.lambdas[insn.lambda]?.regions.length ?? 0);
  return insn.args.slice(0, pairs).map((argument) => ("reg" in argument ? argument.reg : undefined));
}

function connect(insn: Insn, sources: readonly Register[][]): void {
  switch (insn.op) {
    case "mov":
    case "unary":
    case "cv":
    case "alu":
    case "alui": {
      const reads = readsOf(insn);
      for (const register of reads) sources[insn.rd]?.push(register);
      if (reads[0] !== undefined && isShift(insn)) sources[reads[0]]?.push(insn.rd);
      return;
    }
    case "br":
      sources[insn.rs1]?.push(insn.rs2);
      sources[insn.rs2]?.push(insn.rs1);
      return;
    default:
  }
}

/** Whether what is known of the result is known of the first operand, but for a constant or another word. */
function isShift(insn: Insn): boolean {
  if (insn.op === "alui") return insn.alu === "add" || insn.alu === "sub";
  return insn.op === "mov" || insn.op === "cv" || (insn.op === "alu" && insn.alu === "sub");
}

/** Whether a register matters and may still be read from the beginning of a block on. */
export type Liveness = (block: number, register: Register) => boolean;

export function livenessOf(lambda: Lambda, flow: Flow, matters: Uint8Array): Liveness {
  const place = new Int32Array(matters.length).fill(-1);
  let members = 0;
  const enters = enteringOf(lambda, flow);
  for (const [register, yes] of matters.entries()) if (yes === 1 && enters[register] === 1) place[register] = members++;
  const words = (members + 31) >>> 5;
  const sets = new Uint32Array(words * flow.start.length);
  const set = new Uint32Array(words);
  const order = flow.order.toReversed();
  // Against the order, until nothing changes: once, and once more for each loop around a loop.
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      set.fill(0);
      for (const to of flow.successors[block] ?? []) {
        for (let word = 0; word < words; word++) set[word] = (set[word] ?? 0) | (sets[to * words + word] ?? 0);
      }
      backwards(lambda, flow, block, place, set);
      for (let word = 0; word < words; word++) {
        if (flow.back.length > 0 && sets[block * words + word] !== set[word]) changed = true;
        sets[block * words + word] = set[word] ?? 0;
      }
    }
  }
  return (block, register) => {
    const at = place[register] ?? -1;
    return at >= 0 && (((sets[block * words + (at >>> 5)] ?? 0) >>> (at & 31)) & 1) === 1;
  };
}

/**
 * By register: 1 where some block reads it before assigning it. All others are read where they were made, as most are: they live at no
 * block's beginning, and sets that had room for them would grow with the square of the code.
 */
function enteringOf({ registers, insns }: Lambda, flow: Flow): Uint8Array {
  const enters = new Uint8Array(registers.length);
  const assignedIn = new Int32Array(registers.length).fill(-1);
  for (const block of flow.order) {
    const end = flow.end[block] ?? 0;
    for (let index = flow.start[block] ?? 0; index < end; index++) {
      const insn = insns[index];
      if (insn === undefined) continue;
      for (const register of readsOf(insn)) if (assignedIn[register] !== block) enters[register] = 1;
      const assigned = assignedBy(insn);
      if (assigned !== undefined) assignedIn[assigned] = block;
    }
  }
  return enters;
}

function backwards(lambda: Lambda, flow: Flow, block: number, place: Int32Array, set: Uint32Array): void {
  const start = flow.start[block] ?? 0;
  for (let index = (flow.end[block] ?? 0) - 1; index >= start; index--) {
    const insn = lambda.insns[index];
    if (insn === undefined) continue;
    const assigned = place[assignedBy(insn) ?? -1] ?? -1;
    if (assigned >= 0) set[assigned >>> 5] = (set[assigned >>> 5] ?? 0) & ~(1 << (assigned & 31));
    for (const register of readsOf(insn)) {
      const at = place[register] ?? -1;
      if (at >= 0) set[at >>> 5] = (set[at >>> 5] ?? 0) | (1 << (at & 31));
    }
  }
}
