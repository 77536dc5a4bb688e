/** Opens what a replay reads from: files directly, streams through the ring that another thread feeds. */
import { openCapture } from "../capture/capture.js";
import { FileOctets, RingOctets } from "../capture/octets.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { OpenSource } from "./replay-ports.js";

export function openSource(memory: PhysicalMemory): OpenSource {
  return (source, port) => {
    if (source.kind === "file") {
      if (source.path === undefined) throw new Error("a file has a path");
      return openCapture(new FileOctets(source.path), memory, port);
    }
    if (source.ring === undefined) throw new Error("a stream has a ring");
    return openCapture(new RingOctets(source.ring), memory, port);
  };
}
