/**
 * Who may do what with which page, as the kernel's calls for downloaded code ask it; and the simplest that answers: ownership
 * alone. An owner may read and write its page, nobody else anything.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import { READABLE, WRITABLE } from "../vcode/image.js";
import type { KernelError } from "./kerrno.js";
import { MAX_OWN_PAGES_SHARE } from "./limits.js";

/** Rights to a page have ended or got less: of one environment, or, where none is named, of all that had any. */
export type Flush = (page: number, environment?: number) => void;

export interface PageHolding {
  /** Called after an environment's rights to a page got less, and before a page changes hands: what is cached of them ends. */
  flush: Flush;
  exists(page: number): boolean;
  /** READABLE, WRITABLE, both, or 0. */
  access(environment: number, page: number): number;
  /** Any pages in a row; the first, or undefined where there are none. */
  allocate(owner: number, count: number): number | undefined;
  /** These very pages. E_NO_PAGE, E_PAGE_TAKEN. */
  allocateAt(owner: number, first: number, count: number): KernelError | undefined;
  /** They stay until the owner ends. */
  fix(owner: number, first: number, count: number): void;
  /** E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED. */
  free(owner: number, page: number): KernelError | undefined;
  freeAll(environment: number): void;
  /** How many the environment owns. */
  owned(environment: number): number;
  /** May it take so many more by itself (MAX_OWN_PAGES_SHARE)? */
  mayTake(environment: number, count: number): boolean;
}

export class OwnedPages implements PageHolding {
  flush: Flush = () => undefined;
  readonly #memory: PhysicalMemory;
  readonly #fixed = new Set<number>();
  /** Of each environment, how many it has that are not fixed. */
  readonly #taken = new Map<number, number>();

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
  }

  exists(page: number): boolean {
    return Number.isInteger(page) && page >= 0 && page < this.#memory.pages;
  }

  access(environment: number, page: number): number {
    return this.exists(page) && this.#memory.ownerOf(page) === environment ? READABLE | WRITABLE : 0;
  }

  allocate(owner: number, count: number): number | undefined {
    const first = this.#memory.allocate(owner, count);
    if (first !== undefined) this.#count(owner, count);
    return first;
  }

  allocateAt(owner: number, first: number, count: number): KernelError | undefined {
    if (!this.exists(first) || !this.exists(first + count - 1)) return "E_NO_PAGE";
    if (!this.#memory.allocateAt(owner, first, count)) return "E_PAGE_TAKEN";
    this.#count(owner, count);
    return undefined;
  }

  fix(owner: number, first: number, count: number): void {
    this.#count(owner, -count);
    for (let page = first; page < first + count; page++) this.#fixed.add(page);
  }

  free(owner: number, page: number): KernelError | undefined {
    if (!this.exists(page)) return "E_NO_PAGE";
    if (this.#memory.ownerOf(page) !== owner) return "E_PAGE_OWNER";
    if (this.#fixed.has(page)) return "E_PAGE_FIXED";
    this.#release(owner, page);
    return undefined;
  }

  freeAll(environment: number): void {
    for (let page = 0; page < this.#memory.pages; page++) {
      if (this.#memory.ownerOf(page) === environment) this.#release(environment, page);
    }
  }

  owned(environment: number): number {
    const { pages } = this.#memory;
    let owned = 0;
    for (let page = 0; page < pages; page++) if (this.#memory.ownerOf(page) === environment) owned++;
    return owned;
  }

  mayTake(environment: number, count: number): boolean {
    return (this.#taken.get(environment) ?? 0) + count <= this.#memory.pages * MAX_OWN_PAGES_SHARE;
  }

  #count(environment: number, more: number): void {
    this.#taken.set(environment, (this.#taken.get(environment) ?? 0) + more);
  }

  #release(owner: number, page: number): void {
    this.flush(page);
    if (!this.#fixed.delete(page)) this.#count(owner, -1);
    this.#memory.release(owner, page, 1);
  }
}
