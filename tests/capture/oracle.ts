/**
 * A second reader of captures, slow and plain: the whole file as one array, a list of objects,
 * BigInt for time. What the real one answers is compared with this.
 */

import type { ReadRecord } from "./read.js";

export interface OracleRecord {
  /** Where the record or block begins and ends in the file. */
  readonly offset: number;
  readonly end: number;
  readonly captured: number;
  readonly wire: number;
  /** ns, held inside 64 bits; 0 where there is none. */
  readonly time: bigint;
  readonly linkType: number;
  readonly octets: string;
}

export interface OracleAnswer {
  readonly records: OracleRecord[];
  readonly damage: { readonly offset: number; readonly code: string }[];
}

/** What a reader delivers of the records: all but their place. */
export function delivered(records: readonly OracleRecord[]): ReadRecord[] {
  return records.map(({ captured, wire, time, linkType, octets }) => ({ captured, wire, time, linkType, octets }));
}

const MAX = 262_144;
const FORMATS: Readonly<Record<string, { little: boolean; unit: bigint; header: number }>> = {
  d4c3b2a1: { little: true, unit: 1000n, header: 16 },
  a1b2c3d4: { little: false, unit: 1000n, header: 16 },
  "4d3cb2a1": { little: true, unit: 1n, header: 16 },
  a1b23c4d: { little: false, unit: 1n, header: 16 },
  "34cdb2a1": { little: true, unit: 1000n, header: 24 },
  a1b2cd34: { little: false, unit: 1000n, header: 24 },
};

/** `segment`: records longer than this cannot be delivered. */
export function oracle(octets: Uint8Array, segment: number): OracleAnswer {
  const file = Buffer.from(octets);
  const answer: OracleAnswer = { records: [], damage: [] };
  const magic = file.subarray(0, 4).toString("hex");
  if (file.length === 0) answer.damage.push({ offset: 0, code: "E_EMPTY" });
  else if (file.length < 4) answer.damage.push({ offset: 0, code: "E_CUT_HEADER" });
  else if (magic === "0a0d0d0a") pcapng(file, segment, answer);
  else if (FORMATS[magic] !== undefined) pcap(file, FORMATS[magic], segment, answer);
  else answer.damage.push({ offset: 0, code: magic.startsWith("1f8b") ? "E_COMPRESSED" : "E_MAGIC" });
  return answer;
}

function pcap(
  file: Buffer,
  { little, unit, header }: { little: boolean; unit: bigint; header: number },
  segment: number,
  { records, damage }: OracleAnswer,
): void {
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const u16 = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
  if (file.length < 24) {
    damage.push({ offset: 0, code: "E_CUT_HEADER" });
    return;
  }
  const [major, minor, link] = [u16(4), u16(6), u32(20)];
  if (!(major === 2 && minor <= 4) && !(major === 543 && minor === 0)) damage.push({ offset: 4, code: "E_VERSION" });
  else if (((link >>> 16) & 0x3ff) !== 0) damage.push({ offset: 20, code: "E_LINK_TYPE" });
  if (damage.length > 0) return;
  const stated = u32(16) === 0 || u32(16) > 0x7fff_ffff ? MAX : u32(16);
  const snap = header === 24 && (link & 0xffff) === 1 ? stated + 14 : stated;
  for (let at = 24; at < file.length; ) {
    if (file.length - at < header) {
      damage.push({ offset: at, code: "E_CUT_RECORD" });
      return;
    }
    let [captured, wire] = [u32(at + 8), u32(at + 12)];
    const exchange = minor < 3 || (minor === 3 && captured > wire);
    if (exchange) [captured, wire] = [wire, captured];
    if (captured > MAX) {
      damage.push({ offset: at, code: "E_CAPTURED_TOO_LONG" });
      return;
    }
    const end = at + header + captured;
    if (end > file.length) {
      if (header + captured > segment) damage.push({ offset: at, code: "E_SEGMENT" });
      damage.push({ offset: at, code: "E_CUT_RECORD" });
      return;
    }
    if (header + captured > segment) damage.push({ offset: at, code: "E_SEGMENT" });
    else {
      if (captured > snap) damage.push({ offset: at, code: "E_CAPTURED_ABOVE_SNAP" });
      if (captured > wire) damage.push({ offset: at, code: "E_CAPTURED_ABOVE_WIRE" });
      const delivered = Math.min(captured, snap);
      records.push({
        offset: at,
        end,
        captured: delivered,
        wire,
        time: BigInt(u32(at)) * 1_000_000_000n + BigInt(u32(at + 4)) * unit,
        linkType: link & 0xffff,
        octets: file.subarray(at + header, at + header + delivered).toString("hex"),
      });
    }
    at = end;
  }
}

interface Face {
  readonly linkType: number;
  readonly snap: number;
  readonly resolution: number;
  readonly offset: bigint;
  readonly known: boolean;
}

