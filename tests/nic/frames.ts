import type { Descriptors, FillResult, FrameSource } from "../../src/machine/descriptor.js";
import type { PhysicalMemory } from "../../src/machine/memory.js";

export interface TestFrame {
  /** ns since 1970. */
  readonly time: number;
  readonly octets: Uint8Array;
}

/** A source of frames that a test made: `perFill` of them each time it is asked. */
export class TestSource implements FrameSource {
  readonly damage = [];
  readonly octets = 0;
  readonly readable = true;
  closed = false;
  #next = 0;
  readonly #memory: PhysicalMemory;
  readonly #frames: readonly TestFrame[];
  readonly #perFill: number;
  readonly #port: number;

  constructor(memory: PhysicalMemory, frames: readonly TestFrame[], perFill = 10, port = 0) {
    this.#memory = memory;
    this.#frames = frames;
    this.#perFill = perFill;
    this.#port = port;
  }

  fill(address: number, _limit: number, into: Descriptors): FillResult {
    let at = address;
    into.count = 0;
    while (into.count < this.#perFill && this.#next < this.#frames.length) {
      const { time, octets } = this.#frames[this.#next++]!;
      this.#memory.octets.set(octets, at);
      const row = into.count++;
      into.address[row] = at;
      into.captured[row] = octets.length;
      into.wire[row] = octets.length;
      into.timeHigh[row] = Math.floor(time / 2 ** 32);
      into.timeLow[row] = time % 2 ** 32;
      into.linkType[row] = 1;
      into.port[row] = this.#port;
      at += octets.length;
    }
    return this.#next < this.#frames.length ? "more" : "end";
  }

  close(): void {
    this.closed = true;
  }
}
