/**
 * A dispatch table: (node, value) → child, open addressing with linear probing (layout and search:
 * vcode/primitive.ts). Which node an entry belongs to is kept here beside it. Deletion moves later entries of a run back, so there are no tombstones and a miss
 * ends at the first free slot. Authors choose values: where a run gets long the table takes another
 * multiplier, and, where that does not help, more slots; so nobody can make one packet expensive.
 */
import { NODE_MULTIPLIER, SLOT_WORDS, SlotWord, shiftOf, slotOf } from "../vcode/primitive.js";
import { LoggedTable } from "./tables.js";

const MIN_SLOTS = 8;
/** Filled at most so far: each slot that is looked at in vain is a branch mispredicted. */
const FILL = 3 / 8;
/** The longest way from where an entry is sought to where it lies. */
export const MAX_WAY = 32;
/** Multipliers tried before the table doubles; it doubles until 1/32 is filled, then long ways stand. */
const TRIES = 4;
const SPARSEST = 32;

export class DispatchTable {
  readonly table = LoggedTable.ofWords(0);
  #nodes = new Int32Array();
  #slots = 0;
  #count = 0;
  #multiplier = NODE_MULTIPLIER;

  constructor(expected: number) {
    this.#clear(slotsFor(expected));
  }

  get count(): number {
    return this.#count;
  }

  get(node: number, value: number): number {
    return this.table.get(SLOT_WORDS * this.#find(node, value) + SlotWord.child);
  }

  /** Puts a child, never 0, under a key that is not there. */
  insert(node: number, value: number, child: number): void {
    if (this.#count + 1 > this.#slots * FILL) this.#rebuild(2 * this.#slots);
    const way = this.#put(node, value, child);
    if (way > MAX_WAY && this.#count * SPARSEST > this.#slots) this.#spread();
  }

  delete(node: number, value: number): void {
    let hole = this.#find(node, value);
    if (this.table.get(SLOT_WORDS * hole + SlotWord.child) === 0) return;
    this.#count--;
    for (let slot = (hole + 1) % this.#slots; ; slot = (slot + 1) % this.#slots) {
      const at = SLOT_WORDS * slot;
      if (this.table.get(at + SlotWord.child) === 0) break;
      const node = this.#nodes[slot] ?? 0;
      const home = this.#home(node, this.table.get(at + SlotWord.value));
      // The entry may move back to the hole unless its own place lies behind the hole.
      const behind = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
      if (behind) continue;
      this.#write(hole, this.table.get(at + SlotWord.value), node, this.table.get(at + SlotWord.child));
      hole = slot;
    }
    this.#write(hole, 0, 0, 0);
  }

  #home(node: number, value: number): number {
    return slotOf(node, value, this.#multiplier, shiftOf(this.#slots));
  }

  /** The slot where the key lies, or the free one where it would. */
  #find(node: number, value: number): number {
    for (let slot = this.#home(node, value); ; slot = (slot + 1) % this.#slots) {
      const at = SLOT_WORDS * slot;
      if (this.table.get(at + SlotWord.child) === 0) return slot;
      if (this.table.get(at + SlotWord.value) === value && this.#nodes[slot] === node) return slot;
    }
  }

  /** How far from its home the key came to lie. */
  #put(node: number, value: number, child: number): number {
    const slot = this.#find(node, value);
    this.#write(slot, value, node, child);
    this.#count++;
    return (slot - this.#home(node, value) + this.#slots) % this.#slots;
  }

  #write(slot: number, value: number, node: number, child: number): void {
    const at = SLOT_WORDS * slot;
    this.table.set(at + SlotWord.value, value);
    this.#nodes[slot] = node;
    this.table.set(at + SlotWord.child, child);
  }

  #clear(slots: number): void {
    this.#slots = slots;
    this.#count = 0;
    this.#nodes = new Int32Array(slots);
    this.table.reset(SLOT_WORDS * slots + 1);
    this.table.set(SLOT_WORDS * slots, this.#multiplier);
  }

  #entries(): [node: number, value: number, child: number][] {
    const entries: [number, number, number][] = [];
    for (let slot = 0; slot < this.#slots; slot++) {
      const child = this.table.get(SLOT_WORDS * slot + SlotWord.child);
      if (child !== 0)
        entries.push([this.#nodes[slot] ?? 0, this.table.get(SLOT_WORDS * slot + SlotWord.value), child]);
    }
    return entries;
  }

  /** The longest way in the new order. */
  #rebuild(slots: number): number {
    const entries = this.#entries();
    this.#clear(slots);
    return entries.reduce((longest, [node, value, child]) => Math.max(longest, this.#put(node, value, child)), 0);
  }

  #spread(): void {
    for (let slots = this.#slots; this.#count * SPARSEST > slots; slots *= 2) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        this.#multiplier = nextMultiplier(this.#multiplier);
        if (this.#rebuild(slots) <= MAX_WAY) return;
      }
    }
  }
}

function slotsFor(entries: number): number {
  let slots = MIN_SLOTS;
  while (entries > slots * FILL) slots *= 2;
  return slots;
}

/** An odd number with its bits well mixed; the same sequence on every machine. */
function nextMultiplier(multiplier: number): number {
  let x = multiplier;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x | 1;
}
