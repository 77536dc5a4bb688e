/**
 * Pages by their physical names (SOSP'95 §3.1, §3.2): allocation names them, nothing is allocated implicitly. For each page
 * an owner, and two locks that the owner sets: the environments that may read it and those that may write it. What makes a
 * lock narrower flushes what was cached of it, and gives the page another *generation*, so that a capability sealed over
 * (page, generation) ends with it.
 *
 * Of each environment, pages *fixed* by the kernel (mailbox, rings) and the first GUARANTEED_PAGES others are guaranteed:
 * never taken by force. A page is zeroed before it can have another owner. All tables are the kernel's own memory.
 */
import { FREE, type PhysicalMemory } from "../machine/memory.js";
import { READABLE, WRITABLE } from "./abi.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { KernelError } from "./kerrno.js";
import { GUARANTEED_PAGES, MAX_OWN_PAGES_SHARE } from "./limits.js";
import type { Flush } from "./owned-pages.js";

const Keep = { no: 0, guaranteed: 1, fixed: 2, held: 3 } as const;
const SET_WORDS = MAX_ENVIRONMENTS / 32;

/** A set of environments for each page, in bits. */
class Lock {
  readonly #bits: Uint32Array;

  constructor(pages: number) {
    this.#bits = new Uint32Array(pages * SET_WORDS);
  }

