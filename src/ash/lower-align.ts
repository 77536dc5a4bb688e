/** Where octets lie, as far as it is known before anything runs: so that one access does what else several would. */
import { FRAME_AT, type Layout } from "./layout.js";
import { exactly, placeResidue, plus, type Residue, type Residues, residueOf } from "./lower-residue.js";
import type { Expr, Octets } from "./tree.js";

export type Width = 1 | 2 | 4 | 8;

/** Of the address of its first octet. */
export function alignmentOf(layout: Layout, octets: Octets, locals: Residues): Residue {
  if (octets.kind === "frame") return exactly(frameOf(layout) + FRAME_AT);
  return placeResidue(octets.base, octets.steps, locals);
}

/** Of the address of the octet at that offset. */
export function alignmentAt(layout: Layout, octets: Octets, offset: Expr, locals: Residues): Residue {
  return plus(alignmentOf(layout, octets, locals), residueOf(offset, locals));
}

/** The widest access, of at most so many octets, that is aligned so many octets from there. */
export function widthAt({ modulus, residue }: Residue, offset: number, most: number): Width {
  for (const width of [8, 4, 2] as const) {
    if (width <= most && width <= modulus && (residue + offset) % width === 0) return width;
  }
  return 1;
}

/** The fewest accesses that make up so many octets from there on, each aligned. */
export function widthsOf(alignment: Residue, octets: number): readonly Width[] {
  const widths: Width[] = [];
  for (let done = 0; done < octets; ) {
    const width = widthAt(alignment, done, octets - done);
    widths.push(width);
    done += width;
  }
  return widths;
}

/** The widest store that is aligned at all multiples of 4 from there; 8 where what begins at `at` lies at a multiple of it. */
export function storesOf(layout: Layout, octets: Octets, at: Expr, locals: Residues): Width {
  if (widthAt(alignmentAt(layout, octets, at, locals), 0, 8) === 8) return 8;
  return widthAt(alignmentOf(layout, octets, locals), 0, 4);
}

/** Offset of the frame's item from the state's begin. */
export function frameOf({ items }: Layout): number {
  const item = items.find(({ kind }) => kind === "frame");
  if (item === undefined) throw new Error("ash: a frame is used that is not laid out");
  return item.offset;
}
