/**
 * The NIC: ports in, batches of descriptors out. One port's rows are handed on where they lie; several ports, and what comes
 * off the wires, are merged by time: a tie goes to the lower port, and to a port before a wire.
 */
import { Descriptors } from "../machine/descriptor.js";
import type { Arrivals } from "./arrivals.js";
import type { Port, PortState } from "./port.js";

/** Frames off the wires after the ports have ended: two that answer each other would never come to an end. */
export const AFTERMATH_FRAMES = 100_000;

/** Frames that lie ready: rows [from, to) of `descriptors`. */
export interface Batch {
  descriptors: Descriptors;
  from: number;
  to: number;
  /** No segment was free for them: they are to be counted as dropped, their octets mean nothing. */
  dropping: boolean;
}

/** Stands for the wires where a port's number is kept. */
const WIRES = -1;
const NONE = -2;

/** What became of one step of the merge: whether another one may follow. */
type Step = "more" | "over" | "stalled";

export class Nic {
  readonly batch: Batch;
  readonly #ports: readonly Port[];
  readonly #arrivals: Arrivals | undefined;
  readonly #batchSize: number;
  /** Made when it is first needed: a port alone has rows of its own. */
  #merged: Descriptors | undefined;
  /** Which port each merged row is of, and up to where each port's rows are merged; ports' own cursors say what was taken. */
  #origin = new Int16Array(0);
  readonly #next: Int32Array;
  /** The batch is a merged one. */
  #isMerged = false;
  #aftermath = 0;

  /** `batchSize`: frames in a batch, at most. */
  constructor(ports: readonly Port[], batchSize: number, arrivals?: Arrivals) {
    if (ports.length === 0) throw new Error("nic: no port");
    this.#ports = ports;
    this.#arrivals = arrivals;
    this.#batchSize = batchSize;
    this.#next = new Int32Array(ports.length);
    this.batch = { descriptors: ports[0]!.descriptors, from: 0, to: 0, dropping: false };
  }

  /**
   * Sets `batch` to the frames that come next, up to the batch size. What was not taken of the last
   * batch comes again. Octets of a batch stay where they are until the next call. With `mayDrop` it
   * never stalls.
   */
  poll(mayDrop: boolean): PortState {
    const merging = this.#ports.length > 1 || this.#arrivals?.inUse === true;
    if (merging !== this.#isMerged) this.batch.to = this.batch.from;
    this.#isMerged = merging;
    return merging ? this.#pollMany(mayDrop) : this.#pollOne(this.#ports[0]!, mayDrop);
  }

  /** The first `count` frames of the batch are dealt with. */
  take(count: number): void {
    const { batch } = this;
    if (this.#isMerged) {
      for (let row = batch.from; row < batch.from + count; row++) this.#takeOne(this.#origin[row]!);
    } else this.#ports[0]!.cursor += count;
    batch.from += count;
  }

  /** Reads on where all of the batch was taken, so that the next poll finds frames; the batch's octets are let go of. */
  readOn(): void {
    const [port] = this.#ports;
    if (port !== undefined && !this.#isMerged) port.ensure(false);
  }

  close(): void {
    this.#arrivals?.rewind();
    for (const port of this.#ports) port.close();
  }

  /** Frames in a batch. */
  get #most(): number {
    const arrivals = this.#arrivals;
    return arrivals?.answered === true ? Math.min(this.#batchSize, arrivals.descriptors.capacity) : this.#batchSize;
  }

  #takeOne(origin: number): void {
    if (origin === WIRES) this.#arrivals?.take();
    else this.#ports[origin]!.cursor++;
  }

  #pollOne(port: Port, mayDrop: boolean): PortState {
    const state = port.ensure(mayDrop);
    if (state !== "ready") return state;
    const batch = this.batch;
    batch.descriptors = port.descriptors;
    batch.from = port.cursor;
    batch.to = Math.min(port.cursor + this.#most, port.descriptors.count);
    batch.dropping = port.dropping;
    return "ready";
  }

  #pollMany(mayDrop: boolean): PortState {
    const arrivals = this.#arrivals;
    const { batch } = this;
    if (batch.from < batch.to && arrivals?.stale !== true) return "ready";
    batch.to = batch.from;
    arrivals?.rewind();
    const state = this.#ensureAll(mayDrop);
    if (state === "end" && arrivals?.peek() === true) return this.#outlive(arrivals, mayDrop);
    return state === "ready" ? this.#merge(mayDrop) : state;
  }

  /** The ports have ended, the wires have not. */
  #outlive(arrivals: Arrivals, mayDrop: boolean): PortState {
    if (this.#aftermath >= AFTERMATH_FRAMES) {
      arrivals.begin();
      return "end";
    }
    const state = this.#merge(mayDrop);
    this.#aftermath += this.batch.to - this.batch.from;
    return state;
  }

