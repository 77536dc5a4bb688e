/** Where octets lie, as far as it is known before anything runs: so that one access does what else several would. */
import { STATE_BASE } from "../vcode/handler.js";
import { FRAME_AT, type Layout } from "./layout.js";
import type { Octets, PlaceStep } from "./tree.js";

/** The address is a multiple of `modulus`, a power of two up to 8, and `residue`. */
export interface Alignment {
  readonly modulus: number;
  readonly residue: number;
}

const MOST = 8;

/** Of its first octet. */
export function alignmentOf(layout: Layout, octets: Octets): Alignment {
  if (octets.kind === "frame") return { modulus: MOST, residue: (frameOf(layout) + FRAME_AT) % MOST };
  const { base, steps } = octets;
  // Tables' values lie at multiples of 8, places of arrays at multiples of 4 at least.
  const begin = base.kind === "state" ? { modulus: MOST, residue: base.offset % MOST } : { modulus: 4, residue: 0 };
  return steps.reduce(moved, begin);
}

function moved({ modulus, residue }: Alignment, step: PlaceStep): Alignment {
  if (step.kind === "offset") return { modulus, residue: (residue + step.offset) % modulus };
  const less = Math.min(modulus, step.stride & -step.stride);
  return { modulus: less, residue: residue % less };
}

/** The widest access, of at most so many octets, that is aligned at that offset; at one that is not known where it is undefined. */
export function widthAt({ modulus, residue }: Alignment, offset: number | undefined, most: number): 1 | 2 | 4 | 8 {
  if (offset === undefined) return 1;
  for (const width of [8, 4, 2] as const) {
    if (width <= most && width <= modulus && (residue + offset) % width === 0) return width;
  }
  return 1;
}

/** The widest store that is aligned at all multiples of 4 from there. */
export function storesOf(layout: Layout, octets: Octets): 1 | 2 | 4 {
  const width = widthAt(alignmentOf(layout, octets), 0, 4);
  return width === 8 ? 4 : width;
}

/** Offset of the frame's item from the state's begin. */
export function frameOf({ items }: Layout): number {
  const item = items.find(({ kind }) => kind === "frame");
  if (item === undefined) throw new Error("ash: a frame is used that is not laid out");
  return item.offset;
}

/** Addresses of the state are offsets and this, which is a multiple of all alignments. */
export const STATE = STATE_BASE;
