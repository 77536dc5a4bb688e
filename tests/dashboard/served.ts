/** `exonet serve` as it ships, for tests in a browser. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

const SERVER = "dist/cli/main.js";
const PAGE = "dist/dashboard/index.html";

/** What a test in a browser needs and is not built, if anything. */
export const missing = [SERVER, PAGE].find((path) => !existsSync(path));

export interface Served {
  /** The link that it prints. */
  readonly link: string;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** On a free port, with a data folder of its own. */
export async function serve(data: string, ...options: readonly string[]): Promise<Served> {
  const arguments_ = ["--enable-source-maps", SERVER, "serve", "--port", "0", "--data", data, ...options];
  const server = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "pipe"] });
  return { link: await printedLink(server), stop: () => stop(server) };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await gone;
}

/** The link stands on a line of its own. */
function printedLink(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const read = (data: Buffer) => {
      said += data.toString();
      const link = /http:\/\/\S+#token=\S+/.exec(said)?.[0];
      if (link !== undefined) resolve(link);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}
