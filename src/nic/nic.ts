/**
 * The NIC: ports in, batches of descriptors out. One port's rows are handed on where they lie;
 * several ports are merged by time, a tie goes to the lower port.
 */
import { Descriptors } from "../machine/descriptor.js";
import type { Port, PortState } from "./port.js";

/** Frames that lie ready: rows [from, to) of `descriptors`. */
export interface Batch {
  descriptors: Descriptors;
  from: number;
  to: number;
  /** No segment was free for them: they are to be counted as dropped, their octets mean nothing. */
  dropping: boolean;
}

export class Nic {
  readonly batch: Batch;
  readonly #ports: readonly Port[];
  readonly #merged: Descriptors;
  readonly #batchSize: number;

  /** `batchSize`: frames in a batch, at most. */
  constructor(ports: readonly Port[], batchSize: number) {
    if (ports.length === 0) throw new Error("nic: no port");
    this.#ports = ports;
    this.#merged = new Descriptors(ports.length === 1 ? 0 : batchSize);
    this.batch = { descriptors: this.#merged, from: 0, to: 0, dropping: false };
    this.#batchSize = batchSize;
  }

  /**
   * Sets `batch` to the frames that come next, up to the batch size. What was not taken of the last
   * batch comes again. Octets of a batch stay where they are until the next call. With `mayDrop` it
   * never stalls.
   */
  poll(mayDrop: boolean): PortState {
    return this.#ports.length === 1 ? this.#pollOne(this.#ports[0]!, mayDrop) : this.#pollMany(mayDrop);
  }

  /** The first `count` frames of the batch are dealt with. */
  take(count: number): void {
    this.batch.from += count;
    if (this.#ports.length === 1) this.#ports[0]!.cursor += count;
  }

  /** Reads on where all of the batch was taken, so that the next poll finds frames; the batch's octets are let go of. */
  readOn(): void {
    const [port, another] = this.#ports;
    if (port !== undefined && another === undefined) port.ensure(false);
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }

  #pollOne(port: Port, mayDrop: boolean): PortState {
    const state = port.ensure(mayDrop);
    if (state !== "ready") return state;
    const batch = this.batch;
    batch.descriptors = port.descriptors;
    batch.from = port.cursor;
    batch.to = Math.min(port.cursor + this.#batchSize, port.descriptors.count);
    batch.dropping = port.dropping;
    return "ready";
  }

  #pollMany(mayDrop: boolean): PortState {
    const batch = this.batch;
    if (batch.from < batch.to) return "ready";
    const state = this.#ensureAll(mayDrop);
    if (state !== "ready") return state;
    const merged = this.#merged;
    merged.count = 0;
    // A port that runs dry ends the batch: reading on would let go of the segment its rows point to.
    for (let dry = false; !dry && merged.count < this.#batchSize; ) {
      const port = this.#earliest();
      if (port === undefined || (merged.count > 0 && port.dropping !== batch.dropping)) break;
      batch.dropping = port.dropping;
      copyRow(port.descriptors, port.cursor++, merged);
      dry = port.cursor === port.descriptors.count;
    }
    batch.descriptors = merged;
    batch.from = 0;
    batch.to = merged.count;
    return "ready";
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

  #earliest(): Port | undefined {
    let best: Port | undefined;
    for (const port of this.#ports) {
      if (port.cursor < port.descriptors.count && (best === undefined || isEarlier(port, best))) best = port;
    }
    return best;
  }
}

function isEarlier(a: Port, b: Port): boolean {
  const aHigh = a.descriptors.timeHigh[a.cursor]!;
  const bHigh = b.descriptors.timeHigh[b.cursor]!;
  if (aHigh !== bHigh) return aHigh < bHigh;
  return a.descriptors.timeLow[a.cursor]! < b.descriptors.timeLow[b.cursor]!;
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
}
