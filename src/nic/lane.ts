/**
 * One direction of a wire: frames in flight, in copies of the NIC's own that nobody else can change, each with the time at which it
 * arrives. What befalls a frame is drawn from seeded chance when it is sent, always the same numbers for a frame, so that
 * the same frames sent at the same times meet the same fate. Its books, at any moment:
 *
 *   sent + duplicated = arrived + lost + dropped, by cause + in flight
 */
import { Chance } from "../machine/chance.js";
import { laterHigh, laterLow } from "../machine/clock.js";
import { copyOctets, newOctets, type Octets } from "../machine/copy.js";

/** Frames in flight in one direction: what a gigabit's 512-octet frames are in 8 ms. */
export const LANE_FRAMES = 2048;
/** Octets in flight in one direction. */
export const LANE_OCTETS = 1024 * 1024;

/** Causes of frames that a wire dropped otherwise than by its own loss. */
const LANE_CAUSES = ["full", "noSegment", "ended"] as const;
export type LaneCause = (typeof LANE_CAUSES)[number];

export interface WireOptions {
  /** From the frame's last bit on the wire to its arrival; whole ns. */
  readonly delayNs: number;
  /** Bits a second that the wire takes; 0: any number. */
  readonly rate: number;
  /** Probabilities, 0 to 1. A frame that is reordered skips the delay, and so overtakes those before it. */
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** That one bit of the frame is flipped. */
  readonly corrupt: number;
  readonly seed: number;
}

export interface LaneCounts {
  sent: number;
  sentOctets: number;
  arrived: number;
  arrivedOctets: number;
  lost: number;
  duplicated: number;
  reordered: number;
  corrupted: number;
  readonly dropped: Record<LaneCause, number>;
}

export class Lane {
  /** The port at which frames arrive. */
  readonly to: number;
  readonly linkType: number;
  readonly counts: LaneCounts = {
    sent: 0,
    sentOctets: 0,
    arrived: 0,
    arrivedOctets: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    dropped: { full: 0, noSegment: 0, ended: 0 },
  };
  readonly #options: WireOptions;
  readonly #seed: number;
  readonly #chance: Chance;
  /** Nothing ever befalls a frame: chances need not be drawn. */
  readonly #safe: boolean;
  /** When the last bit of what was sent is on the wire. */
  #busyHigh = 0;
  #busyLow = 0;
  /** Copies lie in a row, oldest first, round and round; `#head` is where the next one goes. */
  readonly #copies = newOctets(LANE_OCTETS);
  #head = 0;
  /** Slots in the order in which copies lie; a slot in the middle may be gone already. */
  #first = 0;
  #slots = 0;
  readonly #gone = new Uint8Array(LANE_FRAMES);
  readonly #offset = new Int32Array(LANE_FRAMES);
  readonly #length = new Int32Array(LANE_FRAMES);
  readonly #timeHigh = new Uint32Array(LANE_FRAMES);
  readonly #timeLow = new Uint32Array(LANE_FRAMES);
  readonly #hops = new Uint8Array(LANE_FRAMES);
  /** Slots in flight, by time of arrival, then as they were sent. */
  readonly #order = new Int16Array(LANE_FRAMES);
  #count = 0;
  /** How many of them have been read, and not taken yet. */
  #read = 0;

  /** `direction`: 0 or 1, so that the two of a wire meet chances of their own. */
  constructor(to: number, linkType: number, options: WireOptions, direction: number) {
    this.to = to;
    this.linkType = linkType;
    this.#options = options;
    this.#seed = options.seed + direction * 0x10001;
    this.#chance = new Chance(this.#seed);
    const { loss, duplicate, reorder, corrupt } = options;
    this.#safe = loss === 0 && duplicate === 0 && reorder === 0 && corrupt === 0;
  }

  get inFlight(): number {
    return this.#count;
  }

