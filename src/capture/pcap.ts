/**
 * The classic format (pcap-savefile(5), draft-ietf-opsawg-pcap): a header of 24 octets, then records
 * of 16 octets and the frame. Both byte orders; µs and ns; Kuznetzov's modification, whose records
 * have 8 octets more. What is accepted is what libpcap 1.10 accepts. A lying length cannot be
 * recovered from, as nothing marks where the next record begins: reading stops there.
 */
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { DamageLog } from "./damage.js";
import { MAX_CAPTURED } from "./limits.js";
import type { RecordWalker } from "./walker.js";

export const PCAP_HEADER = 24;
const TWO_32 = 4_294_967_296;
const GIGA = 1_000_000_000;

/** Lengths in a record: as now; captured and wire exchanged (before 2.3); to be told by their order (2.3). */
type LengthOrder = "normal" | "exchanged" | "smaller-first";

export interface PcapMagic {
  readonly little: boolean;
  readonly nanoseconds: boolean;
  readonly modified: boolean;
}

/** By the first four octets, read as a little-endian number. */
const MAGICS: ReadonlyMap<number, PcapMagic> = new Map([
  [0xa1b2c3d4, { little: true, nanoseconds: false, modified: false }],
  [0xd4c3b2a1, { little: false, nanoseconds: false, modified: false }],
  [0xa1b23c4d, { little: true, nanoseconds: true, modified: false }],
  [0x4d3cb2a1, { little: false, nanoseconds: true, modified: false }],
  [0xa1b2cd34, { little: true, nanoseconds: false, modified: true }],
  [0x34cdb2a1, { little: false, nanoseconds: false, modified: true }],
]);

export function pcapMagic(firstWord: number): PcapMagic | undefined {
  return MAGICS.get(firstWord);
}

export function pcapFormat(magic: PcapMagic): string {
  const order = magic.little ? "le" : "be";
  return `pcap-${order}-${magic.nanoseconds ? "ns" : "us"}${magic.modified ? "-modified" : ""}`;
}

export interface PcapFileHeader {
  readonly magic: PcapMagic;
  /** LINKTYPE_ number: the low 16 bits of the field; above are FCS length and reserved bits. */
  readonly linkType: number;
  /** Octets of a frame that are delivered at most. */
  readonly snap: number;
  readonly lengths: LengthOrder;
}

/** Reads the file header at `at`; undefined, with damage noted, where libpcap would refuse it. */
export function readPcapHeader(
  view: DataView,
  at: number,
  magic: PcapMagic,
  damage: DamageLog,
): PcapFileHeader | undefined {
  const major = view.getUint16(at + 4, magic.little);
  const minor = view.getUint16(at + 6, magic.little);
  const snap = view.getInt32(at + 16, magic.little);
  const link = view.getUint32(at + 20, magic.little);
  // 543.0 is how DG/UX wrote 2.2.
  if (!((major === 2 && minor <= 4) || (major === 543 && minor === 0))) {
    damage.note("E_VERSION", 4, `${major}.${minor}`);
    return undefined;
  }
  if ((link & 0x03ff_0000) !== 0) {
    damage.note("E_LINK_TYPE", 20, `0x${link.toString(16).padStart(8, "0")}`);
    return undefined;
  }
  const lengths = major === 543 || minor < 3 ? "exchanged" : minor === 3 ? "smaller-first" : "normal";
  // 0 and what is negative as a signed number mean: no limit.
  return { magic, linkType: link & 0xffff, snap: snap > 0 ? snap : MAX_CAPTURED, lengths };
}

export class PcapWalker implements RecordWalker {
  readonly format: string;
  readonly begun = true;
  packets = 0;
  stopped = false;
  skip = 0;
  readonly #view: DataView;
  readonly #damage: DamageLog;
  readonly #header: PcapFileHeader;
  readonly #port: number;
  #skippedFrom = 0;
  /** ns of the second that the last record lies in: most records share it with the one before. */
  #second = 0;
  #secondHigh = 0;
  #secondLow = 0;
  #first: bigint | null = null;
  #last: bigint | null = null;

  constructor(memory: PhysicalMemory, header: PcapFileHeader, port: number, damage: DamageLog) {
    this.#view = memory.view;
    this.#header = header;
    this.#port = port;
    this.#damage = damage;
    this.format = pcapFormat(header.magic);
  }

