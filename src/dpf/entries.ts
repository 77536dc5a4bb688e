/**
 * Entries of span dispatches: (child, interval) in chains. The first of a chain keeps its number as long as the chain
 * has any, so that what points to the chain need not be told: others come in behind it, and where it goes
 * itself the second moves into its place.
 */
import { ENTRY_WORDS, EntryWord } from "./layout.js";
import { LoggedTable } from "./tables.js";

/** x with low <= x <= high, as unsigned words. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export class Entries {
  readonly table = new LoggedTable(ENTRY_WORDS);
  readonly #free: number[] = [];
  #top = 1;

  /** Alone in a chain that goes on with `next`. */
  create(child: number, { low, high }: Interval, next: number): number {
    const entry = this.#free.pop() ?? this.#top++;
    this.table.reserve(ENTRY_WORDS * (entry + 1));
    this.#set(entry, EntryWord.child, child);
    this.#set(entry, EntryWord.next, next);
    this.#set(entry, EntryWord.low, low);
    this.#set(entry, EntryWord.size, high - low);
    return entry;
  }

  /** Behind the first of a chain. */
  insert(head: number, child: number, interval: Interval): void {
    this.setNext(head, this.create(child, interval, this.next(head)));
  }

  /**
   * Takes the child's entry of that interval out of the chain from `head` up to `end`; false where it was the only
   * one, which then still stands, to be freed by whoever points to it.
   */
  remove(head: number, end: number, child: number, { low }: Interval): boolean {
    let before = 0;
    let entry = head;
    while (this.child(entry) !== child || this.#get(entry, EntryWord.low) !== (low | 0)) {
      before = entry;
      entry = this.next(entry);
      if (entry === end) throw new Error(`entries: ${child} is not in the chain of ${head}`);
    }
    const next = this.next(entry);
    if (before !== 0) {
      this.setNext(before, next);
      this.free(entry);
      return true;
    }
    if (next === end) return false;
    for (let word = 0; word < ENTRY_WORDS; word++) this.#set(entry, word, this.#get(next, word));
    this.free(next);
    return true;
  }

  /** The last of a chain that goes on with `end`. */
  last(head: number, end: number): number {
    let entry = head;
    while (this.next(entry) !== end) entry = this.next(entry);
    return entry;
  }

  child(entry: number): number {
    return this.#get(entry, EntryWord.child);
  }

  next(entry: number): number {
    return this.#get(entry, EntryWord.next);
  }

  contains(entry: number, value: number): boolean {
    const above = (value - this.#get(entry, EntryWord.low)) >>> 0;
    return above <= this.#get(entry, EntryWord.size) >>> 0;
  }

  setNext(entry: number, next: number): void {
    this.#set(entry, EntryWord.next, next);
  }

  free(entry: number): void {
    for (let word = 0; word < ENTRY_WORDS; word++) this.#set(entry, word, 0);
    this.#free.push(entry);
  }

  #get(entry: number, word: number): number {
    return this.table.get(ENTRY_WORDS * entry + word);
  }

  #set(entry: number, word: number, value: number): void {
    this.table.set(ENTRY_WORDS * entry + word, value | 0);
  }
}
