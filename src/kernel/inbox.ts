/**
 * Packets for a downloaded environment: a packet ring (pktring.ts) in memory of the kernel's own, which the kernel itself drains, a
 * packet an activation, in the environment's slices. The octets stay where they were received; the ring holds their segment until
 * the activation has ended. The environment never sees the ring: it sees a cause, a message and the region `packet`.
 */
import type { Segments } from "../nic/segments.js";
import { Mailbox, MESSAGE_REGISTERS, PacketMessage, RING_ENTRY_WORDS, RingEntry } from "./abi.js";
import { PacketRing } from "./pktring.js";

/** Words before the entries: those of a mailbox that the ring itself uses. */
const BOX_WORDS = 64;
const WORD = 4;

export class Inbox {
  readonly ring: PacketRing;
  /** Of the packet that was taken last: where its octets lie, how many were captured, and its message; the same array each time. */
  address = 0;
  octets = 0;
  readonly message: number[] = Array.from({ length: MESSAGE_REGISTERS }, () => 0);
  readonly #words: Int32Array;
  readonly #mask: number;
  /** Position of the next packet; does not wrap. */
  #next = 0;
  #delivered = 0;
  #cutOff = 0;

  /** `entries`: a power of two. */
  constructor(entries: number, segments: Segments) {
    this.#words = new Int32Array(new SharedArrayBuffer((BOX_WORDS + entries * RING_ENTRY_WORDS) * WORD));
    this.#mask = entries - 1;
    this.ring = new PacketRing({ words: this.#words }, 0, BOX_WORDS * WORD, entries, segments);
  }

  /** Packets that wait. */
  get waiting(): number {
    return this.ring.head - Math.max(this.#next, this.ring.tail);
  }

  /** The next packet is the environment's until `end`; false where there is none. */
  take(): boolean {
    if (this.waiting === 0) return false;
    // What was taken by force is passed over.
    const position = Math.max(this.#next, this.ring.tail);
    const words = this.#words;
    const at = BOX_WORDS + (position & this.#mask) * RING_ENTRY_WORDS;
    const binding = words[at + RingEntry.binding]!;
    const { message } = this;
    this.#next = position + 1;
    this.address = words[at + RingEntry.address]!;
    this.octets = words[at + RingEntry.captured]!;
    message[PacketMessage.binding] = binding & 0xffff;
    message[PacketMessage.wire] = words[at + RingEntry.wire]!;
    message[PacketMessage.linkType] = binding >>> 16;
    message[PacketMessage.timeLow] = words[at + RingEntry.timeLow]!;
    message[PacketMessage.timeHigh] = words[at + RingEntry.timeHigh]!;
    message[PacketMessage.packet] = words[at + RingEntry.packet]!;
    message[PacketMessage.port] = words[at + RingEntry.generation]! >>> 24;
    return true;
  }

  /** The activation that had the packet has ended; `whole`: it was not cut off. What was lost meanwhile was counted there. */
  end(whole: boolean): void {
    if (this.ring.tail >= this.#next) return;
    if (whole) this.#delivered++;
    else this.#cutOff++;
  }

  /** Lets go of what activations are done with; how many packets since the last time came to an end, and to none. */
  collect(): { readonly delivered: number; readonly cutOff: number } {
    const counts = { delivered: this.#delivered, cutOff: this.#cutOff };
    if (counts.delivered + counts.cutOff === 0) return counts;
    this.#delivered = 0;
    this.#cutOff = 0;
    this.ring.show();
    this.#words[Mailbox.tail] = (this.ring.tail + counts.delivered + counts.cutOff) | 0;
    this.ring.collect();
    return counts;
  }
}
