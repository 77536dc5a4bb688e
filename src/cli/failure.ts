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
  EPERM: "not permitted",
  EISDIR: "is a folder",
  ENOTDIR: "is not a folder",
  EEXIST: "is there already, and is no folder",
  ENOSPC: "no space is left",
  EDQUOT: "the quota is used up",
  EFBIG: "the file would be too large",
  EROFS: "is on a file system that cannot be written",
  ELOOP: "too many links",
  EMFILE: "too many open files",
  EIO: "cannot be read or written: the device failed",
};

/** The system's error in words, where we know it. */
export function systemWords(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return SYSTEM_ERRORS[error.code];
}

/** Prints what went wrong; the exit code. */
export function failure(error: unknown): number {
  const lines = words(error).split("\n").map(escapeText);
  process.stderr.write(`exonet: ${lines.join("\n")}\n`);
  return 1;
}

function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof InputError) return error.message;
  const known = systemWords(error);
  if (known === undefined) return error.stack ?? error.message;
  return "path" in error && typeof error.path === "string" ? `${error.path}: ${known}` : error.message;
}
