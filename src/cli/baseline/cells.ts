/**
 * Filters as PATHFINDER (OSDI'94) keeps them: patterns are lines of generic cells (offset, length, mask, value),
 * lines that begin alike share their cells, and a field that has several values is one cell with a hash table of
 * them. The cells are data, walked by an interpreter: what a merged program costs that is not compiled.
 *
 * Written for comparison. Atoms keep the order in which they were written, as in the original; of the filters that
 * match the one with the lowest number wins. Equalities of octets and shifts only.
 */
import type { Atom, Conjunction, Filter } from "../../dpf/atom.js";
import type { Work } from "./work.js";

/** Words of a cell. `table`: number of the table of values, 0 where there is one value. Cell 0 is none. */
const Word = { kind: 0, offset: 1, mask: 2, value: 3, left: 3, table: 4, next: 5, alternative: 6, accept: 7 } as const;
const WORDS = 8;

/** A kind below MOVE compares a field of so many octets; MOVE and octets: the field moves the base; ADVANCE: a constant. */
const MOVE = 8;
const ADVANCE = 16;

const Step = {
  packet: 0,
  visit: 1,
  field8: 2,
  field16: 3,
  field32: 4,
  compare: 5,
  probe: 6,
  move: 7,
  enter: 8,
} as const;
export const CELL_STEPS = 9;

/**
 * Operations of each step, by its number, as a compiler would leave them with the walk's state in registers.
 * A visit: kind, offset, mask and the alternative are loaded (PATHFINDER's four), a jump table chooses by the kind,
 * and the loop closes. A field: its address, its end, the bounds check, the mask. A probe: the value is hashed into
 * a slot, whose value is compared and whose child is loaded. What is entered costs a call and its return.
 */
export const CELL_WORK: readonly Work[] = [
  { alu: 4, jump: 2 },
  { load: 5, alu: 2, branch: 1, jump: 1, taken: 1 },
  { packet8: 1, alu: 3, branch: 1 },
  { packet16: 1, alu: 3, branch: 1 },
  { packet32: 1, alu: 3, branch: 1 },
  { load: 2, branch: 2 },
  { load: 4, alu: 6, branch: 3 },
  { load: 1, alu: 2, branch: 1 },
  { load: 2, alu: 4, branch: 2, jump: 2 },
];

export class Cells {
  #words = new Int32Array(1024 * WORDS);
  #count = 1;
  #root = 0;
  readonly #tables: Map<number, number>[] = [new Map()];
  /** The first filter without atoms. */
  #always = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  #best = 0;
  #tally: Int32Array | undefined;

  /** Filter i of the list gets number i + 1. Throws a RangeError where an atom is no equality of octets and no shift. */
  constructor(filters: readonly Filter[]) {
    filters.forEach(({ conjunctions }, index) => {
      for (const conjunction of conjunctions) this.#insert(conjunction, index + 1);
    });
  }

  /** Number of the winner, 0 where none matches; the steps that it took are added to `tally` where there is one. */
  judge(view: DataView, address: number, captured: number, tally?: Int32Array): number {
    this.#view = view;
    this.#end = address + captured;
    this.#best = this.#always;
    this.#tally = tally;
    this.#step(Step.packet);
    this.#walk(this.#root, address);
    return this.#best;
  }

  #insert(conjunction: Conjunction, number: number): void {
    let parent = 0;
    for (const atom of conjunction) parent = this.#descend(parent, atom);
    if (parent === 0) this.#always = this.#always === 0 ? number : this.#always;
    else if (this.#word(parent, Word.accept) === 0) this.#set(parent, Word.accept, number);
  }

  /** The cell of that atom below `parent`: one that is there, a new value of one, or a new alternative. */
  #descend(parent: number, atom: Atom): number {
    const { kind, offset, mask, value } = cellOf(atom);
    let last = 0;
    let cell = parent === 0 ? this.#root : this.#word(parent, Word.next);
    for (; cell !== 0; cell = this.#word(cell, Word.alternative)) {
      last = cell;
      const [k, o, m] = [this.#word(cell, Word.kind), this.#word(cell, Word.offset), this.#word(cell, Word.mask)];
      if (k !== kind || o !== offset || m !== mask) continue;
      if (kind < MOVE) return this.#valueOf(cell, value);
      if (this.#word(cell, Word.left) === value) return cell;
    }
    const added = this.#add(kind, offset, mask, value);
    if (last !== 0) this.#set(last, Word.alternative, added);
    else if (parent === 0) this.#root = added;
    else this.#set(parent, Word.next, added);
    return added;
  }

  /** What stands for that value of the field that `cell` compares; with a second value they move to a table. */
  #valueOf(cell: number, value: number): number {
    const kind = this.#word(cell, Word.kind);
    const first = this.#word(cell, Word.value);
    if (this.#word(cell, Word.table) === 0) {
      if (first === value) return cell;
      const moved = this.#add(kind, 0, 0, first);
      this.#set(moved, Word.next, this.#word(cell, Word.next));
      this.#set(moved, Word.accept, this.#word(cell, Word.accept));
      this.#set(cell, Word.table, this.#tables.push(new Map([[first, moved]])) - 1);
    }
    const table = this.#tables[this.#word(cell, Word.table)];
    const known = table?.get(value);
    if (known !== undefined) return known;
    const added = this.#add(kind, 0, 0, value);
    table?.set(value, added);
    return added;
  }

