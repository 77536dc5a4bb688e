import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { Store } from "../../src/store/store.js";
import { testFolder } from "./folder.js";

/** Writes filters, captures and profiles without end, and says each as soon as it was written. */
const WRITER = `
import { Readable } from "node:stream";
const { Store } = await import(process.argv[2]);
const store = Store.open(process.argv[3], { freeDiskOctets: 0 });
const info = { format: "pcap-le-us", packets: 0, linktypes: {}, first_ts: null, last_ts: null, truncated: false, damage: [] };
for (let n = store.filters.list().length; ; n++) {
  store.transact(() => {
    store.filters.put({ name: "f" + n, language: "dpf", text: "text " + n });
    store.bindings.put({ name: "f" + n, filter: "f" + n, environment: "control", mode: "tap", priority: 0 });
  });
  const body = Readable.from([Buffer.alloc(50_000, n), Buffer.alloc(n, n)]);
  const received = await store.captures.receive("c" + (n % 5), body, { replace: true, now: new Date(0) });
  store.captures.keep(received, info, [n]);
  store.putProfile(JSON.stringify({ n }));
  process.stdout.write(n + "\\n");
}`;

function startWriter(folder: string): ChildProcess {
  const module = resolve("dist/store/store.js");
  const args = ["--input-type=module", "-e", WRITER, "-", module, folder];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Lets the writer say `lines` numbers and kills it wherever it is then; the last number it said. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  let last = -1;
  let left = lines;
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    if (--left === 0) child.kill("SIGKILL");
  }
  return last;
}

test("what was answered survives SIGKILL, and nothing half done stays", async () => {
  const folder = testFolder();
  for (const lines of [1, 7, 2, 11]) {
    const last = await killAfter(startWriter(folder), lines);
    const store = Store.open(folder);
    const filters = new Map(store.filters.list().map(({ name, text }) => [name, text]));
    for (let n = 0; n <= last; n++) expect(filters.get(`f${n}`)).toBe(`text ${n}`);
    expect(new Set(store.bindings.list().map(({ filter }) => filter))).toEqual(new Set(filters.keys()));
    expect(JSON.parse(store.profile() ?? "{}").n).toBeGreaterThanOrEqual(last);
    const captures = store.captures.list();
    for (const { name, octets } of captures) expect(statSync(store.captures.path(name)).size).toBe(octets);
    expect(readdirSync(join(folder, "captures"))).toHaveLength(captures.length);
    store.close();
  }
});

test("a second server is refused while another process holds the folder, and not after it was killed", async () => {
  const folder = testFolder();
  const child = startWriter(folder);
  onTestFinished(() => void child.kill("SIGKILL"));
  let refused = false;
  for await (const _ of createInterface({ input: child.stdout! })) {
    expect(() => Store.open(folder)).toThrow(expect.objectContaining({ code: "E_STORE_LOCKED" }));
    refused = true;
    child.kill("SIGKILL");
  }
  expect(refused).toBe(true);
  Store.open(folder).close();
});
