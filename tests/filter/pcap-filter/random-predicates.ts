/** Seeded predicates over short frames: mostly about what a model frame has, so that both answers come up. */
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import type { Comparison, NumberOperator, Predicate, Step, Value } from "../../../src/filter/pcap-filter/predicate.js";
import type { Chance } from "../../seeded.js";

export const LONGEST = 36;
const LAST = 0xffffffff;
/** Octets that lengths of headers, protocol numbers and extension headers have, so that shifts and chains lead somewhere. */
const OCTETS = [0, 0, 1, 1, 2, 3, 4, 6, 17, 51, 59, 60, 0x41, 0x42, 0x45, 0xff];

export function randomFrame(chance: Chance): Uint8Array {
  return Uint8Array.from({ length: 8 + chance.below(LONGEST - 7) }, () => chance.pick(OCTETS));
}

/** A frame with some octets changed. */
export function near(chance: Chance, frame: Uint8Array): Uint8Array {
  return frame.map((octet) => (chance.percent(8) ? chance.pick(OCTETS) : octet));
}

export interface Taste {
  /** Of a hundred numbers, how many are beyond what atoms can say. */
  readonly odd: number;
}

const OPERATORS: readonly NumberOperator[] = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];
const COMPARISONS: readonly Comparison[] = ["==", "==", "==", ">", ">=", "&"];

export class Predicates {
  readonly #chance: Chance;
  readonly #model: Uint8Array;
  readonly #taste: Taste;
  #bases: Value[] = [];

  constructor(chance: Chance, model: Uint8Array, taste: Taste) {
    this.#chance = chance;
    this.#model = model;
    this.#taste = taste;
  }

  predicate(): Predicate {
    const chance = this.#chance;
    const header: Value = { kind: "load", base: undefined, offset: chance.below(3), size: 1 };
    const length = operation("<<", operation("&", header, constant(chance.pick([1, 3, 15]))), constant(2));
    const other: Value = { kind: "load", base: length, offset: chance.below(3), size: 1 };
    const second = operation("+", length, operation("*", operation("&", other, constant(3)), constant(2)));
    this.#bases = chance.percent(70) ? [length] : [length, second];
    const head: Predicate | undefined = chance.percent(5)
      ? { kind: "store", cell: 0, value: this.#number(1) }
      : undefined;
    const predicate = this.#predicate(3);
    return head === undefined
      ? predicate
      : { kind: "chain", first: head, rest: [{ operator: "and", term: predicate }] };
  }

  #predicate(depth: number): Predicate {
    const chance = this.#chance;
    const kind = depth === 0 ? 0 : chance.below(100);
    if (kind < 25) return this.#leaf();
    if (kind < 40) return { kind: "not", of: this.#predicate(depth - 1) };
    const rest = Array.from({ length: 1 + chance.below(3) }, (): Step => {
      return { operator: chance.percent(60) ? "or" : "and", term: this.#predicate(depth - 1) };
    });
    return { kind: "chain", first: this.#predicate(depth - 1), rest };
  }

  #leaf(): Predicate {
    const chance = this.#chance;
    const kind = chance.below(100);
    if (kind < 3) return { kind: "constant", value: chance.percent(50) };
    if (kind < 3 + this.#taste.odd / 4) return { kind: "store", cell: chance.below(2), value: this.#number(1) };
    if (kind < 3 + this.#taste.odd / 2) {
      const version = chance.pick([4, 6] as const);
      const base = chance.percent(30) ? this.#bases[0] : undefined;
      return { kind: "protochain", version, base, offset: chance.below(4), protocol: chance.pick(OCTETS) };
    }
    return this.#comparison();
  }

  #comparison(): Predicate {
    const chance = this.#chance;
    const operator = chance.pick(COMPARISONS);
    const number = this.#number(2);
    if (chance.percent(this.#taste.odd)) return { kind: "comparison", operator, left: number, right: this.#number(1) };
    const value = this.#valueOf(number);
    const near = chance.percent(60) ? value : (value + chance.pick([1, -1, 256, 1 << 24])) >>> 0;
    const other = constant(chance.percent(10) ? chance.pick([0, 1, LAST, 0x80000000]) : near);
    return chance.percent(80)
      ? { kind: "comparison", operator, left: number, right: other }
      : { kind: "comparison", operator, left: other, right: number };
  }

  /** What the number is in the model, found by asking for its bits; 0 where it has a fault there. */
  #valueOf(number: Value): number {
    let value = 0;
    for (let bit = 31; bit >= 0; bit--) {
      const predicate: Predicate = {
        kind: "comparison",
        operator: ">=",
        left: number,
        right: constant((value | (1 << bit)) >>> 0),
      };
      const { length } = this.#model;
      if (evaluate(predicate, this.#model, 0, length, length)) value = (value | (1 << bit)) >>> 0;
    }
    return value;
  }

  #number(depth: number): Value {
    const chance = this.#chance;
    const kind = chance.below(100);
    if (kind < 5) return { kind: "wire" };
    if (kind < 5 + this.#taste.odd / 4) return { kind: "cell", cell: chance.below(2) };
    if (depth === 0 || kind < 60) return this.#load();
    if (chance.percent(this.#taste.odd)) {
      return operation(chance.pick(OPERATORS), this.#number(depth - 1), this.#number(depth - 1));
    }
    return this.#scaled(depth);
  }

  /** One number and a constant: mostly what atoms can say. */
  #scaled(depth: number): Value {
    const chance = this.#chance;
    const number = this.#number(depth - 1);
    const operator = chance.pick(OPERATORS);
    const constants: Record<string, readonly number[]> = {
      "&": [1, 2, 15, 0xf0, 0x1fff, 0xff00ff],
      "<<": [0, 1, 4, 24, 32],
      ">>": [0, 1, 4, 24, 32],
      "*": [0, 1, 2, 4, 256, 3],
      "/": [0, 1, 2, 4, 256, 3],
      "%": [0, 1, 2, 4, 256, 3],
      "+": [0, 1, 14, 0xfffffff0],
      "-": [0, 1, 14, 0xfffffff0],
    };
    const by = constant(chance.pick(constants[operator] ?? [0, 1]));
    const commutes = operator === "&" || operator === "+" || operator === "*";
    return commutes && chance.percent(30) ? operation(operator, by, number) : operation(operator, number, by);
  }

  #load(): Value {
    const chance = this.#chance;
    const size = chance.pick([1, 1, 2, 4] as const);
    if (chance.percent(2))
      return { kind: "load", base: undefined, offset: chance.pick([0x7fffffff, LAST, 65_536]), size };
    if (chance.percent(60)) return { kind: "load", base: undefined, offset: chance.below(12), size };
    if (chance.percent(this.#taste.odd)) return { kind: "load", base: this.#number(1), offset: chance.below(8), size };
    const base = chance.pick(this.#bases);
    const moved = chance.percent(20) ? operation("+", base, constant(chance.pick([2, 5, LAST]))) : base;
    return { kind: "load", base: moved, offset: chance.below(8), size };
  }
}

export function constant(value: number): Value {
  return { kind: "constant", value };
}

export function operation(operator: NumberOperator, left: Value, right: Value): Value {
  return { kind: "operation", operator, left, right };
}
