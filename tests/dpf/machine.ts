/** Memory for tests of demux: frames in one half, stretches for WebAssembly's tables in the other; both go round. */
import type { FrameMemory } from "../../src/dpf/engine.js";

const FRAMES = 24 * 2 ** 20;
const STRETCH = 12 * 2 ** 20;
const STRETCHES = 10;
const OCTETS = FRAMES + STRETCHES * STRETCH;

const memory = new WebAssembly.Memory({ initial: OCTETS / 65_536, maximum: OCTETS / 65_536, shared: true });
export const octets = new Uint8Array(memory.buffer);
let frames = 1;
let stretches = 0;

/** Address of so many octets, which stay as they are until much more was taken. */
export function place(length: number): number {
  if (frames + length > FRAMES) frames = 1;
  const at = frames;
  frames += length;
  return at;
}

/** The memory, with another stretch for demux. */
export function frameMemory(): FrameMemory {
  const from = FRAMES + (stretches++ % STRETCHES) * STRETCH;
  return { buffer: memory.buffer, machine: { memory, from, to: from + STRETCH } };
}
