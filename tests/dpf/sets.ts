/** Seeded sets of filters with frames for them. Each kind is there for the shapes of code that it makes. */
import { type Atom, type Filter, fullMask, LINK, WIRE, type Width } from "../../src/dpf/atom.js";
import { Chance } from "../seeded.js";
import { factsOf, withFacts } from "./facts.js";
import { randomPredicate } from "./predicates.js";
import { instance, randomFilter, randomFrame, template } from "./samples.js";
import { type EngineOptions, Engines, Rows } from "./support.js";

export interface FilterSet {
  readonly engines: Engines;
  readonly frames: readonly Uint8Array[];
}

/** What each kind is for; `often`: in so many of a hundred sets. */
const KINDS = [
  { make: makeScattered, often: 37 },
  { make: makeDispatching, often: 30 },
  { make: makeFacts, often: 6 },
  { make: makePlain, often: 7 },
  { make: makeSpans, often: 16 },
  { make: makeWide, often: 2 },
  { make: makeCut, often: 2 },
];

export function makeSet(seed: number, options: EngineOptions = {}): FilterSet {
  // Kinds alternate: neighbouring seeds are of different ones.
  let left = (37 * seed) % 100;
  const kind = KINDS.find(({ often }) => {
    left -= often;
    return left < 0;
  });
  if (kind === undefined) throw new Error("sets: the kinds are not a hundred");
  const chance = new Chance(seed);
  return kind.make(chance, { heat: chance.percent(15), ...options });
}

type Make = (filter: Filter, priority?: number) => void;

/** Frames of each set. */
const FRAMES = 15;
/** Claims of one set: each is compared with all that it may meet. */
const MOST_CLAIMS = 25;

/** Filters that tap, or claim, or either. */
function binding(chance: Chance, engines: Engines): Make {
  const taps = chance.pick([0, 50, 50, 50, 100]);
  let claims = 0;
  return (filter, priority = 0) => {
    const id = engines.bound.size + 1;
    const age = chance.percent(50) ? id : 1000 - id;
    const mode = chance.percent(taps) || claims === MOST_CLAIMS ? "tap" : "claim";
    if (mode === "claim") claims++;
    engines.insert({ id, filter, mode, priority, age });
  };
}

/** Some, none or all filters of the set have a residual, of very few; and the same of tests of facts. */
function extras(chance: Chance, longest: number, frames: readonly Uint8Array[]): (filter: Filter) => Filter {
  const often = chance.pick([0, 0, 0, 20, 100]);
  const asked = chance.pick([0, 0, 20, 60]);
  const predicates = Array.from({ length: 1 + chance.below(2) }, () => randomPredicate(chance, longest));
  return ({ conjunctions }) => {
    const filter = {
      conjunctions: conjunctions.map((each) =>
        chance.percent(asked) ? withFacts(chance, each, factsOf(chance.pick(frames))) : each,
      ),
    };
    return chance.percent(often) ? { ...filter, residual: chance.pick(predicates) } : filter;
  };
}

/** Filters that have little in common, and the relatives of one frame, so that one made from one often matches another. */
function makeScattered(chance: Chance, options: EngineOptions): FilterSet {
  const base = randomFrame(chance, 30);
  const frames = [base, ...Array.from({ length: FRAMES - 1 }, () => relative(chance, base))];
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const more = extras(chance, base.length, frames);
  const count = chance.percent(90) ? 1 + chance.below(8) : 1 + chance.below(40);
  while (engines.bound.size < count) {
    bind(more(randomFilter(chance, frames, chance.percent(70) ? 3 : 8)), chance.below(2));
  }
  return { engines, frames };
}

/** Many filters of few forms: dispatches, and blocks that nodes share. */
function makeDispatching(chance: Chance, options: EngineOptions): FilterSet {
  const base = randomFrame(chance, 24);
  const frames = Array.from({ length: FRAMES }, () => scattered(chance, base));
  const forms = [template(chance, 4), template(chance, 3)];
  const first = template(chance, 2);
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const more = extras(chance, base.length, frames);
  const count = 5 + chance.below(30);
  while (engines.bound.size < count) {
    const atoms = [...first, ...chance.pick(forms)];
    const conjunctions = Array.from({ length: chance.percent(80) ? 1 : 3 }, () =>
      instance(chance, atoms, chance.pick(frames)),
    );
    bind(more({ conjunctions }));
  }
  return { engines, frames };
}

