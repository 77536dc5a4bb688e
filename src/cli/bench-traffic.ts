/**
 * The traffic of the classifiers' benches, in memory: classic capture records of 64-octet Ethernet/IPv4/TCP frames,
 * packed into segments of 2 MiB of one WebAssembly memory and walked once by the capture's own walker, so that
 * address and captured length of each frame lie in columns. A last segment has odd frames (cut short, fragments,
 * long headers, no TCP): nobody is timed on them, but everybody must give the same verdicts.
 */
import { writeFileSync } from "node:fs";
import { DamageLog } from "../capture/damage.js";
import { PCAP_HEADER, PcapWalker } from "../capture/pcap.js";
import { tapCapacityFor } from "../dpf/demux.js";
import type { FrameMemory } from "../dpf/engine.js";
import { stretchFor } from "../dpf/wasm-engine.js";
import { Descriptors, placedOctets } from "../machine/descriptor.js";
import { PhysicalMemory } from "../machine/memory.js";
import { chanceOf } from "./bench-chance.js";

const SEGMENT = 2 * 2 ** 20;
const FRAME = 64;
const RECORD_HEADER = 16;
const RECORD = RECORD_HEADER + FRAME;
/** Frames of a segment that are timed. */
export const FRAMES = Math.floor(SEGMENT / RECORD);
const ODD_FRAMES = 1024;
/** Engines that one traffic serves, each with its own room for tables. */
const MOST_ENGINES = 20;
const STRETCH = stretchFor(tapCapacityFor(FRAMES));
const FIRST_SECOND = 1_700_000_000;
const CACHE_LINE = 64;

const ETHERTYPE = 12;
const IP = 14;
const FRAGMENT = 20;
const PROTOCOL = 23;
const DESTINATION = 30;
const PORT = 36;

const HEADER = {
  linkExtension: 0,
  magic: { little: true, nanoseconds: false, modified: false },
  linkType: 1,
  snap: 262_144,
  lengths: "normal",
} as const;

/** Where a frame goes. */
export interface Destination {
  readonly address: number;
  readonly port: number;
}

export interface Segment {
  /** Address of its first octet. */
  readonly at: number;
  /** Octets of its records. */
  readonly octets: number;
  readonly frames: Descriptors;
}

export class Traffic {
  readonly memory: PhysicalMemory;
  /** What is timed. */
  readonly segments: readonly Segment[];
  readonly odd: Segment;
  /** Where the engines' stretches begin, and how many were given. */
  readonly #stretches: number;
  readonly #columns: number;
  #engines = 0;

