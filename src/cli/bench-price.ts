/**
 * What the kernel's part of an operation takes on a machine like the papers' (vcode/cost.ts), which cannot be counted by running it:
 * our kernel is no VCODE. So it is a price that is declared here, as the primitives' are: for each entry of the kernel the
 * instructions of a MIPS R3000 that do what src/kernel does there, written down by hand, step by step. None is taken from a
 * table of the papers, nor from what they tell of Aegis. How often each is entered is counted.
 */
import type { KernelWork } from "./bench-machine.js";

/** syscall, or what stands in its place; mfc0 of the cause with its slot, andi, branch with its slot. */
const ENTER = 1 + 5;
/** mfc0 of the place with its slot, addiu, jr with rfe in its slot. */
const LEAVE = 5;
/** The number: sltiu, branch with its slot; the table: sll, lui, addu, lw with its slot, jr with its slot. */
const DISPATCH = 3 + 5 + 2;
/** Fuel: lw with its slot, subu, bltz with its slot, sw. */
const PAY = 6;
/** With its number and so many arguments in their registers, and the result in its own. */
function call(args: number): number {
  return 1 + args + ENTER + DISPATCH + PAY + LEAVE + 1;
}

/** Something of a table is so: sll, addu, lw with its slot, branch with its slot. */
const ASK = 6;
/** A word is below a limit: sltu, branch with its slot. */
const BELOW = 3;

/**
 * Page, rights (two), physical page in their ranges; no guaranteed mapping; owner of the page; place of the entry: lw of the
 * salt with its slot, xor, andi, sll, addu; how often two pages are mapped: srl, sll, addu, lhu with its slot, addiu, sh; tag: lw with
 * its slot, or; frame: sll, or; four sw, of the entry and the kernel's copy; mtc0 twice and tlbwr.
 */
const MAP = 4 * BELOW + 2 * ASK + 6 + 2 * 7 + 3 + 2 + 4 + 3;

/** As many as are saved of a trap. */
const REGISTERS = 32;
/** Handlers at work, and entries: lw with its slot, compare and branch with its slot, addiu, sw. */
const NEST = 2 * 7;
/** sw of each; kind, address, place by mfc0 with their slots, store or not, save area: 8; the entry: lw with its slot; jr with rfe. */
const RAISE = ENTER + PAY + NEST + REGISTERS + 8 + 2 + 2;
/** The answer: two branches with their slots; counts down: lw with its slot, addiu, sw, twice; lw of each. */
const RESUME = ENTER + 4 + 2 * 4 + REGISTERS + LEAVE;

/** Units within and beyond the slice: subu, sltu, branch with its slot, two subu, three accounts of lw with its slot, addu, sw. */
const CHARGE = 6 + 3 * 4;
/** Space and salt: two lw, a slot, mtc0. Fuel, rest and grace: three lw, a slot, three subu, three sw. */
const INSTALL = 4 + 10;
/** Cause and seven words; the entry: lw with its slot; jr with rfe. */
const ENTRY = 8 + 2 + 2;
/** What was under way: seven words of a frame. */
const FRAME = 7;

/** Of the one before its end; whose turn it is: alive, lends its time, has messages, sleeps, owes; begin. */
const ACTIVATION = ENTER + CHARGE + 5 * ASK + INSTALL + ENTRY;
/** Is there, and the slice is not given away; three sw. */
const YIELD = call(1) + BELOW + 2 * ASK + 3;
/** Is there, waits for nobody, nor does the caller, depth; into the callee; and back. */
const TRANSFER = call(3) + BELOW + 3 * ASK + FRAME + CHARGE + INSTALL + ENTRY + (ENTER + CHARGE + FRAME + INSTALL);

const PRICES: Readonly<Partial<Record<KernelWork, number>>> = {
  null: call(0),
  map: call(3) + MAP,
  yield: YIELD,
  transfer: TRANSFER,
  activation: ACTIVATION,
  pageFault: RAISE + ASK + RESUME,
  protection: RAISE + RESUME,
  unaligned: RAISE + RESUME,
  overflow: RAISE + RESUME,
  // The end of a slice: nobody's handler.
  fuel: ENTER + PAY + LEAVE,
};

/** Cycles of one entry. Throws where none is declared. */
export function priceOf(work: KernelWork): number {
  const price = PRICES[work];
  if (price === undefined) throw new Error(`bench: no price is declared of ${work}`);
  return price;
}
