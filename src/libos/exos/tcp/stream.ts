/**
 * The octets of one direction as they come out in order: counted and digested, not kept. Missing ones
 * are left out of the digest and listed as gaps.
 */
import { createHash, type Hash } from "node:crypto";

/** Gaps listed; beyond, they are only counted. */
const MAX_GAPS = 64;

/** Place in the stream (missing octets counted), and length. */
export type Gap = readonly [offset: number, octets: number];

export class OrderedStream {
  /** Place of the next octet: delivered and missing ones together. */
  position = 0;
  /** Octets delivered. */
  octets = 0;
  gaps = 0;
  missing = 0;
  readonly gapList: Gap[] = [];
  #hash: Hash | undefined;
  /** The digest, once nothing more will come. */
  #sealed: string | undefined;

  deliver(octets: Uint8Array, at: number, length: number): void {
    if (length === 0) return;
    this.#hash ??= createHash("sha256");
    this.#hash.update(octets.subarray(at, at + length));
    this.octets += length;
    this.position += length;
  }

  /** What lies before `offset` is given up. */
  skipTo(offset: number): void {
    const missing = offset - this.position;
    if (missing <= 0) return;
    this.gaps++;
    this.missing += missing;
    if (this.gapList.length < MAX_GAPS) this.gapList.push([this.position, missing]);
    this.position = offset;
  }

  /** SHA-256 in hex of what was delivered so far. */
  digest(): string {
    return this.#sealed ?? (this.#hash?.copy() ?? createHash("sha256")).digest("hex");
  }

  /** Nothing more will come: what is only needed for more is given back. */
  seal(): void {
    this.#sealed = this.digest();
    this.#hash = undefined;
  }

  /** One that goes on from here on its own. */
  copy(): OrderedStream {
    const copy = new OrderedStream();
    copy.position = this.position;
    copy.octets = this.octets;
    copy.gaps = this.gaps;
    copy.missing = this.missing;
    copy.gapList.push(...this.gapList);
    copy.#hash = this.#hash?.copy();
    copy.#sealed = this.#sealed;
    return copy;
  }
}
