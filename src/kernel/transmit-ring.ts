/**
 * The kernel's side of an environment's transmit ring (layout: abi.ts). `tail` is kept here, in memory that is shared with nobody. Each
 * word of an entry is read once; whoever sends it clamps it (xmit.ts).
 */
import type { PhysicalMemory } from "../machine/memory.js";
import { TRANSMIT_BOX_WORDS, TRANSMIT_ENTRY_WORDS, TransmitBox, TransmitEntry, type TransmitStart } from "./abi.js";
import { errorNumber, type KernelError } from "./kerrno.js";
import { MAX_SENT_OCTETS, TRANSMIT_ENTRIES, TRANSMIT_OCTETS } from "./limits.js";

/** Octets of box and entries, rounded up to pages. */
function ringOctets(pageSize: number): number {
  const words = TRANSMIT_BOX_WORDS + TRANSMIT_ENTRIES * TRANSMIT_ENTRY_WORDS;
  return Math.ceil((words * 4) / pageSize) * pageSize;
}

/** Octets of all that belongs to a transmit ring. */
export function transmitOctets(pageSize: number): number {
  return ringOctets(pageSize) + TRANSMIT_OCTETS;
}

export class TransmitRing {
  readonly #words: Int32Array;
  readonly #box: number;
  readonly #buffers: number;
  #tail = 0;
  /** Entries that the environment has shown, as of the last look. */
  #waiting = 0;
  #refused = 0;
  #sent = 0;
  /** The environment wrote a head that cannot be: nothing it writes is believed any more. */
  lied = false;

  /** `at`: physical address of pages of the environment's own, transmitOctets of them. */
  constructor(memory: PhysicalMemory, at: number) {
    this.#words = memory.words;
    this.#box = at >> 2;
    this.#buffers = at + ringOctets(memory.pageSize);
  }

  start(capability: number): TransmitStart {
    return {
      box: this.#box << 2,
      buffers: this.#buffers,
      entries: TRANSMIT_ENTRIES,
      octets: TRANSMIT_OCTETS,
      mostFrameOctets: MAX_SENT_OCTETS,
      capability,
    };
  }

  /** How many entries the environment shows; 0 after a lie. */
  look(): number {
    if (this.lied) return 0;
    const shown = (Atomics.load(this.#words, this.#box + TransmitBox.head) - this.#tail) >>> 0;
    this.lied = shown > TRANSMIT_ENTRIES;
    this.#waiting = this.lied ? 0 : shown;
    return this.#waiting;
  }

  /** A word of entry `index` of those that are shown. Reading it again may give something else. */
  word(index: number, word: keyof typeof TransmitEntry): number {
    const entry = (this.#tail + index) & (TRANSMIT_ENTRIES - 1);
    const first = this.#box + TRANSMIT_BOX_WORDS + entry * TRANSMIT_ENTRY_WORDS;
    return Atomics.load(this.#words, first + TransmitEntry[word]);
  }

  sentOne(): void {
    this.#sent++;
  }

  refusedOne(error: KernelError, sequence: number): void {
    this.#refused++;
    Atomics.store(this.#words, this.#box + TransmitBox.error, errorNumber(error));
    Atomics.store(this.#words, this.#box + TransmitBox.sequence, sequence);
  }

  /** All entries that were shown are dealt with: the environment may use them again. */
  giveBack(): void {
    this.#tail = (this.#tail + this.#waiting) >>> 0;
    this.#waiting = 0;
    Atomics.store(this.#words, this.#box + TransmitBox.sent, this.#sent | 0);
    Atomics.store(this.#words, this.#box + TransmitBox.refused, this.#refused | 0);
    Atomics.store(this.#words, this.#box + TransmitBox.tail, this.#tail | 0);
    Atomics.notify(this.#words, this.#box + TransmitBox.tail);
  }
}
