/**
 * A capture as an asynchronous stream of plain octets: from a path or a stream, gunzipped where it
 * begins with gzip's magic, and, if asked, taken through pcap-parser. Used for stdin, gzip and every
 * source that is no plain file; a plain file is read by FileOctets without this.
 */
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { FaultError } from "./damage.js";
import { gunzip } from "./gunzip.js";
import { GUNZIP_LIMITS, type GunzipLimits } from "./limits.js";
import type { OctetSink } from "./octet-source.js";
import { RingClosed } from "./ring.js";

/** Who takes a classic capture apart: we, or npm's pcap-parser (classic µs captures only). */
export const READERS = ["exonet", "pcap-parser"] as const;
export type Reader = (typeof READERS)[number];

export interface FeedOptions {
  readonly reader?: Reader;
  readonly limits?: Partial<GunzipLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Writes all octets of `input` to `sink`, then calls `end`, or `fail` where they end too early.
 * Resolves early where a ring's reader has closed it. Rejects, after `fail`, with the system's error
 * where a path cannot be opened, and with the signal's reason where it is aborted.
 */
export async function feed(input: string | Readable, sink: OctetSink, options: FeedOptions = {}): Promise<void> {
  try {
    for await (const chunk of captureOctets(input, options)) await sink.write(chunk);
    sink.end();
  } catch (error) {
    if (error instanceof RingClosed) return;
    if (error instanceof FaultError) sink.fail(error.fault);
    else {
      sink.fail({ code: "E_READ", detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
}

/** The same as a generator. Throws FaultError where the octets end before their end. */
export async function* captureOctets(
  input: string | Readable,
  { reader = "exonet", limits, signal }: FeedOptions = {},
): AsyncGenerator<Uint8Array> {
  const source = fileOctets(input, signal);
  const head = await firstOctets(source);
  const all = chain(head, source);
  const again = typeof input === "string" && statSync(input).isFile() ? () => fileOctets(input, signal) : undefined;
  const plain = isGzip(head) ? gunzip(all, { ...GUNZIP_LIMITS, ...limits }, again) : all;
  try {
    if (reader === "exonet") yield* plain;
    else {
      // Loaded where it is asked for: commands that never need it start faster.
      const { throughPcapParser } = await import("./pcap-parser-reader.js");
      yield* throughPcapParser(plain);
    }
  } finally {
    await source.return(undefined);
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Whether FileOctets can read this path: a plain file, not gzipped. Throws what the system says, also of a folder. */
export function isPlainFile(path: string): boolean {
  const status = statSync(path);
  if (status.isDirectory()) throw Object.assign(new Error(`EISDIR: is a folder, '${path}'`), { code: "EISDIR", path });
  if (!status.isFile()) return false;
  const head = new Uint8Array(2);
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, head, 0, 2, 0);
  } finally {
    closeSync(descriptor);
  }
  return !isGzip(head);
}

/** Chunks as the system gives them; an error after the first octet is a fault of the capture, one before it is thrown. */
async function* fileOctets(input: string | Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const stream = typeof input === "string" ? createReadStream(input, { highWaterMark: 1 << 18 }) : input;
  let octets = 0;
  const abort = () => stream.destroy();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    for await (const chunk of stream) {
      const part: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      octets += part.length;
      yield part;
      signal?.throwIfAborted();
    }
    signal?.throwIfAborted();
  } catch (error) {
    signal?.throwIfAborted();
    if (octets === 0) throw error;
    throw new FaultError("E_READ", error instanceof Error ? error.message : String(error));
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** At least two octets, where there are two: a pipe may give them one by one. */
async function firstOctets(source: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* chain(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}
