/**
 * Writes classic captures (pcap-savefile(5)), little-endian, version 2.4, as libpcap writes them: the frames of a
 * stretch that was just read are put elsewhere in the same memory as records.
 */
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Mover } from "../machine/mover.js";
import type { FrameWriter } from "./frame-writer.js";
import { canonicalLinkType } from "./linktype.js";
import { PCAP_HEADER, type PcapFileHeader } from "./pcap.js";
import { PLAIN_RECORD } from "./plain-walk.js";

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const GIGA = 1_000_000_000;

/** What a file header says. */
export interface PcapFacts {
  readonly nanoseconds: boolean;
  readonly snap: number;
  readonly linkType: number;
  readonly linkExtension: number;
}

/** Puts a file header at `address`: PCAP_HEADER octets. */
export function putPcapHeader({ view, octets }: PhysicalMemory, address: number, facts: PcapFacts): void {
  octets.fill(0, address, address + PCAP_HEADER);
  view.setUint32(address, facts.nanoseconds ? NANOSECONDS : MICROSECONDS, true);
  view.setUint16(address + 4, 2, true);
  view.setUint16(address + 6, 4, true);
  view.setUint32(address + 16, facts.snap, true);
  view.setUint32(address + 20, (canonicalLinkType(facts.linkType) | facts.linkExtension) >>> 0, true);
}

/** What a classic capture that was read is written on as: its precision is kept, its byte order is not. */
export function factsOf({ magic, snap, linkType, linkExtension }: PcapFileHeader): PcapFacts {
  return { nanoseconds: magic.nanoseconds, snap, linkType, linkExtension };
}

/** Whether records can be written on octet by octet, except those whose frames are longer than the snap length. */
export function isPlain({ magic, lengths }: PcapFileHeader): boolean {
  return magic.little && !magic.modified && lengths === "normal";
}

/** Records of plain captures without odd ones: copied as they are. */
export class PlainRecords implements FrameWriter {
  readonly #move: Mover;
  readonly #rows: Descriptors;

  constructor(memory: PhysicalMemory, rows: Descriptors) {
    this.#move = memory.move;
    this.#rows = rows;
  }

  size(row: number): number {
    return PLAIN_RECORD + this.#rows.captured[row]!;
  }

  put(row: number, address: number): void {
    const { address: frame, captured } = this.#rows;
    this.#move(address, frame[row]! - PLAIN_RECORD, PLAIN_RECORD + captured[row]!);
  }
}

/** Records of classic captures of all kinds: seconds and fraction are the file's, lengths those of the descriptor. */
export class ClassicRecords implements FrameWriter {
  readonly #memory: PhysicalMemory;
  readonly #rows: Descriptors;
  readonly #little: boolean;
  readonly #header: number;

  constructor(memory: PhysicalMemory, rows: Descriptors, { magic }: PcapFileHeader) {
    this.#memory = memory;
    this.#rows = rows;
    this.#little = magic.little;
    this.#header = magic.modified ? PLAIN_RECORD + 8 : PLAIN_RECORD;
  }

  size(row: number): number {
    return PLAIN_RECORD + this.#rows.captured[row]!;
  }

  put(row: number, address: number): void {
    const { view } = this.#memory;
    const header = this.#rows.address[row]! - this.#header;
    const [seconds, fraction] = [view.getUint32(header, this.#little), view.getUint32(header + 4, this.#little)];
    putRecord(this.#memory, this.#rows, row, address, seconds, fraction);
  }
}

/** Records made of descriptors alone, whatever format the frames came in. */
export class DescribedRecords implements FrameWriter {
  readonly #memory: PhysicalMemory;
  readonly #rows: Descriptors;
  readonly #unit: number;

  constructor(memory: PhysicalMemory, rows: Descriptors, { nanoseconds }: Pick<PcapFacts, "nanoseconds">) {
    this.#memory = memory;
    this.#rows = rows;
    this.#unit = nanoseconds ? 1 : 1000;
  }

  size(row: number): number {
    return PLAIN_RECORD + this.#rows.captured[row]!;
  }

  put(row: number, address: number): void {
    const { timeHigh, timeLow } = this.#rows;
    const low = timeLow[row]!;
    // Long division by 10⁹ in digits of 16 bits: every intermediate fits a double exactly.
    const upper = timeHigh[row]! * 65_536 + (low >>> 16);
    const lower = (upper % GIGA) * 65_536 + (low & 0xffff);
    const seconds = Math.floor(upper / GIGA) * 65_536 + Math.floor(lower / GIGA);
    putRecord(this.#memory, this.#rows, row, address, seconds, Math.floor((lower % GIGA) / this.#unit));
  }
}

function putRecord(
  { view, move }: PhysicalMemory,
  { address: frame, captured, wire }: Descriptors,
  row: number,
  address: number,
  seconds: number,
  fraction: number,
): void {
  view.setUint32(address, seconds, true);
  view.setUint32(address + 4, fraction, true);
  view.setUint32(address + 8, captured[row]!, true);
  view.setUint32(address + 12, wire[row]!, true);
  move(address + PLAIN_RECORD, frame[row]!, captured[row]!);
}
