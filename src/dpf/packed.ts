/**
 * Filters on their way between threads. An engine takes 100 ms to write and read the objects of 65,536 atoms, and whoever
 * does so answers nobody meanwhile; as words they are copied in one. Small filters go as they are, and so does whatever
 * is no filter: its reader will say what is wrong with it.
 */
import type { Program } from "../vcode/insn.js";
import {
  type Atom,
  type Conjunction,
  FACTS,
  type Filter,
  MAX_ATOMS,
  MAX_CONJUNCTIONS,
  type Tested,
  type Width,
} from "./atom.js";
import { wellformed } from "./wellformed.js";

export interface PackedFilter {
  /** Of each conjunction how many atoms it has, then ATOM_WORDS for each of them. */
  readonly words: Float64Array;
  readonly residual: Program | undefined;
}

export type CarriedFilter = Filter | PackedFilter;

const KINDS = ["equal", "not-equal", "range", "length", "shift", "shift-loaded"] as const;
const WIDTHS: readonly Width[] = [8, 16, 32];
/** Kind, fact, offset, width, mask, and two numbers that the kind has of its own. */
const ATOM_WORDS = 7;
/** A fact goes by its place in FACTS; this is none. */
const OCTETS = -1;
/** A filter of fewer atoms goes as it is. */
const PACKED_FROM = 256;

export function packFilter(filter: Filter): CarriedFilter {
  const { conjunctions, residual } = filter;
  if (!Array.isArray(conjunctions) || !conjunctions.every(isPlain)) return filter;
  const atoms = conjunctions.reduce((sum, conjunction) => sum + conjunction.length, 0);
  if (atoms < PACKED_FROM) return filter;
  const words = new Float64Array(conjunctions.length + ATOM_WORDS * atoms);
  let at = 0;
  for (const conjunction of conjunctions) {
    words[at++] = conjunction.length;
    for (const atom of conjunction) {
      words.set(wordsOf(atom), at);
      at += ATOM_WORDS;
    }
  }
  return { words, residual };
}

export function unpackFilter(carried: CarriedFilter): Filter {
  if (!("words" in carried)) return carried;
  const { words, residual } = carried;
  const conjunctions: Conjunction[] = [];
  for (let at = 0; at < words.length; ) {
    const count = words[at++] ?? 0;
    conjunctions.push(Array.from({ length: count }, (_, index) => atomAt(words, at + ATOM_WORDS * index)));
    at += ATOM_WORDS * count;
  }
  return residual === undefined ? { conjunctions } : { conjunctions, residual };
}

/** A filter without a residual as plain numbers, to be kept in JSON; undefined where it has one, or is no filter. */
export function templateWords(filter: Filter): number[] | undefined {
  if (filter.residual !== undefined || wellformed(filter) !== undefined) return undefined;
  return filter.conjunctions.flatMap((conjunction) => [conjunction.length, ...conjunction.flatMap(wordsOf)]);
}

/** The filter that these numbers are, whoever wrote them; undefined where they are none. */
export function templateFilter(words: readonly number[]): Filter | undefined {
  let conjunctions = 0;
  for (let at = 0; at < words.length; conjunctions++) {
    const atoms = words[at];
    const isCount = atoms !== undefined && Number.isInteger(atoms) && atoms >= 0 && atoms <= MAX_ATOMS;
    if (!isCount || conjunctions === MAX_CONJUNCTIONS) return undefined;
    at += 1 + ATOM_WORDS * atoms;
    if (at > words.length) return undefined;
  }
  const filter = unpackFilter({ words: Float64Array.from(words), residual: undefined });
  // What reading them made plausible they do not say.
  const again = templateWords(filter);
  return again?.every((word, at) => word === words[at]) === true ? filter : undefined;
}

/** Can it be told in words, and nothing of it be lost that its reader would object to? */
function isPlain(conjunction: unknown): boolean {
  return Array.isArray(conjunction) && conjunction.every(isAtom);
}

function isAtom(atom: unknown): boolean {
  if (typeof atom !== "object" || atom === null || !("kind" in atom)) return false;
  const { kind } = atom;
  if ("of" in atom && (kind === "shift-loaded" || !FACTS.some((known) => known === atom.of))) return false;
  return KINDS.some((known) => known === kind) && (!("width" in atom) || WIDTHS.some((known) => known === atom.width));
}

function wordsOf(atom: Atom): readonly number[] {
  const kind = KINDS.indexOf(atom.kind);
  switch (atom.kind) {
    case "length":
      return [kind, OCTETS, 0, 0, 0, atom.least, atom.most];
    case "shift":
      return [kind, OCTETS, 0, 0, 0, atom.octets, 0];
    case "range":
      return [kind, ...fieldWords(atom), atom.low, atom.high];
    case "shift-loaded":
      return [kind, ...fieldWords(atom), atom.left, 0];
    default:
      return [kind, ...fieldWords(atom), atom.value, 0];
  }
}

function fieldWords({ of, offset, width, mask }: Tested): number[] {
  return [of === undefined ? OCTETS : FACTS.indexOf(of), offset, width, mask];
}

function fieldAt(words: Float64Array, at: number): Tested {
  const of = FACTS[words[at] ?? OCTETS];
  const offset = words[at + 1] ?? 0;
  const width = WIDTHS.find((known) => known === words[at + 2]) ?? 8;
  const mask = words[at + 3] ?? 0;
  return of === undefined ? { offset, width, mask } : { of, offset, width, mask };
}

function atomAt(words: Float64Array, at: number): Atom {
  const kind = KINDS[words[at] ?? 0] ?? "equal";
  const one = words[at + 5] ?? 0;
  const other = words[at + 6] ?? 0;
  const field = fieldAt(words, at + 1);
  switch (kind) {
    case "length":
      return { kind, least: one, most: other };
    case "shift":
      return { kind, octets: one };
    case "range":
      return { kind, ...field, low: one, high: other };
    case "shift-loaded":
      return { kind, ...field, left: one };
    default:
      return { kind, ...field, value: one };
  }
}
