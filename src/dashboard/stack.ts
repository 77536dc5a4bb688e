/**
 * The last minute's rates as stacked columns for a chart: the busiest bindings by name and everything
 * else as one. Which ones are busiest is decided now and then only, so that bands do not swap places.
 */
import { type Gauges, SAMPLE_MS } from "./gauges.js";

export interface StackRow {
  readonly id: number;
  readonly name: string;
}

/** A row with what it counted in its life, which ranks rows whose rates are not known yet. */
export interface RankedRow extends StackRow {
  readonly packets: number;
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

const NAMED = 8;
/** For how long a choice stands; until there was traffic for so long, the next one is made after a second. */
const CHOOSE_MS = 5_000;
const CHOOSE_EARLY_MS = 1_000;

/** After how many ms the busiest should be chosen anew: the first seconds of traffic tell little. */
export function choiceLife(gauges: Gauges): number {
  let moving = 0;
  gauges.walk((_, index) => {
    if ((gauges.total[index] ?? 0) > 0) moving++;
  });
  return moving * SAMPLE_MS < CHOOSE_MS ? CHOOSE_EARLY_MS : CHOOSE_MS;
}

/**
 * The rows with the highest mean rate over the history, at most `limit`, in the order of their ids. Where
 * there are more rows than that, none is among them that had no traffic; while nothing had any, those
 * are taken that counted most in their lives.
 */
export function busiest(gauges: Gauges, rows: readonly RankedRow[], limit = NAMED): readonly StackRow[] {
  if (rows.length <= limit) return rows;
  const ranked = rows.map((row) => ({ row, rate: sumOfRates(gauges, row.id) }));
  const moving = ranked.filter(({ rate }) => rate > 0);
  const candidates = moving.length > 0 ? moving : ranked.filter(({ row }) => row.packets > 0);
  const chosen = new Set(
    candidates
      .sort((a, b) => b.rate - a.rate || b.row.packets - a.row.packets || a.row.id - b.row.id)
      .slice(0, limit - 1)
      .map(({ row }) => row.id),
  );
  return rows.filter((row) => chosen.has(row.id));
}

function sumOfRates(gauges: Gauges, id: number): number {
  const history = gauges.gauge(id)?.history;
  let all = 0;
  gauges.walk((_, index) => {
    all += history?.[index] ?? 0;
  });
  return all;
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
