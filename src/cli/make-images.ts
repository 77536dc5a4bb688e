/**
 * The last step of the build: runs commands as users do, so that V8 compiles what they need, and writes the images of the
 * bundle's files. What the commands print is thrown away by whoever starts this.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bundle, IMAGE, imageOf } from "./bundle.js";
import * as failure from "./failure.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const MAIN = "main.cjs";
const FRAME = 64;
const TEXTS = ["tcp and dst host 10.0.1.3 and dst port 1003", "udp port 53 or icmp", "net 10.0.0.0/8 and not vlan"];

const bundle = new Bundle(HERE, new Map([["./failure.js", failure]]));

/** A capture of a few frames of TCP. */
function capture(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = Array.from({ length: 8 }, (_, number) => {
    const record = Buffer.alloc(16 + FRAME);
    record.writeUInt32LE(FRAME, 8);
    record.writeUInt32LE(FRAME, 12);
    record.write("080045000032", 16 + 12, "hex");
    record.writeUInt8(6, 16 + 23);
    record.writeUInt32BE(0x0a000100 + number, 16 + 30);
    record.writeUInt16BE(1000 + number, 16 + 36);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

async function run(...args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, MAIN, ...args];
  bundle.forget(MAIN);
  const main = bundle.load(MAIN);
  if ("ended" in main) await main.ended;
  // Each run listens for a pipe that is closed.
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
  if (process.exitCode !== undefined && process.exitCode !== 0) throw new Error(`images: ${args.join(" ")} failed`);
}

const folder = mkdtempSync(join(tmpdir(), "exonet-images-"));
try {
  const [input, list] = [join(folder, "in.pcap"), join(folder, "list.txt")];
  writeFileSync(input, capture());
  writeFileSync(list, TEXTS.map((text, number) => `filter-${number}: ${text}\n`).join(""));
  await run("info", input);
  for (const text of TEXTS) {
    await run("filter", input, text, "-w", join(folder, "out.pcap"));
    await run("filter", input, text);
    await run("compile", text);
  }
  await run("split", input, "--filters", list, "-o", join(folder, "split"));
  await run("explain", input, "1", "--filters", list);
  await run("check", list);
  for (const [file, script] of bundle.scripts) writeFileSync(HERE + file + IMAGE, imageOf(HERE + file, script));
} finally {
  rmSync(folder, { recursive: true });
}
