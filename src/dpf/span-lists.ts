/** Intervals of nodes that have few of them each: a chain of entries that is looked through. */
import type { Entries, Interval } from "./entries.js";

/** A node that has more makes all of its block use trees (span-tree.ts). */
export const LIST_MAX = 8;

export interface List {
  /** First entry. */
  readonly head: number;
  count: number;
}

export class SpanLists {
  readonly #entries: Entries;

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  create(interval: Interval, child: number): List {
    return { head: this.#entries.create(child, interval, 0), count: 1 };
  }

  insert(list: List, interval: Interval, child: number): void {
    this.#entries.insert(list.head, child, interval);
    list.count++;
  }

  /** Whether any is left: the last one is freed with its list. */
  remove(list: List, interval: Interval, child: number): boolean {
    if (this.#entries.remove(list.head, 0, child, interval)) {
      list.count--;
      return true;
    }
    this.#entries.free(list.head);
    return false;
  }
}