const SMALLEST: Readonly<Record<number, number>> = { 168627466: 28, 1: 20, 2: 32, 3: 16, 6: 32 };

function pcapng(file: Buffer, segment: number, { records, damage }: OracleAnswer): void {
  let little = true;
  let faces: Face[] = [];
  let begun = false;
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const u16 = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const note = (offset: number, code: string) => damage.push({ offset, code });
  const cut = (at: number) => note(at, begun ? "E_CUT_BLOCK" : "E_CUT_HEADER");

  /** False where reading stops. */
  const section = (at: number): boolean => {
    faces = [];
    const version = `${u16(at + 12)}.${u16(at + 14)}`;
    if (version !== "1.0" && version !== "1.2") {
      note(at + 12, "E_VERSION");
      return false;
    }
    begun = true;
    return true;
  };

  const describe = (at: number, total: number) => {
    let [resolution, offset] = [6, 0n];
    for (let option = at + 16; option + 4 <= at + total - 4; ) {
      const [code, length] = [u16(option), u16(option + 2)];
      if (code === 0) break;
      if (option + 4 + length > at + total - 4) {
        note(at, "E_OPTION");
        break;
      }
      if (code === 9 && length === 1) resolution = file.readUInt8(option + 4);
      if (code === 14 && length === 8) {
        offset = little ? file.readBigInt64LE(option + 4) : file.readBigInt64BE(option + 4);
      }
      option += 4 + Math.ceil(length / 4) * 4;
    }
    const snap = u32(at + 12) === 0 || u32(at + 12) > MAX ? MAX : u32(at + 12);
    faces.push({ linkType: u16(at + 8), snap, resolution, offset, known: true });
  };

  const frame = (at: number, total: number, type: number) => {
    const simple = type === 3;
    const index = simple ? 0 : type === 2 ? u16(at + 8) : u32(at + 8);
    const face = faces[index];
    if (face === undefined || !face.known) {
      note(at, "E_INTERFACE");
      return;
    }
    const data = at + (simple ? 12 : 28);
    const wire = u32(at + (simple ? 8 : 24));
    const captured = simple ? Math.min(wire, face.snap) : u32(at + 20);
    if (captured > MAX) note(at, "E_CAPTURED_TOO_LONG");
    else if (data + captured > at + total - 4) note(at, "E_CAPTURED_ABOVE_BLOCK");
    else {
      if (captured > face.snap) note(at, "E_CAPTURED_ABOVE_SNAP");
      if (captured > wire) note(at, "E_CAPTURED_ABOVE_WIRE");
      const delivered = Math.min(captured, face.snap);
      records.push({
        offset: at,
        end: at + total,
        captured: delivered,
        wire,
        time: simple ? 0n : nanoseconds((BigInt(u32(at + 12)) << 32n) | BigInt(u32(at + 16)), face),
        linkType: face.linkType,
        octets: file.subarray(data, data + delivered).toString("hex"),
      });
    }
  };

  for (let at = 0; at < file.length; ) {
    if (file.length - at < 12) return void cut(at);
    if (file.readUInt32BE(at) === 0x0a0d0d0a) {
      const magic = file.readUInt32LE(at + 8);
      if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a) return void note(at + 8, "E_BYTE_ORDER");
      little = magic === 0x1a2b3c4d;
    }
    const [type, total] = [u32(at), u32(at + 4)];
    const smallest = SMALLEST[type];
    if (total % 4 !== 0 || total < (smallest ?? 12)) return void note(at, "E_BLOCK_LENGTH");
    const whole = at + total <= file.length;
    if (smallest !== undefined && total > segment) {
      note(at, "E_SEGMENT");
      if (type === 1) faces.push({ linkType: 0, snap: 0, resolution: 6, offset: 0n, known: false });
      if (type === 0x0a0d0d0a && !section(at)) return;
      if (!whole) return void cut(at);
      if (u32(at + total - 4) !== total) return void note(at, "E_BLOCK_TRAILER");
    } else {
      if (!whole) return void cut(at);
      if (u32(at + total - 4) !== total) return void note(at, "E_BLOCK_TRAILER");
      if (type === 0x0a0d0d0a && !section(at)) return;
      if (type === 1) describe(at, total);
      if (type === 2 || type === 3 || type === 6) frame(at, total, type);
    }
    at += total;
  }
}

export function nanoseconds(ticks: bigint, { resolution, offset }: { resolution: number; offset: bigint }): bigint {
  const units = resolution >= 128 ? 2n ** BigInt(resolution - 128) : 10n ** BigInt(resolution);
  const exact = (ticks * 1_000_000_000n) / units + offset * 1_000_000_000n;
  if (exact < 0n) return 0n;
  return exact > 2n ** 64n - 1n ? 2n ** 64n - 1n : exact;
}
