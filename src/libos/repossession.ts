/**
 * What the kernel asks back of an environment, and what it has taken, as the library OS reads them in its own pages
 * (layouts: kernel/abi.ts).
 */

import type { Loss } from "../kernel/abi.js";
import {
  type HostedStart,
  Mailbox,
  RESOURCES,
  REVOCATION_WORDS,
  type ResourceName,
  RevocationWord,
  VECTOR_AT,
  VECTOR_ENTRIES,
  VECTOR_ENTRY_WORDS,
  VECTOR_HEADER_WORDS,
  VectorEntry,
} from "../kernel/abi.js";

/** What the kernel asks for. Packets are counted in segments, and go back by coming to `cursor`. */
export interface AskedBack {
  readonly resource: ResourceName;
  readonly count: number;
  readonly deadlineMs: number;
  readonly cursor: number;
}

export interface Losses {
  readonly losses: readonly Loss[];
  /** Older ones were overwritten before they were read: the books say what is left. */
  readonly missed: number;
}

export class RevocationReader {
  readonly #words: Int32Array;
  readonly #requests: number;
  readonly #vector: number;
  readonly #seen = new Int32Array(RESOURCES.length);
  #read = 0;

  constructor(start: HostedStart) {
    this.#words = new Int32Array(start.memory.buffer);
    this.#requests = (start.mailbox >> 2) + Mailbox.revocations;
    this.#vector = (start.calls + VECTOR_AT) >> 2;
  }

  /** A request that was not yet given out, or undefined. */
  next(): AskedBack | undefined {
    for (const [kind, resource] of RESOURCES.entries()) {
      const at = this.#requests + kind * REVOCATION_WORDS;
      const sequence = Atomics.load(this.#words, at + RevocationWord.sequence);
      if (sequence === this.#seen[kind]) continue;
      this.#seen[kind] = sequence;
      const count = Atomics.load(this.#words, at + RevocationWord.count);
      const deadlineMs = this.#words[at + RevocationWord.deadlineMs]!;
      const cursor = this.#words[at + RevocationWord.cursor]!;
      if (count > 0) return { resource, count, deadlineMs, cursor };
    }
    return undefined;
  }

  /** What was taken since this was last asked, or undefined. */
  losses(): Losses | undefined {
    const written = Atomics.load(this.#words, this.#vector);
    const fresh = (written - this.#read) >>> 0;
    if (fresh === 0) return undefined;
    const kept = Math.min(fresh, VECTOR_ENTRIES);
    this.#read = written;
    const losses = Array.from({ length: kept }, (_, index) => this.#loss((written - kept + index) | 0));
    return { losses, missed: fresh - kept };
  }

  #loss(entry: number): Loss {
    const at = this.#vector + VECTOR_HEADER_WORDS + (entry & (VECTOR_ENTRIES - 1)) * VECTOR_ENTRY_WORDS;
    const word = (number: number) => this.#words[at + number]!;
    const saved = word(VectorEntry.saved);
    return {
      resource: RESOURCES[word(VectorEntry.resource)] ?? "pages",
      name: word(VectorEntry.name),
      count: word(VectorEntry.count),
      saved: saved < 0 ? null : saved,
    };
  }
}
