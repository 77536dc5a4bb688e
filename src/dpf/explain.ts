/**
 * Why a filter matches a frame, or does not: its specification (brute.ts) walked atom by atom, with what each read and
 * what it wanted. Slow, for people; what it says of a filter is what every target does.
 */
import type { Program } from "../vcode/insn.js";
import { Interpreter } from "../vcode/interp.js";
import {
  type Atom,
  type Conjunction,
  type Filter,
  fullMask,
  MAX_LENGTH,
  type Range,
  RESIDUAL_FUEL,
  type ShiftLoaded,
  type Tested,
} from "./atom.js";
import { type Frame, loadOf, stepOf } from "./brute.js";
import { bitsTested, canonical } from "./canonical.js";
import { printAtom, printValue } from "./print.js";

/** `beyond`: it asked for octets that were not captured. `not-reached`: one before it failed. */
export type AtomOutcome = "holds" | "differs" | "beyond" | "not-reached";

export interface AtomStep {
  /** As DPF text. */
  readonly text: string;
  /** Octets [from, to) of the frame that it reads; undefined where it reads none, or its base is not known. */
  readonly octets: { readonly from: number; readonly to: number } | undefined;
  /** In words; undefined where nothing was found. */
  readonly found: string | undefined;
  readonly wanted: string;
  readonly outcome: AtomOutcome;
}

export interface ConjunctionWalk {
  readonly matches: boolean;
  /** Bits that it tests, of which the winner among claims has the most; 0 where it can match no frame. */
  readonly bits: number;
  readonly steps: readonly AtomStep[];
}

export interface Walk {
  readonly matches: boolean;
  readonly conjunctions: readonly ConjunctionWalk[];
  /** What the residual said; undefined where there is none, or no conjunction matched. */
  readonly residual: boolean | undefined;
}

export function walk(filter: Filter, frame: Frame): Walk {
  const conjunctions = filter.conjunctions.map((conjunction) => walkConjunction(conjunction, frame));
  const some = conjunctions.some(({ matches }) => matches);
  const residual = some && filter.residual !== undefined ? residualSays(filter.residual, frame) : undefined;
  return { matches: some && residual !== false, conjunctions, residual };
}

/** Bits of the conjunction that counts among claims; undefined where none matches. */
export function bestBits({ matches, conjunctions }: Walk): number | undefined {
  const bits = conjunctions.filter((conjunction) => conjunction.matches).map((conjunction) => conjunction.bits);
  return matches ? Math.max(...bits) : undefined;
}

/** Within the fuel that a residual has. */
export function residualSays(program: Program, { octets, address, captured, facts }: Frame): boolean {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const parameters = program.lambdas[0]?.parameters ?? 2;
  const all = [address, captured, facts.wire, facts.link];
  const outcome = new Interpreter(program, view).run(all.slice(0, parameters), RESIDUAL_FUEL);
  return outcome.ok && outcome.value !== 0;
}

function walkConjunction(conjunction: Conjunction, frame: Frame): ConjunctionWalk {
  let base: number | undefined = 0;
  const steps = conjunction.map((atom) => {
    if (base === undefined) return notReached(atom);
    const step = stepAt(atom, base, frame);
    base = stepOf(frame, base, atom);
    return step;
  });
  const form = canonical(conjunction);
  return { matches: base !== undefined, bits: form === undefined ? 0 : bitsTested(form), steps };
}

function notReached(atom: Atom): AtomStep {
  return {
    text: printAtom(atom),
    octets: undefined,
    found: undefined,
    wanted: wantedBy(atom),
    outcome: "not-reached",
  };
}

function stepAt(atom: Atom, base: number, frame: Frame): AtomStep {
  const said = { text: printAtom(atom), wanted: wantedBy(atom) };
  const holds = stepOf(frame, base, atom) !== undefined;
  const left = frame.captured - base;
  if (atom.kind === "length" || atom.kind === "shift") {
    const found = `${left} octets are left`;
    const outcome = holds ? "holds" : atom.kind === "shift" ? "beyond" : "differs";
    return { ...said, octets: undefined, found, outcome };
  }
  const value = loadOf(frame, base, atom);
  const octets = octetsOf(atom, base);
  if (value === undefined) return { ...said, octets, found: `the frame ends at ${frame.captured}`, outcome: "beyond" };
  const found = atom.kind === "shift-loaded" ? movesTo(atom, base, value) : printValue(atom, value);
  const short = atom.kind === "shift-loaded" ? "beyond" : "differs";
  return { ...said, octets, found, outcome: holds ? "holds" : short };
}

function octetsOf(field: Tested, base: number): AtomStep["octets"] {
  if (field.of !== undefined) return undefined;
  const from = base + field.offset;
  return { from, to: from + field.width / 8 };
}

function movesTo(atom: ShiftLoaded, base: number, value: number): string {
  return `${printValue(atom, value)}: the base moves to ${base + value * 2 ** atom.left}`;
}

function wantedBy(atom: Atom): string {
  switch (atom.kind) {
    case "equal":
      return masked(atom, printValue(atom, atom.value));
    case "not-equal":
      return masked(atom, `anything but ${printValue(atom, atom.value)}`);
    case "range":
      return masked(atom, boundsOf(atom));
    case "length":
      return atom.most === MAX_LENGTH ? `at least ${atom.least} octets` : `${atom.least} to ${atom.most} octets`;
    case "shift":
      return `at least ${atom.octets} octets, to pass over them`;
    case "shift-loaded":
      return "a header that ends inside of the frame";
  }
}

function boundsOf(atom: Range): string {
  const [low, high] = [printValue(atom, atom.low), printValue(atom, atom.high)];
  if (atom.high >>> 0 === fullMask(atom.width)) return `at least ${low}`;
  return atom.low === 0 ? `at most ${high}` : `${low} to ${high}`;
}

function masked(field: Tested, words: string): string {
  const isWhole = field.mask >>> 0 === fullMask(field.width);
  return isWhole ? words : `${words} under the mask ${printValue({ width: field.width }, field.mask)}`;
}
