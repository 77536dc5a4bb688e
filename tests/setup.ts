import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Workers and commands run the JavaScript that ships, so it is built before any test (incremental: a few seconds). */
export default function setup(): void {
  const run = (script: string, ...args: string[]) =>
    execFileSync(process.execPath, [script, ...args], { stdio: "inherit" });
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.json");
  run("node_modules/typescript/bin/tsc", "-p", "src/dashboard/tsconfig.json");
  if (existsSync("src/dashboard/index.html")) run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn");
  run("node_modules/vite/bin/vite.js", "build", "--config", "vite.workers.config.ts", "--logLevel", "warn");
  run("node_modules/vite/bin/vite.js", "build", "--config", "vite.cli.config.ts", "--logLevel", "warn");
}
