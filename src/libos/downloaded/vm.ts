/**
 * Virtual memory as library code, after ExOS (SOSP'95 §6.2): a page table in the environment's own memory, a linear vector that is
 * searched by binary search, with a dirty bit and protection for each page, and the handler of its faults. The kernel gives
 * pages, mappings and exceptions, and knows nothing of the rest.
 *
 * A page that is clean is mapped readable only. So the first store to it is told, and the bit is true without asking the
 * kernel, who may forget any mapping whenever it likes.
 */
import { Cause, ExceptionAnswer } from "../../kernel/abi.js";
import { READABLE, Trap, WRITABLE } from "../../vcode/image.js";
import type { Operand, Register } from "../../vcode/insn.js";
import type { Assembler } from "../../vcode/vcode.js";
import { callKernel, type Entry, type MappedPage } from "./entry.js";

/** An environment's pages in a row, which are its to protect, and one page more for the table of them. */
export interface Space {
  readonly table: MappedPage;
  readonly first: number;
  readonly count: number;
}

/** Octets of a table's page before its entries: its user's. */
const TABLE_HEAD = 64;
/** An entry: its virtual page, and its frame: physical page << 3 | bits. Words in network order. */
const ENTRY_SHIFT = 3;
const FRAME = 4;
const FRAME_SHIFT = 3;
/** Beside READABLE and WRITABLE, which say what is allowed. */
const DIRTY = 4;
const BOTH = READABLE | WRITABLE;

/** Lambdas, each of which may call those behind it. */
const RANGE = 1;
const FIND = 2;
const CHANGE = 3;
const LOOP_FUEL = 12;
const HANDLER_FUEL = 24;

export class PageTable {
  readonly space: Space;
  readonly #entry: Entry;
  readonly #pageShift: number;

