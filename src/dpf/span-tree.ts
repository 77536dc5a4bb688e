/**
 * Intervals of a field's values: which of ten thousand networks or port ranges contain a value is found in a few loads.
 * An interval is cut into prefixes (at most two for each bit). Prefixes nest, so the longest one that contains a value
 * leads to all the others: the chain of its entries goes on with the chain of the prefix that covers it, and
 * whatever nests costs no more than what it finds.
 *
 * The longest prefix is found by the value's first bits, which name a slot. Where all values of the slot have the same
 * longest prefix the slot says it, else it names a list of bounds: where each stretch of values begins, and its prefix.
 * One table holds the trees of many nodes, each with slots of its own.
 */
import type { Entries, Interval } from "./entries.js";
import { type Shape, shapeOf, TREE_WORDS, TreeWord } from "./layout.js";
import { LoggedTable } from "./tables.js";

interface Prefix {
  /** Bits given, from the top; -1: what covers all of the tree, without entries. */
  readonly length: number;
  readonly low: number;
  /** First entry; never changes while there are any. */
  readonly head: number;
  cover: Prefix | undefined;
  /** Prefixes that it covers, by value, none inside another. */
  kids: Prefix[];
}

/** Words of the table: room for so many bounds. */
interface Bounds {
  readonly word: number;
  readonly room: number;
}

export interface Tree {
  /** Word of its first slot. */
  readonly root: number;
  readonly all: Prefix;
  /** By slot: its list, where it has one. */
  readonly bounds: Map<number, Bounds>;
}

export class SpanTrees {
  /** Word 0 is nowhere. */
  readonly table = new LoggedTable(TREE_WORDS);
  readonly #shape: Shape;
  readonly #entries: Entries;
  /** Free stretches by their number of words. */
  readonly #free = new Map<number, number[]>();
  #top = TREE_WORDS;

  /** `shape`: a number of SHAPES. */
  constructor(shape: number, entries: Entries) {
    this.#shape = shapeOf(shape);
    this.#entries = entries;
  }

  create(): Tree {
    const root = this.#allocate(TREE_WORDS * 2 ** this.#shape.bits);
    return { root, all: { length: -1, low: 0, head: 0, cover: undefined, kids: [] }, bounds: new Map() };
  }

  insert(tree: Tree, interval: Interval, child: number): void {
    for (const piece of prefixesOf(interval, this.#shape.width)) {
      const { found, cover } = this.#find(tree, piece);
      if (found) this.#entries.insert(found.head, child, interval);
      else this.#add(tree, piece, cover, this.#entries.create(child, interval, cover.head));
    }
  }

  remove(tree: Tree, interval: Interval, child: number): void {
    for (const piece of prefixesOf(interval, this.#shape.width)) {
      const { found, cover } = this.#find(tree, piece);
      if (found === undefined) throw new Error(`span tree: no prefix ${piece.low}/${piece.length}`);
      if (!this.#entries.remove(found.head, cover.head, child, interval)) this.#drop(tree, found, cover);
    }
  }

  /** First entry of the longest prefix that contains the value, or 0: what generated code finds. */
  find({ root }: Tree, value: number): number {
    const slot = root + TREE_WORDS * this.#slotOf(value);
    const list = this.table.get(slot + TreeWord.bounds);
    if (list === 0) return this.table.get(slot + TreeWord.entry);
    let [from, to] = [0, this.table.get(list)];
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (this.table.get(list + 1 + 2 * middle) >>> 0 <= value) from = middle;
      else to = middle;
    }
    return this.table.get(list + 2 + 2 * from);
  }

  /** Gives all words of an empty tree back. */
  free(tree: Tree): void {
    for (const { word, room } of tree.bounds.values()) this.#release(word, boundsWords(room));
    this.#release(tree.root, TREE_WORDS * 2 ** this.#shape.bits);
  }

  // --- prefixes ---

  /** The prefix, where there is one, and the longest that covers it. */
  #find(tree: Tree, { low, length }: Piece): { found: Prefix | undefined; cover: Prefix } {
    let cover = tree.all;
    for (;;) {
      const kid = cover.kids[firstNotBelow(cover.kids, low + 1) - 1];
      if (kid === undefined || kid.length > length || low > this.#highOf(kid)) return { found: undefined, cover };
      if (kid.length === length) return { found: kid, cover };
      cover = kid;
    }
  }

  #highOf({ low, length }: Piece): number {
    return low + 2 ** (this.#shape.width - Math.max(length, 0)) - 1;
  }

  #add(tree: Tree, { low, length }: Piece, cover: Prefix, head: number): void {
    const prefix: Prefix = { length, low, head, cover, kids: [] };
    const from = firstNotBelow(cover.kids, low);
    const to = firstNotBelow(cover.kids, this.#highOf(prefix) + 1);
    prefix.kids = cover.kids.splice(from, to - from, prefix);
    for (const kid of prefix.kids) this.#recover(kid, prefix);
    this.#refresh(tree, prefix);
  }

  #drop(tree: Tree, prefix: Prefix, cover: Prefix): void {
    cover.kids.splice(firstNotBelow(cover.kids, prefix.low), 1, ...prefix.kids);
    for (const kid of prefix.kids) this.#recover(kid, cover);
    this.#refresh(tree, prefix);
    this.#entries.free(prefix.head);
  }

  /** Another prefix covers `kid` from now on: its chain goes on there. */
  #recover(kid: Prefix, cover: Prefix): void {
    this.#entries.setNext(this.#entries.last(kid.head, kid.cover?.head ?? 0), cover.head);
    kid.cover = cover;
  }

