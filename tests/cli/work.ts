/** What the tests of filter and split share: a folder of their own, captures in it, and tcpdump beside. */
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const MAIN = join(process.cwd(), "dist/cli/main.js");

/** A folder that is gone when the tests of the file are over; answers paths in it. */
export function ownFolder(): (name: string, octets?: Uint8Array | string) => string {
  const folder = mkdtempSync(join(tmpdir(), "exonet-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, octets) => {
    const path = join(folder, name);
    if (octets !== undefined) writeFileSync(path, octets);
    return path;
  };
}

export interface Ran {
  readonly status: number | null;
  readonly out: Buffer;
  readonly text: string;
  readonly error: string;
}

/** The built command line, with stdout as octets. */
export function run(args: readonly string[], options: SpawnSyncOptions = {}): Ran {
  return ended(process.execPath, [MAIN, ...args], options);
}

/** A line of sh, in which $exonet runs the command line. */
export function shell(line: string): Ran {
  return ended("sh", ["-c", line], { env: { ...process.env, exonet: `${process.execPath} ${MAIN}` } });
}

function ended(program: string, args: readonly string[], options: SpawnSyncOptions): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 1 << 28, ...options });
  const out = Buffer.from(stdout);
  return { status, out, text: out.toString(), error: stderr.toString() };
}

/** What tcpdump writes of the packets that an expression accepts; `args` come before the expression. */
export function tcpdumpWrites(capture: string, expression: string, to: string, ...args: string[]): Buffer {
  const { stderr, error } = spawnSync("tcpdump", ["-r", capture, "-w", to, ...args, expression]);
  if (error !== undefined) throw new Error(stderr.toString());
  return readFileSync(to);
}
