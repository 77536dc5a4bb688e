/**
 * Intervals by their lower end, so that of ten thousand only those are looked at that may meet a given one: in chunks,
 * each with the greatest upper end in it. One that comes or goes changes its chunk alone.
 */
import type { Interval } from "./entries.js";

const MOST = 128;

interface Chunk<T> {
  readonly items: (Interval & { readonly of: T })[];
  greatest: number;
}

export class IntervalIndex<T> {
  /** Never empty ones. */
  readonly #chunks: Chunk<T>[] = [];
  /** What is nearly everywhere: all values but some. */
  readonly #everywhere = new Set<T>();

  /** `low` greater than `high`: all values but those between. */
  add(of: T, { low, high }: Interval): void {
    if (low > high) {
      this.#everywhere.add(of);
      return;
    }
    const at = this.#chunkOf(low);
    const chunk = this.#chunks[at] ?? { items: [], greatest: -1 };
    if (this.#chunks[at] === undefined) this.#chunks.push(chunk);
    const place = chunk.items.findIndex((item) => item.low > low);
    chunk.items.splice(place < 0 ? chunk.items.length : place, 0, { of, low, high });
    chunk.greatest = Math.max(chunk.greatest, high);
    if (chunk.items.length > MOST) this.#chunks.splice(at + 1, 0, chunked(chunk.items.splice(MOST / 2)));
  }

  delete(of: T, { low, high }: Interval): void {
    if (low > high) {
      this.#everywhere.delete(of);
      return;
    }
    for (let at = this.#chunkOf(low); at >= 0; at--) {
      const chunk = this.#chunks[at];
      const place = chunk?.items.findIndex((item) => item.of === of) ?? -1;
      if (chunk === undefined || place < 0) continue;
      chunk.items.splice(place, 1);
      if (chunk.items.length === 0) this.#chunks.splice(at, 1);
      else chunk.greatest = greatestOf(chunk.items);
      return;
    }
  }

  /** Those that have a value in common with the interval, which does not go round. */
  *overlapping({ low, high }: Interval): Generator<T> {
    yield* this.#everywhere;
    for (const { items, greatest } of this.#chunks) {
      if ((items[0]?.low ?? 0) > high) return;
      if (greatest < low) continue;
      for (const item of items) if (item.low <= high && low <= item.high) yield item.of;
    }
  }

  /** The last chunk that begins at `low` or below; the first where none does. */
  #chunkOf(low: number): number {
    let [from, to] = [0, this.#chunks.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#chunks[middle]?.items[0]?.low ?? 0) <= low) from = middle + 1;
      else to = middle;
    }
    return Math.max(from - 1, 0);
  }
}

function chunked<T>(items: Chunk<T>["items"]): Chunk<T> {
  return { items, greatest: greatestOf(items) };
}

function greatestOf(items: readonly Interval[]): number {
  return items.reduce((greatest, { high }) => Math.max(greatest, high), -1);
}
