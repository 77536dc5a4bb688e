/** Programs that tests compare ours with, where this machine has them. */
import { spawnSync } from "node:child_process";

/** Whether it can be run, and knows `--version`. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

export const HAS_TCPDUMP = isInstalled("tcpdump");

/** The libpcap whose code ours follows: others read a little more, or less. */
export const HAS_SAME_LIBPCAP = `${spawnSync("tcpdump", ["--version"]).stdout}`.includes("libpcap version 1.10.3");
