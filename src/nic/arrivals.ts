/**
 * Where frames come off the wires: those of all lanes, by time (a tie goes to the lower port), in one segment that is taken while they wait in a batch.
 * A frame stays in its lane until it is taken, so that one sent meanwhile can still come before it.
 */
import { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { isBefore, type Lane } from "./lane.js";
import type { Segments } from "./segments.js";

const NO_SEGMENT = -1;

export class Arrivals {
  /** Frames that were read and not yet taken lie in rows [cursor, count). */
  readonly descriptors: Descriptors;
  cursor = 0;
  /** There are ports that frames are sent to: batches are small enough for each frame to be answered. */
  answered = false;
  /** Something was sent, or a wire came or went, since frames were read: what was not taken is to be read again. */
  stale = false;
  readonly #memory: PhysicalMemory;
  readonly #segments: Segments;
  #lanes: readonly Lane[] = [];
  /** By row. */
  readonly #laneOf: (Lane | undefined)[];
  #segment = NO_SEGMENT;
  #used = 0;
  #next: Lane | undefined;

  /** `batchFrames`: frames in a batch, at most, while there are ports that frames are sent to. */
  constructor(memory: PhysicalMemory, segments: Segments, batchFrames: number) {
    this.#memory = memory;
    this.#segments = segments;
    this.descriptors = new Descriptors(batchFrames);
    this.#laneOf = Array.from({ length: batchFrames });
  }

  /** In order of their ports. */
  set lanes(lanes: readonly Lane[]) {
    this.rewind();
    this.#lanes = lanes;
    this.stale = true;
  }

  get inUse(): boolean {
    return this.#lanes.length > 0;
  }

  get inFlight(): number {
    let frames = 0;
    for (const lane of this.#lanes) frames += lane.inFlight;
    return frames;
  }

  /** What was read and not taken goes back; the segment is let go of. Nobody may use its rows any more. */
  rewind(): void {
    for (const lane of this.#lanes) lane.unread();
    this.cursor = 0;
    this.descriptors.count = 0;
    this.#used = 0;
    if (this.#segment !== NO_SEGMENT) this.#segments.release(this.#segment);
    this.#segment = NO_SEGMENT;
    this.stale = false;
  }

  /** Looks for the next frame; false where no lane has one. */
  peek(): boolean {
    let next: Lane | undefined;
    for (const lane of this.#lanes) {
      if (!lane.ready) continue;
      if (next === undefined || isBefore(lane.nextHigh, lane.nextLow, next.nextHigh, next.nextLow)) next = lane;
    }
    this.#next = next;
    return next !== undefined;
  }

  /** Does the frame that was peeked at come before one of this time? */
  comesBefore(high: number, low: number): boolean {
    return this.#next !== undefined && isBefore(this.#next.nextHigh, this.#next.nextLow, high, low);
  }

  /**
   * Reads the frame that was peeked at into the next row. `full`: those that were read are to be taken first. `stalled`: no
   * segment is free. `dropped`, only with `mayDrop`: it is gone for that reason.
   */
  read(mayDrop: boolean): "read" | "full" | "stalled" | "dropped" {
    const lane = this.#next;
    if (lane === undefined) throw new Error("arrivals: nothing to read");
    const rows = this.descriptors;
    const length = lane.nextLength;
    if (rows.count === rows.capacity || this.#used + length > this.#segments.size) return "full";
    if (this.#segment === NO_SEGMENT) this.#segment = this.#segments.take();
    if (this.#segment === NO_SEGMENT) {
      if (!mayDrop) return "stalled";
      lane.drop("noSegment");
      return "dropped";
    }
    this.#describe(lane, length);
    return "read";
  }

  /** The first row is dealt with. */
  take(): void {
    this.#laneOf[this.cursor++]?.take();
  }

  /** All that is in flight is dropped, counted. */
  begin(): void {
    this.rewind();
    for (const lane of this.#lanes) lane.begin();
  }

  #describe(lane: Lane, length: number): void {
    const rows = this.descriptors;
    const row = rows.count++;
    const address = this.#segments.addressOf(this.#segment) + this.#used;
    rows.address[row] = address;
    rows.captured[row] = length;
    rows.wire[row] = length;
    rows.timeHigh[row] = lane.nextHigh;
    rows.timeLow[row] = lane.nextLow;
    rows.linkType[row] = lane.linkType;
    rows.port[row] = lane.to;
    rows.hops[row] = lane.nextHops;
    lane.readInto(this.#memory, address);
    this.#laneOf[row] = lane;
    this.#used += (length + 3) & ~3;
  }
}
