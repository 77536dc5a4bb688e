/** Atoms as DPF text that parses back to the same atoms: offsets and lengths in decimal, values and masks in hex. */
import {
  type Atom,
  type Conjunction,
  type Field,
  type Filter,
  fullMask,
  type Length,
  MAX_LENGTH,
  type Width,
} from "./atom.js";

/** As many digits as the field has, of the value as an unsigned number. */
export function hex(value: number, width: Width): string {
  return `0x${(value >>> 0).toString(16).padStart(width / 4, "0")}`;
}

function field(atom: Field): string {
  const mask = atom.mask === fullMask(atom.width) ? "" : ` & ${hex(atom.mask, atom.width)}`;
  return `${atom.offset}:${atom.width}${mask}`;
}

function printAtom(atom: Atom): string {
  switch (atom.kind) {
    case "equal":
      return `${field(atom)} == ${hex(atom.value, atom.width)}`;
    case "not-equal":
      return `${field(atom)} != ${hex(atom.value, atom.width)}`;
    case "range":
      return `${field(atom)} in ${hex(atom.low, atom.width)}..${hex(atom.high, atom.width)}`;
    case "length":
      return printLength(atom);
    case "shift":
      return `shift ${atom.octets}`;
    case "shift-loaded":
      return `shift ${field(atom)}${atom.left === 0 ? "" : ` << ${atom.left}`}`;
  }
}

function printLength({ least, most }: Length): string {
  if (most === MAX_LENGTH) return `length >= ${least}`;
  if (least === 0) return `length <= ${most}`;
  return least === most ? `length == ${least}` : `length in ${least}..${most}`;
}

export function printConjunction(conjunction: Conjunction): string {
  return conjunction.length === 0 ? "true" : conjunction.map(printAtom).join(" && ");
}

/** One line; a conjunction without atoms is "true". A residual, which DPF text cannot say, is told in a comment. */
export function printFilter(filter: Filter): string {
  const text = filter.conjunctions.map(printConjunction).join(" || ");
  return filter.residual === undefined ? text : `${text} # and a residual predicate`;
}