  /** Frame number i of the timed ones goes to `to(i)`; the odd ones go where the first ones go. */
  constructor(segments: number, to: (frame: number) => Destination) {
    this.#stretches = (segments + 1) * SEGMENT;
    this.#columns = this.#stretches + MOST_ENGINES * STRETCH;
    this.memory = PhysicalMemory.create(this.#columns + placedOctets(FRAMES));
    const walker = new PcapWalker(this.memory, HEADER, 0, new DamageLog());
    this.segments = Array.from({ length: segments }, (_, number) => {
      const at = number * SEGMENT;
      for (let frame = 0; frame < FRAMES; frame++) {
        this.#record(at + frame * RECORD, number * FRAMES + frame, FRAME, to);
      }
      return walked(walker, at, FRAMES * RECORD);
    });
    this.odd = walked(walker, segments * SEGMENT, this.#writeOdd(segments * SEGMENT, to));
  }

  /** The greatest number of rows that a segment has. */
  get rows(): number {
    return Math.max(FRAMES, ODD_FRAMES);
  }

  /** The memory, with a stretch for one engine more; beyond MOST_ENGINES it is that of the oldest, which is no more. */
  frameMemory(): FrameMemory {
    const from = this.#stretches + (this.#engines++ % MOST_ENGINES) * STRETCH;
    return { buffer: this.memory.memory.buffer, machine: { memory: this.memory.memory, from, to: from + STRETCH } };
  }

  /** Columns in the memory itself, as a pass has them, of which there is room for one set; or where nobody sees them, as a port has. */
  columns(where: "in memory" | "private"): Descriptors {
    return where === "private" ? new Descriptors(FRAMES) : new Descriptors(FRAMES, this.memory, this.#columns);
  }

  /** Frames that are timed. */
  get frames(): number {
    return this.segments.reduce((sum, { frames }) => sum + frames.count, 0);
  }

  /** Calls `visit` with each segment and the number of its rows among the first `frames` frames that are timed. */
  each(frames: number, visit: (segment: Segment, rows: number) => void): void {
    let left = frames;
    for (const segment of this.segments) {
      const rows = Math.min(left, segment.frames.count);
      if (rows === 0) return;
      visit(segment, rows);
      left -= rows;
    }
  }

  /** Reads what those rows are made of, octets and columns, so that all of it is in the cache: as after a fill. */
  touch({ at, frames: { address, captured } }: Segment, rows: number): number {
    const words = this.memory.words;
    const end = at + rows * RECORD;
    let sum = 0;
    for (let line = at; line < end; line += CACHE_LINE) sum ^= words[line >> 2] ?? 0;
    for (let row = 0; row < rows; row++) sum ^= (address[row] ?? 0) ^ (captured[row] ?? 0);
    return sum;
  }

  /**
   * Everything in one file, for engines that are other processes, as little-endian words: the number of segments
   * (the odd one is the last), octets of the memory, rows of each segment, addresses, captured lengths; then the memory.
   */
  write(path: string): void {
    const all = [...this.segments, this.odd];
    const columns = all.flatMap(({ frames }) => [frames.address.subarray(0, frames.count)]);
    const captured = all.flatMap(({ frames }) => [frames.captured.subarray(0, frames.count)]);
    const rows = Int32Array.from([all.length, this.memory.octets.length, ...all.map(({ frames }) => frames.count)]);
    const octets = Buffer.from(this.memory.octets);
    const parts = [rows, ...columns, ...captured].map((part) =>
      Buffer.from(part.buffer, part.byteOffset, part.byteLength),
    );
    writeFileSync(path, Buffer.concat([...parts, octets]), { mode: 0o600 });
  }

  #record(at: number, number: number, captured: number, to: (frame: number) => Destination): void {
    const { view } = this.memory;
    const { address, port } = to(number);
    view.setUint32(at, FIRST_SECOND + Math.floor(number / 1e6), true);
    view.setUint32(at + 4, number % 1e6, true);
    view.setUint32(at + 8, captured, true);
    view.setUint32(at + 12, FRAME, true);
    const ether = at + RECORD_HEADER;
    view.setUint16(ether + ETHERTYPE, 0x0800);
    view.setUint16(ether + IP, 0x4500);
    view.setUint16(ether + IP + 2, FRAME - IP);
    view.setUint8(ether + PROTOCOL, 6);
    view.setUint32(ether + DESTINATION - 4, 0x0a000001);
    view.setUint32(ether + DESTINATION, address);
    view.setUint16(ether + PORT - 2, 40_000);
    view.setUint16(ether + PORT, port);
    view.setUint16(ether + IP + 32, 0x5010);
  }

  /** Octets of the odd records. A port stands at every place where a longer header may put it. */
  #writeOdd(start: number, to: (frame: number) => Destination): number {
    const chance = chanceOf(3);
    const { view } = this.memory;
    let at = start;
    for (let number = 0; number < ODD_FRAMES; number++) {
      const captured = chance(2) === 0 ? FRAME : chance(FRAME + 1);
      this.#record(at, number, captured, to);
      const ether = at + RECORD_HEADER;
      const header = chance(3) === 0 ? chance(16) : 5;
      view.setUint8(ether + IP, 0x40 | header);
      if (header > 5)
        for (let port = IP + 4 * header; port < FRAME; port += 2) view.setUint16(ether + port, to(number).port);
      const odd = chance(8);
      if (odd === 0) view.setUint16(ether + FRAGMENT, chance(0x10000));
      if (odd === 1) view.setUint8(ether + PROTOCOL, 17);
      if (odd === 2) view.setUint16(ether + ETHERTYPE, 0x86dd);
      at += RECORD_HEADER + captured;
    }
    return at - start;
  }
}

function walked(walker: PcapWalker, at: number, octets: number): Segment {
  const frames = new Descriptors(FRAMES);
  const end = walker.walk(at, at + octets, PCAP_HEADER + at, SEGMENT, frames);
  if (end !== at + octets) throw new Error(`bench: the walk of segment ${at / SEGMENT} ended at ${end - at}`);
  return { at, octets, frames };
}

/** Walks a segment once more, into columns that are the same for all segments. */
export function walkAgain(traffic: Traffic, frames: Descriptors): (segment: Segment, rows: number) => void {
  const walker = new PcapWalker(traffic.memory, HEADER, 0, new DamageLog());
  return ({ at }, rows) => {
    frames.count = 0;
    walker.walk(at, at + rows * RECORD, PCAP_HEADER + at, SEGMENT, frames);
  };
}
