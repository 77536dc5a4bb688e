/** libpcap, as tcpdump shows what it makes of a text. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const CONCURRENT = 4;

/** The machine's names are those of our tables. */
export const SAME_NAMES = `${spawnSync("dpkg-query", ["-W", "netbase"]).stdout}` === "netbase\t6.4\n";

/** Undefined where libpcap accepts the text, else what it says. */
export async function refusal(text: string, linkType = "EN10MB"): Promise<string | undefined> {
  const code = await unoptimised(text, linkType);
  return typeof code === "string" ? code : undefined;
}

/** The lines of the code, or what libpcap says. A name server that does not answer is not waited for. */
export async function unoptimised(text: string, linkType = "EN10MB"): Promise<readonly string[] | string> {
  const environment = { ...process.env, RES_OPTIONS: "timeout:1 attempts:1" };
  try {
    const { stdout } = await run("tcpdump", ["-O", "-d", "-y", linkType, "--", text], {
      env: environment,
      maxBuffer: 1 << 26,
    });
    return stdout.split("\n");
  } catch (error) {
    if (error instanceof Error && "stderr" in error) return String(error.stderr).trim();
    throw error;
  }
}

/** Asks about some of them at once. */
export async function each<T>(all: readonly T[], ask: (of: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await ask(next);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}
