/** Files that users name, read with errors that say which. */
import { readFileSync, type Stats, statSync } from "node:fs";
import { InputError, systemWords } from "./failure.js";

export function statOf(path: string): Stats {
  return named(path, () => statSync(path));
}

/** UTF-8, else an error. */
export function readText(path: string): string {
  return textOf(
    path,
    named(path, () => readFileSync(path)),
  );
}

/** All of stdin, as readText. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return textOf("stdin", Buffer.concat(chunks));
}

function textOf(name: string, octets: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    throw new InputError(name, "is not UTF-8 text");
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
