/** Whole processes as the benches time them: from the start until they have ended, their output thrown away. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ProgramRun {
  readonly milliseconds: number;
  readonly stdout: string;
}

const MOST_OUTPUT = 2 ** 26;

/** Throws where it cannot be started, or does not end with 0. */
export function runProgram(command: string, args: readonly string[]): ProgramRun {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: MOST_OUTPUT });
  const milliseconds = performance.now() - began;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`bench: ${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return { milliseconds, stdout };
}

/** The command line as it is installed, without npx. */
export function runExonet(args: readonly string[]): ProgramRun {
  return runProgram(process.execPath, [fileURLToPath(new URL("./main.js", import.meta.url)), ...args]);
}

export function isInstalled(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
