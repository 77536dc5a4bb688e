/** Decoders of database rows: columns by name, checked, so that a damaged database is an error here and not elsewhere. */

export type Row = ReadonlyMap<string, unknown>;

export function rowOf(value: unknown): Row {
  if (typeof value !== "object" || value === null) throw new Error("store: a row is no object");
  return new Map(Object.entries(value));
}

export function textOf(row: Row, column: string): string {
  const value = row.get(column);
  if (typeof value !== "string") throw new Error(`store: column ${column} is no text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row.get(column);
  if (typeof value !== "number") throw new Error(`store: column ${column} is no number`);
  return value;
}
