/** Seeded filters and frames for differential tests, and a harness that runs every engine on them. */
import type { Atom, Conjunction, Filter, Width } from "../../src/dpf/atom.js";
import { type Bound, judge } from "../../src/dpf/brute.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier, type ProgramUpdate } from "../../src/dpf/dpf.js";
import type { Chance } from "../seeded.js";

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
    const mask = chance.pick(MASKS[width]);
    const value = fieldOf(frame, base + offset, width);
    const kind = chance.below(10);
    if (kind === 0) {
      const octets = chance.below(Math.max(1, Math.min(6, frame.length - base + 1)));
      atoms.push({ kind: "shift", octets });
      base += octets;
    } else if (kind === 1) {
      const small = chance.percent(85) ? chance.pick([0x03, 0x07]) : mask;
      const left = chance.percent(80) ? chance.below(3) : chance.below(32);
      atoms.push({ kind: "shift-loaded", offset, width, mask: small, left });
      base += ((value & small) >>> 0) * 2 ** left;
    } else {
      const wrong = chance.percent(4) ? chance.below(256) : value;
      atoms.push({ kind: "equal", offset, width, mask, value: (wrong & mask) >>> 0 });
    }
  }
  return atoms;
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
    const masked = (fieldOf(frame, base + atom.offset, atom.width) & atom.mask) >>> 0;
    if (atom.kind === "equal") return { ...atom, value: masked };
    base += masked << atom.left;
    return atom;
  });
}

/** Frames laid out in one memory, one row each; `prefixes`: also every shorter length of each. */
export class Rows {
  readonly octets: Uint8Array;
  readonly address: Int32Array;
  readonly captured: Int32Array;

  constructor(frames: readonly Uint8Array[], prefixes: boolean) {
    const memory = new SharedArrayBuffer(frames.reduce((sum, frame) => sum + frame.length, 0) + 8);
    this.octets = new Uint8Array(memory);
    const rows: [number, number][] = [];
    let at = 1;
    for (const frame of frames) {
      this.octets.set(frame, at);
      for (let length = prefixes ? 0 : frame.length; length <= frame.length; length++) rows.push([at, length]);
      at += frame.length;
    }
    this.address = Int32Array.from(rows, ([address]) => address);
    this.captured = Int32Array.from(rows, ([, captured]) => captured);
  }

  get count(): number {
    return this.address.length;
  }
}

/** Winner and sorted taps of each row, as text. */
export type Verdicts = string[];

export function verdictsOf(demux: Demux, rows: Rows): Verdicts {
  const verdicts: Verdicts = [];
  for (let from = 0; from < rows.count; ) {
    const to = demux.run(rows, from, rows.count);
    for (let row = from; row < to; row++) {
      const start = demux.tapStart[row]!;
      const taps = demux.taps.slice(start, start + demux.tapCount[row]!).sort();
      verdicts.push(`${demux.winner[row]}: ${taps.join(" ")}`);
    }
    from = to;
  }
  return verdicts;
}

export function bruteVerdicts(bound: Iterable<Bound>, rows: Rows): Verdicts {
  const list = [...bound];
  return Array.from(rows.address, (address, row) => {
    const { winner, taps } = judge(list, rows.octets, address, rows.captured[row]!);
    return `${winner}: ${taps.join(" ")}`;
  });
}

/** A classifier and a demux on each target, kept alike. */
export class Engines {
  readonly classifier = new Classifier("interpreter");
  readonly bound = new Map<number, Bound>();
  readonly #js: Demux;
  readonly #interpreter: Demux;
  readonly rows: Rows;

  constructor(rows: Rows) {
    this.rows = rows;
    this.#js = new Demux(rows.octets.buffer, rows.count, "js");
    this.#interpreter = new Demux(rows.octets.buffer, rows.count, "interpreter");
  }

  insert(bound: Bound): void {
    this.bound.set(bound.id, bound);
    this.classifier.insert(bound.id, bound.filter, bound.mode, bound.priority, bound.age);
  }

  remove(id: number): void {
    this.bound.delete(id);
    this.classifier.remove(id);
  }

  install(): ProgramUpdate {
    const update = this.classifier.update();
    this.#js.install(structuredClone(update));
    this.#interpreter.install(structuredClone(update));
    return update;
  }

  verdicts(): { brute: Verdicts; js: Verdicts; interpreter: Verdicts } {
    return {
      brute: bruteVerdicts(this.bound.values(), this.rows),
      js: verdictsOf(this.#js, this.rows),
      interpreter: verdictsOf(this.#interpreter, this.rows),
    };
  }
}
