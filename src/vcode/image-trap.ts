/**
 * What an image does where an access misses, on every target: it finds out why, saves registers, asks its kernel. The interpreter
 * translates by this file alone; generated code tries by itself first.
 */
import { isLong, long } from "./compute.js";
import { type ImageMachine, SAVED_REGISTERS, STLB_ENTRY, Trap, type TrapKind } from "./image.js";
import type { Immediate, Lambda } from "./insn.js";

type Translation = Pick<ImageMachine, "stlb" | "entries" | "pageShift" | "space" | "salt">;

/** Made once: what does not translate is on the packet's way as well. */
const UNALIGNED = { trap: Trap.unaligned };
const PAGE_FAULT = { trap: Trap.pageFault };
const PROTECTION = { trap: Trap.protection };

/** The physical address, or why there is none. `address` is unsigned; `right`: of image.ts. */
export function translate(
  view: DataView,
  { stlb, entries, pageShift, space, salt }: Translation,
  address: number,
  octets: number,
  right: number,
): number | { readonly trap: TrapKind } {
  if ((address & (octets - 1)) !== 0) return UNALIGNED;
  const page = address >>> pageShift;
  const entry = stlb + ((page ^ salt) & (entries - 1)) * STLB_ENTRY;
  if (view.getInt32(entry, true) !== (space | page)) return PAGE_FAULT;
  const frame = view.getInt32(entry + 4, true);
  if ((frame & right) === 0) return PROTECTION;
  const within = (1 << pageShift) - 1;
  return ((frame & ~within) | (address & within)) >>> 0;
}

/** Why generated code could not translate. Throws where nothing is in its way: somebody changes the entries meanwhile. */
export function whyNot(view: DataView, machine: Translation, address: number, octets: number, right: number): TrapKind {
  const found = translate(view, machine, address >>> 0, octets, right);
  if (typeof found === "number") throw new RangeError(`image: machine check at ${address >>> 0}`);
  return found.trap;
}

/** As words with their sign; 0 for registers that the lambda has not. */
export function saveRegisters(view: DataView, save: number, registers: readonly Immediate[]): void {
  for (let register = 0; register < SAVED_REGISTERS; register++) {
    view.setBigInt64(save + 8 * register, long(registers[register] ?? 0), true);
  }
}

export function placeOf(lambda: number, index: number): number {
  return (lambda << 20) | index;
}

/** What a word gets that is skipped, and a long. */
export function skippedWord(value: Immediate): number {
  return typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value | 0;
}

export function skippedLong(value: Immediate): bigint {
  return typeof value === "bigint" ? BigInt.asIntN(64, value) : BigInt(value | 0);
}

/**
 * What generated code does beside: how many registers it saves where it traps, whether it counts its accesses, and whether a
 * function may go on with the page that it has translated last, since nothing that it calls takes a page away.
 */
export interface Bookkeeping {
  readonly saved: number;
  readonly counts: boolean;
  readonly lastPage: boolean;
}
export const IMAGES_OWN: Bookkeeping = { saved: SAVED_REGISTERS, counts: true, lastPage: false };
export const HANDLERS_OWN: Bookkeeping = { saved: 0, counts: false, lastPage: true };

/** Of a lambda: which of the registers that it saves are long. */
export function savedOf({ registers }: Lambda, { saved }: Bookkeeping): boolean[] {
  return registers.slice(0, saved).map(isLong);
}
