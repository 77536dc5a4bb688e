/**
 * A library OS that keeps a record of which packets it got, one by one, so that it can be seen that it got all that were its own and
 * no others. Each frame carries its number in the epoch, 4 octets in network order. Options: `at` (14), where in the frame that lies.
 * Queries:
 *   `recorded` {binding, epoch (0), packet (1), limit (32)}: RecordedAnswer: what that slot gave it from that place on, in at most
 *              so many epochs. Order and number are compared as frames come: what is wrong with any frame counts for all questions.
 */
import { integer, onlyKnown } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

const SEQUENCE_AT = 14;
const MOST_PACKETS = 1 << 24;
const MOST_EPOCHS = 256;

/** What `recorded` answers. `hash`: of all numbers in their order, modulo 2^32: see hashOf. */
export interface RecordedAnswer {
  readonly epochs: readonly {
    readonly epoch: number;
    readonly packets: number;
    readonly first: number;
    readonly last: number;
    readonly hash: number;
  }[];
  /** The epoch to ask for next; null where there is nothing more. */
  readonly next: number | null;
  /** Frames whose octets name another number than their entry does. */
  readonly strange: number;
  /** Frames that came twice, or before their turn. */
  readonly disorder: number;
  /** Frames that had been taken by force before they were read to the end; they are not among the packets. */
  readonly stale: number;
}

/** Continues a hash with a number. */
export function hashOf(hash: number, packet: number): number {
  return (Math.imul(hash, 31) + packet) >>> 0;
}

/** Numbers of packets, a bit each. */
class PacketSet {
  #words = new Uint32Array(64);
  last = 0;

  add(packet: number): void {
    if (packet >>> 5 >= this.#words.length) {
      const more = new Uint32Array(Math.max(this.#words.length * 2, (packet >>> 5) + 1));
      more.set(this.#words);
      this.#words = more;
    }
    this.#words[packet >>> 5]! |= 1 << (packet & 31);
    this.last = packet;
  }

  has(packet: number): boolean {
    return ((this.#words[packet >>> 5]! >>> (packet & 31)) & 1) === 1;
  }
}

class Recorder implements Program {
  readonly #at: number;
  #epoch = 0;
  #strange = 0;
  #disorder = 0;
  #stale = 0;
  /** By binding's slot, then epoch. */
  readonly #slots = new Map<number, Map<number, PacketSet>>();
  /** Of this epoch, by slot. */
  #sets: (PacketSet | undefined)[] = [];

  constructor(at: number) {
    this.#at = at;
  }

  frames(ring: RingView, from: number, to: number): void {
    for (let i = from; i !== to; i = (i + 1) | 0) {
      const [slot, packet, captured] = [ring.binding(i), ring.packet(i), ring.captured(i)];
      const at = ring.address(i) + this.#at;
      const told = captured >= this.#at + 4 ? ring.view.getUint32(at) : 0;
      if (ring.isStale(i)) this.#stale++;
      else if (told !== packet || packet >= MOST_PACKETS) this.#strange++;
      else this.#add(slot, packet);
    }
  }

  #add(slot: number, packet: number): void {
    const set = this.#sets[slot] ?? this.#begun(slot);
    if (packet <= set.last) this.#disorder++;
    else set.add(packet);
  }

  #begun(slot: number): PacketSet {
    const epochs = this.#slots.get(slot) ?? new Map<number, PacketSet>();
    this.#slots.set(slot, epochs);
    const set = new PacketSet();
    epochs.set(this.#epoch, set);
    this.#sets[slot] = set;
    return set;
  }

  epoch(epoch: number): void {
    this.#epoch = epoch;
    this.#sets = [];
  }

  query(what: string, args: Readonly<Record<string, unknown>>): RecordedAnswer {
    if (what !== "recorded") throw new QueryError(what);
    onlyKnown(args, ["binding", "epoch", "packet", "limit"]);
    const slot = integer(args, "binding", 0, 0, 0xffff);
    const epoch = integer(args, "epoch", 0, 0, Number.MAX_SAFE_INTEGER);
    const packet = integer(args, "packet", 1, 1, MOST_PACKETS);
    const limit = integer(args, "limit", 32, 1, MOST_EPOCHS);
    // Epochs are numbered upwards, and a map keeps the order in which they came.
    const later = [...(this.#slots.get(slot) ?? [])].filter(([number]) => number >= epoch);
    const epochs = later
      .slice(0, limit)
      .map(([number, set]) => summary(number, set, number === epoch ? packet : 1))
      .filter(({ packets }) => packets > 0);
    return {
      epochs,
      next: later[limit]?.[0] ?? null,
      strange: this.#strange,
      disorder: this.#disorder,
      stale: this.#stale,
    };
  }
}

function summary(epoch: number, set: PacketSet, from: number): RecordedAnswer["epochs"][number] {
  let [packets, first, last, hash] = [0, 0, 0, 0];
  for (let packet = from; packet <= set.last; packet++) {
    if (!set.has(packet)) continue;
    if (packets++ === 0) first = packet;
    last = packet;
    hash = hashOf(hash, packet);
  }
  return { epoch, packets, first, last, hash };
}

export const createRecorder: ProgramFactory = (options) => {
  onlyKnown(options, ["at"]);
  return new Recorder(integer(options, "at", SEQUENCE_AT, 0, 0xffff));
};
