/** Captures read in the simplest way, for tests: pcap and pcapng, all at once, no damage expected. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface Frame {
  /** Where the frame's octets lie in the file. */
  readonly octets: Uint8Array;
  readonly wire: number;
  readonly linkType: number;
  /** ns since 1970. */
  readonly time: bigint;
}

/** Captures made elsewhere, beside the checkout where it has them. */
export const EXAMS = "../shared/exams";
export const HAS_EXAMS = existsSync(`${EXAMS}/captures`);
export const WHY_SKIPPED = `${EXAMS} is not here`;

export function examRows<Row>(file: string): Row[] {
  if (!HAS_EXAMS) return [];
  const lines = readFileSync(`${EXAMS}/${file}`, "utf8").trim().split("\n");
  return lines.map((line): Row => JSON.parse(line));
}

export function examFrames(capture: string): Frame[] {
  return readFrames(readFileSync(`${EXAMS}/captures/${capture}`));
}

/** Files with captures in a folder, if there is one. */
export function captureFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /\.(pcap|pcapng)$/.test(name));
}

export function readFrames(file: Buffer): Frame[] {
  return file.readUInt32LE(0) === 0x0a0d0d0a ? readPcapng(file) : readPcap(file);
}

function readPcap(file: Buffer): Frame[] {
  const magic = file.readUInt32LE(0);
  const little = [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34].includes(magic);
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const unit = u32(0) === 0xa1b23c4d ? 1n : 1000n;
  const header = u32(0) === 0xa1b2cd34 ? 24 : 16;
  const frames: Frame[] = [];
  for (let at = 24; at + header <= file.length; ) {
    const captured = u32(at + 8);
    const octets = file.subarray(at + header, at + header + captured);
    if (octets.length < captured) break;
    const time = BigInt(u32(at)) * 1_000_000_000n + BigInt(u32(at + 4)) * unit;
    frames.push({ octets, wire: u32(at + 12), linkType: u32(20) & 0xffff, time });
    at += header + captured;
  }
  return frames;
}

interface Interface {
  readonly linkType: number;
  readonly snap: number;
  /** Units a second. */
  readonly resolution: bigint;
}

function readPcapng(file: Buffer): Frame[] {
  const frames: Frame[] = [];
  let interfaces: Interface[] = [];
  let little = true;
  for (let at = 0; at + 12 <= file.length; ) {
    if (file.readUInt32LE(at) === 0x0a0d0d0a) {
      little = file.readUInt32LE(at + 8) === 0x1a2b3c4d;
      interfaces = [];
    }
    const u16 = (place: number) => (little ? file.readUInt16LE(place) : file.readUInt16BE(place));
    const u32 = (place: number) => (little ? file.readUInt32LE(place) : file.readUInt32BE(place));
    const type = u32(at);
    const length = u32(at + 4);
    if (type === 1) {
      let resolution = 1_000_000n;
      for (let option = at + 16; option + 4 < at + length - 4; option += 4 + ((u16(option + 2) + 3) & ~3)) {
        if (u16(option) !== 9) continue;
        const value = file.readUInt8(option + 4);
        resolution = value & 0x80 ? 2n ** BigInt(value & 0x7f) : 10n ** BigInt(value);
      }
      interfaces.push({ linkType: u16(at + 8), snap: u32(at + 12), resolution });
    } else if (type === 6) {
      const from = interfaces[u32(at + 8)];
      if (from === undefined) throw new Error("no such interface");
      const ticks = (BigInt(u32(at + 12)) << 32n) | BigInt(u32(at + 16));
      frames.push({
        octets: file.subarray(at + 28, at + 28 + u32(at + 20)),
        wire: u32(at + 24),
        linkType: from.linkType,
        time: (ticks * 1_000_000_000n) / from.resolution,
      });
    } else if (type === 3) {
      const from = interfaces[0];
      if (from === undefined) throw new Error("no interface");
      const captured = Math.min(u32(at + 8), length - 16, from.snap || Number.POSITIVE_INFINITY);
      const octets = file.subarray(at + 12, at + 12 + captured);
      frames.push({ octets, wire: u32(at + 8), linkType: from.linkType, time: 0n });
    }
    at += length;
  }
  return frames;
}
