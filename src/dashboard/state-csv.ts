/** The rows of a state's item that are in sight, as a file. */
import type { HandlerStateItem } from "../control/protocol.js";
import { save, toCsv } from "./csv.js";

export function saveState({ name, columns, rows }: HandlerStateItem): void {
  const lines = rows.map((row) => row.map((value) => (typeof value === "boolean" ? String(value) : value)));
  save(`${name}.csv`, "text/csv", toCsv(columns, lines));
}
