/** The two ends of a stream of octets. */
import type { Fault } from "./damage.js";

export interface OctetSource {
  /** Fills `into` from its beginning: octets written (> 0), 0 at the end, -1 where none have come yet. */
  read(into: Uint8Array): number;
  /** Once `read` answered 0: why the octets ended before their end, else undefined. */
  readonly failure: Fault | undefined;
  /** Afterwards `read` answers 0. */
  close(): void;
}

/** Where a feed puts octets: the other end is an OctetSource. */
export interface OctetSink {
  /** A promise is waited for before the next chunk. */
  write(chunk: Uint8Array): Promise<void> | void;
  end(): void;
  /** The octets end here, before their end. */
  fail(fault: Fault): void;
}
