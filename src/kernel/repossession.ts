/**
 * The repossession vector of an environment (SOSP'95 §3.4; layout: abi.ts): the kernel writes what it took by force, in a page
 * of the environment's own. How much was written is kept here; nothing is read back but to be shown.
 */

import type { Loss } from "./abi.js";
import { RESOURCES, VECTOR_ENTRIES, VECTOR_ENTRY_WORDS, VECTOR_HEADER_WORDS, VectorEntry } from "./abi.js";

export class RepossessionVector {
  /** Undefined where the page is the environment's no more. */
  #words: Int32Array | undefined;
  readonly #at: number;
  #written = 0;
  /** The last entries again, in memory of the kernel's own: what people are shown. */
  readonly #losses: Loss[] = [];

  /** `address`: physical, a multiple of 4. */
  constructor(words: Int32Array, address: number) {
    this.#words = words;
    this.#at = address >> 2;
  }

  write(loss: Loss): void {
    if (this.#words !== undefined) this.#store(this.#words, loss);
    this.#losses.push(loss);
    if (this.#losses.length > VECTOR_ENTRIES) this.#losses.shift();
  }

  /** The page goes: from now on losses are kept here only. */
  detach(): void {
    this.#words = undefined;
  }

  /** The last VECTOR_ENTRIES, oldest first. */
  get losses(): readonly Loss[] {
    return [...this.#losses];
  }

  #store(words: Int32Array, loss: Loss): void {
    const at = this.#at + VECTOR_HEADER_WORDS + (this.#written & (VECTOR_ENTRIES - 1)) * VECTOR_ENTRY_WORDS;
    words[at + VectorEntry.resource] = RESOURCES.indexOf(loss.resource);
    words[at + VectorEntry.name] = loss.name;
    words[at + VectorEntry.count] = loss.count;
    words[at + VectorEntry.saved] = loss.saved ?? -1;
    this.#written++;
    Atomics.store(words, this.#at, this.#written | 0);
  }
}
