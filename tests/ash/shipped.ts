/** The handlers of filters/, each with what its first lines say of it. */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = "filters";
const END = ".ash.ts";

export interface Shipped {
  readonly name: string;
  readonly text: string;
}

export function shippedHandlers(): Shipped[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(END))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -END.length), text: readFileSync(`${FOLDER}/${file}`, "utf8") }));
}
