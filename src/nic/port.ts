/**
 * A port that frames come from: a source, the segment that was read last, and how far its frames
 * have been taken.
 */
import { Descriptors, type FrameSource } from "../machine/descriptor.js";
import type { Segments } from "./segments.js";

/** The shortest record of any capture format: a frame of no octets behind its header. */
const SHORTEST_RECORD = 16;
const NO_SEGMENT = -1;
/** Segments read in a row in which no frame was found. */
const FRUITLESS_SEGMENTS = 8;

/** `ready`: frames lie from `cursor` on. `stalled`: every segment is held by somebody. */
export type PortState = "ready" | "later" | "stalled" | "end";

export class Port {
  readonly name: string;
  readonly source: FrameSource;
  readonly descriptors: Descriptors;
  /** Row of the next frame to be taken. */
  cursor = 0;
  /** No segment was free for the frames that lie ready: they are to be counted as dropped. */
  dropping = false;
  readonly #segments: Segments;
  #segment = NO_SEGMENT;
  #ended = false;
  /** Octets that the source had read before the last segment. */
  #octetsBefore = 0;

  constructor(name: string, source: FrameSource, segments: Segments) {
    this.name = name;
    this.source = source;
    this.#segments = segments;
    this.descriptors = new Descriptors(segments.size / SHORTEST_RECORD);
  }

  /** Reads on where no frame is left. With `mayDrop` it never stalls: it reads what has no place, too. */
  ensure(mayDrop: boolean): PortState {
    for (let segments = 0; this.cursor === this.descriptors.count; segments++) {
      // Gigabytes without a frame must not keep everybody else waiting.
      if (segments === FRUITLESS_SEGMENTS) return "later";
      this.#letGo();
      if (this.#ended) return "end";
      const segment = this.#segments.take();
      if (segment < 0 && !mayDrop) return "stalled";
      this.dropping = segment < 0;
      this.#segment = segment;
      const address = segment < 0 ? this.#segments.scrap : this.#segments.addressOf(segment);
      this.#octetsBefore = this.source.octets;
      const result = this.source.fill(address, address + this.#segments.size, this.descriptors);
      this.cursor = 0;
      if (result === "end") this.#ended = true;
      if (result === "later" && this.descriptors.count === 0) {
        this.#letGo();
        return "later";
      }
    }
    return "ready";
  }

  /** Octets of the source up to the next frame, as far as rows tell: for showing progress. */
  get octets(): number {
    const { octets } = this.source;
    const taken = this.descriptors.count === 0 ? 1 : this.cursor / this.descriptors.count;
    return this.#octetsBefore + (octets - this.#octetsBefore) * taken;
  }

  close(): void {
    this.#letGo();
    this.descriptors.count = 0;
    this.cursor = 0;
    this.#ended = true;
    this.source.close();
  }

  #letGo(): void {
    if (this.#segment !== NO_SEGMENT) this.#segments.release(this.#segment);
    this.#segment = NO_SEGMENT;
  }
}