  #merge(mayDrop: boolean): PortState {
    const batch = this.batch;
    const merged = this.#emptied();
    const most = this.#most;
    let step: Step = "more";
    while (step === "more" && merged.count < most) {
      const port = this.#earliest();
      step = this.#wiresComeFirst(port) ? this.#mergeWire(merged, mayDrop) : this.#mergePort(merged, port);
    }
    batch.descriptors = merged;
    batch.from = 0;
    batch.to = merged.count;
    if (merged.count > 0) return "ready";
    return step === "stalled" ? "stalled" : "later";
  }

  #emptied(): Descriptors {
    this.#merged ??= new Descriptors(this.#batchSize);
    if (this.#origin.length === 0) this.#origin = new Int16Array(this.#batchSize);
    this.#merged.count = 0;
    for (let number = 0; number < this.#ports.length; number++) this.#next[number] = this.#ports[number]!.cursor;
    return this.#merged;
  }

  #mergePort(merged: Descriptors, number: number): Step {
    const { batch } = this;
    // What no array has is looked for by its name, which takes longer than all else here.
    const port = number === NONE ? undefined : this.#ports[number];
    if (port === undefined || (merged.count > 0 && port.dropping !== batch.dropping)) return "over";
    batch.dropping = port.dropping;
    this.#origin[merged.count] = number;
    copyRow(port.descriptors, this.#next[number]!++, merged);
    // A port that runs dry ends the batch: reading on would let go of the segment its rows point to.
    return this.#next[number] === port.descriptors.count ? "over" : "more";
  }

  #mergeWire(merged: Descriptors, mayDrop: boolean): Step {
    const { batch } = this;
    const arrivals = this.#arrivals;
    if (arrivals === undefined || (merged.count > 0 && batch.dropping)) return "over";
    const outcome = arrivals.read(mayDrop);
    if (outcome === "dropped") return "more";
    if (outcome !== "read") return outcome === "stalled" ? "stalled" : "over";
    batch.dropping = false;
    this.#origin[merged.count] = WIRES;
    copyRow(arrivals.descriptors, arrivals.descriptors.count - 1, merged);
    return "more";
  }

  /** Is there a frame on the wires that comes before the next one of this port, if it has one? */
  #wiresComeFirst(number: number): boolean {
    const arrivals = this.#arrivals;
    if (arrivals?.peek() !== true) return false;
    if (number === NONE) return true;
    const port = this.#ports[number]!;
    const row = this.#next[number]!;
    return arrivals.comesBefore(port.descriptors.timeHigh[row]!, port.descriptors.timeLow[row]!);
  }

  /** Ready when each port has a frame or has ended; `end` when all have. */
  #ensureAll(mayDrop: boolean): PortState {
    let ended = 0;
    for (const port of this.#ports) {
      const state = port.ensure(mayDrop);
      if (state === "end") ended++;
      else if (state !== "ready") return state;
    }
    return ended === this.#ports.length ? "end" : "ready";
  }

  /** Number of the port whose next row is the earliest; NONE where no row is left. */
  #earliest(): number {
    let best = NONE;
    for (let number = 0; number < this.#ports.length; number++) {
      if (this.#next[number] === this.#ports[number]!.descriptors.count) continue;
      if (best === NONE || this.#isEarlier(number, best)) best = number;
    }
    return best;
  }

  #isEarlier(a: number, b: number): boolean {
    const one = this.#ports[a]!.descriptors;
    const other = this.#ports[b]!.descriptors;
    const row = this.#next[a]!;
    const otherRow = this.#next[b]!;
    const high = one.timeHigh[row]!;
    const otherHigh = other.timeHigh[otherRow]!;
    return high === otherHigh ? one.timeLow[row]! < other.timeLow[otherRow]! : high < otherHigh;
  }
}

function copyRow(from: Descriptors, row: number, to: Descriptors): void {
  const at = to.count++;
  to.address[at] = from.address[row]!;
  to.captured[at] = from.captured[row]!;
  to.wire[at] = from.wire[row]!;
  to.timeLow[at] = from.timeLow[row]!;
  to.timeHigh[at] = from.timeHigh[row]!;
  to.linkType[at] = from.linkType[row]!;
  to.port[at] = from.port[row]!;
  to.hops[at] = from.hops[row]!;
}
