/**
 * What programs ask of virtual memory, after Appel and Li (ASPLOS'91; SOSP'95 §6.2 measured the same), on pages of vm.ts: to know
 * whether a page is dirty, to protect one or a hundred, to take a fault, and to take it and change protections in the handler.
 * Each operation is a message: m1 names it, m2 and m3 are its arguments.
 */
import { Cause, ExceptionAnswer } from "../../kernel/abi.js";
import type { Program, Register } from "../../vcode/insn.js";
import { Entry } from "./entry.js";
import { PageTable, type Space } from "./vm.js";

/** Pages are numbered from 0 here. What is given back stands behind the colon. */
const ONCE = [
  /** (): allocates all pages, first of all: 0, or an error. */
  "prepare",
  /** (page): its first word. */
  "load",
  /** (page, word): 0. */
  "store",
  /** (page, count): below 0 where there is no such page. */
  "protect",
  "unprotect",
  /** (page). */
  "clean",
  /** (page): 1 or 0. */
  "isDirty",
  /** (): stores to protected pages so far. */
  "violations",
  /** (what becomes of a store to a protected page: its place in VM_VIOLATIONS): 0. */
  "handle",
  /** (page): the page that `swap` protects next, which is open meanwhile. */
  "leaveOpen",
] as const;

/** (count): so often. What they find the pages like is for the operations before to say. */
const OFTEN = [
  "nothing",
  /** Asks whether a page is dirty. */
  "dirty",
  /** Protects and unprotects one page. */
  "prot1",
  /** All pages. */
  "prot100",
  "unprot100",
  /** Stores to the first page. */
  "trap",
  /** Stores to random pages, but never to the one that is open. */
  "appel1",
  /** Protects all pages, and stores to each in random order. */
  "appel2",
] as const;

export const VM_OPERATIONS = [...ONCE, ...OFTEN] as const;
export type VmOperation = (typeof VM_OPERATIONS)[number];

/** The activation is abandoned; the store is left out; this page is permitted and the one that was open protected; it is permitted. */
export const VM_VIOLATIONS = ["abandon", "skip", "swap", "permit"] as const;
export type VmViolation = (typeof VM_VIOLATIONS)[number];

/** In the head of the table's page, in network order. */
const State = { violations: 0, violation: 4, open: 8, chance: 12 } as const;
const WORD = { imm: 0 };
const FUEL = 16;
const LOOP_FUEL = 24;
/** "Numerical Recipes", a generator modulo 2^32. */
const FACTOR = 1664525;
const TERM = 1013904223;
/** x → 5x + 3 modulo a power of two comes by every number once. */
const WALK = { factor: 5, term: 3 } as const;

export class AppelAndLi {
  readonly #entry: Entry;
  readonly #table: PageTable;

  constructor(space: Space, pageSize: number) {
    this.#entry = new Entry(pageSize);
    this.#table = new PageTable(this.#entry, space);
  }

  program(): Program {
    const entry = this.#entry;
    this.#table.handler((page, at) => this.#violation(page, at));
    entry.on(Cause.message, FUEL, () => {
      const { v } = entry;
      const labels = VM_OPERATIONS.map(() => v.genlabel());
      const none = v.genlabel();
      v.jt(entry.m(1), labels, none);
      for (const [at, label] of labels.entries()) {
        const [result, address] = [v.getreg("i"), v.getreg("i")];
        v.label(label);
        v.set("i", result, 0);
        this.#operations(result, address)[VM_OPERATIONS[at] ?? "nothing"]();
        v.ret({ reg: result });
        v.putreg(result);
        v.putreg(address);
      }
      v.label(none);
    });
    return entry.end();
  }

  /** Code of each, which leaves what is given back in `result`, 0 before. */
  #operations(result: Register, address: Register): Readonly<Record<VmOperation, () => void>> {
    return { ...this.#once(result, address), ...this.#often(result, address) };
  }

  #once(result: Register, address: Register): Readonly<Record<(typeof ONCE)[number], () => void>> {
    const { v } = this.#entry;
    const table = this.#table;
    const [page, argument] = [this.#entry.m(2), this.#entry.m(3)];
    const toVirtual = () => v.alui("add", "i", page, page, table.space.first);
    const change = (how: "protect" | "unprotect") => {
      toVirtual();
      table[how](result, { reg: page }, { reg: argument });
    };
    return {
      prepare: () => table.prepare(result),
      load: () => {
        table.addressOf(address, page, page);
        v.ldv("network", "i", result, address, WORD);
      },
      store: () => {
        table.addressOf(address, page, page);
        v.stv("network", "i", argument, address, WORD);
      },
      protect: () => change("protect"),
      unprotect: () => change("unprotect"),
      clean: () => {
        toVirtual();
        table.clean(result, { reg: page });
      },
      isDirty: () => {
        toVirtual();
        table.isDirty(result, page);
      },
      violations: () => v.ldv("network", "i", result, table.head(), { imm: State.violations }),
      handle: () => v.stv("network", "i", page, table.head(), { imm: State.violation }),
      leaveOpen: () => {
        toVirtual();
        v.stv("network", "i", page, table.head(), { imm: State.open });
        table.unprotect(result, { reg: page }, { imm: 1 });
      },
    };
  }