  walk(from: number, to: number, offset: number, room: number, into: Descriptors): number {
    const view = this.#view;
    const { magic, snap, linkType, lengths } = this.#header;
    const little = magic.little;
    const record = magic.modified ? 24 : 16;
    const capturedAt = lengths === "exchanged" ? 12 : 8;
    const unit = magic.nanoseconds ? 1 : 1000;
    const port = this.#port;
    const { address, captured: capturedOf, wire: wireOf, timeHigh, timeLow, linkType: linkTypeOf, port: portOf } = into;
    const began = into.count;
    let row = began;
    let at = from;
    while (to - at >= record) {
      let captured = view.getInt32(at + capturedAt, little);
      let wire = view.getUint32(at + (20 - capturedAt), little);
      if (lengths === "smaller-first" && captured >>> 0 > wire) {
        const larger = captured;
        captured = wire | 0;
        wire = larger >>> 0;
      }
      if (captured >>> 0 > MAX_CAPTURED) {
        this.#damage.note("E_CAPTURED_TOO_LONG", offset + (at - from), `${captured >>> 0}`);
        this.stopped = true;
        break;
      }
      const length = record + captured;
      if (length > to - at) {
        if (length > room) at = this.#leaveOut(at, to, length, offset + (at - from));
        break;
      }
      const second = view.getUint32(at, little);
      const fraction = view.getUint32(at + 4, little) * unit;
      if (second !== this.#second) this.#begin(second);
      const low = this.#secondLow + fraction;
      timeLow[row] = low >>> 0;
      timeHigh[row] = low < TWO_32 ? this.#secondHigh : this.#secondHigh + Math.floor(low / TWO_32);
      if (captured > snap || captured > wire) this.#odd(captured, snap, wire, offset + (at - from));
      address[row] = at + record;
      capturedOf[row] = captured > snap ? snap : captured;
      wireOf[row] = wire;
      linkTypeOf[row] = linkType;
      portOf[row] = port;
      row++;
      at += length;
    }
    into.count = row;
    if (row > began) this.#count(into, began, row);
    return at;
  }

  finish(rest: number, offset: number): void {
    if (this.skip > 0) this.#damage.note("E_CUT_RECORD", this.#skippedFrom);
    else if (rest > 0) this.#damage.note("E_CUT_RECORD", offset);
  }

  linkTypes(): Map<number, number> {
    return new Map(this.packets > 0 ? [[this.#header.linkType, this.packets]] : []);
  }

  firstTime(): bigint | null {
    return this.#first;
  }

  lastTime(): bigint | null {
    return this.#last;
  }

  /** second · 10⁹ in two halves; both partial products stay below 2^53. */
  #begin(second: number): void {
    const upper = (second >>> 16) * GIGA;
    const lower = (upper % 65_536) * 65_536 + (second & 0xffff) * GIGA;
    this.#second = second;
    this.#secondHigh = Math.floor(upper / 65_536) + Math.floor(lower / TWO_32);
    this.#secondLow = lower % TWO_32;
  }

  #odd(captured: number, snap: number, wire: number, offset: number): void {
    if (captured > snap) this.#damage.note("E_CAPTURED_ABOVE_SNAP", offset, `${captured} > ${snap}`);
    if (captured > wire) this.#damage.note("E_CAPTURED_ABOVE_WIRE", offset, `${captured} > ${wire}`);
  }

  #leaveOut(at: number, to: number, length: number, offset: number): number {
    this.#damage.note("E_SEGMENT", offset, `${length} octets`);
    this.#skippedFrom = offset;
    this.skip = length - (to - at);
    return to;
  }

  #count(rows: Descriptors, began: number, end: number): void {
    if (this.packets === 0) this.#first = timeOf(rows, began);
    this.#last = timeOf(rows, end - 1);
    this.packets += end - began;
  }
}

/** 2^32 seconds and their fraction stay below 2^64 ns, so a descriptor's time is exact in this format. */
function timeOf(rows: Descriptors, row: number): bigint {
  return BigInt(rows.timeHigh[row] ?? 0) * BigInt(TWO_32) + BigInt(rows.timeLow[row] ?? 0);
}