  /** The entry has no other lambdas. RangeError where the table has no room for so many pages. */
  constructor(entry: Entry, space: Space) {
    const most = (entry.pageSize - TABLE_HEAD) >> ENTRY_SHIFT;
    if (space.count < 1 || space.count > most)
      throw new RangeError(`vm: ${space.count} pages, a table has 1 to ${most}`);
    this.space = space;
    this.#entry = entry;
    this.#pageShift = Math.log2(entry.pageSize);
    entry.lambda(4, range);
    entry.lambda(1, (v) => this.#find(v));
    entry.lambda(3, change);
  }

  /** A register with the address of the table's page. */
  head(): Register {
    return this.#entry.address(this.space.table);
  }

  /** Where the n-th of the pages begins; `page` gets its virtual page. */
  addressOf(rd: Register, page: Register, number: Register): void {
    const { v } = this.#entry;
    v.alui("add", "i", page, number, this.space.first);
    v.alui("lsh", "i", rd, page, this.#pageShift);
  }

  /** Allocates the pages and writes the table, before anything else; rd: 0, or the first error of alloc. */
  prepare(rd: Register): void {
    const { v } = this.#entry;
    const { table, first, count } = this.space;
    const page = v.getreg("i");
    const [more, failed] = [v.genlabel(), v.genlabel()];
    this.#entry.kernel(rd, "alloc", { imm: table.physicalPage });
    v.bri("blt", "i", rd, 0, failed);
    const at = this.head();
    v.set("i", page, first);
    v.label(more);
    v.fuel(LOOP_FUEL);
    this.#entry.kernel(rd, "alloc", { imm: -1 });
    v.bri("blt", "i", rd, 0, failed);
    v.alui("lsh", "i", rd, rd, FRAME_SHIFT);
    v.alui("or", "i", rd, rd, BOTH);
    v.stv("network", "i", page, at, { imm: TABLE_HEAD });
    v.stv("network", "i", rd, at, { imm: TABLE_HEAD + FRAME });
    v.alui("add", "i", at, at, 1 << ENTRY_SHIFT);
    v.alui("add", "i", page, page, 1);
    v.bri("blt", "i", page, first + count, more);
    v.set("i", rd, 0);
    v.label(failed);
  }

  /** No store to these from now on, which are all in the table where the first is; rd: below 0 where that is not. */
  protect(rd: Register, page: Operand, count: Operand): void {
    this.#entry.v.call(rd, RANGE, page, count, { imm: ~WRITABLE }, { imm: 0 });
  }

  unprotect(rd: Register, page: Operand, count: Operand): void {
    this.#entry.v.call(rd, RANGE, page, count, { imm: -1 }, { imm: WRITABLE });
  }

  /** As if nobody had stored to it yet. */
  clean(rd: Register, page: Operand): void {
    this.#entry.v.call(rd, RANGE, page, { imm: 1 }, { imm: ~DIRTY }, { imm: 0 });
  }

  /** 1 where somebody has stored to it; 0 also of a page that is none of the table's. */
  isDirty(rd: Register, page: Register): void {
    const { v } = this.#entry;
    const none = v.genlabel();
    v.call(rd, FIND, { reg: page });
    v.bri("beq", "i", rd, 0, none);
    v.ldv("network", "i", rd, rd, { imm: FRAME });
    v.alui("rsh", "u", rd, rd, Math.log2(DIRTY));
    v.alui("and", "i", rd, rd, 1);
    v.label(none);
  }

  /** In a violation's code: the page may be stored to, as the store that failed will do. */
  permit(at: Register): void {
    const { v } = this.#entry;
    v.call(at, CHANGE, { reg: at }, { imm: -1 }, { imm: WRITABLE | DIRTY });
  }

  /**
   * The handler: maps what is not mapped, marks what is stored to. `violation`: code for a store to a protected page, its entry at
   * `at`; it ends with an answer, or the activation is abandoned, as at any other exception.
   */
  handler(violation: (page: Register, at: Register) => void): void {
    const { v } = this.#entry;
    const abandon: Operand = { imm: ExceptionAnswer.abandon };
    const body = () => {
      const [page, at, bits] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
      const [pages, violated, map, gone] = [v.genlabel(), v.genlabel(), v.genlabel(), v.genlabel()];
      v.alui("rsh", "u", page, this.#entry.m(2), this.#pageShift);
      v.bri("bgt", "i", this.#entry.m(1), Trap.protection, gone);
      v.bri("bne", "i", page, this.space.table.virtualPage, pages);
      this.#mapTable(bits);
      v.bri("blt", "i", bits, 0, gone);
      v.ret({ imm: ExceptionAnswer.retry });
      v.label(pages);
      v.call(at, FIND, { reg: page });
      v.bri("beq", "i", at, 0, gone);
      v.set("i", bits, 0);
      v.bri("beq", "i", this.#entry.m(3), 0, map);
      v.ldv("network", "i", bits, at, { imm: FRAME });
      v.alui("and", "i", bits, bits, WRITABLE);
      v.bri("beq", "i", bits, 0, violated);
      v.set("i", bits, DIRTY);
      v.label(map);
      v.call(bits, CHANGE, { reg: at }, { imm: -1 }, { reg: bits });
      v.bri("blt", "i", bits, 0, gone);
      v.ret({ imm: ExceptionAnswer.retry });
      v.label(violated);
      violation(page, at);
      v.label(gone);
    };
    this.#entry.on(Cause.exception, HANDLER_FUEL, body, abandon);
  }

  #mapTable(rd: Register): void {
    const { virtualPage, physicalPage } = this.space.table;
    this.#entry.kernel(rd, "map", { imm: virtualPage }, { imm: physicalPage }, { imm: BOTH });
  }

  /** find(virtual page): address of its entry; 0 where there is none. */
  #find(v: Assembler): void {
    const wanted = 0;
    const [low, high, middle, found] = [v.getreg("i"), v.getreg("i"), v.getreg("i"), v.getreg("i")];
    const [more, above, end] = [v.genlabel(), v.genlabel(), v.genlabel()];
    const base = this.space.table.virtualPage * this.#entry.pageSize + TABLE_HEAD;
    v.set("i", low, base);
    v.set("i", high, base + (this.space.count << ENTRY_SHIFT));
    v.label(more);
    v.fuel(LOOP_FUEL);
    v.br("bge", "u", low, high, end);
    // Half way, at the beginning of an entry.
    v.alu("sub", "i", middle, high, low);
    v.alui("rsh", "u", middle, middle, ENTRY_SHIFT + 1);
    v.alui("lsh", "i", middle, middle, ENTRY_SHIFT);
    v.alu("add", "i", middle, middle, low);
    v.ldv("network", "i", found, middle, { imm: 0 });
    v.br("blt", "i", found, wanted, above);
    v.mov("i", high, middle);
    v.br("bne", "i", found, wanted, more);
    v.ret({ reg: middle });
    v.label(above);
    v.alui("add", "i", low, middle, 1 << ENTRY_SHIFT);
    v.j(more);
    v.label(end);
    v.ret({ imm: 0 });
  }
}

/** range(virtual page, count, keep, add): changes so many entries; 0, or below 0. */
function range(v: Assembler): void {
  const [page, count, keep, add] = [0, 1, 2, 3];
  const [at, answer] = [v.getreg("i"), v.getreg("i")];
  const [more, none, end] = [v.genlabel(), v.genlabel(), v.genlabel()];
  v.call(at, FIND, { reg: page });
  v.bri("beq", "i", at, 0, none);
  v.label(more);
  v.fuel(LOOP_FUEL);
  v.call(answer, CHANGE, { reg: at }, { reg: keep }, { reg: add });
  v.bri("blt", "i", answer, 0, end);
  v.alui("add", "i", at, at, 1 << ENTRY_SHIFT);
  v.alui("sub", "i", count, count, 1);
  v.bri("bgt", "i", count, 0, more);
  v.label(end);
  v.ret({ reg: answer });
  v.label(none);
  v.ret({ imm: -1 });
}

/** change(entry, keep, add): its bits, and its mapping as they say; what map answers. */
function change(v: Assembler): void {
  const [at, keep, add] = [0, 1, 2];
  const [page, frame, rights] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
  v.ldv("network", "i", page, at, { imm: 0 });
  v.ldv("network", "i", frame, at, { imm: FRAME });
  v.alu("and", "i", frame, frame, keep);
  v.alu("or", "i", frame, frame, add);
  v.stv("network", "i", frame, at, { imm: FRAME });
  // Writable where it is allowed and known to be dirty.
  v.alui("rsh", "u", rights, frame, 1);
  v.alu("and", "i", rights, rights, frame);
  v.alui("and", "i", rights, rights, WRITABLE);
  v.alui("or", "i", rights, rights, READABLE);
  v.alui("rsh", "u", frame, frame, FRAME_SHIFT);
  callKernel(v, frame, "map", { reg: page }, { reg: frame }, { reg: rights });
  v.ret({ reg: frame });
}
