/** Files that users name, read with errors that say which. */
import { readFileSync, type Stats, statSync } from "node:fs";
import { InputError, systemWords } from "./failure.js";

export function statOf(path: string): Stats {
  return named(path, () => statSync(path));
}

/** UTF-8, else an error. */
export function readText(path: string): string {
  const octets = named(path, () => readFileSync(path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    throw new InputError(path, "is not UTF-8 text");
  }
}

/** Some of the system's errors do not name the file. */
function named<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(path, systemWords(error) ?? String(error));
  }
}
