/** Opens what a replay reads from. */
import { openCapture } from "../capture/capture.js";
import { FileOctets } from "../capture/octets.js";
import { createRing, RingOctets } from "../capture/ring.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { OpenSource } from "./replay-ports.js";

export const RING_OCTETS = 4 * 1024 * 1024;

/** `feed`: asks the control thread to read a file into a ring; what is wrong with it then comes as damage. */
export function openSource(
  memory: PhysicalMemory,
  feed: (path: string, reader: string, ring: SharedArrayBuffer) => void,
): OpenSource {
  return (source, port) => {
    if (source.kind === "file") return openCapture(new FileOctets(source.path), memory, port);
    if (source.kind === "stream") return openCapture(new RingOctets(source.ring), memory, port);
    const ring = createRing(RING_OCTETS);
    feed(source.path, source.reader, ring);
    return openCapture(new RingOctets(ring), memory, port);
  };
}
