/**
 * Predicates of one shape, which are lowered once. A thousand texts often differ in addresses and ports only, and so do
 * their conjunctions then: those of the first are taken, and the others' numbers put in.
 *
 * A *plain* comparison is `load == constant`. What the lowering does with such constants is to compare those of one field
 * with each other, with 0 and with the largest number of the field, and to go one up or down from them (an interval ends before
 * a value that is left out). So where two predicates are the same but for plain constants, and those of each field
 * lie to each other alike (less, equal, more; by 1, 2, or any more), everything that is done for one is done for the
 * other, and each number in the atoms is some constant, or one beside it. What is asked of a field in another way (under a
 * mask, as more or less than something) brings in numbers of its own: such a field's plain constants have to be the same.
 * Loads behind a base that moves may be at one place though they are written otherwise: those of one size count as one field.
 */
import { type Atom, type Conjunction, fullMask, type Width } from "../../dpf/atom.js";
import { printAtom } from "../../dpf/print.js";
import type { Parts } from "./lower.js";
import type { Predicate, Value } from "./predicate.js";

type Comparison = Extract<Predicate, { kind: "comparison" }>;
type Load = Extract<Value, { kind: "load" }>;
type Size = Load["size"];

/** `load == constant`, the constant one that the load can have. */
interface Plain extends Comparison {
  readonly left: Load;
  readonly right: Extract<Value, { kind: "constant" }>;
}

/** Different constants that one field is compared with, 0 and its largest number among them, in the order in which they are met. */
interface Constants {
  readonly values: number[];
  /** It is asked about in other ways too. */
  isFixed: boolean;
}

const WIDTHS: Readonly<Record<Size, Width>> = { 1: 8, 2: 16, 4: 32 };
/** Where more are asked for, comparing them with each other is not worth it. */
const MOST_CONSTANTS = 32;
/** Shapes that are kept, those met last. */
const MOST_SHAPES = 64;
/** Constants that are farther apart have nothing between them that matters. */
const FAR = 3;

/** A field that is at a place from the frame's first octet on; without an offset: any behind a base that moves. */
function fieldKey(size: Size, offset?: number): number {
  return offset === undefined ? size : 8 * (offset + 1) + size;
}

/** What the plain constants of a predicate are. */
class Asked {
  readonly byField = new Map<number, Constants>();
  /** By plain comparison, in order: where in its field's `values` its constant is. */
  readonly slots: number[] = [];

  /** False where the predicate is none that has a shape. */
  add(predicate: Predicate): boolean {
    switch (predicate.kind) {
      case "constant":
        return true;
      case "comparison":
        return isPlain(predicate) ? this.#addPlain(predicate) : this.#fix(predicate.left) && this.#fix(predicate.right);
      case "not":
        return this.add(predicate.of);
      case "chain":
        return this.add(predicate.first) && predicate.rest.every(({ term }) => this.add(term));
      default:
        return false;
    }
  }

  /** Whether constants lie to each other as those of a predicate do that is the same but for them. */
  isLike({ slots, byField }: Asked): boolean {
    if (!this.slots.every((slot, at) => slot === slots[at])) return false;
    for (const [key, constants] of this.byField) {
      const others = byField.get(key);
      if (others === undefined || !lieAlike(constants, others)) return false;
    }
    return true;
  }

  #addPlain({ left, right: { value } }: Plain): boolean {
    const constants = this.#of(left);
    if (constants === undefined) return false;
    const { values } = constants;
    const known = values.indexOf(value);
    this.slots.push(known < 0 ? values.push(value) - 1 : known);
    return values.length <= MOST_CONSTANTS;
  }

  /** False where a load in it is at a place that is not known. */
  #fix(value: Value): boolean {
    if (value.kind === "operation") return this.#fix(value.left) && this.#fix(value.right);
    if (value.kind !== "load") return value.kind !== "cell";
    const constants = this.#of(value);
    if (constants !== undefined) constants.isFixed = true;
    return constants !== undefined;
  }

  #of({ base, offset, size }: Load): Constants | undefined {
    // Without a load in it, what the base is has still to be found out.
    if (base !== undefined && !moves(base)) return undefined;
    const key = fieldKey(size, base === undefined ? offset : undefined);
    let constants = this.byField.get(key);
    if (constants === undefined) {
      constants = { values: [0, fullMask(WIDTHS[size])], isFixed: false };
      this.byField.set(key, constants);
    }
    return constants;
  }
}

/** Whether an address depends on the frame: so it has a base other than the root, or none that atoms can say. */
function moves(value: Value): boolean {
  return value.kind === "load" || (value.kind === "operation" && (moves(value.left) || moves(value.right)));
}

function isPlain(comparison: Comparison): comparison is Plain {
  const { operator, left, right } = comparison;
  if (operator !== "==" || left.kind !== "load" || right.kind !== "constant") return false;
  return right.value <= fullMask(WIDTHS[left.size]);
}

function lieAlike(a: Constants, b: Constants): boolean {
  if (a.isFixed !== b.isFixed || a.values.length !== b.values.length) return false;
  for (let i = 0; i < a.values.length; i++) {
    const [mine, theirs] = [a.values[i]!, b.values[i]!];
    if (a.isFixed && mine !== theirs) return false;
    for (let j = 0; j < i; j++) if (apart(mine, a.values[j]!) !== apart(theirs, b.values[j]!)) return false;
  }
  return true;
}

function apart(a: number, b: number): number {
  return Math.max(-FAR, Math.min(FAR, a - b));
}

/** Where a number of an atom comes from: so much beside a constant. */
interface Source {
  readonly slot: number;
  readonly beside: number;
}

type Test = Extract<Atom, { kind: "equal" | "not-equal" | "range" }>;

