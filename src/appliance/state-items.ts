/**
 * A handler's state, read by its layout (ash/layout.ts). The octets are the environment's, whoever wrote them: links of a table are followed
 * within it and no further than it has entries, whatever they say.
 */
import {
  EntryHead,
  type Field,
  type Item,
  type Layout,
  partsOf,
  SCALAR_OCTETS,
  type Shape,
  type Table,
  TableHead,
} from "../ash/layout.js";
import type { Scalar } from "../ash/tree.js";
import { STATE_BASE } from "../vcode/handler.js";

/** Numbers as they are, longs in decimal, booleans; an array as hex of octets, else its numbers with commas. */
export type StateScalar = number | string | boolean;

export interface StateItem {
  readonly name: string;
  readonly kind: Item["kind"];
  readonly columns: readonly string[];
  /** Of each column: u8 … i64, bool; an array u8[6]. */
  readonly types: readonly string[];
  /** How many of the columns, from the first, are a table's key. */
  readonly keys: number;
  readonly size: number;
  readonly capacity: number;
  /** Of a table, the most recently used first. */
  readonly rows: readonly (readonly StateScalar[])[];
  /** Index of the first row. */
  readonly from: number;
}

export interface StateRange {
  readonly from: number;
  readonly limit: number;
}

/** All items but the frame, each with its first rows. */
export function readState(layout: Layout, octets: Uint8Array, range: StateRange): StateItem[] {
  return layout.items.filter(({ kind }) => kind !== "frame").map((item) => readItem(item, octets, range));
}

/** `octets`: those of the whole state. */
export function readItem(item: Item, octets: Uint8Array, range: StateRange): StateItem {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const { name, kind, offset } = item;
  const made = { name, kind, keys: 0, from: range.from };
  switch (item.kind) {
    case "record":
      return { ...made, ...columnsOf(item.shape), ...only(valuesOf(view, item.shape, offset)) };
    case "accumulator":
      return { ...made, columns: ["value"], types: [item.of], ...only([scalarAt(view, item.of, offset)]) };
    case "array": {
      const row = (index: number) => [scalarAt(view, item.of, offset + index * SCALAR_OCTETS[item.of])];
      return { ...made, columns: ["value"], types: [item.of], ...many(item.count, range, row) };
    }
    case "places": {
      const row = (index: number) => valuesOf(view, item.shape, offset + index * item.shape.octets);
      return { ...made, ...columnsOf(item.shape), ...many(item.count, range, row) };
    }
    case "table":
      return { ...made, ...tableOf(view, item, range) };
    case "frame":
      return { ...made, columns: [], types: [], size: 0, capacity: 0, rows: [] };
  }
}

type Rows = Pick<StateItem, "size" | "capacity" | "rows">;

/** The row of what has one row only, wherever the range begins. */
function only(row: readonly StateScalar[]): Rows & Pick<StateItem, "from"> {
  return { from: 0, size: 1, capacity: 1, rows: [row] };
}

function many(count: number, range: StateRange, row: (index: number) => readonly StateScalar[]): Rows {
  return { size: count, capacity: count, rows: rowsOf(count, range, row) };
}

function tableOf(
  view: DataView,
  table: Table,
  range: StateRange,
): Rows & Pick<StateItem, "columns" | "types" | "keys"> {
  const { key, value, capacity, offset } = table;
  const entries = entriesOf(view, table);
  const row = (index: number) => entryAt(view, table, entries[index] ?? 0);
  const size = Math.min(view.getUint32(offset + TableHead.size, true), capacity);
  const rows = rowsOf(entries.length, range, row);
  return { ...columnsOf(key, value), keys: key.fields.length, size, capacity, rows };
}

function rowsOf<T>(count: number, { from, limit }: StateRange, row: (index: number) => T): T[] {
  return Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, index) => row(from + index));
}

/** Offsets of its entries, the most recently used first. */
function entriesOf(view: DataView, table: Table): number[] {
  const { entries, stride } = partsOf(table);
  const first = table.offset + entries;
  const found: number[] = [];
  let link = view.getUint32(table.offset + TableHead.newest, true);
  while (link !== 0 && found.length < table.capacity) {
    const at = link - STATE_BASE;
    const isEntry = at >= first && at < first + stride * table.capacity && (at - first) % stride === 0;
    if (!isEntry) break;
    found.push(at);
    link = view.getUint32(at + EntryHead.older, true);
  }
  return found;
}

function entryAt(view: DataView, table: Table, at: number): StateScalar[] {
  const { key, value } = partsOf(table);
  return [...valuesOf(view, table.key, at + key), ...valuesOf(view, table.value, at + value)];
}

function columnsOf(...shapes: readonly Shape[]): Pick<StateItem, "columns" | "types"> {
  const fields = shapes.flatMap((shape) => shape.fields);
  return {
    columns: fields.map(({ name }) => name),
    types: fields.map(({ type, count }) => (count === undefined ? type : `${type}[${count}]`)),
  };
}

function valuesOf(view: DataView, { fields }: Shape, at: number): StateScalar[] {
  return fields.map((field) => fieldAt(view, field, at + field.offset));
}

function fieldAt(view: DataView, { type, count }: Field, at: number): StateScalar {
  if (count === undefined) return scalarAt(view, type, at);
  if (type === "u8") return Buffer.from(view.buffer, view.byteOffset + at, count).toString("hex");
  return Array.from({ length: count }, (_, index) => scalarAt(view, type, at + index * SCALAR_OCTETS[type])).join(",");
}

function scalarAt(view: DataView, type: Scalar, at: number): StateScalar {
  switch (type) {
    case "i8":
      return view.getInt8(at);
    case "u8":
      return view.getUint8(at);
    case "i16":
      return view.getInt16(at, true);
    case "u16":
      return view.getUint16(at, true);
    case "i32":
      return view.getInt32(at, true);
    case "u32":
      return view.getUint32(at, true);
    case "i64":
      return `${view.getBigInt64(at, true)}`;
    case "u64":
      return `${view.getBigUint64(at, true)}`;
    case "bool":
      return view.getUint8(at) !== 0;
  }
}
