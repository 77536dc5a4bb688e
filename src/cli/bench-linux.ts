/** What today's Linux takes for the rows of SOSP'95, by a small C program, where one can be compiled. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LINUX } from "./bench-linux-source.js";

const FLAGS = ["-O2", "-std=gnu11", "-w"];
const LONGEST_MS = 60_000;

/** ns by name of the row; empty where there is no C compiler. Throws where what was compiled fails. */
export function linuxTimes(): ReadonlyMap<string, number> {
  if (spawnSync("cc", ["--version"]).status !== 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), "exonet-bench-"));
  try {
    const program = join(folder, "linux");
    writeFileSync(`${program}.c`, LINUX, { mode: 0o600 });
    run("cc", [...FLAGS, "-o", program, `${program}.c`]);
    return timesOf(run(program, []));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: readonly string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: LONGEST_MS });
  if (status !== 0) throw new Error(`bench: ${program} ended with ${status ?? signal}: ${stderr.trim()}`);
  return stdout;
}

function timesOf(lines: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of lines.split("\n").filter((text) => text !== "")) {
    const [name = "", ns = ""] = line.split(" ");
    if (!(Number(ns) >= 0)) throw new Error(`bench: ${line} is no time`);
    times.set(name, Number(ns));
  }
  return times;
}
