/**
 * The software TLB (SOSP'95 §5.4): a direct-mapped cache of page bindings by (environment, virtual page), which the code of
 * images looks up in line. Its entries lie in physical memory as vcode/image.ts says: tag and frame.
 *
 * What may never happen: an entry outlives the right that it stands for. Whoever takes a page away, or its rights, flushes it
 * here. The kernel writes both the entries that images see and a copy of its own, and reads its copy only.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import { READABLE, STLB_ENTRY, WRITABLE } from "../vcode/image.js";

/** Owner number of its pages. */
const STLB_OWNER = -4;

/** An index has 16 bits. */
const MOST_ENTRIES = 32_768;

export class Stlb {
  readonly entries: number;
  /** Physical address. */
  readonly address: number;
  readonly pageShift: number;
  readonly #words: Int32Array;
  readonly #tags: Int32Array;
  readonly #frames: Int32Array;
  /** Entries by physical page, so that most pages are flushed without looking. */
  readonly #mapped: Uint16Array;

  /** `entries`: a power of two. */
  constructor(memory: PhysicalMemory, entries: number) {
    if (!Number.isInteger(Math.log2(entries))) throw new RangeError(`stlb: ${entries} entries are no power of two`);
    if (entries > MOST_ENTRIES) throw new RangeError(`stlb: ${entries} entries, at most ${MOST_ENTRIES}`);
    const page = memory.allocate(STLB_OWNER, Math.ceil((entries * STLB_ENTRY) / memory.pageSize));
    if (page === undefined) throw new Error(`stlb: no room for ${entries} entries`);
    this.entries = entries;
    this.address = page * memory.pageSize;
    this.pageShift = Math.log2(memory.pageSize);
    this.#words = memory.words.subarray(this.address >> 2, (this.address + entries * STLB_ENTRY) >> 2);
    this.#tags = new Int32Array(entries);
    this.#frames = new Int32Array(entries);
    this.#mapped = new Uint16Array(memory.pages);
  }

  /** Virtual pages of an environment. */
  get virtualPages(): number {
    return 2 ** (32 - this.pageShift);
  }

  /** The bits of a tag above the page. An empty entry has those of environment 0, which never is a downloaded one. */
  spaceOf(environment: number): number {
    if (environment <= 0 || environment >= 1 << this.pageShift)
      throw new RangeError(`stlb: environment ${environment}`);
    return environment << (32 - this.pageShift);
  }

  /** Hashed into the index, so that environments that use the same virtual pages do not meet (SOSP'95 §5.1.2). */
  saltOf(environment: number): number {
    return Math.imul(environment, 0x9e3779b1) >>> this.pageShift;
  }

  /** `rights`: READABLE, WRITABLE or both, which the caller has checked. What lay in the entry is forgotten. */
  write(environment: number, virtualPage: number, physicalPage: number, rights: number): void {
    if (rights === 0 || (rights & ~(READABLE | WRITABLE)) !== 0) throw new RangeError(`stlb: rights ${rights}`);
    const tag = this.spaceOf(environment) | virtualPage;
    this.#set(this.#indexOf(environment, virtualPage), tag, (physicalPage << this.pageShift) | rights);
  }

  /** Physical address and rights, as in an entry; 0 where there is none. */
  lookup(environment: number, virtualPage: number): number {
    const index = this.#indexOf(environment, virtualPage);
    return this.#tags[index] === (this.spaceOf(environment) | virtualPage) ? this.#frames[index]! : 0;
  }

  flush(environment: number, virtualPage: number): void {
    if (this.lookup(environment, virtualPage) !== 0) this.#set(this.#indexOf(environment, virtualPage), 0, 0);
  }

  flushEnvironment(environment: number): void {
    const space = this.spaceOf(environment);
    const above = -1 << (32 - this.pageShift);
    for (let index = 0; index < this.entries; index++) {
      if ((this.#tags[index]! & above) === space) this.#set(index, 0, 0);
    }
  }

  /** Whoever mapped it, and wherever: the page was taken away, or its rights were. */
  flushPage(physicalPage: number): void {
    for (let index = 0; index < this.entries && this.#mapped[physicalPage]! > 0; index++) {
      const frame = this.#frames[index]!;
      if (frame !== 0 && frame >>> this.pageShift === physicalPage) this.#set(index, 0, 0);
    }
  }

  #indexOf(environment: number, virtualPage: number): number {
    return (virtualPage ^ this.saltOf(environment)) & (this.entries - 1);
  }

  #set(index: number, tag: number, frame: number): void {
    const before = this.#frames[index]!;
    if (before !== 0) this.#mapped[before >>> this.pageShift]!--;
    if (frame !== 0) this.#mapped[frame >>> this.pageShift]!++;
    this.#tags[index] = tag;
    this.#frames[index] = frame;
    this.#words[index * 2] = tag;
    this.#words[index * 2 + 1] = frame;
  }
}
