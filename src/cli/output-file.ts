/**
 * A file that a command writes. Until it is whole it has another name beside its own (`.exonet-….part`), so that
 * whatever ends the command (a full disk, a signal, even a kill) leaves nothing under its own name that looks whole; an
 * older file of that name stays until then. Both names are made by O_EXCL, link or rename: no symbolic link is followed.
 */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { InputError, systemWords } from "./failure.js";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const NEW_FILE_MODE = 0o666;

export interface OutputRules {
  /** Whether a file that is there already is replaced. */
  readonly replace: boolean;
  /** The capture that is read, which is never written: undefined where it is no file. */
  readonly input: Stats | undefined;
}

export class OutputFile {
  readonly path: string;
  readonly #replace: boolean;
  readonly #temporary: string;
  readonly #device: number;
  readonly #inode: number;
  #descriptor: number | undefined;
  #isGone = false;

  /** Makes the file under its other name and leaves it open. Throws an InputError where the rules forbid it, or the system does. */
  constructor(path: string, rules: OutputRules) {
    const before = checkOutput(path, rules);
    this.path = path;
    this.#replace = rules.replace;
    const mode = before === undefined ? NEW_FILE_MODE : before.mode & 0o777;
    [this.#temporary, this.#descriptor] = createBeside(path, mode);
    const { dev, ino } = fstatSync(this.#descriptor);
    this.#device = dev;
    this.#inode = ino;
  }

  /** All of `octets`, behind what was written before. Opens the file again where it was closed; throws what the system says. */
  write(octets: Uint8Array): void {
    this.#descriptor ??= this.#openAgain();
    writeAll(this.#descriptor, octets);
  }

  /** Gives its descriptor back; it can still be written. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** It is whole: gives it its own name. Throws an InputError where another file has that name by now. */
  publish(): void {
    this.close();
    if (this.#replace) renameSync(this.#temporary, this.path);
    else this.#link();
    this.#isGone = true;
  }

  /** It will never be whole: nothing of it stays. */
  discard(): void {
    this.close();
    if (this.#isGone) return;
    this.#isGone = true;
    unlinkSync(this.#temporary);
  }

  #openAgain(): number {
    const descriptor = openSync(this.#temporary, O_WRONLY | O_APPEND | O_NOFOLLOW);
    const { dev, ino } = fstatSync(descriptor);
    if (dev === this.#device && ino === this.#inode) return descriptor;
    closeSync(descriptor);
    throw new InputError(this.path, "somebody put another file in the place of what is written");
  }

  /** A link fails where the name is taken, which a rename does not. */
  #link(): void {
    try {
      linkSync(this.#temporary, this.path);
    } catch (error) {
      const code = codeOf(error);
      if (code === "EEXIST") throw new InputError(this.path, TAKEN);
      if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EMLINK") throw error;
      // The file system knows no links: there the name may be taken between these two steps.
      if (lstatSync(this.path, { throwIfNoEntry: false }) !== undefined) throw new InputError(this.path, TAKEN);
      renameSync(this.#temporary, this.path);
      return;
    }
    unlinkSync(this.#temporary);
  }
}

/** Names are counted, over all files of this process. */
let created = 0;

/** A new file in the same folder, open, under a name that nobody has: one may be left of a process that had our number and was killed. */
function createBeside(path: string, mode: number): [path: string, descriptor: number] {
  for (;;) {
    const beside = join(dirname(path), `.exonet-${process.pid}-${++created}.part`);
    try {
      return [beside, openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND, mode)];
    } catch (error) {
      const code = codeOf(error);
      // Who has too many files open closes one and comes again. Of a name that nobody asked for nothing is said.
      if (code !== "EEXIST") throw code === "EMFILE" || code === "ENFILE" ? error : nameFailure(path, error);
    }
  }
}

/** The system's name of an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

const TAKEN = "is there already: --force overwrites it";

/** What has that name now; throws an InputError where it must stay. */
export function checkOutput(path: string, { replace, input }: OutputRules): Stats | undefined {
  const now = lstatSync(path, { throwIfNoEntry: false });
  if (now === undefined) return undefined;
  if (now.isSymbolicLink()) throw new InputError(path, "is a symbolic link, and is not followed");
  if (!now.isFile()) throw new InputError(path, "is there already, and is no plain file");
  if (input !== undefined && now.dev === input.dev && now.ino === input.ino) {
    throw new InputError(path, "is the capture that is read");
  }
  if (!replace) throw new InputError(path, TAKEN);
  return now;
}

/** All of them, however many the system takes at a time; throws what it says. */
function writeAll(descriptor: number, octets: Uint8Array): void {
  for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at, octets.length - at);
}

/** What failed is told with the name of what was written. */
export function nameFailure(path: string, error: unknown): unknown {
  if (error instanceof InputError) return error;
  const words = systemWords(error);
  return words === undefined ? error : new InputError(path, words);
}
