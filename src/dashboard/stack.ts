/**
 * The last minute's rates as stacked columns for a chart: the busiest bindings by name and everything
 * else as one. Which ones are busiest is decided now and then only, so that bands do not swap places.
 */
import type { Gauges } from "./gauges.js";

export interface StackRow {
  readonly id: number;
  readonly name: string;
}

export interface Stack {
  /** Wall seconds, oldest first. */
  readonly times: number[];
  /** Rates by row, not yet stacked; the last one is the others, where there are any. */
  readonly values: number[][];
  /** The same, each added to those below it. */
  readonly tops: number[][];
  readonly rows: readonly StackRow[];
  readonly others: number;
}

export const NAMED = 8;

/** The rows with the highest mean rate over the history, at most `limit`, in the order of their ids. */
export function busiest(gauges: Gauges, rows: readonly StackRow[], limit = NAMED): readonly StackRow[] {
  if (rows.length <= limit) return rows;
  const mean = new Map<number, number>();
  for (const row of rows) {
    let all = 0;
    const history = gauges.gauge(row.id)?.history;
    gauges.walk((_, index) => {
      all += history?.[index] ?? 0;
    });
    mean.set(row.id, all);
  }
  const chosen = new Set(
    [...rows]
      .sort((a, b) => (mean.get(b.id) ?? 0) - (mean.get(a.id) ?? 0) || a.id - b.id)
      .slice(0, limit - 1)
      .map((row) => row.id),
  );
  return rows.filter((row) => chosen.has(row.id));
}

export function stackOf(gauges: Gauges, shown: readonly StackRow[], all: number): Stack {
  const times: number[] = [];
  gauges.walk((_, index) => times.push((gauges.times[index] ?? 0) / 1000));
  const values = shown.map((row) => {
    const history = gauges.gauge(row.id)?.history;
    const line: number[] = [];
    gauges.walk((_, index) => line.push(history?.[index] ?? 0));
    return line;
  });
  const others = all - shown.length;
  if (others > 0) values.push(remainder(gauges, values));
  return { times, values, tops: accumulate(values), rows: shown, others: Math.max(0, others) };
}

// Rounding may leave a hair below 0.
function remainder(gauges: Gauges, values: readonly (readonly number[])[]): number[] {
  const rest: number[] = [];
  gauges.walk((position, index) => {
    const named = values.reduce((all, line) => all + (line[position] ?? 0), 0);
    rest.push(Math.max(0, (gauges.total[index] ?? 0) - named));
  });
  return rest;
}

function accumulate(values: readonly (readonly number[])[]): number[][] {
  const tops: number[][] = [];
  for (const [row, line] of values.entries()) {
    const below = tops[row - 1];
    tops.push(line.map((value, index) => value + (below?.[index] ?? 0)));
  }
  return tops;
}
