/**
 * Many files that are written at once. What comes for a file waits in a chunk of its own until that is full; at most
 * MAX_OPEN files are open, fewer where the system allows fewer, and the one that was written longest ago is closed
 * for another. All chunks together take CHUNKS_ROOM octets; of more files than have a page of it each has a page all the same.
 */
import type { FrameWriter } from "../capture/frame-writer.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { codeOf, nameFailure, OutputFile, type OutputRules } from "./output-file.js";

/** Files that are open at the same time. */
const MAX_OPEN = 1024;
/** Octets that wait to be written, all files together. */
const CHUNKS_ROOM = 64 * 1024 * 1024;
/** More than this in one write gains nothing. */
const LARGEST_CHUNK = 256 * 1024;
const PAGE = 4096;

/** Octets of memory that `files` outputs need, for records of at most `largest` octets. */
export function outputsRoom(files: number, largest: number): number {
  return files * chunkOf(files) + largest;
}

function chunkOf(files: number): number {
  const share = Math.floor(CHUNKS_ROOM / Math.max(files, 1) / PAGE) * PAGE;
  return Math.min(Math.max(share, PAGE), LARGEST_CHUNK);
}

export class Outputs {
  readonly count: number;
  readonly #memory: PhysicalMemory;
  readonly #chunk: number;
  /** Where a record is made that is larger than a chunk. */
  readonly #large: number;
  readonly #files: OutputFile[] = [];
  /** Address of each one's chunk, and of what is free in it. */
  readonly #begin: Float64Array;
  readonly #end: Float64Array;
  /** Open files, the one written longest ago first. */
  readonly #open = new Set<OutputFile>();
  #mostOpen = MAX_OPEN;

  /** Makes the files, under names that they do not keep yet. `room`: address of `outputsRoom` octets of memory. */
  constructor(paths: readonly string[], rules: OutputRules, memory: PhysicalMemory, room: number) {
    this.count = paths.length;
    this.#memory = memory;
    this.#chunk = chunkOf(paths.length);
    this.#large = room + paths.length * this.#chunk;
    this.#begin = Float64Array.from(paths, (_, file) => room + file * this.#chunk);
    this.#end = this.#begin.slice();
    try {
      for (const path of paths) this.#make(path, rules);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Adds the record of `row`. */
  add(file: number, records: FrameWriter, row: number): void {
    const size = records.size(row);
    const end = this.#roomFor(file, size);
    if (end < 0) {
      records.put(row, this.#large);
      this.#write(file, this.#large, this.#large + size);
    } else {
      records.put(row, end);
      this.#end[file] = end + size;
    }
  }

  /** Adds octets that lie in memory. */
  copy(file: number, address: number, octets: number): void {
    const end = this.#roomFor(file, octets);
    if (end < 0) this.#write(file, address, address + octets);
    else {
      this.#memory.move(end, address, octets);
      this.#end[file] = end + octets;
    }
  }

  /** All is said: writes the rest, and gives the files their names. */
  publish(): void {
    for (let file = 0; file < this.count; file++) this.#flush(file);
    for (const file of this.#files) {
      try {
        file.publish();
      } catch (error) {
        throw nameFailure(file.path, error);
      }
    }
  }

  /** Nothing stays of those that have no name yet. */
  discard(): void {
    for (const file of this.#files) file.discard();
  }

  /** Address where `octets` can be put for that file; -1 where they are more than a chunk, with nothing before them waiting. */
  #roomFor(file: number, octets: number): number {
    const end = this.#end[file]!;
    if (end + octets <= this.#begin[file]! + this.#chunk) return end;
    this.#flush(file);
    return octets <= this.#chunk ? this.#begin[file]! : -1;
  }

  #flush(file: number): void {
    const [begin, end] = [this.#begin[file]!, this.#end[file]!];
    if (end > begin) this.#write(file, begin, end);
    this.#end[file] = begin;
  }

  #write(number: number, from: number, to: number): void {
    const file = this.#files[number]!;
    if (!this.#open.delete(file)) this.#makeRoom();
    this.#withDescriptor(file.path, () => file.write(this.#memory.octets.subarray(from, to)));
    this.#open.add(file);
  }

  #make(path: string, rules: OutputRules): void {
    this.#makeRoom();
    const file = this.#withDescriptor(path, () => new OutputFile(path, rules));
    this.#files.push(file);
    this.#open.add(file);
  }

  #makeRoom(): void {
    while (this.#open.size >= this.#mostOpen) this.#closeOldest();
  }

  /** Does what needs a descriptor; where the system has no more of them, half of ours are given back, for good. */
  #withDescriptor<T>(path: string, work: () => T): T {
    for (;;) {
      try {
        return work();
      } catch (error) {
        const code = codeOf(error);
        if ((code !== "EMFILE" && code !== "ENFILE") || this.#open.size === 0) throw nameFailure(path, error);
        this.#mostOpen = Math.max(1, this.#open.size >> 1);
        this.#makeRoom();
      }
    }
  }

  #closeOldest(): void {
    for (const file of this.#open) {
      file.close();
      this.#open.delete(file);
      return;
    }
  }
}
