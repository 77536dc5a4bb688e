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
const HANDLER = `import { array, consume, type Message, type Outcome, pass, record, shape, table, u16, u32, u64 } from "exonet/ash";

const PORT = 53;
const Flow = shape({ packets: u64, last: u64 });
const flows = table(shape({ source: u32, port: u16 }), Flow, 64);
const seen = record({ octets: u64 });
const lengths = array(u32, 18);

function header(message: Message): u32 {
  return (message.u8(14) & 0x0f) * 4;
}

export default function handler(message: Message): Outcome {
  if (message.length < 34) return pass;
  const udp = 14 + header(message);
  seen.octets += u64(message.wire);
  for (let bucket = 0; bucket < 17; bucket++) {
    if (message.wire >>> bucket === 0) lengths[bucket] += 1;
  }
  const flow = flows.enter({ source: message.u32(26), port: message.u16(udp) });
  flow.packets += 1n;
  flow.last = message.time;
  return message.u16(udp + 2) === PORT && flow.packets > 10n ? consume : pass;
}
`;

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
  const [input, list, handler] = [join(folder, "in.pcap"), join(folder, "list.txt"), join(folder, "handler.ash.ts")];
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
  writeFileSync(handler, HANDLER);
  await run("check", handler);
  for (const [file, script] of bundle.scripts) writeFileSync(HERE + file + IMAGE, imageOf(HERE + file, script));
} finally {
  rmSync(folder, { recursive: true });
}
