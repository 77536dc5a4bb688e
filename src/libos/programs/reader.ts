/**
 * Reads the header octets of every frame, as the least that a library OS does. Options: `header` (64), octets that it reads; 0: it
 * looks at descriptors only. Queries:
 * `read`: {epoch, frames, octets, sum}, the sum modulo 2^32 of the first `header` octets (or what was captured)
 * of each frame, as little-endian words; octets of a last broken word count alone.
 */
import { integer, onlyKnown, PAGE } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

const HEADER_OCTETS = 64;
const MOST_OCTETS = 65_536;

class Reader implements Program {
  readonly #header: number;
  #epoch = 0;
  #frames = 0;
  #octets = 0;
  #sum = 0;

  constructor(header: number) {
    this.#header = header;
  }

  frames(ring: RingView, from: number, to: number): void {
    const header = this.#header;
    let octets = 0;
    let sum = 0;
    for (let i = from; i !== to; i = (i + 1) | 0) {
      const captured = ring.captured(i);
      sum = (sum + readHeader(ring, ring.address(i), Math.min(captured, header))) | 0;
      octets += captured;
    }
    this.#frames += (to - from) >>> 0;
    this.#octets += octets;
    this.#sum = (this.#sum + sum) | 0;
  }

  epoch(epoch: number): void {
    this.#epoch = epoch;
    this.#frames = 0;
    this.#octets = 0;
    this.#sum = 0;
  }

  query(what: string, args: Readonly<Record<string, unknown>>): unknown {
    if (what !== "read") throw new QueryError(what);
    onlyKnown(args, PAGE);
    return { epoch: this.#epoch, frames: this.#frames, octets: this.#octets, sum: this.#sum >>> 0 };
  }
}

function readHeader(ring: RingView, at: number, length: number): number {
  const words = at + (length & ~3);
  let sum = 0;
  for (let i = at; i < words; i += 4) sum = (sum + ring.view.getInt32(i, true)) | 0;
  for (let i = words; i < at + length; i++) sum = (sum + ring.view.getUint8(i)) | 0;
  return sum;
}

export const createReader: ProgramFactory = (options) => {
  onlyKnown(options, ["header"]);
  return new Reader(integer(options, "header", HEADER_OCTETS, 0, MOST_OCTETS));
};
