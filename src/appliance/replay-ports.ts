/** Captures as ports of the NIC: which may be, and what is wrong with those that were opened. */
import type { ReplaySource } from "../kernel/calls.js";
import { Refusal } from "../kernel/refusal.js";
import type { FrameSource } from "../machine/descriptor.js";
import { Port } from "../nic/port.js";
import type { Segments } from "../nic/segments.js";
import type { ReplayStatus } from "./interface.js";

export type OpenSource = (source: ReplaySource, port: number) => FrameSource;

/** That these may be played so often. Throws E_ARGUMENT, E_TOO_MANY, E_NOT_SEEKABLE. */
export function checkSources(sources: readonly ReplaySource[], loop: number, segments: Segments): void {
  if (sources.length === 0) throw new Refusal("E_ARGUMENT", "at least one capture");
  // Each port reads into a segment of its own, and one is left to read on while rings hold the others.
  const most = segments.count - 1;
  if (sources.length > most) {
    throw new Refusal("E_TOO_MANY", `this machine's memory is enough for ${most} captures at once`);
  }
  if (!Number.isSafeInteger(loop) || loop < 0) throw new Refusal("E_ARGUMENT", "loop counts from 0");
  if (loop !== 1 && sources.some(isStream)) throw new Refusal("E_NOT_SEEKABLE");
}

/** It cannot go back. */
export function isStream({ kind }: ReplaySource): boolean {
  return kind === "stream";
}

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

/** All that was found so far, by capture. */
export function damageOf(ports: readonly Port[]): ReplayStatus["damage"] {
  return ports.flatMap((port) => port.source.damage.map((found) => ({ source: port.name, ...found })));
}

/** Of captures that have ended: those in which no header of one was found. */
export function unreadable(ports: readonly Port[]): string[] {
  return ports.filter(({ source }) => !source.readable).map(({ name }) => name);
}

/** Words of the system's errors hold paths, which are not everybody's business. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
