/** A handler's state as a person reads it: values in decimal or hex, and long lists in pages. */
import type { HandlerChange, HandlerScalar, HandlerStateItem } from "../control/protocol.js";

/** Rows of an item that are asked for at once. */
export const PAGE_ROWS = 64;
/** Values of a plain array in a line. */
const ARRAY_COLUMNS = 8;

export type Base = "decimal" | "hex";

/** Whole numbers in hex at the width of their type; octets are hex already, and lists and booleans stay as they are. */
export function scalarWords(value: HandlerScalar, type: string, base: Base): string {
  const bits = Number(/^[iu](8|16|32|64)$/.exec(type)?.[1] ?? 0);
  const text = String(value);
  if (bits === 0 || base === "decimal" || !/^-?\d+$/.test(text)) return text;
  const digits = BigInt.asUintN(bits, BigInt(text)).toString(16);
  return `0x${digits.padStart(bits / 4, "0")}`;
}

/** Entries that can be turned to: of a table those that there are. */
export function countOf(item: HandlerStateItem): number {
  return item.kind === "record" || item.kind === "accumulator" ? item.rows.length : item.size;
}

export interface PageWords {
  /** "64 to 127, of 1024", or "none"; places count from 0, entries of a table from 1. */
  readonly text: string;
  readonly previous: number | null;
  readonly next: number | null;
}

export function pageOf(item: HandlerStateItem): PageWords {
  const count = countOf(item);
  const last = item.from + item.rows.length;
  const base = item.kind === "table" ? 1 : 0;
  const text = item.rows.length === 0 ? "none" : `${item.from + base} to ${last - 1 + base}, of ${count}`;
  return {
    text,
    previous: item.from > 0 ? Math.max(0, item.from - PAGE_ROWS) : null,
    next: last < count ? last : null,
  };
}

/** A plain array's values in lines; the first is of index `from`. */
export function linesOfArray(
  item: HandlerStateItem,
): { readonly from: number; readonly values: readonly HandlerScalar[] }[] {
  const values = item.rows.flatMap((row) => row.slice(0, 1));
  return Array.from({ length: Math.ceil(values.length / ARRAY_COLUMNS) }, (_, line) => ({
    from: item.from + line * ARRAY_COLUMNS,
    values: values.slice(line * ARRAY_COLUMNS, (line + 1) * ARRAY_COLUMNS),
  }));
}

/** A change as its elements, where its value is an array: those that differ, of an entry that is new or gone those that are not 0. */
export function elementsOf(change: HandlerChange): HandlerChange[] {
  const type = /^(\w+)\[\d+\]$/.exec(change.type)?.[1];
  if (type === undefined) return [change];
  const before = partsOf(change.before, type);
  const after = partsOf(change.after, type);
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index)
    .filter((index) => (before[index] ?? 0) !== (after[index] ?? 0))
    .map((index) => ({
      ...change,
      type,
      column: `${change.column}[${index}]`,
      before: before[index] ?? null,
      after: after[index] ?? null,
    }));
}

/** Octets come in hex, other numbers with commas between them, of which 64-bit ones and booleans stay texts. */
function partsOf(value: HandlerScalar | null, type: string): readonly HandlerScalar[] {
  if (typeof value !== "string" || value === "") return [];
  if (type === "u8") return (value.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16));
  return value
    .split(",")
    .map((part) => (/^-?\d+$/.test(part) && Number.isSafeInteger(Number(part)) ? Number(part) : part));
}
