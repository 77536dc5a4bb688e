/**
 * Writes a pcapng capture on as pcapng: blocks as they were read, in their sections' byte orders, so that interfaces,
 * comments and whatever else belongs to them stay what they were.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import type { Mover } from "../machine/mover.js";
import type { Blocks } from "./blocks.js";
import type { FrameWriter } from "./frame-writer.js";
import { Block } from "./pcapng-options.js";

/** Frames' blocks, copied. */
export class BlockRecords implements FrameWriter {
  readonly #move: Mover;
  readonly #blocks: Blocks;

  constructor(memory: PhysicalMemory, blocks: Blocks) {
    this.#move = memory.move;
    this.#blocks = blocks;
  }

  size(row: number): number {
    return this.#blocks.frameOctets[row]!;
  }

  put(row: number, address: number): void {
    this.#move(address, this.#blocks.frameAddress[row]!, this.#blocks.frameOctets[row]!);
  }
}

/**
 * Sections that say how long they are would lie once frames are left out: their header blocks are changed, where they
 * lie in memory, to say that nobody knows.
 */
export function unmeasureSections({ view }: PhysicalMemory, blocks: Blocks): void {
  for (let at = 0; at < blocks.count; at++) {
    const address = blocks.address[at]!;
    // The type of this block reads the same in both byte orders, and so does a length of -1.
    if (view.getUint32(address, true) === Block.section) view.setBigInt64(address + 16, -1n, true);
  }
}
