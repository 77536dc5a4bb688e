/**
 * A dispatch table: (node, value) → child, open addressing with linear probing (layout and search:
 * layout.ts). Which node an entry belongs to is kept here beside it. Deletion moves later entries of a run
 * back, so there are no tombstones. Authors choose values: where a way gets long the table takes another
 * multiplier, and, where that does not help, more slots; so nobody can make one packet expensive. Few
 * entries are spread until none is in another's way: then a search is one compare.
 */
import { MAX_WAY, SLOT_WORDS, SlotWord, shiftOf, slotOf, wordsFor } from "./layout.js";
import { LoggedTable } from "./tables.js";

const MIN_SLOTS = 8;
/** Another than that of nodes: with the same one, (node, value) would hash by their sum. */
const FIRST_MULTIPLIER = 0x85ebca6b | 0;
/** Filled at most so far: each slot that is looked at in vain is a branch mispredicted. */
const FILL = 3 / 8;
/** Multipliers tried before the table doubles. */
const TRIES = 8;
/** Up to so many entries are spread until each lies where it is sought; beyond, that costs too many slots. */
const PERFECT = 64;
/** How thin a table may be for that. */
const THINNEST = 1 / 64;

export class DispatchTable {
  readonly table = new LoggedTable(0);
  #nodes = new Int32Array();
  #slots = 0;
  #count = 0;
  #multiplier = FIRST_MULTIPLIER;
  #longest = 0;

  constructor(expected: number) {
    this.#clear(slotsFor(expected));
  }

  get count(): number {
    return this.#count;
  }

  get(node: number, value: number): number {
    const slot = this.#find(node, value);
    return slot === undefined ? 0 : this.table.get(SLOT_WORDS * slot + SlotWord.child);
  }

  /** Puts a child, never 0, under a key that is not there. */
  insert(node: number, value: number, child: number): void {
    const entry = { node, value, child };
    if (this.#count + 1 > this.#slots * FILL) return this.#spread(2 * this.#slots, entry);
    const way = this.#wayOf(node, value);
    if (way > this.#limitFor(this.#count + 1)) return this.#spread(this.#slots, entry);
    this.#put(entry, way);
  }

  delete(node: number, value: number): void {
    let hole = this.#find(node, value);
    if (hole === undefined) return;
    this.#count--;
    for (let slot = hole + 1; this.#child(slot) !== 0; slot++) {
      const at = SLOT_WORDS * slot;
      const owner = this.#nodes[slot] ?? 0;
      // The entry may move back to the hole unless its own place lies behind the hole.
      if (this.#home(owner, this.table.get(at + SlotWord.value)) > hole) continue;
      this.#write(hole, owner, this.table.get(at + SlotWord.value), this.table.get(at + SlotWord.child));
      hole = slot;
    }
    this.#write(hole, 0, 0, 0);
  }

  /** The longest way that an entry may have where there are `count`. */
  #limitFor(count: number): number {
    return count <= PERFECT && count > this.#slots * THINNEST ? 0 : MAX_WAY - 1;
  }

  #home(node: number, value: number): number {
    return slotOf(node, value, this.#multiplier, shiftOf(this.#slots));
  }

  #child(slot: number): number {
    return this.table.get(SLOT_WORDS * slot + SlotWord.child);
  }

  #find(node: number, value: number): number | undefined {
    const home = this.#home(node, value);
    for (let slot = home; slot <= home + this.#longest; slot++) {
      if (this.#child(slot) === 0) return undefined;
      if (this.table.get(SLOT_WORDS * slot + SlotWord.value) === value && this.#nodes[slot] === node) return slot;
    }
    return undefined;
  }

  /** How far from its home a new key would come to lie; MAX_WAY where there is no room for it. */
  #wayOf(node: number, value: number): number {
    const home = this.#home(node, value);
    let way = 0;
    while (way < MAX_WAY && this.#child(home + way) !== 0) way++;
    return way;
  }

  #put({ node, value, child }: Entry, way: number): void {
    this.#write(this.#home(node, value) + way, node, value, child);
    this.#count++;
    if (way <= this.#longest) return;
    this.#longest = way;
    this.#writeTail();
  }

  #write(slot: number, node: number, value: number, child: number): void {
    const at = SLOT_WORDS * slot;
    this.table.set(at + SlotWord.value, value);
    this.#nodes[slot] = node;
    this.table.set(at + SlotWord.child, child);
  }

  #writeTail(): void {
    this.table.set(this.table.length - 2, this.#multiplier);
    this.table.set(this.table.length - 1, this.#longest);
  }

  #clear(slots: number): void {
    this.#slots = slots;
    this.#count = 0;
    this.#longest = 0;
    this.#nodes = new Int32Array(slots + MAX_WAY);
    this.table.reset(wordsFor(slots));
    this.#writeTail();
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    for (let slot = 0; slot < this.#nodes.length; slot++) {
      const child = this.#child(slot);
      if (child !== 0)
        entries.push({
          node: this.#nodes[slot] ?? 0,
          value: this.table.get(SLOT_WORDS * slot + SlotWord.value),
          child,
        });
    }
    return entries;
  }

  /** A new order for all entries and one more: another multiplier or more slots, until no way is too long. */
  #spread(atLeast: number, added: Entry): void {
    const entries = [...this.#entries(), added];
    for (let slots = atLeast; ; slots *= 2) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        this.#multiplier = nextMultiplier(this.#multiplier);
        if (this.#rebuild(slots, entries)) return;
      }
    }
  }

  #rebuild(slots: number, entries: readonly Entry[]): boolean {
    this.#clear(slots);
    for (const entry of entries) {
      const way = this.#wayOf(entry.node, entry.value);
      if (way > this.#limitFor(entries.length)) return false;
      this.#put(entry, way);
    }
    return true;
  }
}

interface Entry {
  readonly node: number;
  readonly value: number;
  readonly child: number;
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
