/** Columns with two spaces between them and no lines: for people, and for grep. */
import Table from "cli-table3";

const SIDES = ["top", "bottom", "mid"].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`]);
const NOTHING = [...SIDES, "left", "left-mid", "mid-mid", "right", "right-mid"].map((side) => [side, ""]);
const CHARS = { ...Object.fromEntries(NOTHING), middle: "  " };
const STYLE = { head: [], border: [], "padding-left": 0, "padding-right": 0 };

/** Lines, the heading first. `left`: so many columns from the first are words, the others figures. */
export function columnsOf(head: readonly string[], rows: readonly (readonly string[])[], left = 0): string[] {
  const colAligns = head.map((_, at) => (at < left ? ("left" as const) : ("right" as const)));
  const table = new Table({ head: [...head], colAligns, style: STYLE, chars: CHARS });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
