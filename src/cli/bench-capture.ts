/** The traffic of the benches: a classic capture of 64-octet Ethernet/IPv4/TCP packets, written once and kept. */
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FRAME = 64;
const RECORD = 16 + FRAME;
const HEADER = 24;
const CHUNK_RECORDS = 16_384;
const FIRST_SECOND = 1_700_000_000;
/** Destinations: 10.0.1.0 and up, each with a port of its own. */
const DESTINATIONS = 11;

/** Path of a capture of `packets` packets, one each µs. */
export function benchCapture(packets: number): string {
  const path = join(tmpdir(), `exonet-bench-${packets}.pcap`);
  if (existsSync(path) && statSync(path).size === HEADER + packets * RECORD) return path;
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, "w", 0o600);
  writeSync(file, header());
  const chunk = Buffer.alloc(CHUNK_RECORDS * RECORD);
  for (let at = 0; at < CHUNK_RECORDS; at++) frame(chunk, at * RECORD);
  for (let done = 0; done < packets; done += CHUNK_RECORDS) {
    const count = Math.min(CHUNK_RECORDS, packets - done);
    for (let at = 0; at < count; at++) vary(chunk, at * RECORD, done + at);
    writeSync(file, chunk, 0, count * RECORD);
  }
  closeSync(file);
  renameSync(part, path);
  return path;
}

function header(): Buffer {
  const octets = Buffer.alloc(HEADER);
  octets.writeUInt32LE(0xa1b2c3d4, 0);
  octets.writeUInt16LE(2, 4);
  octets.writeUInt16LE(4, 6);
  octets.writeUInt32LE(262_144, 16);
  octets.writeUInt32LE(1, 20);
  return octets;
}

/** What all records share. */
function frame(chunk: Buffer, at: number): void {
  chunk.writeUInt32LE(FRAME, at + 8);
  chunk.writeUInt32LE(FRAME, at + 12);
  const ether = at + 16;
  chunk.writeUInt16BE(0x0800, ether + 12);
  const ip = ether + 14;
  chunk.writeUInt16BE(0x4500, ip);
  chunk.writeUInt16BE(FRAME - 14, ip + 2);
  chunk.writeUInt8(64, ip + 8);
  chunk.writeUInt8(6, ip + 9);
  chunk.writeUInt32BE(0x0a000001, ip + 12);
  chunk.writeUInt16BE(40_000, ip + 20);
  chunk.writeUInt8(0x50, ip + 32);
  chunk.writeUInt8(0x10, ip + 33);
}

function vary(chunk: Buffer, at: number, number: number): void {
  const to = Math.imul(number, 2_654_435_761) >>> 0;
  const destination = to % DESTINATIONS;
  chunk.writeUInt32LE(FIRST_SECOND + Math.floor(number / 1e6), at);
  chunk.writeUInt32LE(number % 1e6, at + 4);
  chunk.writeUInt32BE(0x0a000100 + destination, at + 16 + 14 + 16);
  chunk.writeUInt16BE(1000 + destination, at + 16 + 14 + 22);
}
