/**
 * A handler's state for people: what is not zero, and of a long item the first of it. Records are lines, tables are columns, the
 * most recently used entry first.
 */
import type { StateItem, StateScalar } from "../appliance/state-items.js";
import { columnsOf } from "./columns-text.js";

/** Rows of an item that are printed. */
const MOST_ROWS = 20;
/** Of one value. */
const MOST_LETTERS = 40;

export function stateLines(items: readonly StateItem[]): string[] {
  return items.flatMap(linesOf);
}

function linesOf(item: StateItem): string[] {
  const { name, kind, columns, rows } = item;
  const [first] = rows;
  switch (kind) {
    case "record":
      return [`${name}: ${columns.map((column, at) => `${column} ${words(first?.[at])}`).join(", ")}`];
    case "accumulator":
      return [`${name}: ${words(first?.[0])}`];
    case "array":
    case "places":
      return indexed(item);
    case "table":
      return tabled(item);
    case "frame":
      return [];
  }
}

/** Those that hold something, by their index. */
function indexed({ name, kind, columns, types, size, rows }: StateItem): string[] {
  const used = rows.map((row, index) => ({ row, index })).filter(({ row }) => !row.every(isNothing));
  const of = kind === "array" ? `${size} × ${types[0]}` : `${size} places`;
  const head = `${name}: ${of}, ${used.length === 0 ? "all zero" : `${used.length} not zero`}`;
  const shown = used.slice(0, MOST_ROWS);
  if (kind === "places") {
    const cells = shown.map(({ row, index }) => [`${index}`, ...row.map(words)]);
    return [head, ...inset(cells.length === 0 ? [] : columnsOf(["", ...columns], cells)), ...more(used.length)];
  }
  const values = shown.map(({ row, index }) => `[${index}] ${words(row[0])}`).join(", ");
  return [head, ...inset(values === "" ? [] : [values]), ...more(used.length)];
}

function tabled({ name, columns, size, capacity, rows }: StateItem): string[] {
  const cells = rows.slice(0, MOST_ROWS).map((row) => row.map(words));
  const head = `${name}: ${size} of ${capacity} entries`;
  return [head, ...inset(cells.length === 0 ? [] : columnsOf(columns, cells)), ...more(rows.length)];
}

function more(count: number): string[] {
  return count > MOST_ROWS ? inset([`and ${count - MOST_ROWS} more, which --json has`]) : [];
}

function inset(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function isNothing(value: StateScalar): boolean {
  return value === 0 || value === false || (typeof value === "string" && /^[0,]*$/.test(value));
}

/** Of an array of numbers the first ones. */
function words(value: StateScalar | undefined): string {
  const text = value === "" || value === undefined ? "–" : `${value}`;
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
