/**
 * The front door: octets → descriptors, whatever the format. A capture reads straight into physical
 * memory (its analogue of DMA) and walks the records there. Only a record that straddles two
 * stretches is copied: to a private buffer, and from it to the beginning of the next stretch.
 * Nothing about the octets makes it throw; what is wrong with them is in `damage`.
 */
import type { Damage, Descriptors, FillResult, FrameSource } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Blocks } from "./blocks.js";
import { DamageLog } from "./damage.js";
import type { OctetSource } from "./octet-source.js";
import { PCAP_HEADER, type PcapFileHeader, PcapWalker, pcapFormat, pcapMagic, readPcapHeader } from "./pcap.js";
import { type InterfacesSeen, PcapngWalker } from "./pcapng.js";
import { Block } from "./pcapng-options.js";
import type { RecordWalker } from "./walker.js";

/** Smallest record of any format, so rows never outnumber a stretch's octets / 16. */
const SMALLEST_RECORD = 16;
const SMALLEST_STRETCH = 64;

export interface CaptureSource extends FrameSource {
  /** pcap-le-us, pcap-be-ns, pcap-le-us-modified, pcapng-le, …; "unknown" until, or where, no header was read. */
  readonly format: string;
  /** Whether a header was found that makes this a capture. */
  readonly readable: boolean;
  /** Frames described so far. */
  readonly packets: number;
  /** Octets of the (gunzipped) file that were read so far. */
  readonly octets: number;
  /** Frames so far by LINKTYPE_ number. */
  readonly linkTypes: ReadonlyMap<number, number>;
  /** Of a classic capture, once it was read. */
  readonly header: PcapFileHeader | undefined;
  /** What is known of a pcapng's interfaces so far; undefined of other captures. */
  readonly interfaces: Readonly<InterfacesSeen> | undefined;
  /** Exact ns since 1970 of the first and last frame in file order, also beyond 64 bits; null where it has no time. */
  readonly firstTime: bigint | null;
  readonly lastTime: bigint | null;
  /** Whether octets are missing at the end. */
  readonly truncated: boolean;
  /** All damage, of which `damage` has the first entries. */
  readonly damageTotal: number;
}

/**
 * Reads captured frames from `octets` into `memory`; every frame arrives on `port`. Closes `octets` when it is closed.
 * `blocks`: is told, at each `fill`, where a pcapng's blocks lie; it must be made for stretches as large as those.
 */
export function openCapture(octets: OctetSource, memory: PhysicalMemory, port: number, blocks?: Blocks): CaptureSource {
  return new Capture(octets, memory, port, blocks);
}

class Capture implements CaptureSource {
  readonly #source: OctetSource;
  readonly #memory: PhysicalMemory;
  readonly #port: number;
  readonly #log = new DamageLog();
  readonly #blocks: Blocks | undefined;
  #header: PcapFileHeader | undefined;
  #walker: RecordWalker | undefined;
  #format = "unknown";
  #ended = false;
  /** Its beginning is no capture's: what more there is to say of its octets is beside the point, and comes by chance. */
  #refused = false;
  #octets = 0;
  /** Octets of a record that straddles, to be put before the next ones. */
  #carry = new Uint8Array(4096);
  #carried = 0;

  constructor(source: OctetSource, memory: PhysicalMemory, port: number, blocks: Blocks | undefined) {
    this.#source = source;
    this.#memory = memory;
    this.#port = port;
    this.#blocks = blocks;
  }

  get format(): string {
    return this.#walker?.format ?? this.#format;
  }
  get readable(): boolean {
    return this.#walker?.begun === true;
  }
  get packets(): number {
    return this.#walker?.packets ?? 0;
  }
  get octets(): number {
    return this.#octets;
  }
  get linkTypes(): ReadonlyMap<number, number> {
    return this.#walker?.linkTypes() ?? new Map();
  }
  get header(): PcapFileHeader | undefined {
    return this.#header;
  }
  get interfaces(): Readonly<InterfacesSeen> | undefined {
    return this.#walker instanceof PcapngWalker ? this.#walker.seen : undefined;
  }
  get firstTime(): bigint | null {
    return this.#walker?.firstTime() ?? null;
  }
  get lastTime(): bigint | null {
    return this.#walker?.lastTime() ?? null;
  }
  get truncated(): boolean {
    return this.#log.truncated;
  }
  get damage(): readonly Damage[] {
    return this.#log.entries;
  }
  get damageTotal(): number {
    return this.#log.total;
  }

