/**
 * The value that an instruction makes, and what is known of it from what is known of its operands. Sums and differences are
 * values by themselves (values.ts); all others are what that instruction makes, within bounds.
 */
import { isLong } from "./compute.js";
import { type Facts, type Interval, MAX_WORD, MIN_WORD } from "./facts.js";
import type { Alu, Immediate, Insn, MemoryType, SmallType } from "./insn.js";
import { type Value, type Values, ZERO } from "./values.js";

/** Where an instruction finds its operands. */
export interface Operands {
  register(register: number): Value;
  constant(imm: Immediate): Value;
  /** What this instruction makes. */
  made(): Value;
}

const SMALL: Readonly<Record<SmallType, Interval>> = {
  c: { lo: -0x80, hi: 0x7f },
  uc: { lo: 0, hi: 0xff },
  s: { lo: -0x8000, hi: 0x7fff },
  us: { lo: 0, hi: 0xffff },
};

function rangeOf(type: MemoryType): Interval | undefined {
  return type === "c" || type === "uc" || type === "s" || type === "us" ? SMALL[type] : undefined;
}

/** `insn` assigns a word. */
export function computed(insn: Insn, operands: Operands, facts: Facts, values: Values): Value {
  switch (insn.op) {
    case "set":
      return operands.constant(insn.imm);
    case "alu":
    case "alui": {
      const a = operands.register(insn.rs1);
      const b = insn.op === "alu" ? operands.register(insn.rs2) : operands.constant(insn.imm);
      return new Arithmetic(facts, values, operands, insn.type === "u").compute(insn.alu, a, b);
    }
    case "unary": {
      if (insn.unary === "not") return within(facts, operands.made(), { lo: 0, hi: 1 });
      // com a = -1 - a
      const from = insn.unary === "com" ? values.constant(-1) : ZERO;
      return new Arithmetic(facts, values, operands, false).compute("sub", from, operands.register(insn.rs));
    }
    case "cv":
      return converted(insn, operands, facts);
    case "ld":
      return within(facts, operands.made(), rangeOf(insn.memory));
    default:
      return operands.made();
  }
}

function within(facts: Facts, value: Value, range: Interval | undefined): Value {
  if (range !== undefined) facts.restrict(value, range.lo, range.hi);
  return value;
}

/** A word that has the bits already stays what it is. Of longs nothing is known. */
function converted(insn: Extract<Insn, { op: "cv" }>, operands: Operands, facts: Facts): Value {
  if (isLong(insn.from)) return operands.made();
  const value = operands.register(insn.rs);
  const range = rangeOf(insn.to);
  if (range === undefined) return value;
  const { lo, hi } = facts.bounds(value);
  return lo >= range.lo && hi <= range.hi ? value : within(facts, operands.made(), range);
}

class Arithmetic {
  readonly #facts: Facts;
  readonly #values: Values;
  readonly #operands: Operands;
  readonly #unsigned: boolean;

  constructor(facts: Facts, values: Values, operands: Operands, unsigned: boolean) {
    this.#facts = facts;
    this.#values = values;
    this.#operands = operands;
    this.#unsigned = unsigned;
  }

  compute(alu: Alu, a: Value, b: Value): Value {
    switch (alu) {
      case "add":
        return this.#sum(a, b);
      case "sub":
        return this.#difference(a, b);
      case "mul":
        return this.#product(a, b);
      case "div":
      case "mod":
        return this.#quotient(alu, a, b);
      case "and":
        return this.#and(a, b);
      case "or":
      case "xor":
        return this.#or(a, b);
      case "lsh":
      case "rsh":
        return this.#shifted(alu, a, b);
    }
  }

