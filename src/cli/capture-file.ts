/** A capture that a user named, and what is told of it when it was read. */
import { fstatSync, type Stats, statSync } from "node:fs";
import type { CaptureSource } from "../capture/capture.js";
import { isPlainFile } from "../capture/feed.js";
import { escapeText } from "./terminal.js";

/** The name that stands for stdin, and for stdout where something is written. */
export const DASH = "-";

export function inputOf(capture: string): string | NodeJS.ReadStream {
  return capture === DASH ? process.stdin : capture;
}

/** The file that is read, so that it is not overwritten; undefined where it is none. Throws what the system says. */
export function identityOf(capture: string): Stats | undefined {
  const status = capture === DASH ? fstatSync(0) : statSync(capture);
  return status.isFile() ? status : undefined;
}

/** Octets of a file whose octets are read as they are; undefined where nobody knows how many will come. */
export function sizeOf(capture: string): number | undefined {
  return capture !== DASH && isPlainFile(capture) ? statSync(capture).size : undefined;
}

/** Tells on stderr what was wrong with it; the exit code: damage is no failure, but what is no capture is one. */
export function tellDamage(name: string, { readable, damage, damageTotal }: CaptureSource): number {
  const label = `exonet: ${escapeText(name === DASH ? "(stdin)" : name)}`;
  if (!readable) {
    process.stderr.write(`${label}: not a capture: ${escapeText(damage[0]?.reason ?? "")}\n`);
    return 1;
  }
  for (const { offset, reason } of damage) {
    process.stderr.write(`${label}: damage at octet ${offset}: ${escapeText(reason)}\n`);
  }
  if (damageTotal > damage.length) process.stderr.write(`${label}: and ${damageTotal - damage.length} more\n`);
  return 0;
}
