/** The traffic of the benches: a classic capture of Ethernet/IPv4/TCP packets, written once and kept. */
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RECORD_HEADER = 16;
const HEADER = 24;
const CHUNK_RECORDS = 16_384;
const FIRST_SECOND = 1_700_000_000;
const FIRST_DESTINATION = 0x0a000100;
const FIRST_PORT = 1000;
const PORTS = 60_000;

export interface BenchCapture {
  readonly packets: number;
  /** Octets of a frame. */
  readonly frame?: number;
  /** Destinations, each with a port of its own, hit alike. */
  readonly destinations?: number;
}

/** The destination of that number: 10.0.1.0 and up. */
export function benchDestination(number: number): { host: string; port: number } {
  const address = FIRST_DESTINATION + number;
  const host = [24, 16, 8, 0].map((bits) => (address >>> bits) & 0xff).join(".");
  return { host, port: FIRST_PORT + (number % PORTS) };
}

/** Path of a capture, one packet each µs. */
export function benchCapture({ packets, frame = 64, destinations = 11 }: BenchCapture): string {
  const record = RECORD_HEADER + frame;
  const path = join(tmpdir(), `exonet-bench-${packets}-${frame}-${destinations}.pcap`);
  if (existsSync(path) && statSync(path).size === HEADER + packets * record) return path;
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, "w", 0o600);
  writeSync(file, header());
  const chunk = Buffer.alloc(CHUNK_RECORDS * record);
  for (let at = 0; at < CHUNK_RECORDS; at++) writeFrame(chunk, at * record, frame);
  for (let done = 0; done < packets; done += CHUNK_RECORDS) {
    const count = Math.min(CHUNK_RECORDS, packets - done);
    for (let at = 0; at < count; at++) vary(chunk, at * record, done + at, destinations);
    writeSync(file, chunk, 0, count * record);
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
function writeFrame(chunk: Buffer, at: number, frame: number): void {
  chunk.writeUInt32LE(frame, at + 8);
  chunk.writeUInt32LE(frame, at + 12);
  const ether = at + 16;
  chunk.writeUInt16BE(0x0800, ether + 12);
  const ip = ether + 14;
  chunk.writeUInt16BE(0x4500, ip);
  chunk.writeUInt16BE(frame - 14, ip + 2);
  chunk.writeUInt8(64, ip + 8);
  chunk.writeUInt8(6, ip + 9);
  chunk.writeUInt32BE(0x0a000001, ip + 12);
  chunk.writeUInt16BE(40_000, ip + 20);
  chunk.writeUInt8(0x50, ip + 32);
  chunk.writeUInt8(0x10, ip + 33);
}

function vary(chunk: Buffer, at: number, number: number, destinations: number): void {
  const to = Math.imul(number, 2_654_435_761) >>> 0;
  const destination = to % destinations;
  chunk.writeUInt32LE(FIRST_SECOND + Math.floor(number / 1e6), at);
  chunk.writeUInt32LE(number % 1e6, at + 4);
  chunk.writeUInt32BE(FIRST_DESTINATION + destination, at + 16 + 14 + 16);
  chunk.writeUInt16BE(FIRST_PORT + (destination % PORTS), at + 16 + 14 + 22);
}
