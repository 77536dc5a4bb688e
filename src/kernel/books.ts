/**
 * The books: counters that the kernel publishes for everybody, as copies that it never reads back.
 * One SharedArrayBuffer of doubles (exact to 2^53) behind a version word: odd while the kernel is
 * writing, so a reader takes a copy and tries again where the version moved.
 *
 *   0 version | machine terms | environments, a row each | bindings, a row each
 */

export const MAX_ENVIRONMENTS = 64;
/** Binding slots; slot 0 means "none". */
export const MAX_BINDINGS = 16_384;

/** Causes of frames lost before demux. */
export const RX_CAUSES = ["noSegment"] as const;
/** Causes of undelivered packets. */
export const DELIVERY_CAUSES = ["ringFull", "environmentFailed", "repossessed", "unresponsive", "cutOff"] as const;
/** Causes of frames that were not sent, in the order in which they are looked for. */
export const SEND_CAUSES = ["rate", "right", "port", "length", "address", "template", "full"] as const;

/** Of a handler's frames: those, and an answer to too many answers. */
export const HANDLER_SEND_CAUSES = [...SEND_CAUSES, "hops"] as const;
export type HandlerSendCause = (typeof HANDLER_SEND_CAUSES)[number];

export const MachineTerm = {
  offered: 0,
  received: 1,
  claimed: 2,
  tappedOnly: 3,
  unclaimed: 4,
  taps: 5,
  consumed: 6,
  delivered: 7,
  inFlight: 8,
  epoch: 9,
  /** Packets of this epoch so far. */
  packet: 10,
  /** Time of the last packet: high and low 32 bits of ns since 1970. */
  timeHigh: 11,
  timeLow: 12,
  driftNs: 13,
  /** Wall ms until the next packet of a long gap, or -1. */
  gapMs: 14,
  backwards: 15,
  stalls: 16,
  /** Octets of the captures that this epoch has come through, about. */
  octets: 17,
  /** Packets on which target and shadow disagreed. */
  disagreements: 18,
  /** Packets that both have judged. */
  compared: 19,
  rxDropped: 20,
  undelivered: 24,
  /** Frames that environments sent, their octets, and those that were refused. */
  sent: 40,
  sentOctets: 41,
  sendRefused: 42,
} as const;

export const BindingTerm = {
  packets: 0,
  octets: 1,
  delivered: 2,
  timeHigh: 3,
  timeLow: 4,
  undelivered: 5,
  /** By its handler. packets = consumed + delivered + undelivered. */
  consumed: 10,
} as const;
export const EnvironmentTerm = {
  delivered: 0,
  ringDepth: 1,
  accesses: 2,
  misses: 3,
  /** Of its pages, those that are never taken by force; and packet buffers that its ring holds. */
  guaranteed: 4,
  segments: 5,
  undelivered: 8,
  sent: 16,
  sentOctets: 17,
  sendRefused: 18,
  /** Of downloaded ones. */
  slices: 25,
  fuelUsed: 26,
  fuelOwed: 27,
  exceptions: 28,
  activations: 29,
  cutOff: 30,
  /** That it owns. */
  pages: 31,
} as const;

const VERSION_OCTETS = 8;
const MACHINE_ROW = 64;
const ENVIRONMENT_ROW = 32;
const ROW = 16;
const ENVIRONMENTS_AT = MACHINE_ROW;
const BINDINGS_AT = ENVIRONMENTS_AT + MAX_ENVIRONMENTS * ENVIRONMENT_ROW;
/** Tries to read while the kernel is writing: at once at first, then asleep until it is done. */
const BUSY_ATTEMPTS = 20;
const MOST_ATTEMPTS = BUSY_ATTEMPTS + 100;
const TOTAL = BINDINGS_AT + MAX_BINDINGS * ROW;

export function createBooks(): SharedArrayBuffer {
  return new SharedArrayBuffer(VERSION_OCTETS + TOTAL * 8);
}

/** The kernel's side: rows are written between begin() and end(). */
export class BooksWriter {
  readonly #version: Int32Array;
  readonly #terms: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#version = new Int32Array(buffer, 0, 1);
    this.#terms = new Float64Array(buffer, VERSION_OCTETS, TOTAL);
  }

  begin(): void {
    Atomics.add(this.#version, 0, 1);
  }

  end(): void {
    Atomics.add(this.#version, 0, 1);
    Atomics.notify(this.#version, 0);
  }

  machine(term: number, value: number): void {
    this.#terms[term] = value;
  }

  environment(id: number, term: number, value: number): void {
    this.#terms[ENVIRONMENTS_AT + id * ENVIRONMENT_ROW + term] = value;
  }

  binding(slot: number, term: number, value: number): void {
    this.#terms[BINDINGS_AT + slot * ROW + term] = value;
  }
}

/** A consistent copy of the books. */
export class BooksReader {
  readonly #version: Int32Array;
  readonly #shared: Float64Array;
  #copy = new Float64Array(TOTAL);
  #next = new Float64Array(TOTAL);

  constructor(buffer: SharedArrayBuffer) {
    this.#version = new Int32Array(buffer, 0, 1);
    this.#shared = new Float64Array(buffer, VERSION_OCTETS, TOTAL);
  }

  /**
   * Takes a copy; the getters speak of it until the next refresh. `bindings`: how many slots are
   * wanted. A kernel that was interrupted while it was writing is waited for, up to 100 ms; after
   * that the last copy stays.
   */
  refresh(bindings = MAX_BINDINGS): void {
    const terms = this.#shared.subarray(0, BINDINGS_AT + Math.min(bindings, MAX_BINDINGS) * ROW);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const before = Atomics.load(this.#version, 0);
      if ((before & 1) === 0) {
        this.#next.set(terms);
        if (Atomics.load(this.#version, 0) === before) {
          [this.#copy, this.#next] = [this.#next, this.#copy];
          return;
        }
      } else if (attempt >= BUSY_ATTEMPTS) Atomics.wait(this.#version, 0, before, 1);
    }
  }

  machine(term: number): number {
    return this.#copy[term] ?? 0;
  }

  environment(id: number, term: number): number {
    return this.#copy[ENVIRONMENTS_AT + id * ENVIRONMENT_ROW + term] ?? 0;
  }

  binding(slot: number, term: number): number {
    return this.#copy[BINDINGS_AT + slot * ROW + term] ?? 0;
  }
}
