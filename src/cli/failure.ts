/** How a command ends that cannot do what it was asked: in words where the input is wrong, with a stack where we are. */
import { escapeText } from "./terminal.js";

/** The input is wrong: told without a stack, exit 1. Place is `file:line:column`, or a part of it. */
export class InputError extends Error {
  constructor(place: string, message: string) {
    super(place === "" ? message : `${place}: ${message}`);
  }
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "is a folder",
  ENOTDIR: "is not a folder",
};

/** Prints what went wrong; the exit code. */
export function failure(error: unknown): number {
  const lines = words(error).split("\n").map(escapeText);
  process.stderr.write(`exonet: ${lines.join("\n")}\n`);
  return 1;
}

function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof InputError) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (known !== undefined) return `${path ?? ""}: ${known}`;
  return error.stack ?? error.message;
}
