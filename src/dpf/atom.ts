/**
 * Atoms, after DPF (SIGCOMM'96): what a filter is made of when it reaches the kernel.
 *
 *   filter      = conjunction { or conjunction }
 *   conjunction = atom { and atom }               atoms in the order in which they are evaluated
 *   atom        = test of a field | shift of the base by a constant | shift by a loaded field
 *
 * Offsets count octets from the base, which starts at the frame's first octet and which shifts move
 * on. Fields are in network order, unsigned. A load needs `base + offset + width <= captured length`,
 * else its conjunction fails; a shift may move the base to the end of the frame, not beyond.
 */

export type Width = 8 | 16 | 32;

export interface Equal {
  readonly kind: "equal";
  readonly offset: number;
  readonly width: Width;
  /** Never 0, within the width. */
  readonly mask: number;
  /** Within the mask. */
  readonly value: number;
}

export interface Shift {
  readonly kind: "shift";
  readonly octets: number;
}

/** base += (load & mask) << left */
export interface ShiftLoaded {
  readonly kind: "shift-loaded";
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
  readonly left: number;
}

export type Atom = Equal | Shift | ShiftLoaded;
export type Conjunction = readonly Atom[];

/** A filter without atoms in one conjunction matches every frame. */
export interface Filter {
  readonly conjunctions: readonly Conjunction[];
}

/** Limits of a filter, and of the numbers in its atoms. */
export const MAX_CONJUNCTIONS = 256;
export const MAX_ATOMS = 256;
export const MAX_OFFSET = 65_535;
export const MAX_SHIFT = 65_535;
export const MAX_LEFT = 31;

/** All bits of a field of that width, as an unsigned number. */
export function fullMask(width: Width): number {
  return width === 32 ? 0xffffffff : (1 << width) - 1;
}