/** Values of one field: at most one filter matches, so nothing has to be compared. */
function makePlain(chance: Chance, options: EngineOptions): FilterSet {
  const width = chance.pick<Width>([8, 8, 8, 16, 32]);
  const spread = chance.pick([1, 1, 7]);
  const frames = Array.from({ length: FRAMES }, () => {
    const value = spread * chance.below(12);
    return Uint8Array.from({ length: 6 }, (_, at) => (at === width / 8 ? value : 0));
  });
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const count = 1 + chance.below(12);
  for (let key = 0; key < count; key++) {
    const value = spread * key;
    bind({ conjunctions: [[{ kind: "equal", offset: 1, width, mask: fullMask(width), value }]] });
  }
  return { engines, frames };
}

/** Intervals below one node, or below many that have many each, with or without another field beside them. */
function makeSpans(chance: Chance, options: EngineOptions): FilterSet {
  const frames = Array.from({ length: FRAMES }, () => Uint8Array.from({ length: 14 }, () => chance.below(6)));
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const width = chance.pick<Width>([8, 16, 32]);
  const isKeyed = chance.percent(65);
  const beside = chance.pick([0, 0, 40, 80]);
  const most = chance.pick([1, 6, 14, 24]);
  const hasTwo = chance.percent(30);
  const keys = isKeyed ? [0, 1, 2, 3, 4, 5].slice(0, 3 + chance.below(4)) : [0];
  for (const key of keys) {
    for (let count = 1 + chance.below(isKeyed ? most : 30); count > 0; count--) {
      const atoms: Atom[] = isKeyed ? [keyOf(key)] : [];
      if (chance.percent(beside)) atoms.push(sideOf(chance));
      if (!chance.percent(beside / 2)) {
        // Two fields of intervals: only one of them finds room in the nodes' records.
        const [at, its] = hasTwo && chance.percent(50) ? [10, 8 as const] : [4, width];
        atoms.push(intervalAtom(chance, at, its, chance.pick(frames)));
      }
      if (chance.percent(30)) atoms.push({ kind: "shift-loaded", offset: 9, width: 8, mask: 3, left: 0 });
      bind({ conjunctions: [atoms] });
    }
  }
  return { engines, frames };
}

function keyOf(value: number): Atom {
  return { kind: "equal", offset: 2, width: 16, mask: 0x00ff, value };
}

function sideOf(chance: Chance): Atom {
  if (chance.percent(50)) return { kind: "equal", offset: 8, width: 8, mask: 0xff, value: chance.below(6) };
  return { kind: "length", least: 8 + chance.below(4), most: 12 + chance.below(4) };
}

/** A range, a network or an inequality near the frame's own value. */
function intervalAtom(chance: Chance, offset: number, width: Width, frame: Uint8Array): Atom {
  const full = fullMask(width);
  const value = frame.slice(offset, offset + width / 8).reduce((sum, octet) => sum * 256 + octet, 0);
  const kind = chance.below(6);
  if (kind === 0) return { kind: "not-equal", offset, width, mask: full, value: chance.pick([value, 0, full]) };
  if (kind < 3) {
    const bits = 1 + chance.below(width - 1);
    const mask = full - (2 ** bits - 1);
    return { kind: "equal", offset, width, mask, value: (value & mask) >>> 0 };
  }
  const reach = chance.pick([0, 1, 3, 300, full]);
  const low = Math.max(0, value - chance.below(reach + 1));
  return { kind: "range", offset, width, mask: full, low, high: Math.min(full, value + chance.below(reach + 1)) };
}

