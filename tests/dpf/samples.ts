/** Seeded filters and frames for differential tests: mostly true of each other, so that much matches. */
import {
  type Atom,
  type Conjunction,
  type Filter,
  fullMask,
  MAX_LENGTH,
  type Test,
  type Width,
} from "../../src/dpf/atom.js";
import type { Chance } from "../seeded.js";

/** The whole field has this value. */
export function equal(offset: number, width: Width, value: number): Atom {
  return { kind: "equal", offset, width, mask: fullMask(width), value };
}

/** The move over an IPv4 header behind Ethernet, however long its options. */
export const IP_OPTIONS: Atom = { kind: "shift-loaded", offset: 14, width: 8, mask: 0x0f, left: 2 };

/** Octets from a small alphabet, so that values repeat and shifts stay short. */
export function randomFrame(chance: Chance, longest: number): Uint8Array {
  const frame = new Uint8Array(chance.below(longest + 1));
  for (let at = 0; at < frame.length; at++) frame[at] = chance.pick([0, 0, 1, 2, 3, 4, 0x45, 0x80, 0xff]);
  return frame;
}

const MASKS: Record<Width, readonly number[]> = {
  8: [0xff, 0xff, 0x0f, 0xf0, 0x80, 0x03],
  16: [0xffff, 0xffff, 0xff00, 0x1fff, 0x8001],
  32: [0xffffffff, 0xffffffff, 0xffffff00, 0x80000000, 0x0f0f0f0f],
};

function fieldOf(frame: Uint8Array, at: number, width: Width): number {
  let value = 0;
  for (let index = 0; index < width / 8; index++) value = value * 256 + (frame[at + index] ?? 0);
  return value;
}

/** Mostly true of `frame`: its own values, at bases that follow its own shifts. */
export function randomConjunction(chance: Chance, frame: Uint8Array, longest: number): Conjunction {
  const atoms: Atom[] = [];
  let base = 0;
  const count = chance.below(longest + 1);
  while (atoms.length < count) {
    const width = chance.pick<Width>([8, 8, 16, 16, 32]);
    const room = Math.max(1, frame.length - base - width / 8 + 1);
    const offset = chance.percent(97) ? chance.below(Math.min(room, 16)) : chance.below(80);
    const value = fieldOf(frame, base + offset, width);
    const kind = chance.below(12);
    if (kind === 0) {
      const octets = chance.below(Math.max(1, Math.min(6, frame.length - base + 1)));
      atoms.push({ kind: "shift", octets });
      base += octets;
    } else if (kind === 1) {
      const mask = chance.percent(85) ? chance.pick([0x03, 0x07]) : chance.pick(MASKS[width]);
      const left = chance.percent(80) ? chance.below(3) : chance.below(32);
      atoms.push({ kind: "shift-loaded", offset, width, mask, left });
      base += ((value & mask) >>> 0) * 2 ** left;
    } else if (kind === 2) {
      const left = Math.max(0, frame.length - base);
      const least = chance.percent(85) ? chance.below(left + 1) : chance.below(60);
      atoms.push({ kind: "length", least, most: chance.percent(50) ? MAX_LENGTH : least + chance.below(40) });
    } else atoms.push(randomTest(chance, offset, width, value));
  }
  return atoms;
}

/** Mostly true of a field that has this value. */
export function randomTest(chance: Chance, offset: number, width: Width, value: number): Test {
  const mask = chance.pick(MASKS[width]);
  const kind = chance.below(10);
  const masked = (value & mask) >>> 0;
  const other = ((chance.percent(50) ? chance.below(256) : masked ^ 1) & mask) >>> 0;
  if (kind < 6) return { kind: "equal", offset, width, mask, value: chance.percent(96) ? masked : other };
  if (kind < 8) return { kind: "not-equal", offset, width, mask, value: chance.percent(85) ? other : masked };
  const full = fullMask(width);
  const reach = chance.pick([0, 1, 5, 300, full]);
  const ranged = (value & full) >>> 0;
  const low = Math.max(0, ranged - chance.below(Math.min(reach, 1000) + 1));
  return { kind: "range", offset, width, mask: full, low, high: Math.min(full, ranged + reach) };
}

export function randomFilter(chance: Chance, frames: readonly Uint8Array[], longest = 6): Filter {
  const count = chance.percent(70) ? 1 : 1 + chance.below(4);
  return { conjunctions: Array.from({ length: count }, () => randomConjunction(chance, chance.pick(frames), longest)) };
}

/** A conjunction of the same fields for many frames: what dispatches are made of. */
export function template(chance: Chance, longest: number): Atom[] {
  return Array.from({ length: 1 + chance.below(longest) }, (): Atom => {
    const width = chance.pick<Width>([8, 8, 16, 32]);
    const offset = chance.below(8);
    const kind = chance.below(8);
    if (kind === 0) return { kind: "shift", octets: chance.below(4) };
    if (kind < 3)
      return { kind: "shift-loaded", offset, width: 8, mask: chance.pick([1, 3, 7]), left: chance.below(2) };
    if (kind === 3) return { kind: "range", offset, width, mask: fullMask(width), low: 0, high: 0 };
    if (kind === 4) return { kind: "not-equal", offset, width, mask: fullMask(width), value: 0 };
    return { kind: "equal", offset, width, mask: chance.pick(MASKS[width]), value: 0 };
  });
}

/** The template with the frame's own values, cut somewhere now and then. */
export function instance(chance: Chance, atoms: readonly Atom[], frame: Uint8Array): Conjunction {
  const length = chance.percent(70) ? atoms.length : 1 + chance.below(atoms.length);
  let base = 0;
  return atoms.slice(0, length).map((atom) => {
    if (atom.kind === "shift") {
      base += atom.octets;
      return atom;
    }
    if (atom.kind === "length") return atom;
    const masked = (fieldOf(frame, base + atom.offset, atom.width) & atom.mask) >>> 0;
    if (atom.kind === "equal") return { ...atom, value: masked };
    if (atom.kind === "not-equal") return { ...atom, value: ((masked + chance.below(4)) & atom.mask) >>> 0 };
    if (atom.kind === "range") {
      const reach = chance.pick([0, 1, 2, 40, 3000]);
      const low = Math.max(0, masked - chance.below(reach + 1));
      return { ...atom, low, high: Math.min(atom.mask >>> 0, masked + chance.below(reach + 1)) };
    }
    base += masked << atom.left;
    return atom;
  });
}
