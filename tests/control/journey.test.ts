/** The README's journey with curl, run as it is written there: against the built command, in an empty data folder. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { checkHandlerText } from "../../src/appliance/handler-text.js";
import { isInstalled } from "../installed.js";
import { testFolder } from "../store/folder.js";

const README = "README.md";
const PROFILE = "filters/demo.profile.json";
const SECTION = /<!-- journey -->\n([\s\S]*?)<!-- \/journey -->/;

function journey(): string | undefined {
  if (!existsSync(README)) return undefined;
  const section = SECTION.exec(readFileSync(README, "utf8"))?.[1];
  const blocks = [...(section ?? "").matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1]);
  return blocks.length === 0 ? undefined : blocks.join("");
}

/** A line `$ command`, which lines `> more` go on with, and below it what comes out. */
interface Step {
  readonly command: string;
  readonly output: string;
}

function steps(text: string): Step[] {
  const found: { command: string; output: string }[] = [];
  for (const line of text.split("\n")) {
    const last = found.at(-1);
    if (line.startsWith("$ ")) found.push({ command: line.slice(2), output: "" });
    else if (last !== undefined && /^>( |$)/.test(line) && last.output === "") last.command += `\n${line.slice(2)}`;
    else if (last?.command.endsWith("\\") && last.output === "") last.command += `\n${line}`;
    else if (last !== undefined && line !== "") last.output += `${line}\n`;
  }
  return found;
}

/** Starts the server as `npm start` does, on a free port and in a folder of its own; the first line that it prints is its link. */
async function startServer(folder: string): Promise<{ readonly link: URL; readonly stop: () => Promise<void> }> {
  const args = [
    "--enable-source-maps",
    "dist/cli/main.js",
    "serve",
    "--data",
    folder,
    "--port",
    "0",
    "--profile",
    PROFILE,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const gone = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
  };
  for await (const line of createInterface({ input: child.stdout })) return { link: new URL(line), stop };
  throw new Error("the server ended without a link");
}

const text = journey();
const noCurl = !isInstalled("curl");
const skip = text === undefined ? "README.md has no journey yet" : noCurl ? "curl is not installed" : undefined;

const named = `the README's journey with curl${skip === undefined ? "" : `: ${skip}`}`;

test.skipIf(skip !== undefined)(`${named}; it leaves nothing behind, so that it can be walked again`, async () => {
  const folder = join(testFolder(), "data");
  const all = steps(text ?? "");
  expect(all.length).toBeGreaterThan(8);
  const first = await startServer(folder);
  const before = await list(first.link.origin, folder);
  expect(before).toMatchObject({ captures: ["demo.pcap"], environments: ["control", "monitor", "exos"] });
  walk(all, first.link.origin, folder);
  expect(await list(first.link.origin, folder)).toEqual(before);
  await first.stop();
  const second = await startServer(folder);
  expect(await list(second.link.origin, folder)).toEqual(before);
});

function walk(all: readonly Step[], origin: string, folder: string): void {
  // One shell for all: variables of one step are there in the next. Each step's output ends with a mark.
  const script = all.map(({ command }) => `${command}\necho\necho "<<<$?>>>"`).join("\n");
  const written = script.replaceAll("http://127.0.0.1:7117", origin).replaceAll(".exonet/token", `${folder}/token`);
  const output = execFileSync("bash", ["-c", written], { encoding: "utf8", timeout: 60_000 });
  const outputs = output.split(/\n<<<(\d+)>>>\n/);
  for (const [index, step] of all.entries()) {
    const got = outputs[index * 2]?.trim() ?? "";
    expect(outputs[index * 2 + 1], `${step.command}\n${got}`).toBe("0");
    expect(got, step.command).toMatch(patternOf(step.output.trim()));
  }
}

/** Names of what there is now. */
async function list(origin: string, folder: string): Promise<Record<string, readonly string[]>> {
  const headers = { authorization: `Bearer ${readFileSync(join(folder, "token"), "utf8").trim()}` };
  const names = async (what: string) => {
    const response = await fetch(`${origin}/api/v1/${what}`, { headers });
    const found: readonly { readonly name: string }[] = await response.json();
    return found.map(({ name }) => name);
  };
  const found: Record<string, readonly string[]> = {};
  for (const what of ["captures", "environments", "filters", "handlers", "bindings"]) found[what] = await names(what);
  return found;
}

/** What is printed in the README, where `...` stands for what differs from run to run. */
function patternOf(output: string): RegExp {
  const parts = output.split("...").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`);
}

test("the README's handler is right", () => {
  const [, text = ""] = /```ts\n(import [\s\S]*?)```/.exec(readFileSync(README, "utf8")) ?? [];
  expect(checkHandlerText(text)).toMatchObject({ ok: true });
  expect(checkHandlerText(text.replace("1n", "1"))).toMatchObject({ ok: false });
});