  #sum(a: Value, b: Value): Value {
    const [x, y] = [this.#facts.bounds(a), this.#facts.bounds(b)];
    const sum = this.#values.add(a, b);
    if (this.#values.isConstant(a) || this.#values.isConstant(b)) return sum;
    this.#range(sum, x.lo + y.lo, x.hi + y.hi);
    // Two words that are not negative make an unsigned one: nothing wraps.
    if (x.lo >= 0 && y.lo >= 0) {
      this.#facts.relate(a, y.lo, sum);
      this.#facts.relate(b, x.lo, sum);
    }
    return sum;
  }

  /** a - b is no more than a where b is not, and a is not negative. */
  #difference(a: Value, b: Value): Value {
    const [x, y] = [this.#facts.bounds(a), this.#facts.bounds(b)];
    const difference = this.#values.subtract(a, b);
    if (this.#values.isConstant(b) || this.#values.isConstant(difference)) return difference;
    if (this.#facts.isAtMost(b, 0, a)) {
      const least = this.#facts.unsigned(b).lo;
      this.#facts.restrict(difference, 0, x.hi - least);
      this.#facts.relate(difference, least, a);
    } else this.#range(difference, x.lo - y.hi, x.hi - y.lo);
    return difference;
  }

  #product(a: Value, b: Value): Value {
    const [x, y] = [this.#facts.bounds(a), this.#facts.bounds(b)];
    const made = this.#operands.made();
    if (x.lo >= 0 && y.lo >= 0) this.#range(made, x.lo * y.lo, x.hi * y.hi);
    return made;
  }

  /** Neither is more than a; nor is what is left of a division by 0, nor its quotient, which is 0. */
  #quotient(alu: "div" | "mod", a: Value, b: Value): Value {
    const made = this.#operands.made();
    const [x, y] = this.#unsigned
      ? [this.#facts.unsigned(a), this.#facts.unsigned(b)]
      : [this.#facts.bounds(a), this.#facts.bounds(b)];
    if (x.lo < 0 || y.lo < 0) return made;
    const divided = alu === "div" && y.lo > 0;
    const most = alu === "mod" && y.lo > 0 ? Math.min(x.hi, y.hi - 1) : Math.floor(x.hi / Math.max(1, y.lo));
    this.#facts.restrict(made, divided ? Math.floor(x.lo / y.hi) : 0, alu === "mod" ? Math.min(most, x.hi) : most);
    this.#facts.relate(made, 0, a);
    if (alu === "mod" && y.lo > 0) this.#facts.relate(made, 1, b);
    return made;
  }

  /** No more than either, as unsigned words. */
  #and(a: Value, b: Value): Value {
    const made = this.#operands.made();
    this.#facts.restrict(made, 0, Math.min(this.#facts.unsigned(a).hi, this.#facts.unsigned(b).hi));
    this.#facts.relate(made, 0, a);
    this.#facts.relate(made, 0, b);
    return made;
  }

  /** No bit above the highest of either. */
  #or(a: Value, b: Value): Value {
    const made = this.#operands.made();
    const most = Math.max(this.#facts.unsigned(a).hi, this.#facts.unsigned(b).hi);
    this.#facts.restrict(made, 0, 2 ** (32 - Math.clz32(most)) - 1);
    return made;
  }

  #shifted(alu: "lsh" | "rsh", a: Value, b: Value): Value {
    const made = this.#operands.made();
    const count = this.#values.isConstant(b) ? this.#facts.bounds(b).lo & 31 : undefined;
    const x = this.#facts.bounds(a);
    if (alu === "lsh") {
      if (count !== undefined && x.lo >= 0) this.#range(made, x.lo * 2 ** count, x.hi * 2 ** count);
      return made;
    }
    if (this.#unsigned || x.lo >= 0) {
      const { lo, hi } = this.#facts.unsigned(a);
      const by = 2 ** (count ?? 0);
      this.#facts.restrict(made, count === undefined ? 0 : Math.floor(lo / by), Math.floor(hi / by));
      this.#facts.relate(made, 0, a);
    } else if (count !== undefined) this.#facts.restrict(made, x.lo >> count, x.hi >> count);
    return made;
  }

  /** Bounds of a sum of numbers are those of the word where it is one. */
  #range(value: Value, lo: number, hi: number): void {
    if (lo >= MIN_WORD && hi <= MAX_WORD) this.#facts.restrict(value, lo, hi);
  }
}