  #add(kind: number, offset: number, mask: number, value: number): number {
    const cell = this.#count++;
    if (this.#count * WORDS > this.#words.length) {
      const words = new Int32Array(2 * this.#words.length);
      words.set(this.#words);
      this.#words = words;
    }
    this.#set(cell, Word.kind, kind);
    this.#set(cell, Word.offset, offset);
    this.#set(cell, Word.mask, mask);
    this.#set(cell, Word.value, value);
    return cell;
  }

  /** Tries the cell and all its alternatives: more than one may match. */
  #walk(first: number, base: number): void {
    for (let cell = first; cell !== 0; cell = this.#word(cell, Word.alternative)) {
      this.#step(Step.visit);
      const kind = this.#word(cell, Word.kind);
      const at = base + this.#word(cell, Word.offset);
      if (kind === ADVANCE) this.#move(cell, at);
      else if (kind > MOVE) this.#shift(cell, kind - MOVE, base, at);
      else this.#compare(cell, kind, base, at);
    }
  }

  #compare(cell: number, octets: number, base: number, at: number): void {
    if (at + octets > this.#end) return;
    const value = this.#field(at, octets) & this.#word(cell, Word.mask);
    const table = this.#word(cell, Word.table);
    if (table === 0) {
      this.#step(Step.compare);
      if (value === this.#word(cell, Word.value)) this.#enter(cell, base);
      return;
    }
    this.#step(Step.probe);
    const child = this.#tables[table]?.get(value);
    if (child !== undefined) this.#enter(child, base);
  }

  #shift(cell: number, octets: number, base: number, at: number): void {
    if (at + octets > this.#end) return;
    const masked = (this.#field(at, octets) & this.#word(cell, Word.mask)) >>> 0;
    this.#move(cell, base + masked * 2 ** this.#word(cell, Word.left));
  }

  #move(cell: number, base: number): void {
    this.#step(Step.move);
    if (base <= this.#end) this.#enter(cell, base);
  }

  #enter(cell: number, base: number): void {
    this.#step(Step.enter);
    const accept = this.#word(cell, Word.accept);
    if (accept !== 0 && (this.#best === 0 || accept < this.#best)) this.#best = accept;
    this.#walk(this.#word(cell, Word.next), base);
  }

  #field(at: number, octets: number): number {
    if (octets === 1) {
      this.#step(Step.field8);
      return this.#view.getUint8(at);
    }
    if (octets === 2) {
      this.#step(Step.field16);
      return this.#view.getUint16(at);
    }
    this.#step(Step.field32);
    return this.#view.getInt32(at);
  }

  #step(step: number): void {
    if (this.#tally !== undefined) this.#tally[step] = (this.#tally[step] ?? 0) + 1;
  }

  #word(cell: number, word: number): number {
    return this.#words[WORDS * cell + word] ?? 0;
  }

  #set(cell: number, word: number, value: number): void {
    this.#words[WORDS * cell + word] = value;
  }
}

/** Masks and values as signed words; `value` of a cell that moves is the scale. */
function cellOf(atom: Atom): { kind: number; offset: number; mask: number; value: number } {
  if (atom.kind === "shift") return { kind: ADVANCE, offset: atom.octets, mask: 0, value: 0 };
  if ((atom.kind !== "equal" && atom.kind !== "shift-loaded") || (atom.kind === "equal" && atom.of !== undefined)) {
    throw new RangeError("cells: an atom that is no equality of octets and no shift");
  }
  const field = { offset: atom.offset, mask: atom.mask | 0 };
  if (atom.kind === "equal") return { ...field, kind: atom.width / 8, value: atom.value | 0 };
  return { ...field, kind: MOVE + atom.width / 8, value: atom.left };
}