  /**
   * Sends the first `length` octets of the frame at this time; `hops`: answers in a row so far, which arrive with it. False, and
   * nothing has happened, where there is no room.
   */
  send(frame: Octets, length: number, high: number, low: number, hops = 0): boolean {
    if (this.#place(length) < 0) return false;
    const { counts } = this;
    counts.sent++;
    counts.sentOctets += length;
    this.#occupy(length, high, low);
    if (this.#safe) this.#put(frame, length, -1, this.#options.delayNs, hops);
    else this.#risk(frame, length, hops);
    return true;
  }

  /** The frame meets its chances. */
  #risk(frame: Octets, length: number, hops: number): void {
    const { delayNs, loss, duplicate, reorder, corrupt } = this.#options;
    const { counts } = this;
    const chance = this.#chance;
    const lost = chance.happens(loss);
    const doubled = chance.happens(duplicate);
    const hurried = chance.happens(reorder);
    const bit = chance.happens(corrupt) ? chance.below(length * 8) : -1;
    if (lost) {
      counts.lost++;
      return;
    }
    const delay = hurried ? 0 : delayNs;
    if (hurried) counts.reordered++;
    if (bit >= 0) counts.corrupted++;
    if (doubled) counts.duplicated++;
    for (let copies = doubled ? 2 : 1; copies > 0; copies--) this.#put(frame, length, bit, delay, hops);
  }

  /** Forgets what is in flight, counted, and begins its chances anew: an epoch begins. */
  begin(): void {
    this.unread();
    while (this.#count > 0) this.drop("ended");
    this.#chance.seed(this.#seed);
    this.#busyHigh = 0;
    this.#busyLow = 0;
  }

  // --- arrival: frames are read, and then taken, or read once more ---

  /** Is there a frame that was not read? */
  get ready(): boolean {
    return this.#read < this.#count;
  }

  /** Of the next frame to be read; there must be one. */
  get nextHigh(): number {
    return this.#timeHigh[this.#order[this.#read]!]!;
  }

  get nextLow(): number {
    return this.#timeLow[this.#order[this.#read]!]!;
  }

  get nextHops(): number {
    return this.#hops[this.#order[this.#read]!]!;
  }

  get nextLength(): number {
    return this.#length[this.#order[this.#read]!]!;
  }

  /** Copies the next frame to be read to `to[address…]`. */
  readInto(to: Octets, address: number): void {
    const slot = this.#order[this.#read++]!;
    copyOctets(this.#copies, this.#offset[slot]!, to, address, this.#length[slot]!);
  }

  /** What was read and not taken is there to be read again. */
  unread(): void {
    this.#read = 0;
  }

  /** The first frame that was read has arrived. */
  take(): void {
    this.counts.arrived++;
    this.counts.arrivedOctets += this.#length[this.#order[0]!]!;
    this.#read--;
    this.#remove(0);
  }

  /** The next frame to be read never arrives. */
  drop(cause: LaneCause): void {
    this.counts.dropped[cause]++;
    this.#remove(this.#read);
  }

  // --- the queue ---

  /** Where a copy can lie; -1: nowhere. */
  #place(length: number): number {
    if (this.#slots === LANE_FRAMES) return -1;
    if (this.#slots === 0) return length <= LANE_OCTETS ? 0 : -1;
    const tail = this.#offset[this.#first]!;
    // The head never comes to lie on the tail: that would look empty.
    if (this.#head <= tail) return this.#head + length < tail ? this.#head : -1;
    if (this.#head + length <= LANE_OCTETS) return this.#head;
    return length < tail ? 0 : -1;
  }

  #occupy(length: number, high: number, low: number): void {
    if (isBefore(this.#busyHigh, this.#busyLow, high, low)) {
      this.#busyHigh = high;
      this.#busyLow = low;
    }
    const { rate } = this.#options;
    if (rate === 0) return;
    const ns = Math.ceil((length * 8e9) / rate);
    this.#busyHigh = laterHigh(this.#busyHigh, this.#busyLow, ns);
    this.#busyLow = laterLow(this.#busyLow, ns);
  }

  #put(frame: Octets, length: number, bit: number, delay: number, hops: number): void {
    const at = this.#place(length);
    if (at < 0) {
      this.counts.dropped.full++;
      return;
    }
    const slot = (this.#first + this.#slots++) % LANE_FRAMES;
    copyOctets(frame, 0, this.#copies, at, length);
    if (bit >= 0) this.#copies.octets[at + (bit >> 3)]! ^= 1 << (bit & 7);
    this.#head = at + length;
    this.#gone[slot] = 0;
    this.#offset[slot] = at;
    this.#length[slot] = length;
    this.#timeHigh[slot] = laterHigh(this.#busyHigh, this.#busyLow, delay);
    this.#timeLow[slot] = laterLow(this.#busyLow, delay);
    this.#hops[slot] = hops;
    this.#insert(slot);
  }

  #insert(slot: number): void {
    const high = this.#timeHigh[slot]!;
    const low = this.#timeLow[slot]!;
    const order = this.#order;
    let at = this.#count++;
    for (; at > 0; at--) {
      const before = order[at - 1]!;
      if (!isBefore(high, low, this.#timeHigh[before]!, this.#timeLow[before]!)) break;
      order[at] = before;
    }
    order[at] = slot;
  }

  #remove(at: number): void {
    this.#gone[this.#order[at]!] = 1;
    if (at + 1 < this.#count) this.#order.copyWithin(at, at + 1, this.#count);
    this.#count--;
    while (this.#slots > 0 && this.#gone[this.#first] === 1) {
      this.#first = (this.#first + 1) % LANE_FRAMES;
      this.#slots--;
    }
  }
}

export function isBefore(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow);
}
