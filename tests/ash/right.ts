/** Handlers that are right, each a file of right/: for whoever checks, compiles or runs them. */
import { readdirSync, readFileSync } from "node:fs";

export interface RightHandler {
  readonly name: string;
  readonly text: string;
}

const FOLDER = new URL("./right/", import.meta.url);
const END = ".ash.ts";

export function rightHandlers(): RightHandler[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(END));
  return files.toSorted().map((file) => ({
    name: file.slice(0, -END.length),
    text: readFileSync(new URL(file, FOLDER), "utf8"),
  }));
}
