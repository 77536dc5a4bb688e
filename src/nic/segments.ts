/**
 * The segments: stretches of physical memory that captures are read into, the analogue of receive
 * buffers for DMA. A segment is *held* by the port that reads from it and by each environment that
 * has frames of it in its ring; it is refilled when nobody holds it. Each refill is a new
 * generation, so that a descriptor of the last one is recognised as stale.
 */
import type { PhysicalMemory } from "../machine/memory.js";

/** Owner number of the NIC's pages. */
const NIC_OWNER = -2;
export const SEGMENT_SIZE = 1024 * 1024;

const GENERATION_MASK = 0xff_ffff;

export class Segments {
  readonly size: number;
  readonly count: number;
  readonly base: number;
  /** Frames that no segment is free for are read to here, counted and forgotten. */
  readonly scrap: number;
  /**
   * Physical address of a copy of the segments' generations, a word each, for environments to read: a segment has a new one
   * there before its octets change. It is never read back.
   */
  readonly generations: number;
  readonly #words: Int32Array;
  readonly #pageSize: number;
  readonly #shift: number;
  readonly #holds: Int32Array;
  readonly #generation: Int32Array;

  /** `size` is a power of two and a multiple of the page size. */
  constructor(memory: PhysicalMemory, count: number, size = SEGMENT_SIZE) {
    const first = memory.allocate(NIC_OWNER, ((count + 1) * size) / memory.pageSize);
    if (first === undefined) throw new Error(`segments: no room for ${count + 1} segments of ${size} octets`);
    const table = memory.allocate(NIC_OWNER, Math.ceil((count * 4) / memory.pageSize));
    if (table === undefined) throw new Error(`segments: no room for the generations of ${count} segments`);
    this.generations = table * memory.pageSize;
    this.#words = memory.words;
    this.#pageSize = memory.pageSize;
    this.size = size;
    this.count = count;
    this.base = first * memory.pageSize;
    this.scrap = this.base + count * size;
    this.#shift = Math.log2(size);
    this.#holds = new Int32Array(count);
    this.#generation = new Int32Array(count);
  }

  addressOf(segment: number): number {
    return this.base + segment * this.size;
  }

  /** The segment in which a frame's address lies. */
  at(address: number): number {
    return (address - this.base) >>> this.#shift;
  }

  /** Whether the page lies in a segment, or where what has no segment is read to. */
  owns(page: number): boolean {
    const address = page * this.#pageSize;
    return address >= this.base && address < this.scrap + this.size;
  }

  generationOf(segment: number): number {
    return this.#generation[segment]!;
  }

  /**
   * A segment that nobody holds, now held once and of a new generation; -1 where all are held. The
   * lowest one, so that few are in use while nothing is kept, and those stay in the cache.
   */
  take(): number {
    let segment = 0;
    while (segment < this.count && this.#holds[segment] !== 0) segment++;
    if (segment === this.count) return -1;
    this.#holds[segment] = 1;
    this.#generation[segment] = (this.#generation[segment]! + 1) & GENERATION_MASK;
    Atomics.store(this.#words, (this.generations >> 2) + segment, this.#generation[segment]!);
    return segment;
  }

  hold(segment: number): void {
    this.#holds[segment]!++;
  }

  release(segment: number): void {
    if (--this.#holds[segment]! < 0) throw new Error(`segments: ${segment} released more often than held`);
  }

  /** By how many it is held: ports and environments. */
  holdsOf(segment: number): number {
    return this.#holds[segment] ?? 0;
  }

  /** How many segments somebody holds. */
  get held(): number {
    return this.#holds.reduce((sum, holds) => sum + (holds > 0 ? 1 : 0), 0);
  }
}
