/** Where `exonet filter -w` writes: a file, which gets its name when it is whole, or stdout and other things without an end. */
import { closeSync, fstatSync, lstatSync, openSync, realpathSync, type Stats, statSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";
import type { OctetTarget } from "../appliance/filter-output.js";
import { DASH } from "./capture-file.js";
import { InputError } from "./failure.js";
import { checkOutput, codeOf, nameFailure, OutputFile } from "./output-file.js";

const STDOUT = 1;
/** Waits for a reader that is slow, in ms. */
const LONGEST_WAIT = 16;

/** Throws an InputError where `path` cannot be written, or is the capture. An older file is replaced, as tcpdump does. */
export function openTarget(path: string, input: Stats | undefined): OctetTarget {
  const descriptor = descriptorOf(path);
  if (descriptor !== undefined) return new DescriptorTarget(path === DASH ? "(stdout)" : path, descriptor);
  const real = realOf(path);
  if (isSpecial(real)) return new DescriptorTarget(path, openSync(real, "w"));
  return new FileTarget(path, new OutputFile(real, { replace: true, input }));
}

/** What can be told before anything is read. */
export function checkTarget(path: string, input: Stats | undefined): void {
  if (path === "") throw new InputError("-w", "the name is empty");
  const descriptor = descriptorOf(path);
  if (descriptor !== undefined) {
    if (!isWritten(descriptor)) throw new InputError(path, "is no file or pipe that was opened");
    if (isatty(descriptor))
      throw new InputError("-w", "a capture is not written to a terminal: name a file, or a pipe");
  } else if (!isSpecial(realOf(path))) checkOutput(realOf(path), { replace: true, input });
}

export function isStdout(path: string): boolean {
  return descriptorOf(path) === STDOUT;
}

/** What the caller has opened already, as the shell's `>(…)` is, is written where it stands, and never replaced. */
function descriptorOf(path: string): number | undefined {
  if (path === DASH || path === "/dev/stdout") return STDOUT;
  if (path === "/dev/stderr") return STDOUT + 1;
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/.exec(path) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Others are the runtime's own, or closed. */
function isWritten(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFile() || status.isFIFO() || status.isSocket() || status.isCharacterDevice();
  } catch {
    return false;
  }
}

/** Where a symbolic link leads, which is followed here: it was named by whoever wants it written. */
function realOf(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(path) : path;
}

/** A pipe or a device: it is written where it is. */
function isSpecial(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && !status.isFile() && !status.isDirectory();
}

class FileTarget implements OctetTarget {
  readonly #path: string;
  readonly #file: OutputFile;

  constructor(path: string, file: OutputFile) {
    this.#path = path;
    this.#file = file;
  }

  write(octets: Uint8Array): void {
    try {
      this.#file.write(octets);
    } catch (error) {
      throw nameFailure(this.#path, error);
    }
  }

  finish(): void {
    this.#file.publish();
  }

  abandon(): void {
    this.#file.discard();
  }
}

class DescriptorTarget implements OctetTarget {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  async write(octets: Uint8Array): Promise<void> {
    let wait = 1;
    for (let at = 0; at < octets.length; ) {
      const written = this.#some(octets, at);
      at += written;
      wait = written > 0 ? 1 : Math.min(wait * 2, LONGEST_WAIT);
      if (written === 0) await delay(wait);
    }
  }

  finish(): void {
    if (this.#descriptor !== STDOUT) closeSync(this.#descriptor);
  }

  abandon(): void {
    this.finish();
  }

  /** 0 where a pipe is full that somebody made so that it does not wait. */
  #some(octets: Uint8Array, from: number): number {
    try {
      return writeSync(this.#descriptor, octets, from, octets.length - from);
    } catch (error) {
      if (codeOf(error) === "EAGAIN") return 0;
      throw nameFailure(this.#path, error);
    }
  }
}
