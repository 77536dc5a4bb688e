/**
 * The first packets of an upload, for a person's eyes. Classic µs captures go through npm's
 * pcap-parser behind a guard, since by itself it accepts any length and waits for it; all other
 * formats go through our own reader. At most MAX_PREVIEW octets are looked at.
 */
import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import { parse } from "pcap-parser";
import { Descriptors } from "../machine/descriptor.js";
import { PhysicalMemory } from "../machine/memory.js";
import { openCapture } from "./capture.js";
import { DamageLog, FaultError } from "./damage.js";
import { captureOctets } from "./feed.js";
import { MAX_CAPTURED, MAX_PREVIEW } from "./limits.js";
import { QueueOctets } from "./octets.js";
import { PCAP_HEADER, type PcapFileHeader, pcapMagic, readPcapHeader } from "./pcap.js";

export interface PreviewPacket {
  /** From 1. */
  readonly number: number;
  /** ns since 1970; null where a pcapng record has none, or 0. */
  readonly time: string | null;
  readonly captured: number;
  readonly wire: number;
  /** The first octets, in hex. */
  readonly octets: string;
}

export interface PreviewOptions {
  /** How many packets, and how many octets of each. */
  readonly packets?: number;
  readonly octets?: number;
}

const RECORD = 16;

/** Rejects with the system's error where a path cannot be opened; of a damaged capture it shows what is whole. */
export async function previewCapture(
  input: string | Readable,
  { packets = 32, octets = 128 }: PreviewOptions = {},
): Promise<PreviewPacket[]> {
  const head = await readHead(input);
  const header = guardedHeader(head);
  if (header === undefined) return ownPreview(head, packets, octets);
  return packageToPreview(head.subarray(0, guardedLength(head, header, packets)), octets);
}

async function readHead(input: string | Readable): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of captureOctets(input)) {
      parts.push(chunk);
      length += chunk.length;
      if (length >= MAX_PREVIEW) break;
    }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
  }
  return Buffer.concat(parts).subarray(0, MAX_PREVIEW);
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}

/** The header, where pcap-parser can read what follows it: µs, not modified, version 2.4. */
function guardedHeader(head: Uint8Array): PcapFileHeader | undefined {
  if (head.length < PCAP_HEADER) return undefined;
  const magic = pcapMagic(viewOf(head).getUint32(0, true));
  if (magic === undefined || magic.nanoseconds || magic.modified) return undefined;
  const header = readPcapHeader(viewOf(head), 0, magic, new DamageLog());
  return header?.lengths === "normal" ? header : undefined;
}

/** Octets up to the end of the last of `packets` records that are whole and do not lie about their length. */
function guardedLength(head: Uint8Array, header: PcapFileHeader, packets: number): number {
  const view = viewOf(head);
  let at = PCAP_HEADER;
  for (let i = 0; i < packets && head.length - at >= RECORD; i++) {
    const captured = view.getUint32(at + 8, header.magic.little);
    if (captured > Math.min(header.snap, MAX_CAPTURED) || captured > head.length - at - RECORD) break;
    at += RECORD + captured;
  }
  return at;
}

class Hand extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/** All octets are given in one piece, so the package answers before `emit` returns and copies nothing. */
function packageToPreview(octets: Uint8Array, each: number): PreviewPacket[] {
  const found: PreviewPacket[] = [];
  const hand = new Hand();
  const parser = parse(hand);
  parser.on("error", () => {});
  parser.on("packet", ({ header, data }) => {
    const time = BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n;
    found.push({
      number: found.length + 1,
      time: time.toString(),
      captured: header.capturedLength,
      wire: header.originalLength,
      octets: data.subarray(0, each).toString("hex"),
    });
  });
  hand.emit("data", Buffer.from(octets));
  hand.emit("end");
  return found;
}

function ownPreview(head: Uint8Array, packets: number, each: number): PreviewPacket[] {
  const queue = new QueueOctets();
  queue.write(head);
  queue.end();
  const memory = PhysicalMemory.create(MAX_PREVIEW + 4096);
  const limit = memory.octets.length;
  const rows = new Descriptors(limit / RECORD);
  const capture = openCapture(queue, memory, 0);
  capture.fill(0, limit, rows);
  capture.close();
  return Array.from({ length: Math.min(packets, rows.count) }, (_, row) => {
    const address = rows.address[row] ?? 0;
    const captured = rows.captured[row] ?? 0;
    const time = (BigInt(rows.timeHigh[row] ?? 0) << 32n) + BigInt(rows.timeLow[row] ?? 0);
    return {
      number: row + 1,
      time: time === 0n && capture.format.startsWith("pcapng") ? null : time.toString(),
      captured,
      wire: rows.wire[row] ?? 0,
      octets: Buffer.from(memory.octets.slice(address, address + Math.min(captured, each))).toString("hex"),
    };
  });
}
