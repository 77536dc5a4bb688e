/**
 * A handler's state: pages in a row that its environment owns, fixed while the handler is bound, as memory must be into which
 * messages go. In the handler's address space they, and nothing else, are mapped from STATE_BASE on; what the software TLB has
 * forgotten of them is put back when it is missed.
 */

import { STATE_BASE } from "../vcode/handler.js";
import { READABLE, WRITABLE } from "../vcode/image.js";
import type { Pages } from "./pages.js";
import { Refusal } from "./refusal.js";
import type { Stlb } from "./stlb.js";

/** Is told for whom so many pages were not there. */
export type Lacks = (environment: number, pages: number) => void;

export class HandlerState {
  readonly octets: number;
  readonly firstPage: number;
  readonly pages: number;
  /** Physical address of the first octet. */
  readonly address: number;
  readonly #owner: number;
  readonly #pages: Pages;

  /** Zeros. E_TOO_MANY, E_NO_MEMORY. */
  constructor(pages: Pages, owner: number, octets: number, lacks: Lacks) {
    const { pageSize } = pages.memory;
    this.octets = octets;
    this.pages = Math.ceil(octets / pageSize);
    if (!pages.mayTake(owner, this.pages)) throw new Refusal("E_TOO_MANY", "pages of the environment's own");
    const first = this.pages === 0 ? 0 : pages.allocate(owner, this.pages);
    if (first === undefined) {
      lacks(owner, this.pages);
      throw new Refusal("E_NO_MEMORY", `${this.pages} pages in a row`);
    }
    pages.hold(owner, first, this.pages);
    this.firstPage = first;
    this.address = first * pageSize;
    this.#owner = owner;
    this.#pages = pages;
  }

  /** Whether the page of this virtual address is the state's; then it is mapped again. */
  refill(stlb: Stlb, space: number, address: number): boolean {
    const virtualPage = address >>> stlb.pageShift;
    const page = virtualPage - (STATE_BASE >>> stlb.pageShift);
    if (page < 0 || page >= this.pages) return false;
    stlb.write(space, virtualPage, this.firstPage + page, READABLE | WRITABLE);
    return true;
  }

  clear(): void {
    const { octets, pageSize } = this.#pages.memory;
    octets.fill(0, this.address, this.address + this.pages * pageSize);
  }

  /** With what `copy` gave of all of it. */
  fill(octets: Uint8Array): void {
    this.#pages.memory.octets.set(octets, this.address);
  }

  copy(from: number, length: number): Uint8Array {
    const first = Math.min(from, this.octets);
    return this.#pages.memory.octets.slice(this.address + first, this.address + Math.min(first + length, this.octets));
  }

  /** The pages are free, and nothing of them is cached. */
  free(): void {
    if (this.pages > 0) this.#pages.letGo(this.#owner, this.firstPage, this.pages);
  }
}
