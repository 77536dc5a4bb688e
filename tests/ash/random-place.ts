/** Places in state, indexes and offsets of chance: most of them within bounds, so that runs go on. */
import type { Scalar } from "../../src/ash/tree.js";
import type { Chance } from "../seeded.js";
import type { Scope } from "./random-scope.js";
import type { RandomField, RandomOctets } from "./random-state.js";

/** Octets that most messages have. */
export const MOST_HAVE = 40;

/** An expression of u32 or less, for what indexes are made of. */
export type Word = () => string;

export class RandomPlaces {
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;

  constructor(chance: Chance, count: (construct: string) => void) {
    this.#chance = chance;
    this.#count = count;
  }

  /** Into so many; rarely beyond them. */
  index(count: number, word: Word): string {
    const kind = this.#chance.below(100);
    if (kind < 35) return `${this.#chance.below(count)}`;
    if (kind < 97) return Math.log2(count) % 1 === 0 ? `(${word()}) & ${count - 1}` : `(${word()}) % ${count}`;
    this.#count("an index of any size");
    return word();
  }

  /** Of so many octets in a stretch, or in most messages; undefined where they have no room. */
  offset(octets: RandomOctets | undefined, width: number, word: Word): string | undefined {
    const limit = octets === undefined ? MOST_HAVE : octets.count;
    if (limit !== undefined && limit < width) return undefined;
    const kind = this.#chance.below(100);
    const last = Math.min(limit ?? MOST_HAVE, MOST_HAVE) - width;
    if (kind < 45) return `${this.#chance.below(last + 1)}`;
    if (kind < 75) return `(${word()}) % ${last + 1}`;
    if (kind < 97) return this.#multiple(last, word);
    this.#count("an offset of any size");
    return word();
  }

  /** A multiple of 2, 4 or 8 and a constant, up to `last`. */
  #multiple(last: number, word: Word): string {
    const scale = this.#chance.pick([2, 4, 8]);
    const begin = this.#chance.below(Math.min(last, 9) + 1);
    const count = Math.floor((last - begin) / scale) + 1;
    const kind = this.#chance.pick(["times", "shifted", "masked", "all but the low bits"] as const);
    this.#count(`an offset, ${kind}`);
    switch (kind) {
      case "times":
        return `(${word()}) % ${count} * ${scale} + ${begin}`;
      case "shifted":
        return `${begin} + ((${word()}) % ${count} << ${Math.log2(scale)})`;
      case "masked":
        return `((${word()}) % ${count * scale} & ${scale * (2 ** 8 / scale - 1)}) + ${begin}`;
      case "all but the low bits":
        return `((${word()}) % ${count * scale} >>> ${Math.log2(scale)}) * ${scale} + ${begin}`;
    }
  }

  /** Scalars in state, by type; of the tables, entries that are entered now. */
  place(scope: Scope, type: Scalar, word: Word, entered: (table: string) => string): string | undefined {
    const { state } = scope.around;
    const makers: (() => string)[] = [];
    const fields = (text: () => string, of: readonly RandomField[]) => {
      for (const field of of.filter((field) => field.type === type))
        makers.push(() => this.#field(text(), field, word));
    };
    for (const { text, fields: of } of state.records) fields(() => text, of);
    for (const { name, fields: of } of scope.references) fields(() => name, of);
    for (const { name, fields: of, count } of state.places) {
      fields(() => `${name}[${this.index(count, word)}]${this.#sure()}`, of);
    }
    for (const array of state.arrays.filter((array) => array.type === type)) {
      makers.push(() => `${array.name}[${this.index(array.count, word)}]${this.#sure()}`);
    }
    for (const { text } of state.gathered.filter((gathered) => gathered.type === type)) makers.push(() => text);
    const free = state.tables.filter((table) => !scope.held.has(table.name));
    if (makers.length === 0 || this.#chance.percent(15)) {
      for (const { name, fields: of } of free) fields(() => entered(name), of);
    }
    return makers.length === 0 ? undefined : this.#chance.pick(makers)();
  }

  #field(of: string, { name, count }: RandomField, word: Word): string {
    if (count === undefined) return `${of}.${name}`;
    return `${of}.${name}[${this.index(count, word)}]${this.#sure()}`;
  }

  /** What editors ask for that suspect every index; only where a value is read or stored, all the same. */
  #sure(): string {
    if (!this.#chance.percent(10)) return "";
    this.#count("! behind an index");
    return "!";
  }
}
