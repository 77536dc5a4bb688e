/** Secrets of a data folder: one file each, mode 0600, written whole or not at all. */

import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";

const KEY_OCTETS = 32;

/** The key with which the kernel seals capabilities; made from the system's randomness the first time. */
export function readKey(path: string): Buffer {
  const known = read(path);
  if (known !== undefined && known.length === KEY_OCTETS) return known;
  const key = randomBytes(KEY_OCTETS);
  writeSecret(path, key);
  return key;
}

/** Replaces the file by one that nobody but its owner ever could read. */
export function writeSecret(path: string, octets: Uint8Array): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  const file = openSync(part, "wx", 0o600);
  try {
    writeSync(file, octets);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}

function read(path: string): Buffer | undefined {
  try {
    // A copied folder may have lost the mode.
    chmodSync(path, 0o600);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
