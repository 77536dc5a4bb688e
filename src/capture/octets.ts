/** Where a capture's octets come from: a file, or a queue in this thread; a ring from another one is ring.ts. */
import { closeSync, openSync, readSync } from "node:fs";
import type { Fault } from "./damage.js";
import type { OctetSink, OctetSource } from "./octet-source.js";

/** A file, read where the capture wants its octets, without a copy. Opening throws what the system says. */
export class FileOctets implements OctetSource {
  failure: Fault | undefined;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
  }

  read(into: Uint8Array): number {
    if (this.#descriptor === undefined || this.failure !== undefined) return 0;
    try {
      return readSync(this.#descriptor, into, 0, into.length, null);
    } catch (error) {
      this.failure = { code: "E_READ", detail: error instanceof Error ? error.message : String(error) };
      return 0;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Chunks that somebody in the same thread writes. It holds references: a written chunk must not change. */
export class QueueOctets implements OctetSource, OctetSink {
  failure: Fault | undefined;
  #chunks: Uint8Array[] = [];
  #taken = 0;
  #ended = false;

  write(chunk: Uint8Array): void {
    if (chunk.length > 0 && !this.#ended) this.#chunks.push(chunk);
  }

  end(): void {
    this.#ended = true;
  }

  fail(fault: Fault): void {
    this.failure ??= fault;
    this.#ended = true;
  }

  read(into: Uint8Array): number {
    let written = 0;
    while (written < into.length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(this.#taken, this.#taken + into.length - written);
      into.set(part, written);
      written += part.length;
      this.#taken += part.length;
      if (this.#taken < chunk.length) break;
      this.#chunks.shift();
      this.#taken = 0;
    }
    if (written > 0) return written;
    return this.#ended ? 0 : -1;
  }

  close(): void {
    this.#chunks = [];
    this.#ended = true;
  }
}
