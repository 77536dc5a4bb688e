/**
 * What a frame can be sent to: one end of a wire, or a file. It takes a copy at once, or says that it cannot; it never blocks.
 */
import type { Octets } from "../machine/copy.js";
import type { Lane } from "./lane.js";

/** Writes frames that are sent to a file port: the NIC knows no file format. */
export interface FrameSink {
  /** Takes a copy of the first `length` octets; false where there is no room just now. Never throws, never waits. */
  write(frame: Octets, length: number, high: number, low: number): boolean;
  /** Hands over what was gathered: at each batch boundary. */
  flush(): void;
  /** Frames that are where they are to be. */
  readonly written: number;
  /** Why it takes nothing any more, or null. */
  readonly error: string | null;
  close(): void;
}

export interface FileCounts {
  sent: number;
  sentOctets: number;
}

export type Outlet =
  | { readonly kind: "wire"; readonly lane: Lane }
  | { readonly kind: "file"; readonly sink: FrameSink; readonly linkType: number; readonly counts: FileCounts };

/** It takes nothing any more. */
export function isClosed(outlet: Outlet): boolean {
  return outlet.kind === "file" && outlet.sink.error !== null;
}

export function linkTypeOf(outlet: Outlet): number {
  return outlet.kind === "wire" ? outlet.lane.linkType : outlet.linkType;
}

/** `hops`: answers in a row that led to it. False, and nothing has happened, where there is no room. */
export function sendTo(outlet: Outlet, frame: Octets, length: number, high: number, low: number, hops = 0): boolean {
  if (outlet.kind === "wire") return outlet.lane.send(frame, length, high, low, hops);
  if (!outlet.sink.write(frame, length, high, low)) return false;
  outlet.counts.sent++;
  outlet.counts.sentOctets += length;
  return true;
}
