/** Atoms as DPF text that parses back to the same atoms: offsets, lengths and facts in decimal, values and masks in hex. */
import {
  type Atom,
  type Conjunction,
  type Filter,
  fullMask,
  type Length,
  MAX_LENGTH,
  type Range,
  type Tested,
  type Width,
} from "./atom.js";

/** As many digits as the field has, of the value as an unsigned number. */
function hex(value: number, width: Width): string {
  return `0x${(value >>> 0).toString(16).padStart(width / 4, "0")}`;
}

type Shown = Pick<Tested, "width"> & { readonly of?: Tested["of"] | undefined };

/** A value of the field: of octets in hex, of a fact in decimal. */
export function printValue({ of, width }: Shown, value: number): string {
  return of === undefined ? hex(value, width) : String(value >>> 0);
}

/** `12:16`, `20:16 & 0x1fff`, `wire`. */
export function printField({ of, offset, width, mask }: Shown & Omit<Tested, "of">): string {
  const masked = mask >>> 0 === fullMask(width) ? "" : ` & ${hex(mask, width)}`;
  return `${of ?? `${offset}:${width}`}${masked}`;
}

export function printAtom(atom: Atom): string {
  switch (atom.kind) {
    case "equal":
      return `${printField(atom)} == ${printValue(atom, atom.value)}`;
    case "not-equal":
      return `${printField(atom)} != ${printValue(atom, atom.value)}`;
    case "range":
      return printRange(atom);
    case "length":
      return printLength(atom);
    case "shift":
      return `shift ${atom.octets}`;
    case "shift-loaded":
      return `shift ${printField(atom)}${atom.left === 0 ? "" : ` << ${atom.left}`}`;
  }
}

/** Of facts as people write it: what is on the wire has bounds more often than both. */
function printRange(range: Range): string {
  const { of, width, low, high } = range;
  if (of !== undefined && high === fullMask(width)) return `${printField(range)} >= ${low}`;
  if (of !== undefined && low === 0) return `${printField(range)} <= ${high}`;
  return `${printField(range)} in ${printValue(range, low)}..${printValue(range, high)}`;
}

function printLength({ least, most }: Length): string {
  if (most === MAX_LENGTH) return `length >= ${least}`;
  if (least === 0) return `length <= ${most}`;
  return least === most ? `length == ${least}` : `length in ${least}..${most}`;
}

export function printConjunction(conjunction: Conjunction): string {
  return joinAtoms(conjunction.map(printAtom));
}

/** Atoms that were printed, as a conjunction. */
export function joinAtoms(atoms: readonly string[]): string {
  return atoms.length === 0 ? "true" : atoms.join(" && ");
}

/** One line; a conjunction without atoms is "true". A residual, which DPF text cannot say, is told in a comment. */
export function printFilter(filter: Filter): string {
  const text = filter.conjunctions.map(printConjunction).join(" || ");
  return filter.residual === undefined ? text : `${text} # and a residual predicate`;
}
