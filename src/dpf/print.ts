/** Atoms as DPF text that parses back to the same atoms: offsets in decimal, values and masks in hex. */
import { type Atom, type Conjunction, type Filter, fullMask, type Width } from "./atom.js";

function hex(value: number, width: Width): string {
  return `0x${value.toString(16).padStart(width / 4, "0")}`;
}

function field(atom: { offset: number; width: Width; mask: number }): string {
  const mask = atom.mask === fullMask(atom.width) ? "" : ` & ${hex(atom.mask, atom.width)}`;
  return `${atom.offset}:${atom.width}${mask}`;
}

export function printAtom(atom: Atom): string {
  switch (atom.kind) {
    case "equal":
      return `${field(atom)} == ${hex(atom.value, atom.width)}`;
    case "shift":
      return `shift ${atom.octets}`;
    case "shift-loaded":
      return `shift ${field(atom)}${atom.left === 0 ? "" : ` << ${atom.left}`}`;
  }
}

export function printConjunction(conjunction: Conjunction): string {
  return conjunction.length === 0 ? "true" : conjunction.map(printAtom).join(" && ");
}

/** One line; a conjunction without atoms is "true". */
export function printFilter(filter: Filter): string {
  return filter.conjunctions.map(printConjunction).join(" || ");
}
