import { readFileSync, writeFileSync } from "node:fs";

/** Octets of each packet of a classic little-endian capture, as plainly as can be. */
export function packetsOf(path: string): Uint8Array[] {
  const octets = readFileSync(path);
  const packets: Uint8Array[] = [];
  for (let at = 24; at + 16 <= octets.length; ) {
    const captured = octets.readUInt32LE(at + 8);
    packets.push(octets.subarray(at + 16, at + 16 + captured));
    at += 16 + captured;
  }
  return packets;
}

/** Writes a classic little-endian µs capture of Ethernet frames; times in µs since 1970. */
export function writeCapture(path: string, frames: readonly { time: number; octets: Uint8Array }[]): void {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.map(({ time, octets }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(time / 1e6), 0);
    record.writeUInt32LE(time % 1e6, 4);
    record.writeUInt32LE(octets.length, 8);
    record.writeUInt32LE(octets.length, 12);
    return Buffer.concat([record, octets]);
  });
  writeFileSync(path, Buffer.concat([header, ...records]));
}
