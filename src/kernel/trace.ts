/**
 * The trace: of each kind of event in the catalogue (events.ts) the last ones, in rings of rows in memory of the kernel's own, so that a
 * kind that is told often pushes out nothing but itself. Levels are
 * switched one by one, all off at first. Demux, delivery and rings tell nothing of a packet; a slice, an activation, a frame that is
 * refused and a handler that is killed may, so telling costs one comparison while all levels are off, a look-up while another is on, and
 * never allocates.
 */
import { EVENTS, type EventName, LEVELS, type Level } from "./events.js";

/** Events of one kind that are kept; older ones are overwritten. A power of two. */
export const TRACE_EVENTS = 1024;
export const MOST_FIELDS = 4;

export interface TracedEvent {
  /** Counts from 1, over all kinds; what is missing between two was overwritten. */
  readonly number: number;
  /** Monotonic wall ns; the origin means nothing. */
  readonly at: number;
  /** Where the replay stood: the epoch, and how many of its packets had gone through; of what befell one packet, its own number. */
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

/** The same, of what befell the packet of this number. */
export type TellOf = (packet: number, name: EventName, a?: number, b?: number, c?: number, d?: number) => void;

const NAMES = Object.keys(EVENTS) as EventName[];
const NUMBER: ReadonlyMap<string, number> = new Map(NAMES.map((name, number) => [name, number]));
const LEVEL = NAMES.map((name) => LEVELS.indexOf(EVENTS[name].level));

const ROWS = NAMES.length * TRACE_EVENTS;

/** A ring for each kind, one after the other; what is never told of touches no memory. */
export class Trace {
  readonly #on = new Uint8Array(LEVELS.length);
  /** By kind: how many of it there have been. */
  readonly #told = new Float64Array(NAMES.length);
  /** By row; `#number` counts over all kinds. */
  readonly #number = new Float64Array(ROWS);
  readonly #at = new Float64Array(ROWS);
  readonly #epoch = new Float64Array(ROWS);
  readonly #packet = new Float64Array(ROWS);
  readonly #fields = new Float64Array(ROWS * MOST_FIELDS);
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
    if (this.#isOn) this.#put(this.#standing.packet, name, a, b, c, d);
  };

  readonly tellOf: TellOf = (packet, name, a = 0, b = 0, c = 0, d = 0) => {
    if (this.#isOn) this.#put(packet, name, a, b, c, d);
  };

  #put(packet: number, name: EventName, a: number, b: number, c: number, d: number): void {
    const kind = NUMBER.get(name) ?? 0;
    if (this.#on[LEVEL[kind] ?? 0] !== 1) return;
    const row = rowOf(kind, this.#told[kind]!++);
    this.#number[row] = ++this.#count;
    this.#at[row] = this.#now();
    this.#epoch[row] = this.#standing.epoch;
    this.#packet[row] = packet;
    const at = row * MOST_FIELDS;
    this.#fields[at] = a;
    this.#fields[at + 1] = b;
    this.#fields[at + 2] = c;
    this.#fields[at + 3] = d;
  }

  /** Events after number `after` that are kept, oldest first, `most` of them at most. */
  since(after: number, most = Number.POSITIVE_INFINITY): TracedEvent[] {
    const rows = NAMES.flatMap((_, kind) => this.#rowsSince(kind, after));
    return rows
      .sort((one, other) => this.#number[one]! - this.#number[other]!)
      .slice(0, most)
      .map((row) => this.#event(row));
  }

  #rowsSince(kind: number, after: number): number[] {
    const told = this.#told[kind]!;
    const rows: number[] = [];
    for (let index = told - 1; index >= Math.max(0, told - TRACE_EVENTS); index--) {
      const row = rowOf(kind, index);
      if (this.#number[row]! <= after) break;
      rows.push(row);
    }
    return rows;
  }

  #event(row: number): TracedEvent {
    const name = NAMES[Math.floor(row / TRACE_EVENTS)] ?? "environmentCreated";
    const at = row * MOST_FIELDS;
    const fields = [...this.#fields.subarray(at, at + EVENTS[name].fields.length)];
    return {
      number: this.#number[row]!,
      at: this.#at[row]!,
      epoch: this.#epoch[row]!,
      packet: this.#packet[row]!,
      name,
      fields,
    };
  }
}

function rowOf(kind: number, index: number): number {
  return kind * TRACE_EVENTS + (index % TRACE_EVENTS);
}
