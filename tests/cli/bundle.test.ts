import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const BUILT = join(process.cwd(), "dist/cli");
const CAPTURE = join(process.cwd(), "captures", readdirSync("captures").find((name) => name.endsWith(".pcap")) ?? "");

let folder = "";
let cli = "";

/** The bundle elsewhere, as it would be installed. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-bundle-"));
  cli = join(folder, "dist/cli");
  mkdirSync(cli, { recursive: true });
  writeFileSync(join(folder, "package.json"), readFileSync("package.json"));
  for (const file of readdirSync(BUILT)) {
    if (/\.(cjs|image|js)$/.test(file)) cpSync(join(BUILT, file), join(cli, file));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const images = () => readdirSync(cli).filter((file) => file.endsWith(".image"));

async function said(...flags: readonly string[]): Promise<string[]> {
  const answers = [
    run(process.execPath, [...flags, join(cli, "main.js"), "--version"]),
    run(process.execPath, [...flags, join(cli, "main.js"), "info", CAPTURE, "--json"]),
    run(process.execPath, [...flags, join(cli, "main.js"), "compile", "tcp port 80", "--stage", "atoms"]),
  ];
  const { stderr } = await run(process.execPath, [...flags, join(cli, "main.js"), "compile", "tcp port"]).catch(
    (error) => error,
  );
  return [...(await Promise.all(answers)).flatMap((each) => [each.stdout, each.stderr]), stderr];
}

test("commands say the same with images, with other flags than those were made with, with cut ones, and without", async () => {
  const whole = await said();
  expect(images()).toContain("judge.cjs.image");
  expect(whole[0]).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(whole.at(-1)).toContain("EXPR:1:9: ");
  expect(await said("--no-flush-bytecode", "--no-opt")).toEqual(whole);
  for (const [number, file] of images().entries()) truncateSync(join(cli, file), number % 2 === 0 ? 5 : 5000);
  expect(await said()).toEqual(whole);
  for (const file of images()) rmSync(join(cli, file));
  expect(await said()).toEqual(whole);
});

test("the checker of handlers is loaded where there is one, and by nobody else", async () => {
  const main = join(cli, "main.js");
  for (const file of ["handlers.cjs", "handlers.cjs.image"]) rmSync(join(cli, file), { force: true });
  const filter = join(process.cwd(), "filters/dns.dpf");
  for (const args of [
    ["check", filter],
    ["info", CAPTURE],
    ["filter", CAPTURE, "tcp", "--count"],
    ["compile", "tcp"],
  ])
    expect((await run(process.execPath, [main, ...args])).stderr).toBe("");
  const handler = join(process.cwd(), "filters/count.ash.ts");
  await expect(run(process.execPath, [main, "check", handler])).rejects.toThrow("handlers.cjs");
});

test("what an appliance is started from opens few files: packages, and what is shared", () => {
  const shared = readdirSync("dist/shared").filter((file) => file.endsWith(".js"));
  const files = [
    "cli/replay.js",
    "cli/serve.js",
    "appliance/data-plane.js",
    "appliance/compile-worker.js",
    "libos/hosted.js",
    "control/scan-worker.js",
    "control/export-worker.js",
    ...shared.map((file) => `shared/${file}`),
  ];
  for (const file of files) {
    const imports = [...readFileSync(join("dist", file), "utf8").matchAll(/^(?:import|export) .*from "(\.[^"]*)";$/gm)];
    for (const [, path = ""] of imports)
      expect(path, file).toMatch(/^(\.|\.\.)\/(shared\/)?[\w-]+\.js$|\/failure\.js$/);
    expect(imports.length, file).toBeLessThan(30);
  }
});
