/** Captures as ports of the NIC. */
import type { ReplaySource } from "../kernel/calls.js";
import { Refusal } from "../kernel/refusal.js";
import type { FrameSource } from "../machine/descriptor.js";
import { Port } from "../nic/port.js";
import type { Segments } from "../nic/segments.js";

export type OpenSource = (source: ReplaySource, port: number) => FrameSource;

/** A port for each source, in their order. Throws E_SOURCE, with none left open. */
export function openPorts(sources: readonly ReplaySource[], open: OpenSource, segments: Segments): Port[] {
  const ports: Port[] = [];
  for (const [number, source] of sources.entries()) {
    try {
      ports.push(new Port(source.name, open(source, number), segments));
    } catch (error) {
      for (const port of ports) port.close();
      throw new Refusal("E_SOURCE", `${source.name} cannot be opened: ${reasonOf(error)}`);
    }
  }
  return ports;
}

/** Words of the system's errors hold paths, which are not everybody's business. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
