/**
 * What the kernel reads and writes at virtual addresses, for downloaded code that names them in a call: through the software TLB, as
 * its own loads and stores would, and by its guaranteed mappings. A page that the software TLB has forgotten is not there: whoever
 * means to show something touches it before. Octets are copied once, and what is judged is the copy.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import { READABLE, WRITABLE } from "../vcode/image.js";
import type { Stlb } from "./stlb.js";

const WORD = 4;
/** Virtual addresses are modulo this. */
const ADDRESSES = 2 ** 32;

export class VirtualMemory {
  readonly #memory: PhysicalMemory;
  readonly #stlb: Stlb;
  readonly #guaranteed: (environment: number, virtualPage: number) => number | undefined;

  /** `guaranteed`: the physical page of a guaranteed mapping, which may be read and written. */
  constructor(
    memory: PhysicalMemory,
    stlb: Stlb,
    guaranteed: (environment: number, virtualPage: number) => number | undefined,
  ) {
    this.#memory = memory;
    this.#stlb = stlb;
    this.#guaranteed = guaranteed;
  }

  /** Physical address of what the environment may read, or write, at a virtual one, from 0 to 2^32 - 1. */
  translate(environment: number, address: number, right = READABLE): number | undefined {
    const { pageSize } = this.#memory;
    // Beyond the last page a tag would be another environment's.
    if (!(address >= 0 && address < ADDRESSES)) return undefined;
    const [virtualPage, offset] = [Math.floor(address / pageSize), address % pageSize];
    const entry = this.#stlb.lookup(environment, virtualPage) >>> 0;
    if (entry !== 0) return (entry & right) === 0 ? undefined : entry - (entry % pageSize) + offset;
    const page = this.#guaranteed(environment, virtualPage);
    return page === undefined ? undefined : page * pageSize + offset;
  }

  /** The word at a multiple of 4. */
  word(environment: number, address: number): number | undefined {
    const physical = address % WORD === 0 ? this.translate(environment, address) : undefined;
    return physical === undefined ? undefined : this.#memory.words[physical >> 2];
  }

  /** A copy of so many octets, as text in which each is a character; undefined where one of them may not be read. */
  text(environment: number, address: number, octets: number): string | undefined {
    const stretches = this.#stretches(environment, address, octets, READABLE);
    return stretches?.map((stretch) => Buffer.from(stretch).toString("latin1")).join("");
  }

  /** Writes ASCII characters, all of them or, where one may not be written, none: false. */
  writeText(environment: number, address: number, text: string): boolean {
    const stretches = this.#stretches(environment, address, text.length, WRITABLE);
    if (stretches === undefined) return false;
    let from = 0;
    for (const stretch of stretches) {
      stretch.set(Buffer.from(text.slice(from, from + stretch.length), "latin1"));
      from += stretch.length;
    }
    return true;
  }

  /** Octets in a row of virtual addresses, page by page. */
  #stretches(environment: number, address: number, octets: number, right: number): Uint8Array[] | undefined {
    const { pageSize } = this.#memory;
    const stretches: Uint8Array[] = [];
    for (let at = address >>> 0, left = octets; left > 0; ) {
      const physical = this.translate(environment, at, right);
      if (physical === undefined) return undefined;
      const here = Math.min(left, pageSize - (at % pageSize));
      stretches.push(this.#memory.octets.subarray(physical, physical + here));
      at += here;
      left -= here;
    }
    return stretches;
  }
}
