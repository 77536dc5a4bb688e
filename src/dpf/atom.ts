/**
 * Atoms, after DPF (SIGCOMM'96): what a filter is made of when it reaches the kernel.
 *
 *   filter      = conjunction { or conjunction } [ residual ]
 *   conjunction = atom { and atom }               atoms in the order in which they are evaluated
 *   atom        = test of a field | test of the length | shift of the base by a constant | shift by a loaded field
 *   test        = (load & mask) equal to a value | not equal to it | within a range
 *   load        = octets of the frame | a fact: the octets it had on the wire, or its link type
 *
 * Offsets count octets from the base, which starts at the frame's first octet and which shifts move
 * on. Fields are in network order, unsigned. A load needs `base + offset + width <= captured length`,
 * else its conjunction fails, whatever the test: so "not equal" means inside, and different. A shift may move
 * the base to the end of the frame, not beyond. A test of the length asks how many octets are left from the
 * base to the end of what was captured.
 *
 * A fact is what the frame's descriptor says and no octet of it. It is there for every frame, and no shift moves it, so
 * a test of one fails only where its comparison does, and may stand anywhere in its conjunction. The octets on the wire
 * are whatever the descriptor has: they may be more than were captured, and nothing here supposes that they are not fewer.
 *
 * A residual is a predicate in VCODE over the whole frame, for what atoms cannot say: the filter matches
 * where one of its conjunctions does and the residual answers other than 0. One that runs out of fuel does not match.
 */
import type { Program } from "../vcode/insn.js";

export type Width = 8 | 16 | 32;

export interface Field {
  readonly offset: number;
  readonly width: Width;
  /** Never 0, within the width. */
  readonly mask: number;
}

export const FACTS = ["link", "wire"] as const;
/** `wire`: octets on the wire, 32 bits. `link`: the LINKTYPE_ number, 16 bits. */
export type Fact = (typeof FACTS)[number];

/** What a test compares: octets, or a fact, whose offset is 0 and whose width is always its own. */
export interface Tested extends Field {
  /** Absent: octets of the frame. */
  readonly of?: Fact;
}

/** The facts as fields: `{ kind: "equal", ...LINK, value: 1 }`. A test may have a narrower mask. */
export const LINK = { of: "link", offset: 0, width: 16, mask: 0xffff } as const satisfies Tested;
export const WIRE = { of: "wire", offset: 0, width: 32, mask: 0xffffffff } as const satisfies Tested;

/** What a descriptor says of a frame, beyond where its octets lie. */
export interface FrameFacts {
  /** As an unsigned word. */
  readonly wire: number;
  /** As 16 bits. */
  readonly link: number;
}

export interface Equal extends Tested {
  readonly kind: "equal";
  /** Within the mask. */
  readonly value: number;
}

export interface NotEqual extends Tested {
  readonly kind: "not-equal";
  /** Within the mask. */
  readonly value: number;
}

/** low <= (load & mask) <= high, as unsigned numbers; both within the width, low <= high. */
export interface Range extends Tested {
  readonly kind: "range";
  readonly low: number;
  readonly high: number;
}

/** At least `least` octets are left from the base on, and at most `most`. */
export interface Length {
  readonly kind: "length";
  readonly least: number;
  /** MAX_LENGTH: whatever there is. */
  readonly most: number;
}

export interface Shift {
  readonly kind: "shift";
  readonly octets: number;
}

/** base += (load & mask) << left */
export interface ShiftLoaded extends Field {
  readonly kind: "shift-loaded";
  readonly left: number;
}

export type Test = Equal | NotEqual | Range;
export type Atom = Test | Length | Shift | ShiftLoaded;
export type Conjunction = readonly Atom[];

/** A filter without atoms in one conjunction matches every frame. */
export interface Filter {
  readonly conjunctions: readonly Conjunction[];
  /**
   * One lambda that gives a word; no primitives, no tables. Its parameters: the packet (p) and its count (i), then, where
   * it declares them, the octets on the wire (u), and behind those the link type (u).
   */
  readonly residual?: Program;
}

/** Limits of a filter, and of the numbers in its atoms. */
export const MAX_CONJUNCTIONS = 256;
export const MAX_ATOMS = 256;
export const MAX_OFFSET = 65_535;
export const MAX_SHIFT = 65_535;
export const MAX_LEFT = 31;
export const MAX_LENGTH = 0x7fffffff;
/**
 * Instructions of a residual: an expression with some 5,000 addresses or 2,700 ports takes as many. Without loops a run takes
 * no more steps than that.
 */
export const MAX_RESIDUAL_INSNS = 32_768;
/** The fuel that one run of a residual may use. */
export const RESIDUAL_FUEL = 4096;

/** What holding a filter costs: its atoms, one for each conjunction, and the instructions of its residual. */
export function atomsOf({ conjunctions, residual }: Filter): number {
  const insns = residual?.lambdas.reduce((sum, lambda) => sum + lambda.insns.length, 0) ?? 0;
  return conjunctions.reduce((sum, conjunction) => sum + 1 + conjunction.length, insns);
}

/** All bits of a field of that width, as an unsigned number. */
export function fullMask(width: Width): number {
  return width === 32 ? 0xffffffff : (1 << width) - 1;
}