  #often(result: Register, address: Register): Readonly<Record<(typeof OFTEN)[number], () => void>> {
    const { v } = this.#entry;
    const table = this.#table;
    const { first, count } = table.space;
    const page = this.#entry.m(3);
    return {
      nothing: () => this.#times(() => undefined),
      dirty: () =>
        this.#times((left) => {
          // One after the other of those that a mask chooses.
          v.alui("and", "i", page, left, floorPower(count) - 1);
          v.alui("add", "i", page, page, first);
          table.isDirty(result, page);
        }),
      prot1: () =>
        this.#times(() => {
          table.protect(result, { imm: first }, { imm: 1 });
          table.unprotect(result, { imm: first }, { imm: 1 });
        }),
      prot100: () => this.#times(() => table.protect(result, { imm: first }, { imm: count })),
      unprot100: () => this.#times(() => table.unprotect(result, { imm: first }, { imm: count })),
      trap: () => {
        v.set("i", address, first * this.#entry.pageSize);
        this.#times(() => v.stv("network", "i", result, address, WORD));
      },
      appel1: () => this.#appel1(result, address),
      appel2: () => this.#appel2(result, address),
    };
  }

  /** m2 times. */
  #times(body: (left: Register) => void): void {
    const { v } = this.#entry;
    const [left, again] = [v.getreg("i"), v.genlabel()];
    v.mov("i", left, this.#entry.m(2));
    v.label(again);
    v.fuel(LOOP_FUEL);
    body(left);
    v.alui("sub", "i", left, left, 1);
    v.bri("bgt", "i", left, 0, again);
  }

  #appel1(result: Register, address: Register): void {
    const { v } = this.#entry;
    const { first, count } = this.#table.space;
    const head = this.#table.head();
    const [chance, page, open] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
    v.ldv("network", "i", chance, head, { imm: State.chance });
    this.#times(() => {
      const [other, inside] = [v.genlabel(), v.genlabel()];
      v.alui("mul", "i", chance, chance, FACTOR);
      v.alui("add", "i", chance, chance, TERM);
      v.alui("rsh", "u", page, chance, 16);
      v.alui("mul", "i", page, page, count);
      v.alui("rsh", "u", page, page, 16);
      v.ldv("network", "i", open, head, { imm: State.open });
      v.alui("sub", "i", open, open, first);
      v.br("bne", "i", page, open, other);
      v.alui("add", "i", page, page, 1);
      v.bri("blt", "i", page, count, inside);
      v.set("i", page, 0);
      v.label(inside);
      v.label(other);
      this.#table.addressOf(address, page, page);
      v.stv("network", "i", result, address, WORD);
    });
    v.stv("network", "i", chance, head, { imm: State.chance });
  }

  #appel2(result: Register, address: Register): void {
    const { v } = this.#entry;
    const { first, count } = this.#table.space;
    const [at, page] = [v.getreg("i"), v.getreg("i")];
    this.#times((left) => {
      const [more, outside] = [v.genlabel(), v.genlabel()];
      const [steps, power] = [v.getreg("i"), 2 * floorPower(count - 1)];
      this.#table.protect(result, { imm: first }, { imm: count });
      // Each time from another place on.
      v.alui("and", "i", at, left, power - 1);
      v.set("i", steps, power);
      v.label(more);
      v.fuel(LOOP_FUEL);
      v.alui("mul", "i", at, at, WALK.factor);
      v.alui("add", "i", at, at, WALK.term);
      v.alui("and", "i", at, at, power - 1);
      v.bri("bge", "i", at, count, outside);
      this.#table.addressOf(address, page, at);
      v.stv("network", "i", result, address, WORD);
      v.label(outside);
      v.alui("sub", "i", steps, steps, 1);
      v.bri("bgt", "i", steps, 0, more);
    });
  }

  #violation(page: Register, at: Register): void {
    const { v } = this.#entry;
    const head = this.#table.head();
    const [how, count] = [v.getreg("i"), v.getreg("i")];
    const [skip, swap, permit, abandon] = [v.genlabel(), v.genlabel(), v.genlabel(), v.genlabel()];
    v.ldv("network", "i", count, head, { imm: State.violations });
    v.alui("add", "i", count, count, 1);
    v.stv("network", "i", count, head, { imm: State.violations });
    v.ldv("network", "i", how, head, { imm: State.violation });
    v.jt(how, [abandon, skip, swap, permit], abandon);
    v.label(swap);
    v.ldv("network", "i", count, head, { imm: State.open });
    v.stv("network", "i", page, head, { imm: State.open });
    this.#table.protect(how, { reg: count }, { imm: 1 });
    v.label(permit);
    this.#table.permit(at);
    v.ret({ imm: ExceptionAnswer.retry });
    v.label(skip);
    v.ret({ imm: ExceptionAnswer.skip });
    v.label(abandon);
  }
}

/** The greatest power of two that is not more. */
function floorPower(number: number): number {
  return 2 ** Math.floor(Math.log2(number));
}