  has(page: number, environment: number): boolean {
    return ((this.#bits[page * SET_WORDS + (environment >> 5)]! >>> (environment & 31)) & 1) === 1;
  }

  /** Whether that narrowed it. */
  set(page: number, environment: number, open: boolean): boolean {
    const had = this.has(page, environment);
    if (had !== open) this.#bits[page * SET_WORDS + (environment >> 5)]! ^= 1 << (environment & 31);
    return had && !open;
  }

  clear(page: number): void {
    this.#bits.fill(0, page * SET_WORDS, (page + 1) * SET_WORDS);
  }

  word(page: number, word: number): number {
    return this.#bits[page * SET_WORDS + word]!;
  }

  members(page: number): number[] {
    return Array.from({ length: MAX_ENVIRONMENTS }, (_, id) => id).filter((id) => this.has(page, id));
  }
}

export class Pages {
  readonly memory: PhysicalMemory;
  /**
   * What is cached of a page's bindings ends: of this environment, whose lock has just got narrower (`access` says what is left), or,
   * where none is named, of everybody, before the page changes hands.
   */
  flush: Flush = () => undefined;
  /** Who has one limit of what may be taken together with this environment, itself among them. */
  sharing: (environment: number) => readonly number[] = (environment) => [environment];
  readonly readers: Lock;
  readonly writers: Lock;
  readonly #keep: Uint8Array;
  readonly #generation: Uint32Array;
  readonly #owned = new Int32Array(MAX_ENVIRONMENTS);
  readonly #kept = new Int32Array(MAX_ENVIRONMENTS);
  readonly #guaranteed = new Int32Array(MAX_ENVIRONMENTS);
  /** Those that are held: kept, and yet taken by the owner's wish. */
  readonly #held = new Int32Array(MAX_ENVIRONMENTS);

  constructor(memory: PhysicalMemory) {
    this.memory = memory;
    this.readers = new Lock(memory.pages);
    this.writers = new Lock(memory.pages);
    this.#keep = new Uint8Array(memory.pages);
    this.#generation = new Uint32Array(memory.pages);
  }

  /** `count` pages in a row, any; the first, or undefined where no such row is free. `owner`: an environment. */
  allocate(owner: number, count: number): number | undefined {
    const first = this.memory.allocate(owner, count);
    if (first !== undefined) this.#allocated(owner, first, count);
    return first;
  }

  /** These very pages, all or none. */
  allocateAt(owner: number, first: number, count: number): KernelError | undefined {
    if (!this.exists(first) || !this.exists(first + count - 1)) return "E_NO_PAGE";
    if (!this.memory.allocateAt(owner, first, count)) return "E_PAGE_TAKEN";
    this.#allocated(owner, first, count);
    return undefined;
  }

  /** The kernel and the owner speak through these: they go back with the environment only. */
  fix(owner: number, first: number, count: number): void {
    for (let page = first; page < first + count; page++) {
      if (this.#keep[page] === Keep.no) this.#kept[owner]!++;
      if (this.#keep[page] === Keep.guaranteed) this.#guaranteed[owner]!--;
      this.#keep[page] = Keep.fixed;
    }
  }

  /** Fixed, for something that the owner wanted and that may end before it: they count as what it takes. */
  hold(owner: number, first: number, count: number): void {
    this.fix(owner, first, count);
    this.#keep.fill(Keep.held, first, first + count);
    this.#held[owner]! += count;
  }

  exists(page: number): boolean {
    return Number.isInteger(page) && page >= 0 && page < this.memory.pages;
  }

  /** Number of an environment, FREE, or below that the kernel's own. */
  ownerOf(page: number): number {
    return this.memory.ownerOf(page);
  }

  /** Counts how often page or locks changed hands, modulo 2^32. */
  generationOf(page: number): number {
    return this.#generation[page] ?? 0;
  }

  isGuaranteed(page: number): boolean {
    return this.#keep[page] !== undefined && this.#keep[page] !== Keep.no;
  }

  owned(environment: number): number {
    return this.#owned[environment] ?? 0;
  }

  /** By itself, and all that share the limit together; pages that the kernel fixed do not count, those that it holds do. */
  mayTake(environment: number, count: number): boolean {
    const taken = this.sharing(environment).reduce((sum, id) => sum + this.#taken(id), count);
    return taken <= this.memory.pages * MAX_OWN_PAGES_SHARE;
  }

  #taken(environment: number): number {
    const fixed = (this.#kept[environment] ?? 0) - (this.#guaranteed[environment] ?? 0);
    return this.owned(environment) - fixed + (this.#held[environment] ?? 0);
  }

  /** Of those, how many may be taken by force. */
  revocable(environment: number): number {
    return this.owned(environment) - (this.#kept[environment] ?? 0);
  }

  /** What the environment may do with the page: bits of READABLE and WRITABLE. */
  access(environment: number, page: number): number {
    if (!this.exists(page) || environment < 0 || environment >= MAX_ENVIRONMENTS) return 0;
    if (this.ownerOf(page) === environment) return READABLE | WRITABLE;
    return (this.readers.has(page, environment) ? READABLE : 0) | (this.writers.has(page, environment) ? WRITABLE : 0);
  }

  /** Why the page is not `owner`'s to give. */
  problem(owner: number, page: number): KernelError | undefined {
    if (!this.exists(page)) return "E_NO_PAGE";
    if (this.ownerOf(page) !== owner) return "E_PAGE_OWNER";
    return this.#keep[page]! >= Keep.fixed ? "E_PAGE_FIXED" : undefined;
  }

  /** Sets what another environment may do with a page of the owner's, exactly. */
  share(owner: number, page: number, environment: number, access: number): KernelError | undefined {
    const problem = this.problem(owner, page);
    if (problem !== undefined) return problem;
    const unread = this.readers.set(page, environment, (access & READABLE) !== 0);
    const unwritten = this.writers.set(page, environment, (access & WRITABLE) !== 0);
    if (unread || unwritten) this.#narrowed(page, [environment]);
    return undefined;
  }

  /** Nobody but the owner has access any more. */
  relock(owner: number, page: number): KernelError | undefined {
    const problem = this.problem(owner, page);
    if (problem !== undefined) return problem;
    const had = Array.from({ length: MAX_ENVIRONMENTS }, (_, id) => id).filter(
      (id) => this.readers.has(page, id) || this.writers.has(page, id),
    );
    this.#close(page);
    this.#narrowed(page, had);
    return undefined;
  }

  free(owner: number, page: number): KernelError | undefined {
    const problem = this.problem(owner, page);
    if (problem === undefined) this.#release(owner, page);
    return problem;
  }

  /** What was held for something that has ended. */
  letGo(owner: number, first: number, count: number): void {
    for (let page = first; page < first + count; page++) this.#release(owner, page);
  }

  /** Pages of the owner's that can be taken, highest names first. */
  *takeable(owner: number): Generator<number> {
    for (let page = this.memory.pages - 1; page >= 0; page--) {
      if (this.ownerOf(page) === owner && this.#keep[page] === Keep.no) yield page;
    }
  }

  /** Names of the owner's pages from `from` on, ascending, `most` of them. */
  namesOf(owner: number, from: number, most: number): number[] {
    const names: number[] = [];
    for (let page = Math.max(0, from); page < this.memory.pages && names.length < most; page++) {
      if (this.ownerOf(page) === owner) names.push(page);
    }
    return names;
  }

  /** The environment is gone: its pages are free, and no lock knows it. */
  freeAll(environment: number): void {
    for (let page = 0; page < this.memory.pages; page++) {
      if (this.ownerOf(page) === environment) this.#release(environment, page);
      const unread = this.readers.set(page, environment, false);
      const unwritten = this.writers.set(page, environment, false);
      if (unread || unwritten) this.#narrowed(page, [environment]);
    }
  }

  #allocated(owner: number, first: number, count: number): void {
    this.#owned[owner]! += count;
    for (let page = first; page < first + count && this.#guaranteed[owner]! < GUARANTEED_PAGES; page++) {
      this.#keep[page] = Keep.guaranteed;
      this.#guaranteed[owner]!++;
      this.#kept[owner]!++;
    }
  }

  #release(owner: number, page: number): void {
    this.#close(page);
    this.#narrowed(page);
    if (this.#keep[page] === Keep.guaranteed) this.#guaranteed[owner]!--;
    if (this.#keep[page] === Keep.held) this.#held[owner]!--;
    if (this.#keep[page] !== Keep.no) this.#kept[owner]!--;
    this.#keep[page] = Keep.no;
    this.#owned[owner]!--;
    this.memory.release(owner, page, 1);
  }

  #close(page: number): void {
    this.readers.clear(page);
    this.writers.clear(page);
  }

  /** `lost`: those who may less than before; everybody, where it is not said. */
  #narrowed(page: number, lost?: readonly number[]): void {
    this.#generation[page]!++;
    if (lost === undefined) return this.flush(page);
    for (const environment of lost) this.flush(page, environment);
  }
}

export { FREE };
