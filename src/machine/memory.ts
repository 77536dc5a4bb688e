/**
 * Physical memory: one shared WebAssembly memory, cut in pages that are allocated by their physical
 * names (page numbers). After Aegis (SOSP'95 §3.1): allocation is exposed, nothing is allocated
 * implicitly. The table of owners is kept here, in memory that is shared with nobody.
 */

import { type Mover, moverOf } from "./mover.js";

export const PAGE_SIZE = 4096;
const WASM_PAGE = 65_536;

/** Addresses are int32. */
const MOST_OCTETS = 2 ** 31 - WASM_PAGE;

/** Owner number of a page that nobody owns. */
export const FREE = -1;

export class PhysicalMemory {
  readonly memory: WebAssembly.Memory;
  readonly pageSize: number;
  readonly pages: number;
  /** All octets; what is read twice may have changed in between (DESIGN.md, Trust). */
  readonly octets: Uint8Array;
  readonly words: Int32Array;
  readonly view: DataView;
  readonly #owner: Int16Array;
  #free: number;
  #mover: Mover | undefined;

  private constructor(memory: WebAssembly.Memory, pageSize: number) {
    this.memory = memory;
    this.pageSize = pageSize;
    this.octets = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.pages = Math.floor(memory.buffer.byteLength / pageSize);
    this.#owner = new Int16Array(this.pages).fill(FREE);
    this.#free = this.pages;
  }

  /** Memory of `octets` octets, rounded up to 64 KiB; below 2 GiB, so that an address is an int32. */
  static create(octets: number, pageSize = PAGE_SIZE): PhysicalMemory {
    if (octets > MOST_OCTETS) throw new RangeError(`memory: ${octets} octets, at most ${MOST_OCTETS}`);
    const wasmPages = Math.ceil(octets / WASM_PAGE);
    const memory = new WebAssembly.Memory({ initial: wasmPages, maximum: wasmPages, shared: true });
    return new PhysicalMemory(memory, pageSize);
  }

  /** Moves octets; made when it is first asked for, and best kept by whoever moves much. */
  get move(): Mover {
    this.#mover ??= moverOf(this.memory);
    return this.#mover;
  }

  /** The octets, as who shares them names them. */
  get shared(): SharedArrayBuffer {
    const { buffer } = this.memory;
    if (buffer instanceof SharedArrayBuffer) return buffer;
    throw new Error("memory: it is not shared");
  }

  get freePages(): number {
    return this.#free;
  }

  ownerOf(page: number): number {
    return this.#owner[page] ?? FREE;
  }

  /**
   * Takes `count` pages in a row for `owner`; the number of the first, or undefined where no such
   * row is free. Addresses are `page * pageSize`.
   */
  allocate(owner: number, count: number): number | undefined {
    let run = 0;
    for (let page = 0; page < this.pages; page++) {
      run = this.#owner[page] === FREE ? run + 1 : 0;
      if (run === count) {
        const first = page - count + 1;
        this.#take(owner, first, count);
        return first;
      }
    }
    return undefined;
  }

  /** Takes these very pages, all of them or none: false where one is not free, or does not exist. */
  allocateAt(owner: number, first: number, count: number): boolean {
    if (first < 0 || first + count > this.pages) return false;
    for (let page = first; page < first + count; page++) if (this.#owner[page] !== FREE) return false;
    this.#take(owner, first, count);
    return true;
  }

  #take(owner: number, first: number, count: number): void {
    this.#owner.fill(owner, first, first + count);
    this.#free -= count;
  }

  /** Gives pages back; they are zeroed, so that the next owner learns nothing of the last. */
  release(owner: number, first: number, count: number): void {
    for (let page = first; page < first + count; page++) {
      if (this.#owner[page] !== owner) {
        throw new Error(`memory: page ${page} released by ${owner}, owned by ${this.#owner[page]}`);
      }
    }
    this.#owner.fill(FREE, first, first + count);
    this.octets.fill(0, first * this.pageSize, (first + count) * this.pageSize);
    this.#free += count;
  }
}
