/** What the fuel of a handler's runs was in the middle: reckoned alike by control plane, command line and page. */
import type { FuelRange } from "../kernel/fuel-spread.js";

/**
 * The middle of the range in which the median lies, to a whole unit: exact where the range is one amount, within a sixteenth elsewhere. Ranges are those
 * of one handler's bindings, in any order. 0 without runs.
 */
export function medianFuel(spread: readonly FuelRange[]): number {
  const total = spread.reduce((all, { runs }) => all + runs, 0);
  let seen = 0;
  for (const { from, to, runs } of [...spread].sort((a, b) => a.from - b.from)) {
    seen += runs;
    if (seen * 2 >= total) return Math.floor((from + to) / 2);
  }
  return 0;
}