/** Many values of the link type and of intervals of what was on the wire, at the root or below values of other fields. */
function makeFacts(chance: Chance, options: EngineOptions): FilterSet {
  const frames = Array.from({ length: FRAMES }, () =>
    Uint8Array.from({ length: chance.below(20) }, () => chance.below(6)),
  );
  // So close together that values of one frame are within reach of others'.
  const facts = frames.map((frame) => ({ link: 100 + chance.below(30), wire: frame.length + chance.below(60) }));
  const rows = new Rows(frames, true, (_, index) => facts[index] ?? factsOf(new Uint8Array()));
  const engines = new Engines(rows, options);
  const bind = binding(chance, engines);
  const keys = chance.pick([[], [0, 1], [0, 1, 2, 3, 4, 5]]);
  const isWire = chance.pick([[true], [false], [true, false]]);
  const [most, narrow] = [chance.pick([3, 7, 12, 40]), chance.percent(30)];
  for (let count = Math.max(1, keys.length) * most; count > 0; count--) {
    const { link, wire } = chance.pick(facts);
    const atoms: Atom[] = keys.length === 0 ? [] : [{ ...KEY, value: chance.pick(keys) }];
    if (chance.pick(isWire)) {
      const low = Math.max(0, wire - chance.below(narrow ? 3 : 40));
      atoms.push({ kind: "range", ...WIRE, low, high: low + chance.below(narrow ? 5 : 60) });
    } else atoms.push({ kind: "equal", ...LINK, value: link });
    bind({ conjunctions: [atoms] });
  }
  return { engines, frames };
}

const KEY = { kind: "equal", offset: 0, width: 16, mask: 0x00ff } as const;

/** Hundreds of intervals of a field of 32 bits below one node. */
function makeWide(chance: Chance, options: EngineOptions): FilterSet {
  // The same to begin with, so that an interval about one frame's value often holds another's.
  const frames = Array.from({ length: FRAMES }, () =>
    Uint8Array.from({ length: 8 }, (_, at) => (at < 4 ? 200 : chance.below(256))),
  );
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const count = chance.pick([100, 300]);
  while (engines.bound.size < count) {
    const value = new DataView(chance.pick(frames).buffer).getUint32(2);
    const reach = 2 ** (8 + chance.below(23));
    const [low, high] = [Math.max(0, value - chance.below(reach)), Math.min(2 ** 32 - 1, value + chance.below(reach))];
    bind({ conjunctions: [[{ kind: "range", offset: 2, width: 32, mask: 0xffffffff, low, high }]] });
  }
  return { engines, frames };
}

/** So many fields that code is cut: at the root, or below one value of another field. */
function makeCut(chance: Chance, options: EngineOptions): FilterSet {
  const frames = Array.from({ length: FRAMES }, () => Uint8Array.from({ length: 14 }, () => chance.below(4)));
  const engines = new Engines(new Rows(frames, true), options);
  const bind = binding(chance, engines);
  const more = extras(chance, 14, frames);
  const first: Atom[] = chance.percent(50) ? [{ kind: "equal", offset: 0, width: 8, mask: 3, value: 1 }] : [];
  const count = 130 + chance.below(40);
  while (engines.bound.size < count) {
    const frame = chance.pick(frames);
    const tests = Array.from({ length: 1 + chance.below(2) }, (): Atom => {
      const [offset, mask] = [chance.below(14), 1 + chance.below(255)];
      return { kind: "equal", offset, width: 8, mask, value: (frame[offset] ?? 0) & mask };
    });
    bind(more({ conjunctions: [[...first, ...tests]] }));
  }
  return { engines, frames };
}

function scattered(chance: Chance, frame: Uint8Array): Uint8Array {
  return frame.map((octet) => (chance.percent(70) ? octet : chance.below(6)));
}

function relative(chance: Chance, frame: Uint8Array): Uint8Array {
  const copy = frame.slice(0, frame.length - (chance.percent(30) ? chance.below(frame.length + 1) : 0));
  for (let change = chance.below(4); change > 0 && copy.length > 0; change--)
    copy[chance.below(copy.length)] = chance.below(256);
  return copy;
}
