/**
 * A suite for people: aligned tables. A cell is a figure, its unit and, behind it, what is promised: `2.61 (≤ 3)`, or
 * `3.2 (≤ 3, MISSED)`. A unit that the title or the column names is not repeated.
 */
import { type Cell, isMissed, type Measured, type Suite, type Table } from "./figure.js";

const NUMBER = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

const EXACT = new Intl.NumberFormat("en-US");

/** Parts of a cell: the figure, which is aligned to the right, and what follows it, to the left. */
type Shown = readonly [figure: string, rest: string];

export function suiteText(suite: Suite, machine: string): string {
  const lines = [`${suite.name} on ${machine}`, ...suite.about.map((line) => `  ${line}`)];
  return `${[lines, ...suite.tables.map(tableLines)].map((block) => block.join("\n")).join("\n\n")}\n`;
}

function tableLines({ title, columns, rows }: Table): string[] {
  const shown = rows.map(({ cells }) =>
    columns.map((head, column) => shownCell(cells[column] ?? "", `${title}, ${head}`)),
  );
  const name = Math.max(title.length, ...rows.map((row) => INDENT.length + row.name.length));
  const lines = [title, ...rows.map((row) => INDENT + row.name)].map((line) => line.padEnd(name));
  columns.forEach((head, column) => {
    const cells: Shown[] = [[head, ""], ...shown.map((row): Shown => row[column] ?? ["", ""])];
    const [figure, rest] = [0, 1].map((part) => Math.max(...cells.map((cell) => cell[part]?.length ?? 0)));
    cells.forEach((cell, line) => {
      lines[line] += `  ${cell[0].padStart(figure ?? 0)}${cell[1].padEnd(rest ?? 0)}`;
    });
  });
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "");
}

const INDENT = "  ";

function shownCell(cell: Cell, heads: string): Shown {
  if (typeof cell === "string") return [cell, ""];
  const unit = cell.unit === "" || heads.split(/[ ,]+/).includes(cell.unit) ? "" : ` ${cell.unit}`;
  return [NUMBER.format(cell.value), unit + promiseOf(cell)];
}

function promiseOf(measured: Measured): string {
  const { bound } = measured;
  if (bound === undefined) return "";
  return ` (${bound.kind === "least" ? "≥" : "≤"} ${EXACT.format(bound.value)}${isMissed(measured) ? ", MISSED" : ""})`;
}
