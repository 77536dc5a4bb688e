/** How long it takes to check and to compile a handler of 200 lines, warm, and `exonet check` of one file, as a process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeHandler } from "../appliance/handler-text.js";
import { runExonet } from "./bench-program.js";
import { atMost, median, type Table } from "./figure.js";

const LINES = 200;
const WARM = 20;
const COMPILED = 41;
const PROCESSES = 5;
/** What is promised, in ms. */
const COMPILED_MS = 50;
const CHECKED_MS = 400;
const FACTS = { stlb: 4096, entries: 4096, pageShift: 12 };

export function compilingTables(): { about: string[]; tables: Table[] } {
  const text = longHandler(LINES);
  const folder = mkdtempSync(join(tmpdir(), "exonet-bench-"));
  try {
    const file = join(folder, "long.ash.ts");
    writeFileSync(file, text);
    const processes = Array.from({ length: PROCESSES }, () => runExonet(["check", file]).milliseconds);
    return {
      about: [
        `Compiling: a handler of ${LINES} lines (a table of flows, services, counts by size), checked, lowered, verified, emitted and compiled; median of ${COMPILED} after ${WARM}.`,
        `\`exonet check\` of it as a whole process: median of ${PROCESSES}.`,
      ],
      tables: [
        {
          title: "from text to code, ms",
          columns: [""],
          rows: [
            { name: "200 lines, as WebAssembly", cells: [atMost(compiledIn(text, "wasm"), "ms", COMPILED_MS)] },
            { name: "the same, as JavaScript", cells: [{ value: compiledIn(text, "js"), unit: "ms" }] },
            { name: "exonet check, the process", cells: [atMost(median(processes), "ms", CHECKED_MS)] },
          ],
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compiledIn(text: string, target: "wasm" | "js"): number {
  const took: number[] = [];
  for (let round = -WARM; round < COMPILED; round++) {
    // No two texts are the same: nothing that was made before can be taken again.
    const handler = { name: "long", text: `${text}// ${round}\n` };
    const began = performance.now();
    const made = makeHandler({ handler, target, facts: FACTS });
    if (!made.ok) throw new Error(`bench: the long handler is refused: ${made.errors[0]?.message ?? ""}`);
    if (round >= 0) took.push(performance.now() - began);
  }
  return median(took);
}

const HEAD = `// Counts flows by service, as somebody would write who has many services.
import { array, consume, type Message, type Outcome, pass, record, shape, table, u8, u16, u32, u64 } from "exonet/ash";

const ETHERNET = 14;
const FlowKey = shape({ source: u32, destination: u32, ports: u32, protocol: u8 });
const Flow = shape({ packets: u64, octets: u64, first: u64, last: u64, flags: u8 });
const flows = table(FlowKey, Flow, 1024);
const seen = record({ packets: u64, octets: u64, short: u32, others: u32, known: u32 });
const sizes = array(u32, 16);

function sizeOf(octets: u32): u32 {
  let bucket = 0;
  for (let left = octets; left !== 0 && bucket < 15; left = left >>> 1) bucket += 1;
  return bucket;
}

function lower(a: u16, b: u16): u16 {
  return a < b ? a : b;
}
`;
const TAIL = `
export default function flowsOf(message: Message): Outcome {
  seen.packets += 1n;
  seen.octets += u64(message.wire);
  sizes[sizeOf(message.wire)] += 1;
  if (message.length < ETHERNET + 24 || message.u16(12) !== 0x0800) {
    seen.short += 1;
    return pass;
  }
  const header = (message.u8(ETHERNET) & 0x0f) * 4;
  const at = ETHERNET + header;
  if (header < 20 || message.length < at + 4) return pass;
  const source = message.u16(at);
  const destination = message.u16(at + 2);
  const flow = flows.enter({
    source: message.u32(ETHERNET + 12),
    destination: message.u32(ETHERNET + 16),
    ports: message.u32(at),
    protocol: message.u8(ETHERNET + 9),
  });
  if (flow.packets === 0n) flow.first = message.time;
  flow.packets += 1n;
  flow.octets += u64(message.wire);
  flow.last = message.time;
  let known = false;
`;
const END = `  if (known) seen.known += 1;
  else seen.others += 1;
  return seen.short > 1000000 ? consume : pass;
}
`;

/** Of exactly so many lines; at least some 70. */
export function longHandler(lines: number): string {
  const fixed = HEAD.split("\n").length - 1 + TAIL.split("\n").length - 1 + END.split("\n").length - 1;
  // Of each service its function, of eight lines, and one line that calls it.
  const services = Math.floor((lines - fixed) / 9);
  const functions = Array.from({ length: services }, (_, at) => serviceOf(at));
  const calls = functions.map(
    (_, at) => `  if (service${at}(message, at, lower(source, destination))) known = true;\n`,
  );
  const comments = Array.from(
    { length: lines - fixed - 9 * services },
    (_, at) => `// A note, the ${at + 1}th of some.\n`,
  );
  return [HEAD, ...comments, ...functions, TAIL, ...calls, END].join("");
}

function serviceOf(number: number): string {
  return `
const counts${number} = record({ packets: u32, long: u32 });
function service${number}(message: Message, at: u32, port: u16): boolean {
  if (port !== ${20 + number} && port !== ${8000 + number}) return false;
  counts${number}.packets += 1;
  if (message.length >= at + ${8 + number} && message.u8(at + ${7 + number}) > ${number}) counts${number}.long += message.wire;
  return true;
}
`;
}
