/**
 * What a replay reads from, made ready in the control thread: a plain file is opened by the data plane
 * itself; gzip and pcap-parser are fed by this thread through a shared ring, as often as the capture is
 * begun; stdin is fed once.
 */
import type { Readable } from "node:stream";
import { feed, isPlainFile, type Reader } from "../capture/feed.js";
import { createRing, RingWriter } from "../capture/ring.js";
import type { ReplaySource } from "../kernel/calls.js";
import { RING_OCTETS } from "./source.js";

/** Throws what the system says where the file cannot be opened. */
export function fileSource(name: string, path: string, reader: Reader = "exonet"): ReplaySource {
  if (reader === "exonet" && isPlainFile(path)) return { kind: "file", name, path };
  return { kind: "fed", name, path, reader };
}

/** A stream, fed from now on until it ends or `signal` ends it. */
export function streamSource(name: string, stream: Readable, reader: Reader, signal: AbortSignal): ReplaySource {
  const ring = createRing(RING_OCTETS);
  feedRing(stream, ring, reader, signal);
  return { kind: "stream", name, ring };
}

/** Reads `input` into the ring; an error comes out of the ring as damage. */
export function feedRing(input: string | Readable, ring: SharedArrayBuffer, reader: Reader, signal: AbortSignal): void {
  const writer = new RingWriter(ring);
  feed(input, writer, { reader, signal }).catch((error: unknown) => {
    if (signal.aborted) return;
    writer.fail({ code: "E_READ", detail: error instanceof Error ? error.message : String(error) });
  });
}
