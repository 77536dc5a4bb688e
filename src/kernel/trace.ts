/**
 * The trace: the last events of the catalogue (events.ts), in a ring of rows in memory of the kernel's own. Levels are
 * switched one by one, all off at first. Demux, delivery and rings tell nothing of a packet; a slice, an activation and a frame that is
 * refused may, so telling costs one comparison while all levels are off, a look-up while another is on, and never allocates.
 */
import { EVENTS, type EventName, LEVELS, type Level } from "./events.js";

/** Events that are kept; older ones are overwritten. A power of two. */
export const TRACE_EVENTS = 4096;
export const MOST_FIELDS = 4;

export interface TracedEvent {
  /** Counts from 1; a gap between two says that what lay between was overwritten. */
  readonly number: number;
  /** Monotonic wall ns; the origin means nothing. */
  readonly at: number;
  /** Where the replay stood: the epoch, and how many of its packets had gone through. */
  readonly epoch: number;
  readonly packet: number;
  readonly name: EventName;
  readonly fields: readonly number[];
}

/** Where the replay stands. */
export interface Standing {
  readonly epoch: number;
  readonly packet: number;
}

/** How kernel files tell: fields in the order of the catalogue. */
export type Tell = (name: EventName, a?: number, b?: number, c?: number, d?: number) => void;

const NAMES = Object.keys(EVENTS) as EventName[];
const NUMBER: ReadonlyMap<string, number> = new Map(NAMES.map((name, number) => [name, number]));
const LEVEL = NAMES.map((name) => LEVELS.indexOf(EVENTS[name].level));

export class Trace {
  readonly #on = new Uint8Array(LEVELS.length);
  readonly #name = new Uint16Array(TRACE_EVENTS);
  readonly #at = new Float64Array(TRACE_EVENTS);
  readonly #epoch = new Float64Array(TRACE_EVENTS);
  readonly #packet = new Float64Array(TRACE_EVENTS);
  readonly #fields = new Float64Array(TRACE_EVENTS * MOST_FIELDS);
  readonly #now: () => number;
  readonly #standing: Standing;
  #count = 0;
  #isOn = false;

  /** `now`: wall ns. */
  constructor(now: () => number, standing: Standing = { epoch: 0, packet: 0 }) {
    this.#now = now;
    this.#standing = standing;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** Those that are told; all others are not. */
  switch(levels: readonly Level[]): void {
    LEVELS.forEach((level, number) => {
      this.#on[number] = levels.includes(level) ? 1 : 0;
    });
    this.#isOn = levels.length > 0;
  }

  get levels(): readonly Level[] {
    return LEVELS.filter((_, number) => this.#on[number] === 1);
  }

  readonly tell: Tell = (name, a = 0, b = 0, c = 0, d = 0) => {
    if (!this.#isOn) return;
    const number = NUMBER.get(name) ?? 0;
    if (this.#on[LEVEL[number] ?? 0] !== 1) return;
    const row = this.#count++ & (TRACE_EVENTS - 1);
    this.#name[row] = number;
    this.#at[row] = this.#now();
    this.#epoch[row] = this.#standing.epoch;
    this.#packet[row] = this.#standing.packet;
    const at = row * MOST_FIELDS;
    this.#fields[at] = a;
    this.#fields[at + 1] = b;
    this.#fields[at + 2] = c;
    this.#fields[at + 3] = d;
  };

  /** Events after number `after`, oldest first, `most` of them at most. */
  since(after: number, most = TRACE_EVENTS): TracedEvent[] {
    const first = Math.max(after, this.#count - TRACE_EVENTS, 0);
    const last = Math.min(this.#count, first + most);
    return Array.from({ length: Math.max(0, last - first) }, (_, index) => this.#event(first + index));
  }

  #event(index: number): TracedEvent {
    const row = index & (TRACE_EVENTS - 1);
    const name = NAMES[this.#name[row] ?? 0] ?? "environmentCreated";
    const at = row * MOST_FIELDS;
    const fields = [...this.#fields.subarray(at, at + EVENTS[name].fields.length)];
    return {
      number: index + 1,
      at: this.#at[row] ?? 0,
      epoch: this.#epoch[row] ?? 0,
      packet: this.#packet[row] ?? 0,
      name,
      fields,
    };
  }
}
