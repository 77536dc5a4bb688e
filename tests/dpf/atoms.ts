/** Seeded atoms of every kind, for frames of few octets: fields overlap, and what is asked is often so. */
import {
  type Atom,
  type Conjunction,
  type FrameFacts,
  fullMask,
  LINK,
  MAX_LENGTH,
  WIRE,
  type Width,
} from "../../src/dpf/atom.js";
import type { Chance } from "../seeded.js";

export interface Little {
  /** Octets of the frames that are asked about. */
  readonly octets: number;
  /** Values of an octet. */
  readonly alphabet: readonly number[];
  /** Bits of an octet that masks may look at. */
  readonly bits: number;
  readonly widths: readonly Width[];
  /** Loaded shifts in a hundred atoms, and what they move by at most: a mask and a scale. */
  readonly loaded: number;
  readonly shiftMask: number;
  readonly shiftLeft: number;
  /** Tests of facts in a hundred atoms; they look at the bits of the last octet that masks may look at. */
  readonly facts?: number;
}

function word(width: Width, octet: () => number): number {
  let value = 0;
  for (let at = 0; at < width; at += 8) value = value * 256 + octet();
  return value;
}

function fieldOf(chance: Chance, little: Little) {
  const width = chance.pick(little.widths);
  const offset = chance.below(Math.max(1, little.octets - width / 8 + 1));
  const bits = word(width, () => little.bits);
  const cut = word(width, () => chance.below(256));
  const mask = chance.percent(60) ? bits : (bits & cut) >>> 0 || bits;
  return { offset, width, mask };
}

function factOf(chance: Chance, { bits }: Little) {
  const mask = bits & chance.below(256);
  return { ...chance.pick([LINK, WIRE]), mask: chance.percent(40) || mask === 0 ? bits : mask };
}

/** All that facts can be to atoms whose masks have those bits. */
export function allFacts(bits: number): FrameFacts[] {
  const values = Array.from({ length: bits + 1 }, (_, value) => value);
  return values.flatMap((link) => values.map((wire) => ({ link, wire })));
}

export function littleAtom(chance: Chance, little: Little): Atom {
  const kind = chance.below(100);
  if (kind < little.loaded) {
    const offset = chance.below(little.octets);
    return { kind: "shift-loaded", offset, width: 8, mask: little.shiftMask, left: chance.below(little.shiftLeft + 1) };
  }
  if (kind >= 94) return { kind: "shift", octets: chance.below(little.octets) };
  if (kind >= 86) {
    const least = chance.below(little.octets + 1);
    const most = chance.percent(50) ? MAX_LENGTH : least + chance.below(little.octets + 1 - least);
    return { kind: "length", least: chance.percent(40) ? 0 : least, most };
  }
  const isFact = little.facts !== undefined && chance.percent(little.facts);
  const field = isFact ? factOf(chance, little) : fieldOf(chance, little);
  const value = () => word(field.width, () => chance.pick(little.alphabet));
  if (kind >= 66) {
    const [low = 0, high = 0] = [value(), value()].sort((a, b) => a - b);
    const open = chance.below(6);
    return { kind: "range", ...field, low: open === 0 ? 0 : low, high: open === 1 ? fullMask(field.width) : high };
  }
  return { kind: kind >= 50 ? "not-equal" : "equal", ...field, value: (value() & field.mask) >>> 0 };
}

/** Offsets shrink by constant shifts, so that a frame can still be long enough. */
export function littleConjunction(chance: Chance, little: Little, longest: number): Conjunction {
  const atoms: Atom[] = [];
  let base = 0;
  for (let left = chance.below(longest + 1); left > 0; left--) {
    const atom = littleAtom(chance, little);
    if (atom.kind === "shift") base += atom.octets;
    const isMoved = "offset" in atom && !("of" in atom);
    atoms.push(isMoved ? { ...atom, offset: Math.max(0, atom.offset - base) } : atom);
  }
  return atoms;
}

export function littleFrame(chance: Chance, { octets, alphabet }: Little): Uint8Array {
  return Uint8Array.from({ length: chance.below(octets + 1) }, () => chance.pick(alphabet));
}

/** All frames over the alphabet of at most so many octets. */
export function allFrames(alphabet: readonly number[], octets: number): Uint8Array[] {
  const frames: Uint8Array[] = [new Uint8Array(0)];
  for (let from = 0, length = 1; length <= octets; length++) {
    const to = frames.length;
    for (; from < to; from++) for (const octet of alphabet) frames.push(Uint8Array.of(...(frames[from] ?? []), octet));
  }
  return frames;
}
