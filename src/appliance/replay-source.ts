/**
 * What a replay reads from, made ready in the control thread: a plain file is opened by the data
 * plane itself; gzip, stdin and pcap-parser come as a stream through a shared ring, which cannot go back.
 */
import type { Readable } from "node:stream";
import { feed, isPlainFile, type Reader } from "../capture/feed.js";
import { createRing, RingWriter } from "../capture/ring.js";
import type { ReplaySource } from "../kernel/abi.js";

const RING_OCTETS = 4 * 1024 * 1024;

export interface OpenedSource {
  readonly replay: ReplaySource;
  /** Ends the feeding, where there is some. */
  close(): void;
}

/** Throws what the system says where a file cannot be opened. */
export function openReplaySource(name: string, input: string | Readable, reader: Reader = "exonet"): OpenedSource {
  if (typeof input === "string" && reader === "exonet" && isPlainFile(input)) {
    return { replay: { kind: "file", name, path: input }, close: () => undefined };
  }
  const ring = createRing(RING_OCTETS);
  const writer = new RingWriter(ring);
  const abort = new AbortController();
  feed(input, writer, { reader, signal: abort.signal }).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    if (!abort.signal.aborted) writer.fail({ code: "E_READ", detail });
  });
  return { replay: { kind: "stream", name, ring }, close: () => abort.abort() };
}