  fill(address: number, limit: number, into: Descriptors): FillResult {
    const room = limit - address;
    if (room < SMALLEST_STRETCH || room <= this.#carried || into.capacity < Math.floor(room / SMALLEST_RECORD)) {
      throw new RangeError(`capture: stretch of ${room} octets, ${this.#carried} carried, ${into.capacity} rows`);
    }
    into.count = 0;
    if (this.#blocks !== undefined) this.#blocks.count = 0;
    if (this.#ended) return "end";
    const have = address + this.#carried;
    const to = this.#receive(have, limit);
    if (to === have && !this.#ended) return "later";
    this.#memory.octets.set(this.#carry.subarray(0, this.#carried), address);
    const at = this.#consume(address, to, room, into);
    if (this.#refused || this.#walker?.stopped === true) this.#ended = true;
    else if (this.#ended) this.#finish(to - at);
    else this.#keep(at, to);
    return this.#ended ? "end" : "more";
  }

  close(): void {
    this.#ended = true;
    this.#source.close();
  }

  /** Reads until the stretch is full, none are there, or all are read; the address behind the last octet. */
  #receive(from: number, limit: number): number {
    let at = from;
    while (at < limit) {
      const count = this.#source.read(this.#memory.octets.subarray(at, limit));
      if (count === 0) this.#ended = true;
      if (count <= 0) break;
      at += count;
    }
    this.#octets += at - from;
    return at;
  }

  #consume(from: number, to: number, room: number, into: Descriptors): number {
    let at = from;
    if (this.#walker === undefined) {
      at = this.#begin(from, to);
      if (this.#walker === undefined) return at;
    }
    const walker: RecordWalker = this.#walker;
    const skipped = Math.min(walker.skip, to - at);
    walker.skip -= skipped;
    at += skipped;
    return walker.skip > 0 ? at : walker.walk(at, to, this.#offsetOf(at, to), room, into);
  }

  #offsetOf(at: number, to: number): number {
    return this.#octets - (to - at);
  }

  /** Tells the format by its magic number; the address behind what the header took. */
  #begin(from: number, to: number): number {
    const view = this.#memory.view;
    if (to - from < 4) return from;
    const word = view.getUint32(from, true);
    if (word === Block.section) {
      this.#walker = new PcapngWalker(this.#memory, this.#port, this.#log, this.#blocks);
      return from;
    }
    const magic = pcapMagic(word);
    if (magic === undefined) {
      this.#refuse((word & 0xffff) === 0x8b1f ? "E_COMPRESSED" : "E_MAGIC");
      return to;
    }
    this.#format = pcapFormat(magic);
    if (to - from < PCAP_HEADER) return from;
    const header = readPcapHeader(view, from, magic, this.#log);
    if (header === undefined) {
      this.#refused = true;
      return to;
    }
    this.#header = header;
    this.#walker = new PcapWalker(this.#memory, header, this.#port, this.#log);
    return from + PCAP_HEADER;
  }

  #refuse(code: "E_COMPRESSED" | "E_MAGIC"): void {
    this.#log.note(code, 0);
    this.#refused = true;
  }

  /** All octets are read, and the last `rest` of them belong to nothing whole. */
  #finish(rest: number): void {
    const offset = this.#octets - rest;
    const failure = this.#source.failure;
    if (this.#walker !== undefined) this.#walker.finish(rest, offset);
    else if (rest > 0) this.#log.note("E_CUT_HEADER", 0);
    else if (this.#octets === 0 && failure === undefined) this.#log.note("E_EMPTY", 0);
    if (failure !== undefined) this.#log.note(failure.code, this.#octets, failure.detail);
  }

  #keep(from: number, to: number): void {
    const count = to - from;
    if (count > this.#carry.length) this.#carry = new Uint8Array(2 ** Math.ceil(Math.log2(count)));
    this.#carry.set(this.#memory.octets.subarray(from, to));
    this.#carried = count;
  }
}