  // --- slots ---

  #slotOf(value: number): number {
    return Math.floor(value / this.#valuesOfSlot);
  }

  get #valuesOfSlot(): number {
    return 2 ** (this.#shape.width - this.#shape.bits);
  }

  /** Slots in which the prefix lies say what is true now. */
  #refresh(tree: Tree, prefix: Piece): void {
    const last = this.#slotOf(this.#highOf(prefix));
    for (let slot = this.#slotOf(prefix.low); slot <= last; slot++) this.#refreshSlot(tree, slot);
  }

  #refreshSlot(tree: Tree, slot: number): void {
    const low = slot * this.#valuesOfSlot;
    const high = low + this.#valuesOfSlot - 1;
    const { found, cover } = this.#find(tree, { low, length: this.#shape.bits });
    const stretches: Stretch[] = [];
    this.#stretches(found ?? cover, low, high, stretches);
    const word = tree.root + TREE_WORDS * slot;
    const [only] = stretches;
    const isOne = stretches.length === 1;
    const list = this.#room(tree, slot, isOne ? 0 : stretches.length);
    this.table.set(word + TreeWord.entry, isOne ? (only?.head ?? 0) : 0);
    this.table.set(word + TreeWord.bounds, list);
    if (isOne) return;
    this.table.set(list, stretches.length);
    stretches.forEach((stretch, index) => {
      this.table.set(list + 1 + 2 * index, stretch.low | 0);
      this.table.set(list + 2 + 2 * index, stretch.head);
    });
  }

  /** Where in [low, high], all of it inside the prefix, which longest prefix begins. */
  #stretches(prefix: Prefix, low: number, high: number, into: Stretch[]): void {
    const begin = (at: number) => {
      if (into.at(-1)?.head !== prefix.head) into.push({ low: at, head: prefix.head });
    };
    let at = low;
    for (let index = firstNotBelow(prefix.kids, low); index < prefix.kids.length; index++) {
      const kid = prefix.kids[index];
      if (kid === undefined || kid.low > high) break;
      if (at < kid.low) begin(at);
      this.#stretches(kid, kid.low, this.#highOf(kid), into);
      at = this.#highOf(kid) + 1;
    }
    if (at <= high) begin(at);
  }

  /** Word of the slot's list with room for so many bounds; 0 where it needs none. */
  #room(tree: Tree, slot: number, bounds: number): number {
    const known = tree.bounds.get(slot);
    const room = bounds === 0 ? 0 : Math.max(LEAST_ROOM, 2 ** Math.ceil(Math.log2(bounds)));
    if (known?.room === room) return known.word;
    if (known) {
      this.#release(known.word, boundsWords(known.room));
      tree.bounds.delete(slot);
    }
    if (room === 0) return 0;
    const word = this.#allocate(boundsWords(room));
    tree.bounds.set(slot, { word, room });
    return word;
  }

  #allocate(words: number): number {
    const free = this.#free.get(words)?.pop();
    if (free !== undefined) return free;
    const word = this.#top;
    this.#top += words;
    this.table.reserve(this.#top);
    return word;
  }

  #release(word: number, words: number): void {
    for (let at = word; at < word + words; at++) this.table.set(at, 0);
    const free = this.#free.get(words);
    if (free) free.push(word);
    else this.#free.set(words, [word]);
  }
}

/** Bounds that a list has room for at least. */
const LEAST_ROOM = 4;

interface Stretch {
  readonly low: number;
  readonly head: number;
}

/** A count, and the bounds. */
function boundsWords(bounds: number): number {
  return 2 * bounds + 2;
}

interface Piece {
  readonly low: number;
  readonly length: number;
}

/** The fewest prefixes that make up the interval, from below. */
export function prefixesOf({ low, high }: Interval, width: number): Piece[] {
  const pieces: Piece[] = [];
  for (let from = low; from <= high; ) {
    let bits = 0;
    while (bits < width && from % 2 ** (bits + 1) === 0 && from + 2 ** (bits + 1) - 1 <= high) bits++;
    pieces.push({ low: from, length: width - bits });
    from += 2 ** bits;
  }
  return pieces;
}

/** Index of the first that begins at `value` or above. */
function firstNotBelow(prefixes: readonly Prefix[], value: number): number {
  let [from, to] = [0, prefixes.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((prefixes[middle]?.low ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
