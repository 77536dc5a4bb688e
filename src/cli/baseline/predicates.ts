/**
 * One predicate a filter, tried one after the other: packet filters before PATHFINDER (CSPF, BPF, MPF). A predicate
 * is code for a machine with one accumulator, walked by an interpreter; the first that accepts wins.
 *
 *   code        = { conjunction }
 *   conjunction = BEGIN k { insn } ACCEPT number      where it fails, the code goes on at k: the next conjunction
 *   insn        = LOAD8 k | LOAD16 k | LOAD32 k       A = field at base + k; fails past the end
 *               | AND k                               A = A & k
 *               | EQUAL k                             fails where A is different
 *               | ADVANCE k | SHIFT k                 base += k, base += A << k; fails past the end
 *
 * Each is two words. Written for comparison; equalities of octets and shifts only.
 */
import type { Atom, Conjunction, Filter } from "../../dpf/atom.js";
import type { Work } from "./work.js";

const Op = {
  packet: 0,
  begin: 1,
  load8: 2,
  load16: 3,
  load32: 4,
  and: 5,
  equal: 6,
  advance: 7,
  shift: 8,
  accept: 9,
} as const;
export const PREDICATE_STEPS = 10;

/** Of each instruction: the end of the code is checked, opcode and operand are loaded, a jump table chooses, the loop closes. */
const FETCH = { load: 3, alu: 2, branch: 1, jump: 1, taken: 1 } as const;

/** Operations of each step, by its opcode, as a compiler would leave them with the machine's state in registers. */
export const PREDICATE_WORK: readonly Work[] = [
  { alu: 4, jump: 2 },
  { ...FETCH, alu: FETCH.alu + 2 },
  { ...FETCH, alu: FETCH.alu + 3, branch: FETCH.branch + 1, packet8: 1 },
  { ...FETCH, alu: FETCH.alu + 3, branch: FETCH.branch + 1, packet16: 1 },
  { ...FETCH, alu: FETCH.alu + 3, branch: FETCH.branch + 1, packet32: 1 },
  { ...FETCH, alu: FETCH.alu + 1 },
  { ...FETCH, branch: FETCH.branch + 1 },
  { ...FETCH, alu: FETCH.alu + 1, branch: FETCH.branch + 1 },
  { ...FETCH, alu: FETCH.alu + 2, branch: FETCH.branch + 1 },
  { load: 3, alu: 2, branch: 1, jump: 1 },
];

export class Predicates {
  readonly #code: Int32Array;

  /** Filter i of the list gets number i + 1. Throws a RangeError where an atom is no equality of octets and no shift. */
  constructor(filters: readonly Filter[]) {
    const code: number[] = [];
    filters.forEach(({ conjunctions }, index) => {
      for (const conjunction of conjunctions) translate(conjunction, index + 1, code);
    });
    this.#code = Int32Array.from(code);
  }

  /** Number of the winner, 0 where none matches; the steps that it took are added to `tally` where there is one. */
  judge(view: DataView, address: number, captured: number, tally?: Int32Array): number {
    const code = this.#code;
    const end = address + captured;
    let base = address;
    let failure = 0;
    let accumulator = 0;
    if (tally !== undefined) count(tally, Op.packet);
    for (let at = 0; at < code.length; ) {
      const op = code[at] ?? 0;
      const operand = code[at + 1] ?? 0;
      let holds = true;
      if (tally !== undefined) count(tally, op);
      switch (op) {
        case Op.begin:
          failure = operand;
          base = address;
          break;
        case Op.load8:
          holds = base + operand + 1 <= end;
          if (holds) accumulator = view.getUint8(base + operand);
          break;
        case Op.load16:
          holds = base + operand + 2 <= end;
          if (holds) accumulator = view.getUint16(base + operand);
          break;
        case Op.load32:
          holds = base + operand + 4 <= end;
          if (holds) accumulator = view.getInt32(base + operand);
          break;
        case Op.and:
          accumulator &= operand;
          break;
        case Op.equal:
          holds = accumulator === operand;
          break;
        case Op.advance:
          base += operand;
          holds = base <= end;
          break;
        case Op.shift:
          base += (accumulator >>> 0) * 2 ** operand;
          holds = base <= end;
          break;
        default:
          return operand;
      }
      at = holds ? at + 2 : failure;
    }
    return 0;
  }
}

function count(tally: Int32Array, step: number): void {
  tally[step] = (tally[step] ?? 0) + 1;
}

function translate(conjunction: Conjunction, number: number, code: number[]): void {
  const begin = code.length;
  code.push(Op.begin, 0);
  for (const atom of conjunction) code.push(...insnsOf(atom));
  code.push(Op.accept, number);
  code[begin + 1] = code.length;
}

function insnsOf(atom: Atom): number[] {
  if (atom.kind === "shift") return [Op.advance, atom.octets];
  if ((atom.kind !== "equal" && atom.kind !== "shift-loaded") || (atom.kind === "equal" && atom.of !== undefined)) {
    throw new RangeError("predicates: an atom that is no equality of octets and no shift");
  }
  const { width, offset, mask } = atom;
  const full = mask >>> 0 === 2 ** width - 1;
  const load = width === 8 ? Op.load8 : width === 16 ? Op.load16 : Op.load32;
  const loaded = full ? [load, offset] : [load, offset, Op.and, mask | 0];
  return atom.kind === "equal" ? [...loaded, Op.equal, atom.value | 0] : [...loaded, Op.shift, atom.left];
}
