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
import { PLAIN_RECORD, type PlainWalk, plainWalkOf } from "./plain-walk.js";
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
  /** Its high 6 bits, in place: whether frames end with an FCS, and of how many octets. Below them are reserved bits, all 0. */
  readonly linkExtension: number;
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
  // 0 and what is negative as a signed number mean: no limit. Ethernet in the modified format may have been captured in
  // cooked mode, whose snap length leaves out the 14 octets of the link's header: libpcap 1.10 adds them.
  const added = magic.modified && (link & 0xffff) === 1 ? 14 : 0;
  const linkExtension = (link & 0xfc00_0000) >>> 0;
  return { magic, linkType: link & 0xffff, linkExtension, snap: (snap > 0 ? snap : MAX_CAPTURED) + added, lengths };
}

export class PcapWalker implements RecordWalker {
  readonly format: string;
  readonly begun = true;
  packets = 0;
  stopped = false;
  skip = 0;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #damage: DamageLog;
  readonly #header: PcapFileHeader;
  readonly #port: number;
  /** For the columns that were asked for last. */
  #plain: { readonly into: Descriptors; readonly walk: PlainWalk | undefined } | undefined;
  #skippedFrom = 0;
  /** ns of the second that the last record lies in: most records share it with the one before. */
  #second = 0;
  #secondHigh = 0;
  #secondLow = 0;
  #first: bigint | null = null;
  #last: bigint | null = null;

  constructor(memory: PhysicalMemory, header: PcapFileHeader, port: number, damage: DamageLog) {
    this.#view = memory.view;
    this.#words = memory.words;
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
    const wireAt = 20 - capturedAt;
    const smallerFirst = lengths === "smaller-first";
    const unit = magic.nanoseconds ? 1 : 1000;
    const largestFraction = magic.nanoseconds ? 0x7fff_ffff : 2_147_483;
    const { address, captured: capturedOf, wire: wireOf, timeHigh, timeLow, linkType: linkTypeOf, port: portOf } = into;
    const began = into.count;
    let at = this.#walkPlain(from, to, into);
    let row = into.count;
    // Numbers stay 32-bit signed integers here, which is what makes the loop fast; a negative one is large.
    while (to - at >= record) {
      let captured = view.getInt32(at + capturedAt, little);
      let wire = view.getInt32(at + wireAt, little);
      if (smallerFirst && captured >>> 0 > wire >>> 0) {
        const larger = captured;
        captured = wire;
        wire = larger;
      }
      if (captured < 0 || captured > MAX_CAPTURED) {
        this.#damage.note("E_CAPTURED_TOO_LONG", offset + (at - from), `${captured >>> 0}`);
        this.stopped = true;
        break;
      }
      const length = record + captured;
      if (length > to - at) {
        if (length > room) at = this.#leaveOut(at, to, length, offset + (at - from));
        break;
      }
      const second = view.getInt32(at, little);
      const fraction = view.getInt32(at + 4, little);
      if (second !== this.#second) this.#begin(second);
      if (fraction >= 0 && fraction <= largestFraction) {
        const part = Math.imul(fraction, unit);
        const low = (this.#secondLow + part) | 0;
        timeLow[row] = low;
        timeHigh[row] = (this.#secondHigh + (low >>> 0 < part ? 1 : 0)) | 0;
      } else this.#setLong(into, row, fraction >>> 0);
      if (captured > snap || (captured > wire && wire >= 0)) {
        this.#odd(captured, snap, wire >>> 0, offset + (at - from));
      }
      address[row] = (at + record) | 0;
      capturedOf[row] = captured > snap ? snap : captured;
      wireOf[row] = wire;
      row = (row + 1) | 0;
      at = (at + length) | 0;
    }
    into.count = row;
    linkTypeOf.fill(linkType, began, row);
    portOf.fill(this.#port, began, row);
    if (row > began) this.#count(into, began, row);
    return at;
  }

  /**
   * The common case by itself, so that it is fast: records in the machine's own order, with nothing odd about them. Stops
   * before the first that is not so; where that was is returned.
   */
  #walkPlain(from: number, to: number, into: Descriptors): number {
    const { magic, snap, lengths } = this.#header;
    if (!magic.little || magic.modified || lengths !== "normal") return from;
    const most = Math.min(snap, MAX_CAPTURED);
    const walk = this.#plainWalk(into);
    if (walk === undefined) return magic.nanoseconds ? from : this.#walkWords(from, to, most, into);
    const before = into.count;
    into.count = walk.run(from, to, most, before);
    return into.count === before ? from : into.address[into.count - 1]! + into.captured[into.count - 1]!;
  }

  #plainWalk(into: Descriptors): PlainWalk | undefined {
    if (this.#plain?.into !== into) {
      this.#plain = { into, walk: plainWalkOf(into, this.#header.magic.nanoseconds ? 1 : 1000) };
    }
    return this.#plain.walk;
  }

  /** In µs, and on whole words, into columns that nobody else sees. */
  #walkWords(from: number, to: number, most: number, into: Descriptors): number {
    const words = this.#words;
    const { address, captured: capturedOf, wire: wireOf, timeHigh, timeLow } = into;
    let [row, at, second] = [into.count, from, this.#second];
    let [high, low] = [this.#secondHigh, this.#secondLow];
    while ((at & 3) === 0 && to - at >= PLAIN_RECORD) {
      const word = at >> 2;
      const fraction = words[word + 1]!;
      const captured = words[word + 2]!;
      const wire = words[word + 3]!;
      const next = (at + PLAIN_RECORD + captured) | 0;
      if (captured < 0 || captured > most || captured > wire || next > to || fraction < 0 || fraction > 2_147_483)
        break;
      if (words[word] !== second) {
        this.#begin(words[word]!);
        [second, high, low] = [this.#second, this.#secondHigh, this.#secondLow];
      }
      const part = Math.imul(fraction, 1000);
      const time = (low + part) | 0;
      timeLow[row] = time;
      timeHigh[row] = (high + (time >>> 0 < part ? 1 : 0)) | 0;
      address[row] = (at + PLAIN_RECORD) | 0;
      capturedOf[row] = captured;
      wireOf[row] = wire;
      row = (row + 1) | 0;
      at = next;
    }
    into.count = row;
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

  /** second · 10⁹ in two halves, kept as signed integers; both partial products stay below 2^53. */
  #begin(second: number): void {
    const upper = (second >>> 16) * GIGA;
    const lower = (upper % 65_536) * 65_536 + (second & 0xffff) * GIGA;
    this.#second = second;
    this.#secondHigh = (Math.floor(upper / 65_536) + Math.floor(lower / TWO_32)) | 0;
    this.#secondLow = lower | 0;
  }

  /** A fraction of more than about two seconds: nothing forbids one. */
  #setLong(into: Descriptors, row: number, fraction: number): void {
    const low = (this.#secondLow >>> 0) + fraction * (this.#header.magic.nanoseconds ? 1 : 1000);
    into.timeLow[row] = low >>> 0;
    into.timeHigh[row] = (this.#secondHigh >>> 0) + Math.floor(low / TWO_32);
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
