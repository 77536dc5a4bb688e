/** Figures that a bench measures, in the tables in which they are shown. */

/** A measured value; `bound` where one is promised: at least, or at most. */
export interface Measured {
  readonly value: number;
  readonly unit: string;
  readonly bound?: { readonly kind: "least" | "most"; readonly value: number };
}

/** Words where there is no figure. */
export type Cell = Measured | string;

export interface Row {
  readonly name: string;
  /** One for each column; what is missing at the end is empty. */
  readonly cells: readonly Cell[];
}

export interface Table {
  /** What is measured, in which unit where all figures share it; empty where the rows say it. */
  readonly title: string;
  /** Heads of the columns of cells; empty ones where there is nothing to tell apart. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Suite {
  readonly name: string;
  /** How it was measured, in lines. */
  readonly about: readonly string[];
  readonly tables: readonly Table[];
  /** What makes the suite fail whether its bounds are checked or not. */
  readonly failures: readonly string[];
}

/** A figure by itself: table, row and column are its name. */
export interface Figure extends Measured {
  readonly name: string;
}

export function figuresOf(suite: Suite): Figure[] {
  return cellsOf(suite).flatMap(({ name, cell }) => (typeof cell === "string" ? [] : [{ name, ...cell }]));
}

/** What could not be measured here, and why. */
export function absentOf(suite: Suite): { name: string; reason: string }[] {
  return cellsOf(suite).flatMap(({ name, cell }) =>
    typeof cell === "string" && cell !== "" ? [{ name, reason: cell }] : [],
  );
}

function cellsOf({ tables }: Suite): { name: string; cell: Cell }[] {
  return tables.flatMap(({ title, columns, rows }) =>
    rows.flatMap(({ name, cells }) =>
      cells.map((cell, column) => ({
        name: [title, name, columns[column] ?? ""].filter((part) => part !== "").join(", "),
        cell,
      })),
    ),
  );
}

export function isMissed({ value, bound }: Measured): boolean {
  if (bound === undefined) return false;
  // Written so that what is no number misses its bound.
  return bound.kind === "least" ? !(value >= bound.value) : !(value <= bound.value);
}

export function atMost(value: number, unit: string, bound: number): Measured {
  return { value, unit, bound: { kind: "most", value: bound } };
}

export function atLeast(value: number, unit: string, bound: number): Measured {
  return { value, unit, bound: { kind: "least", value: bound } };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
