/** Tables as table-steps.ts says it in words: step by step, on state as it lies. */

import {
  bucketsOf,
  EntryHead,
  type Field,
  MOST_IN_BUCKET,
  partsOf,
  type Table,
  TableHead,
} from "../../src/ash/layout.js";
import { HASH_FACTOR, HASH_LAST_SHIFT, HASH_SHIFT } from "../../src/ash/table-steps.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import type { Memory } from "./evaluate-memory.js";
import type { Value } from "./evaluate-value.js";

type HeadName = Exclude<keyof typeof TableHead, "octets">;
type LinkName = Exclude<keyof typeof EntryHead, "octets">;

/** A table of the state at hand; keys are by field. Entries are virtual addresses, 0 none. */
export class EvaluatedTable {
  readonly #memory: Memory;
  readonly #table: Table;
  readonly #parts: ReturnType<typeof partsOf>;
  readonly #at: number;

  constructor(memory: Memory, table: Table) {
    this.#memory = memory;
    this.#table = table;
    this.#parts = partsOf(table);
    this.#at = STATE_BASE + table.offset;
  }

  get size(): number {
    return this.#head("size");
  }

  /** The address of the key's value, or 0. */
  find(key: readonly Value[]): number {
    const entry = this.#look(key);
    if (entry === 0) return 0;
    this.#use(entry);
    return entry + this.#parts.value;
  }

  enter(key: readonly Value[]): number {
    const value = this.find(key);
    if (value !== 0) return value;
    const bucket = this.#bucket(this.#hash(key));
    const entry = this.#choose(bucket);
    this.#memory.clear(entry + this.#parts.value, this.#table.value.octets);
    this.#take(entry);
    this.#memory.setWord(this.#links(bucket).at(-1)!, entry);
    this.#setLink(entry, "next", 0);
    this.#setLink(entry, "hash", this.#hash(key));
    this.#fields(key).forEach(({ type, offset, value }) => {
      this.#memory.store(type, entry + this.#parts.key + offset, value);
    });
    this.#begin(entry);
    this.#setHead("size", this.size + 1);
    return entry + this.#parts.value;
  }

  delete(key: readonly Value[]): boolean {
    const entry = this.#look(key);
    if (entry === 0) return false;
    this.#drop(entry);
    return true;
  }

  #look(key: readonly Value[]): number {
    const hash = this.#hash(key);
    let entry = this.#memory.word(this.#bucket(hash));
    while (entry !== 0 && !this.#same(entry, hash, key)) entry = this.#link(entry, "next");
    return entry;
  }

  #same(entry: number, hash: number, key: readonly Value[]): boolean {
    const equal = ({ type, offset, value }: Field & { value: Value }) =>
      this.#memory.load(type, entry + this.#parts.key + offset) === value;
    return this.#link(entry, "hash") === hash && this.#fields(key).every(equal);
  }

  #use(entry: number): void {
    if (this.#head("newest") === entry) return;
    this.#leave(entry);
    this.#begin(entry);
  }

  #begin(entry: number): void {
    const newest = this.#head("newest");
    this.#setLink(entry, "older", newest);
    this.#setLink(entry, "newer", 0);
    if (newest === 0) this.#setHead("oldest", entry);
    else this.#setLink(newest, "newer", entry);
    this.#setHead("newest", entry);
  }

  /** Out of the list of use. */
  #leave(entry: number): void {
    const newer = this.#link(entry, "newer");
    const older = this.#link(entry, "older");
    if (newer === 0) this.#setHead("newest", older);
    else this.#setLink(newer, "older", older);
    if (older === 0) this.#setHead("oldest", newer);
    else this.#setLink(older, "newer", newer);
  }

  #drop(entry: number): void {
    let link = this.#bucket(this.#link(entry, "hash"));
    while (this.#memory.word(link) !== entry) link = this.#memory.word(link) + EntryHead.next;
    this.#memory.setWord(link, this.#link(entry, "next"));
    this.#leave(entry);
    this.#setLink(entry, "next", this.#head("free"));
    this.#setHead("free", entry);
    this.#setHead("size", this.size - 1);
  }

  /** The bucket's first where it is full; else one that is not in use, or else the least recently used. */
  #choose(bucket: number): number {
    if (this.#links(bucket).length > MOST_IN_BUCKET) return this.#memory.word(bucket);
    const free = this.#head("free");
    if (free !== 0) return free;
    const fresh = this.#head("fresh");
    return fresh < this.#table.capacity ? this.#numbered(fresh) : this.#head("oldest");
  }

  #numbered(number: number): number {
    return this.#at + this.#parts.entries + number * this.#parts.stride;
  }

  /** The entry that was chosen. */
  #take(entry: number): void {
    const fresh = this.#head("fresh");
    if (entry === this.#numbered(fresh)) {
      this.#setHead("fresh", fresh + 1);
      return;
    }
    if (entry !== this.#head("free")) this.#drop(entry);
    this.#setHead("free", this.#link(entry, "next"));
  }

  /** Addresses of the bucket and of each of its entries' `next`: the last holds 0. */
  #links(bucket: number): number[] {
    const links = [bucket];
    for (let entry = this.#memory.word(bucket); entry !== 0; entry = this.#link(entry, "next")) {
      links.push(entry + EntryHead.next);
    }
    return links;
  }

  #fields(key: readonly Value[]): (Field & { value: Value })[] {
    return this.#table.key.fields.map((field, index) => ({ ...field, value: key[index] ?? 0 }));
  }

  #hash(key: readonly Value[]): number {
    return keyHash(
      key.flatMap((value) =>
        typeof value === "bigint" ? [BigInt.asIntN(32, value), BigInt.asIntN(32, value >> 32n)].map(Number) : [value],
      ),
    );
  }

  #bucket(hash: number): number {
    return this.#at + this.#parts.buckets + 4 * (hash % bucketsOf(this.#table));
  }

  #head(name: HeadName): number {
    return this.#memory.word(this.#at + TableHead[name]);
  }

  #setHead(name: HeadName, value: number): void {
    this.#memory.setWord(this.#at + TableHead[name], value);
  }

  #link(entry: number, name: LinkName): number {
    return this.#memory.word(entry + EntryHead[name]);
  }

  #setLink(entry: number, name: LinkName, value: number): void {
    this.#memory.setWord(entry + EntryHead[name], value);
  }
}

export function keyHash(words: readonly number[]): number {
  const gathered = words.reduce((hash, word) => mixed(hash ^ word, HASH_SHIFT), 0);
  return mixed(gathered, HASH_LAST_SHIFT) >>> 0;
}

function mixed(word: number, shift: number): number {
  const product = Math.imul(word, HASH_FACTOR);
  return product ^ (product >>> shift);
}
