/**
 * The suite of whole files: handlers that are wrong on purpose, with the complaints that their author, who is not the checker's, wrote down
 * before any checker had seen them (wrong.test.ts). The suite of single lines by the checker's author is wrong-lines.ts. A file of wrong/ has many; each begins behind a line "// --- what it is" and is a whole text, the lines of which count from 1.
 *
 * A line that ends with "// error CODE { CODE }" is where those complaints stand; no other line has one. Of what takes several lines the complaint
 * stands where its first token does, so of a missing return at its function's head. A circle of calls is complained of once: at
 * the call that closes it, whose function is declared at or before its caller.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface WrongHandler {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  /** "line CODE", in order. */
  readonly expected: readonly string[];
}

const FOLDER = new URL("./wrong/", import.meta.url);
const BEGIN = "// --- ";
const MARK = /\/\/ error ((?:E_[A-Z0-9_]+ ?)+)$/;

export function wrongHandlers(): WrongHandler[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ash.ts"));
  return files.toSorted().flatMap((file) => handlersOf(file, readFileSync(new URL(file, FOLDER), "utf8")));
}

function handlersOf(file: string, whole: string): WrongHandler[] {
  const parts = whole.split(new RegExp(`^${BEGIN}`, "m"));
  if (parts[0] !== "") throw new Error(`${file}: a text before the first "${BEGIN}"`);
  return parts.slice(1).map((part) => {
    const end = part.indexOf("\n");
    const text = part.slice(end + 1);
    return { file, name: part.slice(0, end), text, expected: marksOf(text) };
  });
}

function marksOf(text: string): string[] {
  return text.split("\n").flatMap((line, at) => {
    const codes = MARK.exec(line)?.[1]?.split(" ") ?? [];
    return codes.map((code) => `${at + 1} ${code}`).toSorted();
  });
}