/** A test whose numbers are other ones in each predicate of the shape. */
interface Varied {
  readonly kind: "varied";
  readonly test: Test;
  readonly field: number;
  readonly low: Source;
  readonly high: Source;
}

class Shape {
  readonly #first: Predicate;
  readonly #asked: Asked;
  readonly #conjunctions: readonly (readonly (Atom | Varied)[])[];

  private constructor(first: Predicate, asked: Asked, conjunctions: readonly (readonly (Atom | Varied)[])[]) {
    this.#first = first;
    this.#asked = asked;
    this.#conjunctions = conjunctions;
  }

  /** Of the first predicate that has it, whose conjunctions say all; undefined where they have a number that comes from nowhere. */
  static of(first: Predicate, asked: Asked, conjunctions: readonly Conjunction[]): Shape | undefined {
    const varied: (Atom | Varied)[][] = [];
    const known = new Map<string, Atom | Varied>();
    for (const conjunction of conjunctions) {
      const shift = conjunction.findIndex(({ kind }) => kind === "shift-loaded");
      const atoms: (Atom | Varied)[] = [];
      for (const [at, atom] of conjunction.entries()) {
        const isMoved = shift >= 0 && at > shift;
        // One object for what is the same, so that whoever looks at many conjunctions may know it again.
        const key = `${isMoved} ${printAtom(atom)}`;
        const one = known.get(key) ?? variedOf(atom, isMoved, asked);
        if (one === undefined) return undefined;
        known.set(key, one);
        atoms.push(one);
      }
      varied.push(atoms);
    }
    return new Shape(first, asked, varied);
  }

  isOf(predicate: Predicate, asked: Asked): boolean {
    return isAlike(this.#first, predicate) && asked.isLike(this.#asked);
  }

  conjunctionsFor({ byField }: Asked): Conjunction[] {
    const made = new Map<Varied, Test>();
    const testOf = (varied: Varied) => {
      const test = made.get(varied) ?? withConstants(varied, byField.get(varied.field));
      made.set(varied, test);
      return test;
    };
    return this.#conjunctions.map((atoms) => atoms.map((atom) => (atom.kind === "varied" ? testOf(atom) : atom)));
  }
}

function variedOf(atom: Atom, isMoved: boolean, { byField }: Asked): Atom | Varied | undefined {
  if (atom.kind === "length" || atom.kind === "shift" || atom.kind === "shift-loaded") return atom;
  // What facts are compared with is no plain constant.
  if (atom.of !== undefined) return atom;
  const field = fieldKey(atom.width === 32 ? 4 : atom.width === 16 ? 2 : 1, isMoved ? undefined : atom.offset);
  const constants = byField.get(field);
  if (constants === undefined || constants.isFixed) return constants && atom;
  const [low, high] = atom.kind === "range" ? [atom.low, atom.high] : [atom.value, atom.value];
  const [lowSource, highSource] = [sourceOf(low, constants), sourceOf(high, constants)];
  if (lowSource === undefined || highSource === undefined || atom.mask !== fullMask(atom.width)) return undefined;
  return { kind: "varied", test: atom, field, low: lowSource, high: highSource };
}

function sourceOf(value: number, { values }: Constants): Source | undefined {
  const slot = values.findIndex((each) => Math.abs(each - value) <= 1);
  return slot < 0 ? undefined : { slot, beside: value - values[slot]! };
}

function withConstants({ test, low, high }: Varied, constants: Constants | undefined): Test {
  const numberOf = ({ slot, beside }: Source) => (constants?.values[slot] ?? 0) + beside;
  return test.kind === "range"
    ? { ...test, low: numberOf(low), high: numberOf(high) }
    : { ...test, value: numberOf(low) };
}

/** The same but for plain constants. */
function isAlike(a: Predicate, b: Predicate): boolean {
  if (a.kind === "comparison") {
    if (b.kind !== "comparison" || a.operator !== b.operator || !isSame(a.left, b.left)) return false;
    return isPlain(a) ? isPlain(b) : isSame(a.right, b.right);
  }
  if (a.kind === "not") return b.kind === "not" && isAlike(a.of, b.of);
  if (a.kind === "constant") return b.kind === "constant" && a.value === b.value;
  if (a.kind !== "chain" || b.kind !== "chain" || a.rest.length !== b.rest.length || !isAlike(a.first, b.first))
    return false;
  return a.rest.every(({ operator, term }, at) => {
    const other = b.rest[at];
    return other !== undefined && other.operator === operator && isAlike(term, other.term);
  });
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  switch (a.kind) {
    case "constant":
      return b.kind === "constant" && a.value === b.value;
    case "wire":
    case "link":
      return a.kind === b.kind;
    case "cell":
      return b.kind === "cell" && a.cell === b.cell;
    case "load":
      return b.kind === "load" && a.offset === b.offset && a.size === b.size && isSame(a.base, b.base);
    case "operation":
      return b.kind === "operation" && a.operator === b.operator && isSame(a.left, b.left) && isSame(a.right, b.right);
  }
}

export class Shapes {
  readonly #known: Shape[] = [];

  /** The conjunctions that say all of the predicate, without lowering it where another of its shape was; else what `find` says. */
  partsOf(predicate: Predicate, find: () => Parts): Parts {
    const asked = new Asked();
    if (!asked.add(predicate)) return find();
    const known = this.#known.findLast((shape) => shape.isOf(predicate, asked));
    if (known !== undefined) return { conjunctions: known.conjunctionsFor(asked), open: undefined };
    const parts = find();
    const shape = parts.open === undefined ? Shape.of(predicate, asked, parts.conjunctions) : undefined;
    if (shape !== undefined) this.#known.push(shape);
    if (this.#known.length > MOST_SHAPES) this.#known.shift();
    return parts;
  }
}
