/**
 * How a handler's state lies in memory: items one after the other from offset 0, each at a multiple of 8, in the order of their
 * declarations; then what the language needs by itself (the frame, and the lowering's table of CRC-32). Scalars are little-endian and aligned to their size,
 * arrays in a shape to 4 octets at least, so that octets are read and written by words.
 *
 *   frame   a word, the frame's length; then FRAME_PAD octets, so that headers behind an Ethernet header are aligned; then its octets
 *   table   its head (TableHead), a word for each bucket, then entries: an EntryHead, the key and the value, each at a multiple of 8.
 *           Links are virtual addresses, 0 where there is none, so that zeros are an empty table.
 *
 * Two layouts are the same where `identity` is: then one handler may go on with the other's state.
 */
import { MAX_FRAME_OCTETS } from "../vcode/handler.js";
import type { Scalar } from "./tree.js";

export interface Layout {
  /** Octets of all of it. */
  readonly octets: number;
  readonly items: readonly Item[];
  /** What it depends on, as one line of text: names, types, counts, in order. */
  readonly identity: string;
}

export interface Field {
  readonly name: string;
  readonly type: Scalar;
  /** From the begin of what it is a field of. */
  readonly offset: number;
  /** Undefined: one scalar; else an array of so many. */
  readonly count: number | undefined;
}

export interface Shape {
  readonly fields: readonly Field[];
  /** A multiple of 8 where a field is a long, else of 4. */
  readonly octets: number;
}

export type ItemKind =
  | { readonly kind: "record"; readonly shape: Shape }
  | { readonly kind: "array"; readonly of: Scalar; readonly count: number }
  | { readonly kind: "places"; readonly shape: Shape; readonly count: number }
  /** The place of a scalar key is a field named "key". */
  | { readonly kind: "table"; readonly key: Shape; readonly value: Shape; readonly capacity: number }
  | { readonly kind: "accumulator"; readonly of: Scalar }
  | { readonly kind: "frame" };

export type Item = ItemKind & { readonly name: string; readonly offset: number; readonly octets: number };
export type Table = Extract<Item, { kind: "table" }>;

/** Octets before a frame's first, behind its length: so that what follows 14 octets is aligned to 4. */
const FRAME_PAD = 2;
/** From a frame's item to its first octet. */
export const FRAME_AT = 4 + FRAME_PAD;

/** Offsets in a table's head. `fresh`: entries that were in use at any time; behind them all are. `free`: deleted ones, by `next`. */
export const TableHead = { size: 0, fresh: 4, free: 8, newest: 12, oldest: 16, octets: 24 } as const;
/** Offsets in an entry. `next`: in its bucket; `newer`, `older`: by use; `hash`: of its key. */
export const EntryHead = { next: 0, newer: 4, older: 8, hash: 12, octets: 16 } as const;

export const SCALAR_OCTETS: Readonly<Record<Scalar, number>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  bool: 1,
};

const ARRAY_ALIGNMENT = 4;

/** Fields one after the other, each at a multiple of its size, an array of ARRAY_ALIGNMENT as well. */
export function shapeOf(fields: readonly Omit<Field, "offset">[]): Shape {
  let end = 0;
  const laid = fields.map((field) => {
    const size = SCALAR_OCTETS[field.type];
    const offset = aligned(end, field.count === undefined ? size : Math.max(size, ARRAY_ALIGNMENT));
    end = offset + size * (field.count ?? 1);
    return { ...field, offset };
  });
  const alignment = Math.max(ARRAY_ALIGNMENT, ...fields.map(({ type }) => SCALAR_OCTETS[type]));
  return { fields: laid, octets: aligned(end, alignment) };
}

/** Buckets of a table: a power of two, no fewer than its entries. */
export function bucketsOf({ capacity }: { readonly capacity: number }): number {
  return 2 ** Math.ceil(Math.log2(capacity));
}

/**
 * Entries of a bucket at most: who knows the hash makes as many keys of one bucket as they like, and what an operation costs is bounded by this. Of keys that
 * nobody chose, as many as a full table has buckets, one in 100,000 comes to a bucket that is full.
 */
export const MOST_IN_BUCKET = 8;

/** Where a table's parts lie, from its item's offset, and octets from one entry to the next. */
export function partsOf(table: Pick<Table, "key" | "value" | "capacity">) {
  const entries = aligned(TableHead.octets + 4 * bucketsOf(table), 8);
  const value = aligned(EntryHead.octets + table.key.octets, 8);
  return {
    buckets: TableHead.octets,
    entries,
    key: EntryHead.octets,
    value,
    stride: aligned(value + table.value.octets, 8),
  };
}

/** Items in the order in which they are added. */
export class LayoutBuilder {
  readonly #items: Item[] = [];
  #octets = 0;

  /** It begins as zeros. */
  add(name: string, kind: ItemKind): Item {
    const item = { name, ...kind, offset: this.#octets, octets: octetsOf(kind) };
    this.#items.push(item);
    this.#octets = aligned(item.offset + item.octets, 8);
    return item;
  }

  get octets(): number {
    return this.#octets;
  }

  end(): Layout {
    return { octets: this.#octets, items: [...this.#items], identity: this.#items.map(identityOf).join("; ") };
  }
}

/** The layout with one more item behind the others: what the language needs by itself. */
export function laidBehind({ octets, items, identity }: Layout, name: string, kind: ItemKind): Layout {
  const item = { name, ...kind, offset: aligned(octets, 8), octets: octetsOf(kind) };
  const all = [...items, item];
  return {
    octets: aligned(item.offset + item.octets, 8),
    items: all,
    identity: [identity, identityOf(item)].join("; "),
  };
}

function octetsOf(kind: ItemKind): number {
  switch (kind.kind) {
    case "record":
      return kind.shape.octets;
    case "array":
      return SCALAR_OCTETS[kind.of] * kind.count;
    case "places":
      return kind.shape.octets * kind.count;
    case "table": {
      const { entries, stride } = partsOf(kind);
      return entries + stride * kind.capacity;
    }
    case "accumulator":
      return SCALAR_OCTETS[kind.of];
    case "frame":
      return FRAME_AT + MAX_FRAME_OCTETS;
  }
}

function identityOf(item: Item): string {
  switch (item.kind) {
    case "record":
      return `${item.name}: record ${namesOf(item.shape)}`;
    case "array":
      return `${item.name}: array ${item.of} ${item.count}`;
    case "places":
      return `${item.name}: array ${namesOf(item.shape)} ${item.count}`;
    case "table":
      return `${item.name}: table ${namesOf(item.key)} ${namesOf(item.value)} ${item.capacity}`;
    case "accumulator":
      return `${item.name}: accumulator ${item.of}`;
    case "frame":
      return "frame";
  }
}

function namesOf({ fields }: Shape): string {
  return `{ ${fields.map(({ name, type, count }) => `${name} ${type}${count === undefined ? "" : ` ${count}`}`).join(", ")} }`;
}

function aligned(octets: number, size: number): number {
  return Math.ceil(octets / size) * size;
}
