/** Reads a capture from octets through the front door, with stretches and chunks of any size. */
import { isDeepStrictEqual } from "node:util";
import { type CaptureSource, openCapture } from "../../src/capture/capture.js";
import type { OctetSource } from "../../src/capture/octet-source.js";
import { QueueOctets } from "../../src/capture/octets.js";
import { Descriptors, placedOctets } from "../../src/machine/descriptor.js";
import { PhysicalMemory } from "../../src/machine/memory.js";

export interface ReadRecord {
  readonly captured: number;
  readonly wire: number;
  readonly time: bigint;
  readonly linkType: number;
  readonly octets: string;
}

export interface ReadAnswer {
  readonly capture: CaptureSource;
  readonly records: ReadRecord[];
  readonly damage: { readonly offset: number; readonly code: string }[];
}

// One for all tests of a file: a shared memory reserves address space that is given back late.
const memory = PhysicalMemory.create(4 * 1024 * 1024);
const ADDRESS = 4096;
/** Columns that lie in memory themselves, behind all stretches. */
const COLUMNS = 2 * 1024 * 1024;

/** Octets that come `chunk` at a time, each time after one "none yet". */
function trickle(octets: Uint8Array, chunk: number): OctetSource {
  const queue = new QueueOctets();
  let at = 0;
  let dry = false;
  return {
    failure: undefined,
    read(into) {
      dry = !dry;
      if (dry && at < octets.length) return -1;
      const part = octets.subarray(at, at + Math.min(chunk, into.length));
      into.set(part);
      at += part.length;
      return part.length;
    },
    close: () => queue.close(),
  };
}

export function readSource(source: OctetSource, stretch: number, columns?: number): ReadAnswer {
  const capture = openCapture(source, memory, 3);
  const capacity = Math.ceil(stretch / 16);
  const rows = columns === undefined ? new Descriptors(capacity) : new Descriptors(capacity, memory, columns);
  const records: ReadRecord[] = [];
  memory.octets.fill(0xa5, ADDRESS, ADDRESS + stretch);
  for (let turns = 0; ; turns++) {
    const result = capture.fill(ADDRESS, ADDRESS + stretch, rows);
    for (let row = 0; row < rows.count; row++) records.push(recordOf(rows, row, stretch));
    if (result === "end") break;
    if (turns > 10_000_000) throw new Error("the capture does not end");
  }
  capture.close();
  const damage = capture.damage.map(({ offset, reason }) => ({ offset, code: reason.split(":")[0] ?? "" }));
  return { capture, records, damage };
}

/** Into columns that nobody else sees, and, which must say the same, into some that lie in memory beside the frames. */
export function readOctets(octets: Uint8Array, stretch: number, chunk = 0): ReadAnswer {
  const answer = readSource(sourceOf(octets, chunk), stretch);
  if (ADDRESS + stretch > COLUMNS || COLUMNS + placedOctets(Math.ceil(stretch / 16)) > memory.octets.length)
    return answer;
  const placed = readSource(sourceOf(octets, chunk), stretch, COLUMNS);
  if (!isDeepStrictEqual([placed.records, placed.damage], [answer.records, answer.damage])) {
    throw new Error("what columns in memory say is something else");
  }
  return answer;
}

function sourceOf(octets: Uint8Array, chunk: number): OctetSource {
  if (chunk > 0) return trickle(octets, chunk);
  const queue = new QueueOctets();
  queue.write(octets);
  queue.end();
  return queue;
}

function recordOf(rows: Descriptors, row: number, stretch: number): ReadRecord {
  const address = rows.address[row] ?? -1;
  const captured = rows.captured[row] ?? -1;
  if (captured < 0 || address < ADDRESS || address + captured > ADDRESS + stretch || rows.port[row] !== 3) {
    throw new Error(`frame outside its stretch: ${address} ${captured}`);
  }
  return {
    captured,
    wire: rows.wire[row] ?? 0,
    time: (BigInt(rows.timeHigh[row] ?? 0) << 32n) | BigInt(rows.timeLow[row] ?? 0),
    linkType: rows.linkType[row] ?? 0,
    octets: Buffer.from(memory.octets.slice(address, address + captured)).toString("hex"),
  };
}
